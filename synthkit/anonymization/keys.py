"""The key that every pseudonym depends on, and one key derived from it for each domain.

There is no keyless mode: without a key, whoever knows how values are replaced can replace all
likely values and look theirs up.
"""

from __future__ import annotations

import base64
import binascii
import hmac
import os
import re
import secrets
from dataclasses import dataclass, field, replace
from hashlib import blake2b
from pathlib import Path
from typing import Literal

from synthkit.errors import UsageError

__all__ = ["ENVIRONMENT", "MasterKey", "new_key", "read_key"]

ENVIRONMENT = "SYNTHKIT_KEY"
"""Environment variable that holds the key where nothing else is named."""

KeptIn = Literal["environment", "file"]
_FORM = re.compile(r"synthkit-key-1:([A-Za-z0-9_.-]{1,64}):([A-Za-z0-9_-]{43})=?")
_MAKE = "`synthkit key new` makes one."


@dataclass(frozen=True)
class MasterKey:
    """A secret of 32 bytes and the name that reports know it by.

    ``check`` is a short digest of the secret: two keys of one name are told apart by it, and it
    says nothing about the secret.
    """

    id: str
    secret: bytes = field(repr=False)
    kept_in: tuple[KeptIn, str] | None = field(default=None, repr=False, compare=False)
    """Where other processes find it too: in an environment variable or a file, by name."""

    def under(self, *names: str) -> bytes:
        """Return the 32 bytes of a named purpose: HKDF with SHA-256 (RFC 5869), one block.

        Keys of different names say nothing about each other or about the secret.
        """
        info = b"".join(len(name.encode()).to_bytes(4, "big") + name.encode() for name in names)
        extracted = hmac.digest(b"synthkit anonymize 1", self.secret, "sha256")
        return hmac.digest(extracted, info + b"\x01", "sha256")

    @property
    def check(self) -> str:
        """Eight hexadecimal digits that differ between secrets."""
        return blake2b(self.under("check"), digest_size=4).hexdigest()

    def text(self) -> str:
        """Return the line that `read_key` reads."""
        return f"synthkit-key-1:{self.id}:{base64.urlsafe_b64encode(self.secret).decode()}"


def new_key(name: str) -> MasterKey:
    """Make a key from the operating system's randomness.

    Raises:
        UsageError: The name has other characters than letters, digits, ``_``, ``.`` and ``-``.
    """
    if not re.fullmatch(r"[A-Za-z0-9_.-]{1,64}", name):
        raise UsageError(
            "That is no name for a key.", hint="Use letters, digits, '_', '.', '-': 2026-11."
        )
    return MasterKey(name, secrets.token_bytes(32))


def read_key(*, environment: str | None = None, file: str | Path | None = None) -> MasterKey:
    """Read a key from a file, or else from an environment variable (`ENVIRONMENT`).

    Raises:
        UsageError: Nothing is there, it is no key, or others can read the file.
    """
    if file is not None:
        key = _parse(_content(Path(file)), f"The file {file}")
        return replace(key, kept_in=("file", str(Path(file).resolve())))
    name = environment or ENVIRONMENT
    found = os.environ.get(name)
    if not found:
        raise UsageError(
            f"There is no key: the environment variable {name} is not set.",
            hint=f"{_MAKE} Set {name} to it, or give --key-file.",
        )
    key = _parse(found, f"The environment variable {name}")
    return replace(key, kept_in=("environment", name))


def _content(path: Path) -> str:
    try:
        if os.name == "posix" and path.stat().st_mode & 0o077:
            raise UsageError(
                f"Others than you may read the key in {path}.", hint=f"chmod 600 {path}"
            )
        return path.read_text(encoding="ascii")
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError(f"The key file {path} cannot be read.", hint=_MAKE) from error


def _parse(text: str, where: str) -> MasterKey:
    matched = _FORM.fullmatch(text.strip())
    if matched is None:
        raise UsageError(f"{where} holds no key.", hint=_MAKE)
    try:
        return MasterKey(matched[1], base64.urlsafe_b64decode(f"{matched[2]}="))
    except binascii.Error as error:  # pragma: no cover - the form allows its alphabet only
        raise UsageError(f"{where} holds no key.", hint=_MAKE) from error
