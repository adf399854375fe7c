"""Keys: derived as the standard says, read from where they are, never shown."""

from __future__ import annotations

from pathlib import Path

import pytest
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from synthkit.anonymization.keys import ENVIRONMENT, MasterKey, new_key, read_key
from synthkit.errors import UsageError


def test_keys_of_purposes_are_those_of_the_standard() -> None:
    """HKDF of another implementation gives the same bytes (RFC 5869)."""
    key = MasterKey("2026-11", bytes(range(32)))
    info = (1).to_bytes(4, "big") + b"a" + (2).to_bytes(4, "big") + b"bc"
    expected = HKDF(SHA256(), 32, b"synthkit anonymize 1", info).derive(key.secret)
    assert key.under("a", "bc") == expected
    assert key.under("ab", "c") != expected


def test_a_key_is_written_and_read(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    key = new_key("2026-11")
    monkeypatch.setenv(ENVIRONMENT, key.text())
    assert read_key() == key
    path = tmp_path / "key"
    path.write_text(f"{key.text()}\n")
    path.chmod(0o600)
    assert read_key(file=path) == key
    assert new_key("2026-11") != key


def test_a_key_is_never_shown() -> None:
    key = new_key("shop")
    assert key.secret.hex() not in repr(key)
    assert repr(key.secret) not in repr(key)
    assert key.check != new_key("shop").check


@pytest.mark.parametrize("text", ["", "hunter2", "synthkit-key-1:x:short", "synthkit-key-1:a b:c"])
def test_what_is_no_key_is_refused(text: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OTHER", text)
    with pytest.raises(UsageError) as caught:
        read_key(environment="OTHER")
    assert "hunter2" not in str(caught.value)
    assert "key new" in str(caught.value.hint)


def test_a_file_that_others_may_read_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "key"
    path.write_text(new_key("a").text())
    path.chmod(0o644)
    with pytest.raises(UsageError, match="Others"):
        read_key(file=path)
    with pytest.raises(UsageError, match="cannot be read"):
        read_key(file=tmp_path / "none")


def test_a_name_with_other_letters_is_refused() -> None:
    with pytest.raises(UsageError):
        new_key("a:b")
