"""The linter of emission folders: every file, then what files must be to one another and to the model."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import netCDF4
import numpy as np
from numpy.typing import NDArray

from compute.atmosphere.geoschem.fluxes import month_seconds
from compute.atmosphere.geoschem.regrid import cell_area_m2
from compute.atmosphere.geoschem.species import SOURCES
from geoschem.lint_config import has_inventory, lint_config
from geoschem.lint_fields import DIMENSIONS
from geoschem.lint_finding import Finding
from geoschem.lint_rules import lint_file
from warehouse.errors import InputError, UserFacingError

Array = NDArray[np.float64]
MASS_TOLERANCE = 1e-5
MANIFEST = "manifest.json"
OUR_MASKS = ("mask_nested.nc", "mask_boundary.nc")


class LintFailed(UserFacingError):
    """Files that the model must not be given."""

    exit_code = 4


@dataclass(frozen=True)
class LintReport:
    """What was looked at, and what is wrong.

    files: NetCDF files.  findings: in the order of the files.  configurations: HEMCO_Config.rc files.
    """

    files: int
    findings: tuple[Finding, ...]
    configurations: int = 0

    def looked_at(self) -> str:
        """How many of what, in words."""
        files = f"{self.files} file{'' if self.files == 1 else 's'}"
        if not self.configurations:
            return files
        plural = "" if self.configurations == 1 else "s"
        return f"{files} and {self.configurations} configuration{plural}"

    @property
    def errors(self) -> tuple[Finding, ...]:
        """Findings that forbid a run."""
        return tuple(finding for finding in self.findings if finding.is_error)


def lint(folder: Path) -> LintReport:
    """Lint a folder: a scenario's emissions, all scenarios of a campaign, or any HEMCO files.

    Below it, folders with a manifest are compared with it and, where one is named Base, with Base.
    HEMCO_Config.rc files are read for categories, boxes of masks, and what they name.
    Raises InputError when there is nothing to lint.
    """
    if not folder.is_dir():
        raise InputError(
            "There is no such folder.", file=folder, remedy="Name a folder of NetCDF files."
        )
    paths = sorted(
        path
        for path in folder.rglob("*")
        if path.suffix.lower() in (".nc", ".nc4", ".ncf")
        and not path.name.startswith(".")
        and "OutputDir" not in path.parts
    )
    configs = sorted(folder.rglob("HEMCO_Config.rc"))
    manifests = sorted(folder.rglob(MANIFEST))
    configs = [path for path in configs if has_inventory(path)]
    if not paths and not configs and not manifests:
        raise InputError(
            "The folder holds no emissions.",
            file=folder,
            found=_other_files(folder),
            expected="*.nc files, or a HEMCO_Config.rc with a block (((TRADEPLUME or (((MEIC",
            remedy="Nothing was looked at. Unpack files, or write them: `tradeplume simulate --until emissions`.",
        )
    ours = {path.parent / name for path in manifests for name in _names_in(path)}
    findings: list[Finding] = []
    sound = set()
    for path in paths:
        found = lint_file(
            path,
            months=12 if path in ours else None,
            is_mask=_is_mask(path),
            is_ours=path in ours or path.name in OUR_MASKS,
        )
        findings += [_placed(finding, path, folder) for finding in found]
        if not any(finding.is_error for finding in found):
            sound.add(path)
    for path in manifests:
        findings += _against_manifest(path, sound, folder)
    findings += _against_base(manifests, sound)
    findings += _inside_mask(paths, sound, folder)
    for path in configs:
        findings += lint_config(path)
    return LintReport(len(paths), tuple(findings), len(configs))


def _names_in(manifest: Path) -> list[str]:
    """Files that a manifest names; none where it cannot be read, which is a finding of its own."""
    try:
        return list(json.loads(manifest.read_text(encoding="utf-8"))["files"])
    except (ValueError, KeyError, TypeError):
        return []


def _other_files(folder: Path) -> str:
    """What lies in the folder instead of emissions, in words."""
    names = sorted(
        path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()
    )
    more = f" and {len(names) - 5} more" if len(names) > 5 else ""
    return ", ".join(names[:5]) + more if names else "an empty folder"


def demand_clean(report: LintReport) -> None:
    """Raises LintFailed with every error of a report."""
    if report.errors:
        lines = [line for finding in report.errors for line in finding.lines()]
        raise LintFailed(
            "\n".join([f"{len(report.errors)} errors in {report.looked_at()}:", *lines]),
            remedy="Nothing was submitted. Mend the files above and run the same command again.",
        )


def _is_mask(path: Path) -> bool:
    return "mask" in path.name.lower()


def _placed(finding: Finding, path: Path, folder: Path) -> Finding:
    where = path.relative_to(folder).as_posix()
    return Finding(
        finding.rule,
        where + finding.place[len(path.name) :],
        finding.found,
        finding.expected,
        finding.remedy,
        finding.is_error,
    )


def _against_manifest(path: Path, sound: set[Path], folder: Path) -> Iterator[Finding]:
    here = path.parent
    place = path.relative_to(folder).as_posix()
    try:
        manifest = json.loads(path.read_text(encoding="utf-8"))
        files = dict(manifest["files"])
        year = int(manifest["year"])
    except (ValueError, KeyError, TypeError, UnicodeDecodeError) as error:
        yield Finding(
            "manifest", place, f"{type(error).__name__}: {error}", "a manifest", "Write it again."
        )
        return
    for stray in sorted({one.name for one in here.glob("*.nc")} - set(files)):
        if _is_mask(here / stray):
            continue
        yield Finding(
            "not-in-manifest",
            f"{place}: {stray}",
            "a file that no manifest names",
            "the files of one writing",
            "Remove it, or write the scenario again.",
        )
    for name, entry in sorted(files.items()):
        file = here / name
        if not file.exists():
            yield Finding(
                "file-missing", f"{place}: {name}", "no such file", "the file", "Write it again."
            )
            continue
        if file not in sound:
            continue
        yield from _masses(file, entry, year, place)
        if hashlib.sha256(file.read_bytes()).hexdigest() != entry.get("sha256"):
            yield Finding(
                "changed",
                f"{place}: {name}",
                "another checksum than when it was written",
                "the file as written",
                "Write the scenario again.",
            )
    yield from _warehouse_mass(manifest, place)


def _masses(file: Path, entry: Mapping[str, Any], year: int, place: str) -> Iterator[Finding]:
    wanted = entry.get("kg_by_month", {})
    with netCDF4.Dataset(file) as opened:
        opened.set_auto_maskandscale(False)
        dates: Any = netCDF4.num2date(opened["time"][:], opened["time"].units)
        years = {one.year for one in np.ravel(dates)}
        if years != {year}:
            yield Finding(
                "year", f"{place}: {file.name}", f"{sorted(years)}", str(year), "Write it again."
            )
        area = _area(opened)
        for name, masses in wanted.items():
            if name not in opened.variables:
                yield Finding(
                    "variable-missing",
                    f"{place}: {file.name}:{name}",
                    f"variables {', '.join(opened.variables)}",
                    name,
                    "Write the scenario again.",
                )
                continue
            per_second = np.einsum("mij,ij->m", np.asarray(opened[name][:], dtype=np.float64), area)
            found = per_second * month_seconds(year)
            if not np.allclose(found, masses, rtol=MASS_TOLERANCE, atol=0):
                worst = int(np.argmax(np.abs(found - masses)))
                yield Finding(
                    "mass",
                    f"{place}: {file.name}:{name}",
                    f"{found[worst]:.6e} kg in month {worst + 1}",
                    f"{masses[worst]:.6e} kg, as the warehouse has it",
                    "Write the scenario again: the file is not what the warehouse emits.",
                )


def _warehouse_mass(manifest: Mapping[str, Any], place: str) -> Iterator[Finding]:
    """The manifest's masses by pollutant beside the warehouse's tonnes."""
    tonnes = manifest.get("warehouse_t", {})
    for source in SOURCES:
        entry = manifest["files"].get(f"{source.name}.nc", {})
        kg = sum(sum(months) for months in entry.get("kg_by_month", {}).values())
        wanted = 1000 * source.kg_per_kg * float(tonnes.get(source.pollutant, 0.0))
        if abs(kg - wanted) > MASS_TOLERANCE * max(wanted, 1.0):
            yield Finding(
                "mass",
                f"{place}: {source.pollutant}",
                f"{kg:.6e} kg of {source.name}",
                f"{wanted:.6e} kg",
                "Write the scenario again.",
            )


def _against_base(manifests: Sequence[Path], sound: set[Path]) -> Iterator[Finding]:
    """No scenario emits more than Base anywhere."""
    base = next((path.parent for path in manifests if path.parent.name == "Base"), None)
    if base is None:
        return
    for folder in (path.parent for path in manifests if path.parent != base):
        for file in sorted(folder.glob("*.nc")):
            if file not in sound or base / file.name not in sound:
                continue
            with netCDF4.Dataset(file) as ours, netCDF4.Dataset(base / file.name) as theirs:
                for opened in (ours, theirs):
                    opened.set_auto_mask(False)  # sound files of ours hold no fill value
                for name in (one for one in ours.variables if one not in ("time", "lat", "lon")):
                    place = f"{folder.name}/{file.name}:{name}"
                    if name not in theirs.variables or ours[name].shape != theirs[name].shape:
                        yield Finding(
                            "against-base",
                            place,
                            "not in Base",
                            "in Base, too",
                            "Write both again.",
                        )
                        continue
                    allowed = np.asarray(theirs[name][:]) * (1 + 1e-5)
                    more = np.asarray(ours[name][:]) > allowed
                    if more.any():
                        yield Finding(
                            "against-base",
                            place,
                            f"{int(more.sum()):,} cells emit more than in Base",
                            "Base less the export-related part",
                            "Write both scenarios from the same working file.",
                        )


def _inside_mask(paths: Sequence[Path], sound: set[Path], folder: Path) -> Iterator[Finding]:
    """Emissions on the mask's own grid must lie inside it."""
    masks = [path for path in paths if _is_mask(path) and path in sound]
    for mask in masks:
        with netCDF4.Dataset(mask) as file:
            names = _fields(file)
            if len(names) != 1 or np.asarray(file[names[0]][0]).max() > 1:
                continue  # a mask of countries
            name = names[0]
            inside = np.asarray(file[name][0]) > 0
            axes = np.asarray(file["lat"][:]), np.asarray(file["lon"][:])
        for path in (one for one in paths if one in sound and not _is_mask(one)):
            with netCDF4.Dataset(path) as file:
                file.set_auto_mask(False)
                here = np.asarray(file["lat"][:]), np.asarray(file["lon"][:])
                if any(
                    ours.shape != theirs.shape or not np.allclose(ours, theirs)
                    for ours, theirs in zip(here, axes, strict=True)
                ):
                    continue
                for name in _fields(file):
                    values = np.asarray(file[name][:])
                    if (values.any(axis=0) & ~inside).any():
                        lost = (values > 0).any(axis=0) & ~inside
                        yield Finding(
                            "outside-mask",
                            f"{path.relative_to(folder).as_posix()}:{name}",
                            f"{int(lost.sum()):,} cells with emissions",
                            f"all within {mask.name}",
                            "Write the mask again: HEMCO drops what lies outside.",
                        )


def _fields(file: Any) -> list[str]:
    return [name for name in file.variables if file[name].dimensions == DIMENSIONS]


def _area(file: Any) -> Array:
    edges = []
    for name in ("lon", "lat"):
        centres = np.asarray(file[name][:], dtype=np.float64)
        step = (centres[-1] - centres[0]) / (centres.size - 1)
        edges.append(centres[0] + step * (np.arange(centres.size + 1) - 0.5))
    return cell_area_m2(edges[0], edges[1])
