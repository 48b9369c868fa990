"""What a wheel holds beside the package `tradeplume`: rooms, models and seeds, out of others' way."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

ROOMS = (
    *(
        "compute",
        "warehouse",
        "steps",
        "geoschem",
        "flows",
        "service",
        "expectations",
        "atlas",
        "synth",
        "cli",
    ),
    *("dbt_project", "models", "seeds", "CITATION.cff"),
)


class Rooms(BuildHookInterface):  # type: ignore[misc]
    """Puts the rooms, and the documentation where it is built (`make docs`), into a wheel.

    They lie in ``tradeplume/_rooms``; an editable installation reads them where they are.
    """

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Called by hatchling before it builds; ``version`` is `standard` or `editable`."""
        if version == "standard":
            names = [*ROOMS, *(["site"] if Path(self.root, "site", "index.html").exists() else [])]
            build_data["force_include"] |= {name: f"tradeplume/_rooms/{name}" for name in names}
