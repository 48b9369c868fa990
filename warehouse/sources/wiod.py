"""WIOD, 2013 release, as the R data files of the CRAN package ``wiod`` hold it.

One file a year (``wiod07.rda``) with interYY (regions x sectors square), finalYY (regions x
sectors by regions x five categories), outputYY, countries and industries; million USD at basic
prices, rounded to whole numbers.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from warehouse.errors import InputError
from warehouse.sources.base import Publication, Reader, broken, first_bytes, single_file

NAME = "wiod"
_NUMBERED = re.compile(r"V\d+")
CATEGORIES = ("households", "npish", "government", "gfcf", "inventories")
"""Order of the final demand columns within a country."""

PUBLICATION = Publication(
    producer="World Input-Output Database (WIOD)",
    title="World Input-Output Tables, 2013 release",
    citation=(
        "Timmer, M. P., Dietzenbacher, E., Los, B., Stehrer, R. and de Vries, G. J. (2015): An "
        "Illustrated User Guide to the World Input-Output Database: the Case of Global Automotive "
        "Production. Review of International Economics 23, 575-605. doi:10.1111/roie.12178"
    ),
    licence="CC BY",
    terms_of_use="Cite Timmer et al. (2015). Read from the R package wiod 0.3.0 (CRAN).",
)


def read(paths: Sequence[Path], _role: str, year: int) -> pl.DataFrame:
    """The global table of one year, million USD. Zero flows are left out, zero output is kept.

    Raises InputError when the file is damaged, of another year, or its parts do not fit together.
    """
    path = single_file(paths, NAME)
    try:
        import pyreadr  # slow to import, needed by this reader alone

        parts = pyreadr.read_r(path)
    except Exception as error:  # pyreadr raises its own and builtin errors alike
        raise broken(path, "R data (.rda)", error) from error
    suffix = f"{year % 100:02d}"
    regions = _labels(parts, "countries", path)
    sectors = _labels(parts, "industries", path)
    size = len(regions) * len(sectors)
    uses = _matrix(parts, f"inter{suffix}", (size, size), path)
    demand = _matrix(parts, f"final{suffix}", (size, len(regions) * len(CATEGORIES)), path)
    output = _matrix(parts, f"output{suffix}", (size, 1), path)

    rows = [(region.upper(), sector) for region in regions for sector in sectors]
    columns = [(region.upper(), code) for region in regions for code in CATEGORIES]
    stated = pl.DataFrame(rows, schema=["from_region", "from_sector"], orient="row")
    return pl.concat(
        [
            _long(uses, rows, rows, "intermediate"),
            _long(demand, rows, columns, "final_demand"),
            stated.select(
                "from_region",
                "from_sector",
                to_region=pl.col("from_region"),
                to_code=pl.lit("output"),
                block=pl.lit("output"),
                value_musd=pl.Series(output.ravel(), dtype=pl.Float64),
            ),
        ]
    )


def recognises(path: Path) -> bool:
    """An R data file, packed or not."""
    packed = first_bytes(path, 8).startswith((b"\x1f\x8b", b"BZh", b"\xfd7zXZ", b"RDX"))
    return packed and path.suffix.lower() in {".rda", ".rdata"}


def _part(parts: Any, name: str, path: Path) -> Any:
    if name not in parts:
        raise InputError(
            f"The file has no part `{name}`; it is of another year or another release.",
            file=path,
            found=", ".join(parts),
            expected=name,
            remedy="Take the file of the edition's year (wiod07.rda for 2007).",
        )
    return parts[name]


def _labels(parts: Any, name: str, path: Path) -> list[str]:
    labels = [str(label) for label in _part(parts, name, path).iloc[:, 0]]
    if len(set(labels)) != len(labels) or not labels:
        raise InputError(
            f"The codes in part `{name}` repeat or are missing.",
            file=path,
            column=name,
            found=", ".join(labels),
            expected="every code once",
            remedy="Copy or download the file again.",
        )
    return labels


def _matrix(parts: Any, name: str, shape: tuple[int, int], path: Path) -> NDArray[np.float64]:
    part = _part(parts, name, path)
    if part.shape != shape:
        raise InputError(
            f"Part `{name}` does not fit the file's countries and industries.",
            file=path,
            found=f"{part.shape[0]} rows, {part.shape[1]} columns",
            expected=f"{shape[0]} rows, {shape[1]} columns",
            remedy="Copy or download the file again.",
        )
    _check_order(name, [str(column) for column in part.columns], path)
    for column, dtype in zip(part.columns, part.dtypes, strict=True):
        if dtype.kind not in "if":
            raise InputError(
                f"Part `{name}` holds text where numbers belong.",
                file=path,
                column=f"{name}.{column}",
                found=str(dtype),
                expected="numbers (million USD)",
                remedy="Copy or download the file again.",
            )
    matrix: NDArray[np.float64] = part.to_numpy(dtype=np.float64)
    if not np.isfinite(matrix).all():
        row, column = np.argwhere(~np.isfinite(matrix))[0]
        raise InputError(
            f"Part `{name}` has a cell that is not a number.",
            file=path,
            row=int(row) + 1,
            column=f"{name}, column {int(column) + 1}",
            found=str(matrix[row, column]),
            expected="a number (million USD)",
            remedy="Copy or download the file again.",
        )
    return matrix


def _check_order(name: str, columns: Sequence[str], path: Path) -> None:
    """Raise InputError where numbered columns (V1, V2, ...) are not in order: cells are found by their place."""
    numbers = [int(column[1:]) for column in columns if _NUMBERED.fullmatch(column)]
    if numbers != sorted(numbers):
        raise InputError(
            f"The columns of part `{name}` are not in their order.",
            file=path,
            column=name,
            found=", ".join(columns[:6]),
            expected="V1, V2, V3 and so on",
            remedy="Copy or download the file again.",
        )


def _long(
    matrix: NDArray[np.float64],
    rows: Sequence[tuple[str, str]],
    columns: Sequence[tuple[str, str]],
    block: str,
) -> pl.DataFrame:
    """The non-zero cells of a labelled matrix as rows of the role."""
    row, column = np.nonzero(matrix)
    labels = pl.DataFrame(rows, schema=["from_region", "from_sector"], orient="row")[row]
    uses = pl.DataFrame(columns, schema=["to_region", "to_code"], orient="row")[column]
    return labels.hstack(uses).with_columns(
        block=pl.lit(block), value_musd=pl.Series(matrix[row, column])
    )


READER = Reader(
    name=NAME,
    roles=("global_table",),
    read=read,
    recognises=recognises,
    publication=PUBLICATION,
)
