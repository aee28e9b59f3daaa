"""Colours, type and measures of the window: light and dark as the system says, sizes from its font.

The colours are those of the report (:mod:`assets.palette`), so that screen and paper read alike.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from string import Template

from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QFont, QFontDatabase, QPalette
from PySide6.QtWidgets import QApplication

from assets import TEXT, face, icon
from assets.palette import DARK, LIGHT, Palette

BODY = 15
"""Height of body type in pixels for which the measures below are drawn."""


class Role(StrEnum):
    """What a piece of text is for; the style sheet and :func:`font` give it size and weight."""

    DISPLAY = "display"
    TITLE = "title"
    HEADING = "heading"
    STRONG = "strong"
    BODY = "body"
    SMALL = "small"
    LABEL = "label"


_TYPE: dict[Role, tuple[float, QFont.Weight]] = {
    Role.DISPLAY: (2.6, QFont.Weight.Light),
    Role.TITLE: (1.6, QFont.Weight.DemiBold),
    Role.HEADING: (1.14, QFont.Weight.DemiBold),
    Role.STRONG: (1.0, QFont.Weight.DemiBold),
    Role.BODY: (1.0, QFont.Weight.Normal),
    Role.SMALL: (0.87, QFont.Weight.Normal),
    Role.LABEL: (0.87, QFont.Weight.DemiBold),
}


@dataclass(frozen=True, slots=True)
class Colours:
    """The palette with what only a screen needs, as ``#rrggbb``."""

    palette: Palette
    attention: str
    """Challenged claims and errors; always beside a word."""
    selected: str
    """Behind the row or card in hand."""
    hover: str

    @property
    def background(self) -> str:
        return self.palette.background

    @property
    def surface(self) -> str:
        return self.palette.surface

    @property
    def text(self) -> str:
        return self.palette.text

    @property
    def muted(self) -> str:
        return self.palette.muted

    @property
    def line(self) -> str:
        return self.palette.line

    @property
    def accent(self) -> str:
        return self.palette.accent

    @property
    def on_accent(self) -> str:
        return self.palette.on_accent


def mixed(first: str, second: str, share: float) -> str:
    """``share`` of the second colour in the first."""
    a, b = QColor(first), QColor(second)
    pairs = ((a.red(), b.red()), (a.green(), b.green()), (a.blue(), b.blue()))
    return QColor(*(round(x + (y - x) * share) for x, y in pairs)).name()


def _colours(palette: Palette, attention: str) -> Colours:
    return Colours(
        palette,
        attention,
        selected=mixed(palette.background, palette.accent, 0.10),
        hover=mixed(palette.background, palette.accent, 0.05),
    )


LIGHT_COLOURS = _colours(LIGHT, "#a13d15")
DARK_COLOURS = _colours(DARK, "#f2a888")

_current: Colours = LIGHT_COLOURS
_unit = 1.0
_family = ""


def colours() -> Colours:
    """Those of the scheme in use."""
    return _current


def px(measure: float) -> int:
    """A measure drawn for body type of :data:`BODY` pixels, at the size of type in use."""
    return round(measure * _unit)


def font(role: Role) -> QFont:
    """The font of a role, for what is painted by hand."""
    size, weight = _TYPE[role]
    found = QFont(_family)
    found.setPixelSize(px(BODY * size))
    found.setWeight(weight)
    return found


def install(app: QApplication) -> None:
    """Give the application its fonts, its measures and the colours of the system's scheme, now and when it changes."""
    global _unit, _family  # noqa: PLW0603 - one application, one theme
    system = app.font().pointSizeF() * app.primaryScreen().logicalDotsPerInch() / 72
    _unit = max(BODY, system * 1.15) / BODY
    families: list[str] = []
    for weight in (400, 300, 600):
        number = QFontDatabase.addApplicationFont(str(face(TEXT, weight).path))
        families += QFontDatabase.applicationFontFamilies(number)
    _family = families[0] if families else app.font().family()
    app.setStyle("Fusion")
    app.setFont(font(Role.BODY))
    hints = app.styleHints()
    apply(app, hints.colorScheme())
    hints.colorSchemeChanged.connect(lambda scheme: apply(app, scheme))


def apply(app: QApplication, scheme: Qt.ColorScheme) -> None:
    """Colour the application for a scheme; an unknown one is light."""
    global _current  # noqa: PLW0603
    _current = DARK_COLOURS if scheme is Qt.ColorScheme.Dark else LIGHT_COLOURS
    app.setPalette(_qt_palette(_current))
    app.setStyleSheet(_style_sheet(_current))


def _qt_palette(c: Colours) -> QPalette:
    role = QPalette.ColorRole
    found = QPalette()
    for colour, roles in (
        (c.background, (role.Window, role.Base, role.Button, role.ToolTipBase)),
        (c.surface, (role.AlternateBase,)),
        (c.text, (role.WindowText, role.Text, role.ButtonText, role.ToolTipText, role.BrightText)),
        (c.accent, (role.Highlight, role.Link, role.LinkVisited, role.Accent)),
        (c.on_accent, (role.HighlightedText,)),
        (c.muted, (role.PlaceholderText,)),
        (c.line, (role.Mid, role.Midlight, role.Dark, role.Light, role.Shadow)),
    ):
        for entry in roles:
            found.setColor(entry, QColor(colour))
    for entry in (role.WindowText, role.Text, role.ButtonText):
        found.setColor(QPalette.ColorGroup.Disabled, entry, QColor(c.muted))
    return found


_SHEET = Template("""
QWidget { color: $text; }
QMainWindow, QDialog { background: $background; }
QLabel { background: transparent; }
$type
[muted="true"] { color: $muted; }
[attention="true"] { color: $attention; }
QFrame[rule="true"] { background: $line; border: none; }
QWidget[surface="true"] { background: $surface; }

QPushButton { background: $background; border: 1px solid $line; border-radius: ${r}px; padding: ${p5}px ${p14}px; }
QPushButton:hover { background: $hover; border-color: $muted; }
QPushButton:pressed, QPushButton:checked { background: $selected; border-color: $accent; }
QPushButton:focus { border: 2px solid $accent; padding: ${p4}px ${p13}px; }
QPushButton:disabled { color: $muted; background: $surface; }
QPushButton[kind="primary"] { background: $accent; color: $on_accent; border-color: $accent; font-weight: 600; }
QPushButton[kind="primary"]:hover { background: $accent_strong; }
QPushButton[kind="primary"]:focus { border: 2px solid $text; }
QPushButton[kind="primary"]:disabled { background: $line; border-color: $line; color: $muted; }
QPushButton[kind="quiet"] { background: transparent; border-color: transparent; color: $accent; }
QPushButton[kind="quiet"]:hover { background: $hover; }
QPushButton[kind="quiet"]:focus { border: 2px solid $accent; }
QPushButton[kind="quiet"]:disabled { color: $muted; }

QPushButton[kind="figure"] { background: transparent; border: 0; border-bottom: 2px solid transparent; padding: 0; }
QPushButton[kind="figure"]:hover { border-bottom-color: $line; }
QPushButton[kind="figure"]:focus { border-bottom-color: $accent; }

QPushButton[kind="answer"] { padding: ${p4}px ${p10}px; min-width: ${answer}px; background: $background; }
QPushButton[kind="answer"]:hover { background: $hover; }
QPushButton[kind="answer"]:checked { background: $accent; border-color: $accent; color: $on_accent; font-weight: 600; }
QPushButton[kind="answer"]:focus { border: 2px solid $accent; padding: ${p3}px ${p9}px; }
QPushButton[kind="answer"]:checked:focus { border: 2px solid $text; }
QPushButton[kind="answer"][inherited="true"] {
    background: $selected; border: 1px dashed $accent; color: $text; font-weight: 600; }
QPushButton[kind="answer"][inherited="true"]:focus { border: 2px dashed $accent; }
QPushButton[kind="choice"] { padding: ${p3}px ${p10}px; border-color: transparent; background: transparent; }
QPushButton[kind="choice"]:hover { background: $hover; }
QPushButton[kind="choice"]:checked { background: $selected; border-color: $accent; font-weight: 600; }
QPushButton[kind="choice"]:focus { border: 2px solid $accent; padding: ${p2}px ${p9}px; }

QPushButton[kind="line"] { text-align: left; border-color: transparent; background: transparent;
    padding: ${p5}px ${p8}px; }
QPushButton[kind="line"]:hover { background: $hover; }
QPushButton[kind="line"]:checked { background: $selected; font-weight: 600; }
QPushButton[kind="line"]:focus { border: 2px solid $accent; padding: ${p4}px ${p7}px; }
QPushButton[kind="line"]:disabled { color: $muted; }

QToolButton { background: transparent; border: 2px solid transparent; border-radius: ${r}px; padding: ${p4}px; }
QToolButton:hover { background: $hover; }
QToolButton:focus { border-color: $accent; }
QToolButton:checked { background: $selected; }

QLineEdit, QPlainTextEdit, QComboBox {
    background: $background; border: 1px solid $control; border-radius: ${r}px; padding: ${p5}px ${p8}px;
    selection-background-color: $accent; selection-color: $on_accent; }
QLineEdit:focus, QPlainTextEdit:focus, QComboBox:focus {
    border: 2px solid $accent; padding: ${p4}px ${p7}px; }
QPlainTextEdit { padding: ${p2}px ${p4}px; }
QPlainTextEdit[readOnly="true"] { background: $surface; border-color: $line; }
QPlainTextEdit:focus { padding: 1px ${p3}px; }
QComboBox::drop-down { border: none; width: ${p24}px; }
QComboBox::down-arrow { image: url("$chevron"); width: ${p12}px; height: ${p12}px; }
QComboBox QAbstractItemView { border: 1px solid $line; background: $background; outline: none;
    selection-background-color: $selected; selection-color: $text; }
QCheckBox { spacing: ${p8}px; padding: ${p4}px; border: 2px solid transparent; border-radius: ${r}px; }
QCheckBox:focus { border-color: $accent; }
QCheckBox::indicator { width: ${p16}px; height: ${p16}px; border: 1px solid $muted; border-radius: ${p3}px;
    background: $background; }
QCheckBox::indicator:checked { background: $accent; border-color: $accent; image: url("$checked"); }
QCheckBox::indicator:disabled { background: $surface; border-color: $line; }
QCheckBox::indicator:checked:disabled { background: $muted; border-color: $muted; }

QAbstractItemView { background: $background; border: none; outline: none; selection-background-color: $selected;
    selection-color: $text; alternate-background-color: $background; }
QHeaderView { background: $background; border: none; }
QHeaderView::section { background: $background; color: $muted; border: none; border-bottom: 1px solid $line;
    padding: ${p6}px ${p8}px; font-size: ${small}px; font-weight: 600; }
QTableCornerButton::section { background: $background; border: none; border-bottom: 1px solid $line; }
QAbstractScrollArea::corner { background: transparent; border: none; }
QScrollArea { background: transparent; border: none; }
QScrollBar:vertical { background: transparent; width: ${p12}px; margin: 0; }
QScrollBar:horizontal { background: transparent; height: ${p12}px; margin: 0; }
QScrollBar::handle { background: $line; border-radius: ${p4}px; margin: ${p2}px; min-height: ${p32}px;
    min-width: ${p32}px; }
QScrollBar::handle:hover { background: $muted; }
QScrollBar::add-line, QScrollBar::sub-line { width: 0; height: 0; }
QScrollBar::add-page, QScrollBar::sub-page { background: transparent; }
QSplitter::handle { background: $line; }
QProgressBar { background: $surface; border: none; border-radius: ${p3}px; height: ${p6}px; }
QProgressBar::chunk { background: $accent; border-radius: ${p3}px; }
QMenu { background: $background; border: 1px solid $line; padding: ${p4}px; }
QMenu::item { padding: ${p6}px ${p24}px; border-radius: ${r}px; }
QMenu::item:selected { background: $selected; }
QToolTip { background: $text; color: $background; border: none; padding: ${p6}px; }
""")


def _style_sheet(c: Colours) -> str:
    sizes = {f"p{n}": max(1, px(n)) for n in (2, 3, 4, 5, 6, 7, 8, 9, 10, 12, 13, 14, 16, 24, 32)}
    rules = "\n".join(
        f'[role="{role}"] {{ font-size: {px(BODY * size)}px; font-weight: {weight.value}; }}'
        for role, (size, weight) in _TYPE.items()
    )
    return _SHEET.substitute(
        sizes,
        type=rules,
        r=px(4),
        small=px(BODY * 0.87),
        answer=px(64),
        text=c.text,
        muted=c.muted,
        line=c.line,
        control=mixed(c.line, c.muted, 0.5),
        background=c.background,
        surface=c.surface,
        accent=c.accent,
        accent_strong=mixed(c.accent, c.text, 0.25),
        on_accent=c.on_accent,
        attention=c.attention,
        selected=c.selected,
        hover=c.hover,
        chevron=icon("chevron").as_posix(),
        checked=icon("checked-dark" if c is DARK_COLOURS else "checked-light").as_posix(),
    )
