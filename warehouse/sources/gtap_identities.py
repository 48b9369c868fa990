"""Accounts that every GTAP base keeps, whatever its aggregation: what is read is whole and in one unit."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from warehouse.errors import InputError

Array = NDArray[np.float64]

TOLERANCE = 1e-3
"""Relative to the larger of the account and ``FLOOR_MUSD``: rounding of single precision stays far below."""

FLOOR_MUSD = 10.0
WORLD_OUTPUT_MUSD = (1e7, 1e9)
"""World output was 85 trillion dollars in 2004 and about 170 trillion in 2017."""


def check_identities(
    arrays: Mapping[str, Array], labels: Mapping[str, tuple[str, ...]], path: Path
) -> None:
    """Raise InputError for the first account that does not add up; checks of absent headers are left out."""
    for name, left, right, of in _accounts(arrays, labels):
        gap = np.abs(left - right) / np.maximum(np.maximum(np.abs(left), np.abs(right)), FLOOR_MUSD)
        worst = np.unravel_index(int(np.argmax(gap)), gap.shape)
        if gap[worst] > TOLERANCE:
            place = [labels[kind][at] for kind, at in zip(of, worst, strict=True)]
            raise InputError(
                "The base's accounts do not add up: a header is changed, cut, or in another unit.",
                file=path,
                row=", ".join(place),
                column=name,
                found=f"{left[worst]:,.6g} against {right[worst]:,.6g} million USD",
                expected=f"equal within {TOLERANCE:g}",
                remedy="Take the file of the GTAP package unchanged.",
            )
    world = float(arrays["MAKB"].sum())
    low, high = WORLD_OUTPUT_MUSD
    if not low < world < high:
        raise InputError(
            "World output is not that of a GTAP base in million USD.",
            file=path,
            column="MAKB",
            found=f"{world:,.6g}",
            expected=f"between {low:g} and {high:g} million USD",
            remedy="Take the file of the GTAP package unchanged, in million US dollars.",
        )


def _accounts(
    arrays: Mapping[str, Array], labels: Mapping[str, tuple[str, ...]]
) -> Iterator[tuple[str, Array, Array, tuple[str, ...]]]:
    """Name, left side, right side, and the sets of the axes of each account."""
    got = arrays.__getitem__
    regional, bilateral = ("COMM", "REG"), ("COMM", "REG", "REG")
    margin_at = [labels["COMM"].index(name) for name in labels["MARG"]]
    sales = got("VDFB").sum(1) + got("VDPB") + got("VDGB") + got("VDIB") + got("VXSB").sum(2)
    sales[margin_at] += got("VST")
    yield "sales and MAKB", sales, got("MAKB").sum(1), regional
    uses = got("VMFB").sum(1) + got("VMPB") + got("VMGB") + got("VMIB")
    yield "VMSB and imports used", got("VMSB").sum(1), uses, regional
    yield "VST and VTWR", got("VST").sum(1), got("VTWR").sum((1, 2, 3)), ("MARG",)
    for left, parts, right in (
        ("VXSB", ("XTRV", "MFRV", "VRRV"), "VFOB"),
        ("VCIF", ("TFRV", "ADRV"), "VMSB"),
    ):
        if {*parts, left, right} <= set(arrays):
            total = got(left) + sum(got(part) for part in parts)
            yield f"{left} + {' + '.join(parts)} and {right}", total, got(right), bilateral
    if {"VFOB", "VCIF"} <= set(arrays):
        yield "VFOB + VTWR and VCIF", got("VFOB") + got("VTWR").sum(0), got("VCIF"), bilateral
    if "VOSB" in arrays:
        yield "VOSB and MAKB", got("VOSB"), got("MAKB").sum(1), regional
    if {"VDFP", "VMFP", "EVFP", "MAKS"} <= set(arrays):
        costs = got("VDFP").sum(0) + got("VMFP").sum(0) + got("EVFP").sum(0)
        yield "VDFP + VMFP + EVFP and MAKS", costs, got("MAKS").sum(0), ("ACTS", "REG")
