"""Files behind a passphrase, in the standard age format: the ``age`` tool opens them, and they open what it wrote."""

from __future__ import annotations

import binascii
import re
from base64 import b64decode

from pyrage import DecryptError
from pyrage import passphrase as age

from app.engagement.errors import EngagementError, UsageError

MAX_WORK = 22
"""Largest scrypt work factor (as a power of two) that is tried: 4 GiB of memory, and the age tool's own limit."""
_INTRO = b"age-encryption.org/v1\n"
_HEADER = re.compile(re.escape(_INTRO) + rb"-> scrypt [A-Za-z0-9+/]{22} ([1-9][0-9]{0,18})\n")
_BEGIN, _END = b"-----BEGIN AGE ENCRYPTED FILE-----", b"-----END AGE ENCRYPTED FILE-----"


class Sealed(UsageError):
    """A file is encrypted and no passphrase was given: ask for one, then repeat."""


def is_sealed(data: bytes) -> bool:
    """Whether some bytes begin as an age file does, armoured or not."""
    return data.startswith((_INTRO, _BEGIN))


def sealed(data: bytes, passphrase: str) -> bytes:
    """Encrypt for everybody who knows the passphrase. Two calls never give the same bytes. Raises UsageError."""
    if not passphrase:
        raise UsageError("is empty", "The passphrase", "Choose one of several words.")
    return bytes(age.encrypt(data, passphrase))


def unsealed(data: bytes, passphrase: str | None, place: str) -> bytes:
    """What an age file holds. Raises EngagementError; Sealed where there is no passphrase.

    The header of a file from outside says how much memory and time its key costs, so it is read first.
    """
    binary = _unarmoured(data) if data.startswith(_BEGIN) else data
    header = _HEADER.match(binary)
    if header is None:
        remedy = "Ask for a pack that a passphrase opens; packs for keys are opened with the age tool first."
        raise EngagementError("is encrypted, but not with a passphrase, or damaged", place, remedy)
    if int(header[1]) > MAX_WORK:
        message = f"asks for 2^{int(header[1])} rounds to try a passphrase (at most 2^{MAX_WORK} are done)"
        raise EngagementError(message, place, "Do not trust its sender.")
    if passphrase is None:
        raise Sealed("is encrypted", place, "Give the passphrase that it was packed with.")
    try:
        return bytes(age.decrypt(binary, passphrase))
    except DecryptError as error:
        message = "cannot be decrypted: the passphrase is wrong, or the file is damaged"
        raise EngagementError(message, place, "Type it again; if it is right, ask for the file again.") from error


def _unarmoured(data: bytes) -> bytes:
    """The binary form of an armoured file; nothing where the armour is broken."""
    first, *lines = data.strip().splitlines()
    if first != _BEGIN or not lines or lines.pop() != _END:
        return b""
    try:
        return b64decode(b"".join(lines), validate=True)
    except binascii.Error:
        return b""
