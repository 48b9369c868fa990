"""Codes of the synthetic files: the project's own seeds, so that what is written can be linked."""

from __future__ import annotations

import csv
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from warehouse.errors import InputError

SEEDS = Path(__file__).resolve().parent.parent / "seeds"
FIGURES = Path(__file__).parent / "figures"
HOME = "CHN"
DEMANDS = ("household", "government", "capital")
MARGINS = ("otp", "wtp", "atp")
SECTORS_42 = tuple(f"{code:02d}" for code in range(1, 43))
YEAR = 2017


@dataclass(frozen=True)
class Product:
    """A yearbook product: the part ``to_code`` of sector ``from_code`` that it measures."""

    code: str
    from_code: str
    to_code: str
    is_priced: bool


@dataclass(frozen=True)
class Codes:
    """What the seeds say.

    sectors: GTAP's, in the order of the base.  pairs: (42-sector, GTAP sector) in order, with the national
    weight of the pair in its 42-sector.  hs: GTAP sector to its HS6 codes.  partners: region to customs codes.
    """

    sectors: tuple[str, ...]
    pairs: tuple[tuple[str, str], ...]
    weights: tuple[float, ...]
    products: tuple[Product, ...]
    hs: Mapping[str, tuple[str, ...]]
    partners: Mapping[str, tuple[str, ...]]
    cny_per_usd: float
    ammonia: tuple[str, ...]
    gains: Mapping[str, str]


def rows(path: Path) -> list[dict[str, str]]:
    """The rows of a seed or a figure table."""
    if not path.is_file():
        raise InputError(
            "The generator needs the seeds of the source tree.",
            file=path,
            found="nothing",
            expected="a seed",
            remedy="Run tradeplume synth from a checkout of the project.",
        )
    with path.open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))


@cache
def codes() -> Codes:
    """The seeds that the synthetic files must agree with."""
    concordance = sorted(
        (row["from_code"], row["to_code"], float(row["weight"]))
        for row in rows(SEEDS / "paper" / "cn42_2017__gtap65.csv")
    )
    hs: dict[str, list[str]] = defaultdict(list)
    for row in rows(SEEDS / "customs" / "hs2017__gtap65.csv"):
        if float(row["weight"]) == 1.0:
            hs[row["to_code"]].append(row["hs6_code"])
    partners: dict[str, list[str]] = defaultdict(list)
    for row in rows(SEEDS / "customs" / "customs_partner__gtap11.csv"):
        if float(row["weight"]) == 1.0:
            partners[row["to_code"]].append(row["partner_code"])
    rate = next(
        float(row["cny_per_usd"])
        for row in rows(SEEDS / "coefficients" / "exchange_rate.csv")
        if row["year"] == str(YEAR)
    )
    ammonia = (r["product_category"] for r in rows(SEEDS / "paper" / "nh3_product__gtap65.csv"))
    return Codes(
        sectors=gtap_sectors(),
        pairs=tuple((g, s) for g, s, _ in concordance),
        weights=tuple(weight for _, _, weight in concordance),
        products=_products(),
        hs={name: tuple(items) for name, items in hs.items()},
        partners={name: tuple(items) for name, items in partners.items()},
        cny_per_usd=rate,
        ammonia=tuple(dict.fromkeys(ammonia)),
        gains={
            row["source_sector"]: row["meic_sector"]
            for row in rows(SEEDS / "paper" / "gains_emf30__gtap65.csv")
        },
    )


def gtap_sectors() -> tuple[str, ...]:
    """GTAP's 65 sectors in the order of the base."""
    return _gtap("sector")


def regions_160() -> tuple[str, ...]:
    """GTAP 11's 160 regions in the order of the base."""
    return _gtap("region")


def _gtap(kind: str) -> tuple[str, ...]:
    return tuple(row["code"] for row in rows(FIGURES / "gtap11.csv") if row["kind"] == kind)


def _products() -> tuple[Product, ...]:
    return tuple(
        Product(
            code=row["product_code"],
            from_code=row["from_code"],
            to_code=row["to_code"],
            is_priced=row["valued_by"] == "price_times_output",
        )
        for row in rows(SEEDS / "paper" / "yearbook_product.csv")
        if float(row["weight"]) > 0
    )
