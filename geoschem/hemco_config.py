"""HEMCO_Config.rc, edited line by line: what we do not change stays as the model's authors wrote it."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from compute.atmosphere.engine import EMISSION_GROUPS
from compute.atmosphere.geoschem.species import GROUP_SUFFIX, SOURCES, variable_name
from geoschem.layout import BOUNDARY_LINK, EMISSION_LINK
from warehouse.errors import InputError

INVENTORY = "TRADEPLUME"
MASK_NAME = "TRADEPLUME_MASK"
CATEGORY, HIERARCHY = 1, 50
FIRST_FREE_ID = 1901
LONGEST_LINE = 255
"""HEMCO reads lines of 255 characters and cuts the rest without a word."""
_SWITCH = r"^(\s*-->\s*{name}\s*:\s*)(\S+)(.*)$"
_SETTING = r"^({name}\s*:\s*)(\S+)(.*)$"
_SCALE_FACTOR = re.compile(r"^\s*(\d+)\s+(\S+)\s+(\S+)\s+(\S+)")


@dataclass(frozen=True)
class ScaleFactor:
    """A scale factor of the configuration: its number, and its value where that is a plain number."""

    number: int
    value: float | None


def set_switch(text: str, name: str, value: str) -> str:
    """Set ``--> name : value``. Raises InputError when there is no such switch."""
    return _replace(text, _SWITCH.format(name=re.escape(name)), value, f"the switch --> {name}")


def has_switch(text: str, name: str) -> bool:
    """Whether the configuration knows a switch."""
    return re.search(_SWITCH.format(name=re.escape(name)), text, re.MULTILINE) is not None


def set_setting(text: str, name: str, value: str) -> str:
    """Set ``NAME: value`` of the section of settings."""
    return _replace(text, _SETTING.format(name=re.escape(name)), value, f"the setting {name}")


def setting(text: str, name: str) -> str:
    """The value of a setting. Raises InputError when it is not there."""
    found = re.search(_SETTING.format(name=re.escape(name)), text, re.MULTILINE)
    if not found:
        raise _lacks(f"the setting {name}")
    return found[2]


def scale_factors(text: str) -> dict[str, ScaleFactor]:
    """Scale factors by name."""
    result: dict[str, ScaleFactor] = {}
    for line in _section(text, "SCALE FACTORS"):
        found = _SCALE_FACTOR.match(line)
        if found:
            try:
                value: float | None = float(found[3])
            except ValueError:
                value = None
            result.setdefault(found[2], ScaleFactor(int(found[1]), value))
    return result


def factor_values(text: str) -> dict[str, float]:
    """Values of the scale factors that are plain numbers, by name."""
    return {
        name: factor.value
        for name, factor in scale_factors(text).items()
        if factor.value is not None
    }


def free_number(text: str) -> int:
    """A number that neither a scale factor nor a mask has."""
    lines = [*_section(text, "SCALE FACTORS"), *_section(text, "MASKS")]
    taken = {int(found[1]) for line in lines if (found := re.match(r"^\s*(\d+)\s", line))}
    return next(number for number in range(FIRST_FREE_ID, 10_000) if number not in taken)


def inventory_lines(
    manifest: Mapping[str, object],
    factors: Mapping[str, ScaleFactor],
    mask_number: int,
    folder: str = f"./{EMISSION_LINK}",
) -> list[str]:
    """Lines of base emissions for what a manifest lists, all in category 1, within the mask.

    Raises InputError for a scale factor that the configuration lacks.
    """
    files = manifest["files"]
    if not isinstance(files, dict):
        raise TypeError("a manifest lists its files by name")
    year = manifest["year"]
    lines = []
    for source in SOURCES:
        variables = files.get(f"{source.name}.nc", {}).get("kg_by_month", {})
        for group in EMISSION_GROUPS:
            if variable_name(source, group) not in variables:
                continue
            for place, fed in enumerate(source.feeds):
                scales = [] if fed.factor is None else [_number(factors, fed.factor, fed.species)]
                numbers = "/".join(str(number) for number in [*scales, mask_number])
                read = (
                    f"{folder}/{source.name}.nc {variable_name(source, group)} {year}/1-12/1/0 C xy"
                    " kg/m2/s"
                    if place == 0
                    else "- - - - - -"
                )
                name = f"TP_{fed.species}_{GROUP_SUFFIX[group]}"
                lines.append(f"0 {name} {read} {fed.species} {numbers} {CATEGORY} {HIERARCHY}")
    return lines


def add_inventory(text: str, manifest: Mapping[str, object], mask_file: str, box: str) -> str:
    """The configuration with our inventory switched on, its lines, and its mask.

    The anthropogenic dust of the default (AFCID) is switched off where ours has DST1.
    """
    number = free_number(text)
    lines = inventory_lines(manifest, scale_factors(text), number)
    text = _after(
        text,
        r"^\s*0\s+Base\s*:\s*on\b",
        [f"    --> {INVENTORY}             :       true     # written by tradeplume"],
        "the switch of base emissions",
    )
    block = [f"((({INVENTORY}", *lines, f"))){INVENTORY}"]
    text = _after(text, r"^\(\(\(EMISSIONS\s*$", ["", *block, ""], "the block (((EMISSIONS")
    mask = f"{number} {MASK_NAME} {mask_file} MASK 2000/1/1/0 C xy 1 1 {box}"
    text = _after(text, r"^### BEGIN SECTION MASKS", ["", mask], "the section of masks")
    if any(line.split()[1].startswith("TP_DST1") for line in lines) and has_switch(text, "AFCID"):
        text = set_switch(text, "AFCID", "false")
    too_long = [line for line in [*lines, mask] if len(line) > LONGEST_LINE]
    if too_long:
        raise InputError(
            f"A line of {len(too_long[0])} characters for HEMCO, which reads {LONGEST_LINE}.",
            found=too_long[0],
            remedy="Use a home with a shorter path.",
        )
    return text


def set_boundary_path(text: str, folder: str = f"./{BOUNDARY_LINK}") -> str:
    """Point the boundary conditions to a folder, and switch them on."""
    pattern = re.compile(r"^(\*\s+BC_\s+)(\S+)(\s+SpeciesBC_\?ADV\?.*)$", re.MULTILINE)
    if not pattern.search(text):
        raise _lacks("the line of boundary conditions (* BC_ ...)")
    path = f"{folder}/GEOSChem.BoundaryConditions.$YYYY$MM$DD_$HH$MNz.nc4"
    text = pattern.sub(lambda found: found[1] + path + found[3], text)
    return set_switch(text, "GC_BCs", "true")


def allow_other_restart_date(text: str) -> str:
    """Let the first segment start from a restart file whose data are of another date (EFYO to CYS)."""
    pattern = re.compile(r"^(\*\s+SPC_\s+\S+\s+SpeciesRst_\?ALL\?\s+\S+\s+)(\S+)", re.MULTILINE)
    if not pattern.search(text):
        raise _lacks("the line of the restart file (* SPC_ ...)")
    return pattern.sub(lambda found: found[1] + "CYS ", text)


def move_root(text: str, old: str, new: str) -> str:
    """Paths below one data folder, below another."""
    return re.sub(re.escape(old.rstrip("/")) + r"(?=/|\s|$)", lambda _: new.rstrip("/"), text)


def crop_meteorology(text: str, region: str = "AS") -> str:
    """Read weather cropped to a region: METDIR and the file names get its letters, once."""
    text = re.sub(r"(GEOS_0\.25x0\.3125)(?!_)", rf"\1_{region}", text)
    return re.sub(rf"\$RES(?!\.{region})(?=\.\$NC)", f"$RES.{region}", text)


def manifest_of(folder: Path) -> dict[str, object]:
    """The manifest of a scenario's emissions. Raises InputError when it is not there."""
    path = folder / "manifest.json"
    if not path.exists():
        raise InputError(
            "Emissions without a manifest.",
            file=path,
            remedy="Write them again: `tradeplume simulate --until emissions`.",
        )
    content = json.loads(path.read_text(encoding="utf-8"))
    return dict(content)


def _number(factors: Mapping[str, ScaleFactor], name: str, species: str) -> int:
    if name not in factors:
        raise InputError(
            f"HEMCO_Config.rc has no scale factor {name}, which makes {species}.",
            remedy="Use a run directory of full chemistry as createRunDir.sh makes it.",
        )
    return factors[name].number


def _section(text: str, name: str) -> list[str]:
    found = re.search(
        rf"^### BEGIN SECTION {name}.*?$(.*?)^### END SECTION {name}",
        text,
        re.MULTILINE | re.DOTALL,
    )
    if not found:
        raise _lacks(f"the section {name}")
    return found[1].splitlines()


def _replace(text: str, pattern: str, value: str, what: str) -> str:
    compiled = re.compile(pattern, re.MULTILINE)
    if not compiled.search(text):
        raise _lacks(what)
    return compiled.sub(lambda found: found[1] + value + found[3], text)


def _after(text: str, pattern: str, lines: Sequence[str], what: str) -> str:
    found = re.search(
        pattern + r".*$" if not pattern.endswith("$") else pattern, text, re.MULTILINE
    )
    if not found:
        raise _lacks(what)
    return text[: found.end()] + "\n" + "\n".join(lines) + text[found.end() :]


def _lacks(what: str) -> InputError:
    return InputError(
        f"HEMCO_Config.rc lacks {what}.",
        remedy="Use a run directory as createRunDir.sh of GEOS-Chem 14 makes it.",
    )
