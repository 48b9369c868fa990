"""Errors of deaths: deviates of theta, exposure and rates, drawn with the numbers of the inventory's draws."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from compute._checks import Array
from compute.health import CAUSES
from compute.health_burden import Response
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


@dataclass(frozen=True)
class Deaths:
    """Deaths of receptors, how they follow errors, and what share of them a tonne of exports has.

    receptors: (r,) names.  point: (r,) deaths of the run.  response: of the r receptors.
    share_per_t: (r, k, P, sectors), share of a receptor's deaths per tonne that exports drive.
    """

    receptors: tuple[str, ...]
    point: Array
    response: Response
    share_per_t: Array

    def drawn(self, seed: int, draw: int) -> dict[str, Array]:
        """Deaths of one draw, (r,): with every error (`both`), and with those of each source alone.

        Errors of the outcome are those of the first cause: its causes are drawn as one.
        """
        theta, exposure, rate = deviates(seed, (draw,))
        first, second, third = theta[0, 0], exposure[0], rate[0, 0]
        errors = np.array(
            [(0, 0, 0), (first, second, third), (first, 0, 0), (0, second, 0), (0, 0, third)]
        )
        found = self.response.deaths(*errors.T)
        # The response is fitted: its own middle is not quite the point.
        relative = np.divide(found, found[0], out=np.ones_like(found), where=found[0] > 0)
        names = ("both", "theta", "exposure", "rate")
        return dict(zip(names, relative[1:] * self.point, strict=True))
