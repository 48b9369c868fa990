"""OECD's ICIO of 2017 brought to an earlier year: China of that year as published, its partners derived.

OECD's national table of China, 2021 edition, has the year's output Y, value added, inputs, exports X and imports
M of 44 industries at basic prices. In 2017 they are China's row and column of the ICIO to all digits. So China
is exact. The partners are those of 2017, moved by what WIOD 2011 says of the years between (2013 release):

    F[d, s]       = g[d] F2017[d, s]                          final demand of a partner d, all origins together
    T[o, d, s]    = T2017[o, d, s] sqrt(g[o] g[d])            sales between two partners
    T[CHN, d, s]  = RAS of T2017[CHN, d, s] to X[s] and to China's exports by partner
    T[o, CHN, s]  = RAS of T2017[o, CHN, s] to M[s] and to China's imports by partner
    Y[d]          solves Y = A Y + F + exports - imports, with the inputs per output A of 2017

g is the partner's final demand over that of 2017. Final demand, and the partners' shares of China's exports and
imports, lie on the straight line from WIOD 2011 to the ICIO of 2017.
"""

from __future__ import annotations

import csv
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from warehouse.errors import InputError
from warehouse.icio_industries import INDUSTRIES
from warehouse.sources import icio_factored, wiod
from warehouse.sources.base import Reader, broken, one_of_each
from warehouse.sources.icio_factored import Factored

NAME = "icio_earlier"
HOME = "CHN"
STRUCTURE_YEAR = 2017
ANCHOR_YEAR = 2011
REGION_SEED = Path(__file__).parents[2] / "seeds" / "concordances" / "global_region.csv"
"""Regions of WIOD's 2013 release by region of the ICIO."""
_CODES = [f"{number:02d}" for number in range(1, len(INDUSTRIES) + 1)]
_HOUSEHOLDS_AS_EMPLOYERS = f"{len(INDUSTRIES) + 1:02d}"
_FINAL = ("HFCE", "NPISH", "GGFC", "GFCF", "INVNT", "CONS_ABR")
_RAS_TOLERANCE = 1e-10
_RAS_ROUNDS = 1000

Array = NDArray[np.float64]


@dataclass(frozen=True)
class National:
    """China of one year at basic prices, million USD, by industry.

    output, exports, imports: (S,), imports of a product.  added: value added per output, (S,).  shares: an input's
    share in all inputs of an industry, (S, S), input, using industry.
    """

    output: Array
    exports: Array
    imports: Array
    added: Array
    shares: Array


@dataclass(frozen=True)
class Anchor:
    """A world table by region in the regions' order, million USD.

    demand: final demand of a region, (R,).  exports, imports: of China, by partner, (R,); China's own are zero.
    """

    demand: Array
    exports: Array
    imports: Array


def read(paths: Sequence[Path], _role: str, year: int) -> pl.DataFrame:
    """The global table of ``year``, 2012 to 2016, million USD, in the form of the reader `icio_factored`.

    Raises InputError when a file is missing or damaged, when the national tables lack the year, and when a
    partner's imports leave no room for its own output.
    """
    files = one_of_each(
        paths,
        {
            "TradeFlow2017.csv": lambda name: name.endswith(f"TradeFlow{STRUCTURE_YEAR}.csv"),
            "vashare.csv": lambda name: name.endswith("vashare.csv"),
            "IOshare.csv": lambda name: name.endswith(("IOshare.csv", "IOshare.csv.gz")),
            "OECD21ed_CHN": lambda name: "OECD21ed_CHN" in name,
            "wiod11.rda": lambda name: name.endswith(f"wiod{ANCHOR_YEAR % 100}.rda"),
        },
        "An earlier year of the ICIO is made from five files.",
        "TradeFlow2017.csv, vashare.csv, IOshare.csv, OECD21ed_CHN_1995to2018.rda, wiod11.rda",
    )
    if not ANCHOR_YEAR < year < STRUCTURE_YEAR:
        raise InputError(
            "The world table is brought to years between its two ends alone.",
            file=files["TradeFlow2017.csv"],
            found=str(year),
            expected=f"{ANCHOR_YEAR + 1} to {STRUCTURE_YEAR - 1}",
            remedy="Take the published table of the year.",
        )
    regions, later = icio_factored.factors(
        [files[name] for name in ("TradeFlow2017.csv", "vashare.csv", "IOshare.csv")],
        STRUCTURE_YEAR,
    )
    table = wiod.read([files["wiod11.rda"]], "global_table", ANCHOR_YEAR)
    earlier = anchor_of_wiod(table, regions, region_of_wiod(REGION_SEED))
    national = national_table(files["OECD21ed_CHN"], year)
    share = (year - ANCHOR_YEAR) / (STRUCTURE_YEAR - ANCHOR_YEAR)
    brought = brought_to_year(regions, later, national, earlier, share)
    return icio_factored.long_table(regions, brought)


def brought_to_year(
    regions: Sequence[str], later: Factored, national: National, earlier: Anchor, share: float
) -> Factored:
    """The factored table of a year by the formulas at the head of the module.

    later: the table of 2017.  earlier: the other end.  share: of the way from the earlier to the later end.
    Raises InputError when a region's imports and exports leave it less than no output to sell at home.
    """
    home = regions.index(HOME)
    final = final_demand(later)
    demand = (1 - share) * earlier.demand + share * final.sum(axis=1)
    growth = demand / final.sum(axis=1)
    sales = later.sales * np.sqrt(growth[:, None] * growth[None, :])[:, :, None]
    sent, taken = later.sales[home].copy(), later.sales[:, home].copy()
    sent[home] = taken[home] = 0
    sales[home] = _fitted(sent, _between(earlier.exports, sent, share), national.exports)
    sales[:, home] = _fitted(taken, _between(earlier.imports, taken, share), national.imports)
    added, shares = later.added.copy(), later.shares.copy()
    added[home], shares[home] = national.added, national.shares
    for at, region in enumerate(regions):
        sales[at, at] = 0
        exports, imports = sales[at].sum(axis=0), sales[:, at].sum(axis=0)
        if at == home:
            output = national.output
        else:
            inputs = shares[at] * (1 - added[at])
            called = growth[at] * final[at] + exports - imports
            output = np.linalg.solve(np.eye(len(called)) - inputs, called)
        sales[at, at] = output - exports
        if (sales[at, at] < 0).any():
            worst = int(np.argmin(sales[at, at]))
            raise InputError(
                "A region exports more of a product than it makes.",
                row=f"{region}, industry {INDUSTRIES[worst]}",
                found=f"output {output[worst]:.1f}, exports {exports[worst]:.1f} million USD",
                expected="exports within output",
                remedy="Take a year nearer to the table of 2017.",
            )
    return Factored(sales, added, shares)


def final_demand(table: Factored) -> Array:
    """Final demand of a region for a product of any origin, (R, S): what its industries do not use."""
    output = table.sales.sum(axis=1)
    use = table.shares * ((1 - table.added) * output)[:, None, :]
    left: Array = table.sales.sum(axis=0) - use.sum(axis=2)
    return left


def _between(earlier: Array, later: Array, share: float) -> Array:
    """Shares of the partners between both ends, (R,). later: trade by partner and product, (R, S)."""
    last = later.sum(axis=1)
    mixed: Array = (1 - share) * earlier / earlier.sum() + share * last / last.sum()
    return mixed


def _fitted(prior: Array, partner_share: Array, product_total: Array) -> Array:
    """Trade by partner and product with both sums, (R, S). Raises InputError where a product has no partner."""
    empty = (prior.sum(axis=0) == 0) & (product_total > 0)
    if empty.any():
        raise InputError(
            "China trades a product that it did not trade in 2017: no partner can be told.",
            row=f"industry {INDUSTRIES[int(np.argmax(empty))]}",
            found=f"{product_total[empty][0]:.1f} million USD",
            expected="trade of the product in 2017",
            remedy="Take the published table of the year.",
        )
    wanted = partner_share * product_total.sum()
    fitted = prior.copy()
    for _ in range(_RAS_ROUNDS):
        rows = fitted.sum(axis=1)
        fitted *= np.divide(wanted, rows, out=np.zeros_like(rows), where=rows > 0)[:, None]
        columns = fitted.sum(axis=0)
        fitted *= np.divide(product_total, columns, out=np.zeros_like(columns), where=columns > 0)
        if np.abs(fitted.sum(axis=1) - wanted).max() <= _RAS_TOLERANCE * wanted.sum():
            return fitted
    raise InputError(
        "China's trade by partner and by product cannot be met together.",
        found=f"no fit in {_RAS_ROUNDS} rounds",
        expected="sums by partner and by product of one table",
        remedy="Compare the national table with the ICIO of 2017.",
    )


def anchor_of_wiod(table: pl.DataFrame, regions: Sequence[str], region: dict[str, str]) -> Anchor:
    """Final demand, and China's exports and imports by partner, of a global table, in the order of ``regions``."""
    flows = table.filter(pl.col("block") != "output").with_columns(
        seller=pl.col("from_region").replace_strict(region),
        buyer=pl.col("to_region").replace_strict(region),
    )

    def by(column: str, *keep: pl.Expr) -> Array:
        sums = flows.filter(*keep).group_by(column).agg(pl.col("value_musd").sum()).rows()
        found = dict(sums)
        return np.array([found.get(name, 0.0) for name in regions])

    abroad = pl.col("seller") != pl.col("buyer")
    return Anchor(
        demand=by("buyer", pl.col("block") == "final_demand"),
        exports=by("buyer", abroad, pl.col("seller") == HOME),
        imports=by("seller", abroad, pl.col("buyer") == HOME),
    )


def region_of_wiod(seed: Path) -> dict[str, str]:
    """Region of the ICIO by region of WIOD's 2013 release."""
    with seed.open(encoding="utf-8", newline="") as file:
        return {
            row["from_region"]: row["to_region"]
            for row in csv.DictReader(file)
            if row["classification"] == "wiod35"
        }


def national_table(path: Path, year: int) -> National:
    """China of the year from the R list of OECD's national tables. Raises InputError when it is not there."""
    try:
        import rdata  # slow to import, needed by this reader alone

        parts: Any = rdata.read_rda(path)
        frame = parts["OECD21ed_CHN_1995to2018"][f"OECD21ed_CHN_{year}"]
        table = frame.set_index(frame["Code"].astype(str))
        table.columns = [str(name) for name in table.columns]
    except Exception as error:  # rdata raises builtin errors of many kinds
        raise broken(path, f"R list with China's table of {year}", error) from error
    return national_of(table, path)


def national_of(table: Any, path: Path) -> National:
    """China from one national table, rows and columns by code. Raises InputError when its rows do not add up."""
    every = [*_CODES, _HOUSEHOLDS_AS_EMPLOYERS]
    wanted = {
        "rows": [*every, "VALU", "OUTPUT"],
        "columns": [*every, *_FINAL, "CONS_NONRES", "EXPO", "IMPO"],
    }
    for axis, known in (("rows", table.index), ("columns", table.columns)):
        count = Counter(known)
        if odd := [code for code in wanted[axis] if count[code] != 1]:
            is_missing = count[odd[0]] == 0
            raise InputError(
                f"The national table lacks {axis}, or has them twice.",
                file=path,
                found=f"{'no' if is_missing else 'more than one'} {', '.join(odd)}",
                expected=", ".join(["45 industries", *wanted[axis][len(every) :]]),
                remedy="Take the list of the 2021 edition.",
            )

    def numbers(rows: str | list[str], columns: str | list[str]) -> Array:
        try:
            cells: Array = table.loc[rows, columns].to_numpy(dtype=np.float64)
        except (TypeError, ValueError) as error:  # a text, a factor
            raise broken(path, "R list of figures", error) from error
        if not np.isfinite(cells).all():
            raise InputError(
                "A cell of the national table is not a number.",
                file=path,
                row=", ".join([rows] if isinstance(rows, str) else rows[:6]),
                column=", ".join([columns] if isinstance(columns, str) else columns[:6]),
                found=f"{int((~np.isfinite(cells)).sum())} such cells",
                expected="a number (million USD) in every cell",
                remedy="Take the list of the 2021 edition unchanged.",
            )
        return cells

    output, added = numbers("OUTPUT", _CODES), numbers("VALU", _CODES)
    inputs = numbers(_CODES, _CODES)
    # Purchases of non-residents are exports in the ICIO; with them its exports of 2017 are met to all digits.
    exports = numbers(_CODES, "EXPO") + numbers(_CODES, "CONS_NONRES")
    imports = -numbers(_CODES, "IMPO")
    final = numbers(_CODES, list(_FINAL)).sum(axis=1)
    gap = np.abs(inputs.sum(axis=1) + final + exports - imports - output)
    left_out = abs(float(numbers("OUTPUT", [_HOUSEHOLDS_AS_EMPLOYERS])[0]))
    if gap.max() > _closing_musd(output) or left_out > _closing_musd(output):
        worst = int(np.argmax(gap))
        raise InputError(
            "The rows of the national table do not add up.",
            file=path,
            row=INDUSTRIES[worst],
            found=f"off by {gap[worst]:.1f} million USD, private households {left_out:.1f}",
            expected=f"use, final demand and exports less imports = output within {_closing_musd(output):.1f}",
            remedy="Take the list of the 2021 edition unchanged.",
        )
    return National(
        output=output,
        exports=exports,
        imports=imports,
        added=np.divide(added, output, out=np.zeros_like(added), where=output > 0),
        shares=np.divide(
            inputs, inputs.sum(axis=0), out=np.zeros_like(inputs), where=inputs.sum(axis=0) > 0
        ),
    )


def _closing_musd(output: Array) -> float:
    """What rounding to a tenth of a million USD may leave in a row of some fifty cells."""
    return 0.1 * (len(output) + 10)


READER = Reader(
    name=NAME,
    roles=("global_table",),
    read=read,
    recognises=lambda _: False,  # its files are known by other readers
    publication=replace(
        icio_factored.PUBLICATION,
        title=(
            "Inter-Country Input-Output tables, 2021 edition: China of the year from its national table, partners "
            "derived from 2017"
        ),
        terms_of_use=(
            "Cite OECD (2021) and Timmer et al. (2015): WIOD 2011 moves the partners. The partners are derived, "
            "not published. National tables from the R package ionet."
        ),
    ),
    max_files=5,
    seeds=(REGION_SEED,),
)
