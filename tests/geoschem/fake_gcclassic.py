"""A FAKE of the program gcclassic, for rehearsals without the model. It simulates nothing.

It reads a run directory as the model does (dates, collections, our emission files), complains as the model
does, and writes files in the model's layout, with mixing ratios that are proportional to the emissions around.
$FAKE_GCCLASSIC = "<part of the folder>:<what goes wrong>" makes it fail there: crash, silent, truncated,
nan, units.
"""

from __future__ import annotations

import os
import re
import sys
from datetime import date, timedelta
from pathlib import Path

if "--dryrun" not in sys.argv:  # a dry run is quick
    import netCDF4
    import numpy as np

VERSION = os.environ.get("FAKE_GCCLASSIC_VERSION", "14.0.1")
PER_FLUX = 40.0  # mol/mol for kg/m2/s: concentrations of a size that gate 2 lets pass
SPREAD_CELLS = 15
FROM_SOURCE = {
    "SO4": "SO2",
    "NIT": "NO",
    "NH4": "NH3",
    "BCPI": "BC",
    "BCPO": "BC",
    "OCPI": "OC",
    "OCPO": "OC",
    "DST1": "DST1",
}
NATURAL = 1e-13


def main() -> int:
    here = Path.cwd()
    config = Path("geoschem_config.yml").read_text()
    start, end = (
        _day(re.search(rf"{name}_date: \[(\d+),", config)[1])  # type: ignore[index]
        for name in ("start", "end")
    )
    nested = re.search(r"nested_grid_simulation:\s+activate: (\w+)", config)[1] == "true"  # type: ignore[index]
    print(f"===> GEOS-Chem version         : {VERSION}")
    wanted = [Path(f"Restarts/GEOSChem.Restart.{start:%Y%m%d}_0000z.nc4")]
    if nested:
        days = (end - start).days + 1
        wanted += [
            Path(
                f"TradeplumeBoundary/GEOSChem.BoundaryConditions.{start + timedelta(k):%Y%m%d}_0000z.nc4"
            )
            for k in range(days)
        ]
    hemco = Path("HEMCO_Config.rc").read_text()
    block = re.search(r"\(\(\(TRADEPLUME\n(.*?)\)\)\)TRADEPLUME", hemco, re.DOTALL)
    ours = {line.split()[2] for line in block[1].splitlines() if "./" in line} if block else set()
    wanted += [Path(name) for name in sorted(ours)]
    if "--dryrun" in sys.argv:
        return _dry_run(config, wanted)
    for path in wanted:
        if not path.exists():
            print(f"HEMCO ERROR: Cannot find file for current simulation time: ./{path}")
            return 1
    wrong = _wrong(here)
    print(
        "Growth factors at 35% RH:\n 1.10 for SO4, NIT, and NH4\n 1.16 for OCPI and SOA\n 1.86 for SALA"
    )
    day = start
    while day < end:
        print(
            f"---> DATE: {day:%Y/%m/%d}  UTC: 00:00  X-HRS: {24.0 * (day - start).days:.6f}",
            flush=True,
        )
        if wrong == "crash" and (day - start).days >= 5:
            print("GEOS-Chem ERROR: Negative concentration of O3 in box 12 7 1", flush=True)
            return 139
        day += timedelta(1)
    if wrong == "silent":
        return 0
    _write_output(start, end, nested, ours, wrong)
    print("**************   E N D   O F   G E O S -- C H E M   **************")
    return 0


def _dry_run(config: str, wanted: list[Path]) -> int:
    root = re.search(r"root_data_dir: (\S+)", config)[1]  # type: ignore[index]
    if os.environ.get("FAKE_GCCLASSIC_DRYRUN") == "error":
        print(
            "!!! GEOS-CHEM IS IN DRY-RUN MODE!\nGEOS-Chem ERROR: Error parsing geoschem_config.yml"
        )
        return 159
    print("!!! GEOS-CHEM IS IN DRY-RUN MODE!")
    for path in wanted:
        if not path.exists():
            print(f"HEMCO: REQUIRED FILE NOT FOUND ./{path}")
    print(f"HEMCO: REQUIRED FILE NOT FOUND {root}/HEMCO/CEDS/SO2_2017.nc")
    print("HEMCO: OPTIONAL FILE NOT FOUND ./HEMCO_restart.201701010000.nc")
    print("!!! GEOS-CHEM IS IN DRY-RUN MODE!")
    return 2


def _write_output(start: date, end: date, nested: bool, ours: set[str], wrong: str) -> None:
    text = Path("HISTORY.rc").read_text()
    listed = re.search(r"COLLECTIONS:.*?^::", text, re.MULTILINE | re.DOTALL)[0]  # type: ignore[index]
    on = {
        found[1]
        for line in listed.splitlines()
        if "#" not in line and (found := re.search(r"'(\w+)'", line))
    }
    _write(
        Path(f"Restarts/GEOSChem.Restart.{end:%Y%m%d}_0000z.nc4"), end, {"SpeciesRst_SO4": _small()}
    )
    if "BoundaryConditions" in on:
        pattern = re.search(r"BoundaryConditions.filename: '(\S+)'", text)[1]  # type: ignore[index]
        day = start
        while day < end:
            name = pattern.replace("%y4%m2%d2_%h2%n2z", f"{day:%Y%m%d}_0000z")
            _write(Path(name), day, {"SpeciesBC_SO4": _small(times=8)})
            day += timedelta(1)
    if nested and "SpeciesConc" in on:
        fields = re.search(r"SpeciesConc.fields:(.*?)^::", text, re.MULTILINE | re.DOTALL)[1]  # type: ignore[index]
        species = {
            name: _mixing(name.split("_")[1], ours, start.month)
            for name in re.findall(r"'(SpeciesConc\w*)\s*'", fields)
        }
        if wrong == "nan":
            next(iter(species.values()))[0, 0, 5, 5] = np.nan
        stamp = f"{start:%Y%m%d}_0000z.nc4"
        units = "mol mol-1" if wrong == "units" else "mol mol-1 dry"
        path = Path(f"OutputDir/GEOSChem.SpeciesConc.{stamp}")
        _write(path, start, species, "ug m-3" if wrong == "units" else units)
        density = np.full((1, 2, 160, 224), 1.2, dtype=np.float32)
        _write(
            Path(f"OutputDir/GEOSChem.StateMet.{stamp}"), start, {"Met_AIRDEN": density}, "kg m-3"
        )
        _write(Path(f"OutputDir/GEOSChem.AerosolMass.{stamp}"), start, {"PM25": density}, "ug m-3")
        if wrong == "truncated":
            content = path.read_bytes()
            path.write_bytes(content[: len(content) // 3])


def _mixing(species: str, ours: set[str], month: int) -> np.ndarray:
    """Proportional to the emission of the month on the ground; a fixed natural amount above and for others."""
    field = np.full((1, 2, 160, 224), NATURAL, dtype=np.float32)
    source = FROM_SOURCE.get(species)
    for name in ours if source else ():
        if Path(name).stem == source:
            with netCDF4.Dataset(name) as file:
                for variable in file.variables:
                    if variable not in ("time", "lat", "lon"):
                        field[0, 0] += PER_FLUX * _spread(np.asarray(file[variable][month - 1]))
    return field


def _spread(flux: np.ndarray) -> np.ndarray:
    """In place of a wind: the mean over the cells around."""
    from scipy.ndimage import uniform_filter

    return uniform_filter(flux, size=SPREAD_CELLS, mode="constant")


def _small(times: int = 1) -> np.ndarray:
    return np.full((times, 2, 3, 4), 1e-9, dtype=np.float32)


def _write(
    path: Path, day: date, fields: dict[str, np.ndarray], units: str = "mol mol-1 dry"
) -> None:
    shape = next(iter(fields.values())).shape
    with netCDF4.Dataset(path, "w", format="NETCDF4_CLASSIC") as file:
        for name, size in zip(("time", "lev", "lat", "lon"), shape, strict=True):
            file.createDimension(name, size)
        axes = {
            "time": np.arange(shape[0]) * 180.0,
            "lev": np.array([0.99, 0.97]),
            "lat": 15 + 0.25 * np.arange(shape[2]),
            "lon": 70 + 0.3125 * np.arange(shape[3]),
        }
        for name, values in axes.items():
            file.createVariable(name, "f8", (name,))[:] = values
        file["time"].units = f"minutes since {day:%Y-%m-%d} 00:00:00"
        for name, values in fields.items():
            variable = file.createVariable(name, "f4", ("time", "lev", "lat", "lon"))
            variable.units = units
            variable[:] = values


def _wrong(here: Path) -> str:
    part, _, what = os.environ.get("FAKE_GCCLASSIC", "").partition(":")
    return what if part and part in str(here) else ""


def _day(text: str) -> date:
    return date(int(text[:4]), int(text[4:6]), int(text[6:]))


if __name__ == "__main__":
    sys.exit(main())
