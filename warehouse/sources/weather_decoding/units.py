"""Units of weather as files write them, turned into ours: `km h-1`, `m s**-1`, `kg/m2/s`, `degC`.

No library of units is among the project's requirements, so the words are a table here, and a word that is not
in it is refused.  A text of units is words with whole exponents, multiplied; after `/` or `per` they divide.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from types import MappingProxyType

_Powers = tuple[int, int, int]  # of metre, second, kilogram

_WORDS: Mapping[str, tuple[float, _Powers]] = MappingProxyType(
    {
        **dict.fromkeys(("m", "metre", "metres", "meter", "meters"), (1.0, (1, 0, 0))),
        "cm": (0.01, (1, 0, 0)),
        **dict.fromkeys(("mm", "millimetre", "millimetres", "millimeters"), (0.001, (1, 0, 0))),
        **dict.fromkeys(("km", "kilometre", "kilometres", "kilometers"), (1000.0, (1, 0, 0))),
        **dict.fromkeys(("s", "sec", "second", "seconds"), (1.0, (0, 1, 0))),
        **dict.fromkeys(("min", "minute", "minutes"), (60.0, (0, 1, 0))),
        **dict.fromkeys(("h", "hr", "hour", "hours"), (3600.0, (0, 1, 0))),
        **dict.fromkeys(("d", "day", "days"), (86_400.0, (0, 1, 0))),
        "kg": (1.0, (0, 0, 1)),
        "g": (0.001, (0, 0, 1)),
        **dict.fromkeys(("Pa", "pascal", "pascals"), (1.0, (-1, -2, 1))),
        **dict.fromkeys(("hPa", "mbar", "mb", "millibar", "millibars"), (100.0, (-1, -2, 1))),
        "kPa": (1000.0, (-1, -2, 1)),
        **dict.fromkeys(("1", "dimensionless", "unitless"), (1.0, (0, 0, 0))),
        **dict.fromkeys(("%", "percent"), (0.01, (0, 0, 0))),
    }
)
_TEMPERATURES: Mapping[str, tuple[float, float]] = MappingProxyType(
    {
        **dict.fromkeys(("K", "kelvin", "Kelvin", "degK", "deg_K"), (1.0, 0.0)),
        **dict.fromkeys(
            ("C", "degC", "deg_C", "°C", "℃", "Celsius", "celsius", "degree_Celsius"),
            (1.0, 273.15),
        ),
        **dict.fromkeys(
            ("degrees_Celsius", "degree_C", "degrees_C", "degrees Celsius"), (1.0, 273.15)
        ),
        **dict.fromkeys(("F", "degF", "deg_F", "°F", "fahrenheit"), (5 / 9, 273.15 - 160 / 9)),
    }
)
_WORD = re.compile(r"(1|%|[A-Za-zµ°]+?)(?:\*\*|\^)?([+-]?\d+)?")
_WATER = re.compile(r"\s*\(?\bof water(?: equivalent)?\b\)?|\s+water equivalent\b", re.IGNORECASE)
_MM_PER_KG_M2 = 1.0  # a kilogram of water on a square metre is a millimetre deep


@dataclass(frozen=True)
class Conversion:
    """value in our unit = value in the file's x factor + offset.

    is_amount: precipitation of a period (mm), of which the period is not told by the unit.
    """

    factor: float
    offset: float = 0.0
    is_amount: bool = False

    @property
    def is_none(self) -> bool:
        """Whether the file has our unit."""
        return abs(self.factor - 1) < 1e-12 and self.offset == 0


def conversion(kind: str, units: str) -> Conversion | None:
    """How to turn a file's unit into ours, or None where the unit is unknown or of another kind.

    kind: speed (m/s), temperature (K), length (m), pressure (Pa), ratio (1), percent (%), or precipitation: a
    rate in mm/day, or an amount in mm whose period the times tell.
    """
    text = " ".join(units.split())
    if kind == "temperature":
        scale = _TEMPERATURES.get(text)
        return Conversion(*scale) if scale else None
    parsed = _parsed(_WATER.sub("", text))
    if parsed is None:
        return None
    factor, powers = parsed
    if kind == "precipitation":
        return _precipitation(factor, powers)
    wanted, ours = {
        "speed": ((1, -1, 0), 1.0),
        "length": ((1, 0, 0), 1.0),
        "pressure": ((-1, -2, 1), 1.0),
        "ratio": ((0, 0, 0), 1.0),
        "percent": ((0, 0, 0), 0.01),
    }[kind]
    return Conversion(_tidy(factor / ours)) if powers == wanted else None


def _precipitation(factor: float, powers: _Powers) -> Conversion | None:
    day = 86_400.0
    return {
        (1, 0, 0): Conversion(_tidy(factor * 1000), is_amount=True),
        (-2, 0, 1): Conversion(_tidy(factor * _MM_PER_KG_M2), is_amount=True),
        (1, -1, 0): Conversion(_tidy(factor * 1000 * day)),
        (-2, -1, 1): Conversion(_tidy(factor * _MM_PER_KG_M2 * day)),
    }.get(powers)


def _tidy(factor: float) -> float:
    """The factor without the last bits that come of dividing seconds by seconds."""
    near = Fraction(factor).limit_denominator(1000)
    return float(near) if abs(float(near) - factor) <= 1e-12 * abs(factor) else factor


def _parsed(text: str) -> tuple[float, _Powers] | None:
    """Factor to SI and powers of metre, second and kilogram; None when a word is unknown."""
    plain = re.sub(r"\bper\b", "/", text).replace("·", " ").replace("(", " ").replace(")", " ")
    plain = re.sub(r"(?<!\*)\*(?!\*)", " ", plain).replace(".", " ")
    if not plain.strip():
        return None
    factor, powers = 1.0, [0, 0, 0]
    for place, part in enumerate(plain.split("/")):
        words = part.split()
        if not words:
            return None
        for written in words:
            match = _WORD.fullmatch(written)
            if match is None or match[1] not in _WORDS:
                return None
            power = int(match[2] or 1) * (-1 if place else 1)
            size, dimensions = _WORDS[match[1]]
            factor *= size**power
            powers = [have + power * one for have, one in zip(powers, dimensions, strict=True)]
    return factor, (powers[0], powers[1], powers[2])
