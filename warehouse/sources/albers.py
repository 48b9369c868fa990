"""The Albers equal-area conic projection of the census map, turned back to longitude and latitude.

Snyder, J. P. (1987): Map Projections - A Working Manual. USGS Professional Paper 1395, eqs. 3-12,
3-16, 14-3 to 14-21 (ellipsoid).
"""

from __future__ import annotations

import math
from dataclasses import dataclass

_WGS84_SEMI_MAJOR_M = 6_378_137.0
_WGS84_FLATTENING = 1 / 298.257223563
_WGS84_ECCENTRICITY_2 = _WGS84_FLATTENING * (2 - _WGS84_FLATTENING)
_ITERATIONS = 15


@dataclass(frozen=True)
class Albers:
    """An Albers projection. Angles in degrees: standard parallels and origin.

    semi_major_m, eccentricity_2: the ellipsoid's half axis in metres and squared eccentricity.
    """

    latitude_1: float
    latitude_2: float
    latitude_0: float
    longitude_0: float
    semi_major_m: float = _WGS84_SEMI_MAJOR_M
    eccentricity_2: float = _WGS84_ECCENTRICITY_2

    def geographic(self, x_m: float, y_m: float) -> tuple[float, float]:
        """Longitude and latitude (degrees) of a point in metres east and north of the origin."""
        n, c = self._cone()
        rho_0 = self._rho(self.latitude_0)
        rho = math.hypot(x_m, rho_0 - y_m)
        theta = math.atan2(x_m, rho_0 - y_m)
        q = (c - (rho * n / self.semi_major_m) ** 2) / n
        longitude = self.longitude_0 + math.degrees(theta / n)
        return longitude, math.degrees(self._latitude_of(q))

    def projected(self, longitude: float, latitude: float) -> tuple[float, float]:
        """Metres east and north of the origin, of a point in degrees."""
        n, _ = self._cone()
        rho = self._rho(latitude)
        theta = n * math.radians(longitude - self.longitude_0)
        return rho * math.sin(theta), self._rho(self.latitude_0) - rho * math.cos(theta)

    def _cone(self) -> tuple[float, float]:
        """n and C (eqs. 14-14 and 14-13)."""
        m1, m2 = self._m(self.latitude_1), self._m(self.latitude_2)
        q1 = self._q(math.radians(self.latitude_1))
        q2 = self._q(math.radians(self.latitude_2))
        n = (m1**2 - m2**2) / (q2 - q1)
        return n, m1**2 + n * q1

    def _m(self, latitude: float) -> float:
        phi = math.radians(latitude)
        return math.cos(phi) / math.sqrt(1 - self.eccentricity_2 * math.sin(phi) ** 2)

    def _q(self, phi: float) -> float:
        """q of a latitude in radians (eq. 3-12)."""
        e2, e, s = self.eccentricity_2, math.sqrt(self.eccentricity_2), math.sin(phi)
        return (1 - e2) * (s / (1 - e2 * s**2) - math.log((1 - e * s) / (1 + e * s)) / (2 * e))

    def _rho(self, latitude: float) -> float:
        n, c = self._cone()
        return self.semi_major_m * math.sqrt(c - n * self._q(math.radians(latitude))) / n

    def _latitude_of(self, q: float) -> float:
        """Inverse of q in radians, by Newton's method (eq. 3-16)."""
        e2 = self.eccentricity_2
        phi = math.asin(max(-1.0, min(1.0, q / 2)))
        for _ in range(_ITERATIONS):
            slope = 2 * math.cos(phi) * (1 - e2) / (1 - e2 * math.sin(phi) ** 2) ** 2
            step = (q - self._q(phi)) / slope
            phi += step
            if abs(step) < 1e-14:
                break
        return phi
