"""The bounds of edition air-open: its observations may be the user's, so only what holds of any."""

from __future__ import annotations

from expectations.bounds import EditionBounds, RowBound

_ANY = (
    "2026-11-21: at least a quarter of one place; at most 2,000 places x 7 pollutants x 10 years."
)

AIR_OPEN = EditionBounds(
    edition="air-open",
    rows=(
        RowBound("observation", 90, 52_000_000, _ANY),
        RowBound("weather_observation", 90, 52_000_000, _ANY),
    ),
)
