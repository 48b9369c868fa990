"""One edition's accounts in the lists of sectors, consumers and provinces that editions share, from its marts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import duckdb
import numpy as np
import polars as pl
from numpy.typing import NDArray

from compute.decomposition import ExportYear, export_year
from compute.footprint import Provinces, export_account
from compute.frames import Axis, to_matrix, to_vector
from compute.leontief import emission_intensity, technical_coefficients

Array = NDArray[np.float64]
Indices = NDArray[np.int64]


@dataclass(frozen=True)
class Side:
    """An edition and year, with what dim_edition says of it.

    described: the columns of dim_edition by name; empty when the edition has no row there.
    """

    edition: str
    year: int
    described: dict[str, object]

    @property
    def name(self) -> str:
        """The edition with its year, for people."""
        return f"{self.edition} of {self.year}"


@dataclass(frozen=True)
class Lists:
    """What two editions are compared in.

    provinces: with a table in either edition.  compared: of them, those with a table in both.
    sectors, consumers: common lists in order.  home: the consumer whose exports come back.
    pollutants: in both editions.
    """

    provinces: tuple[str, ...]
    compared: tuple[str, ...]
    sectors: tuple[str, ...]
    consumers: tuple[str, ...]
    home: str
    pollutants: tuple[str, ...]

    @property
    def shape(self) -> Provinces:
        """Rows of the compared table."""
        return Provinces(len(self.provinces), len(self.sectors))

    @property
    def rows(self) -> Axis:
        """Province and common sector of every row."""
        return Axis.product(region=self.provinces, sector=self.sectors)


@dataclass(frozen=True)
class OwnRows:
    """The provincial rows of an edition in its own sectors, n_P: what draws of its inventory need.

    province, group: (n_P,), names.  common_row: (n_P,), the row of the common list.
    emission_t: (k, n_P), zero in provinces that are not compared.
    driven_per_tonne: (n_P, C), the part of a tonne that each consumer's exports drive.
    """

    province: tuple[str, ...]
    group: tuple[str, ...]
    common_row: Indices
    emission_t: Array
    driven_per_tonne: Array


@dataclass(frozen=True)
class CommonYear:
    """A year in the common lists.

    accounts: for the decomposition; provinces that are not compared emit nothing.
    emission_t: (k, n, C), export-related emission of rows, found in the edition's own sectors and then summed.
    sensitivity: (receptors, k, n), ug/m3 per t, by engine: mean over the edition's own sectors weighted by that
    emission.  level_ug_m3: (receptors, C), by engine, from the edition's own sectors.
    own: the rows that these are summed from.
    """

    accounts: ExportYear
    emission_t: Array
    sensitivity: dict[str, Array]
    level_ug_m3: dict[str, Array]
    own: OwnRows


def common_sectors(connection: duckdb.DuckDBPyConnection) -> tuple[str, ...]:
    """The sectors that all classifications share, from dim_sector."""
    rows = connection.sql(
        "select distinct common_sector from marts.dim_sector order by 1"
    ).fetchall()
    return tuple(row[0] for row in rows)


def common_consumers(connection: duckdb.DuckDBPyConnection) -> tuple[tuple[str, ...], str]:
    """The regions that all world tables share, from dim_region, and which of them is the home region."""
    rows = connection.sql(
        "select common_region, bool_or(kind = 'home') as is_home from marts.dim_region"
        " where common_region is not null group by 1 order by 1"
    ).fetchall()
    return tuple(row[0] for row in rows), next(row[0] for row in rows if row[1])


def provinces_of(connection: duckdb.DuckDBPyConnection, side: Side) -> tuple[str, ...]:
    """Provinces with a table."""
    rows = _frame(
        connection,
        "select distinct region from marts.fct_mrio_output inner join marts.dim_region on region = code"
        " where edition = $edition and year = $year and kind = 'province' order by 1",
        side,
    )
    return tuple(rows["region"])


def pollutants_of(connection: duckdb.DuckDBPyConnection, side: Side) -> tuple[str, ...]:
    """Pollutants of the inventory, the index among them."""
    query = (
        "select distinct pollutant from marts.fct_emission_inventory"
        " where edition = $edition and year = $year order by 1"
    )
    return tuple(_frame(connection, query, side)["pollutant"])


def read_common(
    connection: duckdb.DuckDBPyConnection, side: Side, lists: Lists, receptors: Sequence[str]
) -> CommonYear:
    """Read one edition, find what its exports draw in its own lists, and sum it to the common ones.

    The world table keeps the edition's own regions and sectors until the provinces' exports are known: the common
    lists decide on what happens in China alone.
    Raises ValueError (of compute) for what the figures do not admit.
    """
    own = _Own.read(connection, side, lists)
    account = export_account(
        technical_coefficients(own.flows, own.output), own.shape, own.demand, is_home=own.is_home
    )
    exports = np.stack([account.final_musd, account.intermediate_musd], axis=-1)
    local = own.shape.size
    at, size = own.common_row, lists.shape.size
    emission = np.where(own.is_compared, own.emission, 0.0)
    # A row without output drives nothing: emission_intensity refuses one that emits.
    per_tonne = emission_intensity(
        np.ones((1, local)) * (own.output[:local] > 0), own.output[:local]
    )
    driven_per_tonne = per_tonne[0][:, None] * account.driven_musd
    driven = emission_intensity(emission, own.output[:local])[:, :, None] * account.driven_musd
    flows = _summed(_summed(own.flows[:local, :local], at, size).T, at, size).T
    accounts = export_year(
        _summed(emission.T, at, size).T,
        flows,
        _summed(own.output[:local], at, size),
        _summed(exports, at, size),
        provinces=lists.shape,
    )
    common = np.stack([_summed(each, at, size) for each in driven])
    sensitivity, level = {}, {}
    for engine, per_t in own.sensitivities(connection, side, receptors).items():
        sensitivity[engine] = _weighted(per_t, driven.sum(axis=2), at, size)
        level[engine] = np.einsum("rki,kic->rc", per_t, driven)
    rows = OwnRows(own.province, own.group, at, emission, driven_per_tonne)
    return CommonYear(accounts, common, sensitivity, level, rows)


@dataclass(frozen=True)
class _Own:
    """An edition in its own lists. common_row: (n_P,), the common row of each provincial row."""

    lists: Lists
    rows: Axis
    shape: Provinces
    flows: Array
    output: Array
    demand: Array
    is_home: NDArray[np.bool_]
    emission: Array
    common_row: Indices
    is_compared: NDArray[np.bool_]
    province: tuple[str, ...]
    group: tuple[str, ...]

    @staticmethod
    def read(connection: duckdb.DuckDBPyConnection, side: Side, lists: Lists) -> _Own:
        output = _frame(
            connection,
            "select region, sector, output_musd, region.kind = 'province' as is_province, common_sector,"
            " sector_group from marts.fct_mrio_output as output"
            " inner join marts.dim_region as region on output.region = region.code"
            " inner join marts.dim_sector as sector on output.sector = sector.code"
            " and sector.classification = (select sector_classification from marts.dim_edition"
            " where edition = $edition and year = $year)"
            " where output.edition = $edition and output.year = $year order by is_province desc, region, sector",
            side,
        )
        sectors = output["sector"].unique().sort()
        regions = output["region"].unique(maintain_order=True)
        rows = Axis.product(region=list(regions), sector=list(sectors))
        provinces = output.filter("is_province")["region"].n_unique()
        local = rows.labels[: provinces * len(sectors)]
        common_of = dict(output.select("sector", "common_sector").unique().iter_rows())
        group_of = dict(output.select("sector", "sector_group").unique().iter_rows())
        placed = local.with_columns(pl.col("sector").replace_strict(common_of).alias("sector"))
        columns = Axis(pl.DataFrame({"consumer": list(lists.consumers)}))
        demand = _frame(
            connection,
            "select from_region, from_sector, coalesce(common_region, $home) as consumer,"
            " sum(value_musd) as value_musd from marts.fct_mrio_final_demand"
            " inner join marts.dim_region on to_region = code"
            " where edition = $edition and year = $year group by all order by all",
            side,
            home=lists.home,
        )
        flows = _frame(
            connection,
            "select from_region, from_sector, to_region, to_sector, value_musd from marts.fct_mrio_flow"
            " where edition = $edition and year = $year order by all",
            side,
        )
        emission = _frame(
            connection,
            "select province, sector, pollutant, emission_t from marts.fct_emission_inventory"
            " where edition = $edition and year = $year and in_footprint order by all",
            side,
        )
        supplier = ["from_region", "from_sector"]
        return _Own(
            lists=lists,
            rows=Axis(local),
            shape=Provinces(provinces, len(sectors)),
            flows=to_matrix(flows, rows, supplier, rows, ["to_region", "to_sector"], "value_musd"),
            output=to_vector(output, rows, ["region", "sector"], "output_musd"),
            demand=to_matrix(demand, rows, supplier, columns, ["consumer"], "value_musd"),
            is_home=np.array([consumer == lists.home for consumer in lists.consumers]),
            emission=to_matrix(
                emission.filter(pl.col("pollutant").is_in(lists.pollutants)),
                Axis(pl.DataFrame({"pollutant": list(lists.pollutants)})),
                ["pollutant"],
                Axis(local),
                ["province", "sector"],
                "emission_t",
            ),
            common_row=lists.rows.positions(placed, ["region", "sector"]),
            is_compared=placed["region"].is_in(lists.compared).to_numpy(),
            province=tuple(local["region"]),
            group=tuple(group_of[sector] for sector in local["sector"]),
        )

    def sensitivities(
        self, connection: duckdb.DuckDBPyConnection, side: Side, receptors: Sequence[str]
    ) -> dict[str, Array]:
        """(receptors, k, n_P) by engine, ug/m3 per t over all components; pollutants without one are zero."""
        if not receptors:
            return {}
        found = _frame(
            connection,
            "select engine, receptor, producer_province, producer_sector, pollutant,"
            " sum(sensitivity_ug_m3_per_t) as per_t from marts.fct_pm25_sensitivity"
            " where edition = $edition and year = $year group by all order by all",
            side,
        ).filter(pl.col("pollutant").is_in(self.lists.pollutants))
        here = Axis.product(receptor=receptors, pollutant=self.lists.pollutants)
        where = (
            here,
            ["receptor", "pollutant"],
            self.rows,
            ["producer_province", "producer_sector"],
        )
        shape = (len(receptors), len(self.lists.pollutants), len(self.rows))
        known = found.join(
            self.rows.labels, left_on=where[3], right_on=["region", "sector"], how="semi"
        )
        return {
            str(engine): to_matrix(part, *where, "per_t").reshape(shape)
            for (engine,), part in known.group_by("engine", maintain_order=True)
        }


def _summed(values: Array, at: Indices, size: int) -> Array:
    """Sum rows to their common rows: (n, ...) to (size, ...)."""
    summed = np.zeros((size, *values.shape[1:]))
    np.add.at(summed, at, values)
    return summed


def _weighted(per_t: Array, weights: Array, at: Indices, size: int) -> Array:
    """Mean of (r, k, n) over rows of one common row by weights (k, n); a plain mean where all weights are zero."""
    total = _summed(weights.T, at, size).T
    count = _summed(np.ones(len(at)), at, size)
    share = np.where(
        total[:, at] != 0, weights / np.where(total != 0, total, 1)[:, at], 1 / count[at]
    )
    return np.stack([_summed((each * share).T, at, size).T for each in per_t])


def _frame(
    connection: duckdb.DuckDBPyConnection, query: str, side: Side, **others: str
) -> pl.DataFrame:
    params = {"edition": side.edition, "year": side.year, **others}
    frame: pl.DataFrame = connection.sql(query, params=params).pl()
    return frame
