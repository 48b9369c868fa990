"""Models of a user's own: ``<home>/models/*.sql`` join the dbt project as marts, under the same rules.

Each model has an entry in a yml beside it: every column with its type, a key, and bounds that gate 2 judges it by.
A model without one is refused before the run, with the lines to add.
"""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb
import yaml

from warehouse.database import connect, fetch
from warehouse.errors import InputError
from warehouse.yaml_files import yaml_content

FOLDER = "models"
PROJECT_MODELS = Path(__file__).resolve().parent.parent / "models"
_NAME = re.compile(r"^[a-z][a-z0-9]*(_[a-z0-9]+)*$")
_REF = re.compile(r"""\{\{-?\s*ref\(\s*['"](\w+)['"]\s*\)\s*-?\}\}""")
_VAR = re.compile(r"""\{\{-?\s*var\(\s*['"](\w+)['"][^)]*\)\s*-?\}\}""")
_SEARCHED = ("marts", "intermediate", "staging", "seeds")
_SCHEMAS = "select schema_name from duckdb_schemas() where database_name = current_database()"
_COMPLETE = ("edition", "year")


@dataclass(frozen=True)
class OwnModel:
    """One model of the user's. bounds: column to least and most that can be right."""

    name: str
    path: Path
    bounds: Mapping[str, tuple[float, float]]


def own_models(home: Path, variables: Mapping[str, object], working: Path) -> list[OwnModel]:
    """The user's models by name, each with its entry in a yml beside it.

    variables: of the edition, and working: its working file, with which the lines to add are made.
    Raises InputError for a name that the project has, a model without an entry, and an entry without columns and
    types, `edition` and `year`, a key, or bounds.
    """
    folder = home / FOLDER
    files = sorted(folder.glob("*.sql"))
    known = {path.stem for path in PROJECT_MODELS.rglob("*.sql")} if files else set()
    entries = _entries(sorted([*folder.glob("*.yml"), *folder.glob("*.yaml")])) if files else {}
    found = []
    for path in files:
        if path.stem in known or not _NAME.match(path.stem):
            raise InputError(
                "A model of yours has a name that cannot be used.",
                file=path,
                found=path.stem,
                expected="small letters, digits and underscores; a name that no model of the project has",
                remedy="Give the file another name.",
            )
        entry = entries.get(path.stem)
        lacking = ["its entry in a yml beside it"] if entry is None else list(_lacking(entry))
        if lacking:
            raise InputError(
                "A model of yours cannot be checked.",
                file=path,
                found=f"without {', '.join(lacking)}",
                expected="what every mart has: a contract, a key, and bounds of its amounts",
                remedy=f"Add to {folder / 'own.yml'}:\n{_lines_to_add(path, variables, working)}",
            )
        found.append(OwnModel(path.stem, path, bounds_of(entry or {})))
    return found


def stage(models: Sequence[OwnModel], home: Path, target: Path) -> Path:
    """Copy the models and their yml to a folder that dbt reads as marts; returns it."""
    staged = target / "own_models"
    shutil.rmtree(staged, ignore_errors=True)
    folder = staged / "marts"
    folder.mkdir(parents=True)
    beside = [*(home / FOLDER).glob("*.yml"), *(home / FOLDER).glob("*.yaml")]
    for path in [*(model.path for model in models), *beside]:
        shutil.copyfile(path, folder / path.name)
    return staged


def described_bounds(home: Path) -> dict[str, dict[str, tuple[float, float]]]:
    """Model to the bounds of its columns, as the yml files of the user's folder have them."""
    files = sorted([*(home / FOLDER).glob("*.yml"), *(home / FOLDER).glob("*.yaml")])
    return {name: bounds_of(entry) for name, entry in _entries(files).items()}


def bounds_of(entry: Mapping[str, Any]) -> dict[str, tuple[float, float]]:
    """The bounds of an entry, column to least and most; those without two numbers are left out."""
    given = entry.get("config", {}).get("meta", {}).get("bounds", {})
    return {
        str(column): (float(both[0]), float(both[1]))
        for column, both in given.items()
        if isinstance(both, list) and len(both) == 2
    }


def _entries(files: Iterable[Path]) -> dict[str, dict[str, Any]]:
    found: dict[str, dict[str, Any]] = {}
    for path in files:
        try:
            content = yaml_content(path.read_text(encoding="utf-8")) or {}
            found |= {str(entry["name"]): entry for entry in content.get("models", [])}
        except (yaml.YAMLError, UnicodeDecodeError, KeyError, TypeError, AttributeError) as error:
            raise InputError(
                "The description of your models cannot be read.",
                file=path,
                found=str(error).splitlines()[0],
                expected="`models:` with a list of entries that have a name",
                remedy="Correct the file.",
            ) from error
    return found


def _lacking(entry: Mapping[str, Any]) -> Iterable[str]:
    columns = entry.get("columns") or []
    names = [str(column.get("name")) for column in columns]
    if not columns or not all(column.get("data_type") for column in columns):
        yield "columns with data_type"
    if names[: len(_COMPLETE)] != list(_COMPLETE):
        yield "edition and year as its first columns"
    if not any("unique_key" in test for test in entry.get("data_tests") or []):
        yield "a test unique_key"
    if not bounds_of(entry):
        yield "bounds (config.meta.bounds)"


def _lines_to_add(path: Path, variables: Mapping[str, object], working: Path) -> str:
    """An entry for the model, its columns as the working file would make them, where it can."""
    columns = _columns(path, variables, working) or [("edition", "varchar"), ("year", "integer")]
    numbers = [name for name, kind in columns if kind in ("double", "bigint") and name != "year"]
    bounds = ", ".join(f"{name}: [0, 1.0e9]" for name in numbers[:1] or ["value"])
    codes = ", ".join(name for name, kind in columns if kind not in ("double",))
    lines = [
        "version: 2",
        "models:",
        f"  - name: {path.stem}",
        "    description: What one row is, and what it holds.",
        f"    config: {{meta: {{bounds: {{{bounds}}}}}}}  # least and most that can be right",
        f"    data_tests: [{{unique_key: {{arguments: {{columns: [{codes}]}}}}}}]",
        "    columns:",
        *(
            f"      - {{name: {name}, data_type: {kind}, description: What it is.}}"
            for name, kind in columns
        ),
    ]
    return "\n".join(lines)


def _columns(
    path: Path, variables: Mapping[str, object], working: Path
) -> list[tuple[str, str]] | None:
    if not working.exists():
        return None
    text = path.read_text(encoding="utf-8")
    text = _REF.sub(r"\1", _VAR.sub(lambda found: str(variables.get(found[1], "")), text))
    try:
        with connect(working, read_only=True) as connection:
            there = {str(name) for (name,) in fetch(connection, _SCHEMAS)}
            path_of = ",".join(name for name in _SEARCHED if name in there)
            connection.execute(f"set search_path = '{path_of}'")
            rows = connection.execute(f"describe {text.strip().rstrip(';')}").fetchall()
    except (duckdb.Error, InputError):
        return None
    return [(str(row[0]), str(row[1]).lower()) for row in rows]
