"""The factors of I - A, kept on disk for the next step, which would find the same ones from the same table.

At full size a factorisation takes about 28 processor seconds, writing and reading its 1.2 GB some four.
"""

from __future__ import annotations

import hashlib
import zipfile
from contextlib import suppress
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from compute.leontief import Factors, LeontiefSystem

Array = NDArray[np.float64]

WORTH_KEEPING = 4000
"""Sectors from which on reading is quicker than factorising; the bundled editions have fewer."""


def factorised_and_kept(
    coefficients: Array, place: Path | None, *, least: int = WORTH_KEEPING
) -> LeontiefSystem:
    """The system of A, (n, n), whose factors the next step finds at a place; None, or a small A: kept nowhere."""
    system = LeontiefSystem(coefficients)
    if place is not None and system.size >= least:
        _keep(system, place)
    return system


def system_with_kept(coefficients: Array, place: Path | None) -> LeontiefSystem:
    """The system of A, (n, n), with the factors kept at a place if they are of this A; then they are removed."""
    if place is None or not place.exists():
        return LeontiefSystem(coefficients)
    factors = _kept(place, _key(coefficients))
    place.unlink(missing_ok=True)
    return LeontiefSystem(coefficients, factors=factors)


def _keep(system: LeontiefSystem, place: Path) -> None:
    """Write whole or not at all: without room on the disk the next step factorises again."""
    draft = place.with_name(f"{place.name}.part")
    lu, pivots = system.factors
    try:
        with draft.open("wb") as file:
            np.savez(file, key=np.array(_key(system.coefficients)), transposed=lu.T, pivots=pivots)
        draft.replace(place)
    except OSError:
        draft.unlink(missing_ok=True)


def _kept(place: Path, key: str) -> Factors | None:
    """The factors at a place; None when they are of another A, or the file is damaged (it has a CRC)."""
    with (
        suppress(OSError, ValueError, KeyError, EOFError, zipfile.BadZipFile),
        np.load(place) as kept,
    ):
        if str(kept["key"]) == key:
            return kept["transposed"].T, kept["pivots"]
    return None


def _key(coefficients: Array) -> str:
    found = hashlib.sha256(repr(coefficients.shape).encode())
    found.update(np.ascontiguousarray(coefficients).data)
    return found.hexdigest()
