"""Total exports (goods and services) of thirty provinces in 2007, from a published article's table.

CSV with columns ``province`` (ISO 3166-2) and ``export_100m_yuan`` (100 million CNY).
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import polars as pl

from warehouse.errors import InputError
from warehouse.province_names import province_of
from warehouse.sources.base import (
    Publication,
    Reader,
    csv_records,
    has_heading,
    number,
    require_thirty_provinces,
    role_frame,
    single_file,
)

NAME = "provincial_exports"
YEAR = 2007
_COLUMNS = ("province", "export_100m_yuan")

PUBLICATION = Publication(
    producer="SpringerPlus (open access article)",
    title="Total exports of each province, 2007 (Table 3)",
    citation=(
        "Estimation of the contribution of exports to the provincial economy: an analysis based on "
        "China's multi-regional input-output tables. SpringerPlus (2016). "
        "doi:10.1186/s40064-016-1803-7"
    ),
    licence="CC BY 4.0",
    terms_of_use="Cite the article. Typed from its Table 3.",
)


def read(paths: Sequence[Path], _role: str, year: int) -> pl.DataFrame:
    """Exports of goods and services, million CNY. Raises InputError for another year than 2007."""
    path = single_file(paths, NAME)
    if year != YEAR:
        raise InputError(
            "The file has the exports of another year.",
            file=path,
            found=str(YEAR),
            expected=str(year),
            remedy="Bring the export totals of the year, for example as tidy CSV.",
        )
    rows = [
        (
            _province(record["province"], path, place),
            "goods_and_services",
            "CNY",
            100
            * number(
                record["export_100m_yuan"],
                file=path,
                row=place,
                column="export_100m_yuan",
                unit="100 million CNY",
            ),
        )
        for place, record in enumerate(csv_records(path, _COLUMNS), start=1)
    ]
    require_thirty_provinces((row[0] for row in rows), path, "province")
    return role_frame(rows, "export_total")


def _province(name: str, path: Path, place: int) -> str:
    code = province_of(name)
    if code is None:
        raise InputError(
            "The province is unknown.",
            file=path,
            row=place,
            column="province",
            found=repr(name),
            expected="a province",
            remedy="Correct the name.",
        )
    return code


def recognises(path: Path) -> bool:
    """A CSV file with this heading."""
    return has_heading(path, _COLUMNS)


READER = Reader(
    name=NAME,
    roles=("export_total",),
    read=read,
    recognises=recognises,
    publication=PUBLICATION,
)
