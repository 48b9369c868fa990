"""The variables of weather that we know, by the names their publishers give them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

ENDS, INSTANT, MIDDLE = "ends", "instant", "middle"


@dataclass(frozen=True)
class Known:
    """A publisher's variable.

    quantity: what it is.  kind: of its units (units.conversion).  stamp: which moment a time stands for: an
    instant, the end of the period that the value is of (ECMWF's accumulations and mean rates), or its middle
    (NASA's time averages).
    """

    quantity: str
    kind: str
    stamp: str = INSTANT


ERA5: Mapping[str, Known] = MappingProxyType(
    {
        "u10": Known("eastward_wind", "speed"),
        "v10": Known("northward_wind", "speed"),
        "t2m": Known("air_temperature", "temperature"),
        "d2m": Known("dew_point", "temperature"),
        "sp": Known("surface_pressure", "pressure"),
        "blh": Known("mixing_height", "length"),
        "tp": Known("precipitation", "precipitation", ENDS),
        "mtpr": Known("precipitation", "precipitation", ENDS),
        "avg_tprate": Known("precipitation", "precipitation", ENDS),
    }
)
"""ERA5 and ERA5-Land; `mtpr` and `avg_tprate` are the old and the new name of the mean rate of precipitation."""

ALL: Mapping[str, Known] = MappingProxyType(
    {
        **ERA5,
        "U10M": Known("eastward_wind", "speed", MIDDLE),
        "V10M": Known("northward_wind", "speed", MIDDLE),
        "T2M": Known("air_temperature", "temperature", MIDDLE),
        "QV2M": Known("humidity_ratio", "ratio", MIDDLE),
        "PS": Known("surface_pressure", "pressure", MIDDLE),
        "PBLH": Known("mixing_height", "length", MIDDLE),
        "PRECTOT": Known("precipitation", "precipitation", MIDDLE),
        "PRECTOTCORR": Known("precipitation", "precipitation", MIDDLE),
        "eastward_wind": Known("eastward_wind", "speed"),
        "northward_wind": Known("northward_wind", "speed"),
        "air_temperature": Known("air_temperature", "temperature"),
        "relative_humidity": Known("relative_humidity", "percent"),
    }
)
"""ERA5, MERRA-2, GEOS-FP (its A1 files as well), and the names of the CF convention."""

OUR_UNIT: Mapping[str, str] = MappingProxyType(
    {
        "speed": "m s-1",
        "temperature": "K",
        "length": "m",
        "pressure": "Pa",
        "ratio": "kg kg-1",
        "percent": "%",
        "precipitation": "kg m-2 s-1 (a rate) or m (an amount)",
    }
)
"""A unit of each kind that a file may have, for messages."""
POSSIBLE: Mapping[str, tuple[float, float]] = MappingProxyType(
    {
        "eastward_wind": (-150.0, 150.0),
        "northward_wind": (-150.0, 150.0),
        "air_temperature": (150.0, 360.0),
        "dew_point": (120.0, 340.0),
        "surface_pressure": (30_000.0, 115_000.0),
        "mixing_height": (0.0, 15_000.0),
        "humidity_ratio": (-0.001, 0.1),
        "relative_humidity": (-5.0, 130.0),
        "precipitation": (-50.0, 10_000.0),
    }
)
"""Bounds of any single value in our unit (precipitation: mm/day; an hour of 300 mm is 7,200).

Twice as wide as any record near the ground.  What lies outside is an undeclared missing value or another unit,
and would be hidden in a mean.
"""
