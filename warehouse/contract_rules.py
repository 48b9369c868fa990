"""Checks of a raw role over several rows: codes that fit each other, parts that sum to a total.

A rule takes the typed frame and returns the first breach, or None. How far a sum may miss its total
is data: warehouse/known_deviations.yml.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import polars as pl

from warehouse.contract_sums import Breach, Rule, compare, first_breach, negative_breach, sum_breach

GLOBAL_BLOCKS = ("intermediate", "final_demand", "output")
DEMAND_CATEGORIES = ("households", "npish", "government", "gfcf", "inventories")
# A table may have its final demand undivided: role demand_structure divides it.
FINAL_DEMAND = (*DEMAND_CATEGORIES, "final_demand")
PROVINCIAL_ROWS = ("sector", "value_added", "total")
PROVINCIAL_COLUMNS = (
    "sector",
    "final_demand",
    "export",
    "outflow",
    "import",
    "inflow",
    "error",
    "total",
)
_VALUE_ADDED = ("VA001", "VA002", "VA003", "VA004")
_FINAL_DEMAND = ("FU101", "FU102", "FU103", "FU201", "FU202")
_ROW_CODES = {"value_added": _VALUE_ADDED, "total": ("TII", "TVA", "TI")}
_COLUMN_CODES = {
    "final_demand": _FINAL_DEMAND,
    "export": ("EX",),
    "outflow": ("OF",),
    "import": ("IM",),
    "inflow": ("IF",),
    "error": ("ERR",),
    "total": ("TIU", "FU_HH", "TC", "GCF", "TFU", "GO"),
}
_WEIGHT_TOLERANCE = 1e-6  # parts are often printed with six digits
TOTAL_NAMES = (
    "total",
    "totals",
    "sum",
    "all",
    "all sectors",
    "grand total",
    "合计",
    "总计",
    "全部",
    "总量",
)
_SECTOR_PATTERN = "^[0-9]{2}$"


def never_zero_throughout(measure: str, *by: str, least: int = 1) -> Rule:
    """A rule: no group of rows, `least` or more, has zeros alone, which stand where figures are missing."""

    def rule(frame: pl.DataFrame) -> Breach | None:
        numbered = frame.with_row_index("row", offset=1)
        wrong = numbered.filter(
            (pl.col(measure) == 0).all().over(by) & (pl.len().over(by) >= least)
        )
        breach = first_breach(
            wrong,
            "every figure is zero: zeros stand where figures are missing.",
            measure,
            by,
            "some figure",
        )
        return breach and replace(
            breach, remedy="Write the figures; if they are unknown, leave the rows out."
        )

    return rule


def global_blocks(frame: pl.DataFrame) -> Breach | None:
    """Intermediate use, final demand and stated output are all there."""
    found = set(frame.get_column("block").unique())
    missing = [block for block in GLOBAL_BLOCKS if block not in found]
    if not missing:
        return None
    return Breach(
        "a block of the table is missing.",
        column="block",
        found=f"no rows of {', '.join(missing)}",
        expected=", ".join(GLOBAL_BLOCKS),
        remedy="Take the publisher's whole table: `tradeplume template global_table` shows one.",
    )


def mrio_provinces(frame: pl.DataFrame) -> Breach | None:
    """The provinces that deliver are the provinces that use."""
    cells = frame.filter((pl.col("row_kind") == "sector") & (pl.col("column_kind") == "sector"))
    makers, users = (set(cells[name].unique()) for name in ("from_province", "to_province"))
    if makers == users:
        return None
    return Breach(
        "the provinces that deliver are not the provinces that use.",
        column="from_province, to_province",
        found=f"only as one of the two: {', '.join(sorted(makers ^ users))}",
        expected="the same provinces in rows and columns",
        remedy="Take the whole table, or take the province out of rows, columns and totals.",
    )


def global_codes(frame: pl.DataFrame) -> Breach | None:
    """The using code fits the block, and the stated output belongs to the producing region."""
    block, to_code = pl.col("block"), pl.col("to_code")
    sectors = frame.get_column("from_sector").unique()
    expected = (
        pl.when(block == "final_demand")
        .then(to_code.is_in(FINAL_DEMAND))
        .when(block == "output")
        .then((to_code == "output") & (pl.col("to_region") == pl.col("from_region")))
        .otherwise(to_code.is_in(sectors.implode()))
    )
    return first_breach(
        frame.with_row_index("row", offset=1).filter(~expected),
        "the using code does not fit the block.",
        "to_code",
        ("block", "from_region", "to_region", "to_code"),
        f"a sector (intermediate), one of {', '.join(FINAL_DEMAND)} (final_demand), or `output` "
        "with to_region = from_region (output)",
    )


def global_regions(frame: pl.DataFrame) -> Breach | None:
    """Producers and users are the same regions, and every producing sector states its output."""
    numbered = frame.with_row_index("row", offset=1)
    output = frame.filter(block="output").select("from_region", "from_sector")
    unstated = numbered.join(
        output, on=["from_region", "from_sector"], how="anti", maintain_order="left"
    )
    if breach := first_breach(
        unstated,
        "a producing sector has no row of block `output`.",
        "from_region, from_sector",
        ("from_region", "from_sector"),
        "an output row for every producing region and sector",
    ):
        return breach
    producers = output.get_column("from_region").unique()
    users = frame.filter(pl.col("block") != "output").get_column("to_region").unique()
    strangers = numbered.filter(~pl.col("to_region").is_in(producers.implode()))
    if breach := first_breach(
        strangers,
        "a using region does not produce anything.",
        "to_region",
        ("to_region",),
        f"one of {', '.join(producers.sort())}",
    ):
        return breach
    return first_breach(
        numbered.filter(~pl.col("from_region").is_in(users.implode())),
        "a producing region does not use anything.",
        "from_region",
        ("from_region",),
        f"one of {', '.join(users.sort())}",
    )


def global_output_not_negative(frame: pl.DataFrame) -> Breach | None:
    """Stated gross output is zero or more."""
    return negative_breach(
        frame, pl.col("block") == "output", "value_musd", ("from_region", "from_sector")
    )


def global_rows_sum_to_output(frame: pl.DataFrame) -> Breach | None:
    """Uses and final demand of every producing sector sum to its stated output."""
    by = ["from_region", "from_sector"]
    is_output = pl.col("block") == "output"
    return sum_breach(frame, "global_output", "value_musd", by, is_output, ~is_output)


def provincial_codes(frame: pl.DataFrame) -> Breach | None:
    """Every row and column code is of its kind."""
    for axis, codes in (("row", _ROW_CODES), ("column", _COLUMN_CODES)):
        code, kind = pl.col(f"{axis}_code"), pl.col(f"{axis}_kind")
        fits = (kind == "sector") & code.str.contains(_SECTOR_PATTERN)
        for name, allowed in codes.items():
            fits = fits | ((kind == name) & code.is_in(allowed))
        if breach := first_breach(
            frame.with_row_index("row", offset=1).filter(~fits),
            f"the {axis} code is not of its kind.",
            f"{axis}_code",
            (f"{axis}_code", f"{axis}_kind"),
            "two digits for a sector; "
            + "; ".join(f"{', '.join(allowed)} for {name}" for name, allowed in codes.items()),
        ):
            return breach
    return None


def provincial_output_not_negative(frame: pl.DataFrame) -> Breach | None:
    """Gross output (GO) and total input (TI) are zero or more."""
    totals = (pl.col("column_code") == "GO") | (pl.col("row_code") == "TI")
    return negative_breach(frame, totals, "value_10k_cny", ("province", "row_code", "column_code"))


def provincial_totals(frame: pl.DataFrame) -> Breach | None:
    """Every stated total is the sum of its parts; every sector has GO and TI, and they agree."""
    owner = pl.when(pl.col("origin") == "ALL").then(pl.col("province")).otherwise(pl.col("origin"))
    owned = frame.with_columns(owner=owner)
    sector_column, sector_row = pl.col("column_kind") == "sector", pl.col("row_kind") == "sector"
    demand = pl.col("column_code").is_in
    value_added = pl.col("row_kind") == "value_added"
    use = sector_column | demand((*_FINAL_DEMAND, "EX", "OF", "IM", "IF", "ERR"))
    by_row, by_column = ["owner", "row_code"], ["province", "column_code"]
    identities: Sequence[tuple[str, list[str], pl.Expr, bool]] = (
        ("TIU", by_row, sector_column, False),
        ("FU_HH", by_row, demand(("FU101", "FU102")), False),
        ("TC", by_row, demand(("FU101", "FU102", "FU103")), False),
        ("GCF", by_row, demand(("FU201", "FU202")), False),
        ("TFU", by_row, demand((*_FINAL_DEMAND, "EX", "OF")), False),
        ("GO", by_row, use, True),
        ("TII", by_column, sector_row, False),
        ("TVA", by_column, value_added, False),
        ("TI", by_column, sector_row | value_added, True),
    )
    sign = pl.when(pl.col("column_code").is_in(["IM", "IF"])).then(-1.0).otherwise(1.0)
    for total, by, parts, required in identities:
        over_row = by is by_row
        code = pl.col("column_code" if over_row else "row_code")
        needs = (sector_row if over_row else sector_column) & required
        if breach := sum_breach(
            owned,
            "provincial_totals",
            "value_10k_cny",
            by,
            code == total,
            parts,
            sign=sign if over_row else None,
            needs_total=needs,
            name=total,
        ):
            return breach
    return _output_is_input(owned)


def _output_is_input(owned: pl.DataFrame) -> Breach | None:
    """Gross output of a sector, summed over what it states, is its total input."""
    numbered = owned.with_row_index("row", offset=1)
    inputs = numbered.filter((pl.col("row_code") == "TI") & (pl.col("column_kind") == "sector"))
    output = numbered.filter((pl.col("column_code") == "GO") & (pl.col("row_kind") == "sector"))
    both = inputs.select(
        "row", "province", "column_code", "row_code", code="column_code", value="value_10k_cny"
    ).join(
        output.select(province="owner", code="row_code", parts="value_10k_cny"),
        on=["province", "code"],
        how="left",
        maintain_order="left",
    )
    return compare(
        both, "provincial_totals", "value_10k_cny", ["province", "code"], "TI, against output GO"
    )


def emission_totals(frame: pl.DataFrame) -> Breach | None:
    """Sectors sum to TOTAL where stated; a table that states any has one for every province and pollutant."""
    total = pl.col("source_sector") == "TOTAL"
    states_any = frame.filter(total).height > 0
    return other_total(frame, "source_sector", "TOTAL") or sum_breach(
        frame,
        "emission_totals",
        "emission_t",
        ["province", "pollutant"],
        total,
        ~total,
        needs_total=~total if states_any else None,
        name="TOTAL",
    )


def other_total(frame: pl.DataFrame, column: str, name: str) -> Breach | None:
    """The first row whose code says total in other letters or words: its parts would count twice."""
    says = pl.col(column).str.to_lowercase().str.strip_chars(" .:").is_in(TOTAL_NAMES)
    return first_breach(
        frame.with_row_index("row", offset=1).filter(says & (pl.col(column) != name)),
        "a sum stands among its parts under another name.",
        column,
        (column,),
        f"`{name}` for a sum, or no such rows",
    )


def one_commodity_level(frame: pl.DataFrame) -> Breach | None:
    """The HS codes of a flow and currency have one length: six digits hold the trade of those of eight."""
    numbered = frame.with_row_index("row", offset=1).with_columns(
        digits=pl.col("commodity_code").str.len_bytes()
    )
    for (flow, currency), rows in numbered.group_by("flow", "currency", maintain_order=True):
        levels = rows["digits"].unique().sort().to_list()
        if len(levels) > 1:
            other = rows.filter(pl.col("digits") != rows["digits"][0]).row(0, named=True)
            return Breach(
                f"HS codes of the {flow}s in {currency} have several lengths: the same trade would count twice.",
                row=other["row"],
                column="commodity_code",
                found=f"{other['commodity_code']}; codes of {', '.join(map(str, levels))} digits",
                expected="one length in a flow",
                remedy="Leave the rows of one level (8 or 6 digits).",
            )
    return None


def subsector_totals(frame: pl.DataFrame) -> Breach | None:
    """Sectors sum to SUM where it is stated."""
    total = pl.col("source_sector") == "SUM"
    by = ["region", "pollutant", "source_year"]
    return other_total(frame, "source_sector", "SUM") or sum_breach(
        frame, "subsector_totals", "emission_t", by, total, ~total, name="SUM"
    )


def proxy_totals(frame: pl.DataFrame) -> Breach | None:
    """Sectors sum to Total Consumption where it is stated."""
    total = pl.col("source_sector") == "Total Consumption"
    by = ["province", "component"]
    return sum_breach(
        frame, "proxy_totals", "value_mt_co2", by, total, ~total, name="Total Consumption"
    )


def weights_sum_to_one(frame: pl.DataFrame) -> Breach | None:
    """The parts of each source sector sum to one."""
    summed = (
        frame.with_row_index("row", offset=1)
        .group_by("source_sector", maintain_order=True)
        .agg(pl.col("weight").sum(), pl.col("row").first())
        .filter((pl.col("weight") - 1).abs() > _WEIGHT_TOLERANCE)
    )
    return first_breach(
        summed,
        "the parts of a source sector do not sum to one.",
        "weight",
        ("source_sector", "weight"),
        "parts that sum to 1",
    )
