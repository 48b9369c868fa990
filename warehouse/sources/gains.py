"""GAINS, ECLIPSE V6b: emissions by EMF30 sector and region every five years, as CEDS carries them.

One CSV a pollutant: a few lines that describe it (pollutant, scenario, unit), a heading ``Region``,
``EMF30 kt`` and the years, a line for each region and sector (blank cells mean no activity), and a
closing line ALL SUM.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path

import polars as pl

from warehouse.errors import InputError
from warehouse.sources.base import Publication, Reader, csv_rows, number, role_frame
from warehouse.sources.text_files import head_lines

NAME = "gains"
REGION = "CHIN_PLUS"
POLLUTANT_OF_LABEL = {
    "SO2": "SO2",
    "NOX": "NOx",
    "CO": "CO",
    "NH3": "NH3",
    "PM (PM Fraction: PM_BC)": "BC",
    "PM (PM Fraction: PM_OC)": "OC",
}
_MAX_DESCRIPTION_LINES = 20
_CLOSING = "ALL SUM"
_KT_TO_T = 1000.0

PUBLICATION = Publication(
    producer="International Institute for Applied Systems Analysis (IIASA), GAINS model",
    title="ECLIPSE V6b current legislation baseline, emissions by EMF30 sector, China region",
    citation=(
        "Klimont, Z. et al. (2017): Global anthropogenic emissions of particulate matter including "
        "black carbon. Atmospheric Chemistry and Physics 17, 8681-8723. "
        "doi:10.5194/acp-17-8681-2017 (updated to ECLIPSE V6b)"
    ),
    licence="Open; distributed with CEDS (github.com/JGCRI/CEDS)",
    terms_of_use="Cite Klimont et al. (2017) and CEDS. High emitters added by CEDS.",
)


def read(paths: Sequence[Path], _role: str, _year: int) -> pl.DataFrame:
    """Emission in t of the China region by sector, pollutant and every published year.

    The published sum over sectors is kept as sector ``SUM``. Raises InputError for a file of
    another layout, pollutant or unit, a missing region, a pollutant given twice, or text in a cell.
    """
    if not paths:
        raise InputError(
            "Reader gains needs at least one file.",
            found="no file",
            expected="one CSV a pollutant",
            remedy="Put the files in place.",
        )
    frames: dict[str, pl.DataFrame] = {}
    file_of: dict[str, Path] = {}
    for path in paths:
        pollutant, frame = _file(path)
        if pollutant in frames:
            raise InputError(
                "Two files hold the same pollutant.",
                file=f"{file_of[pollutant]} and {path}",
                found=pollutant,
                expected="one file a pollutant",
                remedy="Remove one of the two.",
            )
        frames[pollutant], file_of[pollutant] = frame, path
    return pl.concat(frames.values())


def recognises(path: Path) -> bool:
    """A CSV file that begins as these files do, with or without the publisher's quotes."""
    return any(row[:1] == ["EMF30 sectors"] for row in head_lines(path, 2))


def _file(path: Path) -> tuple[str, pl.DataFrame]:
    rows = [[cell.strip() for cell in row] for row in csv_rows(path)]
    start = next(
        (at for at, row in enumerate(rows[:_MAX_DESCRIPTION_LINES]) if row and row[0] == "Region"),
        None,
    )
    if start is None or rows[start][1:2] != ["EMF30 kt"]:
        raise InputError(
            "The heading was not found.",
            file=path,
            row="heading",
            found=repr(",".join(rows[start if start is not None else 0])[:120])
            if rows
            else "no rows",
            expected="Region, EMF30 kt, then years",
            remedy="Restore the published file.",
        )
    if rows[-1][:2] != ["", _CLOSING]:
        raise InputError(
            "The file is cut off: its closing line is missing.",
            file=path,
            row=f"line {len(rows)}",
            found=repr(",".join(rows[-1]))[:120],
            expected=f"a line {_CLOSING}",
            remedy="Copy or download the file again.",
        )
    pollutant = _pollutant(rows[:start], path)
    years = _years(rows[start], path, start + 1)
    cells = [
        (REGION, row[1], pollutant, of_year, _KT_TO_T * _value(text, path, place, row[1], of_year))
        for place, row in enumerate(rows[start + 1 :], start=start + 2)
        if any(row) and _is_ours(row, len(years), path, place)
        for of_year, text in zip(years, row[2:], strict=True)
        if text.strip()
    ]
    if not cells:
        raise InputError(
            "The file has no figures for the region.",
            file=path,
            column="Region",
            found="no such row",
            expected=REGION,
            remedy="Restore the published file.",
        )
    return pollutant, role_frame(cells, "subsector_emission")


def _is_ours(row: list[str], years: int, path: Path, place: int) -> bool:
    if len(row) != years + 2:
        raise InputError(
            "A row is cut off or too long.",
            file=path,
            row=f"line {place}",
            found=f"{len(row)} cells",
            expected=f"{years + 2} cells",
            remedy="Copy or download the file again.",
        )
    return row[0] == REGION


def _value(text: str, path: Path, place: int, sector: str, year: int) -> float:
    return number(text, file=path, row=f"line {place} ({sector})", column=str(year), unit="kt")


def _described(lines: list[list[str]], key: str) -> str:
    for line in lines:
        if line and line[0].startswith(f"{key}: "):
            return line[0].removeprefix(f"{key}: ").strip()
    return ""


def _pollutant(description: list[list[str]], path: Path) -> str:
    label, unit = _described(description, "Pollutant"), _described(description, "Unit")
    if label not in POLLUTANT_OF_LABEL or not unit.startswith("kt "):
        raise InputError(
            "The file's pollutant or unit is not one that is read.",
            file=path,
            row="description",
            found=f"pollutant {label or 'not stated'}, unit {unit or 'not stated'}",
            expected=f"one of {', '.join(POLLUTANT_OF_LABEL)}, in kt",
            remedy="Take the files of these pollutants only.",
        )
    return POLLUTANT_OF_LABEL[label]


def _years(heading: list[str], path: Path, place: int) -> list[int]:
    wrong = [name for name in heading[2:] if not re.fullmatch(r"(19|20)\d\d", name)]
    if wrong or len(heading) < 3 or len(set(heading)) != len(heading):
        raise InputError(
            "The heading's years are not years, or repeat.",
            file=path,
            row=f"line {place}",
            found=", ".join(wrong or heading),
            expected="years",
            remedy="Restore the published file.",
        )
    return [int(name) for name in heading[2:]]


READER = Reader(
    name=NAME,
    roles=("subsector_emission",),
    read=read,
    recognises=recognises,
    publication=PUBLICATION,
    max_files=None,
    marks=("EMF30 sectors", "EMF30 kt", "Region", REGION),
)
