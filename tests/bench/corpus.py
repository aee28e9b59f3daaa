"""``make corpus CORPUS=DIR``: every file of a corpus against its ``manifest.csv``, whose counts others established.

A row is right when the outcome and the format are the manifest's, and the count is: raw where two independent counts
agree, else open or distinct as the asserted one, whichever the manifest's basis says. ``invalid`` and ``attack`` must
be refused with a reason. Of a bill of materials the count is that of its vulnerabilities. Formats that are not read
yet are listed apart and do not count.
"""

from __future__ import annotations

import csv
import json
import re
import sys
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

from scoring.evidence.format import Parsed, Rejected, Undecidable
from scoring.evidence.ingest import Inspection, as_json, inspect
from scoring.evidence.registry import formats

SHARE = 0.97
"""Of the files in formats that are read; below it the command fails."""
REFUSED = ("invalid", "attack")
SAME = {"snyk-code-sarif": "sarif"}
"""What the manifest tells apart and the reader does not have to."""
SECRET = re.compile(r'"(Secret|Raw|RawV2|secret|Match|offender|hashed_secret|raw_source_code_extract)"\s*:\s*"([^"]+)"')
OF_FINDINGS = ("cyclonedx-json", "cyclonedx-xml", "spdx-json", "spdx-tv", "spdx-yaml", "spdx3-jsonld")


@dataclass(frozen=True)
class Row:
    path: str
    format: str
    basis: str
    asserted: int | None
    structural: int | None


def rows(corpus: Path) -> list[Row]:
    def number(text: str) -> int | None:
        return int(text) if text.isdigit() else None

    with (corpus / "manifest.csv").open(encoding="utf-8", newline="") as file:
        return [
            Row(
                entry["path"],
                SAME.get(entry["format"], entry["format"]),
                entry["count_basis"],
                number(entry["asserted_count"]),
                number(entry["structural_count"]),
            )
            for entry in csv.DictReader(file)
        ]


def shown_secrets(path: Path, found: tuple[Inspection, ...]) -> int:
    """How many values that the file gives as a secret stand in what is printed of it."""
    printed = json.dumps([as_json(entry) for entry in found])
    told = SECRET.findall(path.read_bytes().decode("utf-8", "replace"))
    return sum(len(value) >= 6 and value in printed for _, value in told)


def judged(row: Row, found: tuple[Inspection, ...]) -> str:
    """What is wrong; empty where all is right."""
    outcome = found[0].outcome
    if row.basis in REFUSED:
        return "" if isinstance(outcome, Rejected) and outcome.reason else "should be refused"
    if isinstance(outcome, Undecidable):
        return "" if row.format in outcome.candidates and row.structural in (0, None) else "undecidable"
    if isinstance(outcome, Rejected):
        return f"rejected: {outcome.reason}"
    if outcome.format != row.format:
        return f"taken for {outcome.format}"
    return _counted(row, outcome)


def _counted(row: Row, parsed: Parsed) -> str:
    records = parsed.records
    raw = parsed.findings.total if row.format in OF_FINDINGS and parsed.findings else records.raw
    if row.format in OF_FINDINGS and parsed.findings is None:
        raw = 0
    if row.structural is not None and raw == row.structural:
        return ""
    if row.asserted is not None and row.basis and row.asserted in (records.open, records.distinct):
        return ""
    if row.structural is None:
        return ""
    return f"counts {raw} raw, {records.open} open, {records.distinct} distinct; {row.structural} stand in the file"


def main() -> None:
    """Print what is wrong and the share that is right; exit 1 where it is below the target."""
    corpus = Path(sys.argv[1])
    known = set(formats())
    right: Counter[bool] = Counter()
    unread: Counter[str] = Counter()
    for row in rows(corpus):
        found = inspect([corpus / row.path])
        secrets = shown_secrets(corpus / row.path, found)
        wrong = f"shows {secrets} secrets in clear" if secrets else judged(row, found)
        if row.format not in known and row.basis not in REFUSED:
            if isinstance(found[0].outcome, Parsed):
                print(f"WRONG\t{row.path}\t{row.format} is not read, but was taken for {found[0].outcome.format}")
                right[False] += 1
            unread[row.format] += 1
            continue
        right[not wrong] += 1
        if wrong:
            print(f"WRONG\t{row.path}\t{wrong}")
    total = right.total()
    share = right[True] / total if total else 0.0
    print(f"{right[True]} of {total} files right ({share:.1%}); target {SHARE:.0%}")
    print(f"{unread.total()} files of {len(unread)} formats that are not read yet: {', '.join(sorted(unread))}")
    sys.exit(share < SHARE)


if __name__ == "__main__":
    main()
