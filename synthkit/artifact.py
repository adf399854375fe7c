"""The model file: a zip of JSON and .npy members, written whole or not at all.

It holds no pickle. What only another library can read lies under ``foreign/``, is named in the
manifest, and is handed out only to a caller who says that the file is trusted.
"""

from __future__ import annotations

import io
import json
import os
import zipfile
import zlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from synthkit.errors import ArtifactError, UsageError

__all__ = ["FORMAT_VERSION", "Artifact", "check_target", "is_model", "load", "save"]

FORMAT_VERSION = 1
_MAGIC = "synthkit model"
_MANIFEST = "manifest.json"
_STATE = "state.json"
_LARGEST = 8 << 30
"""Bytes that the members of a file may have in all; a hostile file cannot ask for more."""

_DAMAGE = (
    ArithmeticError,
    AttributeError,
    EOFError,
    LookupError,
    MemoryError,
    RuntimeError,
    TypeError,
    ValueError,
    zipfile.BadZipFile,
    zlib.error,
)
"""What a file raises that was cut, changed or made up."""

Arrays = Mapping[str, npt.NDArray[Any]]


@dataclass(frozen=True)
class Artifact:
    """The content of a model file. ``foreign`` is empty unless the file was trusted."""

    manifest: Mapping[str, Any]
    json: Mapping[str, Any]
    arrays: Arrays = field(default_factory=dict)
    foreign: Mapping[str, bytes] = field(default_factory=dict)


def is_model(path: Path) -> bool:
    """Say whether there is a file that looks like a model file: a zip with a manifest."""
    try:
        with zipfile.ZipFile(path) as archive:
            return _MANIFEST in archive.namelist()
    except (OSError, *_DAMAGE):
        return False


def check_target(path: Path, *, overwrite: bool = False) -> None:
    """Raise `UsageError` where a model file cannot go: before the work, rather than after it."""
    if path.is_dir():
        raise UsageError(f"{path} is a folder.", hint=f"Give a file: {path / 'model.synthkit'}.")
    if path.exists() and not overwrite:
        raise UsageError(
            f"{path} exists already.", hint="Give another name, or --overwrite to replace it."
        )
    above = next((folder for folder in path.parents if folder.exists()), None)
    if above is not None and not above.is_dir():
        raise UsageError(f"{above} is a file, not a folder.", hint="Give another place.")


def save(path: Path, artifact: Artifact, *, overwrite: bool = False) -> None:
    """Write a model file, and the folders that it lies in; the same artifact, the same bytes.

    Raises `UsageError` if the file exists and ``overwrite`` is false, `ArtifactError` if it
    cannot be written.
    """
    check_target(path, overwrite=overwrite)
    members = {_STATE: _json(artifact.json)}
    members |= {f"arrays/{name}.npy": _npy(array) for name, array in artifact.arrays.items()}
    members |= {f"foreign/{name}": data for name, data in artifact.foreign.items()}
    manifest = {
        "format": _MAGIC,
        "format_version": FORMAT_VERSION,
        **artifact.manifest,
        "foreign": sorted(artifact.foreign),
        "members": {
            name: {"bytes": len(data), "sha256": sha256(data).hexdigest()}
            for name, data in members.items()
        },
    }
    temporary = path.with_name(f".{path.name}.{os.getpid()}.tmp")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with zipfile.ZipFile(temporary, "w", zipfile.ZIP_DEFLATED, compresslevel=6) as archive:
            for name, data in {_MANIFEST: _json(manifest), **members}.items():
                archive.writestr(zipfile.ZipInfo(name), data, zipfile.ZIP_DEFLATED)
        with temporary.open("rb") as written:
            os.fsync(written.fileno())
        temporary.replace(path)
    except OSError as error:
        raise ArtifactError(
            f"{path} cannot be written: {error.strerror}.", hint="Is the disk full or read-only?"
        ) from error
    finally:
        temporary.unlink(missing_ok=True)


def load(path: Path, *, trust_foreign: bool = False) -> Artifact:
    """Read a model file.

    Raises `ArtifactError` if it is missing, damaged or of a newer format, or holds members of
    another library's making and ``trust_foreign`` is false.
    """
    if not path.exists():
        raise ArtifactError(
            f"There is no model file {path}.", hint="`synthkit fit DATA` makes one."
        )
    if path.is_dir():
        raise ArtifactError(
            f"{path} is a folder, not a model file.",
            hint=f"If it holds data: `synthkit fit {path}` makes a model file of it.",
        )
    try:
        with zipfile.ZipFile(path) as archive:
            manifest = _manifest(path, archive)
            foreign_names = list(manifest["foreign"])
            if foreign_names and not trust_foreign:
                raise ArtifactError(
                    f"{path} holds pickled data ({', '.join(foreign_names)}), and loading a "
                    "pickle can run any code that is in it.",
                    hint="If you know where the file is from: --trust-pickle "
                    "(in Python: trust_pickle=True).",
                )
            members = {
                name: _member(path, archive, name, expected)
                for name, expected in manifest["members"].items()
            }
        return Artifact(
            manifest=manifest,
            json=json.loads(members[_STATE]),
            arrays={
                name.removeprefix("arrays/").removesuffix(".npy"): np.load(
                    io.BytesIO(data), allow_pickle=False
                )
                for name, data in members.items()
                if name.startswith("arrays/")
            },
            foreign={name: members[f"foreign/{name}"] for name in foreign_names},
        )
    except _DAMAGE as error:
        raise _damaged(path) from error
    except OSError as error:
        raise ArtifactError(
            f"{path} cannot be read: {error.strerror}.", hint="Check its permissions."
        ) from error


def _manifest(path: Path, archive: zipfile.ZipFile) -> dict[str, Any]:
    if sum(info.file_size for info in archive.infolist()) > _LARGEST:
        raise _damaged(path)
    manifest = json.loads(archive.read(_MANIFEST))
    if manifest["format"] != _MAGIC:
        raise _damaged(path)
    if manifest["format_version"] > FORMAT_VERSION:
        raise ArtifactError(
            f"{path} has format {manifest['format_version']}; this synthkit reads up to "
            f"{FORMAT_VERSION}.",
            hint="pip install --upgrade synthkit",
        )
    return dict(manifest)


def _member(path: Path, archive: zipfile.ZipFile, name: str, expected: Mapping[str, Any]) -> bytes:
    data = archive.read(name)
    if sha256(data).hexdigest() != expected["sha256"]:
        raise _damaged(path)
    return data


def _damaged(path: Path) -> ArtifactError:
    return ArtifactError(
        f"{path} is not a synthkit model file, or is damaged.",
        hint="`synthkit fit DATA` makes a new one.",
    )


def _json(value: Mapping[str, Any]) -> bytes:
    return json.dumps(value, ensure_ascii=False, indent=1, allow_nan=False).encode()


def _npy(array: npt.NDArray[Any]) -> bytes:
    buffer = io.BytesIO()
    np.save(buffer, array, allow_pickle=False)
    return buffer.getvalue()
