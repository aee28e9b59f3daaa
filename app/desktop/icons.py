"""Line icons from ``assets/icons``, drawn in the colour of the text beside them.

Qt's SVG library loads with the first icon: the start page does without.
"""

from __future__ import annotations

from functools import lru_cache

from PySide6.QtCore import QByteArray, QEvent, QSize, Qt
from PySide6.QtGui import QIcon, QPainter, QPixmap
from PySide6.QtWidgets import QToolButton, QWidget
from typing_extensions import override

from app.desktop import theme
from assets import icon as icon_file


@lru_cache(maxsize=256)
def pixmap(name: str, colour: str, size: int, ratio: float = 1.0) -> QPixmap:
    """An icon in one colour; ``size`` in device-independent pixels."""
    from PySide6.QtSvg import QSvgRenderer

    source = icon_file(name).read_text(encoding="utf-8").replace("currentColor", colour)
    found = QPixmap(round(size * ratio), round(size * ratio))
    found.fill(Qt.GlobalColor.transparent)
    painter = QPainter(found)
    QSvgRenderer(QByteArray(source.encode())).render(painter)
    painter.end()
    found.setDevicePixelRatio(ratio)
    return found


class IconButton(QToolButton):
    """A button that shows nothing but an icon; its name is its tooltip and its accessible name."""

    def __init__(self, name: str, label: str, parent: QWidget | None = None, keys: str = "") -> None:
        super().__init__(parent)
        self._name = name
        self._label = label
        self._keys = keys
        self.setAccessibleName(label)
        self.setToolTip(f"{label} ({keys})" if keys else label)
        self.setIconSize(QSize(theme.px(20), theme.px(20)))
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self._draw()

    def show_icon(self, name: str, label: str) -> None:
        """Another picture with another meaning, such as marked instead of not marked."""
        if (name, label) == (self._name, self._label):
            return
        self._name = name
        self.rename(label)
        self._draw()

    def rename(self, label: str) -> None:
        """The same picture with another meaning."""
        self._label = label
        self.setAccessibleName(label)
        self.setToolTip(f"{label} ({self._keys})" if self._keys else label)

    @override
    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() in (QEvent.Type.PaletteChange, QEvent.Type.EnabledChange):
            self._draw()

    def _draw(self) -> None:
        colours = theme.colours()
        size, ratio = theme.px(20), self.devicePixelRatioF()
        found = QIcon(pixmap(self._name, colours.text, size, ratio))
        found.addPixmap(pixmap(self._name, colours.line, size, ratio), QIcon.Mode.Disabled)
        self.setIcon(found)
