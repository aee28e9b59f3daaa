"""Every kind of report that there is, held against PDF/UA-1 by veraPDF.

Needs Java (a JDK) and Maven, which fetches the validator once. Exit codes: 0 all conform, 1 one does not, 3 nothing was
checked because a tool or the validator cannot be had; the last line says which.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping
from datetime import date
from pathlib import Path

HERE = Path(__file__).parent
ROOT = HERE.parents[1]
sys.path[:0] = [str(ROOT), str(ROOT / "tests" / "bench")]

CONFORMS, FAILS, NOT_RUN = 0, 1, 3


def main() -> int:
    with tempfile.TemporaryDirectory() as scratch:
        path = validator(Path(scratch))
        if path is None:
            return NOT_RUN
        files = sorted(samples(Path(scratch)))
        print(f"PDF/UA-1: holding {len(files)} reports against veraPDF", flush=True)
        command = ["java", "-cp", path, str(HERE / "Validate.java"), *map(str, files)]
        code = subprocess.run(command, check=False).returncode
    print("PDF/UA-1: all conform." if code == 0 else "PDF/UA-1: NOT all conform.")
    return CONFORMS if code == 0 else FAILS


def validator(scratch: Path) -> str | None:
    """The class path of veraPDF; None, and said why, where it cannot be had."""
    missing = [tool for tool in ("java", "javac", "mvn") if shutil.which(tool) is None]
    if missing:
        print(f"PDF/UA-1: NOT RUN, because {' and '.join(missing)} cannot be found. A JDK and Maven are needed.")
        return None
    target = scratch / "classpath"
    command = ["mvn", "--quiet", "--batch-mode", "--file", str(HERE / "pom.xml"), "dependency:build-classpath"]
    done = subprocess.run([*command, f"-Dmdep.outputFile={target}"], check=False, capture_output=True, text=True)
    if done.returncode != 0 or not target.exists():
        print(done.stdout[-2000:], done.stderr[-2000:], sep="\n", file=sys.stderr)
        print("PDF/UA-1: NOT RUN, because Maven could not bring the validator. Is there a way to its repository?")
        return None
    return target.read_text(encoding="utf-8").strip()


def samples(scratch: Path) -> Iterator[Path]:
    """Reports of every kind: papers, audiences, languages, sizes, and one where every text is hostile."""
    command("demo", str(scratch / "demo"), "--no-window")
    engagement = scratch / "demo" / "engagement"
    yield from (scratch / "demo").glob("*.pdf")
    logo = picture(scratch / "logo.png")
    kinds: Mapping[str, tuple[str, ...]] = {
        "letter": ("--paper", "letter", "--logo", str(logo), "--accent", "#8a1538"),
        "board": ("--audience", "board", "--classification", ""),
        "pseudo-language": ("--locale", "en-XA"),
    }
    for kind, options in kinds.items():
        yield report(scratch, engagement, kind, *options)
    for count in (1, 60):
        grown = scratch / f"of-{count}"
        run(sys.executable, str(ROOT / "tests" / "bench" / "large.py"), str(engagement), str(grown), str(count))
        yield report(scratch, grown, f"{count}-applications")
    command("new", str(scratch / "blank"), "--organisation", "Nothing Answered Ltd", "--date", "2026-09-30")
    command("application", "add", str(scratch / "blank"), "only", "--name", "Only One", "--tier", "1")
    yield report(scratch, scratch / "blank", "nothing-answered")
    yield hostile(scratch / "hostile.pdf")


def report(scratch: Path, engagement: Path, kind: str, *options: str) -> Path:
    """Tier 1 of an engagement, under a name that says what is special about it."""
    command("report", str(engagement), "--out", str(scratch / kind), "--tier", "1", *options)
    (written,) = (scratch / kind).glob("*.pdf")
    return written.rename(scratch / f"{kind}.pdf")


def hostile(target: Path) -> Path:
    from reports.render import render
    from tests.contract.test_report_hostile import HOSTILE, poisoned
    from tests.report_example import example

    given, asked = poisoned(" ".join(HOSTILE.values()))
    snapshot = example(given, asked).snapshot()
    return render(snapshot, target, attachments={"baseline.toml": date.min.isoformat().encode()})


def picture(target: Path) -> Path:
    from PIL import Image

    Image.radial_gradient("L").resize((600, 200)).save(target)
    return target


def command(*arguments: str) -> None:
    run(sys.executable, "-m", "app", *arguments)


def run(*arguments: str) -> None:
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "QT_QPA_PLATFORM": "offscreen"}
    subprocess.run(arguments, check=True, cwd=ROOT, env=environment, stdout=subprocess.DEVNULL)


if __name__ == "__main__":
    sys.exit(main())
