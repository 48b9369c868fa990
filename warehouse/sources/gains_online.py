"""GAINS' online tables: emissions by sector and fuel of a region, kt, one pollutant and year a file.

A heading ``cou_abb, reg_abb, Sector/Activity``, fuels and ``Sum``; cells without activity are ``n.a``. Pollutant
and year stand in lines above the heading, or in the file's name as ``GAINS_emiss_act_sect-CHIN-2015-SO2.csv``.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path

import polars as pl

from warehouse.errors import InputError
from warehouse.sources.base import (
    Publication,
    Reader,
    csv_rows,
    number,
    role_frame,
    some_files,
)
from warehouse.sources.text_files import head_lines

NAME = "gains_online"
KEYS = ["cou_abb", "reg_abb", "Sector/Activity"]
_ABSENT = frozenset({"n.a", "n.a.", ""})
_POLLUTANTS = {"so2": "SO2", "nox": "NOx", "co": "CO", "nh3": "NH3", "bc": "BC", "oc": "OC",
               "pm_bc": "BC", "pm_oc": "OC"}  # fmt: skip
_POLLUTANT = re.compile(
    r"(?<![A-Za-z0-9])(SO2|NOX|CO|NH3|PM_BC|PM_OC|BC|OC)(?![A-Za-z0-9])", re.IGNORECASE
)
_YEAR = re.compile(r"(?<!\d)((?:19|20)\d\d)(?!\d)")
_TITLE_ROWS = 20
_SUM_TOLERANCE = 1e-4
_HIGHEST_KT = 3e5
_KT_TO_T = 1000.0

PUBLICATION = Publication(
    producer="International Institute for Applied Systems Analysis (IIASA), GAINS online",
    title="Emissions by sector and activity",
    citation=(
        "Amann, M. et al. (2011): Cost-effective control of air quality and greenhouse gases in Europe: "
        "Modeling and policy applications. Environmental Modelling & Software 26, 1489-1501. "
        "doi:10.1016/j.envsoft.2011.07.012"
    ),
    licence="Free for research after registration at gains.iiasa.ac.at",
    terms_of_use="Cite Amann et al. (2011) and the scenario.",
)


def read(paths: Sequence[Path], _role: str, _year: int) -> pl.DataFrame:
    """Emission in t by region (``CHIN_WHOL`` as country and region), sector, pollutant and stated year.

    Raises InputError for another layout, a file without pollutant or year, a sector there twice, text in a
    number cell, or fuels that do not sum to ``Sum``.
    """
    found: dict[tuple[str, str, str, int], float] = {}
    for path in sorted(some_files(paths, NAME)):
        for key, value in _file(path).items():
            if key in found:
                raise _odd(
                    path,
                    ", ".join(str(part) for part in key),
                    "the same row twice",
                    "one row a sector",
                )
            found[key] = value
    return role_frame(((*key, value) for key, value in found.items()), "subsector_emission")


def recognises(path: Path) -> bool:
    """A CSV file with the online tables' heading among its first lines."""
    if path.suffix.lower() != ".csv" or not path.is_file():
        return False
    return any(row[:2] == KEYS[:2] for row in head_lines(path, _TITLE_ROWS))


def _file(path: Path) -> dict[tuple[str, str, str, int], float]:
    rows = [[cell.strip() for cell in row] for row in csv_rows(path)]
    start = next((at for at, row in enumerate(rows[:_TITLE_ROWS]) if row[:2] == KEYS[:2]), None)
    if (
        start is None
        or [name.strip() for name in rows[start][:3]] != KEYS
        or rows[start][-1].strip() != "Sum"
    ):
        raise _odd(
            path,
            "heading",
            ", ".join(rows[start or 0])[:120] if rows else "nothing",
            ", ".join([*KEYS, "fuels", "Sum"]),
        )
    titles = " ".join(" ".join(row) for row in rows[:start])
    pollutant, year = (
        _stated(_POLLUTANT, titles, path, "pollutant"),
        _stated(_YEAR, titles, path, "year"),
    )
    heading, found = rows[start], {}
    for place, row in enumerate(rows[start + 1 :], start=start + 2):
        if not any(cell.strip() for cell in row):
            continue
        if len(row) != len(heading):
            raise _odd(path, f"line {place}", f"{len(row)} cells", f"{len(heading)} cells")
        *fuels, total = (
            0.0 if cell.strip() in _ABSENT
            else number(cell, file=path, row=f"line {place} ({row[2]})", column=name, unit="kt")
            for name, cell in zip(heading[3:], row[3:], strict=True)
        )  # fmt: skip
        if abs(sum(fuels) - total) > _SUM_TOLERANCE * max(abs(total), 0.01):
            raise _odd(
                path, f"line {place} ({row[2]})", f"fuels sum to {sum(fuels):g}", f"Sum, {total:g}"
            )
        if not 0 <= total <= _HIGHEST_KT:
            raise _odd(
                path, f"line {place} ({row[2]})", f"{total:g} kt", f"0 to {_HIGHEST_KT:g} kt"
            )
        sector = "SUM" if row[2].strip().casefold() in {"sum", "total"} else row[2].strip()
        key = (
            f"{row[0].strip()}_{row[1].strip()}",
            sector,
            _POLLUTANTS[pollutant.casefold()],
            int(year),
        )
        if key in found:
            raise _odd(
                path, f"line {place} ({row[2]})", "the sector stands twice", "one row a sector"
            )
        found[key] = total * _KT_TO_T
    if not found:
        raise _odd(path, "rows", "no row under the heading", "sectors")
    return found


def _stated(pattern: re.Pattern[str], titles: str, path: Path, what: str) -> str:
    """What the lines above the heading say, otherwise the file's name."""
    for text in (titles, path.stem.replace("-", " ")):
        names = list(dict.fromkeys(pattern.findall(text)))
        if len(names) == 1:
            return str(names[0])
    raise _odd(
        path,
        "lines above the heading",
        f"no {what}, or several",
        f"one {what}, there or in the file's name",
    )


def _odd(path: Path, row: str, found: str, expected: str) -> InputError:
    return InputError(
        "The file is not an online table of GAINS.",
        file=path,
        row=row,
        found=found,
        expected=expected,
        remedy="Export the table again and put it in place unchanged.",
    )


READER = Reader(
    name=NAME,
    roles=("subsector_emission",),
    read=read,
    recognises=recognises,
    publication=PUBLICATION,
    max_files=None,
    marks=(*KEYS, "Sum"),
)
