"""What `import tradeplume` offers. It imports none of the rooms: their names may be others' in a notebook."""

from __future__ import annotations

import subprocess
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tradeplume.place import home_folder, published_file

if TYPE_CHECKING:
    import duckdb
    import plotly.graph_objects as go

Folder = str | Path


def open(home: Folder | None = None) -> duckdb.DuckDBPyConnection:
    """A connection that reads the published marts; they need no schema before their names.

    home: the folder of all data; otherwise $TRADEPLUME_HOME, then ./var.  Raises FileNotFoundError where nothing
    is published yet.
    """
    import duckdb  # where it is used: the command line asks this package for the home alone

    path = published_file(home_folder(home))
    if not path.is_file():
        raise FileNotFoundError(
            f"Nothing is published at {path}: run `tradeplume run` first, or give the home that has it."
        )
    connection = duckdb.connect(str(path), read_only=True)
    connection.execute("use marts")
    return connection


def marts(home: Folder | None = None) -> duckdb.DuckDBPyRelation:
    """The published tables and views with their rows and descriptions; a relation of DuckDB."""
    return open(home).sql(
        """
        select table_name as mart, estimated_size as rows, comment as description
        from duckdb_tables() where schema_name = 'marts' and not internal
        union all
        select view_name, null, comment from duckdb_views() where schema_name = 'marts' and not internal
        order by mart
        """
    )


def figure(
    name: str,
    home: Folder | None = None,
    *,
    edition: str | None = None,
    year: int | None = None,
    **choices: str,
) -> go.Figure:
    """A figure of the atlas as a figure of Plotly: ``figure("export_map", pollutant="SO2")``.

    name: as `tradeplume plot` lists them.  choices: the selections of its page.
    Raises ValueError with what the command says: an unknown figure or choice, nothing published.
    """
    import plotly.io

    with tempfile.TemporaryDirectory() as folder:
        out = Path(folder) / "figure.json"
        asked: list[Any] = ["plot", name, "--out", out, "--home", home_folder(home)]
        asked += ["--edition", edition] if edition else []
        asked += ["--year", year] if year else []
        for select, value in choices.items():
            asked += ["--choose", f"{select}={value}"]
        command = [sys.executable, "-m", "tradeplume", *map(str, asked)]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        if done.returncode:
            raise ValueError(done.stderr.strip() or f"tradeplume plot ended with {done.returncode}")
        return plotly.io.from_json(out.read_text(encoding="utf-8"))
