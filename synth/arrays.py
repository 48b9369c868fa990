"""Small operations on arrays that all parts share."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]


def ratio(part: Array, whole: Array) -> Array:
    """part / whole, zero where whole is not positive; the shapes broadcast."""
    out = np.zeros(np.broadcast_shapes(part.shape, whole.shape))
    np.divide(part, whole, out=out, where=whole > 0)
    return out
