"""Short Chinese names of provinces; warehouse.province_names has what publishers add to them."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

_SHORT_NAMES = [
    "安徽",
    "AH",
    "北京",
    "BJ",
    "重庆",
    "CQ",
    "福建",
    "FJ",
    "广东",
    "GD",
    "甘肃",
    "GS",
    "广西",
    "GX",
    "贵州",
    "GZ",
    "河南",
    "HA",
    "湖北",
    "HB",
    "河北",
    "HE",
    "海南",
    "HI",
    "黑龙江",
    "HL",
    "湖南",
    "HN",
    "吉林",
    "JL",
    "江苏",
    "JS",
    "江西",
    "JX",
    "辽宁",
    "LN",
    "内蒙古",
    "NM",
    "宁夏",
    "NX",
    "青海",
    "QH",
    "四川",
    "SC",
    "山东",
    "SD",
    "上海",
    "SH",
    "陕西",
    "SN",
    "山西",
    "SX",
    "天津",
    "TJ",
    "新疆",
    "XJ",
    "西藏",
    "XZ",
    "云南",
    "YN",
    "浙江",
    "ZJ",
]

PROVINCE_OF_CHINESE_NAME: Mapping[str, str] = MappingProxyType(
    {
        name: f"CN-{letters}"
        for name, letters in zip(_SHORT_NAMES[::2], _SHORT_NAMES[1::2], strict=True)
    }
)
"""Short Chinese name to province code: ``北京`` -> ``CN-BJ``."""
