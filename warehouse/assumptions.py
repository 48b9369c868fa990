"""The assumptions and codes that an edition file can set: type, unit, bounds, default and meaning, each once.

To add an assumption, add one line to the table. Models read it as ``var('name')``, steps from the edition's variables.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BeforeValidator, Field, TypeAdapter, ValidationError

from warehouse.nearest import hint
from warehouse.period import Period, PeriodError

Value = bool | int | float | str
Kind = Literal["footprint", "concentration", "air_quality", "paper"]
Default = Value | Callable[[int], Value]
"""A value, or what makes it of the edition's year."""

ESTIMATED: tuple[Kind, ...] = ("footprint", "concentration")
PAPER: tuple[Kind, ...] = ("paper",)
BALANCED: tuple[Kind, ...] = (*ESTIMATED, *PAPER)
AIR: tuple[Kind, ...] = ("air_quality",)
CONCENTRATION: tuple[Kind, ...] = ("concentration",)
YEARS = (1900, 2100)


@dataclass(frozen=True)
class Assumption:
    """A number, switch or word that an edition can set.

    default: what holds where no edition file says anything.  unit: `1` for plain numbers and shares, empty for
    words.  allowed: in words.  kinds: of editions that use it.  form: the type with its bounds, for pydantic.
    """

    name: str
    default: Default
    unit: str
    allowed: str
    kinds: tuple[Kind, ...]
    description: str
    form: Any

    def read(self, value: object) -> Value:
        """The value as its type. Raises ValueError, saying what is expected."""
        if isinstance(value, bool) != (self.form is bool):
            raise ValueError(f"expected {self.allowed}")
        try:
            found: Value = TypeAdapter(self.form).validate_python(value)
        except ValidationError as error:
            raise ValueError(f"expected {self.allowed}") from error
        return found

    def default_in(self, year: int) -> Value:
        """The default of an edition of that year."""
        return self.default(year) if callable(self.default) else self.default

    @property
    def default_text(self) -> str:
        """The default in words."""
        return "the edition's year" if callable(self.default) else str(self.default)


def number(
    name: str,
    default: float,
    unit: str,
    low: float,
    high: float,
    kinds: tuple[Kind, ...],
    what: str,
) -> Assumption:
    """A real number from low to high."""
    form = Annotated[float, Field(ge=low, le=high)]
    return Assumption(name, default, unit, f"{low:g} to {high:g}", kinds, what, form)


def share(name: str, default: float, kinds: tuple[Kind, ...], what: str) -> Assumption:
    """A share, 0 to 1."""
    return number(name, default, "1", 0, 1, kinds, what)


def whole(
    name: str, default: Default, unit: str, low: int, high: int, kinds: tuple[Kind, ...], what: str
) -> Assumption:
    """A whole number from low to high."""
    form = Annotated[int, Field(ge=low, le=high)]
    return Assumption(name, default, unit, f"whole, {low} to {high}", kinds, what, form)


def year(name: str, kinds: tuple[Kind, ...], what: str) -> Assumption:
    """A year; by default the edition's."""
    return whole(name, _same_year, "year", *YEARS, kinds, what)


def word(
    name: str, default: str, choices: tuple[str, ...], kinds: tuple[Kind, ...], what: str
) -> Assumption:
    """One of several words."""
    form = Literal[choices]  # type: ignore[valid-type]
    return Assumption(
        name, default, "", " or ".join(f"`{one}`" for one in choices), kinds, what, form
    )


def switch(name: str, default: bool, kinds: tuple[Kind, ...], what: str) -> Assumption:
    """`true` or `false`."""
    return Assumption(name, default, "", "`true` or `false`", kinds, what, bool)


def _same_year(edition_year: int) -> int:
    return edition_year


def _whole_year(edition_year: int) -> str:
    return str(edition_year)


def _period(text: str) -> str:
    try:
        return Period.parse(text).name
    except PeriodError as error:
        raise ValueError(error.message) from error


_PERIOD = Annotated[str, BeforeValidator(str), AfterValidator(_period)]

# fmt: off - one entry a line, as in a table
_ENTRIES = (
    # Linking and balancing (docs/linking.md).
    number(
        "gravity_exponent",
        1.0,
        "1",
        0,
        5,
        ESTIMATED,
        "Flows between provinces fall with distance to this power.",
    ),
    share(
        "export_cap_share",
        0.95,
        ESTIMATED,
        "A sector exports at most this share of its output less inventories.",
    ),
    share("import_cap_share", 0.95, ESTIMATED, "Imports serve at most this share of a use."),
    share(
        "inventory_cap_share",
        0.5,
        ESTIMATED,
        "An inventory change beyond this share of output is a residual.",
    ),
    share(
        "trace_share",
        0.001,
        ESTIMATED,
        "Of the national propensity to trade, where a table books no trade.",
    ),
    word(
        "export_total_concept",
        "goods_and_services",
        ("goods_and_services", "goods_by_origin", "booked"),
        ESTIMATED,
        "Which statistic gives the provinces' shares of exports; `booked`: their own tables.",
    ),
    switch(
        "scale_to_global",
        False,
        ESTIMATED,
        "The provinces' sums are brought to the nation in the global table, by sector.",
    ),
    switch(
        "unplaced_imports_by_use",
        False,
        ESTIMATED,
        "Imports booked above all use, or in no table, go where the product is used.",
    ),
    share(
        "outflow_cap_share",
        1.0,
        ESTIMATED,
        "Outflow takes at most this share of what exports leave.",
    ),
    share(
        "transit_floor_share",
        0.0,
        ESTIMATED,
        "Local supply is at least this share of supply or use; less is transit. 0: transit is left as booked.",
    ),
    year(
        "provincial_table_year",
        ESTIMATED,
        "Year of the provincial tables; an older one is scaled to the edition's year.",
    ),
    year("export_total_year", ESTIMATED, "Year of the provinces' shares of exports."),
    year(
        "global_structure_year",
        ESTIMATED,
        "Year of China's partners in the global table; those of another year are derived.",
    ),
    word(
        "inventory_to_national_total",
        "older",
        ("older", "bundled"),
        ESTIMATED,
        "Inventories brought to the nation's totals: of an older year, or the bundled one of the year too.",
    ),
    year("table_year", PAPER, "Year of the provincial table, whose exchange rate it takes."),
    word(
        "regimes",
        "paper",
        ("paper", "all"),
        BALANCED,
        "Customs regimes that count: those the paper keeps, or all.",
    ),
    word(
        "export_level",
        "table",
        ("table", "customs"),
        PAPER,
        "Where exports by sector come from: the provincial table, or customs.",
    ),
    number(
        "balance_tolerance",
        1e-8,
        "1",
        1e-14,
        0.01,
        BALANCED,
        "Largest relative residual of a row or column.",
    ),
    whole(
        "balance_max_iterations",
        2000,
        "iterations",
        1,
        1_000_000,
        BALANCED,
        "Balancing gives up after these.",
    ),
    number(
        "balance_reconcile_share",
        1e-9,
        "1",
        0,
        0.01,
        BALANCED,
        "Row and column totals may differ by this, as rounding does.",
    ),
    whole("path_count", 20, "paths", 1, 10_000, BALANCED, "Supply-chain paths in each list."),
    # Deaths (docs/health.md).
    Assumption(
        "health_curve",
        "gemm",
        "",
        "`gemm`, or the name of a curve in the role relative_risk",
        CONCENTRATION,
        "Curve of the deaths that are attributed; all curves have a burden.",
        Annotated[str, Field(pattern="^[a-z][a-z0-9]*(_[a-z0-9]+)*$")],
    ),
    word(
        "health_outcome",
        "NCD+LRI",
        ("NCD+LRI", "five_causes"),
        CONCENTRATION,
        "Causes whose deaths are attributed; `five_causes`: IHD, stroke, COPD, LC and LRI together.",
    ),
    number(
        "health_exposure_coefficient",
        0.15,
        "1",
        0,
        1,
        CONCENTRATION,
        "Coefficient of variation of what people breathe, one error for all cells.",
    ),
    # Observed air quality (docs/air_quality.md).
    Assumption(
        "period",
        _whole_year,
        "",
        "a quarter (2018Q1), a half year (2025H1), a month (2018-03) or a year",
        AIR,
        "Whose change is split, against the same period a year before.",
        _PERIOD,
    ),
    whole("min_day_hours", 20, "hours", 1, 24, AIR, "Valid hours that make a day (GB 3095-2012)."),
    whole(
        "min_ozone_windows",
        14,
        "windows",
        1,
        24,
        AIR,
        "Running 8-hour means that make a day of ozone (GB 3095-2012).",
    ),
    number(
        "outlier_deviations",
        10,
        "deviations",
        1,
        1000,
        AIR,
        "Median absolute deviations above the median that make an outlier (CREA).",
    ),
    number(
        "deviation_scale",
        1.4826,
        "1",
        0.1,
        10,
        AIR,
        "Makes the median absolute deviation that of a normal distribution.",
    ),
    whole("max_gap_days", 5, "days", 0, 60, AIR, "Longer gaps stay gaps (CREA)."),
    share("min_completeness_share", 0.75, AIR, "Of a period's days, for a mean to be compared."),
    number(
        "heavy_aqi",
        200,
        "1",
        0,
        500,
        AIR,
        "A day is heavily polluted above this index (HJ 633-2012).",
    ),
    number(
        "dust_pm10_ug_m3",
        120,
        "ug/m3",
        0,
        10_000,
        AIR,
        "A day of sand or dust has more PM10 than this (benchmarks/air_dust_rule.py).",
    ),
    share("dust_fine_share", 0.55, AIR, "And PM2.5 below this share of its PM10."),
    share(
        "min_settled_share",
        0.25,
        AIR,
        "Of a period's days without dust, for a mean without dust.",
    ),
    number(
        "weather_reach_km",
        100,
        "km",
        0,
        2000,
        AIR,
        "A weather point stands for a city within this distance.",
    ),
    number(
        "min_skill_r2",
        0.5,
        "1",
        0,
        1,
        AIR,
        "Skill of the weather model on days left out; results below are flagged.",
    ),
    # The weather adjustment (compute/weather.py).
    whole(
        "weather_block_days",
        21,
        "days",
        1,
        366,
        AIR,
        "Length of the blocks of bootstrap and cross-validation.",
    ),
    whole("weather_folds", 5, "folds", 2, 50, AIR, "Folds of the blocked cross-validation."),
    whole("weather_refits", 16, "fits", 1, 10_000, AIR, "Bootstrap fits for each method."),
    whole(
        "weather_noise_draws",
        50,
        "draws",
        1,
        100_000,
        AIR,
        "Draws of the unexplained days of both periods for each fit.",
    ),
    number("weather_interval_share", 0.9, "1", 0.01, 0.999, AIR, "Coverage of the intervals."),
    whole(
        "weather_weather_draws",
        200,
        "draws",
        1,
        100_000,
        AIR,
        "Days whose weather a normalised day is given.",
    ),
    whole(
        "weather_min_training_days",
        365,
        "days",
        1,
        100_000,
        AIR,
        "With fewer days a place is left out.",
    ),
    whole("weather_seed", 20180101, "1", 0, 2**32 - 1, AIR, "The same seed makes the same draws."),
)
# fmt: on

ASSUMPTIONS: Mapping[str, Assumption] = {entry.name: entry for entry in _ENTRIES}

CODES: Mapping[str, str] = {
    "provincial_classification": "Sectors of the provincial tables, as the concordances name them.",
    "provincial_inventory_code": "Column of inventory changes in the provincial tables.",
    "global_classification": "Sectors of the global table; without it those of the edition.",
    "demand_classification": "Sectors of the table that parts final demand; without it none is parted.",
    "consumer_classification": "Sectors of the table that divides consuming regions into countries; without it none is divided.",
    "global_inventory_code": "Demand category of inventory changes in the global table.",
}
"""How the sources name what the models must know: name and meaning."""


class AssumptionError(ValueError):
    """A name that is not known, or a value that is out of bounds. name: the key.  remedy: what to do."""

    def __init__(self, name: str, message: str, remedy: str) -> None:
        super().__init__(message)
        self.name, self.remedy = name, remedy


def read_assumptions(given: Mapping[Any, object]) -> dict[str, Value]:
    """The assumptions of one file, as their types. Raises AssumptionError."""
    found: dict[str, Value] = {}
    for name, value in given.items():
        entry = ASSUMPTIONS.get(name)
        if entry is None:
            raise _unknown(name, "assumption", ASSUMPTIONS)
        try:
            found[entry.name] = entry.read(value)
        except ValueError as error:
            raise AssumptionError(
                entry.name,
                f"{error}, found {value!r}",
                f"{entry.description} Default: {entry.default_text}.",
            ) from error
    return found


def read_codes(given: Mapping[Any, object]) -> dict[str, str]:
    """The codes of one file. Raises AssumptionError."""
    for name, value in given.items():
        if name not in CODES:
            raise _unknown(name, "code", CODES)
        if not isinstance(value, str) or not value:
            raise AssumptionError(name, f"expected a word, found {value!r}", CODES[name])
    return {str(name): str(value) for name, value in given.items()}


def completed(given: Mapping[str, Value], kind: str, edition_year: int) -> dict[str, Value]:
    """An edition's assumptions, with the defaults of those that its kind uses and no file names.

    Raises AssumptionError for one that its kind does not use: it would change nothing.
    """
    for name in given:
        used_by = ASSUMPTIONS[name].kinds
        if kind not in used_by:
            raise AssumptionError(
                name,
                f"editions of kind {kind} do not use it; those of kind {', '.join(used_by)} do",
                "Remove the key.",
            )
    defaults = {entry.name: entry.default_in(edition_year) for entry in of_kind(kind)}
    return {**defaults, **given}


def of_kind(kind: str) -> Iterator[Assumption]:
    """The assumptions that a kind of edition uses."""
    return (entry for entry in ASSUMPTIONS.values() if kind in entry.kinds)


def _unknown(name: object, what: str, known: Iterable[str]) -> AssumptionError:
    names = [*known]
    return AssumptionError(
        str(name),
        f"there is no such {what}{hint(str(name), names)}",
        f"Correct or remove the key; {what}s are {', '.join(names)}.",
    )
