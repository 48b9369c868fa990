"""What the bundles ship for deaths: of IHME's figures the years of the bundled editions alone."""

from __future__ import annotations

from collections.abc import Sequence

import polars as pl

from warehouse.bundle_part import Part

_FOLDER = "health/gemm_and_rates/"
_ACCESSED = "2026-11-30"


def health_parts(years: Sequence[int]) -> tuple[Part, ...]:
    """Death rates and ages of China in the years."""
    keep = pl.col("source_year").is_in(years)
    listed = " and ".join(map(str, years))
    return (
        Part(
            "baseline_mortality",
            "ihme",
            (f"{_FOLDER}IHME-GBD_2019_DATA-25efb80c-1.csv.gz",),
            years[0],
            _ACCESSED,
            keep=keep,
            note=f"Six causes, ages 25 and older, {listed} alone. Non-commercial use.",
        ),
        Part(
            "age_structure",
            "age_columns",
            (f"{_FOLDER}GBD_agestructure_China_2000-2017.csv",),
            years[0],
            _ACCESSED,
            keep=keep,
            note=f"{listed} alone. Non-commercial use.",
        ),
    )
