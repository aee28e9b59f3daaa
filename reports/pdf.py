"""HTML → PDF/UA-1. The only module that knows WeasyPrint.

Nothing but bundled fonts is ever fetched. The same document and date give the same bytes.
"""

from __future__ import annotations

import logging
import os
import tempfile
from collections.abc import Callable, Mapping
from datetime import date, datetime, time
from pathlib import Path
from typing import IO, Any

from weasyprint import HTML, Attachment
from weasyprint.urls import URLFetcher, URLFetcherResponse

from assets import faces

VARIANT = "pdf/ua-1"


class CannotWrite(Exception):
    """The report could not be written; what stood at the target before still stands there."""

    def __init__(self, target: Path, error: OSError) -> None:
        super().__init__(f"{target}: {error.strerror or error}")
        self.target = target
        self.reason = error.strerror or str(error)
        """As the operating system words it: no space left on device, permission denied, …"""


class Refused(ValueError):
    """A document asked for something outside the bundle. WeasyPrint leaves the resource out and goes on."""


class Bundle(URLFetcher):  # type: ignore[misc]
    """Serves the bundled fonts and refuses every other address, without looking at it."""

    def __init__(self) -> None:
        super().__init__()
        self._paths = {face.url: face.path for face in faces()}

    def fetch(self, url: str, headers: Mapping[str, str] | None = None) -> URLFetcherResponse:
        """The file behind a bundled address. Raises Refused for any other."""
        path = self._paths.get(url)
        if path is None:
            raise Refused(url)
        return URLFetcherResponse(url, path.read_bytes(), {"Content-Type": "font/ttf"})


def write(
    document: str,
    target: Path,
    *,
    attachments: Mapping[str, bytes] | None = None,
    as_of: date | None = None,
    fetcher: URLFetcher | None = None,
    laid_out: Callable[[], None] | None = None,
) -> Path:
    """Print an HTML document to ``target``, whole or not at all.

    The file appears under its name only once it is complete and on disk. ``attachments`` are embedded by name and dated
    ``as_of``; ``laid_out`` is called between layout and writing. Raises :class:`CannotWrite`.
    """
    logging.getLogger("weasyprint").setLevel(logging.ERROR)
    fetcher = fetcher or Bundle()
    options: dict[str, Any] = {"pdf_variant": VARIANT}
    pages = HTML(string=document, url_fetcher=fetcher, base_url=None).render(**options)
    if laid_out is not None:
        laid_out()
    when = datetime.combine(as_of or date.min, time())  # without one WeasyPrint would look at the clock
    files = [
        Attachment(string=data, name=name, created=when, modified=when, url_fetcher=fetcher)
        for name, data in sorted((attachments or {}).items())
    ]
    try:
        return _in_place(target, lambda file: pages.write_pdf(file, attachments=files or None, **options))
    except OSError as error:
        raise CannotWrite(target, error) from error


def _in_place(target: Path, write: Callable[[IO[bytes]], None]) -> Path:
    """A temporary file beside the target, fsync, rename, fsync of the folder; nothing left behind on failure."""
    handle, name = tempfile.mkstemp(prefix=".report-", suffix=".tmp", dir=target.parent)
    temporary = Path(name)
    try:
        with os.fdopen(handle, "wb") as file:
            write(file)
            file.flush()
            os.fsync(file.fileno())
        os.chmod(temporary, 0o666 & ~_umask())
        os.replace(temporary, target)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise
    _sync_folder(target.parent)
    return target


def _umask() -> int:
    """The process's umask, which can only be read by setting it."""
    mask = os.umask(0o077)
    os.umask(mask)
    return mask


def _sync_folder(folder: Path) -> None:
    if os.name == "nt":  # folders cannot be opened there, and a rename is durable without
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
