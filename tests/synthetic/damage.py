"""Ways to damage a file, and what must come of it: refused with a precise message, or borne and noted."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import polars as pl
import pytest

from warehouse.contracts import CONTRACTS, validate
from warehouse.errors import InputError
from warehouse.sources import READERS
from warehouse.sources.notes import collected

Harm = Callable[[Path], object]


@dataclass(frozen=True)
class Damage:
    """What is done to a role's folder, and a pattern that the refusal (or the note) must show."""

    name: str
    harm: Harm
    says: str
    is_noted: bool = False


def cases(*damages: Damage) -> pytest.MarkDecorator:
    """The damages as test parameters."""
    assert len({damage.name for damage in damages}) == len(damages)
    return pytest.mark.parametrize("damage", damages, ids=[damage.name for damage in damages])


def read(reader: str, role: str, paths: Sequence[Path], year: int = 2017) -> pl.DataFrame:
    """Read and check against the contract, as loading does."""
    frame = READERS[reader].read(paths, role, year)
    return validate(frame, CONTRACTS[role], file=paths[0])


def prove(damage: Damage, reader: str, role: str, folder: Path) -> None:
    """The damaged folder is refused precisely, or read with a note that tells the damage."""
    damage.harm(folder)
    paths = sorted(folder.iterdir())
    if damage.is_noted:
        with collected() as notes:
            read(reader, role, paths)
        assert any(re.search(damage.says, str(item)) for item in notes), notes
        return
    with pytest.raises(InputError) as caught:
        read(reader, role, paths)
    error = caught.value
    text = str(error)
    assert re.search(damage.says, text, re.DOTALL), text
    assert error.remedy, text
    assert error.found is not None, text
    assert error.expected is not None, text
    assert error.file is not None or error.row is not None or error.column is not None, text


def only(folder: Path) -> Path:
    """The one file of a folder."""
    (file,) = sorted(folder.iterdir())
    return file


def emptied(file: Path) -> None:
    file.write_bytes(b"")


def halved(file: Path) -> None:
    content = file.read_bytes()
    file.write_bytes(content[: len(content) // 2])


def html(file: Path) -> None:
    file.write_text("<!DOCTYPE html><html><body>Please log in</body></html>\n", encoding="utf-8")


def noise_bytes(file: Path) -> None:
    file.write_bytes(bytes(range(256)) * 64)


def utf16(encoding: str) -> Harm:
    def harm(file: Path) -> None:
        file.write_bytes(file.read_bytes().decode(encoding).encode("utf-16"))

    return harm


def edit(change: Callable[[str], str], encoding: str = "utf-8") -> Harm:
    """Rewrite a text file; the change must change it."""

    def harm(file: Path) -> None:
        before = file.read_bytes().decode(encoding)
        after = change(before)
        assert after != before
        file.write_bytes(after.encode(encoding))

    return harm


def line(number: int, change: Callable[[str], str], encoding: str = "utf-8") -> Harm:
    """Rewrite one line (from 0), its line break kept."""

    def changed(text: str) -> str:
        lines = text.split("\n")
        lines[number] = change(lines[number])
        return "\n".join(lines)

    return edit(changed, encoding)


def at(pattern: str, harm: Harm) -> Harm:
    """The harm done to the first file of a folder that matches."""
    return lambda folder: harm(sorted(folder.glob(pattern))[0])
