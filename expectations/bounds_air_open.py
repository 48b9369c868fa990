"""The bounds of editions air-open and air-caqra: their observations may be the user's, so what holds of any."""

from __future__ import annotations

from expectations.bounds import EditionBounds, RowBound

_ANY = (
    "2026-11-21: at least a quarter of one place; at most 2,000 places x 7 pollutants x 10 years."
)

_ROWS = (
    RowBound("observation", 90, 52_000_000, _ANY),
    RowBound("weather_observation", 90, 52_000_000, _ANY),
)
AIR_OPEN = EditionBounds(edition="air-open", rows=_ROWS)
AIR_CAQRA = EditionBounds(edition="air-caqra", rows=_ROWS)
