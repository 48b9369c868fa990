"""Whether a world table that a user brings has the regions and sectors that its edition can place."""

from __future__ import annotations

import csv
from collections.abc import Collection
from pathlib import Path

from warehouse.edition import Edition
from warehouse.errors import InputError
from warehouse.inventory_lists import SEEDS, sectors_of
from warehouse.sources.world_lists import china_missing, listing, parts_of

ROLE = "global_table"


def world_fault(
    edition: Edition, regions: Collection[str], sectors: Collection[str], file: str | Path
) -> InputError | None:
    """What is wrong with the codes of a world table; nothing, when the models can place them all.

    China must be one region (the ICIO also comes with China in two, CN1 and CN2); all regions must be known;
    sectors must be those that the edition's concordance names, or its own.
    """
    home = edition.home_region
    if home not in regions or parts_of(home, regions):
        return china_missing(regions, home, file)
    unknown = sorted(set(regions) - _regions())
    if unknown:
        return InputError(
            "The world table has regions that are not known.",
            file=file,
            column="from_region",
            found=f"{len(unknown)} of {len(set(regions))}: {listing(unknown)}",
            expected="ISO 3166-1 alpha-3 codes, ROW, or a region of the seed `region`",
            remedy="Write the codes so; sum regions that have no code of their own to ROW.",
        )
    known = world_sectors(edition)
    strange = sorted(set(sectors) - set(known))
    if strange:
        return InputError(
            "The world table has sectors that the edition cannot place: it is of another edition or publisher.",
            file=file,
            column="from_sector",
            found=f"{len(strange)} of {len(set(sectors))} sectors: {listing(strange)}",
            expected=f"sectors of {_classification(edition)}: {listing(sorted(known))}",
            remedy="Take the table in these sectors, or bring it to them before you land it.",
        )
    return _lacking(edition, sectors, file)


def _lacking(edition: Edition, sectors: Collection[str], file: str | Path) -> InputError | None:
    """The error for a table in which a sector of the edition has no row; nothing, when all have one."""
    places = world_sectors(edition)
    reached = {target for code in sectors for target in places[code]}
    absent = sorted(sectors_of(edition.sector_classification) - reached)
    if not absent:
        return None
    return InputError(
        "The world table lacks sectors that the edition has.",
        file=file,
        column="from_sector",
        found=f"nothing for {len(absent)} of {len(absent) + len(reached)}: {listing(absent)}",
        expected=f"all sectors of {edition.sector_classification}",
        remedy="Take the whole table. A sector without output has rows of zero output.",
    )


def world_sectors(edition: Edition) -> dict[str, set[str]]:
    """The sectors of world tables that the edition can place, and the edition's sectors that each goes to."""
    own, source = edition.sector_classification, _classification(edition)
    places = {code: {code} for code in sectors_of(own)}
    if own == source:
        return places
    path = SEEDS / "concordances" / f"{source}__{own}.csv"
    found: dict[str, set[str]] = {}
    with path.open(encoding="utf-8", newline="") as stream:
        for row in csv.DictReader(stream):
            found.setdefault(row["from_code"], set()).add(row["to_code"])
    return places | found


def _classification(edition: Edition) -> str:
    return str(edition.codes.get("global_classification", edition.sector_classification))


def _regions() -> set[str]:
    with (SEEDS / "codes" / "region.csv").open(encoding="utf-8", newline="") as stream:
        return {row["code"] for row in csv.DictReader(stream) if row["kind"] != "province"}
