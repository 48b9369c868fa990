"""A small economy that keeps every identity: two provinces, two foreign regions, two sectors.

Everything a working file has before dbt builds the marts, computed here by plain dense algebra.
"""

from __future__ import annotations

from datetime import date
from itertools import product
from pathlib import Path

import duckdb
import numpy as np
import pandas as pd
import polars as pl
from numpy.typing import NDArray

from warehouse.tables import Origin, Tables

Array = NDArray[np.float64]

PROVINCES = ("CN-GD", "CN-HE")
FOREIGN = ("ROW", "USA")
REGIONS = PROVINCES + FOREIGN
SECTORS = ("c1", "c12")
CATEGORIES = {"households": "household", "government": "government", "inventories": "capital"}
DEMANDS = ("household", "government", "capital")
POLLUTANTS = ("SO2", "NOx", "CO", "NH3", "BC", "OC", "PM25_other")
PUBLISHED = ("SO2", "NOx", "CO", "NH3", "BC", "OC", "PM2.5")
PLACES = list(product(REGIONS, SECTORS))
LOCAL = len(PROVINCES) * len(SECTORS)
CNY_PER_USD = 7.604
EDITION, YEAR = "tiny", 2007


def _economy() -> tuple[Array, Array, Array]:
    """Z (8, 8), y (8, region x category) with a fall in inventories, x (8,)."""
    generator = np.random.default_rng(7)
    flows = generator.uniform(5, 30, (len(PLACES), len(PLACES)))
    demand = generator.uniform(60, 120, (len(PLACES), len(REGIONS) * len(CATEGORIES)))
    demand[1, 2] = -10.0
    return flows, demand, flows.sum(axis=1) + demand.sum(axis=1)


FLOWS, DEMAND, OUTPUT = _economy()
COEFFICIENTS = FLOWS / OUTPUT
INVERSE = np.linalg.inv(np.eye(len(PLACES)) - COEFFICIENTS)
DOMESTIC = np.linalg.inv(np.eye(LOCAL) - COEFFICIENTS[:LOCAL, :LOCAL])


def _consumers() -> dict[tuple[str, str], Array]:
    """Final demand by consumer and category, (8,) each; the provinces together are CHN."""
    columns = list(product(REGIONS, CATEGORIES))
    demand = {key: np.zeros(len(PLACES)) for key in product((*FOREIGN, "CHN"), DEMANDS)}
    for position, (region, category) in enumerate(columns):
        consumer = "CHN" if region in PROVINCES else region
        demand[consumer, CATEGORIES[category]] += DEMAND[:, position]
    return demand


def _exports(consumer: str, demand: Array) -> dict[str, Array]:
    """What the provinces export for one final demand, by product use: (4,) each."""
    final = np.zeros(LOCAL) if consumer == "CHN" else demand[:LOCAL]
    foreign_output = (INVERSE @ demand)[LOCAL:]
    return {"final": final, "intermediate": COEFFICIENTS[:LOCAL, LOCAL:] @ foreign_output}


def _export_output() -> pd.DataFrame:
    rows = []
    for (consumer, category), demand in _consumers().items():
        for use, exports in _exports(consumer, demand).items():
            for exporter in PROVINCES:
                own = np.array([region == exporter for region, _ in PLACES[:LOCAL]])
                output = DOMESTIC @ (exports * own)
                rows += [
                    (region, sector, exporter, consumer, category, use, value)
                    for (region, sector), value in zip(PLACES[:LOCAL], output, strict=True)
                ]
    columns = "producer_province producer_sector exporter_province consumer_region"
    columns += " demand_category product_use output_musd"
    return pd.DataFrame(rows, columns=columns.split())


def _final_producer_output() -> pd.DataFrame:
    """By maker of the final good: rows of the whole inverse, without what China's demand keeps at home."""
    makers = {province: [region == province for region, _ in PLACES] for province in PROVINCES}
    makers["abroad"] = [region in FOREIGN for region, _ in PLACES]
    rows = []
    for consumer in (*FOREIGN, "CHN"):
        demand = sum(y for (buyer, _), y in _consumers().items() if buyer == consumer)
        for maker, made in makers.items():
            output = (INVERSE @ (demand * np.array(made)))[:LOCAL]
            if consumer == "CHN":
                output = output - DOMESTIC @ (demand * np.array(made))[:LOCAL]
            rows += [
                (region, sector, maker, consumer, value)
                for (region, sector), value in zip(PLACES[:LOCAL], output, strict=True)
            ]
    columns = "producer_province producer_sector final_producer consumer_region output_musd"
    return pd.DataFrame(rows, columns=columns.split())


def _export_reading() -> pd.DataFrame:
    """The same output by exporter, and by maker of the final good."""
    key = ["producer_province", "producer_sector", "attributed_region", "consumer_region"]
    readings = {
        "exporter": _export_output().rename(columns={"exporter_province": "attributed_region"}),
        "final_producer": _final_producer_output().rename(
            columns={"final_producer": "attributed_region"}
        ),
    }
    rows = pd.concat(
        frame.groupby(key, as_index=False)["output_musd"].sum().assign(reading=reading)
        for reading, frame in readings.items()
    )
    rows["is_direct"] = rows["producer_province"] == rows["attributed_region"]
    return rows[["reading", *key, "is_direct", "output_musd"]]


def _consumed_product_output() -> pd.DataFrame:
    rows = []
    for (consumer, category), demand in _consumers().items():
        for product_sector in SECTORS:
            chosen = demand * np.array([sector == product_sector for _, sector in PLACES])
            output = DOMESTIC @ sum(_exports(consumer, chosen).values())
            rows += [
                (region, sector, consumer, product_sector, category, value)
                for (region, sector), value in zip(PLACES[:LOCAL], output, strict=True)
            ]
    columns = "producer_province producer_sector consumer_region consumed_sector demand_category"
    return pd.DataFrame(rows, columns=[*columns.split(), "output_musd"])


def _source_emission() -> pd.DataFrame:
    """Industry and households; the households of Hebei emit less PM2.5 than BC and OC."""
    rows = []
    for number, (province, sector) in enumerate(
        product((*PROVINCES, "CN-XZ"), ("IND", "RESI")), start=1
    ):
        tonnes = {name: 1000.0 * number + 10 * i for i, name in enumerate(PUBLISHED)}
        tonnes |= {"BC": 100.0 * number, "OC": 200.0 * number}
        if (province, sector) == ("CN-HE", "RESI"):
            tonnes["PM2.5"] = 1150.0
        rows += [(province, sector, name, value) for name, value in tonnes.items()]
    frame = pd.DataFrame(rows, columns=["province", "source_sector", "pollutant", "emission_t"])
    totals = frame.groupby(["province", "pollutant"], as_index=False)["emission_t"].sum()
    return pd.concat([frame, totals.assign(source_sector="TOTAL")])[frame.columns]


def _inventory(source: pd.DataFrame) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Industry in the footprint (a quarter in c1), all else outside; and the clipped tonnes."""
    wide = source[source["source_sector"] != "TOTAL"].pivot(
        index=["province", "source_sector"], columns="pollutant", values="emission_t"
    )
    other = wide["PM2.5"] - wide["BC"] - wide["OC"]
    wide = wide.drop(columns="PM2.5").assign(PM25_other=other.clip(lower=0))
    rows = []
    for (province, source_sector), tonnes in wide.iterrows():
        for pollutant in POLLUTANTS:
            if source_sector == "RESI":
                rows.append((province, "households", pollutant, False, tonnes[pollutant]))
            elif province == "CN-XZ":
                rows.append((province, "outside_other", pollutant, False, tonnes[pollutant]))
            else:
                rows.append((province, "c1", pollutant, True, 0.25 * tonnes[pollutant]))
                rows.append((province, "c12", pollutant, True, 0.75 * tonnes[pollutant]))
    clipped = (-other).clip(lower=0)
    assumption = pd.DataFrame(
        {
            "assumption": "inventory_negative_particles_clipped",
            "topic": "PM25_other",
            "province": [province for province, _ in wide.index],
            "sector": pd.array([None] * len(clipped), dtype="string"),
            "amount": clipped.to_numpy(),
            "unit": "t",
            "description": "PM2.5 below BC and OC",
            "source": "tests",
        }
    )
    columns = ["province", "sector", "pollutant", "in_footprint", "emission_t"]
    return pd.DataFrame(rows, columns=columns), assumption


def _multipliers(inventory: pd.DataFrame) -> pd.DataFrame:
    emitted = inventory[inventory["in_footprint"]].set_index(["pollutant", "province", "sector"])
    rows = []
    for pollutant in POLLUTANTS:
        tonnes = np.array([emitted["emission_t"][pollutant, *place] for place in PLACES[:LOCAL]])
        multiplier = (tonnes / OUTPUT[:LOCAL]) @ DOMESTIC
        rows += [
            (region, sector, pollutant, value)
            for (region, sector), value in zip(PLACES[:LOCAL], multiplier, strict=True)
        ]
    columns = ["province", "sector", "pollutant", "domestic_multiplier_t_per_musd"]
    return pd.DataFrame(rows, columns=columns)


def _linked_flows() -> pd.DataFrame:
    rows = [(*PLACES[i], *PLACES[j], "block", FLOWS[i, j]) for i, j in np.ndindex(*FLOWS.shape)]
    columns = "from_region from_sector to_region to_sector block value_musd"
    return pd.DataFrame(rows, columns=columns.split())


def _linked_demand() -> pd.DataFrame:
    rows = [
        (*place, region, CATEGORIES[category], category, "block", DEMAND[i, j])
        for i, place in enumerate(PLACES)
        for j, (region, category) in enumerate(product(REGIONS, CATEGORIES))
    ]
    columns = "from_region from_sector to_region demand_category source_category block value_musd"
    return pd.DataFrame(rows, columns=columns.split())


def _linked_output() -> pd.DataFrame:
    return pd.DataFrame(
        {
            "region": [region for region, _ in PLACES],
            "sector": [sector for _, sector in PLACES],
            "output_musd": OUTPUT,
            "value_added_musd": OUTPUT - FLOWS.sum(axis=0),
        }
    )


def _global_table(flows: pd.DataFrame, demand: pd.DataFrame) -> pd.DataFrame:
    """The linked table with the provinces summed to one China."""
    cells = pd.concat(
        [
            flows.rename(columns={"to_sector": "to_code"}).assign(block="intermediate"),
            demand.rename(columns={"source_category": "to_code"}).assign(block="final_demand"),
        ]
    )
    for column in ("from_region", "to_region"):
        cells[column] = cells[column].replace(dict.fromkeys(PROVINCES, "CHN"))
    key = ["from_region", "from_sector", "to_region", "to_code", "block"]
    cells = cells.groupby(key, as_index=False)["value_musd"].sum()
    output = cells.groupby(["from_region", "from_sector"], as_index=False)["value_musd"].sum()
    output = output.assign(to_region=output["from_region"], to_code="output", block="output")
    return pd.concat([cells, output])[[*key, "value_musd"]]


def _provincial_table() -> pd.DataFrame:
    rows = []
    for (province, sector), output in zip(PLACES[:LOCAL], OUTPUT[:LOCAL], strict=True):
        code = {"c1": "01", "c12": "02"}[sector]
        value = output * CNY_PER_USD * 100
        rows.append(("ALL", province, code, "sector", "GO", "total", value))
        rows.append(("ALL", province, "TI", "total", code, "sector", value))
    columns = "origin province row_code row_kind column_code column_kind value_10k_cny"
    return pd.DataFrame(rows, columns=columns.split())


def _subsectors() -> pd.DataFrame:
    rows = [
        ("CHIN_PLUS", sector, "SO2", year, value)
        for year in (2005, 2010)
        for sector, value in (("Steel", 300.0), ("Power", 700.0), ("SUM", 1000.0))
    ]
    columns = ["region", "source_sector", "pollutant", "source_year", "emission_t"]
    return pd.DataFrame(rows, columns=columns)


def _steps() -> pd.DataFrame:
    steps = {"global_alone": 0.3, "provincial_output": 0.28, "linked_aggregate": 0.26}
    steps |= {"provincial_detail": 0.25}
    rows = [(name, step, 0.0, share) for name in POLLUTANTS for step, share in steps.items()]
    return pd.DataFrame(rows, columns=["pollutant", "step", "export_t", "share"])


def _provenance(roles: dict[str, pd.DataFrame]) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "role": list(roles),
            "file_name": [f"{role}.parquet" for role in roles],
            "reader": "tidy",
            "producer": "tests",
            "title": "A small economy",
            "citation": "none",
            "licence": "CC0",
            "terms_of_use": "",
            "accessed_date": date(2026, 11, 21),
            "vintage_year": YEAR,
            "original_file_name": "none",
            "original_sha256": "0" * 64,
            "original_bytes": 1,
            "loaded_rows": [len(frame) for frame in roles.values()],
            "is_bundled": True,
            "conversions": "",
        }
    )


def write_working_file(path: Path) -> None:
    """Everything before the marts. What dbt models make in a run lies in schema `fixture`."""
    flows, demand, source = _linked_flows(), _linked_demand(), _source_emission()
    inventory, assumption = _inventory(source)
    exported = [(i, j) for i in range(LOCAL) for j in range(LOCAL, len(PLACES))]
    foreign_columns = [
        j for j, (region, _) in enumerate(product(REGIONS, CATEGORIES)) if region in FOREIGN
    ]
    export = DEMAND[:LOCAL, foreign_columns].sum(axis=1)
    for i, j in exported:
        export[i] += FLOWS[i, j]
    labels = _linked_output().iloc[:LOCAL]
    roles = {
        "global_table": _global_table(flows, demand),
        "provincial_table": _provincial_table(),
        "sector_emission": source,
        "subsector_emission": _subsectors(),
    }
    tables = {
        **{f"raw.{role}": frame for role, frame in roles.items()},
        "raw.provenance": _provenance(roles),
        "fixture.int_mrio__flow": flows,
        "fixture.int_mrio__final_demand": demand,
        "fixture.int_mrio__output": _linked_output(),
        "fixture.int_mrio__balance": pd.DataFrame(
            {
                "block": ["local"], "region": ["CN-GD"], "iterations": [3],
                "max_residual": [1e-9], "prior_musd": [100.0], "balanced_musd": [101.0],
                "structural_change_share": [0.01],
            }
        ),
        "fixture.int_inventory__emission": inventory,
        "fixture.int_assumption__all": assumption,
        "intermediate.int_footprint__step": _steps(),
        "intermediate.int_province__concordance": pd.DataFrame(
            {"from_code": ["01", "02"], "grown_weight": 1.0, "table_year": YEAR}
        ),
        "staging.stg_global_sector": pd.DataFrame(
            {"from_code": list(SECTORS), "to_code": list(SECTORS), "weight": 1.0}
        ),
        "computed.province_export": pd.DataFrame(
            {"province": labels["region"], "sector": labels["sector"], "export_musd": export}
        ),
        "computed.final_producer_output": _final_producer_output(),
        "computed.export_intensity": _multipliers(inventory),
        "computed.footprint_closure": pd.DataFrame(
            {
                "province": labels["region"],
                "sector": labels["sector"],
                "output_from_all_demand_musd": (INVERSE @ DEMAND.sum(axis=1))[:LOCAL],
                "output_musd": OUTPUT[:LOCAL],
            }
        ),
        "seeds.exchange_rate": pd.DataFrame({"year": [YEAR], "cny_per_usd": [CNY_PER_USD]}),
        "meta.check_result": pd.DataFrame(
            {
                "gate": ["raw"], "suite": ["raw__global_table__codes"], "check_name": ["codes"],
                "scope": ["raw.global_table"], "measured": [0.0], "tolerance": [0.0],
                "passed": [True], "severity": ["error"], "detail": [""],
            }
        ),
    }  # fmt: skip
    # Those whose rows lie under a mart's name are written as a step writes them.
    computed = {
        "export_output": _export_output(),
        "export_reading": _export_reading(),
        "consumed_product_output": _consumed_product_output(),
    }
    with duckdb.connect(str(path)) as connection:
        written = Tables(connection, origin=Origin(EDITION, YEAR))
        for name, frame in computed.items():
            written.write(f"computed.{name}", pl.from_pandas(frame))
        for name, frame in tables.items():
            schema = name.split(".")[0]
            connection.execute(f"create schema if not exists {schema}")
            connection.register("incoming", frame)
            connection.execute(f"create table {name} as select * from incoming")
            connection.unregister("incoming")
