"""Linking by the rules of docs/editions.md in plain NumPy and Polars: an oracle, dense, for small economies."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import polars as pl

from synth.codes import DEMANDS, SECTORS_42, Codes

KIND = {
    "FU101": "household",
    "FU102": "household",
    "FU103": "government",
    "FU201": "capital",
    "FU202": "capital",
}
FINAL_HEADERS = (("VDPB", "VMPB"), ("VDGB", "VMGB"), ("VDIB", "VMIB"))


@dataclass(frozen=True)
class Linked:
    """The linked table: rows (provinces, then regions abroad) x sectors; columns with demand behind sectors."""

    producers: list[str]
    blocks: Mapping[str, np.ndarray]


class Gtap:
    """GTAP's arrays from the tidy rows."""

    def __init__(self, frame: pl.DataFrame, sectors: tuple[str, ...]) -> None:
        self.frame, self.sectors = frame, sectors
        self.regions = sorted(frame.filter(header="VDPB").get_column("to_region").unique())
        self.at = {name: number for number, name in enumerate(sectors)}
        self.place = {name: number for number, name in enumerate(self.regions)}

    def array(self, header: str, *axes: str) -> np.ndarray:
        rows = self.frame.filter(header=header)
        index = [
            np.array(
                [
                    (self.place if "region" in axis else self.at)[code]
                    for code in rows.get_column(axis)
                ]
            )
            for axis in axes
        ]
        out = np.zeros(
            [len(self.regions) if "region" in axis else len(self.sectors) for axis in axes]
        )
        out[tuple(index)] = rows.get_column("value_musd").to_numpy()
        return out

    def users(self) -> tuple[np.ndarray, np.ndarray]:
        """Domestic and imported purchases (commodity, user, region), users being sectors and demands."""
        home = [self.array("VDFB", "commodity", "agent", "to_region")]
        imported = [self.array("VMFB", "commodity", "agent", "to_region")]
        for domestic, foreign in FINAL_HEADERS:
            home.append(self.array(domestic, "commodity", "to_region")[:, None])
            imported.append(self.array(foreign, "commodity", "to_region")[:, None])
        return np.concatenate(home, 1), np.concatenate(imported, 1)


def _ratio(part: np.ndarray, whole: np.ndarray) -> np.ndarray:
    return np.divide(part, whole, out=np.zeros(np.broadcast(part, whole).shape), where=whole > 0)


def world_table(gtap: Gtap) -> np.ndarray:
    """Rule 1: (source, commodity, destination, user)."""
    home, imported = gtap.users()
    share = _ratio(imported, imported.sum(1, keepdims=True))
    trade = gtap.array("VXSB", "commodity", "from_region", "to_region")
    freight = gtap.array("VTWR", "agent", "commodity", "from_region", "to_region")
    supply = gtap.array("VST", "commodity", "from_region")
    table = np.einsum("sfr,sjr->fsrj", trade, share)
    carried = np.einsum("msfr,sjr->mrj", freight, share)
    table += np.einsum("mf,mrj->fmrj", _ratio(supply, supply.sum(1, keepdims=True)), carried)
    for r in range(len(gtap.regions)):
        table[r, :, r, :] += home[:, :, r]
    return table


def shares(codes: Codes, output: pl.DataFrame, provinces: list[str]) -> np.ndarray:
    """Rule 2: (province, 42-sector, sector)."""
    value = {
        (row["province"], row["product_code"], row["measure"]): row["value"]
        for row in output.iter_rows(named=True)
    }
    made: dict[tuple[str, str, str], float] = {}
    for product in codes.products:
        priced = {
            p: (
                value.get((p, product.code, "price_cny_t")),
                value.get((p, product.code, "output_10k_t")),
            )
            for p in provinces
        }
        known = [(price, amount) for price, amount in priced.values() if price is not None]
        for p in provinces:
            key = (p, product.from_code, product.to_code)
            if not product.is_priced:
                made[key] = value[p, product.code, "output_value_10k_cny"]
                continue
            mean = sum(price * amount for price, amount in known) / sum(
                amount for _, amount in known
            )
            price, amount = priced[p]
            made[key] = amount * (mean if price is None else price)
    for p in provinces:
        made[p, "01", "gro"] -= made[p, "01", "pdr"] + made[p, "01", "wht"]
    out = np.zeros((len(provinces), 42, len(codes.sectors)))
    for (g, s), weight in zip(codes.pairs, codes.weights, strict=True):
        for at, p in enumerate(provinces):
            out[at, SECTORS_42.index(g), codes.sectors.index(s)] = made.get((p, g, s), weight)
    return _ratio(out, out.sum(2, keepdims=True))


def _dense(frame: pl.DataFrame, rows: Mapping, columns: Mapping) -> np.ndarray:
    out = np.zeros((len(rows), len(columns)))
    for p, code, q, use, value in frame.select(
        "from_province", "row_code", "to_province", "column_code", "value_10k_cny"
    ).iter_rows():
        row, column = rows.get((p, code)), columns.get((q, use))
        if row is not None and column is not None:
            out[row, column] += value
    return out


def link(
    codes: Codes,
    gtap_flow: pl.DataFrame,
    mrio: pl.DataFrame,
    trade: pl.DataFrame,
    output: pl.DataFrame,
    regime_is_included: Mapping[str, bool],
) -> Linked:
    """The linked table, before any balancing."""
    gtap = Gtap(gtap_flow, codes.sectors)
    world = world_table(gtap)
    provinces = sorted(mrio.filter(row_kind="sector").get_column("from_province").unique())
    abroad = [name for name in gtap.regions if name != "CHN"]
    others, own = [gtap.place[name] for name in abroad], gtap.place["CHN"]
    count, sectors = len(provinces), len(codes.sectors)
    factor = 1.0 / 100.0 / codes.cny_per_usd
    weight = shares(codes, output, provinces)
    row_at = {(p, g): n for n, (p, g) in enumerate((p, g) for p in provinces for g in SECTORS_42)}
    use_at = {(p, d): 0 for p in provinces for d in KIND}
    use_at = {key: at for at, key in enumerate(use_at)}
    core = _dense(mrio, row_at, row_at).reshape(count, 42, count, 42) * factor
    final = _dense(mrio, row_at, use_at).reshape(count, 42, count, 5) * factor
    export = _dense(mrio, row_at, {("ALL", "EX"): 0}).reshape(count, 42) * factor
    import_row = {("ALL", "IM"): 0}
    imports = _dense(mrio, import_row, row_at).reshape(count, 42) * factor
    demand_imports = _dense(mrio, import_row, use_at).reshape(count, 5) * factor
    group = np.array([[kind == name for name in DEMANDS] for kind in KIND.values()], dtype=float)
    flows = np.einsum("pgs,pgqh,qht->psqt", weight, core, weight)
    demand = np.einsum("pgs,pgqc,cd->psqd", weight, final, group)
    wanted = np.concatenate(
        [np.einsum("pgs,pg->ps", weight, imports), demand_imports @ group], axis=1
    )
    exports = np.einsum("pgs,pg->ps", weight, export)
    sold, bought = (
        _customs(codes, trade, flow, provinces, abroad, regime_is_included)
        for flow in ("export", "import")
    )
    nation = world[own][:, others].sum(2)
    structure = np.where(sold.sum(2, keepdims=True) > 0, sold, nation[None])
    structure = _ratio(structure, structure.sum(2, keepdims=True))
    china_share = _ratio(world[own][:, others], nation[:, :, None])
    deliveries = np.einsum("ps,psf,sfj->psfj", exports, structure, china_share)
    taken = world[others][:, :, own]
    user_share = _ratio(taken.sum(0), taken.sum((0, 2))[:, None])
    of_province = wanted.sum(1) / wanted.sum()
    is_goods = bought.sum((0, 2)) > 0
    prior = np.where(
        is_goods[None, :, None], bought, taken.sum(2).T[None] * of_province[:, None, None]
    )
    arrivals = np.einsum("psf,sj->pfsj", prior, user_share)
    arrivals *= _ratio(wanted, arrivals.sum((1, 2)))[:, None, None, :]
    blocks = {}
    for q, name in enumerate(provinces):
        home = np.concatenate([flows[:, :, q], demand[:, :, q]], axis=2).reshape(
            count * sectors, -1
        )
        blocks[name] = np.concatenate([home, arrivals[q].reshape(len(abroad) * sectors, -1)])
    for f, name in enumerate(abroad):
        foreign = world[others][:, :, others[f]].reshape(len(abroad) * sectors, -1)
        blocks[name] = np.concatenate([deliveries[:, :, f].reshape(count * sectors, -1), foreign])
    return Linked([*provinces, *abroad], blocks)


def _customs(
    codes: Codes,
    trade: pl.DataFrame,
    flow: str,
    provinces: list[str],
    abroad: list[str],
    included: Mapping[str, bool],
) -> np.ndarray:
    """Included customs trade, million USD: (province, sector, region)."""
    sector_of = {hs: codes.sectors.index(s) for s, items in codes.hs.items() for hs in items}
    region_of = {code: name for name, items in codes.partners.items() for code in items}
    out = np.zeros((len(provinces), len(codes.sectors), len(abroad)))
    for row in trade.filter(flow=flow).iter_rows(named=True):
        if not included[row["regime_code"]]:
            continue
        rate = codes.cny_per_usd if row["currency"] == "CNY" else 1.0
        out[
            provinces.index(row["province"]),
            sector_of[row["commodity_code"][:6]],
            abroad.index(region_of[row["partner_code"]]),
        ] += row["value_million"] / rate
    return out
