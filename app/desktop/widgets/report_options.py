"""How the reports are to look: sections, formats, paper, and what belongs to the client."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from babel import Locale
from PySide6.QtCore import Signal
from PySide6.QtWidgets import QCheckBox, QWidget

from app.desktop.theme import Role
from app.desktop.widgets import files
from app.desktop.widgets.choices import Choices
from app.desktop.widgets.fields import Line, Select, typed_path
from app.desktop.widgets.text import button, column, label, row
from reports.language import ENGLISH, tags
from reports.options import Audience, Format, Paper, Section

CHOSEN = "chosen"
"""In the place of an audience: the sections that are ticked."""


class ReportOptions(QWidget):
    """Its :meth:`arguments` are those of ``report``, which checks them; what is relative lies in ``folder``."""

    changed = Signal()

    def __init__(self, folder: Path, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._folder = folder
        self._audience = Audience.FULL.value
        self._audiences = Choices(self.tr("Sections of the report"))
        self._audiences.chosen.connect(self.choose_audience)
        names = {
            Section.BOARD: self.tr("Board page"), Section.STANDING: self.tr("Where we stand"),
            Section.ROADMAP: self.tr("Roadmap"), Section.PROGRESS: self.tr("Progress"),
            Section.REGIMES: self.tr("Regimes"), Section.DSOMM: self.tr("DSOMM view"),
            Section.ANSWERS: self.tr("Common answers"), Section.APPLICATIONS: self.tr("Applications"),
            Section.EVIDENCE: self.tr("Evidence register"), Section.METHOD: self.tr("Method"),
            Section.GLOSSARY: self.tr("Glossary"),
        }  # fmt: skip
        self.sections = {section: QCheckBox(names[section]) for section in Section}
        self.formats = {entry: QCheckBox(entry.value.upper()) for entry in Format}
        self.formats[Format.PDF].setChecked(True)
        for check in (*self.sections.values(), *self.formats.values()):
            check.toggled.connect(self.changed)
        self.paper = Select(self.tr("Paper"))
        for paper, text in ((Paper.A4, "A4"), (Paper.LETTER, "Letter")):
            self.paper.addItem(text, paper.value)
        self.language = Select(self.tr("Language of the report"))
        for tag in tags():
            self.language.addItem(str(Locale.parse(tag, sep="-").get_display_name()).capitalize(), tag)
        self.language.setCurrentIndex(self.language.findData(ENGLISH))
        self._confidential = self.tr("Confidential")  # which the verb says by itself, in the report's language
        self.classification = Line(self._confidential)
        self.classification.setAccessibleName(self.tr("Classification"))
        self.accent = Line()
        self.accent.setAccessibleName(self.tr("Colour of the client"))
        self.accent.setPlaceholderText("#0f4c6e")
        self.logo = Line()
        self.logo.setAccessibleName(self.tr("Logo of the client"))
        self.logo.setPlaceholderText(self.tr("PNG or JPEG"))
        choose = button(self.tr("Choose…"))
        choose.setAccessibleName(self.tr("Choose the logo"))
        choose.clicked.connect(self.choose_logo)
        self._ticks = QWidget()
        self._ticks.setLayout(column(*self.sections.values()))
        logo = row(self.logo, 8, choose)
        logo.setStretchFactor(self.logo, 1)
        small = Role.LABEL
        self.setLayout(
            column(
                label(self.tr("Sections"), small, muted=True), 4, row(self._audiences, -1), 4, self._ticks, 12,
                label(self.tr("Formats"), small, muted=True), 4, row(*self.formats.values(), -1), 12,
                label(self.tr("Paper"), small, muted=True), 4, self.paper, 12,
                label(self.tr("Language"), small, muted=True), 4, self.language, 12,
                label(self.tr("Classification"), small, muted=True), 4, self.classification, 12,
                label(self.tr("Logo and colour of the client"), small, muted=True), 4, logo, 8, self.accent,
            )
        )  # fmt: skip
        self.choose_audience(self._audience)

    def choose_audience(self, audience: str) -> None:
        """An audience's sections, or CHOSEN for those that are ticked."""
        self._audience = audience
        self._audiences.show_options(
            [
                (Audience.FULL.value, self.tr("All")), (Audience.BOARD.value, self.tr("Board")),
                (CHOSEN, self.tr("Chosen")),
            ],
            audience,
        )  # fmt: skip
        if audience != CHOSEN:
            for section, check in self.sections.items():
                check.setChecked(section in Audience(audience).sections)
        self._ticks.setVisible(audience == CHOSEN)
        self.changed.emit()

    def choose_logo(self) -> None:
        title, filters = self.tr("Logo of the client"), [self.tr("Pictures (*.png *.jpg *.jpeg)")]
        files.ask(self, title, files.Mode.ExistingFile, lambda path: self.logo.setText(str(path)), filters)

    def choices(self) -> dict[str, str]:
        """What is chosen, as :meth:`show_choices` takes it."""
        return {
            "audience": self._audience,
            "sections": ",".join(section for section, check in self.sections.items() if check.isChecked()),
            "formats": ",".join(entry for entry, check in self.formats.items() if check.isChecked()),
            "paper": str(self.paper.currentData()),
            "locale": str(self.language.currentData()),
            "classification": self.classification.text(),
            "logo": self.logo.text(),
            "accent": self.accent.text(),
        }

    def show_choices(self, choices: Mapping[str, str]) -> None:
        """Show earlier choices; what is missing or unknown stays as it is."""
        for box, key in ((self.paper, "paper"), (self.language, "locale")):
            found = box.findData(choices.get(key))
            box.setCurrentIndex(found if found >= 0 else box.currentIndex())
        for field, key in ((self.classification, "classification"), (self.logo, "logo"), (self.accent, "accent")):
            field.setText(choices.get(key, field.text()))
        for checks, key in ((self.formats, "formats"), (self.sections, "sections")):
            if key in choices:
                ticked = choices[key].split(",")
                for entry, check in checks.items():
                    check.setChecked(entry.value in ticked)
        if choices.get("audience") in (CHOSEN, *Audience):
            self.choose_audience(choices["audience"])

    @property
    def missing(self) -> str:
        """What has to be ticked before there is a report; empty where nothing is missing."""
        if self._audience == CHOSEN and not any(check.isChecked() for check in self.sections.values()):
            return self.tr("No section is chosen: tick one.")
        if not any(check.isChecked() for check in self.formats.values()):
            return self.tr("No format is chosen: tick one.")
        return ""

    def arguments(self) -> list[str]:
        """For the verb ``report``."""
        found = [f"--format={entry.value}" for entry, check in self.formats.items() if check.isChecked()]
        found.append(f"--paper={self.paper.currentData()}")
        found.append(f"--locale={self.language.currentData()}")
        if (text := self.classification.text().strip()) != self._confidential:
            # With an equals sign: a text that begins with a hyphen is no option.
            found.append(f"--classification={text}")
        if self._audience == CHOSEN:
            ticked = [section.value for section, check in self.sections.items() if check.isChecked()]
            found.append(f"--sections={','.join(ticked)}")
        else:
            found.append(f"--audience={self._audience}")
        if logo := self.logo.text().strip():
            found.append(f"--logo={typed_path(logo, self._folder)}")
        if accent := self.accent.text().strip():
            found.append(f"--accent={accent}")
        return found
