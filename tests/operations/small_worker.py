"""The small steps (tests/flows/small.py) instead of the real ones, here and in the workers of a test cluster."""

from __future__ import annotations

import importlib.util
from collections.abc import Callable
from pathlib import Path
from typing import Any

import flows.run

_SMALL = Path(__file__).resolve().parents[1] / "flows" / "small.py"


def small_steps() -> Callable[..., Any]:
    """The function that lists them."""
    found = importlib.util.spec_from_file_location("small_steps_module", _SMALL)
    assert found is not None
    assert found.loader is not None
    module = importlib.util.module_from_spec(found)
    found.loader.exec_module(module)
    steps: Callable[..., Any] = module.small_steps
    return steps


def dask_setup(_worker: object) -> None:
    """Called in a worker that preloads this module."""
    flows.run.all_steps = small_steps()  # type: ignore[attr-defined]
