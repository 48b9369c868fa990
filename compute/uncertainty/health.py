"""Errors of deaths: deviates of theta, exposure and rates, drawn with the numbers of the inventory's draws."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from compute._checks import Array
from compute.health import CAUSES
from compute.uncertainty.draws import generator


def deviates(seed: int, draws: Sequence[int]) -> tuple[Array, Array, Array]:
    """Standard normal deviates of theta (d, causes), exposure (d,) and rates (d, causes).

    Each depends on seed, source and number of the draw alone.
    """
    theta, rate = (
        np.array([generator(seed, source, draw).standard_normal(len(CAUSES)) for draw in draws])
        for source in ("theta", "rate")
    )
    exposure = [generator(seed, "exposure", draw).standard_normal() for draw in draws]
    return theta, np.array(exposure), rate
