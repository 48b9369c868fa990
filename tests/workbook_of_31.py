"""The balanced table of open-2017 as two files of publishers: CEADs' workbook of 31 provinces, OECD's full ICIO.

What the files must give back is known. The 42 sectors of the workbook are the edition's 30, each divided alike in
its rows and columns; the countries of the ICIO are the seven regions, two of them divided. Products go to users of
imports as in the nation, since a workbook has them in one row.
"""

from __future__ import annotations

import csv
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from itertools import islice
from pathlib import Path

import duckdb
import numpy as np
import pandas as pd
from numpy.typing import NDArray

from synth.codes import SECTORS_42
from synth.mrio_book import _rows
from synth.names import chinese_42, chinese_province
from synth.workbook import Sheet, letters, write
from tests.models.seed_files import seed_files

Array = NDArray[np.float64]
DEMAND = ("FU101", "FU102", "FU103", "FU201", "FU202")
CATEGORIES = ("households", "npish", "government", "gfcf", "inventories")
COUNTRIES = {
    "BRA": {"BRA": 1.0}, "EU": {"DEU": 0.25, "FRA": 0.75}, "IND": {"IND": 1.0}, "JPN": {"JPN": 1.0},
    "ROW": {"KOR": 0.3, "AUS": 0.1, "ROW": 0.6}, "USA": {"USA": 1.0},
}  # fmt: skip
ABROAD = tuple(country for parts in COUNTRIES.values() for country in parts)
# An industry of the ICIO for each sector whose code is not one.
INDUSTRY = {
    "A01T03": "A01_02", "B07T09": "B07_08", "C16T18_31T33": "C16", "C20T22": "C20", "C29_30": "C29",
    "D35": "D", "E36T39": "E", "H49T53": "H49", "J58T63": "J61", "M_N": "M",
}  # fmt: skip
WORKBOOK, ICIO = "MRIO2017_42 CEADS.xlsx", "ICIO2023_2017.csv"
UNIT = 675.18  # 10,000 yuan of 2017 in a million US dollars
sums = partial(np.einsum, optimize=True)


@dataclass(frozen=True)
class World:
    """Million USD; p, q provinces, f regions or countries abroad, s, t sectors, u sectors and five categories.

    flows: (p, s, q, t).  demand: (p, s, q, five).  sold: exports, (p, s, f, u).  bought: imports, (f, s, p, t and
    four demands).  abroad: (f, s, f, u).
    """

    provinces: Sequence[str]
    sectors: Sequence[str]
    flows: Array
    demand: Array
    sold: Array
    bought: Array
    abroad: Array


def read_world(file: Path, foreign: Sequence[str]) -> World:
    """The linked table of a working file, cell by cell."""
    with duckdb.connect(str(file), read_only=True) as con:
        provinces = _list(con, "select distinct province from intermediate.int_province__output")
        sectors = _list(con, "select sector from intermediate.int_mrio__output")
        cells = con.sql(
            "select from_region, from_sector, to_region, user_code, value_musd"
            " from intermediate.int_mrio__cell"
        ).fetchall()
    p, s, f = len(provinces), len(sectors), len(foreign)
    home, out = (
        {name: at for at, name in enumerate(provinces)},
        {n: at for at, n in enumerate(foreign)},
    )
    sector = {name: at for at, name in enumerate(sectors)}
    five = {name: s + at for at, name in enumerate(DEMAND)} | sector
    users = {name: s + at for at, name in enumerate(CATEGORIES)} | sector
    inside, sold = np.zeros((p, s, p, s + 5)), np.zeros((p, s, f, s + 5))
    bought, abroad = np.zeros((f, s, p, s + 5)), np.zeros((f, s, f, s + 5))
    for maker, product, buyer, user, value in cells:
        at = sector[product]
        if maker in home and buyer in home:
            inside[home[maker], at, home[buyer], five[user]] += value
        elif maker in home:
            sold[home[maker], at, out[buyer], users[user]] += value
        elif buyer in home:
            bought[out[maker], at, home[buyer], five[user]] += value
        else:
            abroad[out[maker], at, out[buyer], users[user]] += value
    return World(
        provinces, sectors, inside[..., :s], inside[..., s:], sold, bought[..., : s + 4], abroad
    )


def _list(con: duckdb.DuckDBPyConnection, query: str) -> list[str]:
    return sorted({name for (name,) in con.sql(query).fetchall()})


def nation_imports(file: Path, foreign: Sequence[str], sectors: Sequence[str]) -> Array:
    """China's imports by origin, product and user in the bundled world table, (f, s, t and four categories)."""
    users = {name: len(sectors) + at for at, name in enumerate(CATEGORIES[:4])}
    users |= {name: at for at, name in enumerate(sectors)}
    found = np.zeros((len(foreign), len(sectors), len(users)))
    with duckdb.connect(str(file), read_only=True) as con:
        cells = con.sql(
            "select from_region, from_sector, to_code, value_musd from staging.stg_global_table"
            " where from_region <> 'CHN' and to_region = 'CHN' and to_code <> 'inventories'"
        ).fetchall()
    for maker, product, user, value in cells:
        found[foreign.index(maker), sectors.index(product), users[user]] += value
    return found


def spread(sectors: Sequence[str]) -> tuple[Array, Array]:
    """Sectors to the workbook's 42, (42, s), and back as the seed has it, (s, 42). Columns sum to one."""
    with seed_files()["cn42_2017__icio30"].open(encoding="utf-8", newline="") as stream:
        weight = {
            (row["from_code"], row["to_code"]): float(row["weight"])
            for row in csv.DictReader(stream)
        }
    back = np.array([[weight.get((code, name), 0.0) for code in SECTORS_42] for name in sectors])
    there = np.zeros((len(SECTORS_42), len(sectors)))
    for at, name in enumerate(sectors):
        # Culture stands in code 41 alone, which holds a part of information too.
        codes = [c for c in SECTORS_42 if weight.get((c, name)) == 1.0] or ["41"]
        for place, code in enumerate(codes, start=1):
            there[SECTORS_42.index(code), at] = 2 * place / len(codes) / (len(codes) + 1)
    return there, back


def write_files(base: Path, folder: Path) -> World:
    """Write both files into a folder, as WORKBOOK and ICIO; returns what they must give back, by country."""
    old = read_world(base, tuple(COUNTRIES))
    there, back = spread(old.sectors)
    s = len(old.sectors)
    through = np.eye(s + 5)
    through[:s, :s] = back @ there
    inner = through[:s, :s]
    split = np.array([[COUNTRIES[r].get(c, 0.0) for r in COUNTRIES] for c in ABROAD])
    exports = old.sold.sum(axis=(2, 3)) @ inner.T
    nation_sold = sums("af,cs,psfu,vu->cav", split, inner, old.sold, through)
    users = through[: s + 4, : s + 4]
    imports = nation_imports(base, tuple(COUNTRIES), old.sectors)
    nation_bought = sums("af,cs,fsu,vu->acv", split, inner, imports, users)
    taken = sums("fspu,vu->pv", old.bought, users).clip(min=0)
    nation_bought[..., s] += nation_bought[..., s + 1]  # non-profit institutions serve households
    taken_share = taken / np.where(taken.sum(axis=0) > 0, taken.sum(axis=0), 1.0)
    households = taken[:, s : s + 2] / taken[:, s : s + 2].sum()
    bought = sums("asv,pv->aspv", nation_bought, taken_share)
    bought[..., s : s + 2] = sums("as,pv->aspv", nation_bought[..., s], households)
    new = World(
        old.provinces,
        old.sectors,
        sums("cs,psqt,dt->pcqd", inner, old.flows, inner),
        sums("cs,psqf->pcqf", inner, old.demand),
        sums("pc,cav->pcav", exports / exports.sum(axis=0), nation_sold),
        bought,
        sums("af,bg,cs,fsgu,vu->acbv", split, split, inner, old.abroad, through),
    )
    _write_icio(new, folder / ICIO)
    _write_book(old, new, there, folder / WORKBOOK)
    return new


def _write_icio(world: World, path: Path) -> None:
    s, regions = len(world.sectors), ("CHN", *ABROAD)
    demand = world.demand.sum(axis=(0, 2))
    household = demand[:, 0] + demand[:, 1]
    own = np.column_stack([world.flows.sum(axis=(0, 2)), household, 0 * household, demand[:, 2:]])
    whole = np.zeros((len(regions), s, len(regions), s + 5))
    whole[0, :, 0], whole[0, :, 1:], whole[1:, :, 1:] = own, world.sold.sum(axis=0), world.abroad
    imports = world.bought.sum(axis=2)
    whole[1:, :, 0, : s + 1] = imports[..., : s + 1]
    whole[1:, :, 0, s] += imports[..., s + 1]
    whole[1:, :, 0, s + 2 : s + 4] = imports[..., s + 2 :]
    names = [INDUSTRY.get(name, name) for name in world.sectors]
    rows = [f"{region}_{name}" for region in regions for name in names]
    uses = [
        f"{region}_{use}"
        for region in regions
        for use in ("HFCE", "NPISH", "GGFC", "GFCF", "INVNT")
    ]
    flows = whole[..., :s].reshape(len(rows), len(rows))
    final = whole[..., s:].reshape(len(rows), len(uses))
    frame = pd.DataFrame(np.hstack([flows, final]), index=rows, columns=[*rows, *uses])
    frame.loc["TLS"] = 0.0
    frame.loc["VA"] = [
        *(flows.sum(axis=1) + final.sum(axis=1) - flows.sum(axis=0)),
        *[0.0] * len(uses),
    ]
    frame.to_csv(path)


def _write_book(old: World, new: World, there: Array, path: Path) -> None:
    p, s = len(old.provinces), len(old.sectors)
    flows = sums("cs,psqt,dt->pcqd", there, old.flows, there)
    demand = sums("cs,psqf->pcqf", there, old.demand)
    exports = old.sold.sum(axis=(2, 3)) @ there.T
    output = flows.sum(axis=(2, 3)) + demand.sum(axis=(2, 3)) + exports
    imports = _unsummed(new.bought.sum(axis=(0, 1))[:, :s], old.sectors, there)
    final_imports = np.pad(new.bought.sum(axis=(0, 1))[:, s:], ((0, 0), (0, 1)))
    blocks = {
        "core": flows.reshape(p * 42, p * 42), "demand": demand.reshape(p * 42, p * 5),
        "EX": exports.ravel(), "GO": output.ravel(), "IM": imports.ravel(),
        "IM_demand": final_imports.ravel(),
        "VA": (output - flows.sum(axis=(0, 1)) - imports).ravel(),
    }  # fmt: skip
    names = [chinese_province(code) for code in old.provinces]
    starts = [42 * at for at in range(p)]
    merged = (
        *(f"{letters(3 + start)}2:{letters(44 + start)}2" for start in starts),
        *(f"A{5 + start}:A{46 + start}" for start in starts),
    )
    rows = _rows(
        {name: block * UNIT for name, block in blocks.items()}, names, chinese_42(), with_tiu=True
    )
    # Without the generator's mark: the edition is no synthetic one then, and its gates hold in full.
    titled = [["2017 multi-regional input-output table, 10,000 CNY"], *islice(rows, 1, None)]
    write(path, [Sheet("Table_2017", titled, merged)], title="MRIO")


def _unsummed(totals: Array, sectors: Sequence[str], there: Array) -> Array:
    """Totals by sector over the 42, (p, 42), so that the seed sums them to the same again."""
    _, back = spread(sectors)
    crossing = SECTORS_42.index("41")
    left = totals.copy()
    of_41 = totals[:, sectors.index("R")] / back[sectors.index("R"), crossing]
    left[:, sectors.index("J58T63")] -= of_41 * back[sectors.index("J58T63"), crossing]
    found: Array = left @ there.T
    found[:, crossing] = of_41
    return found
