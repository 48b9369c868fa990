"""A system that pymrio has parsed, as labelled matrices: texts among its figures are refused, not passed on."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from warehouse.errors import InputError
from warehouse.sources.figures import figure
from warehouse.sources.world_table import WorldTable

Array = NDArray[np.float64]

# Rows of factor inputs among EXIOBASE's stressors; totals of what stands in parts are left out.
_VALUE_ADDED = re.compile(
    r"value added|taxes less subsidies|other net taxes|compensation of employees|operating surplus",
    re.IGNORECASE,
)
_TOTAL = re.compile(r": *total$", re.IGNORECASE)


def of_system(system: Any, value_added: Array, path: Path) -> WorldTable:
    """pymrio's system as ours. value_added: all that a column pays beside its inputs, (n,). Raises InputError."""
    return WorldTable(
        rows=[(str(region), str(sector)) for region, sector in system.Z.index],
        columns=[(str(region), str(category)) for region, category in system.Y.columns],
        flows=_numbers(system.Z, path),
        demand=_numbers(system.Y, path),
        value_added=np.asarray(value_added, dtype=np.float64),
        unit=[str(unit) for unit in system.unit["unit"].unique()],
    )


def _numbers(frame: Any, path: Path) -> Array:
    """A block of pymrio's as an array. Raises InputError for the first text in it: pandas keeps such columns."""
    texts = [at for at, kind in enumerate(frame.dtypes) if kind.kind not in "iuf"]
    for at in texts:
        for row, cell in enumerate(frame.iloc[:, at]):
            if isinstance(cell, str) and figure(cell) is None:
                raise InputError(
                    "A cell of the world table does not hold a number.",
                    file=path,
                    row=" ".join(map(str, frame.index[row])),
                    column=" ".join(map(str, frame.columns[at])),
                    found=repr(cell),
                    expected="a number",
                    remedy="Restore the published figure, or download the table again.",
                )
    if texts:
        frame = frame.map(lambda cell: figure(cell) if isinstance(cell, str) else cell)
    return np.asarray(frame.to_numpy(dtype=np.float64))


def value_added_among(system: Any) -> Array:
    """The rows of all extensions that are factor inputs, summed, (n,); zeros without such rows."""
    total = np.zeros(len(system.Z))
    for extension in system.get_extensions(data=True):
        if extension.F is None:
            continue
        names = [str(name) for name in extension.F.index.get_level_values(0)]
        fitting = [at for at, name in enumerate(names) if _VALUE_ADDED.match(name)]
        stems = [_TOTAL.sub("", names[at]) for at in fitting]
        for at, stem in zip(fitting, stems, strict=True):
            is_total = bool(_TOTAL.search(names[at]))
            in_parts = sum(names[other].startswith(stem) for other in fitting) > 1
            if not (is_total and in_parts):
                total += extension.F.iloc[at].to_numpy(dtype=np.float64)
        if fitting:
            break  # another extension repeats them
    return total
