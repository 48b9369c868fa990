"""From export-driven emissions to what people breathe: the step `atmosphere`."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import duckdb
import numpy as np
import polars as pl
from numpy.typing import NDArray

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
    Scenario,
    i_exregion,
)
from compute.atmosphere.gridding import Gridding
from compute.atmosphere.reduced import ReducedEngine
from compute.exposure import exposure_curve, receptor_weights
from flows.air_inputs import Land, engine_of, read_gridding, read_land, read_parameters
from warehouse.database import write_table

Array = NDArray[np.float64]
CHINA = "CHN"
MAIN_SCENARIOS = (BASE, I_EX, I_EXEAST, I_EXDIR)
THRESHOLDS_UG_M3 = np.arange(0.0, 151.0)
TRACE_UG_M3 = 1e-9  # smaller concentrations of a component in a cell are not stored


@dataclass(frozen=True)
class Receptors:
    """Places whose mean is wanted: provinces and China. weights: (receptors, cells), rows sum to one."""

    names: tuple[str, ...]
    by_people: Array
    by_area: Array
    people: Array


def simulate(con: duckdb.DuckDBPyConnection, edition_year: int) -> int:
    """Write computed.pm25_province, pm25_cell, pm25_sensitivity, exposure, gridding_fallback and
    gridding_closure; returns the rows of pm25_province.

    Reads the roles grid_cell, point_source, meteorology, relief, population_total, the seeds of the
    atmosphere, and intermediate.int_atmosphere__emission and int_atmosphere__export_emission.
    """
    parameters = read_parameters(con)
    land = read_land(con, edition_year)
    gridding = read_gridding(con, land, edition_year)
    base, removed = read_emissions(con, land)
    scenarios = {BASE.code: base} | {code: base - less for code, less in removed.items()}
    gridded = {code: gridding.place(tonnes) for code, tonnes in scenarios.items()}
    engine = engine_of(con, land, parameters).with_base(gridded[BASE.code])
    result = engine.run(gridded)
    receptors = receptors_of(land)
    rows = write_table(con, "computed", "pm25_province", province_table(result, receptors))
    main = {scenario.code: result[scenario.code] for scenario in MAIN_SCENARIOS}
    write_table(con, "computed", "pm25_cell", cell_table(main, land))
    write_table(con, "computed", "exposure", exposure_table(main, receptors))
    write_table(con, "computed", "pm25_sensitivity", sensitivity_table(engine, gridding, receptors))
    write_table(con, "computed", "gridding_fallback", _fallback_table(gridding))
    write_table(con, "computed", "gridding_closure", _closure_table(scenarios, gridded, gridding))
    return rows


def read_emissions(con: duckdb.DuckDBPyConnection, land: Land) -> tuple[Array, dict[str, Array]]:
    """All emissions, and what each scenario leaves out: t, (pollutants, groups, provinces)."""
    base = _tonnes(
        con.sql(
            "select province, emission_group, pollutant, emission_t"
            " from intermediate.int_atmosphere__emission"
        ).pl(),
        land.provinces,
    )
    flows = con.sql(
        "select producer_province, exporter_province, consumer_region, emission_group, pollutant,"
        " emission_t from intermediate.int_atmosphere__export_emission"
    ).pl()
    region_of = dict(con.sql("select code, world_region from seeds.region").fetchall())
    regions = sorted({region_of[code] for code in flows["consumer_region"].unique()} - {"China"})
    chains = flows.select("producer_province", "exporter_province", "consumer_region").unique()
    removed = {}
    for scenario in (*MAIN_SCENARIOS[1:], *(i_exregion(region) for region in regions)):
        left_out = _chains_of(scenario, chains, region_of)
        part = flows.join(left_out, on=left_out.columns, how="semi").rename(
            {"producer_province": "province"}
        )
        removed[scenario.code] = _tonnes(part, land.provinces)
    return base, removed


def receptors_of(land: Land) -> Receptors:
    """The provinces and China, weighted by people (eq. 14) and by area."""
    people = np.vstack([land.people.T, land.people.sum(axis=1)])
    area = np.vstack([land.area_km2.T, land.area_km2.sum(axis=1)])
    return Receptors(
        (*land.provinces, CHINA), receptor_weights(people), receptor_weights(area), people
    )


def province_table(result: Mapping[str, Concentration], receptors: Receptors) -> pl.DataFrame:
    """One row per scenario, season, receptor, weighting and component; ug/m3."""
    frames = []
    for code, concentration in result.items():
        for season in ("year", *concentration.seasons):
            for component in TOTAL_COMPONENTS:
                field = (
                    concentration.annual(component)
                    if season == "year"
                    else concentration.season(component, season)
                )
                for weighting, weights in (
                    ("population", receptors.by_people),
                    ("area", receptors.by_area),
                ):
                    frames.append(
                        pl.DataFrame(
                            {
                                "scenario": code,
                                "season": season,
                                "province": list(receptors.names),
                                "weighting": weighting,
                                "component": component,
                                "pm25_ug_m3": weights @ field,
                            }
                        )
                    )
    return pl.concat(frames).with_columns(pl.lit("reduced").alias("engine"))


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


def sensitivity_table(
    engine: ReducedEngine, gridding: Gridding, receptors: Receptors, batch: int = 8
) -> pl.DataFrame:
    """Annual mean at each receptor per tonne of each province, group and pollutant; exact adjoint."""
    kept = [name for name in POLLUTANTS if name in COMPONENT_OF_POLLUTANT]
    places = [POLLUTANTS.index(name) for name in kept]
    parts = []
    for first in range(0, len(receptors.names), batch):
        field = engine.sensitivities(receptors.by_people[first : first + batch]).ug_m3_per_t
        parts.append(gridding.gather(field)[:, places])
    values = np.concatenate(parts)
    receptor, pollutant, group, province = np.meshgrid(
        np.array(receptors.names),
        np.array(kept),
        np.array(EMISSION_GROUPS),
        np.array(gridding.provinces),
        indexing="ij",
    )
    return pl.DataFrame(
        {
            "receptor": receptor.ravel(),
            "producer_province": province.ravel(),
            "emission_group": group.ravel(),
            "pollutant": pollutant.ravel(),
            "component": [COMPONENT_OF_POLLUTANT[name] for name in pollutant.ravel()],
            "sensitivity_ug_m3_per_t": values.ravel(),
        }
    ).with_columns(pl.lit("reduced").alias("engine"))


def _chains_of(
    scenario: Scenario, chains: pl.DataFrame, region_of: Mapping[str, str]
) -> pl.DataFrame:
    """Producer, exporter and consumer of the flows that a scenario leaves out."""
    left_out: Iterable[bool] = (
        scenario.leaves_out(producer, exporter, consumer, region_of)
        for producer, exporter, consumer in chains.iter_rows()
    )
    return chains.filter(pl.Series(list(left_out), dtype=pl.Boolean))


def _tonnes(frame: pl.DataFrame, provinces: Sequence[str]) -> Array:
    result = np.zeros((len(POLLUTANTS), len(EMISSION_GROUPS), len(provinces)))
    index = (
        np.array([POLLUTANTS.index(name) for name in frame["pollutant"]], dtype=np.int64),
        np.array([EMISSION_GROUPS.index(name) for name in frame["emission_group"]], dtype=np.int64),
        np.array([provinces.index(code) for code in frame["province"]], dtype=np.int64),
    )
    np.add.at(result, index, frame["emission_t"].to_numpy())
    return result


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
