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


def place_runner() -> str:
    """$TRADEPLUME_RUNNER, otherwise the Dask scheduler at $TRADEPLUME_DASK, otherwise a process for each core."""
    address = os.environ.get(DASK_VARIABLE)
    return os.environ.get(RUNNER_VARIABLE) or (f"dask:{address}" if address else "processes")


def places_given(context: Context) -> tuple[Any, ...]:
    """What the step is given beside tables and assumptions: who does the places, and what keeps them."""
    spread = partial(fan_out, runner=parse_runner(place_runner()))
    return spread, PieceStore(context.home.places / context.working.name)
