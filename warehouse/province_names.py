"""Every spelling under which publishers and people write a province: Chinese, English, pinyin, codes.

One vocabulary for all readers and the command line. A spelling is known or not: nothing is cut out of a name.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Mapping
from types import MappingProxyType

from warehouse.chinese_names import PROVINCE_OF_CHINESE_NAME
from warehouse.codes import NAME_OF_PROVINCE, PROVINCE_OF_DIVISION, PROVINCES

_OTHER_STEMS: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "CN-NM": (
            "Nei Mongol",
            "Nei Monggol",
            "Nei Menggu",
            "Neimeng",
            "Inner Mongol",
            "Inner Mongolian",
        ),
        "CN-XZ": ("Xizang", "Tibetan", "Xizang Tibet", "Tibet Xizang"),
        "CN-SN": ("Shannxi", "Shan3xi", "Shaanxi Shan3xi"),
        "CN-SX": ("Shan1xi",),
        "CN-GX": ("Guangxi Zhuang", "Guangxi Zhuangzu"),
        "CN-NX": ("Ningxia Hui", "Ningxia Huizu"),
        "CN-XJ": (
            "Xinjiang Uygur",
            "Xinjiang Uyghur",
            "Xinjiang Uighur",
            "Xinjiang Uigur",
            "Xinjiang Weiwuer",
        ),
    }
)
_SUFFIXES = (
    *("", "Province", "Prov", "Municipality", "City", "Autonomous Region", "Aut Region", "AR"),
    *("Zizhiqu", "Sheng", "Shi", "China"),
)
_PREFIXES = ("Province of", "Municipality of", "Autonomous Region of")
# The tone tells the two apart, where it is printed.
_WITH_TONES: Mapping[str, str] = MappingProxyType({"shǎnx": "shaanx", "shānx": "shanx"})
_TRADITIONAL = str.maketrans("廣內寧陝遼雲貴蘇龍肅慶東區維爾壯", "广内宁陕辽云贵苏龙肃庆东区维尔壮")
_CHINESE_SUFFIXES: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "CN-NM": ("自治区", "区"),
        "CN-XZ": ("自治区", "区"),
        "CN-GX": ("壮族自治区", "自治区", "壮族", "区"),
        "CN-NX": ("回族自治区", "自治区", "回族", "区"),
        "CN-XJ": ("维吾尔自治区", "维吾尔族自治区", "自治区", "维吾尔", "区"),
    }
)
_CHINESE_ALIASES: Mapping[str, str] = MappingProxyType({"内蒙": "CN-NM"})


def province_of_any_name(text: str) -> str | None:
    """The code of a province however it is written; None when the text is not a province.

    Names in English, pinyin and Chinese, with or without what kind of unit it is, and in traditional characters;
    ``CN-HA``, ``CN-41`` and the six digits ``410000``. Two digits alone are not a name: ``province_of_division``.
    """
    squeezed = "".join(unicodedata.normalize("NFKC", text).split())
    if not squeezed:
        return None
    folded = squeezed.casefold()
    for toned, spelt in _WITH_TONES.items():
        folded = folded.replace(toned, spelt)
    return (
        _CHINESE.get(squeezed.translate(_TRADITIONAL))
        or _code(folded)
        or _LATIN.get(_letters(folded))
    )


def province_of_division(code: str) -> str | None:
    """The province of a GB/T 2260 number of two or six digits (``44``, ``440000``); None when unknown."""
    digits = code.strip()
    if re.fullmatch(r"\d{2}|\d{6}", digits) is None:
        return None
    return PROVINCE_OF_DIVISION.get(digits[:2])


def province_of(text: str) -> str | None:
    """The province of a cell or an option that can only name one: any name, or a GB/T 2260 number."""
    return province_of_any_name(text) or province_of_division(text)


def _code(folded: str) -> str | None:
    """A code of ISO 3166-2, letters or the digits it had before, or six digits that end with 0000."""
    if match := re.fullmatch(r"cn-([a-z]{2}|\d{2})", folded):
        letters = f"CN-{match[1].upper()}"
        return letters if letters in PROVINCES else PROVINCE_OF_DIVISION.get(match[1])
    match = re.fullmatch(r"(\d{2})0000", folded)
    return PROVINCE_OF_DIVISION.get(match[1]) if match else None


def _letters(folded: str) -> str:
    """The letters and digits of a name without marks: ``Inner-Mongolia A.R.`` is ``innermongoliaar``."""
    bare = unicodedata.normalize("NFD", folded)
    return "".join(sign for sign in bare if sign.isascii() and sign.isalnum())


def _spellings() -> Iterator[tuple[str, str]]:
    for code, name in NAME_OF_PROVINCE.items():
        for stem in (name, *_OTHER_STEMS.get(code, ())):
            for suffix in _SUFFIXES:
                yield f"{stem}{suffix}", code
            for prefix in _PREFIXES:
                yield f"{prefix}{stem}", code


_LATIN: Mapping[str, str] = MappingProxyType(
    {_letters("".join(name.split()).casefold()): code for name, code in _spellings()}
)


_CHINESE: Mapping[str, str] = MappingProxyType(
    {
        **_CHINESE_ALIASES,
        **{
            f"{name}{suffix}": code
            for name, code in PROVINCE_OF_CHINESE_NAME.items()
            for suffix in ("", "省", "市", *_CHINESE_SUFFIXES.get(code, ()))
        },
    }
)
