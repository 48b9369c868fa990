"""Recomputes the concordances to `icio30`, the sectors that provincial tables and OECD's ICIO share.

``python -m warehouse.icio_concordances --from <source data>`` writes
``cn42_2017__icio30.csv``, ``cn42_2012__icio30.csv`` and ``icio44__icio30.csv`` in
``seeds/concordances`` and prints, by sector, the ratio of China's output in the ICIO (basic prices) to that
of the national table of 2017 (producers' prices): the choices rest on that table.

A sector of `icio30` is the finest set of ISIC revision 4 divisions that both lists hold whole. One row of
the provincial tables alone crosses it: culture, sports and entertainment (41), whose publishing,
broadcasting and film are ISIC divisions 58 to 60 (J). The national table's finer list weighs these parts.
"""

from __future__ import annotations

import argparse
import csv
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyreadr

from warehouse.concordances import Part, Weight, weights, write_seed
from warehouse.errors import InputError
from warehouse.icio_industries import INDUSTRIES, SECTOR_OF_INDUSTRY

SEEDS = Path(__file__).resolve().parent.parent / "seeds/concordances"
TRADE_FLOW = "economy/oecd_icio_2017_7x44/TradeFlow2017.csv"
CNY_PER_USD_2017 = 6.7518


@dataclass(frozen=True)
class NationalTable:
    """A national table of China whose finer list weighs a row of the provincial 42.

    file: below the source data.  name: of the table in the file.  media, culture: the codes of publishing,
    broadcasting and film, and of arts, sports and entertainment.
    """

    file: str
    name: str
    media: tuple[str, ...]
    culture: tuple[str, ...]


NATIONAL: Mapping[str, NationalTable] = {
    "cn42_2017": NationalTable(
        "economy/ionet_china_national_IO/china_2017_149.rda",
        "china_2017_149",
        media=("143", "144"),
        culture=("145", "146", "147"),
    ),
    "cn42_2012": NationalTable(
        "economy/ionet_china_national_IO/china_2012_139.rda",
        "china_2012_139",
        media=("133", "134"),
        culture=("135", "136", "137"),
    ),
}

_GOODS: tuple[tuple[str, str, str], ...] = (
    ("01", "A01T03", "ISIC 01 to 03"),
    ("02", "B05_06", "Coal (ISIC 05)"),
    ("03", "B05_06", "Oil and gas (ISIC 06)"),
    ("04", "B07T09", "Metal ores (ISIC 07)"),
    ("05", "B07T09", "Other minerals and mining support (ISIC 08, 09)"),
    ("06", "C10T12", "ISIC 10 to 12"),
    ("07", "C13T15", "Textiles (ISIC 13)"),
    ("08", "C13T15", "Apparel, leather, shoes (ISIC 14, 15)"),
    (
        "09",
        "C16T18_31T33",
        "Wood (ISIC 16) and furniture (ISIC 31): the ICIO has them in two sectors",
    ),
    (
        "10",
        "C16T18_31T33",
        "Paper, printing (ISIC 17, 18), sports goods and toys (ISIC 32): as above",
    ),
    ("11", "C19", "ISIC 19"),
    ("12", "C20T22", "Chemicals, pharmaceuticals, fibres, rubber, plastics (ISIC 20 to 22)"),
    ("13", "C23", "ISIC 23"),
    ("14", "C24", "ISIC 24"),
    ("15", "C25", "ISIC 25"),
    ("16", "C28", "General machinery, office machinery included (ISIC 28)"),
    (
        "17",
        "C28",
        "Special machinery (ISIC 28; medical instruments, ISIC 32, cannot be told apart)",
    ),
    ("18", "C29_30", "ISIC 29, 30"),
    ("19", "C27", "ISIC 27, household appliances included"),
    ("20", "C26", "ISIC 26"),
    ("21", "C26", "Instruments and meters (ISIC 265, 267)"),
)
_RECYCLING = (
    "ISIC 38 by its text, but the ICIO's Chinese E36T39 (164 bn US$ in 2017) is the size of water supply and"
    " environment alone (174 bn in producers' prices), so the ICIO keeps recycling in manufacturing"
)
_SERVICES: Mapping[str, tuple[str, str]] = {
    "repair": ("C16T18_31T33", "Repair of machinery (ISIC 33)"),
    "power": ("D35", "Electricity and heat (ISIC 351, 353)"),
    "gas": ("D35", "Gas (ISIC 352)"),
    "water": ("E36T39", "Water supply (ISIC 36)"),
    "construction": ("F", "ISIC 41 to 43"),
    "trade": ("G", "ISIC 45 to 47"),
    "transport": ("H49T53", "Transport, storage, post (ISIC 49 to 53)"),
    "hotels": ("I", "ISIC 55, 56"),
    "information": ("J58T63", "Telecommunications, software, information (ISIC 61 to 63)"),
    "finance": ("K", "ISIC 64 to 66"),
    "real_estate": ("L", "ISIC 68"),
    "business": ("M_N", "Leasing and business services (ISIC 69, 70, 73, 77 to 82)"),
    "research": ("M_N", "Research (ISIC 72)"),
    "technical": ("M_N", "Technical services (ISIC 71, 74, 75)"),
    "science": ("M_N", "Research and technical services (ISIC 71, 72, 74, 75)"),
    "environment": (
        "E36T39",
        "Water management, environment, public facilities (ISIC 37 to 39 in the main)",
    ),
    "personal": (
        "S",
        "Personal services and repair (ISIC 95, 96; car repair, ISIC 45, cannot be told apart)",
    ),
    "education": ("P", "ISIC 85"),
    "health": ("Q", "ISIC 86 to 88"),
    "administration": ("O", "ISIC 84; social organisations (ISIC 94) cannot be told apart"),
}
_AFTER_20: Mapping[str, tuple[tuple[str, str], ...]] = {
    "cn42_2017": tuple(
        zip(
            (f"{number:02d}" for number in (*range(23, 41), 42)),
            (
                *(
                    "repair",
                    "power",
                    "gas",
                    "water",
                    "construction",
                    "trade",
                    "transport",
                    "hotels",
                ),
                *("information", "finance", "real_estate", "business", "research", "technical"),
                *("environment", "personal", "education", "health", "administration"),
            ),
            strict=True,
        )
    ),
    "cn42_2012": tuple(
        zip(
            (f"{number:02d}" for number in (*range(24, 41), 42)),
            (
                *(
                    "repair",
                    "power",
                    "gas",
                    "water",
                    "construction",
                    "trade",
                    "transport",
                    "hotels",
                ),
                *("information", "finance", "real_estate", "business", "science"),
                *("environment", "personal", "education", "health", "administration"),
            ),
            strict=True,
        )
    ),
}
_OTHER_MANUFACTURE: Mapping[str, tuple[Part, ...]] = {
    "cn42_2017": (
        Part("22", "C16T18_31T33", f"Other manufacturing (ISIC 32) and recycling: {_RECYCLING}"),
    ),
    "cn42_2012": (
        Part("22", "C16T18_31T33", "Other manufacturing (ISIC 32)"),
        Part("23", "C16T18_31T33", f"Recycling: {_RECYCLING}"),
    ),
}


def parts(classification: str) -> tuple[Part, ...]:
    """The rows of `cn42_2017` or `cn42_2012` and the sectors of icio30 that each goes to, sorted by code."""
    national = NATIONAL[classification]
    rows = [
        *(Part(code, sector, note) for code, sector, note in _GOODS),
        *_OTHER_MANUFACTURE[classification],
        *(Part(code, *_SERVICES[name]) for code, name in _AFTER_20[classification]),
        Part("41", "J58T63", "Publishing, broadcasting, film (ISIC 58 to 60)", national.media),
        Part("41", "R", "Arts, sports, entertainment (ISIC 90 to 93)", national.culture),
    ]
    return tuple(sorted(rows, key=lambda part: (part.from_code, part.to_code)))


def national_output(classification: str, data: Path) -> dict[str, float]:
    """Output by code of the national table's finer list, 10,000 yuan. Raises InputError where it is missing."""
    national = NATIONAL[classification]
    path = data / national.file
    if not path.is_file():
        raise InputError(
            "A table that weighs the concordance is missing.",
            file=path,
            remedy="Give the folder of the source data with --from.",
        )
    frame: Any = pyreadr.read_r(str(path))[national.name]
    sectors = frame[frame["Code"].str.fullmatch(r"\d{3}")]
    return dict(
        zip(map(str, sectors["Code"]), (float(value) for value in sectors["GO"]), strict=True)
    )


def concordance(classification: str, data: Path) -> list[Weight]:
    """The weights of `cn42_2017` or `cn42_2012`; those of a row sum to one."""
    return weights(parts(classification), national_output(classification, data), {})


def icio44_concordance() -> list[Weight]:
    """Each industry of the ICIO lies whole in one sector."""
    return [
        Weight(code, sector, 1.0, "The whole industry")
        for code, sector in SECTOR_OF_INDUSTRY.items()
    ]


def icio_output(data: Path) -> dict[str, float]:
    """China's output by sector of icio30 in the ICIO of 2017, million US$: all its sales, at home too."""
    path = data / TRADE_FLOW
    if not path.is_file():
        raise InputError("The trade flows of the ICIO are missing.", file=path)
    output: dict[str, float] = {}
    with path.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            if row["iso_o"] == "CHN":
                sector = SECTOR_OF_INDUSTRY[INDUSTRIES[int(row["indcode"]) - 1]]
                output[sector] = output.get(sector, 0.0) + float(row["tradevalue"])
    return output


def comparison(rows: Iterable[Weight], data: Path) -> list[tuple[str, float, float]]:
    """By sector: China's output in the ICIO and in the national table of 2017, million US$."""
    path = data / "economy/classifications/china149_to_c42_to_gtap65_DRAFT.csv"
    national: dict[str, float] = {}
    with path.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            value = float(row["GO_2017_1e4yuan"]) / 100 / CNY_PER_USD_2017
            national[row["c42"]] = national.get(row["c42"], 0.0) + value
    concorded: dict[str, float] = {}
    for weight in rows:
        part = weight.weight * national[weight.from_code]
        concorded[weight.to_code] = concorded.get(weight.to_code, 0.0) + part
    icio = icio_output(data)
    return [
        (code, icio[code], concorded[code]) for code in dict.fromkeys(SECTOR_OF_INDUSTRY.values())
    ]


def main() -> None:
    """Recompute the seeds and print how output compares."""
    parser = argparse.ArgumentParser(description=main.__doc__)
    parser.add_argument("--from", dest="data", type=Path, required=True, help="source data")
    parser.add_argument("--to", type=Path, default=SEEDS, help="the folder of the seeds")
    arguments = parser.parse_args()
    for classification in NATIONAL:
        rows = concordance(classification, arguments.data)
        write_seed(rows, arguments.to / f"{classification}__icio30.csv")
    write_seed(icio44_concordance(), arguments.to / "icio44__icio30.csv")
    print("sector         ICIO  national table  (billion US$)  ratio")
    for code, icio, national in comparison(
        concordance("cn42_2017", arguments.data), arguments.data
    ):
        print(f"{code:13s} {icio / 1e3:5,.0f}  {national / 1e3:14,.0f}  {icio / national:21.2f}")


if __name__ == "__main__":
    main()
