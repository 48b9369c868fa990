"""The industries of OECD's ICIO, 2021 edition, in its order, and the sector of `icio30` that holds each whole."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

SECTOR_OF_INDUSTRY: Mapping[str, str] = MappingProxyType(
    {
        "A01_02": "A01T03",
        "A03": "A01T03",
        "B05_06": "B05_06",
        "B07_08": "B07T09",
        "B09": "B07T09",
        "C10T12": "C10T12",
        "C13T15": "C13T15",
        "C16": "C16T18_31T33",
        "C17_18": "C16T18_31T33",
        "C19": "C19",
        "C20": "C20T22",
        "C21": "C20T22",
        "C22": "C20T22",
        "C23": "C23",
        "C24": "C24",
        "C25": "C25",
        "C26": "C26",
        "C27": "C27",
        "C28": "C28",
        "C29": "C29_30",
        "C30": "C29_30",
        "C31T33": "C16T18_31T33",
        "D35": "D35",
        "E36T39": "E36T39",
        "F": "F",
        "G": "G",
        "H49": "H49T53",
        "H50": "H49T53",
        "H51": "H49T53",
        "H52": "H49T53",
        "H53": "H49T53",
        "I": "I",
        "J58T60": "J58T63",
        "J61": "J58T63",
        "J62_63": "J58T63",
        "K": "K",
        "L": "L",
        "M": "M_N",
        "N": "M_N",
        "O": "O",
        "P": "P",
        "Q": "Q",
        "R": "R",
        "S": "S",
    }
)

INDUSTRIES: tuple[str, ...] = tuple(SECTOR_OF_INDUSTRY)
"""The 44 industries in the order of the ICIO, private households (T) left out."""
