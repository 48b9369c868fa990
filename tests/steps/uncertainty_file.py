"""A small working file, synthetic, with all that the step `uncertainty` reads."""

from __future__ import annotations

from itertools import product
from pathlib import Path

import jinja2
import numpy as np
import polars as pl

from compute.footprint import embodied_exports
from compute.leontief import technical_coefficients
from compute.uncertainty.drive import LAYERS, drive_of
from tests.compute.uncertainty_samples import linked_table
from warehouse.database import connect, ensure_schemas, write_table
from warehouse.meta import ensure_tables

PROVINCES, FOREIGN, SECTORS = (
    ("CN-GD", "CN-HE", "CN-SD", "CN-SX"),
    ("DEU", "USA"),
    ("c1", "c12", "c17"),
)
POLLUTANTS = ("BC", "SO2")
MODELS = Path(__file__).parents[2] / "models" / "uncertainty" / "intermediate"
CATEGORIES = ("household", "government", "capital")

SEEDS = """
create table seeds.sector as select * from (values
    ('c1', 'agriculture', 1), ('c12', 'materials industry', 2), ('c17', 'power', 3)
) as s(code, sector_group, sort_order);
create table seeds.outside_source as select * from (values ('households', ''), ('no_table', '')) as o(code, name);
create table seeds.region as select * from (values
    ('DEU', 'Western Europe'), ('USA', 'USA'), ('CHN', 'China')) as r(code, world_region);
create table seeds.pollutant as select * from (values
    ('SO2', false), ('BC', false), ('APE', true)) as p(code, is_index);
create table intermediate.int_pollutant__weight as
select *, cast(1 / ape_coefficient as double) as ape_weight from (values
    ('SO2', 0.95::double, 'default', true), ('BC', 0.59, 'default', true),
    ('SO2', 0.95, 'soot', false), ('BC', 4.0, 'soot', false)
) as a(pollutant, ape_coefficient, variant, is_default);
create table intermediate.int_inventory__emitter as
select 'sector_group' as emitter_kind, code as emitter, sector_group as emitter_group from seeds.sector
union all select 'outside_source', code, code from seeds.outside_source;
create table seeds.inventory_uncertainty as select * from (values
    ('SO2', 0.06, 0.15), ('BC', 0.3, 0.4)) as i(pollutant, coefficient_of_variation, provincial_coefficient);
create table seeds.sector_uncertainty as select * from (values ('agriculture', 1.2),
    ('materials industry', 1.0), ('power', 0.6), ('households', 1.5), ('no_table', 1.5)
) as u(sector_group, relative_error);
create table seeds.uncertainty_parameter as select * from (values
    ('group_correlation', 0.5), ('level_coefficient_subsector', 0.3), ('level_coefficient_assumed', 0.6),
    ('cell_error_coefficient', 0.393), ('cell_error_exponent', -0.302), ('cell_error_largest', 1.0),
    ('cell_error_shared', 0.5), ('trade_split_concentration', 60.0), ('gravity_exponent_deviation', 0.3),
    ('distance_coefficient', 0.2)) as v(name, value);
create table seeds.sector_aggregation as select * from (values
    (2, 'c1', 'c1'), (2, 'c12', 'c12'), (2, 'c17', 'c12')) as c(coarse, sector, coarse_sector);
create table intermediate.int_inventory__draw_level as select * from (values
    ('smelting', 'SO2', 'subsector'), ('boilers', 'SO2', 'assumed'), ('smelting', 'BC', 'assumed')
) as l(activity, pollutant, basis);
create table intermediate.int_inventory__activity_level as select * from (values
    ('smelting', 'SO2', 'subsector', 10.0::double, null, null), ('boilers', 'SO2', 'assumed', 10.0, null, null),
    ('smelting', 'BC', 'assumed', 20.0, 5.0::double, 60.0::double)
) as l(activity, pollutant, basis, level_t, low_t, high_t);
"""


def write_small_file(path: Path, seed: int = 1) -> Path:
    """Three provinces, two countries, three sectors; Tibet and households outside the footprint."""
    random = np.random.default_rng(seed)
    table = linked_table(random, provinces=len(PROVINCES))
    with connect(path) as connection:
        ensure_schemas(connection)
        ensure_tables(connection)
        for statement in SEEDS.split(";\n"):
            if statement.strip():
                connection.execute(statement)
        decimals = (
            "select table_name, column_name from duckdb_columns() where data_type like 'DECIMAL%'"
        )
        for name, column in connection.execute(decimals).fetchall():
            connection.execute(f"alter table seeds.{name} alter {column} type double")
        for name, frame in {**_linked(table, random), **_inventory(random)}.items():
            write_table(connection, "intermediate", name, frame)
        for name, frame in _embodied(table).items():
            write_table(connection, "computed", name, frame)
        for name in ("int_export__driven_output", "int_export__layer_output"):
            connection.execute(f"create table intermediate.{name} as {_model(name)}")
    return path


def _model(name: str) -> str:
    """The SQL of a model of the draws, on the tables of this file."""
    text = (MODELS / f"{name}.sql").read_text(encoding="utf-8")
    template = jinja2.Environment(undefined=jinja2.StrictUndefined).from_string(text)
    return template.render(config=lambda **_: "", computed=lambda table: f"computed.{table}")


def _linked(table, random) -> dict[str, pl.DataFrame]:  # type: ignore[no-untyped-def]
    rows = list(product((*PROVINCES, *FOREIGN), SECTORS))
    flows = [
        (*rows[i], *rows[j], float(table.flows[i, j])) for i, j in np.ndindex(table.flows.shape)
    ]
    demand = [
        (*rows[i], (*PROVINCES, *FOREIGN)[j], category, float(table.demand[i, j]) * share)
        for i, j in np.ndindex(table.demand.shape)
        for category, share in zip(CATEGORIES, (0.6, 0.1, 0.3), strict=True)
    ]
    output = [(*row, float(x)) for row, x in zip(rows, table.output, strict=True)]
    ends = ["from_region", "from_sector", "to_region"]
    return {
        "int_mrio__flow": pl.DataFrame(flows, [*ends, "to_sector", "value_musd"], orient="row"),
        "int_mrio__final_demand": pl.DataFrame(
            demand, [*ends, "demand_category", "value_musd"], orient="row"
        ),
        "int_mrio__consumption": pl.DataFrame(demand, [*ends, "", "value_musd"], orient="row")
        .group_by(ends)
        .agg(pl.col("value_musd").sum()),
        "int_mrio__output": pl.DataFrame(output, ["region", "sector", "output_musd"], orient="row"),
        "int_province__output": pl.DataFrame(
            [row for row in output if row[0] in PROVINCES],
            ["province", "sector", "output_musd"],
            orient="row",
        ),
        "int_link__distance": pl.DataFrame(
            [
                (a, b, float(random.uniform(300, 900)))
                for a in PROVINCES
                for b in PROVINCES
                if a != b
            ],
            ["from_province", "to_province", "distance_km"],
            orient="row",
        ),
    }


def _inventory(random: np.random.Generator) -> dict[str, pl.DataFrame]:
    rows = []
    for pollutant, province in product(POLLUTANTS, PROVINCES):
        for source, activity, sector in (
            ("IND", "smelting", "c12"),
            ("IND", "boilers", "c1"),
            ("IND", "boilers", "c12"),
            ("PP", "power", "c17"),
            ("RESI", "stoves", "households"),
        ):
            rows.append(
                (province, source, activity, sector, pollutant, float(random.lognormal(5, 1)))
            )
        rows.append(("CN-XZ", "PP", "no_table", "no_table", pollutant, 3.0))
    columns = ["province", "source_sector", "activity", "sector", "pollutant", "emission_t"]
    allocation = pl.DataFrame(rows, columns, orient="row")
    emission = allocation.group_by("province", "sector", "pollutant").agg(
        pl.col("emission_t").sum()
    )
    return {
        "int_inventory__placed": allocation,
        "int_inventory__emission": emission.with_columns(
            in_footprint=pl.col("sector").is_in(SECTORS)
        ),
    }


def _embodied(table) -> dict[str, pl.DataFrame]:  # type: ignore[no-untyped-def]
    embodied = embodied_exports(
        technical_coefficients(table.flows, table.output),
        table.provinces,
        table.consumers_of(table.demand),
        is_home=table.is_home,
    )
    rows = list(product(PROVINCES, SECTORS))
    consumers = (*FOREIGN, "CHN")
    exports = [
        (
            *rows[i],
            PROVINCES[s],
            consumers[c],
            ("final", "intermediate")[u],
            float(embodied[i, s, c, u]),
        )
        for i, s, c, u in np.ndindex(embodied.shape)
    ]
    layers = drive_of(table).layer * table.output[: len(rows)]
    layered = [
        ("domestic", LAYERS[layer], *rows[i], "CN-GD", float(layers[layer, i]))
        for layer, i in np.ndindex(layers.shape)
    ]
    producer = ["producer_province", "producer_sector"]
    return {
        "export_output": pl.DataFrame(
            exports,
            [*producer, "exporter_province", "consumer_region", "product_use", "output_musd"],
            orient="row",
        ),
        "production_layer": pl.DataFrame(
            layered,
            ["variant", "layer", *producer, "exporter_province", "output_musd"],
            orient="row",
        ),
    }
