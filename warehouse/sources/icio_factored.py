"""OECD's ICIO as shares: sales by origin, destination and industry, with input and value-added shares.

The 2021 edition, aggregated to seven regions (China apart) and kept as three tables:
``TradeFlow<year>.csv`` has all sales T of an industry of one region to another (million USD, basic prices,
uses and final demand together), ``vashare.csv`` the value added v per unit of output, ``IOshare.csv`` (or
``.gz``) the share a of an input in all intermediate inputs of an industry, domestic and imported together.
The table is put together with one mix of origins for every use of a product in a region:

    Y[d, k]            = sum over destinations of T[d, ., k]               output
    use[d, s, k]       = a[d, s, k] (1 - v[d, k]) Y[d, k]                   intermediate use
    mix[o, d, s]       = T[o, d, s] / sum over origins of T[., d, s]
    Z[(o, s), (d, k)]  = mix[o, d, s] use[d, s, k]
    F[(o, s), d]       = mix[o, d, s] (sum over origins of T[., d, s] - sum over k of use[d, s, k])

Final demand is what is left, in one category; it is negative where stocks are drawn down.
"""

from __future__ import annotations

import gzip
import io
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import polars as pl
from numpy.typing import NDArray
from polars.exceptions import PolarsError

from warehouse.errors import InputError
from warehouse.files import UNPACKING
from warehouse.icio_industries import INDUSTRIES
from warehouse.sources.base import Publication, Reader, broken, csv_heading, one_of_each

NAME = "icio_factored"
FINAL_DEMAND = "final_demand"
_FLOW = re.compile(r"TradeFlow(\d{4})\.csv$")
_SHARES = ("IOshare.csv", "IOshare.csv.gz")
_FLOW_COLUMNS = ("iso_o", "iso_d", "indcode", "tradevalue")
# Shares are printed to eight digits: the shares of an industry's inputs sum to one within this.
SHARE_TOLERANCE = 1e-6
# A cell below this is what printing leaves, in million USD.
_NOTHING_MUSD = 1e-6

PUBLICATION = Publication(
    producer="OECD",
    title="Inter-Country Input-Output tables, 2021 edition, in seven regions and 44 industries",
    citation="OECD (2021), Inter-Country Input-Output tables, 2021 edition, http://oe.cd/icio",
    licence="CC BY 4.0 (OECD terms since July 2024)",
    terms_of_use="Cite OECD (2021). Aggregated and factored by Zi Wang (econ7115).",
)

Array = NDArray[np.float64]


@dataclass(frozen=True)
class Factored:
    """The table as shares. sales: T, (R, R, S), origin, destination, industry, million USD.  added: v, (R, S).
    shares: a, (R, S, S), region, input, using industry.
    """

    sales: Array
    added: Array
    shares: Array


def read(paths: Sequence[Path], _role: str, year: int) -> pl.DataFrame:
    """The global table of one year, million USD. Zero flows are left out; output is stated for every industry.

    Raises InputError when a file is missing, damaged or of another year, when a region, industry or share is
    missing, stands twice or lies outside zero to one, or when the shares of an industry do not sum to one.
    """
    return long_table(*factors(paths, year))


def factors(paths: Sequence[Path], year: int) -> tuple[list[str], Factored]:
    """The regions in their order, and the three shares. Raises InputError as ``read``."""
    files = one_of_each(
        paths,
        {
            "TradeFlow<year>.csv": lambda name: _FLOW.search(name) is not None,
            "vashare.csv": lambda name: name.endswith("vashare.csv"),
            "IOshare.csv": lambda name: name.endswith(_SHARES),
        },
        "The factored ICIO is three files.",
        "TradeFlow<year>.csv, vashare.csv, IOshare.csv (or IOshare.csv.gz)",
    )
    flow_file = files["TradeFlow<year>.csv"]
    _demand_year(flow_file, year)
    flow = _table(flow_file, _FLOW_COLUMNS)
    regions = sorted(set(flow["iso_o"].to_list()))
    industries = [str(number) for number in range(1, len(INDUSTRIES) + 1)]
    sales = _array(flow, flow_file, _FLOW_COLUMNS, (regions, regions, industries), (0.0, np.inf))
    added = _array(
        _table(files["vashare.csv"], ("iso_o", "indcode", "vashare")),
        files["vashare.csv"],
        ("iso_o", "indcode", "vashare"),
        (regions, industries),
        (0.0, 1.0),
    )
    columns = ("iso_o", "input_ind", "output_ind", "valueshare")
    share_file = files["IOshare.csv"]
    shares = _array(
        _table(share_file, columns),
        share_file,
        columns,
        (regions, industries, industries),
        (0.0, 1.0),
    )
    _demand_ones(shares.sum(axis=1), regions, share_file)
    return regions, Factored(sales, added, shares)


def long_table(regions: Sequence[str], table: Factored) -> pl.DataFrame:
    """The factored table as rows of the role `global_table`."""
    return _long(regions, *assembled(table.sales, table.added, table.shares))


def assembled(sales: Array, added: Array, shares: Array) -> tuple[Array, Array, Array]:
    """Z (R, S, R, S), F (R, S, R) and output (R, S), million USD, by the formulas at the head of the module.

    sales: T, (R, R, S), origin, destination, industry.  added: v, (R, S).  shares: a, (R, S, S), region, input,
    using industry.
    """
    output = sales.sum(axis=1)
    absorbed = sales.sum(axis=0)
    use = shares * ((1 - added) * output)[:, None, :]
    mix = np.divide(sales, absorbed[None], out=np.zeros_like(sales), where=absorbed[None] > 0)
    flows = np.einsum("ods,dsk->osdk", mix, use)
    final = np.einsum("ods,ds->osd", mix, absorbed - use.sum(axis=2))
    return flows, final, output


def recognises(path: Path) -> bool:
    """One of the three files, by its name and heading."""
    if _FLOW.search(path.name):
        return csv_heading(path) == list(_FLOW_COLUMNS)
    first = csv_heading(path)[:1] if path.suffix == ".csv" else ["iso_o"] * path.is_file()
    return path.name.endswith(("vashare.csv", *_SHARES)) and first == ["iso_o"]


def _demand_year(path: Path, year: int) -> None:
    match = _FLOW.search(path.name)
    if match is None or int(match[1]) != year:
        raise InputError(
            "The trade flows are of another year.",
            file=path,
            found=match[1] if match else path.name,
            expected=str(year),
            remedy="Take the tables of the edition's year.",
        )


def _table(path: Path, columns: Sequence[str]) -> pl.DataFrame:
    """A CSV file, packed or not, as text."""
    try:
        content = path.read_bytes()
        if content.startswith(b"\x1f\x8b"):
            content = gzip.decompress(content)
        frame = pl.read_csv(io.BytesIO(content), infer_schema=False)
    except (*UNPACKING, PolarsError) as error:
        raise broken(path, "CSV, perhaps gzipped", error) from error
    if tuple(frame.columns) != tuple(columns):
        raise InputError(
            "The heading is not that of the factored ICIO.",
            file=path,
            row="heading",
            found=", ".join(frame.columns),
            expected=", ".join(columns),
            remedy="Restore the published heading.",
        )
    return frame


def _array(
    frame: pl.DataFrame,
    path: Path,
    columns: Sequence[str],
    axes: Sequence[Sequence[str]],
    bounds: tuple[float, float],
) -> Array:
    """The last column as an array over the others; every combination of labels once."""
    *keys, measure = columns
    position: list[Mapping[str, int]] = [
        {label: place for place, label in enumerate(axis)} for axis in axes
    ]
    result = np.full([len(axis) for axis in axes], np.nan)
    for number, row in enumerate(frame.iter_rows(), start=1):
        *labels, text = row
        strange = [
            f"{key} {label}"
            for key, label, known in zip(keys, labels, position, strict=True)
            if label not in known
        ]
        place = (
            None if strange else tuple(known[x] for known, x in zip(position, labels, strict=True))
        )
        if place is None or not np.isnan(result[place]):
            raise InputError(
                "A row is of an unknown region or industry, or stands twice.",
                file=path,
                row=number,
                found=", ".join(strange) or ", ".join(map(str, labels)),
                expected=f"industries 1 to {len(INDUSTRIES)} and the regions of TradeFlow, each once",
                remedy="Take the three files of one edition and aggregation.",
            )
        result[place] = _number(text, path, number, measure, bounds)
    if np.isnan(result).any():
        first = np.argwhere(np.isnan(result))[0]
        raise InputError(
            "A row is missing.",
            file=path,
            column=measure,
            found="no row for "
            + ", ".join(
                f"{key} {axis[at]}" for key, axis, at in zip(keys, axes, first, strict=True)
            ),
            expected="every region and industry",
            remedy="Copy or download the file again.",
        )
    return result


def _number(text: object, path: Path, row: int, column: str, bounds: tuple[float, float]) -> float:
    try:
        value = float(str(text))
    except ValueError:
        value = np.nan
    least, most = bounds
    if not (np.isfinite(value) and least <= value <= most):
        raise InputError(
            "A cell is not a number, or lies outside its bounds.",
            file=path,
            row=row,
            column=column,
            found=repr(text),
            expected=f"a number from {least:g} to {most:g}",
            remedy="Restore the published figure.",
        )
    return value


def _demand_ones(sums: Array, regions: Sequence[str], path: Path) -> None:
    """The shares of every industry's inputs sum to one; an industry without inputs has none."""
    wrong = np.argwhere((np.abs(sums - 1) > SHARE_TOLERANCE) & (sums != 0))
    if wrong.size:
        region, industry = wrong[0]
        raise InputError(
            "The input shares of an industry do not sum to one.",
            file=path,
            row=f"{regions[region]}, industry {industry + 1}",
            column="valueshare",
            found=f"{sums[region, industry]:.8f}",
            expected=f"1 within {SHARE_TOLERANCE:g}",
            remedy="Restore the published figures.",
        )


def _long(regions: Sequence[str], flows: Array, final: Array, output: Array) -> pl.DataFrame:
    rows = pl.DataFrame(
        [(region, code) for region in regions for code in INDUSTRIES],
        schema=["from_region", "from_sector"],
        orient="row",
    )
    uses = rows.rename({"from_region": "to_region", "from_sector": "to_code"})
    demand = pl.DataFrame({"to_region": list(regions), "to_code": [FINAL_DEMAND] * len(regions)})
    stated = rows.select(
        "from_region",
        "from_sector",
        to_region="from_region",
        to_code=pl.lit("output"),
        block=pl.lit("output"),
        value_musd=pl.Series(output.ravel()),
    )
    return pl.concat(
        [
            _cells(flows.reshape(rows.height, rows.height), rows, uses, "intermediate"),
            _cells(final.reshape(rows.height, len(regions)), rows, demand, "final_demand"),
            stated,
        ]
    )


def _cells(matrix: Array, rows: pl.DataFrame, columns: pl.DataFrame, block: str) -> pl.DataFrame:
    """The cells of a labelled matrix that hold anything, as rows of the role."""
    row, column = np.nonzero(np.abs(matrix) > _NOTHING_MUSD)
    return pl.concat([rows[row], columns[column]], how="horizontal").with_columns(
        block=pl.lit(block), value_musd=pl.Series(matrix[row, column])
    )


READER = Reader(
    name=NAME,
    roles=("global_table",),
    read=read,
    recognises=recognises,
    publication=PUBLICATION,
    max_files=3,
)
