import java.io.File;
import java.util.Map;
import org.verapdf.gf.foundry.VeraGreenfieldFoundryProvider;
import org.verapdf.pdfa.Foundries;
import org.verapdf.pdfa.PDFAParser;
import org.verapdf.pdfa.PDFAValidator;
import org.verapdf.pdfa.flavours.PDFAFlavour;
import org.verapdf.pdfa.results.ValidationResult;
import org.verapdf.pdfa.validation.profiles.RuleId;

/** Holds each file against PDF/UA-1: one line a file, one more for each rule that it breaks; exit code 1 if any does. */
public final class Validate {
    public static void main(String[] names) throws Exception {
        VeraGreenfieldFoundryProvider.initialise();
        boolean good = true;
        for (String name : names) {
            try (PDFAParser parser = Foundries.defaultInstance().createParser(new File(name), PDFAFlavour.PDFUA_1);
                    PDFAValidator validator =
                            Foundries.defaultInstance().createValidator(PDFAFlavour.PDFUA_1, false)) {
                ValidationResult result = validator.validate(parser);
                good &= result.isCompliant();
                String said = result.isCompliant() ? "conforms" : "FAILS";
                System.out.printf("%s\t%s\t%d checks%n", said, new File(name).getName(), result.getTotalAssertions());
                for (Map.Entry<RuleId, Integer> broken : result.getFailedChecks().entrySet()) {
                    RuleId rule = broken.getKey();
                    String where = "  clause %s, test %d: %d times%n";
                    System.out.printf(where, rule.getClause(), rule.getTestNumber(), broken.getValue());
                }
            }
        }
        System.exit(good ? 0 : 1);
    }
}
