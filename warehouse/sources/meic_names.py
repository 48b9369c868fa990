"""MEIC's sectors, species and units, in the spellings of its files."""

from __future__ import annotations

import re
from collections.abc import Mapping
from types import MappingProxyType

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
TONNES_PER_UNIT: Mapping[str, float] = MappingProxyType(
    {
        "t": 1.0,
        "tonnes": 1.0,
        "tons": 1.0,
        "mg": 1.0,
        "吨": 1.0,
        "kt": 1e3,
        "gg": 1e3,
        "千吨": 1e3,
        "万吨": 1e4,
        "10kt": 1e4,
        "tg": 1e6,
        "mt": 1e6,
    }
)
_UNIT = re.compile(
    r"(?:unit|单位)\s*[:：]\s*([^\s,;()/]+)|[(（\[]\s*([^()（）\[\]]+?)\s*[)）\]]", re.IGNORECASE
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
    """How many tonnes the unit named in a text is (``Unit: Gg``, ``(万吨)``); None when it names none."""
    for match in _UNIT.finditer(text):
        unit = (
            (match[1] or match[2] or "").strip().casefold().removesuffix("/year").removesuffix("/a")
        )
        if unit in TONNES_PER_UNIT:
            return TONNES_PER_UNIT[unit]
    return None
