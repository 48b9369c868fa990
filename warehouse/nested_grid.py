"""The nested grid on which gridded roles are stored: the Asian domain of GEOS-Chem, 0.3125 x 0.25 degrees.

Centres 70.0 to 139.6875 degrees east and 15.0 to 54.75 degrees north: 224 columns, 160 rows, rows
from south to north. compute/atmosphere/grid.py describes the same grid for the engines.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

COLUMNS, ROWS = 224, 160
WEST, SOUTH = 70.0, 15.0
STEP_LONGITUDE, STEP_LATITUDE = 0.3125, 0.25


def longitudes() -> NDArray[np.float64]:
    """Centres of the columns, degrees east."""
    return np.asarray(WEST + STEP_LONGITUDE * np.arange(COLUMNS), dtype=np.float64)


def latitudes() -> NDArray[np.float64]:
    """Centres of the rows, degrees north, ascending."""
    return np.asarray(SOUTH + STEP_LATITUDE * np.arange(ROWS), dtype=np.float64)
