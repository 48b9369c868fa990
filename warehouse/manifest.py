"""SOURCES.yml beside bundled files: whose figures they hold, and from which originals."""

from __future__ import annotations

import hashlib
from datetime import date
from pathlib import Path

import yaml
from pydantic import BaseModel, ConfigDict, Field, RootModel, ValidationError

from warehouse.errors import InputError
from warehouse.yaml_files import yaml_content

MANIFEST = "SOURCES.yml"
_HEADER = """\
# Whose figures these files hold. Written by `python -m warehouse.bundle`; not to be edited by hand.
# accessed: the day the originals were taken from their publisher or keeper.
"""


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Original(_Strict):
    """A publisher's file as it was read."""

    file: str
    sha256: str = Field(pattern="^[0-9a-f]{64}$")
    bytes: int = Field(ge=0)


class Source(_Strict):
    """One publication that went into a file. rows: how many of the file's rows came from it."""

    reader: str
    producer: str
    title: str
    citation: str
    licence: str
    terms_of_use: str
    note: str
    accessed: date
    vintage_year: int
    rows: int
    originals: tuple[Original, ...]


class Entry(_Strict):
    """One bundled file."""

    role: str
    rows: int
    sha256: str
    sources: tuple[Source, ...]


class Manifest(RootModel[dict[str, Entry]]):
    """File name to entry."""


def read_manifest(folder: Path) -> dict[str, Entry]:
    """The manifest of a folder. Raises InputError when it is missing or not of this form."""
    path = folder / MANIFEST
    try:
        return Manifest.model_validate(yaml_content(path.read_text(encoding="utf-8"))).root
    except (OSError, UnicodeDecodeError, yaml.YAMLError, ValidationError) as error:
        raise InputError(
            "The record of whose figures the bundled files hold cannot be read.",
            file=path,
            found=str(error).splitlines()[0],
            expected="the file that `python -m warehouse.bundle` writes",
            remedy="Install tradeplume again.",
        ) from error


def write_manifest(folder: Path, entries: dict[str, Entry]) -> None:
    """Writes the manifest of a folder; the same entries give the same bytes."""
    plain = Manifest(entries).model_dump(mode="json")
    text = yaml.safe_dump(plain, sort_keys=False, allow_unicode=True, width=100)
    (folder / MANIFEST).write_text(_HEADER + text, encoding="utf-8")


def sha256_of(path: Path) -> str:
    """SHA-256 of a file; of a folder, that of its files' names and digests in order."""
    if path.is_dir():
        files = sorted(file for file in path.rglob("*") if file.is_file())
        lines = [f"{sha256_of(file)}  {file.relative_to(path).as_posix()}\n" for file in files]
        return hashlib.sha256("".join(lines).encode()).hexdigest()
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def bytes_of(path: Path) -> int:
    """Size of a file, or of all files of a folder."""
    if path.is_dir():
        return sum(file.stat().st_size for file in path.rglob("*") if file.is_file())
    return path.stat().st_size
