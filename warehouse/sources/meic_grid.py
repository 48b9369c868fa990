"""MEIC on its grid of 0.25 degrees, summed to provinces or laid on the nested grid: ASCII grids or NetCDF files.

A file a month (or 00: the year), sector and species, as ``2017_01__industry__SO2.asc`` or
``2017_1_industry_SO2.nc``; t (Mg) a month in each cell. A cell that several provinces share is split by
area, with the provinces' areas on the project's own grid.
"""

from __future__ import annotations

import io
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np
import polars as pl
from numpy.typing import NDArray

from warehouse.errors import InputError
from warehouse.files import is_litter
from warehouse.nested_grid import STEP_LATITUDE, STEP_LONGITUDE
from warehouse.netcdf_files import opened
from warehouse.sources import text_grid
from warehouse.sources.base import Reader, broken, first_bytes, readable, role_frame, some_files
from warehouse.sources.meic import PUBLICATION
from warehouse.sources.meic_names import (
    SECTORS,
    TOTAL,
    is_other_species,
    pollutant_of,
    sector_of,
    tonnes_per_unit,
)
from warehouse.sources.notes import note
from warehouse.sources.progress import told
from warehouse.sources.province_cells import province_cells

NAME = "meic_grid"
COLUMNS, ROWS, CELL, WEST, SOUTH = 320, 200, 0.25, 70.0, 10.0
NO_DATA = -9999.0
OUTSIDE_SHARE = 0.05
"""Emission in cells that no province touches is left out and noted; beyond this share the file is refused."""

_OTHER_UNITS = frozenset({"g", "kg", "mg", "mol", "mole", "moles"})
_NAME = re.compile(r"^(\d{4})_+(?:(\d{1,2})_+)?([a-z]+)_+([a-z0-9._]+)\.(asc|nc)$", re.IGNORECASE)
_GRID_HEAD = {
    "ncols": COLUMNS,
    "nrows": ROWS,
    "xllcorner": WEST,
    "yllcorner": SOUTH,
    "cellsize": CELL,
}
GROUP_OF = {"transportation": "transport"}
"""MEIC's sectors whose name is not that of the engine's emission group."""
_HIGHEST_T = 1e6  # of a cell and month: the largest plants emit a tenth of it in a year

Array = NDArray[np.float64]


def read(paths: Sequence[Path], role: str, year: int) -> pl.DataFrame:
    """Emission of the year in t by province, sector (and ``TOTAL``) and pollutant; role emission_grid: by cell.

    Raises InputError for a name or grid that is not MEIC's, another year, a month that is missing or there twice,
    a cell that is not a number or out of scale, or much emission outside every province.
    """
    files = _files(some_files(paths, NAME), year)
    _check_months(files, paths)
    sums: dict[tuple[str, str], Array] = {}
    for (sector, pollutant, _), path in told(sorted(files.items()), "MEIC grids"):
        grid = _grid(path)
        sums[sector, pollutant] = sums.get((sector, pollutant), np.zeros_like(grid)) + grid
    if role == "emission_grid":
        return _gridded(sums, year)
    provinces, share = province_shares()
    rows: list[tuple[str, str, str, float]] = []
    totals: dict[tuple[str, str], float] = {}
    for (sector, pollutant), grid in sums.items():
        _check_outside(grid, share, sector, pollutant)
        _tell_empty(grid, sector, pollutant)
        for province, value in zip(provinces, share @ grid.ravel(), strict=True):
            rows.append((province, sector, pollutant, float(value)))
            totals[province, pollutant] = totals.get((province, pollutant), 0.0) + float(value)
    rows += [(province, TOTAL, pollutant, value) for (province, pollutant), value in totals.items()]
    return role_frame(rows, "sector_emission")


def recognises(path: Path) -> bool:
    """A file with such a name, or a folder of them."""
    if path.is_dir():
        return any(_NAME.match(file.name) for file in path.rglob("*"))
    return path.is_file() and _NAME.match(path.name) is not None


@dataclass(frozen=True)
class _Land:
    """Pieces of land: what a province's part of a nested cell and a MEIC cell have in common.

    cells: the bundled grid_cell.  row: of it.  meic: the MEIC cell, rows from north to south.  share: of the
    MEIC cell's land.
    """

    cells: pl.DataFrame
    row: NDArray[np.int64]
    meic: NDArray[np.int64]
    share: Array


@cache
def _land() -> _Land:
    cells = province_cells()
    pieces = [
        (at, (ROWS - 1 - row) * COLUMNS + column, km2 * part_x * part_y)
        for at, (longitude, latitude, km2) in enumerate(
            cells.select("longitude", "latitude", "area_km2").iter_rows()
        )
        for row, part_y in _overlaps(latitude, STEP_LATITUDE, SOUTH, ROWS)
        for column, part_x in _overlaps(longitude, STEP_LONGITUDE, WEST, COLUMNS)
    ]
    row, meic = (np.array([piece[at] for piece in pieces], dtype=np.int64) for at in (0, 1))
    area = np.array([piece[2] for piece in pieces])
    return _Land(cells, row, meic, area / np.bincount(meic, area, ROWS * COLUMNS)[meic])


@cache
def province_shares() -> tuple[tuple[str, ...], Array]:
    """Provinces, and the share of each MEIC cell's land that is theirs, (31, 64000); rows from north to south."""
    land = _land()
    province = land.cells.get_column("province")
    provinces = tuple(sorted(province.unique()))
    number = province.replace_strict({name: at for at, name in enumerate(provinces)}).to_numpy()
    flat = np.zeros((len(provinces), ROWS * COLUMNS))
    np.add.at(flat, (number[land.row], land.meic), land.share)
    return provinces, flat


def _gridded(sums: Mapping[tuple[str, str], Array], year: int) -> pl.DataFrame:
    """The role emission_grid: a MEIC cell's emission is even over its land."""
    land = _land()
    frames = []
    for (sector, pollutant), grid in sums.items():
        share = province_shares()[1]
        _check_outside(grid, share, sector, pollutant)
        _tell_empty(grid, sector, pollutant)
        tonnes = np.bincount(
            land.row, grid.ravel()[land.meic] * land.share, minlength=land.cells.height
        )
        frames.append(
            land.cells.select(
                "province",
                "longitude",
                "latitude",
                pl.lit(GROUP_OF.get(sector, sector)).alias("emission_group"),
                pl.lit(pollutant).alias("pollutant"),
                pl.lit(year, dtype=pl.Int64).alias("source_year"),
                pl.Series("emission_t", tonnes),
            ).filter(pl.col("emission_t") > 0)
        )
    return pl.concat(frames)


def _overlaps(centre: float, step: float, start: float, count: int) -> list[tuple[int, float]]:
    """Cells of MEIC's axis that an interval about a centre touches, and which part of it falls into each."""
    low, high = centre - step / 2 - start, centre + step / 2 - start
    first, last = int(np.floor(low / CELL + 1e-9)), int(np.ceil(high / CELL - 1e-9)) - 1
    return [
        (cell, (min(high, (cell + 1) * CELL) - max(low, cell * CELL)) / step)
        for cell in range(first, last + 1)
        if 0 <= cell < count
    ]


def _files(paths: Sequence[Path], year: int) -> dict[tuple[str, str, int], Path]:
    """(sector, pollutant, month) to file; month 0 is the year."""
    found: dict[tuple[str, str, int], Path] = {}
    everything = [
        file for path in paths for file in (sorted(path.rglob("*")) if path.is_dir() else [path])
    ]
    for path in everything:
        match = _NAME.match(path.name)
        if match is None:
            if path.is_dir() or is_litter(path):
                continue
            readable(path)
            raise _odd(path, "name", path.name, "a name as 2017_01__industry__SO2.asc")
        sector, pollutant = sector_of(match[3]), pollutant_of(match[4])
        if sector is None:
            raise _odd(path, "name", match[3], ", ".join(SECTORS))
        if pollutant is None:
            if not is_other_species(match[4]):
                raise _odd(path, "name", match[4], "a species of MEIC")
            note(f"Species {match[4]} is not used.", path.name)
            continue
        if int(match[1]) != year:
            raise _odd(path, "name", match[1], str(year))
        key = (sector, pollutant, int(match[2] or 0))
        if key in found:
            raise _odd(
                path,
                "name",
                f"the same as {found[key].name}",
                "one file a month, sector and species",
            )
        found[key] = path
    return found


def _check_months(files: Mapping[tuple[str, str, int], Path], paths: Sequence[Path]) -> None:
    """Each sector and species has its year, or its twelve months."""
    months: dict[tuple[str, str], set[int]] = {}
    for sector, pollutant, month in files:
        months.setdefault((sector, pollutant), set()).add(month)
    for sector in SECTORS:
        for pollutant in sorted({key[1] for key in months}):
            have = months.get((sector, pollutant), set())
            if not have and (sector == "agriculture" or pollutant == "NH3"):
                continue  # not every species has files of every sector
            if have not in ({0}, set(range(1, 13))):
                raise InputError(
                    "Months are missing, or stand beside the year.",
                    file=", ".join(str(path) for path in paths[:3]),
                    column=f"{sector} {pollutant}",
                    found=", ".join(str(month) for month in sorted(have)) or "no file",
                    expected="months 1 to 12, or 00 alone",
                    remedy="Put the files of all months in place.",
                )


def _grid(path: Path) -> Array:
    """The file's cells, (200, 320) from the north, t; no-data cells are zero."""
    grid = _ascii(readable(path)) if path.suffix.lower() == ".asc" else _netcdf(readable(path))
    grid = np.where(np.isclose(grid, NO_DATA), 0.0, grid)
    if not np.isfinite(grid).all() or grid.min() < 0 or grid.max() > _HIGHEST_T:
        raise _odd(
            path,
            "cells",
            f"{np.nanmin(grid):g} to {np.nanmax(grid):g}",
            f"zero to {_HIGHEST_T:g} t, or {NO_DATA:g}",
        )
    return grid


def _ascii(path: Path) -> Array:
    content = path.read_bytes()
    if not content.isascii():
        raise broken(path, "an ASCII grid", ValueError("bytes that are not ASCII"))
    stream = io.BytesIO(content)
    head = text_grid.numbers_of_heading(
        stream, lambda row, found, expected: _odd(path, row, found, expected)
    )
    wrong = [
        f"{name} {head.get(name)}" for name, value in _GRID_HEAD.items() if head.get(name) != value
    ]
    if wrong:
        raise _other_grid(path, "lines 1 to 6", ", ".join(wrong))
    try:
        values = np.array(stream.read().split(), dtype=np.float64)
    except ValueError as error:
        raise _odd(path, "cells", str(error)[:120], "numbers") from error
    if values.size != ROWS * COLUMNS:
        raise _odd(path, "cells", f"{values.size}", f"{ROWS} x {COLUMNS}")
    return values.reshape(ROWS, COLUMNS)


def _netcdf(path: Path) -> Array:
    """The old GMT layout: one variable z with all cells in a row, from the north-west."""
    if not first_bytes(path, 4).startswith((b"CDF", b"\x89HDF")):
        raise _odd(path, "first bytes", repr(first_bytes(path, 4)), "NetCDF")
    try:
        with opened(path) as book:
            missing = [
                name
                for name in ("x_range", "y_range", "spacing", "z")
                if name not in book.variables
            ]
            if missing:
                raise _odd(
                    path, "variables", f"no {', '.join(missing)}", "x_range, y_range, spacing, z"
                )
            stated = str(getattr(book.variables["z"], "units", "")).strip()
            unit = re.split(r"[ /]", stated)[0]
            if unit in _OTHER_UNITS or tonnes_per_unit(f"Unit: {unit}") not in (None, 1.0):
                raise _odd(path, "units of z", stated, "tonnes, or no unit, as published")
            x, y, step, z = (
                np.ma.filled(np.ma.asarray(book.variables[name][:]), np.nan)
                .astype(np.float64)
                .ravel()
                for name in ("x_range", "y_range", "spacing", "z")
            )
    except (OSError, RuntimeError) as error:
        raise broken(path, "NetCDF", error) from error
    right = (
        z.size == ROWS * COLUMNS and np.allclose(step, CELL)
        and np.allclose(x, [WEST, WEST + COLUMNS * CELL]) and np.allclose(y, [SOUTH, SOUTH + ROWS * CELL])
    )  # fmt: skip
    if not right:
        raise _other_grid(path, "grid", f"x {x}, y {y}, spacing {step}, {z.size} cells")
    return z.reshape(ROWS, COLUMNS)


def _check_outside(grid: Array, share: Array, sector: str, pollutant: str) -> None:
    total = float(grid.sum())
    outside = float(grid.ravel()[share.sum(0) == 0].sum())
    if total > 0 and outside > OUTSIDE_SHARE * total:
        raise InputError(
            "Much of the emission lies outside every province: the grid is turned or shifted.",
            column=f"{sector} {pollutant}",
            found=f"{outside / total:.0%} of {total:,.6g} t",
            expected=f"at most {OUTSIDE_SHARE:.0%}",
            remedy="Put the published grids in place unchanged.",
        )
    if outside > 0:
        note(
            f"MEIC {sector} {pollutant}: {outside:,.6g} of {total:,.6g} t lie in cells of no province; left out."
        )


def _tell_empty(grid: Array, sector: str, pollutant: str) -> None:
    """Note provinces without any emission beside others with some: a part of the grid may be blank."""
    provinces, share = province_shares()
    empty = [
        name for name, value in zip(provinces, share @ grid.ravel(), strict=True) if value == 0
    ]
    if empty and grid.any():
        note(f"MEIC {sector} {pollutant}: no emission at all in {', '.join(empty)}.")


def _other_grid(path: Path, row: str, found: str) -> InputError:
    """The error for a sound file of another step or place."""
    return InputError(
        f"The file has another grid than the one that is read, {CELL:g} degrees over China.",
        file=path,
        row=row,
        found=found,
        expected=", ".join(f"{name} {value:g}" for name, value in _GRID_HEAD.items()),
        remedy=f"Take the files of {CELL:g} degrees, or sum the cells to that grid.",
    )


def _odd(path: Path, row: str, found: str, expected: str) -> InputError:
    return InputError(
        "The file is not one of MEIC's grids.",
        file=path,
        row=row,
        found=found,
        expected=expected,
        remedy="Put the published file in place unchanged.",
    )


READER = Reader(
    name=NAME,
    roles=("sector_emission", "emission_grid"),
    read=read,
    recognises=recognises,
    publication=PUBLICATION,
    max_files=None,
)
