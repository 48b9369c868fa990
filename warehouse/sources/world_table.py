"""A world table of any publisher as labelled matrices, summed to our regions and sectors."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import polars as pl
from numpy.typing import NDArray

from warehouse.errors import InputError
from warehouse.sources.notes import note
from warehouse.sources.world_lists import (
    Parts,
    category_of,
    listing,
    musd_factor,
    not_apart,
    region_parts,
    sector_parts,
)

if TYPE_CHECKING:
    from scipy import sparse

Array = NDArray[np.float64]
Label = tuple[str, str]

# What columns may lack of their rows in all: publishers round, and Eora and GLORIA are balanced loosely. A block
# that is missing or in another unit leaves a third of output and more.
LARGEST_GAP_SHARE = 0.05
NOTED_GAP_SHARE = 0.001
# Exports to nowhere and discrepancies that are rounding.
_EMPTY_SHARE = 1e-6


@dataclass(frozen=True)
class WorldTable:
    """One publisher's table of one year, in its own unit and codes.

    rows: region and sector of every producer, (n,).  columns: region and category of final demand, (m,).
    flows: Z, (n, n).  demand: Y, (n, m).  value_added: all that a column pays beside its inputs, (n,).
    unit: as the publisher writes it, one or several.
    """

    rows: Sequence[Label]
    columns: Sequence[Label]
    flows: Array
    demand: Array
    value_added: Array
    unit: Sequence[str]


def role_table(table: WorldTable, year: int, file: Path) -> pl.DataFrame:
    """The table as rows of the role global_table, in million USD; stated output is what a row sums to.

    Rows and columns of a region or sector that goes to one of ours are summed, a sector that goes to several is
    divided alike in rows and columns.  Raises InputError for codes without a place, an unknown unit, cells that
    are not numbers, and a table whose columns do not close.
    """
    _refuse_holes(table, file)
    name, sectors = sector_parts({sector for _, sector in table.rows}, file)
    regions = region_parts({region for region, _ in (*table.rows, *table.columns)}, file)
    categories = _categories(table, file)
    factor, unit = musd_factor(table.unit, year, file)
    _refuse_open(table, file)
    labels, producers = _summing(table.rows, regions, sectors)
    uses, demanders = _summing(
        [
            (region, category)
            for (region, _), category in zip(table.columns, categories, strict=True)
        ],
        regions,
        {category: ((category, 1.0),) for category in categories},
    )
    flows = producers @ (producers @ table.flows.T).T * factor
    demand = (demanders @ (producers @ table.demand).T).T * factor
    output = flows.sum(axis=1) + demand.sum(axis=1)
    note(
        f"{len({region for region, _ in table.rows})} regions and {len(sectors)} sectors ({name}) summed to"
        f" {len({region for region, _ in labels})} and {len({sector for _, sector in labels})}; {unit}.",
        file.name,
    )
    if absent := not_apart(regions):
        note(
            f"{len(absent)} countries are not apart in this table and count with the rest of the world:"
            f" {listing(absent)}.",
            file.name,
        )
    return pl.concat(
        [
            _cells(flows, labels, labels, "intermediate"),
            _cells(demand, labels, uses, "final_demand"),
            pl.DataFrame(labels, schema=["from_region", "from_sector"], orient="row").select(
                "from_region",
                "from_sector",
                to_region="from_region",
                to_code=pl.lit("output"),
                block=pl.lit("output"),
                value_musd=pl.Series(output, dtype=pl.Float64),
            ),
        ]
    )


def _summing(
    labels: Sequence[Label], regions: Parts, codes: Parts
) -> tuple[list[Label], sparse.csr_array]:
    """Our labels in order, and the matrix that sums rows of theirs to rows of ours, (ours, theirs)."""
    from scipy import sparse  # slow to import, and every command knows the readers

    entries = [
        (at, (to_region, to_code), share * weight)
        for at, (region, code) in enumerate(labels)
        for to_region, share in regions[region]
        for to_code, weight in codes[code]
    ]
    ours = sorted({label for _, label, _ in entries})
    place = {label: at for at, label in enumerate(ours)}
    weights = sparse.csr_array(
        (
            [weight for *_, weight in entries],
            ([place[label] for _, label, _ in entries], [at for at, *_ in entries]),
        ),
        shape=(len(ours), len(labels)),
    )
    return ours, weights


def _categories(table: WorldTable, file: Path) -> list[str]:
    """Our category of every column of final demand; an empty column counts with the stocks."""
    unknown: set[str] = set()
    found: list[str] = []
    whole = float(np.abs(table.demand).sum())
    for at, (_, name) in enumerate(table.columns):
        try:
            category = category_of(name)
        except KeyError:
            unknown.add(name)
            continue
        if category is None and float(np.abs(table.demand[:, at]).sum()) > _EMPTY_SHARE * whole:
            raise InputError(
                "A column of final demand holds what no region consumes.",
                file=file,
                column=name,
                found=f"{float(table.demand[:, at].sum()):,.1f} in all",
                expected="nothing: a world table has no exports and no discrepancy",
                remedy="Take the world table, not one of a country or a group of countries.",
            )
        found.append(category or "inventories")
    if unknown:
        raise InputError(
            "The world table has categories of final demand that are not known.",
            file=file,
            column="final demand",
            found=listing(sorted(unknown)),
            expected="households, npish, government, gfcf, inventories as the publisher names them",
            remedy="Take the published table unchanged, or land a tidy table in these categories.",
        )
    return found


def _refuse_holes(table: WorldTable, file: Path) -> None:
    """Every block is there, of the size of its labels, and holds finite numbers. Raises InputError."""
    sizes = {
        "intermediate": (table.flows, (len(table.rows), len(table.rows))),
        "final_demand": (table.demand, (len(table.rows), len(table.columns))),
        "value added": (table.value_added, (len(table.rows),)),
    }
    for block, (values, shape) in sizes.items():
        if not values.size or not np.any(values):
            raise InputError(
                "A block of the world table is missing.",
                file=file,
                found=f"no {block}",
                expected="intermediate use, final demand and value added",
                remedy="Take the publisher's whole table, with all its files side by side.",
            )
        if values.shape != shape or not np.isfinite(values).all():
            raise InputError(
                "A block of the world table is damaged.",
                file=file,
                column=block,
                found=f"{values.shape}, {int((~np.isfinite(values)).sum())} cells without a number",
                expected=f"{shape}, a number in every cell",
                remedy="Download the table again.",
            )


def _refuse_open(table: WorldTable, file: Path) -> None:
    """Raises InputError where columns differ from rows as if a block were wrong; notes a lesser gap."""
    output = table.flows.sum(axis=1) + table.demand.sum(axis=1)
    gap = np.abs(table.flows.sum(axis=0) + table.value_added - output)
    share = float(gap.sum() / np.abs(output).sum())
    worst = " ".join(table.rows[int(np.argmax(gap))])
    if share > LARGEST_GAP_SHARE:
        raise InputError(
            "The columns of the world table do not sum to its rows.",
            file=file,
            row=worst,
            found=f"gaps of {share:.1%} of output in all",
            expected=f"inputs and value added equal to sales within {LARGEST_GAP_SHARE:.0%} of output",
            remedy="Take all blocks from one release, year and price basis of the table.",
        )
    if share > NOTED_GAP_SHARE:
        note(
            f"Columns and rows differ by {share:.2%} of output in all, most in {worst}.", file.name
        )


def _cells(
    matrix: Array, rows: Sequence[Label], columns: Sequence[Label], block: str
) -> pl.DataFrame:
    """The cells of a labelled matrix that are not zero, as rows of the role."""
    row, column = np.nonzero(matrix)
    labels = pl.DataFrame(rows, schema=["from_region", "from_sector"], orient="row")[row]
    uses = pl.DataFrame(columns, schema=["to_region", "to_code"], orient="row")[column]
    return labels.hstack(uses).with_columns(
        block=pl.lit(block), value_musd=pl.Series(matrix[row, column], dtype=pl.Float64)
    )
