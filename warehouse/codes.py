"""Province codes of ISO 3166-2 and the other spellings under which publishers know them."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

# ISO 3166-2:CN, English name, GB/T 2260 division number. Thirty provinces and Tibet.
_PROVINCES = (
    ("CN-AH", "Anhui", "34"),
    ("CN-BJ", "Beijing", "11"),
    ("CN-CQ", "Chongqing", "50"),
    ("CN-FJ", "Fujian", "35"),
    ("CN-GD", "Guangdong", "44"),
    ("CN-GS", "Gansu", "62"),
    ("CN-GX", "Guangxi", "45"),
    ("CN-GZ", "Guizhou", "52"),
    ("CN-HA", "Henan", "41"),
    ("CN-HB", "Hubei", "42"),
    ("CN-HE", "Hebei", "13"),
    ("CN-HI", "Hainan", "46"),
    ("CN-HL", "Heilongjiang", "23"),
    ("CN-HN", "Hunan", "43"),
    ("CN-JL", "Jilin", "22"),
    ("CN-JS", "Jiangsu", "32"),
    ("CN-JX", "Jiangxi", "36"),
    ("CN-LN", "Liaoning", "21"),
    ("CN-NM", "Inner Mongolia", "15"),
    ("CN-NX", "Ningxia", "64"),
    ("CN-QH", "Qinghai", "63"),
    ("CN-SC", "Sichuan", "51"),
    ("CN-SD", "Shandong", "37"),
    ("CN-SH", "Shanghai", "31"),
    ("CN-SN", "Shaanxi", "61"),
    ("CN-SX", "Shanxi", "14"),
    ("CN-TJ", "Tianjin", "12"),
    ("CN-XJ", "Xinjiang", "65"),
    ("CN-XZ", "Tibet", "54"),
    ("CN-YN", "Yunnan", "53"),
    ("CN-ZJ", "Zhejiang", "33"),
)

TIBET = "CN-XZ"

PROVINCES: frozenset[str] = frozenset(code for code, _, _ in _PROVINCES)
"""The 31 codes a province column may hold."""

PROVINCES_WITH_TABLE: frozenset[str] = PROVINCES - {TIBET}
"""The 30 provinces for which an input-output table was published; Tibet has none."""

NAME_OF_PROVINCE: Mapping[str, str] = MappingProxyType({code: name for code, name, _ in _PROVINCES})
"""Code to English name: ``CN-NM`` -> ``Inner Mongolia``."""

PROVINCE_OF_DIVISION: Mapping[str, str] = MappingProxyType(
    {division: code for code, _, division in _PROVINCES}
)
"""First two digits of a GB/T 2260 place code to province: ``44`` -> ``CN-GD``."""
