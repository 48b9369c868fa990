"""The whole dbt project as dbt reads it, without a working file behind it."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any
from unittest.mock import patch

from warehouse.edition import load_edition

ROOT = Path(__file__).parents[2]


def read_project(folder: Path, edition: str, **variables: object) -> Any:
    """dbt's manifest of the project as an edition reads it; what dbt writes goes to ``folder``.

    Raises RuntimeError when dbt cannot read the project.
    """
    # dbt takes seconds to import.
    from dbt.cli.main import dbtRunner

    known = {**load_edition(edition, folder).variables, **variables}
    project = str(ROOT / "dbt_project")
    environment = {
        "TRADEPLUME_WORK_FILE": str(folder / "none.duckdb"),
        "DBT_TARGET_PATH": str(folder / "target"),
        "DBT_LOG_PATH": str(folder / "logs"),
        "DBT_SEND_ANONYMOUS_USAGE_STATS": "false",
    }
    command = ["--quiet", "parse", "--no-write-json", "--project-dir", project]
    command += ["--profiles-dir", project, "--vars", json.dumps(known)]
    with patch.dict(os.environ, environment):
        outcome = dbtRunner().invoke(command)
    if outcome.exception or outcome.result is None:
        raise RuntimeError(f"dbt did not read {project}: {outcome.exception}")
    return outcome.result
