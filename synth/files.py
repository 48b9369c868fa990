"""Write a whole set of synthetic files: a landing folder of the edition, and the truth beside it."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from pathlib import Path

import numpy as np

from synth import customs_csv, emissions, har, mrio_book, truth, yearbooks
from synth.codes import YEAR
from synth.economy import Economy, build
from synth.trade import CustomsRows
from warehouse.errors import InputError

EDITION, NEWER_EDITION = "paper-2017", "nowcast-2020"
NEWER_YEAR = 2020
SIZES = ("small", "quarter", "half", "full")
# What the newer year has against 2017: made up, of the direction that was published.
TRADE_GROWTH, EMISSION_LEVEL = 1.1, 0.85
Report = Callable[[str], None]
Writers = dict[str, Callable[[Path], None]]


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

    size: `small` (5 provinces, 8 regions) or `quarter`, `half`, `full` (31; 40, 80, 160).
    noise: 0 for sources that agree, 1 for customs that miss the tables by up to a fifth.
    The same arguments give the same bytes.

    Raises InputError when a role's folder holds files already.
    """
    landing = out / "landing" / EDITION
    _refuse_mixing(landing)
    economy = _economy(size, seed, noise, report)
    _write_roles(_writers(economy, seed), landing, report)
    if with_truth:
        folder = out / "truth"
        folder.mkdir(parents=True, exist_ok=True)
        truth.write(economy, economy.world, folder)
        report(f"truth: {_described(folder)}")
    return economy


def write_newer_files(
    out: Path, *, size: str, seed: int, noise: float, report: Report = lambda _: None
) -> Economy:
    """Write the files that ``nowcast-2020`` has of its own: customs and emissions of 2020; return the economy.

    It is that of `write_files` with the same arguments; its trade grew by `TRADE_GROWTH` times a factor for
    each partner and commodity, its emissions stand at `EMISSION_LEVEL`.  There is no truth: no table of 2020.

    Raises InputError when a role's folder holds files already.
    """
    landing = out / "landing" / NEWER_EDITION
    _refuse_mixing(landing)
    economy = _economy(size, seed, noise, report)
    rng = np.random.default_rng(seed + 20)
    grown = dataclasses.replace(
        economy,
        export_rows=_grown(economy, economy.export_rows, rng),
        import_rows=_grown(economy, economy.import_rows, rng),
    )
    _write_roles(_yearly_writers(grown, seed, NEWER_YEAR, EMISSION_LEVEL), landing, report)
    return grown


def _economy(size: str, seed: int, noise: float, report: Report) -> Economy:
    economy = build(size, seed, noise)
    place = economy.place
    report(f"economy of {len(place.provinces)} provinces and {len(place.regions)} regions")
    return dataclasses.replace(economy, world=har.single(economy.world))


def _grown(economy: Economy, rows: CustomsRows, rng: np.random.Generator) -> CustomsRows:
    shape = (len(economy.place.regions), len(economy.place.codes.sectors))
    growth = TRADE_GROWTH * rng.lognormal(0.0, 0.1, shape)
    amount = np.rint(rows.amount * growth[rows.region, rows.sector]).astype(np.int64)
    return dataclasses.replace(rows, amount=amount)


def _write_roles(writers: Writers, landing: Path, report: Report) -> None:
    for role, write in writers.items():
        folder = landing / role
        folder.mkdir(parents=True, exist_ok=True)
        write(folder)
        report(f"{role}: {_described(folder)}")


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


def _writers(economy: Economy, seed: int) -> Writers:
    return {
        "gtap_flow": lambda folder: har.write(har.base_of(economy), folder / "basedata.har"),
        "provincial_mrio": lambda folder: mrio_book.write_book(
            economy, folder / "MRIO2017_42 CEADS.xlsx"
        ),
        "sector_output": lambda folder: yearbooks.write_all(economy, folder, seed),
        **_yearly_writers(economy, seed, YEAR),
    }


def _yearly_writers(economy: Economy, seed: int, year: int, level: float = 1.0) -> Writers:
    """The sources that come out every year.  level: emission against that of 2017."""

    def trade(folder: Path) -> None:
        customs_csv.write_exports(economy, folder, year)
        customs_csv.write_imports(economy, folder, year)

    return {
        "trade": trade,
        "sector_emission": lambda folder: emissions.write_meic(
            economy, folder / f"MEIC_province_{year}.xlsx", seed, year, level
        ),
        "subsector_emission": lambda folder: emissions.write_gains(economy, folder, seed),
        "ammonia": lambda folder: emissions.write_ammonia(
            economy, folder / f"nh3_products_{year}.csv", seed, level
        ),
    }


def _described(folder: Path) -> str:
    files = [file for file in folder.rglob("*") if file.is_file()]
    return f"{len(files)} files, {sum(file.stat().st_size for file in files) / 1e6:,.1f} MB"
