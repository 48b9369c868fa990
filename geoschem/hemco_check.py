"""Our files through HEMCO itself: a run of ``hemco_standalone``, and what arrived, by species."""

from __future__ import annotations

import os
import re
import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import netCDF4
import numpy as np

from compute.atmosphere.geoschem.fluxes import month_seconds
from compute.atmosphere.geoschem.species import SOURCES, species_totals
from geoschem import hemco_config
from geoschem.hemco_config import INVENTORY, MASK_NAME
from geoschem.layout import EMISSION_LINK
from warehouse.errors import InputError, UserFacingError

TOLERANCE = 1e-5
FINISHED = "HEMCO_STANDALONE FINISHED!"
SPECIES = tuple(fed.species for source in SOURCES for fed in source.feeds)
MODEL_FACTORS = {
    "SO2toSO4": 0.031,
    "COtoSOAP_anth": 0.069,
    "BC2BCPI": 0.2,
    "BC2BCPO": 0.8,
    "OC2OCPI": 0.5,
    "OC2OCPO": 0.5,
}
"""As GEOS-Chem 14.0.1 to 14.6.3 have them; a run directory's own values take their place."""


class HemcoRefused(UserFacingError):
    """HEMCO did not finish, or other masses arrived than were sent."""

    exit_code = 4


@dataclass(frozen=True)
class Arrived:
    """Mass of one species in one month, kg: in the model, and as the manifest has it."""

    species: str
    in_model_kg: float
    in_manifest_kg: float

    @property
    def deviation(self) -> float:
        """Relative deviation from the manifest."""
        if self.in_manifest_kg == 0:
            return float("inf") if self.in_model_kg else 0.0
        return self.in_model_kg / self.in_manifest_kg - 1


def manifest_kg(
    manifest: Mapping[str, object], month: int, factors: Mapping[str, float]
) -> dict[str, float]:
    """Mass by species of the model in a month, kg, as the manifest says."""
    files = manifest["files"]
    if not isinstance(files, dict):
        raise TypeError("a manifest lists its files by name")
    source_kg = {
        source.name: sum(
            masses[month - 1]
            for masses in files.get(f"{source.name}.nc", {}).get("kg_by_month", {}).values()
        )
        for source in SOURCES
    }
    return species_totals(source_kg, factors)


def run_standalone(
    executable: Path,
    emissions: Path,
    mask: Path,
    box: str,
    folder: Path,
    *,
    month: int = 1,
    factors: Mapping[str, float] = MODEL_FACTORS,
    default_lines: Sequence[str] = (),
    timeout_s: float = 1800.0,
) -> dict[str, np.ndarray]:
    """Run one hour of HEMCO on the nested grid: fluxes are constant through a month.

    emissions: a scenario's folder.  default_lines: base emissions of an inventory to be overlaid.
    Returns mean fluxes by species (ny, nx), kg/m2/s, and ``AREA``, m2.  Raises HemcoRefused when HEMCO
    does not say that it finished: its exit code is zero even after errors.
    """
    manifest = hemco_config.manifest_of(emissions)
    year = int(str(manifest["year"]))
    _write_folder(folder, manifest, emissions, mask, box, month, year, factors, default_lines)
    try:
        done = subprocess.run(
            [str(executable.resolve()), "-c", "HEMCO_sa_Config.rc"],
            cwd=folder,
            capture_output=True,
            text=True,
            timeout=timeout_s,
            check=False,
            env={**os.environ, "OMP_NUM_THREADS": os.environ.get("OMP_NUM_THREADS", "1")},
        )
    except OSError as error:
        raise InputError(
            f"hemco_standalone cannot be run: {error.strerror}.",
            file=executable,
            remedy="Point $HEMCO_STANDALONE to the program built from HEMCO.",
        ) from error
    log = done.stdout + done.stderr
    written = folder / "HEMCO.log"
    if written.exists():
        log += written.read_text(encoding="utf-8", errors="replace")
    if FINISHED not in log:
        raise HemcoRefused(
            f"HEMCO did not finish with {emissions.name}:\n{_last_words(log)}",
            remedy=f"The whole log is {written}.",
        )
    return _read_diagnostics(folder)


def compare(
    fluxes: Mapping[str, np.ndarray], wanted_kg: Mapping[str, float], year: int, month: int
) -> list[Arrived]:
    """Masses of the month beside the manifest's, by species; the fluxes are the month's constant ones."""
    seconds = float(month_seconds(year)[month - 1])
    return [
        Arrived(name, float((fluxes[name] * fluxes["AREA"]).sum()) * seconds, wanted_kg[name])
        for name in wanted_kg
    ]


def demand_arrived(arrived: Sequence[Arrived], scenario: str, tolerance: float = TOLERANCE) -> None:
    """Raises HemcoRefused naming the species whose mass deviates by more than the tolerance."""
    wrong = [one for one in arrived if abs(one.deviation) > tolerance]
    if wrong:
        named = ", ".join(
            f"{one.species} {one.in_model_kg:.6e} kg for {one.in_manifest_kg:.6e}" for one in wrong
        )
        raise HemcoRefused(
            f"{scenario}: other masses arrived in HEMCO than the manifest has: {named}.",
            remedy="Lint the files: `tradeplume lint-hemco`.",
        )


def _write_folder(
    folder: Path,
    manifest: Mapping[str, object],
    emissions: Path,
    mask: Path,
    box: str,
    month: int,
    year: int,
    factors: Mapping[str, float],
    default_lines: Sequence[str],
) -> None:
    (folder / "OutputDir").mkdir(parents=True, exist_ok=True)
    for old in (folder / "OutputDir").glob("*.nc"):
        old.unlink()
    for name, target in ((EMISSION_LINK, emissions), ("TradeplumeMask.nc", mask)):
        link = folder / name
        link.unlink(missing_ok=True)
        link.symlink_to(target.resolve())
    numbers = {
        name: hemco_config.ScaleFactor(number, factors[name])
        for number, name in enumerate(sorted(factors), start=60)
    }
    lines = hemco_config.inventory_lines(manifest, numbers, hemco_config.FIRST_FREE_ID)
    switches = f"0 Base : on *\n    --> {INVENTORY} : true\n"
    scales = "\n".join(
        f"{factor.number} {name} {factor.value} - - - xy unitless 1"
        for name, factor in numbers.items()
    )
    mask_line = f"{hemco_config.FIRST_FREE_ID} {MASK_NAME} ./TradeplumeMask.nc MASK 2000/1/1/0 C xy 1 1 {box}"
    settings = (
        "ROOT: .\nLogfile: HEMCO.log\nDiagnFile: HEMCO_Diagn.rc\n"
        "DiagnPrefix: OutputDir/HEMCO_sa_diagnostics\nDiagnFreq: End\nWildcard: *\nSeparator: /\n"
        "Unit tolerance: 1\nNegative values: 0\nOnly unitless scale factors: false\n"
        "Verbose: 0\nWarnings: 1\nGridFile: HEMCO_sa_Grid.rc\nSpecFile: HEMCO_sa_Spec.rc\n"
        "TimeFile: HEMCO_sa_Time.rc\nMET: GEOSFP\nRES: 0.25x0.3125"
    )
    sections = {
        "SETTINGS": settings,
        "EXTENSION SWITCHES": switches,
        "BASE EMISSIONS": "\n".join([*default_lines, f"((({INVENTORY}", *lines, f"))){INVENTORY}"]),
        "SCALE FACTORS": scales,
        "MASKS": mask_line,
    }
    config = "\n\n".join(
        f"### BEGIN SECTION {name}\n{text}\n### END SECTION {name} ###"
        for name, text in sections.items()
    )
    files = {
        "HEMCO_sa_Config.rc": config + "\n",
        "HEMCO_sa_Grid.rc": "XMIN: 69.84375\nXMAX: 139.84375\nYMIN: 14.875\nYMAX: 54.875\n"
        "NX: 224\nNY: 160\nNZ: 47\n",
        "HEMCO_sa_Time.rc": f"START:   {year}-{month:02d}-01 00:00:00\n"
        f"END:     {year}-{month:02d}-01 01:00:00\nTS_EMIS: 3600\n",
        "HEMCO_sa_Spec.rc": "#ID NAME MW K0 CR PKA\n"
        + "".join(f"{number} {name} 1.0 0.0 0.0 0.0\n" for number, name in enumerate(SPECIES, 1)),
        "HEMCO_Diagn.rc": "".join(
            f"Emis{name}_Total {name} -1 -1 -1 2 kg/m2/s {name}_emission\n" for name in SPECIES
        ),
    }
    for name, text in files.items():
        (folder / name).write_text(text, encoding="utf-8")


def _read_diagnostics(folder: Path) -> dict[str, np.ndarray]:
    paths = sorted((folder / "OutputDir").glob("HEMCO_sa_diagnostics*.nc"))
    if not paths:
        raise HemcoRefused(
            "HEMCO finished without diagnostics.", remedy=f"Look into {folder / 'HEMCO.log'}."
        )
    result: dict[str, np.ndarray] = {}
    with netCDF4.Dataset(paths[-1]) as file:
        result["AREA"] = np.asarray(file["AREA"][:], dtype=np.float64)
        for name in SPECIES:
            result[name] = np.asarray(file[f"Emis{name}_Total"][0], dtype=np.float64)
    return result


def _last_words(log: str) -> str:
    lines = [line for line in log.splitlines() if line.strip()]
    telling = [line for line in lines if re.search(r"error|warning|not found|cannot", line, re.I)]
    return "\n".join((telling or lines)[-8:])
