"""What a wheel holds beside the package `tradeplume`: rooms, models and seeds, out of others' way."""

from __future__ import annotations

from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

ROOMS = (
    *(
        "compute",
        "warehouse",
        "steps",
        "geoschem",
        "flows",
        "expectations",
        "atlas",
        "synth",
        "cli",
    ),
    *("dbt_project", "models", "seeds", "CITATION.cff"),
)


class Rooms(BuildHookInterface):  # type: ignore[misc]
    """Puts the rooms into ``tradeplume/_rooms`` of a wheel; an editable installation reads them where they lie."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Called by hatchling before it builds; ``version`` is `standard` or `editable`."""
        if version == "standard":
            build_data["force_include"] |= {name: f"tradeplume/_rooms/{name}" for name in ROOMS}
