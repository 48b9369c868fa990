"""CEADs' workbook of the provincial table, in its known layouts."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from synth.codes import SECTORS_42, YEAR
from synth.economy import Economy
from synth.names import ENGLISH_42, chinese_42, chinese_province, english_province
from synth.workbook import Cell, Sheet, letters, write
from warehouse.synthetic import MARK

Array = NDArray[np.float64]
DEMAND_CODES = ("FU101", "FU102", "FU103", "FU201", "FU202")
VALUE_ADDED = (("VA001", 0.5), ("VA002", 0.12), ("VA003", 0.13), ("VA004", 0.25))
_INVENTORY_SHARE = 0.03


def write_book(economy: Economy, path: Path) -> None:
    """Write the workbook as the Chinese sheet of 2017 is, with the list of provinces."""
    write(path, sheets(economy))


def sheets(economy: Economy, *, english: bool = False, with_tiu: bool = True) -> list[Sheet]:
    """The table and the list of provinces.

    english: names, and the sheet's, in English.  with_tiu: with the column of total intermediate use.
    """
    place = economy.place
    name = english_province if english else chinese_province
    names = [name(code) for code in place.provinces]
    sectors = ENGLISH_42 if english else chinese_42()
    title = "English_Version" if english else f"Table_{YEAR}"
    starts = [42 * p for p in range(len(names))]
    merged = (
        *(f"{letters(3 + start)}2:{letters(44 + start)}2" for start in starts),
        *(f"A{5 + start}:A{46 + start}" for start in starts),
    )
    listed: list[Sequence[Cell]] = [("Order", "Chinese", "Province")] + [
        (at + 1, chinese_province(code), english_province(code))
        for at, code in enumerate(place.provinces)
    ]
    rows = list(_rows(table(economy), names, sectors, with_tiu=with_tiu))
    return [Sheet(title, rows, merged), Sheet("Province", listed)]


def table(economy: Economy) -> dict[str, Array]:
    """The table's blocks in 10,000 CNY: core, demand (five kinds), EX, GO, IM and VA by column."""
    china, place = economy.china, economy.place
    factor = place.codes.cny_per_usd * 100.0
    count = len(place.provinces)
    core = china.flows.reshape(count * 42, count * 42) * factor
    return {
        "core": core,
        "demand": _five(china.demand, place.nation.rural_share).reshape(count * 42, count * 5)
        * factor,
        "EX": china.export.ravel() * factor,
        "GO": china.output.ravel() * factor,
        "IM": china.imports.ravel() * factor,
        "IM_demand": _five(china.demand_imports[None, None], place.nation.rural_share).ravel()
        * factor,
        "VA": china.value_added.ravel() * factor,
    }


def _five(demand: Array, rural: float) -> Array:
    """Households, government, capital as five kinds; some inventory changes are negative."""
    household, government, capital = demand[..., 0], demand[..., 1], demand[..., 2]
    sign = np.where(np.arange(capital.shape[-1]) % 3 == 2, -1.0, 1.0)
    inventory = _INVENTORY_SHARE * sign * capital
    return np.stack(
        [rural * household, (1.0 - rural) * household, government, capital - inventory, inventory],
        axis=-1,
    )


def _rows(
    blocks: dict[str, Array], names: Sequence[str], sectors: tuple[str, ...], *, with_tiu: bool
) -> Iterator[list[Cell]]:
    count = len(names)
    uses: list[Cell] = ["TIU"] if with_tiu else []
    blank: list[Cell] = [None] * 3
    yield [f"{YEAR} multi-regional input-output table, 10,000 CNY, current prices. {MARK}"]
    yield [*blank, *_spaced(names, 42), *[None] * len(uses), *_spaced(names, 5)]
    yield [*blank, *sectors * count, *uses, *DEMAND_CODES * count]
    columns = ["EX", "TFU", "ERR", "GO"]
    yield [
        None,
        None,
        None,
        *list(SECTORS_42) * count,
        *uses,
        *list(DEMAND_CODES) * count,
        *columns,
    ]
    core, demand = blocks["core"], blocks["demand"]
    for at in range(count * 42):
        used = float(core[at].sum())
        final = float(demand[at].sum() + blocks["EX"][at])
        tail: list[Cell] = [float(blocks["EX"][at]), final, 0.0, float(blocks["GO"][at])]
        label: list[Cell] = [
            names[at // 42] if at % 42 == 0 else None,
            sectors[at % 42],
            SECTORS_42[at % 42],
        ]
        yield [
            *label,
            *core[at].tolist(),
            *([used] if with_tiu else []),
            *demand[at].tolist(),
            *tail,
        ]
    inputs, imports = core.sum(0), blocks["IM"]
    gap: list[Cell] = [0.0] if with_tiu else []
    yield [None, "Import", "IM", *imports.tolist(), *gap, *blocks["IM_demand"].tolist()]
    yield [None, "Total intermediate input", "TII", *(inputs + imports).tolist()]
    for code, share in VALUE_ADDED:
        yield [None, code, code, *(blocks["VA"] * share).tolist()]
    yield [None, "Total value added", "TVA", *blocks["VA"].tolist()]
    yield [None, "Total input", "TI", *(inputs + imports + blocks["VA"]).tolist()]


def _spaced(names: Sequence[str], width: int) -> list[Cell]:
    """Names over the first of their columns, as merged cells are stored."""
    return [name if at == 0 else None for name in names for at in range(width)]
