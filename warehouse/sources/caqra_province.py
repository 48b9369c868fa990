"""CAQRA reanalysis by province and month, 2013 to 2018, as released for ChinaVis 2021.

A JSON list of records with city (the province's Chinese name), year, month (``01``..``12`` or
``total``), PM2.5, SO2, NO2 (ug/m3) and CO (mg/m3): unweighted means of 15-km cells.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

import polars as pl

from warehouse.codes import PROVINCES
from warehouse.errors import InputError
from warehouse.sources.base import (
    Publication,
    Reader,
    broken,
    first_bytes,
    number,
    readable,
    role_frame,
    single_file,
)

NAME = "caqra_province"
UG_PER_MG = 1000.0
UNIT_FACTOR = {"PM2.5": 1.0, "SO2": 1.0, "NO2": 1.0, "CO": UG_PER_MG}
PROVINCE_OF_CHINESE_NAME = {
    "北京": "CN-BJ", "天津": "CN-TJ", "河北": "CN-HE", "山西": "CN-SX", "内蒙": "CN-NM", "辽宁": "CN-LN",
    "吉林": "CN-JL", "黑龙": "CN-HL", "上海": "CN-SH", "江苏": "CN-JS", "浙江": "CN-ZJ", "安徽": "CN-AH",
    "福建": "CN-FJ", "江西": "CN-JX", "山东": "CN-SD", "河南": "CN-HA", "湖北": "CN-HB", "湖南": "CN-HN",
    "广东": "CN-GD", "广西": "CN-GX", "海南": "CN-HI", "重庆": "CN-CQ", "四川": "CN-SC", "贵州": "CN-GZ",
    "云南": "CN-YN", "西藏": "CN-XZ", "陕西": "CN-SN", "甘肃": "CN-GS", "青海": "CN-QH", "宁夏": "CN-NX",
    "新疆": "CN-XJ",
}  # fmt: skip
"""First two characters of the name to province."""
_OTHERS = ("台湾", "香港", "澳门")

PUBLICATION = Publication(
    producer="Institute of Atmospheric Physics, Chinese Academy of Sciences",
    title="CAQRA, Chinese air quality reanalysis 2013-2018, means by province and month",
    citation=(
        "Kong, L. et al. (2021): A 6-year-long (2013-2018) high-resolution air quality reanalysis "
        "dataset in China. Earth System Science Data 13, 529-570. doi:10.5194/essd-13-529-2021"
    ),
    licence="Not stated with the release for ChinaVis 2021; provincial means, cited",
    terms_of_use="Cite Kong et al. (2021). Means over area, not over people or stations.",
)


def read(paths: Sequence[Path], role: str, _year: int) -> pl.DataFrame:
    """Monthly means in ug/m3 by province, all years of the file.

    Raises InputError for another file, an unknown province, or a cell that is not a number.
    """
    path = single_file(paths, NAME)
    try:
        records = json.loads(readable(path).read_text(encoding="utf-8"))
        monthly = [record for record in records if record["month"] != "total"]
        names = [str(record["city"])[:2] for record in monthly]
    except (ValueError, KeyError, TypeError) as error:
        raise broken(path, "a JSON list of monthly records", error) from error
    unknown = sorted(set(names) - set(PROVINCE_OF_CHINESE_NAME) - set(_OTHERS))
    if (
        unknown
        or {PROVINCE_OF_CHINESE_NAME[name] for name in names if name not in _OTHERS} != PROVINCES
    ):
        raise InputError(
            "The records are not those of China's 31 provinces.",
            file=path,
            column="city",
            found=", ".join(unknown) or "provinces are missing",
            expected="the Chinese names of 31 provinces",
            remedy="Copy or download the file again.",
        )
    rows = []
    for place, (name, record) in enumerate(zip(names, monthly, strict=True), start=1):
        if name in _OTHERS:
            continue
        for pollutant, factor in UNIT_FACTOR.items():
            value = number(
                record.get(pollutant), file=path, row=place, column=pollutant, unit="ug/m3"
            )
            key = (
                PROVINCE_OF_CHINESE_NAME[name],
                "area",
                pollutant,
                int(record["year"]),
                int(record["month"]),
            )
            rows.append((*key, factor * value))
    return role_frame(rows, role)


def recognises(path: Path) -> bool:
    """A file named as the release's province details."""
    return path.name.endswith("province_detail.json") and first_bytes(path).startswith(b"[")


READER = Reader(
    name=NAME,
    roles=("evaluation_observation",),
    read=read,
    recognises=recognises,
    publication=PUBLICATION,
    vintage_year=2018,
)
