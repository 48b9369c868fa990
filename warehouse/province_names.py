"""Every spelling under which publishers print a province: Chinese, English, pinyin, GB/T 2260 numbers."""

from __future__ import annotations

import re
from collections.abc import Mapping
from types import MappingProxyType

from warehouse.chinese_names import province_of_chinese_name
from warehouse.codes import PROVINCE_OF_DIVISION, province_of_name

_ALIASES: Mapping[str, str] = MappingProxyType(
    {
        "shannxi": "CN-SN",
        "shaanxi": "CN-SN",
        "shan3xi": "CN-SN",
        "neimenggu": "CN-NM",
        "neimongol": "CN-NM",
        "innermongol": "CN-NM",
        "xizang": "CN-XZ",
        "内蒙": "CN-NM",
        "内蒙古自治区": "CN-NM",
        "西藏自治区": "CN-XZ",
    }
)
_DECORATION = re.compile(
    r"(municipality|province|autonomousregion|zhuang|hui|uygur|uyghur|uighur|'|’|\.|-)",
)


def province_of_any_name(text: str) -> str | None:
    """The code of a province however it is printed; None when the text is not a province."""
    squeezed = "".join(text.split())
    if not squeezed:
        return None
    plain = squeezed.casefold()
    bare = _DECORATION.sub("", plain)
    return (
        province_of_chinese_name(squeezed)
        or _ALIASES.get(plain)
        or province_of_name(plain)
        or _ALIASES.get(bare)
        or province_of_name(bare)
    )


def province_of_division(code: str) -> str | None:
    """The province of a GB/T 2260 number of two or six digits (``44``, ``440000``); None when unknown."""
    digits = code.strip()
    if re.fullmatch(r"\d{2}|\d{6}", digits) is None:
        return None
    return PROVINCE_OF_DIVISION.get(digits[:2])
