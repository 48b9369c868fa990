"""Which family of models makes a part of the linked table: what the user has decides, not the edition's kind.

A family is a folder of ``models``; the families of one part make the same tables behind one contract
(models/core). dbt reads the chosen ones alone (dbt_project.yml).
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Literal


@dataclass(frozen=True)
class Choices:
    """One word a part.

    export_destinations: where provinces export to: as their customs rows say, or as the nation does.
    """

    export_destinations: Literal["nation", "customs"] = "nation"

    @property
    def variables(self) -> dict[str, str]:
        """As dbt's variables."""
        return {"export_destinations": self.export_destinations}


def choices_of(kind: str, filled: Collection[str]) -> Choices:
    """The families for a kind of edition whose roles of these names are filled.

    Kind `paper` demands all roles that others can do without.
    """
    has_all = kind == "paper"
    return Choices(
        export_destinations="customs" if has_all or "trade" in filled else "nation",
    )


@dataclass(frozen=True)
class Replacement:
    """What a file in a role would replace. stand_ins: rows of fct_assumption that are gone (or fewer) then."""

    role: str
    what: str
    stand_ins: tuple[str, ...]
    files: str
    where: str


REPLACEMENTS: Mapping[str, Replacement] = MappingProxyType(
    {
        each.role: each
        for each in (
            Replacement(
                "trade",
                "destinations and origins of each province's trade in goods; without it China's own",
                ("export_destination_stand_in",),
                "customs export and import by province, partner and commodity",
                "stats.customs.gov.cn",
            ),
        )
    }
)
"""Role to what a user's file in it replaces, where the edition can do without."""
