"""Where the files of a campaign lie."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from warehouse.home import Home

EMISSION_LINK = "TradeplumeEmissions"
BOUNDARY_LINK = "TradeplumeBoundary"


def slug(scenario: str) -> str:
    """A scenario's code as a folder name: ``I_EXREGION:USA`` becomes ``I_EXREGION_USA``."""
    return re.sub(r"[^A-Za-z0-9_-]+", "_", scenario)


@dataclass(frozen=True)
class Campaign:
    """The folder of one edition's simulations for one simulated year."""

    root: Path

    @property
    def emissions(self) -> Path:
        """Emission files by scenario, and the masks."""
        return self.root / "emissions"

    @property
    def runs(self) -> Path:
        """Run directories: ``<scenario>/<kind>/<period>``."""
        return self.root / "runs"

    @property
    def results(self) -> Path:
        """What was read from complete runs, as Parquet."""
        return self.root / "results"

    @property
    def templates(self) -> Path:
        """Run directories as the model's own script made them."""
        return self.root / "templates"

    @property
    def lock(self) -> Path:
        """The lock of the one process that simulates here."""
        return self.root / "campaign.lock"

    @property
    def downloads(self) -> Path:
        """The list of files that the model needs and does not find."""
        return self.root / "missing_files.txt"

    def emission_folder(self, scenario: str) -> Path:
        """Emission files of a scenario."""
        return self.emissions / slug(scenario)

    def segment_folder(self, key: str) -> Path:
        """Run directory of a segment."""
        return self.runs / key

    def boundary_output(self, scenario_slug: str) -> Path:
        """Where all global segments of a scenario put their boundary files."""
        return self.runs / scenario_slug / "boundary" / "BoundaryConditions"


def campaign_of(home: Home, edition: str, year: int, simulated_year: int) -> Campaign:
    """The campaign of an edition-year in a home."""
    name = f"{edition}-{year}"
    return Campaign(home.root.resolve() / "simulations" / name / f"geoschem-{simulated_year}")


def write_json(path: Path, content: object) -> None:
    """Write JSON, the whole file or nothing."""
    path.parent.mkdir(parents=True, exist_ok=True)
    aside = path.with_name(f".{path.name}.tmp")
    aside.write_text(json.dumps(content, indent=1, sort_keys=True) + "\n", encoding="utf-8")
    aside.replace(path)


def read_json(path: Path) -> Any:
    """Read JSON; None where there is no file."""
    return json.loads(path.read_text(encoding="utf-8")) if path.exists() else None
