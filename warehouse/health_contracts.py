"""The contracts of the roles that deaths need: death rates, ages, crude death rates, landed curves."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from itertools import pairwise
from types import MappingProxyType

import polars as pl

from warehouse.codes import PROVINCES
from warehouse.contract_check import NUMBER, TEXT, WHOLE, Column, Contract
from warehouse.contract_sums import Breach, first_breach

NATION = "CHN"
CAUSES = ("NCD+LRI", "IHD", "stroke", "COPD", "LC", "LRI")
_WITHOUT_END = 1000
AGE_BOUNDS: Mapping[str, tuple[int, int]] = MappingProxyType(
    {f"{first}-{first + 4}": (first, first + 5) for first in range(0, 95, 5)}
    | {f"{first}+": (first, _WITHOUT_END) for first in (25, 80, 85, 90, 95)}
    | {"all": (0, _WITHOUT_END)}
)
"""Age group to its first age and the first age above it; `all` has everyone."""
YOUNGEST_ADULT = 25
_OLD = 75

RATE_BOUNDS: Mapping[str, tuple[float, float, float, float]] = MappingProxyType(
    {
        "NCD+LRI": (75.0, 1724.0, 8766.0, 38549.0),
        "IHD": (10.6, 740.0, 1393.0, 9766.0),
        "stroke": (5.0, 413.0, 2189.0, 8277.0),
        "COPD": (1.1, 158.0, 1320.0, 9728.0),
        "LC": (0.57, 206.0, 314.0, 462.0),
        "LRI": (2.1, 93.0, 199.0, 2476.0),
    }
)
"""Deaths per 100,000: lowest and highest of all countries over all ages (GBD 2017 to 2023), then lowest of
ages 80 to 84 and highest of 95 and older in China (GBD 2019, 2000 to 2019)."""
_SLACK = 5.0
"""A province or a year may lie this far beyond; a rate per 1,000 is a hundred times below, one per person more."""


def _regions_are_whole(frame: pl.DataFrame) -> Breach | None:
    """The nation, or every province: a province without any figure would have no deaths."""
    found = set(frame["region"])
    missing = sorted(PROVINCES - found)
    if NATION in found or not missing:
        return None
    return Breach(
        "provinces have no figures and the nation has none either.",
        column="region",
        found=f"no row for {', '.join(missing)}",
        expected=f"rows of {NATION}, or of all 31 provinces",
    )


def _in_order(low: str, middle: str, high: str) -> pl.Expr:
    return ~((pl.col(low) <= pl.col(middle)) & (pl.col(middle) <= pl.col(high)))


def _interval_breach(frame: pl.DataFrame, low: str, middle: str, high: str) -> Breach | None:
    wrong = frame.with_row_index("row", offset=1).filter(_in_order(low, middle, high))
    if wrong.is_empty():
        return None
    first = wrong.row(0, named=True)
    return Breach(
        "an interval does not hold its own middle.",
        row=int(first["row"]),
        column=f"{low}, {high}",
        found=f"{first[low]:g} to {first[high]:g} about {first[middle]:g}",
        expected=f"{low} <= {middle} <= {high}; the middle itself where no interval is known",
    )


def age_breach(groups: Iterable[str], place: str, first: int) -> Breach | None:
    """Where groups overlap, leave a gap, or do not cover every age from `first` on."""
    ordered = sorted(groups, key=AGE_BOUNDS.__getitem__)
    bounds = [AGE_BOUNDS[name] for name in ordered]
    for (one, other), (lower, upper) in zip(pairwise(ordered), pairwise(bounds), strict=True):
        if upper[0] != lower[1]:
            what = "overlap" if upper[0] < lower[1] else "leave a gap"
            return _ages(f"age groups {what}.", f"{place}: {one} and {other}")
    if bounds[0][0] > first:
        return _ages("the youngest are missing.", f"{place}: the youngest group is {ordered[0]}")
    if bounds[-1][1] != _WITHOUT_END:
        return _ages("the oldest are missing.", f"{place}: the oldest group is {ordered[-1]}")
    return None


def _ages(message: str, found: str) -> Breach:
    return Breach(
        message,
        column="age_group",
        found=found,
        expected="groups that cover every age once, to an open one such as 80+, or `all` alone",
    )


def _ages_are_parted(by: Sequence[str], first: int):  # type: ignore[no-untyped-def]
    def rule(frame: pl.DataFrame) -> Breach | None:
        """Groups of every region (and cause, year) cover each age once."""
        for key, part in frame.group_by(*by, maintain_order=True):
            if breach := age_breach(part["age_group"], ", ".join(map(str, key)), first):
                return breach
        return None

    return rule


def _causes_are_the_same(frame: pl.DataFrame) -> Breach | None:
    """Every region and year has the causes of the table: a missing one would be a silent zero."""
    every = set(frame["cause"])
    for key, part in frame.group_by("region", "source_year", maintain_order=True):
        if missing := sorted(every - set(part["cause"])):
            return Breach(
                "a cause is missing.",
                column="cause",
                found=f"{', '.join(map(str, key))} has no {', '.join(missing)}",
                expected=f"{', '.join(sorted(every))}, as other regions and years of the table have",
            )
    return None


def _rates_are_per_100k(frame: pl.DataFrame) -> Breach | None:
    """The rate of the oldest group is one per 100,000 of that group, not per person or per 1,000."""
    numbered = frame.with_row_index("row", offset=1)
    for (cause, *_), part in numbered.group_by("cause", "region", "source_year"):
        oldest = max(part.iter_rows(named=True), key=lambda row: AGE_BOUNDS[row["age_group"]])
        low, high, old_low, old_high = RATE_BOUNDS[str(cause)]
        if AGE_BOUNDS[oldest["age_group"]][0] >= _OLD:
            low, high = old_low, old_high
        elif oldest["age_group"] != "all":
            high = old_high
        if not low / _SLACK <= oldest["rate_per_100k"] <= high * _SLACK:
            return Breach(
                f"a death rate of {cause} cannot be per 100,000.",
                row=int(oldest["row"]),
                column="rate_per_100k",
                found=f"{oldest['rate_per_100k']:g} at {oldest['age_group']} in {oldest['region']}",
                expected=f"{low / _SLACK:g} to {high * _SLACK:g} deaths per 100,000 of the group and year",
                remedy="Multiply rates per person by 100,000, and rates per 1,000 by 100.",
            )
    return None


def _rates_in_order(frame: pl.DataFrame) -> Breach | None:
    return _interval_breach(frame, "low_per_100k", "rate_per_100k", "high_per_100k")


def _risks_in_order(frame: pl.DataFrame) -> Breach | None:
    return _interval_breach(frame, "low_relative_risk", "relative_risk", "high_relative_risk")


def _people_are_counted(frame: pl.DataFrame) -> Breach | None:
    """People come in persons, and some in every group of an age that people reach."""
    totals = frame.group_by("region", "source_year").agg(pl.col("population_persons").sum())
    least = pl.when(pl.col("region") == NATION).then(_FEWEST_OF_NATION).otherwise(_FEWEST)
    few = totals.filter(pl.col("population_persons") < least).sort("region", "source_year")
    if not few.is_empty():
        region, year, persons = few.row(0)
        return Breach(
            "a region has too few people; are they in thousands?",
            column="population_persons",
            found=f"{region} {year}: {persons:,.0f}",
            expected="persons",
            remedy="Multiply by the unit that the publisher states.",
        )
    reached = [group for group, (low, _) in AGE_BOUNDS.items() if low < _OLDEST_REACHED]
    empty = frame.with_row_index("row", offset=1).filter(
        (pl.col("population_persons") == 0) & pl.col("age_group").is_in(reached)
    )
    return first_breach(
        empty,
        "a group has no people: a zero stands where the figure is missing.",
        "population_persons",
        ("region", "age_group", "source_year"),
        "some people of every age",
    )


def _risks_rise(frame: pl.DataFrame) -> Breach | None:
    """No curve ends below its beginning: its concentrations, or its risks, are turned round."""
    ends = (
        frame.sort("pm25_ug_m3")
        .group_by("curve", "cause", "age_group", maintain_order=True)
        .agg(
            pl.col("relative_risk").first().alias("first"),
            pl.col("relative_risk").last().alias("last"),
        )
        .filter(pl.col("last") < pl.col("first"))
        .sort("curve", "cause", "age_group")
    )
    if ends.is_empty():
        return None
    curve, cause, age, first, last = ends.row(0)
    return Breach(
        "a relative risk falls as the concentration rises.",
        column="relative_risk",
        found=f"{curve}, {cause}, {age}: {first:g} at the lowest, {last:g} at the highest",
        expected="risks that rise with the concentration",
        remedy="See whether the columns are in the order of the heading.",
    )


def _curves_are_whole(frame: pl.DataFrame) -> Breach | None:
    """Every curve and cause has two concentrations or more, the same at every age, and ages without overlap."""
    for key, part in frame.group_by("curve", "cause", maintain_order=True):
        place = ", ".join(map(str, key))
        ages = part["age_group"].unique(maintain_order=True)
        levels = part["pm25_ug_m3"].n_unique()
        if levels < 2 or part.height != levels * ages.len():
            return Breach(
                "a curve has gaps.",
                column="pm25_ug_m3",
                found=f"{place}: {part.height} rows, {levels} concentrations, {ages.len()} age groups",
                expected="two concentrations or more, each at every age group",
            )
        if breach := age_breach(ages, place, YOUNGEST_ADULT):
            return breach
    return None


# In thousands China would have 1.4 million; the smallest province had 1.3 million in 1953.
_FEWEST_OF_NATION, _FEWEST = 1e8, 5e5
_OLDEST_REACHED = 90
_REGION = Column(
    "region", TEXT, f"{NATION}, or a province, ISO 3166-2", allowed=PROVINCES | {NATION}
)
_CAUSE = Column("cause", TEXT, "Cause of death, as GEMM has them", allowed=frozenset(CAUSES))
_AGE = Column("age_group", TEXT, "Age group; `all`: all ages", allowed=frozenset(AGE_BOUNDS))
_YEAR = Column("source_year", WHOLE, "Year the figure describes", minimum=1950, maximum=2100)


def _rate(name: str, what: str) -> Column:
    return Column(name, NUMBER, what, "deaths per 100,000 of the group", minimum=0, maximum=1e5)


def _risk(name: str, what: str, minimum: float) -> Column:
    return Column(name, NUMBER, what, "1", minimum=minimum, maximum=100)


HEALTH_CONTRACTS: tuple[Contract, ...] = (
    Contract(
        name="baseline_mortality",
        grain="one row per region, cause, age group and year",
        columns=(
            _REGION,
            _CAUSE,
            _AGE,
            _YEAR,
            _rate("rate_per_100k", "All deaths of the cause"),
            _rate("low_per_100k", "Lower end of the 95 % interval; the rate where none is known"),
            _rate("high_per_100k", "Upper end of the 95 % interval; the rate where none is known"),
        ),
        key=("region", "cause", "age_group", "source_year"),
        rules=(
            _regions_are_whole,
            _causes_are_the_same,
            _ages_are_parted(("region", "cause", "source_year"), YOUNGEST_ADULT),
            _rates_in_order,
            _rates_are_per_100k,
        ),
    ),
    Contract(
        name="age_structure",
        grain="one row per region, age group and year",
        columns=(
            _REGION,
            _AGE,
            _YEAR,
            Column(
                "population_persons",
                NUMBER,
                "People of the group",
                "persons",
                minimum=0,
                maximum=2e9,
            ),
        ),
        key=("region", "age_group", "source_year"),
        rules=(
            _regions_are_whole,
            _ages_are_parted(("region", "source_year"), 0),
            _people_are_counted,
        ),
    ),
    Contract(
        name="crude_death_rate",
        grain="one row per province and year",
        columns=(
            Column("province", TEXT, "Province, ISO 3166-2", allowed=PROVINCES),
            _YEAR,
            # Per 100,000 it would be a hundred times as much, per person a thousandth.
            Column(
                "deaths_per_1000",
                NUMBER,
                "All deaths of the year",
                "deaths per 1,000 residents",
                minimum=1,
                maximum=50,
            ),
        ),
        key=("province", "source_year"),
    ),
    Contract(
        name="relative_risk",
        grain="one row per curve, cause, age group and concentration",
        columns=(
            Column(
                "curve",
                TEXT,
                "Curve and release, as `mrbrt_2021`",
                pattern="^[a-z][a-z0-9]*(_[a-z0-9]+)*$",
            ),
            _CAUSE,
            _AGE,
            Column("pm25_ug_m3", NUMBER, "Annual mean", "ug/m3", minimum=0, maximum=5000),
            _risk("relative_risk", "Relative risk at the concentration", 1),
            _risk("low_relative_risk", "Lower end of the 95 % interval", 0),
            _risk("high_relative_risk", "Upper end of the 95 % interval", 1),
        ),
        key=("curve", "cause", "age_group", "pm25_ug_m3"),
        rules=(_curves_are_whole, _risks_in_order, _risks_rise),
    ),
)
"""In the order of the roles."""
