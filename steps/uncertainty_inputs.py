"""What the draws need, read from the working file: inventory, errors, what exports drive, the linked table."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray

from compute.footprint import Provinces
from compute.frames import Axis, to_frame, to_matrix, to_vector
from compute.uncertainty.drive import LAYERS, Drive, drive_of
from compute.uncertainty.headline import Headlines
from compute.uncertainty.inventory import Allocation, InventoryError, national_coefficients
from compute.uncertainty.sampling import Emissions, TableErrors
from compute.uncertainty.table import CellError, LinkedTable
from steps.footprint import read_economy
from steps.health_errors import read_deaths
from warehouse.tables import Tables

# What relinking gives back is a Drive, too.
__all__ = [
    "Axes",
    "Drive",
    "Inputs",
    "coefficient_table",
    "parameters",
    "read_drive",
    "read_inputs",
    "read_table",
]

Array = NDArray[np.float64]


@dataclass(frozen=True)
class Axes:
    """The labels of every array: pollutants, provinces (those with a table first), emitters, consumers."""

    pollutants: Axis
    provinces: Axis
    traced: Axis
    emitters: Axis
    sectors: Axis
    consumers: Axis
    groups: Axis

    @property
    def producers(self) -> Axis:
        """Province-sectors of the footprint."""
        return Axis.product(
            province=list(self.traced.labels["province"]),
            sector=list(self.sectors.labels["sector"]),
        )


@dataclass(frozen=True)
class Inputs:
    """All that draws without the table need.

    source: (r, 2), for each row of emissions.allocation its source sector with pollutant, and its emitter.
    levels: activity and pollutant of each level of emissions.allocation.
    """

    axes: Axes
    headlines: Headlines
    emissions: Emissions
    drive: Drive
    source: NDArray[np.int64] | None
    levels: pl.DataFrame | None = None


def read_inputs(con: Tables, home_region: str, exposure_coefficient: float = 0.0) -> Inputs:
    """The inventory with its errors, and what exports drive, from the results of the run.

    exposure_coefficient: coefficient of variation of what people breathe, for deaths.

    Raises compute.InvalidInput for coefficients of variation that cannot be drawn from.
    """
    axes = _axes(con, home_region)
    allocation, source, levels = _allocation(con, axes) or (None, None, None)
    return Inputs(
        axes,
        _headlines(con, axes, home_region, exposure_coefficient),
        _emissions(con, axes, allocation),
        _drive(con, axes),
        source,
        levels,
    )


def _axes(con: Tables, home_region: str) -> Axes:
    traced = con.sql(
        "select distinct province from intermediate.int_province__output order by 1"
    ).pl()
    others = con.sql(
        "select distinct province from intermediate.int_inventory__emission"
        " where province not in (select province from intermediate.int_province__output) order by 1"
    ).pl()
    sectors = con.sql(
        "select code as sector from seeds.sector"
        " where code in (select sector from intermediate.int_mrio__output) order by sort_order"
    ).pl()
    outside = con.sql("select code as sector from seeds.outside_source order by 1").pl()
    consumers = con.sql(
        "select distinct consumer_region as consumer from intermediate.int_export__driven_output"
        " order by consumer_region = $home, 1",
        params={"home": home_region},
    ).pl()
    return Axes(
        pollutants=Axis(
            con.sql(
                "select code as pollutant from seeds.pollutant where not is_index order by 1"
            ).pl()
        ),
        provinces=Axis(pl.concat([traced, others])),
        traced=Axis(traced),
        emitters=Axis(pl.concat([sectors, outside])),
        sectors=Axis(sectors),
        consumers=Axis(consumers),
        groups=Axis(
            con.sql("select sector_group from seeds.sector_uncertainty order by sector_group").pl()
        ),
    )


def _headlines(con: Tables, axes: Axes, home_region: str, exposure_coefficient: float) -> Headlines:
    region = dict(con.sql("select code, world_region from seeds.region").fetchall())
    names = [region.get(code) or code for code in axes.consumers.labels["consumer"]]
    groups = sorted(set(names))
    weight = dict(
        con.sql(
            "select pollutant, ape_weight from intermediate.int_pollutant__weight where is_default"
        ).fetchall()
    )
    foreign = [code != home_region for code in axes.consumers.labels["consumer"]]
    receptors, sensitivity = _sensitivity(con, axes)
    return Headlines(
        pollutants=tuple(axes.pollutants.labels["pollutant"]),
        provinces=tuple(axes.traced.labels["province"]),
        sectors=len(axes.sectors),
        groups=tuple(groups),
        group=np.array([groups.index(name) for name in names], dtype=np.int64),
        index_weight=np.array([weight[code] for code in axes.pollutants.labels["pollutant"]]),
        ranked=np.flatnonzero(foreign).astype(np.int64),
        nation=home_region,
        receptors=receptors,
        sensitivity=sensitivity,
        deaths=read_deaths(
            con,
            list(axes.pollutants.labels["pollutant"]),
            receptors,
            sensitivity,
            exposure_coefficient,
        ),
    )


def _sensitivity(con: Tables, axes: Axes) -> tuple[tuple[str, ...], Array | None]:
    """Receptors and ug/m3 per tonne, (receptors, k, P, sectors), where the edition has them."""
    if not con.has("intermediate.int_pm25__emitter_sensitivity"):
        return (), None
    frame = con.sql(
        "select receptor, pollutant, producer_province as province, producer_sector as sector,"
        " sensitivity_ug_m3_per_t from intermediate.int_pm25__emitter_sensitivity order by all"
    ).pl()
    frame = frame.join(axes.producers.labels, on=axes.producers.names, how="semi")
    receptors = Axis(frame.select("receptor").unique().sort("receptor"))
    columns = Axis(
        axes.pollutants.labels.join(axes.producers.labels, how="cross", maintain_order="left_right")
    )
    matrix = to_matrix(
        frame, receptors, ["receptor"], columns, columns.names, "sensitivity_ug_m3_per_t"
    )
    shape = (len(receptors), len(axes.pollutants), len(axes.traced), len(axes.sectors))
    return tuple(receptors.labels["receptor"]), matrix.reshape(shape)


def _emissions(con: Tables, axes: Axes, allocation: Allocation | None) -> Emissions:
    group_of = con.sql(
        "select emitter as sector, emitter_group as sector_group"
        " from intermediate.int_inventory__emitter"
    ).pl()
    placed = axes.emitters.labels.join(group_of, on="sector", how="left", maintain_order="left")
    group = axes.groups.positions(placed, ["sector_group"])
    tonnes = inventory_in(con, axes, "int_inventory__emission")
    if tonnes is None:
        shape = (len(axes.pollutants), len(axes.provinces), len(axes.emitters))
        tonnes = np.zeros(shape)
    return Emissions(tonnes, group, _error(con, axes, tonnes, group), allocation)


def _cells(axes: Axes) -> Axis:
    return Axis.product(
        pollutant=list(axes.pollutants.labels["pollutant"]),
        province=list(axes.provinces.labels["province"]),
        sector=list(axes.emitters.labels["sector"]),
    )


def _error(con: Tables, axes: Axes, tonnes: Array, group: NDArray[np.int64]) -> InventoryError:
    stated = axes.pollutants.labels.join(
        con.sql(
            "select pollutant, coefficient_of_variation as total, provincial_coefficient as provincial"
            " from seeds.inventory_uncertainty"
        ).pl(),
        on="pollutant",
        how="left",
        maintain_order="left",
    ).with_columns(pl.col("total", "provincial").fill_null(float("nan")))
    relative = to_vector(
        con.sql("select sector_group, relative_error from seeds.sector_uncertainty").pl(),
        axes.groups,
        ["sector_group"],
        "relative_error",
    )
    member = (group[:, None] == np.arange(len(axes.groups))).astype(np.float64)
    correlation = parameters(con)["group_correlation"]
    return InventoryError(
        pollutants=tuple(axes.pollutants.labels["pollutant"]),
        groups=tuple(axes.groups.labels["sector_group"]),
        national=national_coefficients(
            stated["total"].to_numpy(), relative, tonnes.sum(axis=1) @ member, correlation
        ),
        provincial=stated["provincial"].to_numpy()[:, None] * np.ones(len(axes.groups)),
        group_correlation=correlation,
    )


def _allocation(
    con: Tables, axes: Axes
) -> tuple[Allocation, NDArray[np.int64], pl.DataFrame] | None:
    """How source sectors were divided among emitters, Inputs.source and levels; None where nothing was divided."""
    if not con.has("intermediate.int_inventory__draw_level"):
        return None
    rows = con.sql(
        "select pollutant, province, source_sector, activity, sector, emission_t"
        " from intermediate.int_inventory__placed order by all"
    ).pl()
    block = ["pollutant", "province", "source_sector"]
    blocks = Axis(rows.select(block).unique().sort(block))
    named = ["activity", "pollutant"]
    levels = Axis(rows.select(named).unique().sort(named))
    basis = con.sql(
        "select activity, pollutant, basis from intermediate.int_inventory__draw_level"
    ).pl()
    known = levels.labels.join(basis, on=named, how="left", maintain_order="left")["basis"]
    value = parameters(con)
    coefficient = {
        "subsector": value["level_coefficient_subsector"],
        "assumed": value["level_coefficient_assumed"],
        None: 0.0,
    }
    cells, names = _cells(axes), ["pollutant", "source_sector"]
    sources = Axis(rows.select(names).unique().sort(names))
    source = np.stack(
        [sources.positions(rows, names), axes.emitters.positions(rows, ["sector"])], axis=1
    )
    allocation = Allocation(
        tonnes=rows["emission_t"].to_numpy(),
        block=blocks.positions(rows, block),
        activity=levels.positions(rows, named),
        cell=cells.positions(rows, cells.names),
        coefficient=np.array([coefficient[each] for each in known]),
        cells=len(cells),
    )
    return allocation, source, levels.labels


def inventory_in(con: Tables, axes: Axes, model: str) -> Array | None:
    """An inventory of a model, (pollutants, provinces, emitters), tonnes; None where it has no rows."""
    if not con.has(f"intermediate.{model}"):
        return None
    rows = con.sql(
        f"select pollutant, province, sector, emission_t from intermediate.{model} order by all"
    ).pl()
    if rows.is_empty():
        return None
    cells = _cells(axes)
    tonnes = to_vector(rows, cells, cells.names, "emission_t")
    return tonnes.reshape(len(axes.pollutants), len(axes.provinces), len(axes.emitters))


def parameters(con: Tables) -> dict[str, float]:
    """The errors of table, trade and stand-ins by name."""
    return dict(con.sql("select name, value from seeds.uncertainty_parameter").fetchall())


def _drive(con: Tables, axes: Axes) -> Drive:
    """Shares of output that exports drive, from embodied output: the table need not be solved again."""
    producers = axes.producers
    embodied = con.sql(
        "select producer_province as province, producer_sector as sector, consumer_region as consumer,"
        " output_musd, direct_output_musd from intermediate.int_export__driven_output order by all"
    ).pl()
    layers = Axis(pl.DataFrame({"layer": LAYERS}))
    layered = con.sql(
        "select layer, producer_province as province, producer_sector as sector, output_musd"
        " from intermediate.int_export__layer_output order by all"
    ).pl()
    output = to_vector(
        con.sql(
            "select region, sector, output_musd from intermediate.int_mrio__output"
            " where region in (select province from intermediate.int_province__output)"
        ).pl(),
        producers,
        ["region", "sector"],
        "output_musd",
    )
    place = (producers, ["province", "sector"])

    def over_output(amount: Array) -> Array:
        return np.divide(amount, output, out=np.zeros_like(amount), where=output + 0 * amount > 0)

    return Drive(
        over_output(to_matrix(embodied, axes.consumers, ["consumer"], *place, "output_musd")),
        over_output(to_vector(embodied, *place, "direct_output_musd")),
        over_output(to_matrix(layered, layers, ["layer"], *place, "output_musd")),
    )


def read_drive(con: Tables, home_region: str) -> Drive:
    """What exports drive, from the linked table itself."""
    table, _ = read_table(con, home_region)
    return drive_of(table)


def read_table(con: Tables, home_region: str) -> tuple[LinkedTable, TableErrors]:
    """The linked table with final demand by region, and its errors."""
    economy = read_economy(con, home_region)
    names = list(dict.fromkeys(economy.producers.labels["region"]))
    demand = con.sql(
        "select from_region, from_sector, to_region, value_musd"
        " from intermediate.int_mrio__consumption"
    ).pl()
    regions = Axis(pl.DataFrame({"region": names}))
    provinces, foreign = len(economy.provinces), len(names) - len(economy.provinces)
    table = LinkedTable(
        flows=economy.flows,
        demand=to_matrix(
            demand,
            economy.producers,
            ["from_region", "from_sector"],
            regions,
            ["to_region"],
            "value_musd",
        ),
        provinces=Provinces(provinces, len(economy.sectors)),
        # Abroad as in the axis of consumers; all provinces are the last one.
        consumer=np.array([foreign] * provinces + list(range(foreign)), dtype=np.int64),
        is_home=np.arange(foreign + 1) == foreign,
    )
    value = parameters(con)
    return table, TableErrors(
        cell=CellError(
            value["cell_error_coefficient"],
            value["cell_error_exponent"],
            value["cell_error_largest"],
            value["cell_error_shared"],
        ),
        concentration=value["trade_split_concentration"],
        exponent_deviation=value["gravity_exponent_deviation"],
        distance_coefficient=value["distance_coefficient"],
        distance_km=_distances(con, economy.provinces),
    )


def _distances(con: Tables, provinces: Axis) -> Array | None:
    """Kilometres between provinces, (P, P); None where an edition has their trade from a source."""
    if not con.has("intermediate.int_link__distance"):
        return None
    distances = con.sql(
        "select from_province, to_province, distance_km from intermediate.int_link__distance"
    ).pl()
    ends = (provinces, ["from_province"], provinces, ["to_province"])
    return to_matrix(distances, *ends, "distance_km")


def coefficient_table(inputs: Inputs) -> pl.DataFrame:
    """The coefficients of variation that were drawn from, by pollutant and sector group."""
    error, axes = inputs.emissions.error, inputs.axes
    labels: list[tuple[Axis, dict[str, str]]] = [(axes.pollutants, {}), (axes.groups, {})]
    return to_frame(error.national, labels, "national_coefficient").join(
        to_frame(error.provincial, labels, "provincial_coefficient"),
        on=["pollutant", "sector_group"],
        how="full",
        coalesce=True,
    )
