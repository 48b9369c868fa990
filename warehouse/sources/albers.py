"""The Albers equal-area conic projection of the census map, turned back to longitude and latitude.

Snyder, J. P. (1987): Map Projections - A Working Manual. USGS Professional Paper 1395, eqs. 3-12,
3-16, 14-3 to 14-21 (ellipsoid).
"""

from __future__ import annotations

import math
from dataclasses import dataclass

_SEMI_MAJOR_M = 6_378_137.0  # WGS84
_FLATTENING = 1 / 298.257223563
_E2 = _FLATTENING * (2 - _FLATTENING)
_E = math.sqrt(_E2)
_ITERATIONS = 15


@dataclass(frozen=True)
class Albers:
    """An Albers projection on WGS84. Angles in degrees: standard parallels, origin."""

    latitude_1: float
    latitude_2: float
    latitude_0: float
    longitude_0: float

    def geographic(self, x_m: float, y_m: float) -> tuple[float, float]:
        """Longitude and latitude (degrees) of a point in metres east and north of the origin."""
        n, c = self._cone()
        rho_0 = _rho(self.latitude_0, n, c)
        rho = math.hypot(x_m, rho_0 - y_m)
        theta = math.atan2(x_m, rho_0 - y_m)
        q = (c - (rho * n / _SEMI_MAJOR_M) ** 2) / n
        return self.longitude_0 + math.degrees(theta / n), math.degrees(_latitude_of_q(q))

    def projected(self, longitude: float, latitude: float) -> tuple[float, float]:
        """Metres east and north of the origin, of a point in degrees."""
        n, c = self._cone()
        rho = _rho(latitude, n, c)
        theta = n * math.radians(longitude - self.longitude_0)
        return rho * math.sin(theta), _rho(self.latitude_0, n, c) - rho * math.cos(theta)

    def _cone(self) -> tuple[float, float]:
        m1, m2 = _m(self.latitude_1), _m(self.latitude_2)
        q1, q2 = _q(math.radians(self.latitude_1)), _q(math.radians(self.latitude_2))
        n = (m1**2 - m2**2) / (q2 - q1)
        return n, m1**2 + n * q1


def _m(latitude: float) -> float:
    phi = math.radians(latitude)
    return math.cos(phi) / math.sqrt(1 - _E2 * math.sin(phi) ** 2)


def _q(phi: float) -> float:
    s = math.sin(phi)
    return (1 - _E2) * (s / (1 - _E2 * s**2) - math.log((1 - _E * s) / (1 + _E * s)) / (2 * _E))


def _rho(latitude: float, n: float, c: float) -> float:
    return _SEMI_MAJOR_M * math.sqrt(c - n * _q(math.radians(latitude))) / n


def _latitude_of_q(q: float) -> float:
    """Inverse of q by Newton's method (Snyder, eq. 3-16)."""
    phi = math.asin(max(-1.0, min(1.0, q / 2)))
    for _ in range(_ITERATIONS):
        s = math.sin(phi)
        step = (1 - _E2 * s**2) ** 2 / (2 * math.cos(phi) * (1 - _E2)) * (q - _q(phi))
        phi += step
        if abs(step) < 1e-14:
            break
    return phi
