"""pymrio's own test system in the layout of each publisher whose parser it has, small."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pymrio
from numpy.typing import NDArray

Array = NDArray[np.float64]
REGIONS = ("CHN", "USA", "JPN", "DEU", "KOR", "ZWE")
SECTORS = ("food", "mining", "manufacture", "power", "construction", "trade", "transport", "other")
CATEGORIES = ("households", "npish", "government", "gfcf", "inventories")


@dataclass(frozen=True)
class Truth:
    """flows: (48, 48).  demand: (48, 30), five categories a region.  added: what closes a column, (48,)."""

    flows: Array
    demand: Array
    added: Array


@cache
def truth() -> Truth:
    """The test system with valuables among the stocks; its value added is set so that it closes."""
    system = pymrio.load_test()
    flows = system.Z.to_numpy(dtype=float)
    by_region = system.Y.to_numpy(dtype=float).reshape(48, 6, 7)
    assert not by_region[:, :, 6].any(), "exports are empty"
    demand = by_region[:, :, :5].copy()
    demand[:, :, 4] += by_region[:, :, 5]
    whole = demand.reshape(48, 30)
    return Truth(flows, whole, flows.sum(axis=1) + whole.sum(axis=1) - flows.sum(axis=0))


def labels(regions: Sequence[str], names: Sequence[str]) -> list[tuple[str, str]]:
    return [(region, name) for region in regions for name in names]


def icio(folder: Path, sectors: Sequence[str], **changed: Any) -> Path:
    """OECD's CSV. regions, name, drop (rows left out) can be changed."""
    regions = changed.get("regions", REGIONS)
    rows = [f"{a}_{b}" for a, b in labels(regions, sectors)]
    codes = ("HFCE", "NPISH", "GGFC", "GFCF", "INVNT")
    frame = pd.DataFrame(
        np.hstack([truth().flows, truth().demand]),
        index=rows,
        columns=[*rows, *(f"{a}_{b}" for a, b in labels(regions, codes))],
    )
    frame.loc["TLS"] = 0.0
    frame.loc["VA"] = [*truth().added, *[0.0] * 30]
    frame["OUT"] = frame.sum(axis=1)
    # The ICIO has final demand of China as a whole alone, also where its industries stand in parts.
    if "CHN" in regions:
        frame.columns = [
            re.sub(r"^CN\d(?=_[A-Z]+$)", "CHN", name) if name not in rows else name
            for name in frame
        ]
        frame = frame.T.groupby(level=0, sort=False).sum().T
    path = folder / str(changed.get("name", "ICIO2023_2017.csv"))
    frame.drop(index=list(changed.get("drop", ()))).to_csv(path)
    return path


def saved(folder: Path, sectors: Sequence[str], *, unit: str = "M.EUR", added: bool = True) -> Path:
    """What pymrio itself writes: EXIOBASE's form, two-letter regions among the three-letter ones."""
    rows = pd.MultiIndex.from_tuples(
        labels(("CN", "US", "JP", "DE", "KR", "WF"), sectors), names=["region", "sector"]
    )
    names = (
        "Final consumption expenditure by households",
        "Final consumption expenditure by non-profit organisations serving households (NPISH)",
        "Final consumption expenditure by government",
        "Gross fixed capital formation",
        "Changes in inventories",
    )
    columns = pd.MultiIndex.from_tuples(
        labels(("CN", "US", "JP", "DE", "KR", "WF"), names), names=["region", "category"]
    )
    system = pymrio.IOSystem(
        Z=pd.DataFrame(truth().flows, rows, rows),
        Y=pd.DataFrame(truth().demand, rows, columns),
        unit=pd.DataFrame({"unit": unit}, index=rows),
    )
    stems = ["Compensation of employees; wages: Total", "Compensation of employees; wages: Low"]
    inputs = np.vstack([truth().added / 2, truth().added / 2, truth().added / 2, truth().added * 9])
    index = pd.Index([*stems, "Operating surplus: Rents on land", "CO2"], name="stressor")
    system.satellite = pymrio.Extension(
        "satellite", F=pd.DataFrame(inputs, index, rows).iloc[0 if added else 3 :]
    )
    path = folder / "IOT_2017_pxp"
    system.save_all(path)
    return path


def eora(folder: Path, sectors: Sequence[str]) -> Path:
    """Eora26's folder of text files, thousand US dollars, with a region ROW of discrepancies."""
    path = folder / "Eora26_2017_bp"
    path.mkdir()
    names = (
        "Household final consumption P.3h",
        "Non-profit institutions serving households P.3n",
        "Government final consumption P.3g",
        "Gross fixed capital formation P.51",
        "Changes in inventories P.52",
    )
    rows = [*labels(REGIONS, sectors), ("ROW", "TOTAL")]
    uses = [*labels(REGIONS, names), ("ROW", "TOTAL")]
    flows, demand = np.zeros((49, 49)), np.zeros((49, 31))
    flows[:48, :48], demand[:48, :30] = truth().flows * 1000, truth().demand * 1000
    flows[48, 0] = 5.0
    added = np.append(truth().added * 1000, 0.0)[None, :]

    def written(name: str, matrix: Array) -> None:
        pd.DataFrame(matrix).to_csv(path / name, sep="\t", header=False, index=False)

    def listed(name: str, content: Sequence[Sequence[str]]) -> None:
        pd.DataFrame(content).to_csv(path / name, sep="\t", header=False, index=False)

    for part, matrix in (("T", flows), ("FD", demand), ("VA", added)):
        written(f"Eora26_2017_bp_{part}.txt", matrix)
    written("Eora26_2017_bp_Q.txt", np.ones((1, 49)))
    written("Eora26_2017_bp_QY.txt", np.ones((1, 31)))
    listed("labels_T.txt", [(a, a, "Industries", b) for a, b in rows])
    listed("labels_FD.txt", [(a, a, "Final Demand", b) for a, b in uses])
    listed("labels_VA.txt", [("Primary Inputs", "Compensation of employees D.1")])
    listed("labels_Q.txt", [("Energy Usage (TJ)", "Natural Gas")])
    return path


def gloria(folder: Path, sectors: Sequence[str]) -> Path:
    """GLORIA's three parts: supply and use together, thousand US dollars."""
    names = (
        "Household final consumption P.3h",
        "Non-profit institutions serving households P.3n",
        "Government final consumption P.3g",
        "Gross fixed capital formation P.51",
        "Changes in inventories P.52",
    )
    end = "(full).csv"
    tables, satellites = (
        folder / "GLORIA_MRIOs_59_2017",
        folder / "GLORIA_SatelliteAccounts_059_2017",
    )
    tables.mkdir()
    satellites.mkdir()
    # Industries and products of each region by turns: 6 regions x 2 x 8.
    industry = np.concatenate([np.arange(8) + 16 * at for at in range(6)])
    product = industry + 8
    whole, demand, added = np.zeros((96, 96)), np.zeros((96, 30)), np.zeros((30, 96))
    whole[np.ix_(product, industry)] = truth().flows * 1000
    whole[industry, product] = 1000 * (truth().flows.sum(1) + truth().demand.sum(1))
    demand[product] = truth().demand * 1000
    for at in range(6):
        added[at * 5, industry[at * 8 : at * 8 + 8]] = truth().added[at * 8 : at * 8 + 8] * 1000

    def written(where: Path, part: str, mark: str, matrix: Array) -> None:
        name = f"20_120secMother_AllCountries_002_{part}-Results_2017_059_{mark}{end}"
        pd.DataFrame(matrix).to_csv(where / name, header=False, index=False)

    for part, matrix in (("T", whole), ("Y", demand), ("V", added)):
        written(tables, part, "Markup001", matrix)
    written(satellites, "TQ", "Markup001", np.ones((1, 96)))
    written(satellites, "YQ", "Markup001", np.ones((1, 30)))
    with pd.ExcelWriter(folder / "GLORIA_ReadMe_059.xlsx") as book:
        for sheet, columns in (
            ("Regions", {"Region_acronyms": REGIONS, "Region_names": REGIONS}),
            ("Sectors", {"Sector_names": sectors}),
            (
                "Value added and final demand",
                {"Final_demand_names": names, "Value_added_names": [f"D.{at}" for at in range(5)]},
            ),
            (
                "Satellites",
                {"Sat_indicator": ["CO2"], "Sat_head_indicator": ["air"], "Sat_unit": ["t"]},
            ),
        ):
            pd.DataFrame(columns).to_excel(book, sheet_name=sheet, index=False)
    return folder


def wiod(folder: Path, sectors: Sequence[str]) -> Path:
    """WIOD's workbook of the 2013 release."""
    uses = ("c37", "c38", "c39", "c41", "c42")
    rows, columns = labels(REGIONS, sectors), labels(REGIONS, uses)
    body = np.hstack([truth().flows, truth().demand])
    head: list[list[Any]] = [
        ["World Input-Output Table for 2017", None, None, None, *[None] * 79],
        [None] * 83,
        [
            "(industry-by-industry)",
            None,
            None,
            None,
            *(code for _, code in (*rows, *columns)),
            None,
        ],
        ["(millions of US$)", None, None, None, *(code for _, code in (*rows, *columns)), None],
        [None, None, None, None, *(region for region, _ in (*rows, *columns)), None],
        [None, None, None, None, *(code for _, code in (*rows, *columns)), None],
    ]
    for (region, code), cells in zip(rows, body, strict=True):
        head.append([code, code, region, code, *cells, cells.sum()])
    added = [*truth().added, *[0.0] * 30]
    inputs = [*body.sum(axis=0)]
    head.append([None, "Total intermediate consumption", "TOT", "r60", *inputs, 0.0])
    head.append([None, "Value added at basic prices", "TOT", "r64", *added, 0.0])
    head.append([None, "Output at basic prices", "TOT", "r69", *np.add(inputs, added), 0.0])
    path = folder / "wiot17_row_apr12.xlsx"
    pd.DataFrame(head).to_excel(path, header=False, index=False)
    return path


def expected(
    sectors: Mapping[str, Sequence[tuple[str, float]]], regions: Sequence[str], factor: float = 1.0
) -> dict[tuple[str, str, str, str], float]:
    """Supplier, product, user's region and use to the flow in million USD. sectors: where each goes."""
    found: dict[tuple[str, str, str, str], float] = {}
    rows = labels(regions, SECTORS)
    columns = [*rows, *labels(regions, CATEGORIES)]
    body = np.hstack([truth().flows, truth().demand]) * factor
    for (region, sector), cells in zip(rows, body, strict=True):
        for (to_region, use), value in zip(columns, cells, strict=True):
            for to_sector, weight in sectors[sector]:
                for to_use, share in sectors.get(use, ((use, 1.0),)):
                    key = (region, to_sector, to_region, to_use)
                    found[key] = found.get(key, 0.0) + value * weight * share
    return {key: value for key, value in found.items() if value}
