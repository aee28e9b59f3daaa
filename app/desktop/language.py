"""What the window says can be translated: ``self.tr`` inside Qt's classes, this outside of them."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication


def tr(text: str) -> str:
    """In Qt's empty context, where its tools put what they find outside of a class."""
    return QCoreApplication.translate("", text)
