"""Recomputes the concordance of the 42 sectors of the 2007 provincial tables to WIOD's 35.

``python -m warehouse.concordances --from ../shared/data`` writes
``seeds/concordances/cn42_2007__wiod35.csv`` and prints, by WIOD sector, China's output and exports
in WIOD beside the provincial output that the concordance gives: the choices rest on that table.

A row of the provincial tables that holds several WIOD sectors is split by the output of its
parts in the national 135-sector table of 2007 (National Bureau of Statistics); wholesale and
retail, which that table does not separate either, by China's output in WIOD.
"""

from __future__ import annotations

import argparse
import csv
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyreadr

from warehouse.errors import InputError

SEED = Path(__file__).resolve().parent.parent / "seeds/concordances/cn42_2007__wiod35.csv"
NATIONAL = "economy/ionet_china_national_IO/china_2007_135.rda"
WIOD = "economy/wiod_2013release/wiod07.rda"
PROVINCIAL = "economy/zhangda_provIO_2007/prov_io_2007_long.csv"
CNY_PER_USD = 7.604
SECTORS = tuple(f"c{number}" for number in range(1, 36))


@dataclass(frozen=True)
class Part:
    """The part of a provincial row that goes to one WIOD sector.

    national: the codes of the 135-sector table whose output weighs the part; empty where the
    whole row goes to the sector, or where ``by_wiod`` says that WIOD's own output weighs it.
    """

    from_code: str
    to_code: str
    note: str
    national: tuple[str, ...] = ()
    by_wiod: bool = False


@dataclass(frozen=True)
class Weight:
    """One row of the concordance; the weights of a ``from_code`` sum to one."""

    from_code: str
    to_code: str
    weight: float
    note: str


def _codes(first: int, last: int) -> tuple[str, ...]:
    return tuple(f"{number:03d}" for number in range(first, last + 1))


_FURNITURE = (
    "Furniture (ISIC 36). WIOD books its output with wood (c6) and its exports in c16: exports"
    " decide, since footprints of exports are asked; with furniture in c6 and culture articles in"
    " c7 the remaining c16 would have to export 2.5 times what it does in the national table"
)
_CULTURE = (
    "Culture, education and sports articles, toys (ISIC 36): with their exports in c16, for the"
    " reason given at furniture"
)
_UNIFORM = "the same weight in every province: inland provinces get sea and air transport too"

PARTS: tuple[Part, ...] = (
    Part("01", "c1", "The whole row"),
    Part("02", "c2", "The whole row"),
    Part("03", "c2", "The whole row"),
    Part("04", "c2", "The whole row"),
    Part("05", "c2", "The whole row"),
    Part("06", "c3", "The whole row"),
    Part("07", "c4", "The whole row"),
    Part(
        "08",
        "c4",
        "Apparel, shoes and hats (ISIC 18; textile footwear, ISIC 19, cannot be told apart)",
        ("030",),
    ),
    Part("08", "c5", "Leather, fur, feather and their products (ISIC 19)", ("031",)),
    Part("09", "c6", "Wood, bamboo, straw products without furniture (ISIC 20)", ("032",)),
    Part("09", "c16", _FURNITURE, ("033",)),
    Part("10", "c7", "Paper, printing (ISIC 21, 22)", ("034", "035")),
    Part("10", "c16", _CULTURE, ("036",)),
    Part("11", "c8", "The whole row: refining, coking, nuclear fuel (ISIC 23)"),
    Part("12", "c9", "Chemicals, pharmaceuticals, fibres (ISIC 24)", _codes(39, 47)),
    Part("12", "c10", "Rubber and plastics (ISIC 25)", ("048", "049")),
    Part("13", "c11", "The whole row"),
    Part("14", "c12", "The whole row: basic metals (ISIC 27)"),
    Part("15", "c12", "The whole row: metal products (ISIC 28)"),
    Part("16", "c13", "The whole row"),
    Part("17", "c15", "The whole row"),
    Part(
        "18",
        "c14",
        "The whole row; household appliances are ISIC 29 (c13), but WIOD's Chinese c13 (499 bn"
        " US$) has the size of row 16 alone, so WIOD keeps them in c14",
    ),
    Part("19", "c14", "The whole row (ISIC 30, 32)"),
    Part("20", "c14", "The whole row: instruments, office machinery (ISIC 33, 30)"),
    Part("21", "c16", "The whole row: artwork and other manufacturing (ISIC 36)"),
    Part("22", "c16", "The whole row: recycling (ISIC 37)"),
    Part("23", "c17", "The whole row"),
    Part("24", "c17", "The whole row"),
    Part("25", "c17", "The whole row"),
    Part("26", "c18", "The whole row"),
    Part("27", "c23", f"Rail, road, urban, pipeline; {_UNIFORM}", ("096", "097", "098", "101")),
    Part("27", "c24", f"Water transport; {_UNIFORM}", ("099",)),
    Part("27", "c25", f"Air transport; {_UNIFORM}", ("100",)),
    Part("27", "c26", "Handling and storage (ISIC 63)", ("102", "103")),
    Part("28", "c27", "The whole row"),
    Part("29", "c27", "Telecommunications (ISIC 64)", ("105",)),
    Part("29", "c30", "Computer services, software (ISIC 72)", ("106", "107")),
    Part("30", "c20", "Wholesale: China's output in WIOD, no Chinese table parts it", by_wiod=True),
    Part("30", "c21", "Retail: China's output in WIOD, no Chinese table parts it", by_wiod=True),
    Part("31", "c22", "The whole row"),
    Part("32", "c28", "The whole row"),
    Part("33", "c29", "The whole row"),
    Part("34", "c26", "Tourism: travel agencies (ISIC 63.04)", ("116",)),
    Part("34", "c30", "Leasing and business services (ISIC 71, 74)", ("114", "115")),
    Part("35", "c30", "The whole row: research (ISIC 73)"),
    Part("36", "c30", "The whole row: technical services (ISIC 74)"),
    Part("37", "c34", "The whole row: environment and public facilities (ISIC 90)"),
    Part("38", "c34", "The whole row; vehicle repair (ISIC 50) is inside, WIOD's Chinese c19 is 0"),
    Part("39", "c32", "The whole row"),
    Part("40", "c33", "The whole row"),
    Part("41", "c7", "News and publishing (ISIC 22.1)", ("130",)),
    Part(
        "41",
        "c34",
        "Broadcasting, film, arts, sports, entertainment (ISIC 92)",
        ("131", "132", "133", "134"),
    ),
    Part("42", "c31", "The whole row"),
)


def weights(
    parts: Iterable[Part], national_output: Mapping[str, float], wiod_output: Mapping[str, float]
) -> list[Weight]:
    """The concordance: each part's share in its row's weighing output.

    national_output: output by code of the 135-sector table, 10,000 yuan.
    wiod_output: China's output by WIOD sector, million US$.
    Raises InputError when a weighing code is missing or a row's weighing output is not positive.
    """
    listed = tuple(parts)
    by_row: dict[str, list[tuple[Part, float]]] = {}
    for part in listed:
        by_row.setdefault(part.from_code, []).append(
            (part, _basis(part, national_output, wiod_output))
        )
    rows: list[Weight] = []
    for from_code, members in by_row.items():
        total = sum(basis for _, basis in members)
        if total <= 0:
            raise InputError(
                "The parts of a provincial sector have no output to weigh them by.",
                row=from_code,
                found=total,
                expected="positive output",
                remedy="Check the national table that weighs the parts.",
            )
        rows += [
            Weight(part.from_code, part.to_code, basis / total, part.note)
            for part, basis in members
        ]
    return rows


def _basis(
    part: Part, national_output: Mapping[str, float], wiod_output: Mapping[str, float]
) -> float:
    if not part.national and not part.by_wiod:
        return 1.0
    source = wiod_output if part.by_wiod else national_output
    codes = (part.to_code,) if part.by_wiod else part.national
    missing = [code for code in codes if code not in source]
    if missing:
        raise InputError(
            "A sector that weighs a part of the concordance is missing.",
            row=part.from_code,
            found=f"no {', '.join(missing)}",
            expected=", ".join(codes),
            remedy="Use the national 135-sector table and the WIOD table of 2007.",
        )
    return sum(source[code] for code in codes)


def write_seed(rows: Iterable[Weight], path: Path) -> None:
    """Write the concordance as the seed's CSV (from_code, to_code, weight, note)."""
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(["from_code", "to_code", "weight", "note"])
        writer.writerows([row.from_code, row.to_code, repr(row.weight), row.note] for row in rows)


def national_table(data: Path) -> dict[str, dict[str, float]]:
    """Output (GO) and exports (EX) by code of the national 135-sector table, 10,000 yuan."""
    frame = _rda(data / NATIONAL)["china_2007_135"]
    sectors = frame[frame["Code"].str.fullmatch(r"\d{3}")]
    codes = [str(code) for code in sectors["Code"]]
    return {
        column: dict(zip(codes, (float(value) for value in sectors[column]), strict=True))
        for column in ("GO", "EX")
    }


def wiod_china(data: Path) -> dict[str, dict[str, float]]:
    """China's output and exports by WIOD sector, million US$.

    Exports are all sales to other regions, to intermediate use and to final demand.
    """
    tables = _rda(data / WIOD)
    china = [str(code) for code in tables["countries"].iloc[:, 0]].index("CHN")
    n, d = len(SECTORS), 5
    rows = slice(china * n, (china + 1) * n)
    inter, final = tables["inter07"].to_numpy(), tables["final07"].to_numpy()
    home = inter[rows, rows].sum(axis=1) + final[rows, china * d : (china + 1) * d].sum(axis=1)
    exports = inter[rows].sum(axis=1) + final[rows].sum(axis=1) - home
    output = tables["output07"].to_numpy()[rows, 0]
    return {
        "output": dict(zip(SECTORS, map(float, output), strict=True)),
        "exports": dict(zip(SECTORS, map(float, exports), strict=True)),
    }


def provincial_output(data: Path) -> dict[str, float]:
    """Output of the 30 provinces together by code of the 42 sectors, million US$."""
    path = data / PROVINCIAL
    if not path.is_file():
        raise InputError("The provincial tables are missing.", file=path)
    totals: dict[str, float] = {}
    with path.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            if row["col"] == "GO" and row["row"].isdigit():
                million_usd = float(row["value"]) / 100 / CNY_PER_USD
                totals[row["row"]] = totals.get(row["row"], 0.0) + million_usd
    return totals


def comparison(rows: Iterable[Weight], data: Path) -> list[tuple[str, float, float, float]]:
    """By WIOD sector: WIOD output, WIOD exports, concorded provincial output, million US$."""
    china, provinces = wiod_china(data), provincial_output(data)
    concorded = dict.fromkeys(SECTORS, 0.0)
    for row in rows:
        concorded[row.to_code] += row.weight * provinces[row.from_code]
    return [
        (code, china["output"][code], china["exports"][code], concorded[code]) for code in SECTORS
    ]


def _rda(path: Path) -> Mapping[str, Any]:
    if not path.is_file():
        raise InputError(
            "A table that weighs the concordance is missing.",
            file=path,
            remedy="Give the folder of the source data with --from.",
        )
    tables: Mapping[str, Any] = pyreadr.read_r(str(path))
    return tables


def main() -> None:
    """Recompute the seed from the source tables and print the comparison with WIOD."""
    parser = argparse.ArgumentParser(description=main.__doc__)
    parser.add_argument("--from", dest="data", type=Path, required=True, help="source data")
    parser.add_argument("--to", type=Path, default=SEED, help="the seed to write")
    arguments = parser.parse_args()
    rows = weights(
        PARTS, national_table(arguments.data)["GO"], wiod_china(arguments.data)["output"]
    )
    write_seed(rows, arguments.to)
    print("sector  WIOD output  WIOD exports  provincial output  (million US$)")
    for code, output, exports, concorded in comparison(rows, arguments.data):
        print(f"{code:6s}  {output:11,.0f}  {exports:12,.0f}  {concorded:17,.0f}")


if __name__ == "__main__":
    main()
