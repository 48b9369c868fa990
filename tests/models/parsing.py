"""The whole dbt project as dbt reads it, without a working file behind it."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

from flows.run import context_of
from warehouse.edition import load_edition
from warehouse.home import locate, prepare

ROOT = Path(__file__).parents[2]


def read_project(folder: Path, edition: str, **variables: object) -> Any:
    """dbt's manifest of the project as an edition reads it; what dbt writes goes to ``folder``.

    What another test has had read is read from its memory. Raises UserFacingError when dbt cannot read it.
    """
    home = locate(folder)
    prepare(home, needed_bytes=0)
    project = context_of(load_edition(edition, folder), home).dbt
    return replace(project, variables={**project.variables, **variables})._parsed()
