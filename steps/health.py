"""Deaths that PM2.5 is associated with, by province, cause and age, and what they hang on: the step `health`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import polars as pl

from compute._checks import Array
from compute.atmosphere.engine import BASE, EXPORT_COMPONENTS, TOTAL_COMPONENTS
from compute.health import CAUSES
from compute.health_burden import (
    Baseline,
    Residents,
    Response,
    ShiftedCurve,
    burden,
    burden_of_means,
    by_part,
    of_provinces,
    response,
)
from compute.uncertainty.draws import log_deviation
from compute.uncertainty.health import deviates
from compute.uncertainty.statistics import quantiles
from steps.atmosphere_inputs import Land, read_land
from steps.health_inputs import OUTCOMES, Mortality, read_curves, read_mortality, residents_of
from warehouse.errors import InputError
from warehouse.tables import Assumptions, Tables

DRAWS, SEED = 1000, 1
MOST_UNCOVERED_SHARE = 0.01
"""Of the people may live in cells without a concentration; more is refused."""
CELLS_OF_ENGINE = {"reduced": "computed.pm25_cell", "geoschem": "computed.simulated_pm25_cell"}
Fields = Mapping[str, Array]
"""Scenario to (components, cells) in the order of TOTAL_COMPONENTS, ug/m3."""


@dataclass(frozen=True)
class _Case:
    """One curve and cause under one engine. base: deaths by entry under all emissions, (m,)."""

    engine: str
    curve_name: str
    cause: str
    curve: ShiftedCurve
    baseline: Baseline
    base: Array

    def labelled(self, frame: pl.DataFrame) -> pl.DataFrame:
        """The frame with the columns engine, curve and cause."""
        names = {"engine": self.engine, "curve": self.curve_name, "cause": self.cause}
        return frame.with_columns(pl.lit(value).alias(name) for name, value in names.items())


def compute_health(con: Tables, assumptions: Assumptions) -> tuple[int, tuple[str, ...]]:
    """Write computed.health_burden and the other tables of health.

    Returns the rows of the first, and what readers should know.  Raises InputError for rates, ages or curves
    that do not fit each other, and for people without a concentration; HealthError for what no curve admits.
    """
    year, home = int(assumptions["year"]), str(assumptions["home_region"])
    deviation = float(log_deviation(np.array(float(assumptions["health_exposure_coefficient"]))))
    land = read_land(con, year)
    residents = residents_of(land)
    people = residents.summed(residents.persons)
    mortality = read_mortality(con, land.provinces, people, year, home)
    curves = read_curves(con)
    chosen = _chosen(curves, mortality, assumptions)
    notes = [f"warning: no death rates of {cause}: no deaths of it are computed"
             for cause in CAUSES if cause not in mortality.baseline]  # fmt: skip
    burdens, components, avoided, of_outcome = [], [], [], []
    lost: dict[str, float] = {}
    by_mean = np.zeros(len(land.provinces))
    outcome = np.zeros(len(land.provinces))
    for engine in CELLS_OF_ENGINE:
        fields = read_fields(con, engine, land)
        if not fields:
            continue
        covered, lost[engine] = _covered(residents, fields, engine)
        for name, causes in curves.items():
            for cause, curve in causes.items():
                if cause not in mortality.baseline:
                    continue
                baseline = mortality.baseline[cause]
                level = fields[BASE.code].sum(axis=0)
                base = burden(curve, baseline, covered, level)
                case = _Case(engine, name, cause, curve, baseline, base.sum(axis=0))
                answer = response(curve, baseline, covered, level, deviation)
                burdens.append(
                    case.labelled(burden_table(case, base, answer, fields, covered, land))
                )
                components.append(case.labelled(component_table(case, fields, covered, land)))
                avoided.append(case.labelled(avoided_table(case, fields, covered, land)))
                if engine == "reduced" and (name, cause) in chosen:
                    of_outcome.append(answer)
                    by_mean += burden_of_means(curve, baseline, covered, level)
                    outcome += covered.summed(case.base)
    con.write("computed.health_component", pl.concat(components))
    con.write("computed.health_avoided", pl.concat(avoided))
    con.write("computed.health_outcome", outcome_table(pl.concat(components), chosen))
    con.write(
        "computed.health_response",
        response_table(of_provinces(of_outcome, len(land.provinces)), land),
    )
    con.write(
        "computed.health_stand_in",
        stand_in_table(mortality, land.provinces, year, home, outcome, by_mean, lost["reduced"]),
    )
    rows = con.write("computed.health_burden", pl.concat(burdens))
    notes.append(
        f"{outcome.sum():,.0f} deaths associated with PM2.5;"
        f" {by_mean.sum():,.0f} if each province breathed its mean"
    )
    return rows, tuple(notes)


def _chosen(
    curves: Mapping[str, Mapping[str, ShiftedCurve]], mortality: Mortality, assumptions: Assumptions
) -> set[tuple[str, str]]:
    """Curve and causes of the outcome that is attributed. Raises InputError for a missing curve or cause."""
    name, causes = str(assumptions["health_curve"]), OUTCOMES[str(assumptions["health_outcome"])]
    missing = [
        cause
        for cause in causes
        if cause not in curves.get(name, {}) or cause not in mortality.baseline
    ]
    if missing:
        raise InputError(
            "The outcome that is attributed lacks a curve or a death rate.",
            file="roles baseline_mortality and relative_risk",
            column="cause",
            found=f"no {', '.join(missing)} (curve {name}; curves at hand: {', '.join(curves)})",
            expected=", ".join(causes),
            remedy="Bring the cause, or change health_curve or health_outcome in the edition.",
        )
    return {(name, cause) for cause in causes}


def read_fields(con: Tables, engine: str, land: Land) -> dict[str, Array]:
    """PM2.5 of scenarios by component on the cells of the grid; empty where the engine has not run."""
    table = CELLS_OF_ENGINE[engine]
    rows = con.sql(
        f"select scenario, longitude, latitude, component, pm25_ug_m3 from {table} order by all"
    ).pl()
    size = land.grid.shape[0] * land.grid.shape[1]
    found: dict[str, Array] = {}
    for (scenario,), part in rows.group_by("scenario", maintain_order=True):
        cell = land.grid.cell_of(part["longitude"].to_numpy(), part["latitude"].to_numpy())
        place = part["component"].replace_strict(
            {name: row for row, name in enumerate(TOTAL_COMPONENTS)}, return_dtype=pl.Int64
        )
        field = np.zeros((len(TOTAL_COMPONENTS), size))
        field[place.to_numpy(), cell] = part["pm25_ug_m3"].to_numpy()
        found[str(scenario)] = field
    return found if BASE.code in found else {}


def _covered(residents: Residents, fields: Fields, engine: str) -> tuple[Residents, float]:
    """The residents of cells with a concentration, and the number of the others. Raises InputError for many."""
    has = fields[BASE.code].sum(axis=0)[residents.cell] > 0
    lost = float(residents.persons[~has].sum())
    if lost > MOST_UNCOVERED_SHARE * residents.persons.sum():
        raise InputError(
            f"People live in cells without PM2.5 of the engine {engine}.",
            file=CELLS_OF_ENGINE[engine],
            column="pm25_ug_m3",
            found=f"{lost:,.0f} persons of {residents.persons.sum():,.0f}",
            expected=f"at most {MOST_UNCOVERED_SHARE:.0%}",
            remedy="Check that grid_cell and the concentrations lie on the same grid.",
        )
    covered = Residents(
        residents.cell[has], residents.province[has], residents.persons[has], residents.provinces
    )
    return covered, lost


def burden_table(
    case: _Case, base: Array, answer: Response, fields: Fields, residents: Residents, land: Land
) -> pl.DataFrame:
    """Deaths by scenario, province and age; the interval is that of theta, rates and exposure together.

    Intervals of scenarios are those of Base in proportion: they breathe nearly the same air.
    """
    people = residents.summed(residents.persons)
    baseline = case.baseline
    theta, exposure, rate = deviates(SEED, range(DRAWS))
    column = CAUSES.index(case.cause)
    drawn = answer.deaths(theta[:, column], exposure, rate[:, column])
    central = residents.summed(base)
    low, _, high = quantiles(drawn.T)
    shape = central.shape
    relative = [
        np.divide(end.reshape(shape), central, out=np.zeros(shape), where=central > 0)
        for end in (low, high)
    ]
    level = fields[BASE.code].sum(axis=0)
    frames = []
    for scenario in fields:
        flow = flow_of(fields, scenario)
        found = (
            central
            if scenario == BASE.code
            else residents.summed(burden(case.curve, baseline, residents, level - flow))
        )
        frames.append(
            pl.DataFrame(
                {
                    "scenario": scenario,
                    "province": np.tile(land.provinces, len(baseline.ages)),
                    "age_group": np.repeat(baseline.ages, len(land.provinces)),
                    "province_persons": np.tile(people, len(baseline.ages)),
                    "age_group_persons": (people[:, None] * baseline.share).T.ravel(),
                    "all_deaths": baseline.deaths(people).T.ravel(),
                    "deaths": found.ravel(),
                    "p05_deaths": (found * relative[0]).ravel(),
                    "p95_deaths": (found * relative[1]).ravel(),
                }
            )
        )
    return pl.concat(frames)


def outcome_table(components: pl.DataFrame, chosen: set[tuple[str, str]]) -> pl.DataFrame:
    """Deaths by component of the curve and causes that are attributed, together, of the embedded engine."""
    wanted = pl.DataFrame(sorted(chosen), schema=["curve", "cause"], orient="row")
    return (
        components.filter(engine="reduced")
        .join(wanted, on=["curve", "cause"], how="semi", maintain_order="left")
        .group_by("province", "component", maintain_order=True)
        .agg(pl.col("deaths").sum(), pl.col("pm25_ug_m3").first())
    )


def flow_of(fields: Fields, scenario: str) -> Array:
    """What a scenario lacks of the components that exports make, (cells,); secondary organics stay as under Base.

    Falling inventories can make an export's emission negative: such a cell has nothing from it.
    """
    exported = [TOTAL_COMPONENTS.index(name) for name in EXPORT_COMPONENTS]
    less = (fields[BASE.code] - fields[scenario])[exported].sum(axis=0)
    return np.asarray(np.maximum(less, 0.0))


def component_table(case: _Case, fields: Fields, residents: Residents, land: Land) -> pl.DataFrame:
    """Deaths under all emissions by province and component, each cell's by its own shares; means over people."""
    field = fields[BASE.code]
    deaths = by_part(case.base, field, field.sum(axis=0), residents)
    means = np.array([residents.mean(part) for part in field])
    return pl.DataFrame(
        {
            "province": np.tile(land.provinces, len(field)),
            "component": np.repeat(TOTAL_COMPONENTS, len(land.provinces)),
            "deaths": deaths.ravel(),
            "pm25_ug_m3": means.ravel(),
        }
    )


def avoided_table(case: _Case, fields: Fields, residents: Residents, land: Land) -> pl.DataFrame:
    """Deaths of Base less those of a scenario (zero_out), and those of its PM2.5 by cell (proportional)."""
    level = fields[BASE.code].sum(axis=0)
    frames = []
    for scenario in fields:
        if scenario == BASE.code:
            continue
        flow = flow_of(fields, scenario)
        without = burden(case.curve, case.baseline, residents, level - flow).sum(axis=0)
        frames.append(
            pl.DataFrame(
                {
                    "scenario": scenario,
                    "province": list(land.provinces),
                    "zero_out_deaths": residents.summed(case.base - without),
                    "proportional_deaths": by_part(case.base, flow[None], level, residents)[0],
                }
            )
        )
    return pl.concat(frames)


def response_table(answer: Response, land: Land) -> pl.DataFrame:
    """Coefficients of the response of the attributed outcome, by province and order."""
    count, first, second = answer.level.shape
    place, theta, exposure = (each.ravel() for each in np.indices((count, first, second)))
    return pl.DataFrame(
        {
            "province": np.array(land.provinces)[place],
            "theta_order": theta,
            "exposure_order": exposure,
            "deaths": answer.level.ravel(),
            "rate_slope_deaths": answer.slope.ravel(),
        }
    )


def stand_in_table(
    mortality: Mortality,
    provinces: tuple[str, ...],
    year: int,
    home: str,
    outcome: Array,
    by_mean: Array,
    lost_persons: float,
) -> pl.DataFrame:
    """What stands in, by province, with the deaths that rest on it."""
    rows: list[tuple[str, str | None, float]] = [("people_without_pm25", None, lost_persons)]
    for place, code in enumerate(provinces):
        deaths = float(outcome[place])
        for name, source in (("rates", mortality.rates), ("ages", mortality.ages)):
            if source.region[place] == home:
                rows.append((f"{name}_of_the_nation", code, deaths))
            if source.year[place] != year:
                rows.append((f"{name}_of_another_year", code, deaths))
        if mortality.has_factor[place]:
            rows.append(
                ("crude_death_rate", code, deaths * (1 - 1 / float(mortality.factor[place])))
            )
        rows.append(("grid_against_mean", code, deaths - float(by_mean[place])))
    return pl.DataFrame(
        rows,
        schema={"assumption": pl.String, "province": pl.String, "amount": pl.Float64},
        orient="row",
    )
