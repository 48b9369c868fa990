"""Small sound files of the tabular readers, for damage to be done to them. Figures are made up and add up."""

from __future__ import annotations

import random
from collections.abc import Sequence
from pathlib import Path

import openpyxl

from tests.synthetic.table_damage import Sound
from warehouse.chinese_names import PROVINCE_OF_CHINESE_NAME
from warehouse.codes import NAME_OF_PROVINCE, PROVINCE_OF_DIVISION, PROVINCES, PROVINCES_WITH_TABLE

CODES = sorted(PROVINCES)
CHINESE = {code: name for name, code in PROVINCE_OF_CHINESE_NAME.items()}
DIVISION = {code: digits for digits, code in PROVINCE_OF_DIVISION.items()}
Table = Sequence[Sequence[object]]


def sound_tables(folder: Path) -> list[Sound]:
    """Write one file a reader and kind of file, each in a folder of its own."""
    chance = random.Random(7)

    def amount(low: float, high: float) -> float:
        return round(chance.uniform(low, high), 3)

    files: list[tuple[str, str, int, str, str, Table | dict[str, Table]]] = []
    exports = [[code, "goods_by_origin", "USD", amount(100, 9000)] for code in CODES]
    tidy = [["province", "concept", "currency", "value_million"], *exports]
    files += [("tidy", "export_total", 2007, name, "utf-8", tidy) for name in ("t.csv", "t.xlsx")]
    files.append(("tidy", "sector_emission", 2007, "emission.csv", "utf-8", _emission(amount)))
    files.append(("customs", "trade", 2017, "export-2017.csv", "gb18030", _customs(amount)))
    rice = [
        ["数据库：分省年度数据"], ["指标：稻谷产量(万吨)"], ["时间：2017"], ["地区", "2017年", "2016年"],
        *([CHINESE[code], amount(10, 900), amount(10, 900)] for code in CODES),
    ]  # fmt: skip
    files += [("yearbook", "sector_output", 2017, "a.csv", "gb18030", rice)]
    files += [("yearbook", "sector_output", 2017, "a.xlsx", "utf-8", rice)]
    iron = [
        ["Database：Monthly by Province"], ["Indicators：Output of Pig Iron, Accumulated(10000 tons)"],
        ["Time：LAST13"], ["Region", "Mar 2025", "Feb 2025"],
        *([NAME_OF_PROVINCE[code], amount(50, 900), amount(5, 50)] for code in CODES),
    ]  # fmt: skip
    files += [
        ("nbs_monthly", "industrial_output", 2025, name, "utf-8", iron)
        for name in ("n.csv", "n.xlsx")
    ]
    files.append(("meic", "sector_emission", 2017, "MEIC_2017.xlsx", "utf-8", _meic(amount)))
    files.append(("gains", "subsector_emission", 2017, "emf30_SO2.csv", "utf-8", _gains(amount)))
    online = [[amount(1, 90), amount(1, 90)] for _ in range(9)]
    files.append((
        "gains_online", "subsector_emission", 2015, "GAINS_emiss-CHIN-2015-SO2.csv", "utf-8",
        [["cou_abb", "reg_abb", "Sector/Activity", "HC1", "HF", "Sum"],
         *(["CHIN", "WHOL", f"S{at}", a, b, round(a + b, 3)] for at, (a, b) in enumerate(online))],
    ))  # fmt: skip
    ammonia = [
        [code, f"category_{chr(97 + at)}", amount(9000, 50000)]
        for code in CODES[:8]
        for at in range(14)
    ]
    heading = ["province", "product_category", "emission_t"]
    files.append(("ammonia_products", "ammonia", 2017, "nh3.csv", "utf-8", [heading, *ammonia]))
    panel = [
        [2007, NAME_OF_PROVINCE[code], 1, amount(10000, 90000), amount(500, 9000)]
        for code in sorted(PROVINCES_WITH_TABLE)
    ]
    heading = ["Year", "Location", "Carbon_Emission", "Export", "Population"]
    files.append(("provincial_panel", "export_total", 2007, "p.csv", "utf-8", [heading, *panel]))
    article = [[code, amount(50, 9000)] for code in sorted(PROVINCES_WITH_TABLE)]
    files.append((
        "provincial_exports", "export_total", 2007, "e.csv", "utf-8",
        [["province", "export_100m_yuan"], *article],
    ))  # fmt: skip
    return [_written(folder / f"{at}", *each) for at, each in enumerate(files)]


def _emission(amount) -> Table:  # type: ignore[no-untyped-def]
    rows: list[list[object]] = [["province", "source_sector", "pollutant", "emission_t"]]
    for code in CODES:
        parts = [amount(1000, 90000) for _ in range(3)]
        rows += [[code, f"S{at}", "SO2", value] for at, value in enumerate(parts)]
        rows.append([code, "TOTAL", "SO2", round(sum(parts), 3)])
    return rows


def _customs(amount) -> Table:  # type: ignore[no-untyped-def]
    heading = (
        "数据年月,商品编码,商品名称,贸易伙伴编码,贸易伙伴名称,贸易方式编码,贸易方式名称,"
        "注册地编码,注册地名称,人民币"
    )
    return [
        heading.split(","),
        *(
            ["201701", f"8517{10 + at:02d}{number:02d}", "手机", "502", "美国", "10", "一般贸易", DIVISION[code],
             CHINESE[code], amount(1e9, 9e9)]
            for number, code in enumerate(CODES) for at in range(2)
        ),
    ]  # fmt: skip


def _meic(amount) -> dict[str, Table]:  # type: ignore[no-untyped-def]
    sheets: dict[str, Table] = {}
    for pollutant in ("SO2", "NOx", "CO", "NH3", "BC", "OC", "PM2.5"):
        rows: list[list[object]] = [["MEIC 2017"], ["Unit: Gg"]]
        rows.append(
            ["", "Power", "Industry", "Residential", "Transportation", "Agriculture", "Total"]
        )
        for code in CODES:
            parts = [amount(50, 400) for _ in range(5)]
            rows.append([NAME_OF_PROVINCE[code], *parts, round(sum(parts), 3)])
        sheets[pollutant] = rows
    return sheets


def _gains(amount) -> Table:  # type: ignore[no-untyped-def]
    rows: list[list[object]] = [["EMF30 sectors"], [""], ["Pollutant: SO2"], ["Unit: kt SO2"]]
    rows.append(["Region", "EMF30 kt", "2010", "2015", "2020"])
    parts = [[amount(1, 500) for _ in range(3)] for _ in range(8)]
    rows += [["CHIN_PLUS", f"SECTOR{at}", *values] for at, values in enumerate(parts)]
    sums = [round(sum(column), 3) for column in zip(*parts, strict=True)]
    return [*rows, ["CHIN_PLUS", "SUM", *sums], ["", "ALL SUM", *sums]]


def _written(
    folder: Path, reader: str, role: str, year: int, name: str, encoding: str, table: Table | dict[str, Table]
) -> Sound:  # fmt: skip
    folder.mkdir(parents=True)
    path = folder / name
    if path.suffix == ".csv":
        assert not isinstance(table, dict)
        width = max(len(row) for row in table)
        lines = [
            ",".join(str(cell) for cell in [*row, *[""] * (width - len(row))]) for row in table
        ]
        path.write_bytes(("\n".join(lines) + "\n").encode(encoding))
        return Sound(reader, role, year, path, encoding)
    book = openpyxl.Workbook()
    book.remove(book.worksheets[0])
    for title, rows in (table if isinstance(table, dict) else {"Sheet1": table}).items():
        sheet = book.create_sheet(title)
        for row in rows:
            sheet.append([None if cell == "" else cell for cell in row])
    book.save(path)
    return Sound(reader, role, year, path, encoding)
