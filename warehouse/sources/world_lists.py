"""Where the regions, sectors and demand categories of other publishers' world tables go: the seeds, read once.

``seeds/concordances/world_sector.csv`` and ``world_region.csv`` hold the judgement, ``euro_rate.csv`` the rates.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from functools import cache
from pathlib import Path

from warehouse.errors import InputError

_SEEDS = Path(__file__).parents[2] / "seeds"
SECTOR_SEED = _SEEDS / "concordances" / "world_sector.csv"
REGION_SEED = _SEEDS / "concordances" / "world_region.csv"
RATE_SEED = _SEEDS / "coefficients" / "euro_rate.csv"
SEEDS = (SECTOR_SEED, REGION_SEED, RATE_SEED)
HOME, REST = "CHN", "ROW"
_SHOWN = 12

Parts = Mapping[str, Sequence[tuple[str, float]]]
"""A publisher's code to the codes that it goes to, with weights that sum to one."""

# Sectors that are a classification of ours already: WIOD's 35, which open-2007 runs in.
_OWN = {f"c{number}" for number in range(1, 36)}

# Words of a category's name, tried in this order. A year's stocks hold valuables, as OECD's INVNT does.
_CATEGORIES: tuple[tuple[str, str], ...] = (
    (r"non-?profit|^npish$|^nps$|^c38$", "npish"),
    (r"household|^hfce$|^dpabr$|^dirp$|^p33$|^c37$", "households"),
    (r"government|^ggfc$|^c39$", "government"),
    (r"fixed capital|^gfcf$|^c41$", "gfcf"),
    (r"inventor|valuables|^invnt$|^inv$|^c42$", "inventories"),
)
_EMPTY = re.compile(r"export|^discrepancy$|^disc$", re.IGNORECASE)
"""Columns that a closed world table leaves empty: exports to nowhere, and what does not fit."""


def sector_parts(sectors: Collection[str], file: str | Path) -> tuple[str, Parts]:
    """The list that names all of a table's sectors, and where each of them goes.

    Raises InputError listing the sectors that the nearest list lacks.
    """
    if set(sectors) <= _OWN:
        return "wiod35", {code: ((code, 1.0),) for code in sectors}
    lists = sector_lists()
    wanted = {code: _plain(code) for code in sectors}
    name = max(lists, key=lambda each: sum(key in lists[each] for key in wanted.values()))
    missing = sorted(code for code, key in wanted.items() if key not in lists[name])
    if missing:
        raise InputError(
            f"The world table has sectors that no list names; {name} is the nearest.",
            file=file,
            column="sector",
            found=f"{len(missing)} of {len(wanted)} sectors: {listing(missing)}",
            expected=f"the sectors of one of {', '.join(sorted(lists))} (seed world_sector)",
            remedy=(
                "Take another release of the table, or bring it to the edition's sectors and land it as a"
                " tidy table (tradeplume template global_table)."
            ),
        )
    return name, {code: lists[name][key] for code, key in wanted.items()}


def region_parts(regions: Collection[str], file: str | Path) -> Parts:
    """The region of ours that each of a table's regions goes to. Raises InputError listing the unknown."""
    known = _regions()
    if HOME not in {known.get(code) for code in regions}:
        raise china_missing(regions, HOME, file)
    missing = sorted(code for code in regions if code not in known)
    if missing:
        raise InputError(
            "The world table has regions that are not known.",
            file=file,
            column="region",
            found=f"{len(missing)} of {len(set(regions))}: {listing(missing)}",
            expected="ISO 3166-1 alpha-3 codes, or regions of the seed world_region",
            remedy="Write the codes so, or sum these regions to ROW, and land the table again.",
        )
    return {code: ((known[code], 1.0),) for code in regions}


def not_apart(regions: Collection[str]) -> list[str]:
    """The countries that we know and a table of these regions does not have apart: they are in its ROW."""
    known = _regions()
    return sorted({*known.values()} - {known[code] for code in regions} - {REST})


def parts_of(home: str, regions: Collection[str]) -> list[str]:
    """The regions that are parts of China, as the ICIO has CN1 and CN2."""
    return sorted(code for code in regions if code.startswith("CN") and code not in (home, "CN"))


def china_missing(regions: Collection[str], home: str, file: str | Path) -> InputError:
    """The error for a world table without China as one region: in parts, in parts and whole, or not there."""
    parts = parts_of(home, regions)
    if parts and home in regions:
        return InputError(
            "The world table has China whole and in parts: its deliveries would count twice.",
            file=file,
            column="from_region",
            found=f"{home} and {', '.join(parts)}",
            expected=f"one region {home}",
            remedy=f"Sum {' and '.join(parts)} into {home}, rows and columns.",
        )
    return InputError(
        "The world table does not have China as one region.",
        file=file,
        column="from_region",
        found=f"China in parts: {', '.join(parts)}" if parts else f"no region {home}",
        expected=f"one region {home}",
        remedy=(
            f"Sum {' and '.join(parts)} to {home}, rows and columns, or take the edition of the table that has"
            " China whole."
            if parts
            else f"Name China {home}."
        ),
    )


def category_of(name: str) -> str | None:
    """Our category of a publisher's final demand column; None for one that must be empty. Raises KeyError."""
    plain = name.strip().casefold()
    for pattern, category in _CATEGORIES:
        if re.search(pattern, plain):
            return category
    if _EMPTY.search(plain):
        return None
    raise KeyError(name)


def musd_factor(units: Iterable[str], year: int, file: str | Path) -> tuple[float, str]:
    """What a table's unit is in million US dollars, and a sentence on it.

    Euro at the mean rate of ``year``.  Raises InputError for a unit that is not money, several units, or a year
    without a rate.
    """
    found = sorted({str(unit).strip() for unit in units})
    unit = re.sub(r"[^a-z0-9€$]", "", found[0].casefold()) if len(found) == 1 else ""
    scale = (
        1e-3
        if re.match(r"000|thousand|k(usd|eur|us\$)", unit)
        else 1.0
        if re.match(r"mill?|m(usd|eur|us\$|\$|€)", unit)
        else None
    )
    currency = (
        "EUR" if re.search(r"eur|€", unit) else "USD" if re.search(r"us\$?d?|\$", unit) else None
    )
    if scale is None or currency is None:
        raise InputError(
            "The unit of the world table is not known.",
            file=file,
            column="unit",
            found=listing(found) or "no unit",
            expected="one of million or thousand US dollars or euro for all rows",
            remedy="Take the monetary table, at current prices.",
        )
    if currency == "USD":
        return scale, f"{found[0]} to million USD"
    rate = _rates().get(year)
    if rate is None:
        raise InputError(
            "The world table is in euro, and there is no rate for the year.",
            file=file,
            found=str(year),
            expected=f"a year of seeds/coefficients/{RATE_SEED.name}: {listing(map(str, _rates()))}",
            remedy="Add the year's mean rate to the seed.",
        )
    return scale * rate, f"{found[0]} to million USD at {rate} USD per EUR, mean of {year}"


@cache
def sector_lists() -> Mapping[str, Mapping[str, tuple[tuple[str, float], ...]]]:
    """Every list by its name: a sector's name, spelt plainly, to the edition's sectors with their weights."""
    lists: dict[str, dict[str, tuple[tuple[str, float], ...]]] = {}
    for row in rows_of(SECTOR_SEED):
        parts = lists.setdefault(row["classification"], {})
        code = _plain(row["from_code"])
        parts[code] = (*parts.get(code, ()), (row["to_code"], float(row["weight"])))
    return lists


def rows_of(seed: Path) -> list[dict[str, str]]:
    """The rows of a seed."""
    with seed.open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))


def listing(codes: Iterable[str]) -> str:
    """The first codes, and how many more."""
    every = list(codes)
    shown = ", ".join(every[:_SHOWN])
    return shown if len(every) <= _SHOWN else f"{shown} and {len(every) - _SHOWN} more"


def _plain(name: str) -> str:
    """A name without what releases write differently: case, blanks, points."""
    return re.sub(r"[^a-z0-9]+", " ", name.casefold()).strip()


@cache
def _regions() -> Mapping[str, str]:
    return {row["from_region"]: row["to_region"] for row in rows_of(REGION_SEED)}


@cache
def _rates() -> Mapping[int, float]:
    return {int(row["year"]): float(row["usd_per_eur"]) for row in rows_of(RATE_SEED)}
