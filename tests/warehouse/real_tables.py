"""Small tables in the layouts that people have, and reading them as a run does."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

import openpyxl
import polars as pl
import pytest

from warehouse.errors import InputError

_CHINESE = """
    北京市 天津市 河北省 山西省 内蒙古自治区 辽宁省 吉林省 黑龙江省 上海市 江苏省 浙江省 安徽省 福建省 江西省
    山东省 河南省 湖北省 湖南省 广东省 广西壮族自治区 海南省 重庆市 四川省 贵州省 云南省 西藏自治区 陕西省
    甘肃省 青海省 宁夏回族自治区 新疆维吾尔自治区
"""
_ENGLISH = """
    Beijing,Tianjin,Hebei,Shanxi,Inner Mongolia,Liaoning,Jilin,Heilongjiang,Shanghai,Jiangsu,Zhejiang,Anhui,
    Fujian,Jiangxi,Shandong,Henan,Hubei,Hunan,Guangdong,Guangxi,Hainan,Chongqing,Sichuan,Guizhou,Yunnan,Tibet,
    Shaanxi,Gansu,Qinghai,Ningxia,Xinjiang
"""
PROVINCES = _CHINESE.split()
ENGLISH = [name.strip() for name in _ENGLISH.split(",")]
CUSTOMS = (
    "数据年月,商品编码,商品名称,贸易伙伴编码,贸易伙伴名称,贸易方式编码,贸易方式名称,"
    "注册地编码,注册地名称,人民币"
)
ROW = "201701,85171210,手机,502,美国,10,一般贸易,44,广东省,"
Notes = list[str]
Landed = Callable[..., tuple[pl.DataFrame, Notes]]


def refusal(landed: Landed, edition: str, role: str, files: dict[str, bytes]) -> InputError:
    with pytest.raises(InputError) as caught:
        landed(edition, role, files)
    error = caught.value
    assert error.remedy
    assert error.found is not None
    assert error.expected is not None
    assert "Reader" not in error.message, "a library's error came through"
    return error


def customs(*amounts: str, heading: str = CUSTOMS, row: str = ROW) -> str:
    rows = [
        row.replace("85171210", f"851712{10 + at}") + amount for at, amount in enumerate(amounts)
    ]
    return "\n".join([heading, *rows, ""])


def trade(
    landed: Landed, text: str, encoding: str = "gb18030", name: str = "export-2017.csv"
) -> tuple[list[float], Notes]:
    frame, notes = landed("paper-2017", "trade", {name: text.encode(encoding)})
    return [round(1e6 * value, 6) for value in frame["value_million"]], notes


def yearbook(
    values: Sequence[str], names: Sequence[str] = PROVINCES, indicator: str = "稻谷产量(万吨)"
) -> str:
    rows = [f"{name},{value}" for name, value in zip(names, values, strict=True)]
    return "\n".join(
        ["数据库：分省年度数据", f"指标：{indicator}", "时间：2017", "地区,2017年", *rows, ""]
    )


def output(landed: Landed, text: str, encoding: str = "gb18030") -> tuple[dict[str, float], Notes]:
    frame, notes = landed("paper-2017", "sector_output", {"a.csv": text.encode(encoding)})
    return dict(zip(frame["province"], frame["value"], strict=True)), notes


def yearbook_book(
    path: Path, change: Callable[[openpyxl.Workbook], None], value: object = 10.5
) -> bytes:
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.title = "new"
    for line in yearbook(["x"] * 31).splitlines()[:4]:
        sheet.append(line.split(","))
    for name in PROVINCES:
        sheet.append([name, value])
    change(book)
    book.save(path)
    return path.read_bytes()
