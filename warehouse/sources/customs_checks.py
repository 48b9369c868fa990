"""Checks of customs rows over all files: nothing twice, one level of detail, an amount in scale."""

from __future__ import annotations

from collections.abc import Sequence

import polars as pl

from warehouse.codes import PROVINCES
from warehouse.errors import InputError
from warehouse.sources.customs_files import Part
from warehouse.sources.notes import note

ROW = ["flow", "month", "commodity", "province", "partner", "regime"]
HIGHEST = {"CNY": 1e14, "USD": 1.5e13}
LOWEST_PER_PROVINCE = {"CNY": 1e9, "USD": 1.5e8}
"""A year's trade of the smallest provinces; judged where ten or more are in the files."""


def check_all(rows: pl.DataFrame, parts: Sequence[Part]) -> None:
    """Raise InputError for the first breach; note months that are missing."""
    _one_level(rows, parts)
    _nothing_twice(rows, parts)
    _in_scale(rows)
    _months(rows)
    _provinces(rows)


def _one_level(rows: pl.DataFrame, parts: Sequence[Part]) -> None:
    levels = (
        rows.select("flow", "part", digits=pl.col("commodity").cast(pl.String).str.len_bytes())
        .unique()
        .sort("flow", "digits", "part")
    )
    for (flow,), group in levels.group_by("flow", maintain_order=True):
        if group.get_column("digits").n_unique() > 1:
            last = group.row(-1, named=True)
            raise InputError(
                f"HS codes of the {flow}s have several lengths: the same trade would count twice.",
                file=parts[last["part"]].name,
                column="商品编码",
                found=f"codes of {', '.join(str(n) for n in group.get_column('digits').unique().sort())} digits",
                expected="one length in all files of a flow",
                remedy="Leave the files of one level (8 or 6 digits) in place.",
            )


def _nothing_twice(rows: pl.DataFrame, parts: Sequence[Part]) -> None:
    if rows.select(ROW).n_unique() == rows.height:
        return
    first = rows.filter(pl.struct(ROW).is_duplicated()).sort(ROW).head(2)
    files = [parts[number].name for number in first.get_column("part").to_list()]
    row = first.row(0, named=True)
    raise InputError(
        "The same row stands in the files twice: it would count twice.",
        file=" and ".join(dict.fromkeys(files)),
        row=", ".join(str(row[name]) for name in ROW),
        column="商品编码, 贸易伙伴编码, 贸易方式编码, 注册地编码, 数据年月",
        found="two rows",
        expected="one row for each combination of codes (and month)",
        remedy="Remove the part that is there twice, or the yearly beside the monthly file.",
    )


def _in_scale(rows: pl.DataFrame) -> None:
    totals = rows.group_by("flow", "currency").agg(
        pl.col("amount").sum(), provinces=pl.col("province").n_unique()
    )
    for flow, currency, amount, provinces in totals.sort("flow", "currency").iter_rows():
        low = LOWEST_PER_PROVINCE[currency] * provinces if provinces >= 10 else 0.0
        if not low <= amount <= HIGHEST[currency]:
            raise InputError(
                f"The sum of the {flow}s is out of scale: the amounts are in another unit.",
                column="人民币" if currency == "CNY" else "美元",
                found=f"{amount:,.6g} {currency} of {provinces} provinces",
                expected=f"between {low:,.6g} and {HIGHEST[currency]:,.6g} {currency}",
                remedy="Export the query again; amounts are single yuan or dollars.",
            )


def _provinces(rows: pl.DataFrame) -> None:
    """Provinces without any row of a flow are borne and noted: the customs table itself cannot tell why."""
    for (flow,), group in rows.group_by("flow", maintain_order=True):
        absent = sorted(PROVINCES - set(group.get_column("province").cast(pl.String).unique()))
        if absent:
            note(f"{flow}s: no rows for {len(absent)} provinces: {', '.join(absent)}.")


def _months(rows: pl.DataFrame) -> None:
    """A month that is missing altogether is borne and noted; yearly figures beside monthly ones are refused."""
    for (flow,), group in rows.group_by("flow", maintain_order=True):
        months = set(group.get_column("month").unique())
        if 0 in months and len(months) > 1:
            raise InputError(
                f"Yearly and monthly {flow}s are in the files together.",
                column="数据年月",
                found="rows with and rows without a month",
                expected="either",
                remedy="Remove the yearly or the monthly files.",
            )
        if 0 not in months and len(months) < 12:
            absent = sorted(set(range(1, 13)) - months)
            note(f"{flow}s: no rows for the months {', '.join(str(month) for month in absent)}.")
