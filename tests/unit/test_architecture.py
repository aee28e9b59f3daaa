"""The direction of imports holds, and the checker would notice if it did not."""

import ast
import re
import shutil
import socket
import subprocess
import sys
import tomllib
from importlib.metadata import packages_distributions
from pathlib import Path

import grimp
import pytest

ROOT = Path(__file__).parents[2]
ROOMS = ("app", "assets", "questionnaires", "reports", "scoring")
PYPROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
CONTRACTS = {contract["id"]: contract["name"] for contract in PYPROJECT["tool"]["importlinter"]["contracts"]}
# _typeshed exists for type checkers only.
OF_PYTHON = sys.stdlib_module_names | {"_typeshed"}

# A house as small as the contracts allow, with the imports that are meant to be.
SOUND = {
    "app/__init__.py": "",
    "app/cli.py": "import app.desktop\nimport assets\nimport scoring.evidence",
    "app/desktop/__init__.py": "import PySide6.QtWidgets\nimport scoring.scores",
    "app/desktop/window.py": "import app.desktop.workspace",
    "app/desktop/workspace.py": "import app.desktop.pages",
    "app/desktop/pages.py": "import app.desktop.widgets",
    "app/desktop/widgets.py": "import app.desktop.models",
    "app/desktop/models/__init__.py": "import app.desktop.session",
    "app/desktop/session.py": "import app.desktop.thinking\nimport app.desktop.writes",
    "app/desktop/thinking.py": "",
    "app/desktop/writes.py": "import app.engagement",
    "app/engagement/__init__.py": "",
    "assets/__init__.py": "import importlib.resources",
    "questionnaires/__init__.py": "import pydantic",
    "reports/__init__.py": "",
    "reports/html.py": "import scoring.scores\nimport assets",
    "reports/pdf.py": "import weasyprint\nimport reports.html",
    "scoring/__init__.py": "",
    "scoring/scores.py": "import questionnaires",
    "scoring/evidence/__init__.py": "import scoring.scores",
}

# Contract, the module that breaks it, what it imports.
VIOLATIONS = (
    ("direction", "questionnaires.bad", "scoring.scores"),
    ("direction", "scoring.bad_upwards", "reports.html"),
    ("direction", "reports.bad_upwards", "app.cli"),
    ("assets-users", "scoring.bad_assets", "assets"),
    ("assets-alone", "assets.bad", "questionnaires"),
    ("evidence", "scoring.bad_evidence", "scoring.evidence"),
    ("qt", "reports.bad_qt", "PySide6"),
    ("qt", "app.bad_qt", "PySide6"),
    ("pdf", "reports.bad_pdf", "weasyprint"),
    ("window", "app.desktop.bad_window", "reports.pdf"),
    ("surfaces", "app.engagement.bad", "app.desktop.writes"),
    ("desktop", "app.desktop.models.bad", "app.desktop.widgets"),
    ("offline", "app.bad_network", "socket"),
)


@pytest.fixture(scope="module")
def graph() -> grimp.ImportGraph:
    """The imports of this tree."""
    return grimp.build_graph(*ROOMS, include_external_packages=True, cache_dir=None)


def lint_imports(tree: Path) -> subprocess.CompletedProcess[str]:
    """Runs import-linter in ``tree`` as ``make test`` does."""
    command = Path(sys.executable).with_name("lint-imports")
    return subprocess.run(
        [command, "--no-logo", "--no-cache"],
        cwd=tree,
        env={"PATH": "", "COLUMNS": "300"},
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )


def build(tree: Path, modules: dict[str, str]) -> Path:
    """Writes ``modules`` and this project's contracts to ``tree``."""
    for name, source in modules.items():
        path = tree / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(source + "\n", encoding="utf-8")
    shutil.copy(ROOT / "pyproject.toml", tree)
    return tree


@pytest.fixture(scope="module")
def verdict_on_violations(tmp_path_factory: pytest.TempPathFactory) -> str:
    """What import-linter prints about the sound house with every violation in it."""
    violations = {
        f"{importer.replace('.', '/')}.py": f"def late():\n    import {imported}"
        for _, importer, imported in VIOLATIONS
    }
    result = lint_imports(build(tmp_path_factory.mktemp("violating"), SOUND | violations))
    assert result.returncode == 1, result.stdout + result.stderr
    return result.stdout


def test_contracts_hold() -> None:
    result = lint_imports(ROOT)
    assert result.returncode == 0, result.stdout + result.stderr


def test_contracts_allow_what_is_meant_to_be(tmp_path: Path) -> None:
    result = lint_imports(build(tmp_path, SOUND))
    assert result.returncode == 0, result.stdout + result.stderr


@pytest.mark.parametrize(("contract", "importer", "imported"), VIOLATIONS)
def test_contracts_see_violations(verdict_on_violations: str, contract: str, importer: str, imported: str) -> None:
    _, _, findings = verdict_on_violations.partition("Broken contracts")
    heading = re.escape(CONTRACTS[contract])
    section = re.search(rf"^{heading}\n-+\n(.*?)(?=^\S[^\n]*\n-+\n|\Z)", findings, re.DOTALL | re.MULTILINE)
    assert section is not None, verdict_on_violations
    assert f"{importer} -> {imported} (l.2)" in section[1]


def test_every_contract_has_a_violation() -> None:
    assert {contract for contract, _, _ in VIOLATIONS} == set(CONTRACTS)


def test_everything_said_in_the_window_can_be_translated() -> None:
    """Qt's tools find literals only, in a class's own ``self.tr`` and in ``tr``."""
    hidden = []
    for path in (ROOT / "app" / "desktop").rglob("*.py"):
        for call in ast.walk(ast.parse(path.read_bytes())):
            if not isinstance(call, ast.Call) or path.name == "language.py":
                continue
            name = ast.unparse(call.func)
            if re.search(r"\btr$|Application\.translate$", name):
                literal = isinstance(call.args[0], ast.Constant)
                if name not in ("tr", "self.tr") or not literal:
                    hidden.append(f"{path.name}:{call.lineno}: {ast.unparse(call)}")
    assert hidden == []


def test_every_module_is_seen(graph: grimp.ImportGraph) -> None:
    """A folder without ``__init__.py`` would be invisible to the checker and missing from a wheel."""
    files = [path.relative_to(ROOT) for room in ROOMS for path in (ROOT / room).rglob("*.py")]
    modules = {".".join(path.with_suffix("").parts).removesuffix(".__init__") for path in files}
    assert modules <= graph.modules


@pytest.mark.parametrize(
    ("importer", "imported"),
    [
        ("app", "assets"),
        ("app", "reports"),
        ("app.cli", "scoring"),
        ("app.desktop", "PySide6"),
        ("reports", "scoring"),
        ("reports.pdf", "weasyprint"),
        ("scoring", "questionnaires"),
    ],
)
def test_known_imports_are_seen(graph: grimp.ImportGraph, importer: str, imported: str) -> None:
    importers = {importer} | graph.find_descendants(importer)
    targets = {imported} if graph.is_module_squashed(imported) else {imported} | graph.find_descendants(imported)
    assert any(graph.find_modules_directly_imported_by(module) & targets for module in importers)


def third_party(graph: grimp.ImportGraph, room: str) -> set[str]:
    """Packages outside the standard library and this project that ``room`` imports."""
    modules = {room} | graph.find_descendants(room)
    imported = set().union(*(graph.find_modules_directly_imported_by(module) for module in modules))
    return {name.partition(".")[0] for name in imported} - set(ROOMS) - OF_PYTHON


@pytest.mark.parametrize(
    ("room", "allowed"),
    [("assets", set()), ("questionnaires", {"pydantic", "yaml", "typing_extensions"})],
)
def test_lower_rooms_stay_light(graph: grimp.ImportGraph, room: str, allowed: set[str]) -> None:
    assert third_party(graph, room) <= allowed


def test_imported_packages_are_declared(graph: grimp.ImportGraph) -> None:
    """What the product imports is named in pyproject.toml, not merely there because something else needs it."""
    names = (re.match(r"[\w.-]+", requirement) for requirement in PYPROJECT["project"]["dependencies"])
    declared = {name[0].lower().replace("_", "-") for name in names if name}
    # shiboken6 is half of PySide6 and comes with the same release.
    declared.add("shiboken6")
    distributions = packages_distributions()
    for package in sorted(set().union(*(third_party(graph, room) for room in ROOMS))):
        owners = {owner.lower().replace("_", "-") for owner in distributions.get(package, [package])}
        assert owners & declared, f"{package} is imported but not declared"


def test_folders_that_must_not_be_packages() -> None:
    """``packaging/__init__.py`` would hide PyPI's ``packaging`` from pytest and from the build."""
    assert not (ROOT / "packaging/__init__.py").exists()
    assert not list((ROOT / "tests").rglob("__init__.py"))


def test_network_is_refused() -> None:
    with socket.socket() as client, pytest.raises(pytest.fail.Exception, match="offline"):
        client.connect(("127.0.0.1", 9))
    with pytest.raises(pytest.fail.Exception, match="offline"):
        socket.getaddrinfo("localhost", 9)
