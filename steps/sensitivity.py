"""One assumption at a time: how far each moves the headlines (computed.sensitivity, the tornado)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

import duckdb
import numpy as np
import polars as pl
from numpy.typing import NDArray

from compute.uncertainty.drive import Drive, drive_of
from compute.uncertainty.headline import Headlines
from compute.uncertainty.sensitivity import aggregated, aggregated_emissions, divided_as_nation
from compute.uncertainty.table import LinkedTable
from steps.uncertainty_inputs import Inputs
from warehouse.database import write_table

Array = NDArray[np.float64]
MEASURED = ("export_emission", "export_share", "direct_share")
WITHOUT_DIRECT = ("export_emission", "export_share")


@dataclass(frozen=True)
class Variant:
    """An assumption of the edition and another value for it; first: the first step that it changes."""

    parameter: str
    value: bool | float | str
    first: str


VARIANTS = (
    Variant("gravity_exponent", 0.0, "gravity"),
    Variant("gravity_exponent", 0.5, "gravity"),
    Variant("gravity_exponent", 2.0, "gravity"),
    Variant("export_total_concept", "goods_by_origin", "prepare"),
    Variant("export_cap_share", 0.8, "prepare"),
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
    con: duckdb.DuckDBPyConnection,
    inputs: Inputs,
    table: LinkedTable | None = None,
    relinked: Mapping[Variant, Drive] | None = None,
    assumptions: Mapping[str, object] | None = None,
) -> int:
    """Write computed.sensitivity and return its rows.

    table: for coarser sectors; without it they are left out.  relinked: what exports drive under
    other assumptions of linking, whose own values are in `assumptions`.
    """
    alternatives = [*_of_emissions(inputs), *_of_definitions(con, inputs)]
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
    return write_table(con, "computed", "sensitivity", frame)


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


def _of_emissions(inputs: Inputs) -> Iterator[_Alternative]:
    """Other divisions of the inventory: as the nation in every province; all road transport business."""
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
    if "private_vehicles" in emitters and "c23" in emitters:
        private, freight = emitters.index("private_vehicles"), emitters.index("c23")
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


def _of_definitions(con: duckdb.DuckDBPyConnection, inputs: Inputs) -> Iterator[_Alternative]:
    """Other coefficients of the index; exports without those that come back."""
    weights = con.sql(
        "select variant, pollutant, 1 / coefficient as weight from seeds.ape_coefficient"
        " where not is_default order by all"
    ).pl()
    for (variant,), part in weights.group_by("variant", maintain_order=True):
        weight = dict(zip(part["pollutant"], part["weight"], strict=True))
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


def _coarser(
    con: duckdb.DuckDBPyConnection, inputs: Inputs, table: LinkedTable
) -> Iterator[_Alternative]:
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
