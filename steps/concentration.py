"""From export-driven emissions to what people breathe: the step `atmosphere`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray

from compute.atmosphere.chemistry import CHAIN_TRACERS
from compute.atmosphere.engine import (
    BASE,
    COMPONENT_OF_POLLUTANT,
    EMISSION_GROUPS,
    I_EX,
    I_EXDIR,
    I_EXEAST,
    POLLUTANTS,
    TOTAL_COMPONENTS,
    Concentration,
    GriddedEmission,
    i_exregion,
)
from compute.atmosphere.gridding import Gridding
from compute.atmosphere.reduced import ReducedEngine, joined_seasons, season_by_season
from compute.exposure import exposure_curve, receptor_weights
from steps.atmosphere_inputs import (
    Land,
    engines_of,
    read_departures,
    read_gridding,
    read_land,
    read_parameters,
    read_regions,
)
from warehouse.tables import Assumptions, Tables

Array = NDArray[np.float64]
MAIN_SCENARIOS = (BASE, I_EX, I_EXEAST, I_EXDIR)
ADJOINT_TRACERS = tuple(name for name in CHAIN_TRACERS if name != "precursor")
"""Tracers whose factors serve the adjoint, too: no sensitivity goes through secondary organics' precursor."""
THRESHOLDS_UG_M3 = np.arange(0.0, 151.0)
TRACE_UG_M3 = 1e-9  # smaller concentrations of a component in a cell are not stored


@dataclass(frozen=True)
class Receptors:
    """Places whose mean is wanted: provinces and China. weights: (receptors, cells), rows sum to one."""

    names: tuple[str, ...]
    by_people: Array
    by_area: Array
    people: Array


def simulate(con: Tables, assumptions: Assumptions) -> int:
    """Write computed.pm25_province, pm25_cell, pm25_sensitivity, exposure, gridding_fallback and
    gridding_closure; returns the rows of pm25_province.

    Reads the roles grid_cell, point_source, meteorology, relief, population_total, the seeds of the
    atmosphere, and intermediate.int_atmosphere__emission and int_atmosphere__export_emission. Where the
    role evaluation_weather has the edition's year, its winds depart from the climatology as observed.
    """
    edition_year, home = int(assumptions["year"]), str(assumptions["home_region"])
    parameters = read_parameters(con)
    land = read_land(con, edition_year)
    gridding = read_gridding(con, land, edition_year)
    base, removed = read_emissions(con, land)
    scenarios = {BASE.code: base} | {code: base - less for code, less in removed.items()}
    gridded = {code: gridding.place(tonnes) for code, tonnes in scenarios.items()}
    receptors = receptors_of(land, home)

    def work(engine: ReducedEngine) -> tuple[dict[str, Concentration], Array]:
        ready, run = engine.run_held(gridded, BASE.code)
        return run, season_sensitivity(ready, gridding, receptors)

    departures = read_departures(con, land, (edition_year,))
    makers = engines_of(con, land, parameters, departures, held=ADJOINT_TRACERS)
    seasons = season_by_season(makers, work)
    result = joined_seasons([concentration for concentration, _ in seasons])
    days = result[BASE.code].days
    share = np.tensordot(days / days.sum(), np.stack([field for _, field in seasons]), axes=1)
    rows = con.write("computed.pm25_province", province_table(result, receptors))
    main = {scenario.code: result[scenario.code] for scenario in MAIN_SCENARIOS}
    con.write("computed.pm25_cell", cell_table(main, land))
    con.write("computed.exposure", exposure_table(main, receptors))
    con.write("computed.pm25_sensitivity", sensitivity_table(share, gridding, receptors))
    con.write("computed.gridding_fallback", _fallback_table(gridding))
    con.write("computed.gridding_closure", _closure_table(scenarios, gridded, gridding))
    return rows


def read_emissions(con: Tables, land: Land) -> tuple[Array, dict[str, Array]]:
    """All emissions, and what each scenario leaves out: t, (pollutants, groups, provinces)."""
    everything = con.sql(
        "select province, emission_group, pollutant, emission_t"
        " from intermediate.int_atmosphere__emission"
    ).pl()
    base = _summed(
        everything["emission_t"].to_numpy(),
        _slots(everything, land.provinces),
        len(land.provinces),
    )
    flows = con.sql(
        "select producer_province as province, exporter_province, consumer_region, emission_group,"
        " pollutant, emission_t from intermediate.int_atmosphere__export_emission"
    ).pl()
    places = read_regions(con)
    consumers = sorted(flows["consumer_region"].unique())
    regions = sorted({places.world[code] for code in consumers if code != places.home})
    tonnes, slot = flows["emission_t"].to_numpy(), _slots(flows, land.provinces)
    chain = (
        _places(flows["province"], land.provinces),
        _places(flows["exporter_province"], land.provinces),
        _places(flows["consumer_region"], consumers),
    )
    removed = {}
    for scenario in (*MAIN_SCENARIOS[1:], *(i_exregion(region) for region in regions)):
        left_out = np.array(
            [
                [
                    [scenario.leaves_out(producer, exporter, code, places) for code in consumers]
                    for exporter in land.provinces
                ]
                for producer in land.provinces
            ]
        )[chain]
        removed[scenario.code] = _summed(tonnes[left_out], slot[left_out], len(land.provinces))
    return base, removed


def receptors_of(land: Land, home: str) -> Receptors:
    """The provinces and all of them together (home), weighted by people (eq. 14) and by area."""
    people = np.vstack([land.people.T, land.people.sum(axis=1)])
    area = np.vstack([land.area_km2.T, land.area_km2.sum(axis=1)])
    return Receptors(
        (*land.provinces, home), receptor_weights(people), receptor_weights(area), people
    )


def province_table(result: Mapping[str, Concentration], receptors: Receptors) -> pl.DataFrame:
    """One row per scenario, season, component, weighting and receptor; ug/m3."""
    weights = np.concatenate([receptors.by_people, receptors.by_area])
    seasons = next(iter(result.values())).seasons
    means = [
        weights
        @ np.stack(
            [
                one.season(component, season) if season else one.annual(component)
                for season in (None, *seasons)
                for component in TOTAL_COMPONENTS
            ],
            axis=-1,
        )
        for one in result.values()
    ]
    axes = {
        "scenario": tuple(result),
        "season": ("year", *seasons),
        "component": TOTAL_COMPONENTS,
        "weighting": ("population", "area"),
        "province": receptors.names,
    }
    # (scenarios, weightings x receptors, seasons x components): places last
    values = np.moveaxis(np.stack(means), 1, -1)
    return _long_table(axes, "pm25_ug_m3", values).with_columns(pl.lit("reduced").alias("engine"))


def cell_table(result: Mapping[str, Concentration], land: Land) -> pl.DataFrame:
    """One row per scenario, cell of China and component, annual mean; ug/m3."""
    inside = land.inside
    columns = land.grid.shape[1]
    people = land.people.sum(axis=1)[inside]
    frames = []
    for code, concentration in result.items():
        for component in TOTAL_COMPONENTS:
            frames.append(
                pl.DataFrame(
                    {
                        "scenario": code,
                        "longitude": land.grid.longitude[inside % columns],
                        "latitude": land.grid.latitude[inside // columns],
                        "population_persons": people,
                        "component": component,
                        "pm25_ug_m3": concentration.annual(component)[inside],
                    }
                ).filter(pl.col("pm25_ug_m3") > TRACE_UG_M3)
            )
    return pl.concat(frames).with_columns(pl.lit("reduced").alias("engine"))


def exposure_table(result: Mapping[str, Concentration], receptors: Receptors) -> pl.DataFrame:
    """People above each threshold, by scenario and receptor: the whole cumulative curve."""
    frames = []
    for code, concentration in result.items():
        total = concentration.pm25()
        for name, people in zip(receptors.names, receptors.people, strict=True):
            curve = exposure_curve(total, people, THRESHOLDS_UG_M3)
            frames.append(
                pl.DataFrame(
                    {
                        "scenario": code,
                        "province": name,
                        "threshold_ug_m3": curve.threshold_ug_m3,
                        "people_above_persons": curve.people_above,
                    }
                )
            )
    return pl.concat(frames).with_columns(pl.lit("reduced").alias("engine"))


def season_sensitivity(
    engine: ReducedEngine, gridding: Gridding, receptors: Receptors, batch: int = 8
) -> Array:
    """Mean of a season at each receptor per tonne of the year: (receptors, pollutants, groups, provinces).

    Pollutants in the order of COMPONENT_OF_POLLUTANT; exact adjoint.
    """
    places = [POLLUTANTS.index(name) for name in COMPONENT_OF_POLLUTANT]
    parts = []
    for first in range(0, len(receptors.names), batch):
        field = engine.sensitivities(receptors.by_people[first : first + batch]).ug_m3_per_t
        parts.append(gridding.gather(field)[:, places])
    return np.concatenate(parts)


def sensitivity_table(values: Array, gridding: Gridding, receptors: Receptors) -> pl.DataFrame:
    """Annual mean at each receptor per tonne of each province, group and pollutant."""
    pollutants = tuple(COMPONENT_OF_POLLUTANT)
    axes = {
        "receptor": receptors.names,
        "pollutant": pollutants,
        "emission_group": EMISSION_GROUPS,
        "producer_province": gridding.provinces,
    }
    component = pl.col("pollutant").replace_strict(COMPONENT_OF_POLLUTANT)
    return _long_table(axes, "sensitivity_ug_m3_per_t", values).with_columns(
        component.alias("component"), pl.lit("reduced").alias("engine")
    )


def _long_table(axes: Mapping[str, Sequence[str]], name: str, values: Array) -> pl.DataFrame:
    """A row for every value of an array, with its label on each axis; the last axis varies fastest."""
    labels = np.meshgrid(*(np.array(one) for one in axes.values()), indexing="ij")
    columns = {axis: place.ravel() for axis, place in zip(axes, labels, strict=True)}
    return pl.DataFrame({**columns, name: values.ravel()})


def _places(column: pl.Series, names: Sequence[str]) -> NDArray[np.int64]:
    """Where each value stands in the names."""
    place = {name: row for row, name in enumerate(names)}
    return column.replace_strict(place, return_dtype=pl.Int64).to_numpy()


def _slots(frame: pl.DataFrame, provinces: Sequence[str]) -> NDArray[np.int64]:
    """Place of each row in an array (pollutants, groups, provinces) laid flat."""
    row = _places(frame["pollutant"], POLLUTANTS) * len(EMISSION_GROUPS)
    row = row + _places(frame["emission_group"], EMISSION_GROUPS)
    return np.asarray(row * len(provinces) + _places(frame["province"], provinces))


def _summed(tonnes: Array, slot: NDArray[np.int64], provinces: int) -> Array:
    shape = (len(POLLUTANTS), len(EMISSION_GROUPS), provinces)
    total = np.bincount(slot, weights=tonnes, minlength=int(np.prod(shape)))
    return np.asarray(total.reshape(shape))


def _fallback_table(gridding: Gridding) -> pl.DataFrame:
    return pl.DataFrame(
        gridding.fallback, schema={"emission_group": pl.String, "province": pl.String}, orient="row"
    )


def _closure_table(
    scenarios: Mapping[str, Array], gridded: Mapping[str, GriddedEmission], gridding: Gridding
) -> pl.DataFrame:
    """Tonnes by scenario, province, group and pollutant before and after gridding."""
    rows = []
    for code, tonnes in scenarios.items():
        if code not in {scenario.code for scenario in MAIN_SCENARIOS}:
            continue
        for column, province in enumerate(gridding.provinces):
            alone = np.zeros_like(tonnes)
            alone[..., column] = tonnes[..., column]
            after = gridding.place(alone).tonnes.sum(axis=-1)
            for row, pollutant in enumerate(POLLUTANTS):
                for place, group in enumerate(EMISSION_GROUPS):
                    before = float(tonnes[row, place, column])
                    if before:
                        rows.append(
                            (code, province, group, pollutant, before, float(after[row, place]))
                        )
    total = {code: field.tonnes.sum() for code, field in gridded.items()}
    for code in {row[0] for row in rows}:
        if abs(total[code] / scenarios[code].sum() - 1) > 1e-9:
            raise ValueError(f"gridding lost emissions of {code}")
    return pl.DataFrame(
        rows,
        schema={
            "scenario": pl.String,
            "province": pl.String,
            "emission_group": pl.String,
            "pollutant": pl.String,
            "province_t": pl.Float64,
            "gridded_t": pl.Float64,
        },
        orient="row",
    )
