"""What an assumption of an edition is: its type, unit, bounds, default, and the kinds of edition that use it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BeforeValidator, Field, TypeAdapter, ValidationError

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
    return whole(name, same_year, "year", *YEARS, kinds, what)


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


def same_year(edition_year: int) -> int:
    """A default that is the edition's year."""
    return edition_year


def whole_year(edition_year: int) -> str:
    """A default that is the edition's year as a period."""
    return str(edition_year)


def _period(text: str) -> str:
    try:
        return Period.parse(text).name
    except PeriodError as error:
        raise ValueError(error.message) from error


PERIOD = Annotated[str, BeforeValidator(str), AfterValidator(_period)]
