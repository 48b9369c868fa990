"""Where the data of an installation lie."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path

HOME_VARIABLE = "TRADEPLUME_HOME"
DEFAULT_HOME = "var"


def home_folder(
    option: str | Path | None = None, environment: Mapping[str, str] | None = None
) -> Path:
    """The given folder, otherwise ``$TRADEPLUME_HOME``, otherwise ``./var``; always absolute."""
    variables = os.environ if environment is None else environment
    chosen = Path(option or variables.get(HOME_VARIABLE) or DEFAULT_HOME)
    return chosen.expanduser().absolute()


def published_file(home: Path) -> Path:
    """The file that readers open."""
    return home / "published" / "tradeplume.duckdb"
