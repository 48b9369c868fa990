"""Sheets that need not be looked through cell by cell: only where their bytes show that nothing is odd."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path

import openpyxl
import pytest

from warehouse.sources import odd_cells
from warehouse.sources.odd_cells import OddCells


def workbook(first: object, *, ranges: tuple[str, ...] = ("B1:D1",)) -> bytes:
    """A heading over three columns, then figures."""
    book = openpyxl.Workbook()
    sheet = book.active
    for row in ([None, first, None, None], ["code", "a", "b", "c"], ["01", 1, 2, 3]):
        sheet.append(row)
    for one in ranges:
        sheet.merge_cells(one)
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def sheet_of(content: bytes) -> bytes:
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return archive.read("xl/worksheets/sheet1.xml")


def with_sheet(content: bytes, sheet: bytes, path: Path) -> Path:
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(path, "w") as new:
        for name in old.namelist():
            new.writestr(name, sheet if name == "xl/worksheets/sheet1.xml" else old.read(name))
    return path


@pytest.mark.parametrize("first", ["Guangdong", None])
def test_merged_headings_are_seen_in_the_bytes(
    first: object, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    content = workbook(first)
    path = with_sheet(content, sheet_of(content), tmp_path / "book.xlsx")
    looked = []
    monkeypatch.setattr(odd_cells, "_odd_in_part", lambda *_: looked.append(1) or OddCells({}, 0))
    assert odd_cells.odd_cells(path) == {}
    assert looked == []


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (b"", b""),
        (b' r="B1"', b' s="0" r="B1"'),  # another order of attributes
        (b"<c r", b"<x:c r"),
        (b'<mergeCell ref="B1:D1"', b'<mergeCell  ref="B1:D1"'),
    ],
)
def test_a_figure_merged_with_others_is_found_however_it_is_written(
    old: bytes, new: bytes, tmp_path: Path
) -> None:
    content = workbook(12.5)
    sheet = sheet_of(content).replace(old, new)
    if b"x:c" in new:
        sheet = sheet.replace(b"</c>", b"</x:c>").replace(
            b"<worksheet ", b'<worksheet xmlns:x="u" '
        )
    assert not odd_cells._is_sound(sheet)
    path = with_sheet(content, sheet, tmp_path / "book.xlsx")
    (found,) = odd_cells.odd_cells(path).values()
    assert sorted(found.cells) == [(0, 2), (0, 3)]


@pytest.mark.parametrize(
    "sign", [b'<c r="A9" t="e"><v>#N/A</v></c>', b'<c r="A9"><f>1+1</f><v></v></c>']
)
def test_other_signs_beside_merged_headings_are_looked_at(sign: bytes, tmp_path: Path) -> None:
    content = workbook("Guangdong")
    sheet = sheet_of(content).replace(
        b"</sheetData>", b'<row r="9">' + sign + b"</row></sheetData>"
    )
    path = with_sheet(content, sheet, tmp_path / "book.xlsx")
    (found,) = odd_cells.odd_cells(path).values()
    assert list(found.cells) == [(8, 0)]


def test_many_ranges_of_which_one_holds_a_figure() -> None:
    content = workbook("Guangdong", ranges=("B1:D1", "B3:C3"))
    assert not odd_cells._is_sound(sheet_of(content))
