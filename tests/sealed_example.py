"""Seals that cost nothing: the age format in plain Python, with the least work that a passphrase can ask for.

What we seal ourselves asks for a second of work, and so does each try to open it. Written from the specification
(C2SP.org/age), which makes it a second implementation that ours has to understand.
"""

from __future__ import annotations

import hashlib
import hmac
import struct
from base64 import b64encode
from collections.abc import Iterator

_CHUNK = 1 << 16
_WORD = 0xFFFFFFFF


def cheaply_sealed(data: bytes, passphrase: str) -> bytes:
    """An age file that the passphrase opens. Its secrets are the same each time: for tests only."""
    salt, file_key, nonce = b"s" * 16, b"k" * 16, b"n" * 16
    scrypt = hashlib.scrypt(passphrase.encode(), salt=b"age-encryption.org/v1/scrypt" + salt, n=2, r=8, p=1, dklen=32)
    wrapped = _seal(scrypt, bytes(12), file_key)
    header = b"age-encryption.org/v1\n-> scrypt %s 1\n%s\n---" % (_base64(salt), _base64(wrapped))
    mac = hmac.digest(_derived(file_key, b"", b"header"), header, "sha256")
    key = _derived(file_key, nonce, b"payload")
    chunks = [data[start : start + _CHUNK] for start in range(0, len(data), _CHUNK)] or [b""]
    payload = b"".join(
        _seal(key, number.to_bytes(11, "big") + bytes([number == len(chunks) - 1]), chunk)
        for number, chunk in enumerate(chunks)
    )
    return b"%s %s\n%s%s" % (header, _base64(mac), nonce, payload)


def _base64(data: bytes) -> bytes:
    return b64encode(data).rstrip(b"=")


def _derived(secret: bytes, salt: bytes, info: bytes) -> bytes:
    """HKDF-SHA256, one block of it."""
    return hmac.digest(hmac.digest(salt or bytes(32), secret, "sha256"), info + b"\x01", "sha256")


def _seal(key: bytes, nonce: bytes, text: bytes) -> bytes:
    """ChaCha20-Poly1305 (RFC 8439) without additional data."""
    stream = _stream(key, nonce)
    once = next(stream)
    pad = b"".join(next(stream) for _ in range(0, len(text), 64))[: len(text)]
    sealed = (int.from_bytes(text, "little") ^ int.from_bytes(pad, "little")).to_bytes(len(text), "little")
    r = int.from_bytes(once[:16], "little") & 0x0FFFFFFC0FFFFFFC0FFFFFFC0FFFFFFF
    total = 0
    for start in range(0, len(sealed), 16):
        total = (total + int.from_bytes(sealed[start : start + 16].ljust(16, b"\0") + b"\x01", "little")) * r
        total %= (1 << 130) - 5
    total = (total + int.from_bytes(struct.pack("<QQB", 0, len(sealed), 1), "little")) * r % ((1 << 130) - 5)
    tag = (total + int.from_bytes(once[16:32], "little")) % (1 << 128)
    return sealed + tag.to_bytes(16, "little")


def _stream(key: bytes, nonce: bytes) -> Iterator[bytes]:
    """ChaCha20, block after block."""
    fixed = (*struct.unpack("<4I", b"expand 32-byte k"), *struct.unpack("<8I", key))
    rounds = [(0, 4, 8, 12), (1, 5, 9, 13), (2, 6, 10, 14), (3, 7, 11, 15)]
    rounds += [(0, 5, 10, 15), (1, 6, 11, 12), (2, 7, 8, 13), (3, 4, 9, 14)]
    block = 0
    while True:
        start = (*fixed, block, *struct.unpack("<3I", nonce))
        x = list(start)
        for a, b, c, d in rounds * 10:
            for to, by, back, bits in ((a, b, d, 16), (c, d, b, 12), (a, b, d, 8), (c, d, b, 7)):
                x[to] = (x[to] + x[by]) & _WORD
                mixed = x[back] ^ x[to]
                x[back] = (mixed << bits | mixed >> (32 - bits)) & _WORD
        yield struct.pack("<16I", *((then + now) & _WORD for then, now in zip(start, x, strict=True)))
        block += 1
