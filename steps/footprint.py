"""From the linked table to embodied output: moves labelled arrays between the warehouse and compute."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray

from compute.footprint import (
    PRODUCT_USES,
    ExportAccount,
    Provinces,
    consumed_product_blocks,
    embodied_chains,
    export_account,
    exporter_blocks,
    single_region_export_share,
)
from compute.frames import Axis, to_frame, to_matrix, to_vector
from compute.leontief import technical_coefficients
from compute.readings import final_producer_blocks
from steps.cells import read_matrix
from steps.kept_factors import factorised_and_kept
from warehouse.database import beside_arrays
from warehouse.tables import Assumptions, Tables

Array = NDArray[np.float64]
CATEGORIES = ("household", "government", "capital")
ABROAD = "abroad"
"""Maker of all final goods that are finished outside the provinces."""


@dataclass(frozen=True)
class DomesticUse:
    """Sums of the provinces' intermediate flows, million USD.

    one_country: between sectors, all provinces summed to one, (S, S).  sold_abroad: by sector, (P S,).
    """

    one_country: Array
    sold_abroad: Array


@dataclass(frozen=True)
class Economy:
    """The linked table as arrays, the provinces' sectors first; money in million USD.

    provinces: (P,), with labels `region`.  sectors: (S,).  regions: all, provinces first.
    producers: (n,), n = regions x S, labels `region`, `sector`.
    consumers: (C,), labels `consumer`, `category`; all provinces' own demand is one consumer, the home region.
    flows: Z, (n, n).  output: x, (n,).  demand: y, (n, C).
    """

    provinces: Axis
    sectors: Axis
    producers: Axis
    consumers: Axis
    flows: Array
    output: Array
    demand: Array
    is_home: NDArray[np.bool_]

    @property
    def shape(self) -> Provinces:
        """How many rows are the provinces'."""
        return Provinces(len(self.provinces), len(self.sectors))

    @property
    def province_sectors(self) -> Axis:
        """The rows of the provinces alone."""
        return Axis(self.producers.labels[: self.shape.size])

    def domestic_use(self) -> DomesticUse:
        """What the provinces use and sell, of which sums are enough."""
        local, by_sector = self.shape.size, (self.shape.count, self.shape.sectors)
        blocks = self.flows[:local, :local].reshape(*by_sector, *by_sector)
        return DomesticUse(blocks.sum(axis=(0, 2)), self.flows[:local, local:].sum(axis=1))

    def coefficients_in_place(self) -> Array:
        """A, written over the flows, which are gone then: at full size each of the two has 1.2 GB."""
        return technical_coefficients(self.flows, self.output, out=self.flows)


def read_economy(con: Tables, home_region: str) -> Economy:
    """The linked table of the working file."""
    provinces = _axis(
        con, "select distinct province as region from intermediate.int_province__output"
    )
    output = con.sql("select region, sector, output_musd from intermediate.int_mrio__output").pl()
    sectors = Axis(
        con.sql(
            "select code as sector from seeds.sector"
            " where code in (select sector from intermediate.int_mrio__output) order by sort_order"
        ).pl()
    )
    foreign = sorted(set(output["region"]) - set(provinces.labels["region"]))
    producers = Axis.product(
        region=[*provinces.labels["region"], *foreign], sector=list(sectors.labels["sector"])
    )
    consumers = Axis.product(consumer=[*foreign, home_region], category=CATEGORIES)
    demand = con.sql(
        "select demand.from_region, demand.from_sector, demand.demand_category,"
        " case when provinces.province is null then demand.to_region else $home end as consumer,"
        " demand.value_musd from intermediate.int_mrio__final_demand as demand"
        " left join (select distinct province from intermediate.int_province__output) as provinces"
        " on demand.to_region = provinces.province",
        params={"home": home_region},
    ).pl()
    supplier = (producers, ["from_region", "from_sector"])
    return Economy(
        provinces=provinces,
        sectors=sectors,
        producers=producers,
        consumers=consumers,
        flows=read_matrix(
            con,
            "select from_region, from_sector, to_region, to_sector, value_musd"
            " from intermediate.int_mrio__flow",
            *supplier,
            producers,
            ["to_region", "to_sector"],
            "value_musd",
        ),
        output=to_vector(output, producers, ["region", "sector"], "output_musd"),
        demand=to_matrix(
            demand, *supplier, consumers, ["consumer", "demand_category"], "value_musd"
        ),
        is_home=(consumers.labels["consumer"] == home_region).to_numpy(),
    )


def compute_footprint(con: Tables, assumptions: Assumptions) -> int:
    """Write the embodied output, its closure, multipliers and steps; returns the rows of export_output.

    computed.export_output, consumed_product_output, final_producer_output: METHOD section 4.
    export_reading: the same output by exporter and by maker of the final good.
    footprint_closure: what all final demand calls for against output.  export_intensity: f (I - A_PP)^-1.
    footprint_sector_step: the export-driven output by sector from the global table alone to the linked table.
    """
    with beside_arrays(con.connection):
        return _write_footprint(con, str(assumptions["home_region"]))


def _write_footprint(con: Tables, home_region: str) -> int:
    economy = read_economy(con, home_region)
    use = economy.domestic_use()
    account = export_account(
        factorised_and_kept(economy.coefficients_in_place(), con.factors),
        economy.shape,
        economy.demand,
        is_home=economy.is_home,
    )
    rows = con.write("computed.export_output", _export_frames(economy, account))
    chains = embodied_chains(account)
    con.write("computed.consumed_product_output", _product_frames(economy, account, chains))
    con.write("computed.final_producer_output", _maker_frames(economy, account, chains))
    con.write("computed.export_reading", _reading_frames(economy, account, chains))
    del chains
    con.write("computed.footprint_closure", closure(economy, account))
    con.write("computed.export_intensity", _multipliers(con, economy, account))
    con.write("computed.footprint_sector_step", _steps(con, economy, account, use, home_region))
    return rows


def _export_frames(economy: Economy, account: ExportAccount) -> Iterator[pl.DataFrame]:
    axes = [
        (economy.province_sectors, {"region": "producer_province", "sector": "producer_sector"}),
        (economy.consumers, {"consumer": "consumer_region", "category": "demand_category"}),
        (Axis.product(product_use=PRODUCT_USES), {}),
    ]
    for exporter, block in zip(
        economy.provinces.labels["region"], exporter_blocks(account), strict=True
    ):
        frame = to_frame(block, axes, "output_musd")
        yield frame.select(
            "producer_province",
            "producer_sector",
            pl.lit(exporter).alias("exporter_province"),
            "consumer_region",
            "demand_category",
            "product_use",
            "output_musd",
        )


def _maker_frames(
    economy: Economy, account: ExportAccount, chains: Array
) -> Iterator[pl.DataFrame]:
    """Output by maker of the final good; categories of demand are summed."""
    makers = [*economy.provinces.labels["region"], ABROAD]
    for maker, block in zip(makers, final_producer_blocks(account, chains), strict=True):
        yield _by_consumer(economy, block).select(
            "producer_province",
            "producer_sector",
            pl.lit(maker).alias("final_producer"),
            "consumer_region",
            "output_musd",
        )


def _reading_frames(
    economy: Economy, account: ExportAccount, chains: Array
) -> Iterator[pl.DataFrame]:
    """Output by exporter, then by maker of the final good; categories and uses are summed.

    The blocks are made once more: that is a product of matrices, and less work than reading what was written.
    """
    exporters = list(economy.provinces.labels["region"])
    readings = (
        ("exporter", exporters, exporter_blocks(account)),
        ("final_producer", [*exporters, ABROAD], final_producer_blocks(account, chains)),
    )
    for reading, names, blocks in readings:
        for name, block in zip(names, blocks, strict=True):
            yield _by_consumer(economy, block).select(
                pl.lit(reading).alias("reading"),
                "producer_province",
                "producer_sector",
                pl.lit(name).alias("attributed_region"),
                "consumer_region",
                (pl.col("producer_province").cast(pl.String) == name).alias("is_direct"),
                "output_musd",
            )


def _by_consumer(economy: Economy, block: Array) -> pl.DataFrame:
    """A block by producer and column of final demand (and use), summed by consumer in the order of its columns."""
    names = economy.consumers.labels["consumer"].unique(maintain_order=True)
    axes = [
        (economy.province_sectors, {"region": "producer_province", "sector": "producer_sector"}),
        (Axis(pl.DataFrame({"consumer": names})), {"consumer": "consumer_region"}),
    ]
    return to_frame(block.reshape(len(block), len(names), -1).sum(axis=2), axes, "output_musd")


def _product_frames(
    economy: Economy, account: ExportAccount, chains: Array
) -> Iterator[pl.DataFrame]:
    axes = [
        (economy.province_sectors, {"region": "producer_province", "sector": "producer_sector"}),
        (economy.consumers, {"consumer": "consumer_region", "category": "demand_category"}),
    ]
    for product, block in zip(
        economy.sectors.labels["sector"], consumed_product_blocks(account, chains), strict=True
    ):
        frame = to_frame(block, axes, "output_musd")
        yield frame.select(
            "producer_province",
            "producer_sector",
            "consumer_region",
            pl.lit(product).alias("consumed_sector"),
            "demand_category",
            "output_musd",
        )


def closure(economy: Economy, account: ExportAccount) -> pl.DataFrame:
    """Output that all final demand, the home region's included, calls for, against output."""
    local = economy.shape.size
    return economy.province_sectors.labels.select(
        pl.col("region").alias("province"),
        "sector",
        pl.Series("output_from_all_demand_musd", account.output_musd[:local].sum(axis=1)),
        pl.Series("output_musd", economy.output[:local]),
    )


def _multipliers(con: Tables, economy: Economy, account: ExportAccount) -> pl.DataFrame:
    """Emission in all provinces per million USD of a province-sector's export: m = f (I - A_PP)^-1."""
    emission = con.sql(
        "select intensity.province, intensity.sector, intensity.pollutant, intensity.emission_t_per_musd"
        " from intermediate.int_inventory__intensity as intensity"
        " inner join seeds.pollutant as pollutant on intensity.pollutant = pollutant.code"
        " where not pollutant.is_index"
    ).pl()
    pollutants = Axis(emission.select("pollutant").unique().sort("pollutant"))
    rows = economy.province_sectors
    intensity = to_matrix(
        emission, pollutants, ["pollutant"], rows, ["province", "sector"], "emission_t_per_musd"
    )
    return to_frame(
        account.domestic.solve_transposed(intensity),
        [(pollutants, {}), (rows, {"region": "province"})],
        "domestic_multiplier_t_per_musd",
    )


def _steps(
    con: Tables, economy: Economy, account: ExportAccount, use: DomesticUse, home_region: str
) -> pl.DataFrame:
    """Export-driven output by sector, from the global table alone to the linked table, in three steps.

    global_alone -> provincial_output: gross output as the provincial tables have it -> linked_aggregate: the
    linked table summed to one China -> provincial_detail: the linked table itself.
    """
    shape, local = economy.shape, economy.shape.size
    sectors = economy.sectors
    home = _home_account(con, sectors, home_region)
    driven = home.export_share * home.output
    by_sector = (shape.count, shape.sectors)
    output = economy.output[:local].reshape(by_sector).sum(axis=0)
    exports = account.final_musd.sum(axis=1) + use.sold_abroad
    aggregate = single_region_export_share(
        use.one_country,
        economy.demand[:local, economy.is_home].sum(axis=1).reshape(by_sector).sum(axis=0),
        exports.reshape(by_sector).sum(axis=0),
    )
    detail = account.domestic.solve(exports).reshape(by_sector).sum(axis=0)
    steps = {
        "global_alone": (home.output, driven),
        "provincial_output": (output, driven),
        "linked_aggregate": (output, aggregate * output),
        "provincial_detail": (output, detail),
    }
    return pl.concat(
        sectors.labels.select(
            pl.lit(step).alias("step"),
            "sector",
            pl.Series("output_musd", made),
            pl.Series("export_output_musd", exported),
        )
        for step, (made, exported) in steps.items()
    )


@dataclass(frozen=True)
class _HomeAccount:
    """The home region in the global table alone: output and the share of it that exports drive, by sector."""

    output: Array
    export_share: Array


def _home_account(con: Tables, sectors: Axis, home_region: str) -> _HomeAccount:
    cells = con.sql(
        "select from_sector, to_region, to_code, block, value_musd from staging.stg_global_table"
        " where from_region = $home",
        params={"home": home_region},
    ).pl()
    at_home = pl.col("to_region") == home_region
    flows = to_matrix(
        cells.filter(at_home, pl.col("block") == "intermediate"),
        sectors,
        ["from_sector"],
        sectors,
        ["to_code"],
        "value_musd",
    )
    demand = to_vector(
        cells.filter(at_home, pl.col("block") == "final_demand"),
        sectors,
        ["from_sector"],
        "value_musd",
    )
    exports = to_vector(cells.filter(~at_home), sectors, ["from_sector"], "value_musd")
    return _HomeAccount(
        output=flows.sum(axis=1) + demand + exports,
        export_share=single_region_export_share(flows, demand, exports),
    )


def _axis(con: Tables, query: str) -> Axis:
    return Axis(con.sql(f"{query} order by 1").pl())
