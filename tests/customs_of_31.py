"""Customs files of 31 provinces as the query site exports them, cut from a published open-2017.

What they say is known.  Each province's customs exports of a product are nine tenths of what its table books.
They go where China's go, but for Guangdong: half of what it sells to the rest of the world goes to the United
States.
Processing trade lies on top; the edition does not count it.
"""

from __future__ import annotations

import csv
from collections import defaultdict
from collections.abc import Iterable
from functools import cache
from pathlib import Path

import duckdb

from synth.names import chinese_province, division_of
from tests.models.seed_files import seed_files

PARTNERS = {"BRA": "410", "EU": "304", "IND": "111", "JPN": "116", "ROW": "133", "USA": "502"}
COUNTED, PROCESSING = ("10", "一般贸易"), ("15", "进料加工贸易")
CUSTOMS_SHARE = 0.9
MOVER = "CN-GD"
EXPORTS, IMPORTS = "export-2017.csv", "import-2017.csv"
_YUAN = 6.7518e6  # of 2017 in a million US dollars
_HEADING = (
    "商品编码,商品名称,贸易伙伴编码,贸易伙伴名称,贸易方式编码,贸易方式名称,注册地编码,注册地名称,"
    "第一数量,第一计量单位,第二数量,第二计量单位,人民币,"
)
Flow = tuple[str, str, str, float]
"""Province, sector, region, million US dollars."""


@cache
def goods() -> dict[str, str]:
    """Sector of the edition to an HS code of six digits that belongs to it alone."""
    sectors = defaultdict(list)
    for row in _rows("gtap65__icio30"):
        sectors[row["from_code"]].append(row["to_code"])
    found: dict[str, str] = {}
    for row in _rows("hs2017__gtap65"):
        if float(row["weight"]) == 1 and len(sectors[row["to_code"]]) == 1:
            found.setdefault(sectors[row["to_code"]][0], row["hs6_code"])
    return found


def _rows(seed: str) -> list[dict[str, str]]:
    with seed_files()[seed].open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))


def write_customs(working: Path, folder: Path) -> None:
    """Write both files into a folder. working: the working file of open-2017 without customs."""
    with duckdb.connect(str(working), read_only=True) as con:
        sold: list[Flow] = con.sql("""
            with nation as (
                select sector, destination,
                    sum(export_musd) / sum(sum(export_musd)) over (partition by sector) as share
                from marts.fct_export_value group by sector, destination
            ),
            booked as (
                select province, sector, coalesce(nullif(export_booked_musd, 0), export_musd) as value_musd
                from intermediate.int_province__account
                left join computed.province_export using (province, sector)
            )
            select province, sector, destination, value_musd * share
            from booked inner join nation using (sector) where value_musd > 0 order by all
        """).fetchall()
        bought: list[Flow] = con.sql("""
            select to_region, from_sector, from_region, sum(value_musd) from marts.fct_mrio_flow
            where to_region like 'CN-%' and from_region not like 'CN-%' group by all order by all
        """).fetchall()
    _write(folder / EXPORTS, _moved(sold))
    _write(folder / IMPORTS, bought)


def _moved(flows: Iterable[Flow]) -> list[Flow]:
    found: list[Flow] = []
    for province, sector, region, value in flows:
        if (province, region) == (MOVER, "ROW"):
            found.append((province, sector, "USA", value / 2))
            value /= 2
        found.append((province, sector, region, value))
    return found


def _write(path: Path, flows: Iterable[Flow]) -> None:
    """Rows of one partner and product are summed, as the site does; processing trade is a tenth on top."""
    sums: dict[tuple[str, str, str], float] = defaultdict(float)
    for province, sector, region, value in flows:
        if sector in goods():
            sums[province, sector, region] += CUSTOMS_SHARE * value
    lines = [_HEADING]
    for (province, sector, region), value in sums.items():
        for (regime, name), share in ((COUNTED, 1.0), (PROCESSING, 0.1)):
            amount = round(value * share * _YUAN)
            if amount > 0:
                lines.append(
                    f'"{goods()[sector]}\t","{sector}","{PARTNERS[region]}\t","{region}","{regime}\t","{name}",'
                    f'"{division_of(province)}\t","{chinese_province(province)}","-","-","{amount // 7 + 1:,}",'
                    f'"千克","{amount:,}",'
                )
    path.write_bytes("".join(f"{line}\r\n" for line in lines).encode("gb18030"))
