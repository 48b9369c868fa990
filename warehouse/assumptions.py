"""The assumptions and codes that an edition file can set, as they are read from it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from warehouse.assumption import Assumption, Value
from warehouse.assumption_table import ENTRIES
from warehouse.nearest import hint

ASSUMPTIONS: Mapping[str, Assumption] = {entry.name: entry for entry in ENTRIES}

CODES: Mapping[str, str] = {
    "provincial_classification": "Sectors of the provincial tables, as the concordances name them.",
    "provincial_inventory_code": "Column of inventory changes in the provincial tables.",
    "global_classification": "Sectors of the global table; without it those of the edition.",
    "demand_classification": "Sectors of the table that parts final demand; without it none is parted.",
    "consumer_classification": (
        "Sectors of the table that divides consuming regions into countries; without it none is divided."
    ),
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
