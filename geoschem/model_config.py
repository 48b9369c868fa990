"""geoschem_config.yml: dates and data folder set, everything else as the model's authors wrote it."""

from __future__ import annotations

import copy
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from io import StringIO
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.error import YAMLError
from ruamel.yaml.scalarint import ScalarInt

from compute.atmosphere.geoschem.schedule import BOUNDARY, NESTED
from geoschem.hemco_config import move_root
from warehouse.errors import InputError

EXPECTED = {
    BOUNDARY: {"met_field": "MERRA2", "resolution": "2.0x2.5", "nested": False},
    NESTED: {"met_field": "GEOSFP", "resolution": "0.25x0.3125", "nested": True},
}
LEVELS = 47


@dataclass(frozen=True)
class ModelConfig:
    """What we look at in a run directory's configuration."""

    data_root: str
    species: tuple[str, ...]


@lru_cache(maxsize=64)
def read(text: str, file: Path) -> ModelConfig:
    """Data folder and transported species. Raises InputError when it is not such a configuration.

    Kept by its text, as that of ``edit``: a campaign has hundreds of segments and two such files.
    """
    return _looked_at(_load([_mapping(block) for block in _blocks(text)], file), file)


def _looked_at(content: Mapping[str, Any], file: Path) -> ModelConfig:
    try:
        return ModelConfig(
            str(content["simulation"]["root_data_dir"]),
            tuple(str(name) for name in content["operations"]["transport"]["transported_species"]),
        )
    except (KeyError, TypeError) as error:
        raise _lacks(file, error) from error


def check(text: str, kind: str, file: Path) -> None:
    """Refuse a run directory of another simulation, grid, weather or number of levels."""
    content = _load([_mapping(block) for block in _blocks(text)], file)
    wanted = EXPECTED[kind]
    try:
        grid = content["grid"]
        found = {
            "simulation": content["simulation"]["name"],
            "met_field": content["simulation"]["met_field"],
            "resolution": str(grid["resolution"]),
            "number_of_levels": grid["number_of_levels"],
            "nested": bool(grid["nested_grid_simulation"]["activate"]),
        }
    except (KeyError, TypeError) as error:
        raise _lacks(file, error) from error
    expected = {"simulation": "fullchem", "number_of_levels": LEVELS, **wanted}
    for name, value in expected.items():
        if found[name] != value:
            raise InputError(
                f"This run directory cannot serve as the {kind} one.",
                file=file,
                column=name,
                found=found[name],
                expected=value,
                remedy="Make one with createRunDir.sh: full chemistry, "
                + (
                    "MERRA-2, 2.0 x 2.5, global, 47 levels."
                    if kind == BOUNDARY
                    else "GEOS-FP, 0.25 x 0.3125, Asia, 47 levels."
                ),
            )
    if kind == NESTED:
        ranges = [list(grid["longitude"]["range"]), list(grid["latitude"]["range"])]
        if ranges != [[70.0, 140.0], [15.0, 55.0]]:
            raise InputError(
                "The nested run directory is of another domain.",
                file=file,
                found=ranges,
                expected="70 to 140 E, 15 to 55 N",
                remedy="Choose the domain Asia in createRunDir.sh.",
            )


@lru_cache(maxsize=64)
def edit(text: str, start: date, end: date, data_root: str, file: Path) -> str:
    """The configuration with a segment's dates, and paths below the user's data folder."""
    blocks = _blocks(text)
    contents = [_mapping(block) for block in blocks]
    old = _looked_at(_load(contents, file), file).data_root.rstrip("/")
    for place, (block, content) in enumerate(zip(blocks, contents, strict=True)):
        if content is None:
            blocks[place] = move_root(block, old, data_root)
            continue
        if "simulation" in content:
            for name, day in (("start_date", start), ("end_date", end)):
                entry = content["simulation"][name]
                entry[0], entry[1] = int(f"{day:%Y%m%d}"), ScalarInt(0, width=6)
        _move(content, old, data_root.rstrip("/"))
        out = StringIO()
        _yaml().dump(content, out)
        blocks[place] = out.getvalue()
    return "".join(blocks)


def _move(node: Any, old: str, new: str) -> None:
    """Every path below the old data folder, below the new one."""
    items = node.items() if isinstance(node, dict) else enumerate(node)
    for key, value in list(items):
        if isinstance(value, dict | list):
            _move(value, old, new)
        elif isinstance(value, str) and (value == old or value.startswith(f"{old}/")):
            node[key] = new + value[len(old) :]


def _blocks(text: str) -> list[str]:
    """The text cut before every key of the top level, comments with what follows them.

    GEOS-Chem reads files that are not YAML as a whole: 14.0 indents its legacy diagnostics wrongly.
    """
    return re.split(r"^(?=[A-Za-z_][\w-]*:)", text, flags=re.MULTILINE)


def _mapping(block: str) -> dict[str, Any] | None:
    """A block that is YAML, None of another; a copy of its own, to be edited."""
    return copy.deepcopy(_read(block))


@lru_cache(maxsize=64)
def _read(block: str) -> dict[str, Any] | None:
    """Reading keeps comments and takes long, and all segments of a campaign have the same few templates."""
    try:
        content = _yaml().load(block)
    except YAMLError:
        return None
    return content if isinstance(content, dict) else None


def _yaml() -> YAML:
    yaml = YAML()
    yaml.preserve_quotes = True
    yaml.width = 4096
    yaml.indent(mapping=2, sequence=4, offset=2)
    return yaml


def _load(blocks: Iterable[dict[str, Any] | None], file: Path) -> dict[str, Any]:
    """All blocks that are YAML, as one mapping. Raises InputError when those we need are not."""
    content: dict[str, Any] = {}
    for block in blocks:
        content |= block or {}
    for name in ("simulation", "grid", "operations"):
        if not isinstance(content.get(name), dict):
            raise _lacks(file, KeyError(name))
    return content


def _lacks(file: Path, error: Exception) -> InputError:
    return InputError(
        "geoschem_config.yml lacks what a run needs.",
        file=file,
        found=f"no {error.args[0]!r}" if error.args else str(error),
        remedy="Use a run directory as createRunDir.sh of GEOS-Chem 14 makes it.",
    )
