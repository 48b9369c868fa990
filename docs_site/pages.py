"""Pages written from the program: commands, tables, functions, changes."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import typer

from warehouse.yaml_files import yaml_content

ROOT = Path(__file__).resolve().parents[1]
MARTS = "models/*/marts/*.yml"


def commands() -> str:
    """Every command by group: what it does, its arguments and options with defaults."""
    from cli.main import GROUPS, app

    root = typer.main.get_command(app)
    found = root.commands  # type: ignore[attr-defined]
    lines: list[str] = []
    for group in GROUPS:
        lines += [f"## {group}", ""]
        for name, command in found.items():
            if command.rich_help_panel == group:
                lines += _command(f"tradeplume {name}", command)
    return "\n".join(lines)


def _command(path: str, command: Any, level: int = 3) -> list[str]:
    """A command's help as Markdown; its own commands follow."""
    lines = [f"{'#' * level} {path}", "", _plain(command.help or ""), ""]
    rows = [row for each in command.params if (row := _parameter(each))]
    if rows:
        lines += ["| option | default | what it does |", "|---|---|---|", *rows, ""]
    for name, each in getattr(command, "commands", {}).items():
        lines += _command(f"{path} {name}", each, level + 1)
    return lines


def _plain(text: str) -> str:
    """Help in paragraphs, without the indentation of a docstring."""
    return "\n".join(line.strip() for line in text.strip().splitlines())


def _parameter(parameter: Any) -> str:
    """One line of a command's table; empty for what is hidden."""
    if getattr(parameter, "hidden", False) or parameter.name == "help":
        return ""
    is_option = parameter.param_type_name == "option"
    names = [*parameter.opts, *parameter.secondary_opts] if is_option else [parameter.name.upper()]
    default = parameter.default
    shown = "" if default in (None, False, "") or callable(default) else f"`{default}`"
    if parameter.required:
        shown = "required"
    described = " ".join((parameter.help or "").split())
    return f"| {', '.join(f'`{name}`' for name in names)} | {_cell(shown)} | {_cell(described)} |"


def dictionary(root: Path = ROOT) -> str:
    """Every mart with its columns, types and comments, by the file that declares it."""
    lines: list[str] = []
    for model in marts(root):
        lines += [
            f"## {model['name']}",
            "",
            " ".join(str(model.get("description", "")).split()),
            "",
        ]
        lines += ["| column | type | what it holds |", "|---|---|---|"]
        for column in model["columns"]:
            described = " ".join(str(column.get("description", "")).split())
            kind = column.get("data_type", "")
            lines.append(f"| `{column['name']}` | {kind} | {_cell(described)} |")
        lines.append("")
    return "\n".join(lines)


def marts(root: Path = ROOT) -> list[dict[str, Any]]:
    """What dbt's files declare of the marts, by name."""
    found = {
        model["name"]: model
        for path in sorted(root.glob(MARTS))
        for model in (yaml_content(path.read_text(encoding="utf-8")) or {}).get("models", [])
        if model.get("columns") and not model["name"].startswith("int_")
    }
    return [found[name] for name in sorted(found)]


def functions(root: Path = ROOT) -> str:
    """What mkdocstrings shows: the notebook's three functions, and every public module of `compute`."""
    return "\n\n".join(f"::: {name}" for name in ("tradeplume", *public_modules(root)))


def public_modules(root: Path = ROOT) -> Iterator[str]:
    """The modules of `compute` whose names do not begin with an underscore."""
    for path in sorted((root / "compute").rglob("*.py")):
        parts = path.relative_to(root).with_suffix("").parts
        if not any(part.startswith("_") for part in parts):
            yield ".".join(parts)


def changelog(root: Path = ROOT) -> str:
    """The changes, without the page's own title."""
    text = (root / "CHANGELOG.md").read_text(encoding="utf-8")
    return re.sub(r"\A# .*\n", "", text).replace("](docs/", "](../")


def _cell(text: str) -> str:
    """Text that stands in a cell of a table."""
    return text.replace("|", "\\|")
