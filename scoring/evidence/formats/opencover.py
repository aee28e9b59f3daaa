"""OpenCover XML, also as Coverlet and AltCover write it: sequence points, which are statements of .NET code.

It names no moment: the time of a module is when its file was built.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from questionnaires.model import Category
from scoring.evidence.format import Format, Parsed, Rejected
from scoring.evidence.linehits import NOTHING, Places, Reached, number, parsed, reached
from scoring.evidence.shape import Shape
from scoring.evidence.source import Source
from scoring.evidence.xmltext import Node

_WANTED = ("File", "FileRef", "SequencePoint", "BranchPoint", "Summary")
_HIDDEN = 0xFEEFEE
"""The line that compilers give to statements of their own making."""


@dataclass(slots=True)
class _Session:
    files: dict[str, str] = field(default_factory=dict)
    """Paths by the number that points use."""
    file: str = ""
    """Of the method being read, for points that name none."""
    points: Places = field(default_factory=Places)
    lines: Places = field(default_factory=Places)
    branches: Places = field(default_factory=Places)
    summary: Mapping[str, str] = field(default_factory=dict)

    def read(self, node: Node) -> None:
        told = node.attributes
        match node.name:
            case "File":
                self.files[told.get("uid", "")] = told.get("fullPath", "")
            case "FileRef":
                self.file = told.get("uid", "")
            case "SequencePoint":
                self._point(told)
            case "BranchPoint":
                # Several conditions may stand on one line: the place in the code tells them apart.
                where = (told.get("sl"), told.get("offset"), told.get("path"), told.get("offsetend"))
                self.branches.add(self._path(told), where, _hit(told))
            case _:
                # Every class and method has one too; the first element is that of the whole.
                if len(node.path) == 1:
                    self.summary = told

    def _path(self, told: Mapping[str, str]) -> str:
        uid = told.get("fileid") or self.file
        return self.files.get(uid, uid)

    def _point(self, told: Mapping[str, str]) -> None:
        line = number(told.get("sl"))
        if line == _HIDDEN:
            return
        path = self._path(told)
        self.points.add(path, (line, told.get("sc"), told.get("el"), told.get("ec")), _hit(told))
        if line is not None:
            self.lines.add(path, line, _hit(told))


def _hit(told: Mapping[str, str]) -> bool:
    return (number(told.get("vc")) or 0) > 0


def _identify(shape: Shape) -> bool:
    return shape.root is not None and shape.root.name == "CoverageSession"


def _parse(source: Source) -> Parsed | Rejected:
    session = _Session()
    for node in source.elements(*_WANTED, texts=False):
        session.read(node)
    points, lines, branches = session.points.merged(), session.lines.merged(), session.branches.merged()
    listed = Reached(session.points.listed - session.points.missed, session.points.listed)
    counted = "lines"
    if not points.total:
        points = listed = _stated(session.summary, "SequencePoints")
        branches = _stated(session.summary, "BranchPoints")
    if not lines.total:
        lines, counted = points, "sequence points"
    return parsed(
        "opencover-xml",
        "OpenCover",
        "sequence point",
        lines,
        listed=listed,
        missed=points.missed,
        branches=branches,
        counted=counted,
    )


def _stated(summary: Mapping[str, str], what: str) -> Reached:
    return reached(number(summary.get(f"visited{what}")), number(summary.get(f"num{what}"))) or NOTHING


FORMATS = (
    Format(
        name="opencover-xml",
        title="OpenCover XML",
        unit="sequence point",
        category=Category.COVERAGE,
        identify=_identify,
        parse=_parse,
    ),
)
