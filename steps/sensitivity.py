"""One assumption at a time: how far each moves the headlines (computed.sensitivity, the tornado)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

import numpy as np
import polars as pl
from numpy.typing import NDArray

from compute.uncertainty.drive import Drive, drive_of
from compute.uncertainty.headline import Headlines
from compute.uncertainty.inventory import divided
from compute.uncertainty.sensitivity import aggregated, aggregated_emissions, divided_as_nation
from compute.uncertainty.table import LinkedTable
from steps.uncertainty_inputs import Inputs, inventory_in
from warehouse.tables import Tables

Array = NDArray[np.float64]
MEASURED = ("export_emission", "export_share", "direct_share")
WITHOUT_DIRECT = ("export_emission", "export_share")


@dataclass(frozen=True)
class Variant:
    """An assumption of the edition and another value for it."""

    parameter: str
    value: bool | float | str


VARIANTS = (
    Variant("gravity_exponent", 0.0),
    Variant("gravity_exponent", 0.5),
    Variant("gravity_exponent", 2.0),
    Variant("export_total_concept", "goods_by_origin"),
    Variant("export_cap_share", 0.8),
    Variant("scale_to_global", False),
    Variant("scale_to_global", True),
    Variant("unplaced_imports_by_use", False),
    Variant("transit_floor_share", 0.0),
    Variant("outflow_cap_share", 1.0),
)


@dataclass(frozen=True)
class _Alternative:
    """Another way to calculate, as its headlines; results: those that it has an answer for."""

    parameter: str
    base: str
    variant: str
    headlines: Headlines
    emissions: Array
    drive: Drive
    results: tuple[str, ...] = MEASURED


def write_sensitivity(
    con: Tables,
    inputs: Inputs,
    table: LinkedTable | None = None,
    relinked: Mapping[Variant, Drive] | None = None,
    assumptions: Mapping[str, object] | None = None,
) -> int:
    """Write computed.sensitivity and return its rows.

    table: for coarser sectors; without it they are left out.  relinked: what exports drive under
    other assumptions of linking, whose own values are in `assumptions`.
    """
    alternatives = [
        *_of_emissions(con, inputs),
        *_of_levels(con, inputs),
        *_of_definitions(con, inputs),
    ]
    if table is not None:
        alternatives += _coarser(con, inputs, table)
    for variant, drive in (relinked or {}).items():
        base = str((assumptions or {})[variant.parameter])
        alternatives.append(
            _Alternative(
                variant.parameter,
                base,
                str(variant.value),
                inputs.headlines,
                inputs.emissions.tonnes,
                drive,
            )
        )
    frame = pl.concat([_rows(inputs, alternative) for alternative in alternatives])
    return con.write("computed.sensitivity", frame)


def _rows(inputs: Inputs, alternative: _Alternative) -> pl.DataFrame:
    """Base and alternative of every measured headline that is for all consumers together."""
    base = inputs.headlines.values(inputs.emissions.tonnes, inputs.drive)[0]
    labels = inputs.headlines.labels
    other = dict(
        zip(
            alternative.headlines.labels,
            alternative.headlines.values(alternative.emissions, alternative.drive)[0],
            strict=True,
        )
    )
    return pl.DataFrame(
        [
            (
                alternative.parameter,
                alternative.base,
                alternative.variant,
                *label[:3],
                label[4],
                value,
                other[label],
            )
            for label, value in zip(labels, base.tolist(), strict=True)
            if label[0] in alternative.results and label[3] == "all"
        ],
        schema={
            "parameter": pl.String,
            "base": pl.String,
            "variant": pl.String,
            "result": pl.String,
            "place": pl.String,
            "pollutant": pl.String,
            "unit": pl.String,
            "base_value": pl.Float64,
            "variant_value": pl.Float64,
        },
        orient="row",
    )


def _of_emissions(con: Tables, inputs: Inputs) -> Iterator[_Alternative]:
    """Other divisions of the inventory: as the nation in every province; all road transport business; the
    provinces' shares of a second inventory.
    """
    allocation, tonnes = inputs.emissions.allocation, inputs.emissions.tonnes
    if allocation is None or inputs.source is None:
        return
    emitters = list(inputs.axes.emitters.labels["sector"])
    alike = divided_as_nation(
        allocation.tonnes, allocation.block, inputs.source, allocation.cell, allocation.cells
    )
    yield _Alternative(
        "emission_proxy",
        "provincial CO2",
        "national division",
        inputs.headlines,
        alike.reshape(tonnes.shape),
        inputs.drive,
    )
    freight_sector = _freight_sector(con)
    if "private_vehicles" in emitters and freight_sector in emitters:
        private, freight = emitters.index("private_vehicles"), emitters.index(freight_sector)
        business = tonnes.copy()
        business[..., freight] += business[..., private]
        business[..., private] = 0
        yield _Alternative(
            "road_transport",
            "freight alone",
            "all of it business",
            inputs.headlines,
            business,
            inputs.drive,
        )
    second = inventory_in(con, inputs.axes, "int_inventory__alternative")
    if second is not None:
        yield _Alternative(
            "provincial_pattern",
            "inventory",
            "alternative inventory",
            inputs.headlines,
            second,
            inputs.drive,
        )


def _freight_sector(con: Tables) -> str:
    """The sector that lorries are in; empty where road transport was not divided."""
    found = con.sql(
        "select distinct sector from intermediate.int_inventory__placed"
        " where activity = 'freight_road' order by 1"
    ).fetchall()
    return str(found[0][0]) if found else ""


def _of_levels(con: Tables, inputs: Inputs) -> Iterator[_Alternative]:
    """An assumed level of an activity at the lowest and the highest published figure, the others as they are."""
    allocation, levels = inputs.emissions.allocation, inputs.levels
    if allocation is None or levels is None:
        return
    ranges = con.sql(
        "select activity, pollutant, any_value(level_t) as level_t, any_value(low_t) as low_t,"
        " any_value(high_t) as high_t from intermediate.int_inventory__activity_level"
        " where low_t is not null and high_t is not null and level_t > 0 group by all order by all"
    ).pl()
    for activity, pollutant, level, low, high in ranges.iter_rows():
        is_it = (levels["activity"] == activity) & (levels["pollutant"] == pollutant)
        for name, other in (("lowest", low), ("highest", high)):
            factor = np.where(is_it.to_numpy(), other / level, 1.0)
            yield _Alternative(
                f"activity_level_{activity}_{pollutant}",
                f"{level / 1000:g} kt",
                f"{name}: {other / 1000:g} kt",
                inputs.headlines,
                divided(allocation, factor).reshape(inputs.emissions.tonnes.shape),
                inputs.drive,
            )


def _of_definitions(con: Tables, inputs: Inputs) -> Iterator[_Alternative]:
    """Other coefficients of the index; exports without those that come back."""
    weights = con.sql(
        "select variant, pollutant, ape_weight from intermediate.int_pollutant__weight"
        " where not is_default order by all"
    ).pl()
    for (variant,), part in weights.group_by("variant", maintain_order=True):
        weight = dict(zip(part["pollutant"], part["ape_weight"], strict=True))
        yield _Alternative(
            "ape_coefficient",
            "default",
            str(variant),
            replace(
                inputs.headlines,
                index_weight=np.array([weight[code] for code in inputs.headlines.pollutants]),
            ),
            inputs.emissions.tonnes,
            inputs.drive,
        )
    foreign = np.zeros((len(inputs.drive.consumer), 1))
    foreign[inputs.headlines.ranked] = 1
    yield _Alternative(
        "returned_exports",
        "in",
        "out",
        inputs.headlines,
        inputs.emissions.tonnes,
        replace(inputs.drive, consumer=inputs.drive.consumer * foreign),
        WITHOUT_DIRECT,
    )


def _coarser(con: Tables, inputs: Inputs, table: LinkedTable) -> Iterator[_Alternative]:
    """The footprint with fewer sectors; the inventory has what it had, by coarser sectors."""
    groups = con.sql(
        "select coarse, sector, coarse_sector from seeds.sector_aggregation order by coarse desc, sector"
    ).pl()
    for (coarse,), part in groups.group_by("coarse", maintain_order=True):
        joined = inputs.axes.sectors.labels.join(
            part, on="sector", how="left", maintain_order="left"
        )
        if joined["coarse_sector"].null_count():
            continue
        names = list(dict.fromkeys(joined["coarse_sector"]))
        group = np.array([names.index(name) for name in joined["coarse_sector"]], dtype=np.int64)
        yield _Alternative(
            "sectors",
            str(len(inputs.axes.sectors)),
            str(coarse),
            replace(inputs.headlines, sectors=len(names), sensitivity=None, receptors=()),
            aggregated_emissions(inputs.emissions.tonnes, group),
            drive_of(aggregated(table, group)),
        )
