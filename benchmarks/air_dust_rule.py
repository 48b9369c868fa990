"""Which rule of days stands in for the ministry's deduction of sand and dust: chosen on April 2025, judged on Q1.

    python -m benchmarks.air_dust_rule

Reads the bundled city days and official figures. A rule takes a city's day for one of dust when PM10 is above a
level and PM2.5 below a share of PM10. The ministry deducts by hours, with satellites; its April release is the
only month outside the judged quarter with official levels of three places. Of the rules within the rounding of the
official figures (0.05 ug/m3) of the best, the one that takes fewest days is chosen.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from itertools import product
from math import sqrt
from pathlib import Path

import polars as pl

BUNDLED = Path(__file__).parents[1] / "warehouse" / "bundled" / "air_cities"
SEEDS = Path(__file__).parents[1] / "seeds" / "air"
LEVELS_UG_M3 = (80, 100, 120, 150, 200)
SHARES = (0.30, 0.35, 0.40, 0.45, 0.50, 0.55, 0.60, 0.65)
ROUNDING_UG_M3 = 0.05
MIN_COMPLETENESS = 0.75
MIN_SETTLED = 0.25
"""Of a period's days without dust: a city with fewer has no mean without dust."""
CHOSEN_ON = ("2025-04",)
PERIODS = {
    "2025-01": (date(2025, 1, 1), date(2025, 1, 31)),
    "2025-03": (date(2025, 3, 1), date(2025, 3, 31)),
    "2025Q1": (date(2025, 1, 1), date(2025, 3, 31)),
    "2025-04": (date(2025, 4, 1), date(2025, 4, 30)),
    "2025H1": (date(2025, 1, 1), date(2025, 6, 30)),
}


@dataclass(frozen=True)
class DustRule:
    """A day is one of dust when PM10 > level_ug_m3 and PM2.5 < fine_share x PM10."""

    level_ug_m3: float
    fine_share: float

    @property
    def is_dust(self) -> pl.Expr:
        """True on days of dust."""
        return (pl.col("PM10") > self.level_ug_m3) & (
            pl.col("PM2.5") < self.fine_share * pl.col("PM10")
        )


@dataclass(frozen=True)
class Tried:
    """A rule and how far its means lie from the official ones: ug/m3 by (period, place); days it takes."""

    rule: DustRule
    differences_ug_m3: dict[tuple[str, str], float]
    dust_days: int

    def error(self, periods: Sequence[str]) -> float:
        """Root mean square of the differences of these periods, ug/m3."""
        squares = [
            gap**2 for (period, _), gap in self.differences_ug_m3.items() if period in periods
        ]
        return sqrt(sum(squares) / len(squares))


def read_days() -> pl.DataFrame:
    """Columns place, date, PM2.5, PM10 of every city day with both, 2025."""
    days = pl.read_parquet(BUNDLED / "observation.parquet").filter(pl.col("date").dt.year() == 2025)
    return days.pivot(on="pollutant", index=["place", "date"], values="value_ug_m3").drop_nulls(
        ["PM2.5", "PM10"]
    )


def read_members() -> dict[str, set[str]]:
    """Place to the cities whose mean it is."""
    cities = pl.read_csv(SEEDS / "city.csv", schema_overrides={"code": pl.String})
    regions = pl.read_csv(SEEDS / "key_region_city.csv", schema_overrides={"city": pl.String})
    counted = regions.filter(pl.col("is_counted"))
    named = {str(code): set(part["city"]) for (code,), part in counted.group_by("key_region")}
    return {
        "CHN": set(cities.filter(pl.col("is_in_nation"))["code"]),
        "110000": {"110000"},
        **named,
    }


def read_official() -> dict[tuple[str, str], float]:
    """Official PM2.5, ug/m3, by (period, place), of the periods tried."""
    figures = pl.read_parquet(BUNDLED / "official_air_figure.parquet").filter(
        (pl.col("indicator") == "pm25_ug_m3") & pl.col("period").is_in(list(PERIODS))
    )
    return {(row["period"], row["place"]): row["value"] for row in figures.iter_rows(named=True)}


def tried(rule: DustRule | None, days: pl.DataFrame) -> Tried:
    """The differences from the official figures under a rule (None: nothing deducted)."""
    members, official = read_members(), read_official()
    is_dust = rule.is_dust if rule else pl.lit(value=False)
    marked = days.with_columns(is_dust.alias("is_dust"))
    gaps = {}
    for (period, place), theirs in official.items():
        first, last = PERIODS[period]
        means = (
            marked.filter(
                pl.col("date").is_between(first, last) & pl.col("place").is_in(list(members[place]))
            )
            .group_by("place")
            .agg(
                pl.len().alias("days"),
                pl.col("is_dust").sum().alias("dust_days"),
                pl.col("PM2.5").filter(~pl.col("is_dust")).mean().alias("mean"),
            )
            .filter(pl.col("days") >= MIN_COMPLETENESS * ((last - first).days + 1))
            .filter(pl.col("days") - pl.col("dust_days") >= MIN_SETTLED * ((last - first).days + 1))
        )
        gaps[period, place] = float(means["mean"].mean()) - theirs  # type: ignore[arg-type]
    return Tried(rule or DustRule(0, 0), gaps, int(marked["is_dust"].sum()))


def chosen(results: Sequence[Tried]) -> Tried:
    """The rule that takes fewest days of those within rounding of the best on the months of choice."""
    best = min(one.error(CHOSEN_ON) for one in results)
    near = [one for one in results if one.error(CHOSEN_ON) <= best + ROUNDING_UG_M3]
    return min(near, key=lambda one: one.dust_days)


def main() -> None:
    """Print the rules by their error on April, the chosen one, and how it stands on the judged periods."""
    days = read_days()
    results = [
        tried(DustRule(level, share), days) for level, share in product(LEVELS_UG_M3, SHARES)
    ]
    judged = ("2025-01", "2025-03", "2025Q1")
    print("PM10 above  PM2.5 below  error, April  error, Q1 and its months  days taken")
    for one in sorted(results, key=lambda one: one.error(CHOSEN_ON))[:10]:
        print(
            f"{one.rule.level_ug_m3:10.0f}  {one.rule.fine_share:11.2f}  {one.error(CHOSEN_ON):12.2f}  "
            f"{one.error(judged):24.2f}  {one.dust_days:10,}"
        )
    nothing, best = tried(None, days), chosen(results)
    print(
        f"\nchosen: PM10 above {best.rule.level_ug_m3:g}, PM2.5 below {best.rule.fine_share:g} of it"
    )
    print("\nperiod    place      official    raw less official    without dust less official")
    official = read_official()
    for key in sorted(official):
        print(
            f"{key[0]:8}  {key[1]:9}  {official[key]:8.1f}  {nothing.differences_ug_m3[key]:19.2f}  "
            f"{best.differences_ug_m3[key]:28.2f}"
        )


if __name__ == "__main__":
    main()
