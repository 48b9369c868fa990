"""The pictures of the air-quality review as SVG: no script, no server, legible in print."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

_ROW, _LABEL, _WIDTH, _HEAD = 22, 170, 900, 30
_RIGHT = 70
_PLOT = _WIDTH - _LABEL - _RIGHT
_KEY_CONTROL, _OTHER, _WEATHER, _EMISSION, _INK = "#35618f", "#c9822b", "#8fb8de", "#8c2d3f", "#222"
_FAINT = "#aaa"


@dataclass(frozen=True)
class Ranked:
    """A province's mean, ug/m3, and its change in per cent."""

    place: str
    mean_ug_m3: float
    change_percent: float | None
    is_key_control: bool


@dataclass(frozen=True)
class Split:
    """A place's change by weather and emissions, points; low and high bound the emissions' part."""

    place: str
    weather_pp: float
    emission_pp: float
    low_pp: float
    high_pp: float
    is_skilled: bool


def ranking(rows: Sequence[Ranked], limits: Sequence[tuple[str, float]]) -> str:
    """Bars of the provinces, the most polluted first, with upright lines at the limits, ug/m3."""
    top = max([row.mean_ug_m3 for row in rows] + [value for _, value in limits], default=1.0) * 1.05
    scale = _PLOT / top
    bottom = _HEAD + len(rows) * _ROW
    parts = []
    for name, value in limits:
        x = _LABEL + value * scale
        parts += [
            _line(x, _HEAD - 6, x, bottom, _FAINT),
            _text(x, _HEAD - 12, f"{name}: {value:g}", anchor="middle", small=True),
        ]
    for number, row in enumerate(rows):
        y = _HEAD + number * _ROW
        colour = _KEY_CONTROL if row.is_key_control else _OTHER
        change = "" if row.change_percent is None else f" ({row.change_percent:+.1f} %)"
        parts += [
            _text(_LABEL - 8, y + 15, row.place, anchor="end"),
            _bar(_LABEL, y, row.mean_ug_m3 * scale, colour),
            _text(_LABEL + row.mean_ug_m3 * scale + 5, y + 15, f"{row.mean_ug_m3:.1f}{change}"),
        ]
    title = "Mean PM2.5 by province, ug/m3, and change against a year before where it was computed"
    return _svg(title, bottom + 8, parts)


def splits(rows: Sequence[Split]) -> str:
    """For each place two bars from zero: the weather's part, and the emissions' with its interval."""
    ends = [end for row in rows for end in (row.weather_pp, row.low_pp, row.high_pp)]
    low, high = min([0.0, *ends]), max([0.0, *ends])
    scale = _PLOT / max(high - low, 1e-9)
    zero = _LABEL - low * scale
    parts = []
    for number, row in enumerate(rows):
        y = _HEAD + number * _ROW
        name = row.place if row.is_skilled else f"{row.place} *"
        middle = y + 14
        parts += [
            _text(_LABEL - 8, y + 15, name, anchor="end"),
            _between(zero, zero + row.weather_pp * scale, y + 1, 7, _WEATHER),
            _between(zero, zero + row.emission_pp * scale, y + 10, 8, _EMISSION),
            _line(zero + row.low_pp * scale, middle, zero + row.high_pp * scale, middle),
        ]
    bottom = _HEAD + len(rows) * _ROW
    parts.append(_line(zero, _HEAD - 6, zero, bottom))
    for step in _ticks(low, high):
        x = zero + step * scale
        parts.append(_text(x, _HEAD - 12, f"{step:+.0f}" if step else "0", "middle", small=True))
    title = "Weather's and emissions' part of the change, percentage points"
    return _svg(title, bottom + 8, parts)


def legend(*entries: tuple[str, str]) -> str:
    """Coloured squares with their names."""
    spans = (
        f'<span><i style="background:{colour}"></i>{escape(name)}</span>'
        for name, colour in entries
    )
    return f'<p class="legend">{" ".join(spans)}</p>'


RANKING_LEGEND = legend(("has cities of a key control region", _KEY_CONTROL), ("has none", _OTHER))
SPLIT_LEGEND = legend(("weather", _WEATHER), ("emissions, with their interval", _EMISSION))


def _ticks(low: float, high: float) -> list[int]:
    step = next(size for size in (5, 10, 20, 50, 100, 10_000) if (high - low) / size <= 9)
    return [value for value in range(-10_000, 10_001, step) if low <= value <= high]


def _svg(title: str, height: float, parts: Sequence[str]) -> str:
    return (
        f'<svg viewBox="0 0 {_WIDTH} {height:.0f}" role="img" aria-label="{escape(title)}">'
        f"<title>{escape(title)}</title>{''.join(parts)}</svg>"
    )


def _bar(x: float, y: float, width: float, colour: str) -> str:
    return _between(x, x + width, y + 3, _ROW - 6, colour)


def _between(start: float, end: float, y: float, height: float, colour: str) -> str:
    left, width = min(start, end), abs(end - start)
    return (
        f'<rect x="{left:.1f}" y="{y:.1f}" width="{width:.1f}" height="{height}" fill="{colour}"/>'
    )


def _line(x1: float, y1: float, x2: float, y2: float, colour: str = _INK) -> str:
    return f'<line x1="{x1:.1f}" y1="{y1:.1f}" x2="{x2:.1f}" y2="{y2:.1f}" stroke="{colour}"/>'


def _text(x: float, y: float, text: str, anchor: str = "start", *, small: bool = False) -> str:
    size = 11 if small else 13
    return f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}" font-size="{size}">{escape(text)}</text>'
