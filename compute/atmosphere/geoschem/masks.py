"""Where our emissions take the place of the default inventory: inside China and nowhere else."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]


class MaskError(ValueError):
    """A mask that HEMCO would misread."""


@dataclass(frozen=True)
class Box:
    """Whole degrees: HEMCO reads a mask's box as integers."""

    west: int
    south: int
    east: int
    north: int

    def text(self) -> str:
        """As HEMCO's configuration expects it: lon1/lat1/lon2/lat2."""
        return f"{self.west}/{self.south}/{self.east}/{self.north}"

    def encloses(self, other: Box) -> bool:
        """Whether another box lies inside this one."""
        return (
            self.west <= other.west
            and self.south <= other.south
            and self.east >= other.east
            and self.north >= other.north
        )


def china_mask(china_share: Array, emission: Array) -> Array:
    """One where ours replaces the default, otherwise zero, (ny, nx).

    china_share: of each cell's area, 0 to 1.  emission: ours, any unit, (ny, nx).
    A cell counts when China is at least half of it or when any emission of ours lies in it: a cell with
    emission outside the mask would lose mass, because HEMCO takes a mask below one half as zero.
    """
    if china_share.shape != emission.shape:
        raise MaskError(f"shapes differ: {china_share.shape} and {emission.shape}")
    return np.where((china_share >= 0.5) | (emission > 0), 1.0, 0.0)


def mask_box(mask: Array, longitude_edges: Array, latitude_edges: Array) -> Box:
    """The smallest box of whole degrees around the mask. Raises MaskError for an empty mask."""
    rows, columns = np.nonzero(mask > 0)
    if rows.size == 0:
        raise MaskError("the mask is empty")
    return Box(
        west=int(np.floor(longitude_edges[columns.min()])),
        south=int(np.floor(latitude_edges[rows.min()])),
        east=int(np.ceil(longitude_edges[columns.max() + 1])),
        north=int(np.ceil(latitude_edges[rows.max() + 1])),
    )


NESTED_DOMAIN = Box(70, 15, 139, 55)
"""The nested domain as HEMCO compares it with boxes: outer centres, longitudes floored, latitudes raised."""


def check_box(box: Box, around: Box, domain: Box = NESTED_DOMAIN) -> None:
    """Raises MaskError when a box does not enclose what it masks, or covers the whole domain.

    HEMCO skips every inventory of lower hierarchy where a box covers the whole domain, even where the
    mask is zero: the box must leave a part of the domain outside.
    """
    if not box.encloses(around):
        raise MaskError(
            f"the box {box.text()} does not enclose the mask, which needs {around.text()}"
        )
    if box.encloses(domain):
        raise MaskError(
            f"the box {box.text()} covers the whole nested domain {domain.text()}: "
            "HEMCO would drop the default inventory everywhere"
        )
