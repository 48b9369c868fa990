"""Write a whole set of synthetic files: a landing folder of the edition, and the truth beside it."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from pathlib import Path

from synth import customs_csv, emissions, har, mrio_book, truth, yearbooks
from synth.economy import Economy, build
from warehouse.errors import InputError

EDITION = "paper-2017"
SIZES = ("small", "full")
Report = Callable[[str], None]


def write_files(
    out: Path,
    *,
    size: str,
    seed: int,
    noise: float,
    with_truth: bool = True,
    report: Report = lambda _: None,
) -> Economy:
    """Write ``<out>/landing/paper-2017/<role>/...`` and ``<out>/truth/*.parquet``; return the economy.

    size: `small` (5 provinces, 8 regions) or `full` (31, 160).  noise: 0 for sources that agree, 1 for customs
    that miss the tables by up to a fifth. The same arguments give the same bytes.

    Raises InputError when a role's folder holds files already.
    """
    landing = out / "landing" / EDITION
    _refuse_mixing(landing)
    economy = build(size, seed, noise)
    world = har.single(economy.world)
    economy = dataclasses.replace(economy, world=world)
    place = economy.place
    report(f"economy of {len(place.provinces)} provinces and {len(place.regions)} regions")
    for role, write in _writers(economy, seed).items():
        folder = landing / role
        folder.mkdir(parents=True, exist_ok=True)
        write(folder)
        report(f"{role}: {_described(folder)}")
    if with_truth:
        folder = out / "truth"
        folder.mkdir(parents=True, exist_ok=True)
        truth.write(economy, world, folder)
        report(f"truth: {_described(folder)}")
    return economy


def _refuse_mixing(landing: Path) -> None:
    """Files of the user may lie there: nothing is written beside them."""
    held = [file for file in sorted(landing.rglob("*")) if file.is_file()]
    if held:
        raise InputError(
            "The landing folder holds files already; synthetic ones are not mixed with them.",
            file=held[0],
            found=f"{len(held)} files",
            expected="an empty folder, or none",
            remedy="Choose another --out, or empty the folder.",
        )


def _writers(economy: Economy, seed: int) -> dict[str, Callable[[Path], None]]:
    def trade(folder: Path) -> None:
        customs_csv.write_exports(economy, folder)
        customs_csv.write_imports(economy, folder)

    return {
        "gtap_flow": lambda folder: har.write(har.base_of(economy), folder / "basedata.har"),
        "provincial_mrio": lambda folder: mrio_book.write_book(
            economy, folder / "MRIO2017_42 CEADS.xlsx"
        ),
        "trade": trade,
        "sector_output": lambda folder: yearbooks.write_all(economy, folder, seed),
        "sector_emission": lambda folder: emissions.write_meic(
            economy, folder / "MEIC_province_2017.xlsx", seed
        ),
        "subsector_emission": lambda folder: emissions.write_gains(economy, folder, seed),
        "ammonia": lambda folder: emissions.write_ammonia(
            economy, folder / "nh3_products_2017.csv", seed
        ),
    }


def _described(folder: Path) -> str:
    files = [file for file in folder.rglob("*") if file.is_file()]
    return f"{len(files)} files, {sum(file.stat().st_size for file in files) / 1e6:,.1f} MB"
