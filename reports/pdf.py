"""HTML → PDF/UA-1. The only module that knows WeasyPrint.

Nothing but bundled fonts and the pictures that the caller hands over is ever fetched. The same document and date give
the same bytes.
"""

from __future__ import annotations

import gc
import logging
import tempfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import date, datetime, time
from pathlib import Path
from typing import Any

from weasyprint import HTML, Attachment
from weasyprint.urls import URLFetcher, URLFetcherResponse

from assets import faces
from reports.files import CannotWrite, in_place

VARIANT = "pdf/ua-1"


class Refused(ValueError):
    """A document asked for something outside the bundle. WeasyPrint leaves the resource out and goes on."""


class Bundle(URLFetcher):  # type: ignore[misc]
    """Serves the bundled fonts and the given pictures, and refuses every other address without looking at it."""

    def __init__(self, pictures: Mapping[str, bytes] | None = None) -> None:
        super().__init__()
        self._paths = {face.url: face.path for face in faces()}
        self._pictures = dict(pictures or {})

    def fetch(self, url: str, headers: Mapping[str, str] | None = None) -> URLFetcherResponse:
        """What stands behind an address of ours. Raises Refused for any other."""
        if url in self._pictures:
            return URLFetcherResponse(url, self._pictures[url], {"Content-Type": "image/png"})
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
    try:
        with _seldom_collected():
            pages = HTML(string=document, url_fetcher=fetcher, base_url=None).render(**options)
    except OSError as error:  # layout keeps fonts in temporary files
        raise CannotWrite(Path(error.filename or tempfile.gettempdir()), error) from error
    if laid_out is not None:
        laid_out()
    when = datetime.combine(as_of or date.min, time())  # without one WeasyPrint would look at the clock
    files = [
        Attachment(string=data, name=name, created=when, modified=when, url_fetcher=fetcher)
        for name, data in sorted((attachments or {}).items())
    ]
    with _seldom_collected():
        return in_place(target, lambda file: pages.write_pdf(file, attachments=files or None, **options))


@contextmanager
def _seldom_collected() -> Iterator[None]:
    """Layout makes objects by the million and keeps them: looking for rubbish among them every few hundred is vain."""
    before = gc.get_threshold()
    gc.set_threshold(20_000, 50, 50)
    try:
        yield
    finally:
        gc.set_threshold(*before)
