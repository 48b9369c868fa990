"""Customs files as the query site exports them: GB18030, tabs, thousands commas, a comma at each line's end.

Exports: yearly, in yuan, a file a province. Imports: by month, in dollars, in parts. In the first export file
HS codes have lost their leading zero, as when it was saved from a spreadsheet.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np

from synth.economy import Economy
from synth.names import chinese_province, division_of
from synth.trade import CustomsRows
from warehouse.sources.customs_files import COMMODITY, MONTH, PARTNER, PLACE, REGIME
from warehouse.synthetic import MARK

_REGIME_NAMES = {
    10: "一般贸易",
    14: "来料加工贸易",
    15: "进料加工贸易",
    19: "边境小额贸易",
    33: "保税监管场所进出境货物",
    34: "海关特殊监管区域物流货物",
    39: "其他",
}
_PART_ROWS = 400_000
_HEADING = (
    *(COMMODITY, "商品名称", PARTNER, "贸易伙伴名称", REGIME, "贸易方式名称", PLACE, "注册地名称"),
    *("第一数量", "第一计量单位", "第二数量", "第二计量单位"),
)


def write_exports(economy: Economy, folder: Path, year: int) -> None:
    """One yearly file a province, in yuan."""
    rows = economy.export_rows
    for at, province in enumerate(economy.place.provinces):
        mine = np.nonzero(rows.province == at)[0]
        name = f"export-{year}-{division_of(province)}_p1.csv"
        _write(
            folder / name,
            _HEADING,
            "人民币",
            _lines(economy, rows, mine, lost_zeros=at == 0),
        )


def write_imports(economy: Economy, folder: Path, year: int) -> None:
    """Monthly files in dollars, in parts."""
    rows = economy.import_rows
    every = np.arange(rows.amount.size)
    for number, start in enumerate(range(0, every.size, _PART_ROWS), start=1):
        part = every[start : start + _PART_ROWS]
        lines = _lines(economy, rows, part, months_of=year)
        _write(folder / f"import-{year}_p{number}.csv", (MONTH, *_HEADING), "美元", lines)


def _write(path: Path, heading: tuple[str, ...], currency: str, lines: list[str]) -> None:
    text = ",".join((*heading, currency)) + ",\r\n" + "".join(lines)
    path.write_bytes(text.encode("gb18030"))


def _lines(
    economy: Economy,
    rows: CustomsRows,
    which: np.ndarray,
    *,
    months_of: int | None = None,
    lost_zeros: bool = False,
) -> list[str]:
    place = economy.place
    codes = place.codes
    hs = [codes.hs.get(name, ()) for name in codes.sectors]
    partners = [codes.partners[name] for name in place.regions]
    named = [f'"{division_of(p)}\t","{chinese_province(p)}"' for p in place.provinces]
    regimes = {code: f'"{code}\t","{name}"' for code, name in _REGIME_NAMES.items()}
    lines = []
    for number, (province, region, sector, code, partner, regime, amount) in enumerate(
        zip(
            *(array[which].tolist() for array in (
                rows.province, rows.region, rows.sector, rows.hs, rows.partner, rows.regime, rows.amount
            )),
            strict=True,
        )
    ):  # fmt: skip
        commodity = f"{hs[sector][code]}00"
        commodity = commodity.lstrip("0") if lost_zeros else commodity
        month = f'"{months_of}{number % 12 + 1:02d}\t",' if months_of else ""
        goods = MARK if number == 0 else codes.sectors[sector]
        lines.append(
            f'{month}"{commodity}\t","{goods}","{partners[region][partner]}\t","{place.regions[region]}",'
            f'{regimes[regime]},{named[province]},"-","-","{amount // 7 + 1:,}","千克","{amount:,}",\r\n'
        )
    return lines
