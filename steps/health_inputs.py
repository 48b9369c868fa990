"""What deaths are computed from, read from the working file: residents, ages, death rates, curves."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import polars as pl

from compute._checks import Array
from compute.health import CAUSES, gemm, tabulated
from compute.health_ages import AgeError, bounds, demand_partition, holder
from compute.health_burden import Baseline, Residents, ShiftedCurve
from steps.atmosphere_inputs import Land
from warehouse.errors import InputError
from warehouse.tables import Tables

GEMM = "gemm"
INTERVAL_DEVIATIONS = 2 * 1.959963984540054
"""Standard errors between the ends of a published interval of 95 %."""
OUTCOMES: Mapping[str, tuple[str, ...]] = {"NCD+LRI": ("NCD+LRI",), "five_causes": CAUSES[1:]}


@dataclass(frozen=True)
class Source:
    """Which region and year stands for each province. region: code by province.  year: by province."""

    region: tuple[str, ...]
    year: tuple[int, ...]


@dataclass(frozen=True)
class Mortality:
    """Ages and rates of the causes.

    baseline: by cause.  rates, ages: whose figures stand for each province.  factor: (provinces,), official crude
    death rate over that expected from the figures, both relative to the nation; one where none is known.
    has_factor: (provinces,).
    """

    baseline: Mapping[str, Baseline]
    rates: Source
    ages: Source
    factor: Array
    has_factor: Array


def residents_of(land: Land) -> Residents:
    """People where province and cell meet."""
    cell, province = np.nonzero(land.people)
    return Residents(cell, province, land.people[cell, province], len(land.provinces))


def read_curves(con: Tables) -> dict[str, dict[str, ShiftedCurve]]:
    """Curves by name and cause: GEMM's, and those of the role relative_risk."""
    found: dict[str, dict[str, ShiftedCurve]] = {GEMM: {cause: gemm(cause) for cause in CAUSES}}
    if not con.has("raw.relative_risk"):
        return found
    rows = con.sql(
        "select curve, cause, age_group, pm25_ug_m3, relative_risk,"
        " ln(high_relative_risk / low_relative_risk) as log_width"
        " from raw.relative_risk order by curve, cause, pm25_ug_m3, age_group"
    ).pl()
    for (name, cause), part in rows.group_by("curve", "cause", maintain_order=True):
        ages = sorted(part["age_group"].unique(), key=bounds)
        wide = {
            column: part.pivot("age_group", index="pm25_ug_m3", values=column)
            .select(ages)
            .to_numpy()
            for column in ("relative_risk", "log_width")
        }
        levels = part["pm25_ug_m3"].unique(maintain_order=True).to_numpy()
        errors = wide["log_width"] / INTERVAL_DEVIATIONS
        found.setdefault(str(name), {})[str(cause)] = tabulated(
            levels, wide["relative_risk"], ages, errors
        )
    return found


def read_mortality(
    con: Tables, provinces: Sequence[str], people: Array, year: int, home: str
) -> Mortality:
    """Ages and rates of the nearest years; of a province where there are any, otherwise of the nation.

    people: (provinces,), persons.  Where crude death rates of provinces are official, the nation's rates are
    scaled by them.  Raises InputError for ages that do not fit each other, or a province without figures.
    """
    rates = con.sql(
        "select region, cause, age_group, source_year, rate_per_100k,"
        " (high_per_100k - low_per_100k) as width_per_100k from raw.baseline_mortality order by all"
    ).pl()
    structure = con.sql(
        "select region, age_group, source_year, population_persons from raw.age_structure order by all"
    ).pl()
    of_rates = _source(rates, provinces, year, home, "baseline_mortality")
    of_ages = _source(structure, provinces, year, home, "age_structure")
    shares = [
        _chosen(structure, region, chosen)
        for region, chosen in zip(of_ages.region, of_ages.year, strict=True)
    ]
    baseline = {}
    for cause in (cause for cause in CAUSES if cause in set(rates["cause"])):
        tables = [
            _chosen(rates.filter(cause=cause), region, chosen)
            for region, chosen in zip(of_rates.region, of_rates.year, strict=True)
        ]
        baseline[cause] = _baseline(tables, shares, provinces, cause)
    if not baseline:
        raise _refusal(
            "baseline_mortality", "No cause has death rates.", "no cause", ", ".join(CAUSES)
        )
    factor, has_factor = _crude_factor(con, provinces, people, year, next(iter(baseline.values())))
    national = np.array([region == home for region in of_rates.region])
    factor, has_factor = np.where(national, factor, 1.0), has_factor & national
    scaled = {
        cause: Baseline(one.ages, one.share, one.rate_per_100k * factor[:, None], one.coefficient)
        for cause, one in baseline.items()
    }
    return Mortality(scaled, of_rates, of_ages, factor, has_factor)


def _source(
    frame: pl.DataFrame, provinces: Sequence[str], year: int, home: str, role: str
) -> Source:
    """The province's own figures, otherwise the nation's, of the nearest year (of two as near, the older)."""
    years = {
        str(region): sorted(set(part["source_year"]), key=lambda each: (abs(each - year), each))[0]
        for (region,), part in frame.group_by("region")
    }
    regions = [code if code in years else home for code in provinces]
    missing = [code for code, region in zip(provinces, regions, strict=True) if region not in years]
    if missing:
        raise _refusal(
            role, "A province has no figures.", ", ".join(missing), f"its own, or those of {home}"
        )
    return Source(tuple(regions), tuple(years[region] for region in regions))


def _chosen(frame: pl.DataFrame, region: str, year: int) -> pl.DataFrame:
    return frame.filter(region=region, source_year=year)


def _baseline(
    tables: Sequence[pl.DataFrame],
    structures: Sequence[pl.DataFrame],
    provinces: Sequence[str],
    cause: str,
) -> Baseline:
    ages = tuple(sorted(tables[0]["age_group"], key=bounds))
    for code, table in zip(provinces, tables, strict=True):
        if set(table["age_group"]) != set(ages):
            raise _refusal(
                "baseline_mortality",
                "Regions have other age groups than one another.",
                f"{cause} in {code}: {', '.join(table['age_group']) or 'no rows'}",
                ", ".join(ages),
            )
    try:
        demand_partition(ages)
        share = np.array([_shares(one, ages) for one in structures])
    except AgeError as error:
        raise _refusal(
            "age_structure",
            "Ages of people and of death rates do not fit.",
            f"{cause}: {error}",
            ", ".join(ages),
        ) from error
    columns = {}
    for name in ("rate_per_100k", "width_per_100k"):
        columns[name] = np.array(
            [
                [dict(table.select("age_group", name).iter_rows())[age] for age in ages]
                for table in tables
            ]
        )
    rate = columns["rate_per_100k"]
    width = columns["width_per_100k"] / INTERVAL_DEVIATIONS
    coefficient = np.divide(width, rate, out=np.zeros_like(rate), where=rate > 0)
    return Baseline(ages, share, rate, coefficient)


def _shares(structure: pl.DataFrame, ages: Sequence[str]) -> Array:
    """Share of all people in each of the ages. Raises AgeError for a group that straddles two of them."""
    persons = dict(structure.select("age_group", "population_persons").iter_rows())
    youngest = min(bounds(age)[0] for age in ages)
    found = dict.fromkeys(ages, 0.0)
    for group, number in persons.items():
        if bounds(group)[1] > youngest:
            found[holder(group, ages)] += number
    return np.array([found[age] for age in ages]) / sum(persons.values())


def _crude_factor(
    con: Tables, provinces: Sequence[str], people: Array, year: int, baseline: Baseline
) -> tuple[Array, Array]:
    """Official crude death rates of the nearest year over expected ones, both relative to their mean."""
    if not con.has("raw.crude_death_rate"):
        return np.ones(len(provinces)), np.zeros(len(provinces), dtype=bool)
    rows = con.sql(
        "select province, deaths_per_1000 from raw.crude_death_rate"
        " qualify row_number() over (partition by province order by abs(source_year - $year), source_year) = 1",
        params={"year": year},
    ).fetchall()
    official = dict(rows)
    known = np.array([code in official for code in provinces])
    crude = np.array([official.get(code, np.nan) for code in provinces])
    expected = (baseline.share * baseline.rate_per_100k).sum(axis=1)
    weight = np.where(known, people, 0.0)
    relative = (crude / (np.nansum(crude * weight) / weight.sum())) / (
        expected / ((expected * weight).sum() / weight.sum())
    )
    return np.where(known, relative, 1.0), known


def _refusal(role: str, message: str, found: str, expected: str) -> InputError:
    return InputError(
        f"{role}: {message}",
        file=f"role {role}",
        found=found,
        expected=expected,
        remedy="Correct the file in the role's landing folder and run again; docs/health.md has the rules.",
    )
