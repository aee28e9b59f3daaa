"""A file that a PDF carries, taken out in a process of its own: a PDF from outside may ask for all memory there is, or
break the library that reads it, and neither may reach the person's engagement."""

from __future__ import annotations

import multiprocessing
from contextlib import suppress
from ctypes import c_ulong
from enum import StrEnum
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

MAX_ATTACHMENTS = 100
MAX_MEMORY = 2_000_000_000
"""Bytes of the process, where the system can hold it to that."""
MAX_SECONDS = 60


class Refused(StrEnum):
    """Why nothing came out."""

    PROTECTED = "is protected by a password"
    BROKEN = "is no PDF that can be read"
    NONE = "does not carry what a report does"
    SEVERAL = "carries more than a report does"
    LARGE = "carries more than a report can"


def embedded(pdf: Path, name: str, limit: int) -> bytes | Refused:
    """The one attachment of that name, of at most ``limit`` bytes. Raises OSError where no process can be started."""
    context = multiprocessing.get_context("spawn")
    ours, theirs = context.Pipe(duplex=False)
    process = context.Process(target=_serve, args=(theirs, str(pdf), name, limit), name="attachment", daemon=True)
    try:
        process.start()
        theirs.close()
        if not ours.poll(MAX_SECONDS):
            return Refused.BROKEN
        answer = ours.recv()
        return answer if isinstance(answer, Refused | bytes) else Refused.BROKEN
    except EOFError:
        return Refused.BROKEN  # it died over it
    finally:
        if process.pid is not None:
            process.kill()
            process.join()
        ours.close()


def _serve(pipe: Connection, pdf: str, name: str, limit: int) -> None:
    with suppress(ImportError, ValueError, OSError):
        import resource

        resource.setrlimit(resource.RLIMIT_AS, (MAX_MEMORY, MAX_MEMORY))
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    pipe.send(_taken_out(pdf, name, limit))


def _taken_out(pdf: str, name: str, limit: int) -> bytes | Refused:
    from pypdfium2 import PdfDocument, PdfiumError

    try:
        document = PdfDocument(pdf)
        try:
            return _only(document, name, limit)
        finally:
            document.close()
    except (PdfiumError, ValueError, OSError, MemoryError) as error:
        # The library tells by a word only that it wants a password.
        return Refused.PROTECTED if "password" in str(error).casefold() else Refused.BROKEN


def _only(document: Any, name: str, limit: int) -> bytes | Refused:
    """The one attachment in an open PDF; its size is asked for before its bytes."""
    from pypdfium2.raw import FPDFAttachment_GetFile

    count = document.count_attachments()
    if count > MAX_ATTACHMENTS:
        return Refused.SEVERAL
    found = [document.get_attachment(index) for index in range(count)]
    ours = [attachment for attachment in found if attachment.get_name() == name]
    if len(ours) != 1:
        return Refused.SEVERAL if ours else Refused.NONE
    size = c_ulong()
    FPDFAttachment_GetFile(ours[0], None, 0, size)
    return bytes(ours[0].get_data()) if size.value <= limit else Refused.LARGE
