"""The places of the weather adjustment: where they are computed, and where each is kept once it is done."""

from __future__ import annotations

import os
from functools import partial
from typing import Any

from flows.engine import Context
from flows.fan_out import fan_out, parse_runner
from flows.intervals import RUNNER_VARIABLE
from warehouse.kept_pieces import PieceStore

DASK_VARIABLE = "TRADEPLUME_DASK"


def place_runner(asked: str = "") -> str:
    """The runner that was asked for, otherwise $TRADEPLUME_RUNNER, the Dask scheduler at $TRADEPLUME_DASK,
    or a process for each core.
    """
    address = os.environ.get(DASK_VARIABLE)
    by_address = f"dask:{address}" if address else "processes"
    return asked or os.environ.get(RUNNER_VARIABLE) or by_address


def places_given(context: Context) -> tuple[Any, ...]:
    """What the step is given beside tables and assumptions: who does the places, and what keeps them."""
    spread = partial(fan_out, runner=parse_runner(place_runner(context.runner)))
    return spread, PieceStore(context.home.places / context.working.name)
