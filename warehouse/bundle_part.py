"""A part of a bundle: originals that one reader turns into rows of a role."""

from __future__ import annotations

from dataclasses import dataclass

import polars as pl

ACCESSED = "2026-11-21"
"""When the originals of the first bundles were taken."""
REAS_ARCHIVE = "air/emissions_ceds_inputs/REASv3.2_CHN_provinces.tar.gz"
GAINS_FILES = tuple(
    f"air/emissions_ceds_inputs/GAINS/Global by region-detail_emf30_{name}_wSE.csv"
    for name in ("BC", "CO", "NH3", "NOx", "OC", "SO2_v2")
)


@dataclass(frozen=True)
class Part:
    """Originals that one reader turns into rows of a role.

    originals: relative to the folder of originals.  vintage_year: the year the figures describe.
    keep: the rows that may be bundled (None: all), and why in ``note``.  shortened: a column rounded to
    what it is good for, so that the file stays small; ``note`` says how.  read_year: the year that the reader
    is asked for, where it is not the bundle's.  coded: cities are written by their code, so that a user's own
    row of the city, by whatever name, takes its place.
    """

    role: str
    reader: str
    originals: tuple[str, ...]
    vintage_year: int
    accessed: str
    keep: pl.Expr | None = None
    shortened: pl.Expr | None = None
    note: str = ""
    read_year: int | None = None
    coded: bool = False
