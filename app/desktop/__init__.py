"""The desktop application: the only room with Qt.

``window`` holds the start page or the workspace of one engagement; ``session`` owns that engagement, its undo stack
and its scores; ``pages`` and ``widgets`` show it through ``models``; ``jobs`` runs long work in child processes.
Every change goes one way: page → session → undo command → engagement → journal.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from types import TracebackType


def run(
    argv: Sequence[str] | None = None,
    folder: Path | str | None = None,
    *,
    first_painted: Callable[[], None] | None = None,
) -> int:
    """Open the window, on an engagement where a folder is given, and return when it is closed.

    ``first_painted`` is called once the start page stands on the screen; a benchmark quits there.
    """
    import sys

    from PySide6.QtWidgets import QApplication

    from app.desktop import theme
    from app.desktop.window import MainWindow

    application = QApplication(list(sys.argv[:1] if argv is None else argv))
    application.setApplicationName("Colonnade")
    application.setDesktopFileName("colonnade")
    theme.install(application)
    window = MainWindow(Path(folder) if folder is not None else None)
    if first_painted is not None:
        window.first_painted.connect(first_painted)
    hook = sys.excepthook

    def tell(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
        """A slot that raised: the trace for whoever looks into it, words for the user; the window lives on."""
        hook(kind, error, trace)
        if isinstance(error, Exception):
            window.banner.tell_error(error)

    sys.excepthook = tell
    window.show()
    try:
        return application.exec()
    finally:
        sys.excepthook = hook
        window.writer.stop()
