"""Compiling the few loops that numpy cannot say, without surprises at install or run time."""

from __future__ import annotations

from collections.abc import Callable
from typing import ParamSpec, TypeVar, cast

import numba

P = ParamSpec("P")
R = TypeVar("R")


def compiled(function: Callable[P, R]) -> Callable[P, R]:
    """Compile `function` at its first call, without the GIL in it, and keep the machine code.

    The machine code goes to `__pycache__` or, where that is read-only, to the user's cache folder.
    Where neither can be written numba refuses to cache; then every process compiles for itself.
    """
    try:
        return cast("Callable[P, R]", numba.njit(nogil=True, cache=True)(function))
    except RuntimeError:
        return cast("Callable[P, R]", numba.njit(nogil=True)(function))
