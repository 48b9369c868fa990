"""From the linked table to supply chains: moves labelled arrays between the warehouse and compute."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray

from compute.frames import Axis, to_frame, to_matrix
from compute.leontief import LeontiefSystem, emission_intensity
from compute.supply_chain import layer_flows, production_layers, top_paths
from steps.footprint import Economy, read_economy
from steps.kept_factors import system_with_kept
from warehouse.database import beside_arrays
from warehouse.tables import Assumptions, Tables

Array = NDArray[np.float64]
APE = "APE"
LAYERS = ("PL0", "PL1", "PL2", "PL3")
DEEPER = "PL4+"
FLOWS = ("1->0", "2->1", "3->2")
ALL_EXPORTERS = "all"
LONGEST_PATH = 12


@dataclass(frozen=True)
class Variant:
    """One view of the supply chains (METHOD section 5).

    name: `domestic` (A_PP and the provinces' exports, returned ones included) or `global` (the whole table and the
    final demand of foreign consumers).  demand: (n,), million USD.  intensity: (k, n), t/musd, zero abroad.
    """

    name: str
    system: LeontiefSystem
    rows: Axis
    demand: Array
    intensity: Array


@dataclass(frozen=True)
class Chains:
    """Both variants of an economy, and the pollutants of their intensities."""

    economy: Economy
    pollutants: Axis
    domestic: Variant
    worldwide: Variant


def trace_supply_chains(con: Tables, assumptions: Assumptions) -> int:
    """Write production layers, flows between layers and the largest paths; returns the paths' rows.

    The assumption path_count is the length of each list of paths: overall, by exporting province, by pair of
    exporting and emitting province.  Paths are ranked by APE.
    """
    with beside_arrays(con.connection):
        chains = read_chains(con, str(assumptions["home_region"]))
    con.write("computed.production_layer", layer_frame(chains))
    variants = (chains.domestic, chains.worldwide)
    for label, name in (("region", "layer_flow"), ("sector", "layer_flow_sector")):
        flows = pl.concat(_flow_frame(chains, variant, label) for variant in variants)
        con.write(f"computed.{name}", flows)
    return con.write(
        "computed.supply_chain_path", path_frame(chains, int(assumptions["path_count"]))
    )


def read_chains(con: Tables, home_region: str) -> Chains:
    """The linked table and the emission intensities of the working file."""
    economy = read_economy(con, home_region)
    pollutants, intensity = _intensity(con, economy)
    local, n = economy.shape.size, len(economy.producers)
    foreign_demand = economy.demand[:, ~economy.is_home].sum(axis=1)
    exports = foreign_demand[:local] + economy.domestic_use().sold_abroad
    coefficients = economy.coefficients_in_place()
    everywhere = np.zeros((len(pollutants), n))
    everywhere[:, :local] = intensity
    return Chains(
        economy=economy,
        pollutants=pollutants,
        domestic=Variant(
            "domestic",
            LeontiefSystem(coefficients[:local, :local]),
            economy.province_sectors,
            exports,
            intensity,
        ),
        worldwide=Variant(
            "global",
            system_with_kept(coefficients, con.factors),
            economy.producers,
            foreign_demand,
            everywhere,
        ),
    )


def _intensity(con: Tables, economy: Economy) -> tuple[Axis, Array]:
    """Emission intensities by pollutant, the index APE last, shape (k, provinces' rows), t/musd."""
    emission = con.sql(
        "select emission.province, emission.sector, emission.pollutant, emission.emission_t,"
        " weight.ape_coefficient from intermediate.int_inventory__indexed as emission"
        " inner join intermediate.int_pollutant__weight as weight"
        " on emission.pollutant = weight.pollutant and weight.is_default"
        " where emission.in_footprint order by all"
    ).pl()
    # The index as in int_inventory__indexed, but summed in the order of the codes: the last bits of
    # paths and layers follow from that order, and releases keep theirs.
    index = emission.group_by("province", "sector").agg(
        pollutant=pl.lit(APE),
        emission_t=(pl.col("emission_t") / pl.col("ape_coefficient")).sum(),
    )
    columns = ["province", "sector", "pollutant", "emission_t"]
    everything = pl.concat([emission.select(columns), index.select(columns)])
    codes = sorted(set(emission["pollutant"]))
    pollutants = Axis(pl.DataFrame({"pollutant": [*codes, APE]}))
    rows = economy.province_sectors
    tonnes = to_matrix(
        everything, pollutants, ["pollutant"], rows, ["province", "sector"], "emission_t"
    )
    return pollutants, emission_intensity(tonnes, economy.output[: len(rows)])


def layer_frame(chains: Chains) -> pl.DataFrame:
    """Output by variant, layer, producer and exporter (`all` in the global variant), million USD."""
    economy, local = chains.economy, chains.economy.shape.size
    producer = (
        economy.province_sectors,
        {"region": "producer_province", "sector": "producer_sector"},
    )
    names = Axis(pl.DataFrame({"layer": [*LAYERS, DEEPER]}))
    exporters = np.kron(np.eye(economy.shape.count), np.ones((economy.shape.sectors, 1)))
    frames = []
    for variant, demand, labels in (
        (chains.domestic, chains.domestic.demand[:, None] * exporters, economy.provinces),
        (
            chains.worldwide,
            chains.worldwide.demand[:, None],
            Axis(pl.DataFrame({"region": [ALL_EXPORTERS]})),
        ),
    ):
        result = production_layers(
            variant.system, demand, np.ones(len(variant.rows)), layers=len(LAYERS)
        )
        output = np.concatenate([result.contributions, result.remainder[None]])[:, :local]
        axes = [(names, {}), producer, (labels, {"region": "exporter_province"})]
        frames.append(
            to_frame(output, axes, "output_musd").select(
                pl.lit(variant.name).alias("variant"), pl.all()
            )
        )
    return pl.concat(frames)


def _flow_frame(chains: Chains, variant: Variant, label: str) -> pl.DataFrame:
    """Embodied emission between adjacent layers by region or by sector, all pollutants, tonnes."""
    groups = variant.rows.labels[label]
    frames = []
    for row, pollutant in enumerate(chains.pollutants.labels["pollutant"]):
        result = layer_flows(
            variant.system,
            variant.demand,
            variant.intensity[row],
            layers=len(FLOWS),
            groups=groups.to_numpy(),
        )
        places = Axis(pl.DataFrame({label: [str(group) for group in result.groups]}))
        axes = [
            (Axis(pl.DataFrame({"flow": FLOWS})), {}),
            (places, {label: f"from_{label}"}),
            (places, {label: f"to_{label}"}),
        ]
        gaps = pl.DataFrame({"flow": FLOWS, "conservation_gap": result.conservation})
        gaps = gaps.with_columns(pl.col("flow").cast(pl.Categorical))
        frames.append(
            to_frame(result.flows, axes, "emission_t")
            .join(gaps, on="flow", maintain_order="left")
            .select(
                pl.lit(variant.name).alias("variant"),
                pl.lit(pollutant).alias("pollutant"),
                pl.all(),
            )
        )
    return pl.concat(frames)


def path_frame(chains: Chains, count: int) -> pl.DataFrame:
    """The largest domestic paths by APE, one row per list, rank and step of the path.

    Lists: `overall`, `exporter` (the province that exports the final product), `pair` (exporter and emitter).
    Contributions in tonnes by pollutant: those of APE times the emitter's intensity over its intensity of APE.
    """
    variant = chains.domestic
    province = variant.rows.labels["region"].to_numpy()
    ranking = variant.intensity[-1]
    lists = (("overall", None, None), ("exporter", province, None), ("pair", province, province))
    frames = [
        _path_list(
            top_paths(
                variant.system,
                variant.demand,
                ranking,
                count=count,
                max_length=LONGEST_PATH,
                root_group=exporters,
                emitter_group=emitters,
            ),
            scope,
        )
        for scope, exporters, emitters in lists
    ]
    paths = pl.concat(frames)
    emitter = paths["path"].list.last().to_numpy()
    per_ape = np.divide(
        variant.intensity[:-1],
        ranking,
        out=np.zeros_like(variant.intensity[:-1]),
        where=ranking > 0,
    )
    names = [
        f"{pollutant.lower()}_t"
        for pollutant in chains.pollutants.labels["pollutant"].to_list()[:-1]
    ]
    labels = variant.rows.labels.with_row_index("node")
    amounts = [
        pl.Series(name, paths["ape_t"].to_numpy() * per_ape[row, emitter])
        for row, name in enumerate(names)
    ]
    steps = (
        paths.with_columns(*amounts)
        .with_row_index("path_number")
        .with_columns(position=pl.int_ranges(pl.col("path").list.len()))
        .explode("path", "position")
        .join(labels, left_on="path", right_on="node", maintain_order="left")
    )
    return steps.select(
        "scope",
        "scope_exporter",
        "scope_emitter",
        "demand_sign",
        "rank",
        "position",
        pl.col("region").alias("province"),
        "sector",
        "ape_t",
        *names,
    )


def _path_list(paths: pl.DataFrame, scope: str) -> pl.DataFrame:
    """One kind of list with its labels and ranks; demand_sign -1 marks falling inventories abroad."""
    labels = {"root_group": "scope_exporter", "emitter_group": "scope_emitter"}
    keys = [
        pl.col(name).alias(ours) if name in paths.columns else pl.lit(ALL_EXPORTERS).alias(ours)
        for name, ours in labels.items()
    ]
    named = paths.select(
        pl.lit(scope).alias("scope"),
        *keys,
        "demand_sign",
        "path",
        pl.col("contribution").alias("ape_t"),
    )
    group = ["scope_exporter", "scope_emitter", "demand_sign"]
    return named.with_columns(rank=pl.int_range(1, pl.len() + 1).over(group))
