"""Emission files: MEIC by province, GAINS by EMF30 sector, ammonia by product; magnitudes are published ones."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from synth.codes import Codes
from synth.economy import Economy
from synth.names import bureau_province
from synth.workbook import Cell, Sheet, write
from warehouse.sources.meic_names import SECTORS
from warehouse.synthetic import MARK

Array = NDArray[np.float64]
# China 2017, kt: Zheng et al. 2018 (Atmos. Chem. Phys. 18, 14095), rounded; by MEIC's sectors
# power, industry, residential, transportation, agriculture.
NATION_KT = {
    "SO2": (1840, 5390, 2600, 310, 0),
    "NOx": (4230, 8990, 810, 7540, 0),
    "CO": (2300, 49200, 60800, 24000, 0),
    "NH3": (0, 340, 550, 50, 9350),
    "BC": (1, 380, 630, 240, 0),
    "OC": (0, 330, 1640, 110, 0),
    "PM2.5": (620, 3790, 2840, 370, 0),
}
_EMF30 = {
    "SO2": "SO2",
    "NOx": "NOX",
    "CO": "CO",
    "NH3": "NH3",
    "BC": "PM (PM Fraction: PM_BC)",
    "OC": "PM (PM Fraction: PM_OC)",
}
_EMF30_YEARS = tuple(range(1990, 2055, 5))
_AMMONIA_KT = 8500.0


def write_meic(economy: Economy, path: Path, seed: int, year: int, level: float = 1.0) -> None:
    """A workbook with a sheet a pollutant, in Gg.

    level: emission against that of 2017, for every province, sector and pollutant.
    """
    rng = np.random.default_rng(seed + 4)
    share = _province_shares(economy, rng)
    sheets = []
    for pollutant, nation in NATION_KT.items():
        figures = share * np.array(nation)[None, :] * economy.place.scale * level
        rows: list[list[Cell]] = [
            [f"MEIC {year}, anthropogenic emissions by province and sector. {MARK}"],
            [pollutant],
            ["Unit: Gg", *(name.capitalize() for name in SECTORS), "Total"],
        ]
        for code, line in zip(economy.place.provinces, figures.tolist(), strict=True):
            rows.append([bureau_province(code), *line, sum(line)])
        sheets.append(Sheet(pollutant, rows))
    write(path, sheets)


def write_gains(economy: Economy, folder: Path, seed: int) -> None:
    """A CSV file a pollutant, every five years, kt."""
    rng = np.random.default_rng(seed + 5)
    names = sorted(economy.place.codes.gains)
    for pollutant, label in _EMF30.items():
        start = _sector_level(economy.place.codes, names, pollutant, rng)
        trend = (
            np.exp(rng.normal(-0.02, 0.02, len(names)))[:, None]
            ** (np.array(_EMF30_YEARS) - 2015)[None, :]
        )
        figures = start[:, None] * trend
        blank = "," * (len(_EMF30_YEARS) + 1)
        unit = f'"Unit: kt {"PM" if label.startswith("PM") else label}"'
        head = [
            '"EMF30 sectors"', "", f'"Pollutant: {label}"', '"Scenario: ECLIPSE_V6b_CLE_base"',
            '"Region: All EMF Regions"', f'"Source: {MARK}"', unit, "", "",
        ]  # fmt: skip
        lines = [f"{line}{blank}" for line in head]
        lines.append('"Region","EMF30 kt",' + ",".join(f'"{year}"' for year in _EMF30_YEARS))
        for name, values in zip(names, figures, strict=True):
            lines.append(_line("CHIN_PLUS", name, values))
        lines += [
            _line("CHIN_PLUS", "SUM", figures.sum(0)),
            ',"ALL SUM",' + _figures(figures.sum(0)),
        ]
        (folder / f"emf30_{pollutant}.csv").write_text("\n".join(lines) + "\n", encoding="utf-8")


def write_ammonia(economy: Economy, path: Path, seed: int, level: float = 1.0) -> None:
    """The tidy table of ammonia by province and product category, t; level as in `write_meic`."""
    rng = np.random.default_rng(seed + 6)
    names = economy.place.codes.ammonia
    weight = economy.place.grp[:, None] * rng.lognormal(
        0.0, 0.5, (len(economy.place.provinces), len(names))
    )
    figures = weight / weight.sum() * _AMMONIA_KT * 1e3 * economy.place.scale * level
    lines = [f"# {MARK}", "province,product_category,emission_t"]
    for province, line in zip(economy.place.provinces, figures.tolist(), strict=True):
        lines += [f"{province},{name},{value:.3f}" for name, value in zip(names, line, strict=True)]
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")


def _province_shares(economy: Economy, rng: np.random.Generator) -> Array:
    """Each province's share of the nation's emission by MEIC sector, (P, 5)."""
    weight = economy.place.grp[:, None] * rng.lognormal(
        0.0, 0.5, (len(economy.place.provinces), len(SECTORS))
    )
    return np.asarray(weight / weight.sum(0))


def _sector_level(
    codes: Codes, names: list[str], pollutant: str, rng: np.random.Generator
) -> Array:
    """Emission of 2015 by EMF30 sector, kt: each MEIC sector's total over the sectors it holds."""
    weight = rng.lognormal(0.0, 1.0, len(names))
    level = np.zeros(len(names))
    for sector, total in zip(SECTORS, NATION_KT[pollutant], strict=True):
        mine = np.array([codes.gains[name] == sector for name in names])
        level[mine] = total * weight[mine] / weight[mine].sum()
    return level


def _line(region: str, sector: str, values: Array) -> str:
    return f'"{region}","{sector}",{_figures(values)}'


def _figures(values: Array) -> str:
    return ",".join(f'"{value:.6f}"' for value in values)
