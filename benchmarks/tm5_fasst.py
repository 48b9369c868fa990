"""The engine beside TM5-FASST: ug/m3 over China's people per Tg that China emits, by precursor and component.

    python -m benchmarks.tm5_fasst <working file> --from <folder of originals>

TM5-FASST (Van Dingenen et al. 2018, Atmos. Chem. Phys. 18, 16173) is a linear model of 56 regions, China one of
them, made from runs of TM5 in which a region's emissions of 2000 were cut by a fifth. Ours are the sensitivities
of an edition times where its emissions lie, so that both answer the same: what a Tg more of all of China's
sources puts over its people. TM5-FASST counts ammonium and nitrate to the acid as well (a Tg of SO2 binds
ammonia); ours count ammonium to who emits the ammonia and hold the shares of particles, so only sums over
precursors compare there.
"""

from __future__ import annotations

import argparse
import csv
from collections.abc import Mapping
from pathlib import Path

import duckdb

from warehouse.errors import InputError

FOLDER = "air/tm5_fasst"
CHINA = "CHN"
CUT_SHARE = 0.2
KG_PER_TG = 1e9
OM_PER_OC = 2.1
"""As GEOS-Chem's POA, and the engine's."""
PAIRS = (
    ("so4", "so2", "SO2"),
    ("so4", "nox", "NOX"),
    ("so4", "nh3", "NH3"),
    ("no3", "so2", "SO2"),
    ("no3", "nox", "NOX"),
    ("no3", "nh3", "NH3"),
    ("nh4", "so2", "SO2"),
    ("nh4", "nox", "NOX"),
    ("nh4", "nh3", "NH3"),
    ("bc", "", "BC"),
    ("pom", "", "OM"),
)
"""Component and precursor of a file, and the precursor's column in the table of emissions."""
OURS = (
    ("SO2", "SO2", ("so4", "no3", "nh4"), 1.0),
    ("NOx", "NOX", ("so4", "no3", "nh4"), 1.0),
    ("NH3", "NH3", ("so4", "no3", "nh4"), 1.0),
    ("BC", "BC", ("bc",), 1.0),
    ("OC", "OM", ("pom",), OM_PER_OC),
)
"""Our pollutant, theirs, their components, and mass of theirs in one of ours."""


def theirs(folder: Path) -> dict[tuple[str, str], float]:
    """Component and precursor to ug/m3 of China's people per Tg of China's emission.

    Raises InputError for a missing file, region or column, or a cell that is not a number.
    """
    emitted = _cell(folder / "raw.base_em.csv", CHINA)
    found = {}
    for component, precursor, column in PAIRS:
        name = f"src.{component}_{precursor}.csv" if precursor else f"src.{component}.csv"
        change = _cell(folder / name, CHINA)[CHINA]
        found[component, column] = change / CUT_SHARE / (emitted[column] / KG_PER_TG)
    return found


def _cell(path: Path, country: str) -> Mapping[str, float]:
    """The row of a region as numbers by column."""
    try:
        with path.open(newline="", encoding="utf-8") as stream:
            rows = [row for row in csv.DictReader(stream) if row.get("COUNTRY") == country]
        (row,) = rows
        return {name: float(value) for name, value in row.items() if name != "COUNTRY"}
    except (OSError, ValueError) as error:
        raise InputError(
            "The file does not hold one row of the region in numbers.",
            file=path,
            column="COUNTRY",
            found=str(error)[:120],
            expected=f"one row {country}",
            remedy="Take TM5-FASST's tables as they are.",
        ) from error


def ours(con: duckdb.DuckDBPyConnection) -> dict[str, tuple[float, float]]:
    """Pollutant to Tg emitted and ug/m3 of China's people per Tg, as the edition's emissions lie."""
    rows = con.execute(
        "select sensitivity.pollutant, sum(emission_t) / 1e6,"
        " sum(sensitivity_ug_m3_per_t * emission_t) / sum(emission_t) * 1e6"
        " from computed.pm25_sensitivity as sensitivity"
        " inner join intermediate.int_atmosphere__emission as emission"
        " on sensitivity.producer_province = emission.province"
        " and sensitivity.emission_group = emission.emission_group"
        " and sensitivity.pollutant = emission.pollutant"
        " where receptor = ? and engine = 'reduced' group by 1 order by 1",
        [CHINA],
    ).fetchall()
    return {str(pollutant): (float(tg), float(each)) for pollutant, tg, each in rows}


def main() -> None:
    """Print both by precursor, then by component."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.tm5_fasst", description=__doc__)
    parser.add_argument("working", type=Path)
    parser.add_argument("--from", dest="originals", type=Path, required=True)
    options = parser.parse_args()
    coefficient = theirs(options.originals / FOLDER)
    with duckdb.connect(str(options.working), read_only=True) as con:
        made = ours(con)
    print(f"{'':6} {'Tg':>7} {'ours':>7} {'TM5':>7}  of which SO4, NO3, NH4")
    for pollutant, precursor, components, mass in OURS:
        parts = [coefficient[component, precursor] * mass for component in components]
        detail = " ".join(f"{part:+.3f}" for part in parts) if len(parts) > 1 else ""
        tg, each = made[pollutant]
        print(f"{pollutant:6} {tg:7.2f} {each:7.3f} {sum(parts):7.3f}  {detail}")
    inorganic = ("SO2", "NOx", "NH3")
    ours_all = sum(made[name][0] * made[name][1] for name in inorganic)
    theirs_all = sum(
        made[name][0] * sum(coefficient[part, precursor] for part in components)
        for name, precursor, components, _ in OURS
        if name in inorganic
    )
    print(
        f"sulfate, nitrate, ammonium of these emissions: ours {ours_all:.1f}, TM5 {theirs_all:.1f}"
    )


if __name__ == "__main__":
    main()
