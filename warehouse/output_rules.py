"""Rules of the monthly industrial output: not below zero, and not falling while it accumulates."""

from __future__ import annotations

import polars as pl

from warehouse.contract_sums import Breach

PROVINCES_OF_A_MONTH = 5
"""Fewer say nothing of all: one that makes nothing has zeros."""
_LEAST_RISE = 0.95  # figures of earlier months are revised


def output_not_negative(frame: pl.DataFrame) -> Breach | None:
    """The first output of a period below zero; growth may be."""
    wrong = frame.with_row_index("row", offset=1).filter(
        (pl.col("value") < 0) & pl.col("measure").is_in(["accumulated", "current"])
    )
    if wrong.is_empty():
        return None
    first = wrong.row(0, named=True)
    return Breach(
        "An output is negative.",
        row=first["row"],
        column="value",
        found=f"{first['province']} {first['product']}: {first['value']:g}",
        expected="zero or more",
        remedy="Restore the published figure.",
    )


def accumulated_rises(frame: pl.DataFrame) -> Breach | None:
    """The first product and month whose accumulated output is below the month before it in most provinces."""
    series = ["province", "product", "source_year"]
    fallen = (
        frame.filter((pl.col("measure") == "accumulated") & (pl.col("value") > 0))
        .sort(*series, "source_month")
        .with_columns(before=pl.col("value").shift().over(series))
        .drop_nulls("before")
        .group_by("product", "source_year", "source_month")
        .agg((pl.col("value") / pl.col("before")).median().alias("ratio"), pl.len())
        .filter((pl.col("ratio") < _LEAST_RISE) & (pl.col("len") >= PROVINCES_OF_A_MONTH))
        .sort("product", "source_year", "source_month")
    )
    if fallen.is_empty():
        return None
    first = fallen.row(0, named=True)
    return Breach(
        f"the accumulated output of {first['product']} falls within the year.",
        row=f"{first['source_year']}-{first['source_month']:02d}",
        column="value",
        found=f"{first['ratio']:.2f} times the month before, in the middle of {first['len']} provinces",
        expected="as much as in the month before, or more",
        remedy="See whether the values are of single months, or the months in another order.",
    )
