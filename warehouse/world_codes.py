"""Whether a world table that a user brings has the regions and sectors that its edition can place."""

from __future__ import annotations

import csv
from collections.abc import Collection
from pathlib import Path

from warehouse.edition import Edition
from warehouse.errors import InputError
from warehouse.inventory_lists import SEEDS, sectors_of

ROLE = "global_table"
_SHOWN = 12


def world_fault(
    edition: Edition, regions: Collection[str], sectors: Collection[str], file: str | Path
) -> InputError | None:
    """What is wrong with the codes of a world table; nothing, when the models can place them all.

    China must be one region (the ICIO also comes with China in two, CN1 and CN2); all regions must be known;
    sectors must be those that the edition's concordance names.
    """
    home = edition.home_region
    parts = sorted(code for code in regions if code.startswith("CN") and code != home)
    if home not in regions:
        return InputError(
            "The world table does not have China as one region.",
            file=file,
            column="from_region",
            found=f"China in parts: {', '.join(parts)}" if parts else f"no region {home}",
            expected=f"one region {home}",
            remedy=(
                f"Sum {' and '.join(parts)} to {home}, rows and columns, or take the edition of the table that"
                " has China whole."
                if parts
                else f"Name China {home}."
            ),
        )
    unknown = sorted(set(regions) - _regions())
    if unknown:
        return InputError(
            "The world table has regions that are not known.",
            file=file,
            column="from_region",
            found=f"{len(unknown)} of {len(set(regions))}: {_listing(unknown)}",
            expected="ISO 3166-1 alpha-3 codes, ROW, or a region of the seed `region`",
            remedy="Write the codes so; sum regions that have no code of their own to ROW.",
        )
    known = world_sectors(edition)
    strange = sorted(set(sectors) - known)
    if strange:
        return InputError(
            "The world table has sectors that the edition cannot place: it is of another edition or publisher.",
            file=file,
            column="from_sector",
            found=f"{len(strange)} of {len(set(sectors))} sectors: {_listing(strange)}",
            expected=f"sectors of {_classification(edition)}: {_listing(sorted(known))}",
            remedy="Take the table in these sectors, or bring it to them before you land it.",
        )
    return None


def world_sectors(edition: Edition) -> set[str]:
    """The sectors of world tables that the edition can place."""
    own, source = edition.sector_classification, _classification(edition)
    if own == source:
        return sectors_of(own)
    path = SEEDS / "concordances" / f"{source}__{own}.csv"
    with path.open(encoding="utf-8", newline="") as stream:
        return {row["from_code"] for row in csv.DictReader(stream)}


def _classification(edition: Edition) -> str:
    return str(edition.codes.get("global_classification", edition.sector_classification))


def _regions() -> set[str]:
    with (SEEDS / "codes" / "region.csv").open(encoding="utf-8", newline="") as stream:
        return {row["code"] for row in csv.DictReader(stream) if row["kind"] != "province"}


def _listing(codes: Collection[str]) -> str:
    shown = ", ".join(list(codes)[:_SHOWN])
    return shown if len(codes) <= _SHOWN else f"{shown} and {len(codes) - _SHOWN} more"
