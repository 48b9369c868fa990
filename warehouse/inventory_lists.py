"""The lists of sectors that an inventory may come in, and the one that names all of its sectors.

The models choose by the same rule (models/estimated/intermediate/int_inventory__activity.sql); here a list
that nobody knows is refused before a run, with the codes that have no place.
"""

from __future__ import annotations

import csv
from collections.abc import Collection, Iterable, Mapping
from pathlib import Path

from warehouse.edition import Edition
from warehouse.errors import InputError

SEEDS = Path(__file__).resolve().parent.parent / "seeds"
CONCORDANCE = "emission_concordance"
TOTAL = "TOTAL"
_OWN = "your concordance"
_SHOWN = 12


def lists_of(edition: Edition, concordance: Iterable[str] | None = None) -> dict[str, set[str]]:
    """Every list that the edition knows by its name, in the order in which they are tried.

    concordance: source sectors of the role emission_concordance, when it is filled.
    """
    own = edition.sector_classification
    table = str(edition.codes.get("provincial_classification", ""))
    outside = emitters_outside()
    found = {} if concordance is None else {_OWN: set(concordance)}
    found["REAS"] = _column("concordances", f"reas32__{own}", "source_sector")
    found["MEIC"] = _column("concordances", f"meic5__{own}", "source_sector")
    found[f"the edition's sectors ({own})"] = sectors_of(own) | outside
    found[f"the provincial tables' sectors ({table})"] = (
        _column("concordances", f"{table}__{own}", "from_code") | outside
    )
    return {name: codes for name, codes in found.items() if codes - outside}


def targets_of(edition: Edition) -> set[str]:
    """The codes that a concordance may name: the edition's sectors, and emitters outside the footprint."""
    return sectors_of(edition.sector_classification) | emitters_outside()


def sectors_of(classification: str) -> set[str]:
    """Sectors of a classification of the seed `sector`."""
    return {
        row["code"] for row in _rows("codes", "sector") if row["classification"] == classification
    }


def emitters_outside() -> set[str]:
    """Emitters outside the footprint; a file cannot name `no_table`."""
    return _column("codes", "outside_source", "code") - {"no_table"}


def list_fault(
    sectors: Collection[str], lists: Mapping[str, set[str]], edition: str, file: str | Path
) -> InputError | None:
    """What is wrong with an inventory's sectors: nothing, when one list names them all."""
    given = {code for code in sectors if code != TOTAL}
    if not given or any(given <= known for known in lists.values()):
        return None
    nearest = _OWN if _OWN in lists else max(lists, key=lambda name: len(given & lists[name]))
    missing = sorted(given - lists[nearest])
    return InputError(
        "The inventory names sectors that no list of sectors has.",
        file=file,
        column="source_sector",
        found=f"{len(missing)} of {len(given)} codes that {nearest} lacks: {_listing(missing)}",
        expected="; or ".join(
            f"{name}: {_listing(sorted(codes))}" for name, codes in lists.items()
        ),
        remedy=(
            f"Say where they go: a table source_sector,to_code,weight in landing/{edition}/{CONCORDANCE}/"
            " (all of the inventory's sectors; the weights of a sector sum to one)."
        ),
    )


def target_fault(targets: Collection[str], edition: Edition, file: str | Path) -> InputError | None:
    """What is wrong with the sectors that a concordance names; nothing, when the edition has them all."""
    known = targets_of(edition)
    unknown = sorted(set(targets) - known)
    if not unknown:
        return None
    return InputError(
        "The concordance names sectors that the edition does not have.",
        file=file,
        column="to_code",
        found=_listing(unknown),
        expected=f"sectors of {edition.sector_classification} or emitters outside the footprint:"
        f" {', '.join(sorted(known))}",
        remedy="Correct the codes.",
    )


def _listing(codes: Collection[str]) -> str:
    shown = ", ".join(list(codes)[:_SHOWN])
    return shown if len(codes) <= _SHOWN else f"{shown} and {len(codes) - _SHOWN} more"


def _column(folder: str, name: str, column: str) -> set[str]:
    return {row[column] for row in _rows(folder, name)}


def _rows(folder: str, name: str) -> list[dict[str, str]]:
    """The rows of a seed; none where there is no such seed."""
    path = SEEDS / folder / f"{name}.csv"
    if not path.exists():
        return []
    with path.open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))
