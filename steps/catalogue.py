"""Every computation on one page: what it reads, what it writes, which assumptions it takes.

From this follow the order of a run, what a change makes stale, what a run without concentrations removes, and
the way of the data through computations in dbt's documentation.  Nothing heavy is imported here.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from fnmatch import fnmatch
from importlib import import_module
from typing import Any

from warehouse.tables import Assumptions


@dataclass(frozen=True)
class Computation:
    """One computation of the pipeline.

    name: the step's name on the command line.  title: for people.  function: ``module:function``, called with
    the step's tables (warehouse.tables.Tables) and its assumptions; returns the rows of its main table.
    reads, writes: tables with their schema; a role that an edition lacks may be among the reads.
    assumptions: names, or patterns of names, of the edition's variables.  is_shipped: whether results of it
    come with the product, for the same rows, code and assumptions (warehouse.shipped).
    """

    name: str
    title: str
    function: str
    reads: tuple[str, ...]
    writes: tuple[str, ...]
    assumptions: tuple[str, ...] = ()
    is_shipped: bool = False

    @property
    def module(self) -> str:
        """The module whose code, with all that it imports, decides what is computed."""
        return self.function.split(":")[0]

    def load(self) -> Callable[..., Any]:
        """The function; importing it may take seconds."""
        module, name = self.function.split(":")
        loaded: Callable[..., Any] = getattr(import_module(module), name)
        return loaded

    def taken(self, variables: Assumptions) -> dict[str, bool | float | str | int]:
        """Those of an edition's variables that the computation declares."""
        return {
            name: value
            for name, value in variables.items()
            if any(fnmatch(name, pattern) for pattern in self.assumptions)
        }


MODEL_OF = {"intermediate.int_pm25__emitter_sensitivity": "computed.pm25_sensitivity"}
"""Models that computations read and that are there only where another computation writes a table."""

_LINKED_TABLE = (
    "intermediate.int_mrio__final_demand",
    "intermediate.int_mrio__flow",
    "intermediate.int_mrio__output",
    "intermediate.int_province__output",
    "seeds.sector",
)
_BALANCE = (
    "intermediate.int_mrio__column_total",
    "intermediate.int_mrio__prior",
    "intermediate.int_mrio__row_total",
)
_BALANCE_ASSUMPTIONS = (
    "balance_max_iterations",
    "balance_reconcile_share",
    "balance_tolerance",
)
_LAND = ("raw.grid_cell", "raw.population_total", "raw.relief")
_ENGINE = (
    *_LAND,
    "raw.emission_grid",
    "raw.meteorology",
    "raw.point_source",
    "seeds.atmosphere_parameter",
    "seeds.emission_month_share",
    "seeds.emission_release",
    "seeds.gridding_proxy",
)

TRADE = Computation(
    "trade",
    "exports and imports by province and sector",
    "steps.link:allocate_trade",
    reads=(
        "intermediate.int_trade__export_prior",
        "intermediate.int_trade__import_prior",
        "intermediate.int_trade__province_total",
        "intermediate.int_trade__sector_total",
    ),
    writes=("computed.province_export", "computed.province_import"),
    assumptions=("export_total_concept",),
)
DESTINATION = Computation(
    "destination",
    "where each province's exports go",
    "steps.destinations:fit_destinations",
    reads=(
        "intermediate.int_trade__destination_prior",
        "intermediate.int_trade__destination_total",
    ),
    writes=("computed.export_destination",),
    assumptions=("trace_share",),
)
GRAVITY = Computation(
    "gravity",
    "flows between provinces",
    "steps.link:estimate_gravity",
    reads=("intermediate.int_link__distance", "intermediate.int_link__margin"),
    writes=("computed.interprovincial_flow", "computed.interprovincial_margin"),
    assumptions=("gravity_exponent",),
)
BALANCE = Computation(
    "balance",
    "balanced table",
    "steps.link:balance_table",
    reads=_BALANCE,
    writes=("computed.balance_run", "computed.mrio_balanced"),
    assumptions=_BALANCE_ASSUMPTIONS,
)
BALANCE_WHOLE = Computation(
    "balance",
    "balanced table",
    "steps.whole_table:balance_whole_table",
    reads=(*_BALANCE, "intermediate.int_mrio__block"),
    writes=(
        "computed.balance_block",
        "computed.balance_run",
        "computed.mrio_final_demand",
        "computed.mrio_flow",
        "computed.mrio_total",
    ),
    assumptions=_BALANCE_ASSUMPTIONS,
)
FOOTPRINT = Computation(
    "footprint",
    "what foreign demand calls for",
    "steps.footprint:compute_footprint",
    reads=(
        *_LINKED_TABLE,
        "intermediate.int_inventory__intensity",
        "seeds.pollutant",
        "staging.stg_global_table",
    ),
    writes=(
        "computed.consumed_product_output",
        "computed.export_intensity",
        "computed.export_output",
        "computed.export_reading",
        "computed.final_producer_output",
        "computed.footprint_closure",
        "computed.footprint_sector_step",
    ),
    assumptions=("home_region",),
)
SUPPLY_CHAIN = Computation(
    "supply-chain",
    "production layers and the largest paths",
    "steps.supply_chain:trace_supply_chains",
    reads=(
        *_LINKED_TABLE,
        "intermediate.int_inventory__indexed",
        "intermediate.int_pollutant__weight",
    ),
    writes=(
        "computed.layer_flow",
        "computed.layer_flow_sector",
        "computed.production_layer",
        "computed.supply_chain_path",
    ),
    assumptions=("home_region", "path_count"),
)
CONCENTRATION = Computation(
    "concentration",
    "what people breathe: scenarios, attribution, exposure",
    "steps.concentration:simulate",
    reads=(
        *_ENGINE,
        "intermediate.int_atmosphere__emission",
        "intermediate.int_atmosphere__export_emission",
        "raw.evaluation_weather",
        "seeds.region",
    ),
    writes=(
        "computed.exposure",
        "computed.gridding_closure",
        "computed.gridding_fallback",
        "computed.pm25_cell",
        "computed.pm25_province",
        "computed.pm25_sensitivity",
    ),
    assumptions=("home_region", "year"),
)
_OBSERVED = (
    "raw.evaluation_coverage",
    "raw.evaluation_observation",
    "raw.evaluation_place",
)
EVALUATION = Computation(
    "evaluation",
    "the engine beside observations of 2013 to 2016",
    "steps.evaluation:evaluate",
    reads=(
        *_ENGINE,
        *_OBSERVED,
        "raw.evaluation_weather",
        "intermediate.int_evaluation__emission",
        "seeds.source_apportionment",
    ),
    writes=(
        "computed.model_evaluation",
        "computed.model_evaluation_place",
        "computed.source_apportionment",
    ),
    assumptions=("year",),
    is_shipped=True,
)
EVALUATION_OF_YEAR = Computation(
    "evaluation-of-year",
    "concentrations of the edition's year beside observations of that year",
    "steps.evaluation_year:evaluate_year",
    reads=(
        *_LAND,
        *_OBSERVED,
        "computed.pm25_cell",
        "computed.pm25_province",
        "raw.observed_series",
    ),
    writes=("computed.evaluation_of_year", "computed.evaluation_of_year_place"),
    assumptions=("year",),
)
SIMULATED = Computation(
    "simulated",
    "what runs of GEOS-Chem brought back",
    "geoschem.results:load_results",
    reads=("intermediate.int_atmosphere__emission",),
    writes=(
        "computed.simulated_exposure",
        "computed.simulated_pm25_cell",
        "computed.simulated_pm25_province",
        "computed.simulation_evaluation",
        "computed.simulation_provenance",
    ),
)
HEALTH = Computation(
    "health",
    "deaths that PM2.5 is associated with",
    "steps.health:compute_health",
    reads=(
        *_LAND,
        "computed.pm25_cell",
        "computed.simulated_pm25_cell",
        "raw.age_structure",
        "raw.baseline_mortality",
        "raw.crude_death_rate",
        "raw.relative_risk",
    ),
    writes=(
        "computed.health_avoided",
        "computed.health_burden",
        "computed.health_component",
        "computed.health_outcome",
        "computed.health_response",
        "computed.health_stand_in",
    ),
    assumptions=("health_*", "home_region", "year"),
)
UNCERTAINTY = Computation(
    "uncertainty",
    "how sure the results are: draws of the inventory, and of the table when asked for",
    "steps.uncertainty:draw_uncertainty",
    reads=(
        *_LINKED_TABLE,
        "computed.health_outcome",
        "computed.health_response",
        "intermediate.int_export__driven_output",
        "intermediate.int_export__layer_output",
        "intermediate.int_inventory__activity_level",
        "intermediate.int_inventory__alternative",
        "intermediate.int_inventory__draw_level",
        "intermediate.int_inventory__emission",
        "intermediate.int_inventory__emitter",
        "intermediate.int_inventory__placed",
        "intermediate.int_link__distance",
        "intermediate.int_mrio__consumption",
        "intermediate.int_pm25__emitter_sensitivity",
        "intermediate.int_pollutant__weight",
        "seeds.inventory_uncertainty",
        "seeds.outside_source",
        "seeds.pollutant",
        "seeds.region",
        "seeds.sector_aggregation",
        "seeds.sector_uncertainty",
        "seeds.uncertainty_parameter",
    ),
    writes=(
        "computed.rank_stability",
        "computed.sensitivity",
        "computed.uncertainty",
        "computed.uncertainty_coefficient",
    ),
    # Of all but the first the alternatives say what they are an alternative to.
    assumptions=(
        "home_region",
        "health_exposure_coefficient",
        "export_cap_share",
        "export_total_concept",
        "gravity_exponent",
        "outflow_cap_share",
        "scale_to_global",
        "transit_floor_share",
        "unplaced_imports_by_use",
    ),
)
WEATHER = Computation(
    "weather",
    "weather's and emissions' part of the change",
    "steps.weather:adjust_weather",
    reads=(
        "intermediate.int_air__model_day",
        "intermediate.int_air__series",
        "intermediate.int_air__unit_day",
    ),
    writes=(
        "computed.normalised_month",
        "computed.weather_adjusted_change",
        "computed.weather_adjustment_gap",
    ),
    assumptions=("period", "weather_*"),
)

COMPUTATIONS = (
    TRADE,
    DESTINATION,
    GRAVITY,
    BALANCE,
    BALANCE_WHOLE,
    FOOTPRINT,
    SUPPLY_CHAIN,
    CONCENTRATION,
    EVALUATION,
    EVALUATION_OF_YEAR,
    SIMULATED,
    HEALTH,
    UNCERTAINTY,
    WEATHER,
)


def lineage(computations: Sequence[Computation]) -> dict[str, list[str]]:
    """Computed table (without schema) to what its computation reads: dbt's variable ``computed_from``.

    Computed tables that none of the computations writes are left out, and models of them: dbt does not know them.
    """
    written = {table for computation in computations for table in computation.writes}

    def is_known(name: str) -> bool:
        table = MODEL_OF.get(name, name)
        return not table.startswith("computed.") or table in written

    return {
        table.removeprefix("computed."): sorted(filter(is_known, computation.reads))
        for computation in computations
        for table in computation.writes
    }
