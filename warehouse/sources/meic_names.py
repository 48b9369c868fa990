"""MEIC's sectors, species and units, in the spellings of its files."""

from __future__ import annotations

import re
from collections.abc import Mapping
from types import MappingProxyType

from warehouse.sources.figures import plain

SECTORS = ("power", "industry", "residential", "transportation", "agriculture")
SECTOR_OF_NAME: Mapping[str, str] = MappingProxyType(
    {
        **{name: name for name in SECTORS},
        "transport": "transportation",
        "traffic": "transportation",
        "电力": "power",
        "工业": "industry",
        "民用": "residential",
        "居民": "residential",
        "交通": "transportation",
        "农业": "agriculture",
    }
)
TOTAL = "TOTAL"
TOTAL_NAMES = frozenset({"total", "sum", "all", "合计", "总计"})
POLLUTANT_OF_NAME: Mapping[str, str] = MappingProxyType(
    {
        "so2": "SO2",
        "nox": "NOx",
        "co": "CO",
        "nh3": "NH3",
        "bc": "BC",
        "oc": "OC",
        "pm2.5": "PM2.5",
        "pm25": "PM2.5",
        "pm2_5": "PM2.5",
    }
)
OTHER_SPECIES = frozenset({"co2", "voc", "nmvoc", "pm10", "pmcoarse", "pmc", "tsp"})
# A milligram, a megatonne and a metric ton differ by the case of a letter alone.
_TONNES_BY_CASE: Mapping[str, float] = MappingProxyType({"Mg": 1.0, "Mt": 1e6})
_AMBIGUOUS = frozenset({"mg", "mt", "g", "kg"})
_TONNES_PER_UNIT: Mapping[str, float] = MappingProxyType(
    {
        "t": 1.0,
        "ton": 1.0,
        "tonne": 1.0,
        "tonnes": 1.0,
        "tons": 1.0,
        "吨": 1.0,
        "kt": 1e3,
        "gg": 1e3,
        "千吨": 1e3,
        "万吨": 1e4,
        "10kt": 1e4,
        "tg": 1e6,
        "百万吨": 1e6,
    }
)
_PER_YEAR = re.compile(r"(?:/(?:a|yr|year|年)|\s*(?:a|yr|year)-1|\s*per year)$", re.IGNORECASE)
_UNIT = re.compile(
    r"(?:units?|单位)\s*[:：]\s*([^\s,;()]+)|[(（\[]\s*([^()（）\[\]]+?)\s*[)）\]]", re.IGNORECASE
)


_SPECIATED = re.compile(r"^(cb0?[456]|cbiv|saprc|sparc|radm2|racm2?|mozart|geos-?chem)", re.I)


def is_other_species(text: str) -> bool:
    """Whether MEIC has the species and nothing here reads it: VOC of a chemical mechanism too (in moles)."""
    return text.casefold() in OTHER_SPECIES or _SPECIATED.match(text) is not None


def sector_of(text: str) -> str | None:
    """The sector a heading names, ``TOTAL`` for a sum; None for anything else."""
    plain = _UNIT.sub("", text).strip().casefold()
    if plain in TOTAL_NAMES:
        return TOTAL
    return SECTOR_OF_NAME.get(plain)


def pollutant_of(text: str) -> str | None:
    """The pollutant a sheet or a cell names, as ``a. SO2`` or ``PM25``; None for anything else."""
    plain = re.sub(r"^[a-z]\.\s*", "", text.strip().casefold())
    return POLLUTANT_OF_NAME.get(_UNIT.sub("", plain).strip())


def tonnes_per_unit(text: str) -> float | None:
    """How many tonnes the unit in a text is (``Unit: Gg``, ``(万吨)``); None when it names none that is known.

    ``Mg`` is a tonne and ``Mt`` a million; ``mg`` is a milligram and ``mt`` may be either: refused.
    """
    for unit in units_in(text):
        known = _TONNES_BY_CASE.get(unit) or _TONNES_PER_UNIT.get(unit.casefold())
        if known is not None:
            return known
    return None


def doubtful_unit(text: str) -> str | None:
    """A unit in a text that such a table cannot have, or that may be several: ``mg``, ``mt``; None without one."""
    doubtful = (unit for unit in units_in(text) if unit not in _TONNES_BY_CASE)
    return next((unit for unit in doubtful if unit.casefold() in _AMBIGUOUS), None)


def units_in(text: str) -> list[str]:
    """What stands in a text where a unit stands, a year's sign taken off."""
    named = ((match[1] or match[2] or "").strip() for match in _UNIT.finditer(plain(text)))
    return [_PER_YEAR.sub("", unit).strip() for unit in named]
