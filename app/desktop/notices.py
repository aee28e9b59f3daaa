"""What somebody should know of an engagement that was opened."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from app.desktop.language import tr
from app.desktop.opening import Opened
from app.desktop.widgets.banner import Banner
from app.engagement.recover import Source


def tell_of(opened: Opened, banner: Banner, recover: Callable[[Path, Source], None]) -> None:
    """Say what opening found; where the files were changed outside, let a person decide with ``recover``."""
    notices = list(opened.engagement.notices)
    if opened.kept is not None:
        notices.insert(0, tr("The files as they were found are kept in {0}.").format(opened.kept))
    if opened.refusal is None:
        if notices:
            banner.tell(tr("Opened, with something to know."), " ".join(notices))
        return
    what = f"{opened.refusal.where}: {opened.refusal.what}."
    if not opened.changed_outside:
        banner.tell(tr("Open for reading only. {0}").format(what), " ".join([opened.refusal.remedy, *notices]))
        return
    also = tr("Also: {0} ").format(" ".join(notices[1:4])) if notices[1:] else ""
    folder = opened.engagement.folder
    banner.tell(
        what,
        also
        + tr(
            "Decide whose word counts. The journal: every file is written anew from it, as Colonnade left it. "
            "The files: what they say now is taken over, as a change of its own in your name. Either way the files "
            "as they were found are kept in the folder 'set-aside'. Until then nothing can be changed."
        ),
        choices=[
            (tr("The journal counts"), lambda: recover(folder, Source.JOURNAL)),
            (tr("The files count"), lambda: recover(folder, Source.FILES)),
        ],
    )
