"""What a HEMCO_Config.rc gets wrong without a word when it overlays a default inventory."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

import netCDF4
from ruamel.yaml import YAML
from ruamel.yaml.error import YAMLError

from compute.atmosphere.geoschem.masks import NESTED_DOMAIN, Box
from geoschem.hemco_config import LONGEST_LINE
from geoschem.lint_finding import Finding

WORDS = 12
Domain = tuple[float, float, float, float]
CHINA = Box(74, 19, 134, 53)
"""Whole degrees within which the provinces lie; a mask's box must enclose them."""


_BLOCK = re.compile(r"^\(\(\((TRADEPLUME|MEIC)\s*$(.*?)^\)\)\)\1\s*$", re.MULTILINE | re.DOTALL)


def has_inventory(path: Path) -> bool:
    """Whether a HEMCO_Config.rc has a block that ``lint_config`` looks at."""
    return _BLOCK.search(path.read_text(encoding="utf-8", errors="replace")) is not None


def lint_config(path: Path) -> Iterator[Finding]:
    """Categories, masks, scale factors and files of a HEMCO_Config.rc that overlays an inventory.

    Looks at the block of ours, or at one of a user's own named MEIC.
    """
    text = path.read_text(encoding="utf-8", errors="replace")
    block = _BLOCK.search(text)
    if not block:
        return
    place = f"{path.parent.name}/{path.name}"
    known = _numbers(text)
    lines = [line for line in block[2].splitlines() if line.strip() and line.lstrip()[0] != "#"]
    for line in lines:
        yield from _line(line, place)
    entries = [line.split() for line in lines if len(line.split()) >= WORDS and "\t" not in line]
    variables: dict[Path, list[str] | None] = {}
    for words in entries:
        yield from _named_file(path, words, place, variables)
    yield from _categories(entries, place)
    yield from _masks(entries, known, place, nested_domain(path.parent))
    has_dust = any(words[-4] == "DST1" for words in entries)
    if has_dust and re.search(r"^\s*-->\s*AFCID\s*:\s*true", text, re.MULTILINE):
        yield Finding(
            "dust-twice",
            place,
            "AFCID is on, and DST1 is ours",
            "AFCID off",
            "Set --> AFCID to false.",
        )


def _line(line: str, place: str) -> Iterator[Finding]:
    if "\t" in line or len(line.split()) < WORDS:
        yield Finding(
            "config-line", place, line.strip()[:80], f"{WORDS} words, no tabs", "Correct the line."
        )
    elif len(line) > LONGEST_LINE:
        yield Finding(
            "config-line",
            place,
            f"{len(line)} characters in {line.split()[1]}",
            f"at most {LONGEST_LINE}: HEMCO cuts the rest",
            "Use a shorter path.",
        )


def _categories(entries: Sequence[Sequence[str]], place: str) -> Iterator[Finding]:
    found: dict[str, set[str]] = {}
    for words in entries:
        found.setdefault(words[-4], set()).update(words[-2].split("/"))
    for species, categories in sorted(found.items()):
        if "1" not in categories:
            yield Finding(
                "category",
                f"{place}: {species}",
                f"category {', '.join(sorted(categories))} alone",
                "an entry in category 1",
                "HEMCO overrides within a category only: the default would be counted as well.",
            )


def _masks(
    entries: Sequence[Sequence[str]],
    known: Mapping[str, str | None],
    place: str,
    domain: Domain,
) -> Iterator[Finding]:
    used: set[str] = set()
    for words in entries:
        numbers = [] if words[-3] == "-" else words[-3].split("/")
        for number in numbers:
            if number not in known:
                yield Finding(
                    "scale-factor",
                    place,
                    f"{number} in {words[1]}",
                    "a defined number",
                    "Define it.",
                )
        masks = {number for number in numbers if known.get(number) is not None}
        used |= masks
        if not masks:
            yield Finding(
                "mask-unused",
                f"{place}: {words[1]}",
                "no mask on the entry",
                "a mask of China",
                "Without it the entry replaces the default inventory everywhere.",
            )
    for number in sorted(used):
        yield from _box(known[number] or "", number, place, domain)


def _named_file(
    path: Path, words: Sequence[str], place: str, known: dict[Path, list[str] | None]
) -> Iterator[Finding]:
    """What an entry says of its file. known: variables of files that were opened, since many entries name one."""
    if words[2] == "-":
        return
    if words[7] != "kg/m2/s":
        yield Finding(
            "config-units", f"{place}: {words[1]}", words[7], "kg/m2/s", "Correct the line."
        )
    if words[6] != "xy":
        yield Finding("config-dims", f"{place}: {words[1]}", words[6], "xy", "Correct the line.")
    if "$" in words[2]:
        return
    file = path.parent / words[2]
    if not file.exists():
        yield Finding("file-missing", f"{place}: {words[1]}", words[2], "the file", "Write it.")
        return
    if file not in known:
        known[file] = _variables(file)
    variables = known[file]
    if variables is None:
        return
    if words[3] not in variables:
        yield Finding(
            "variable-missing",
            f"{place}: {words[1]}",
            f"{words[3]}, not in {words[2]}",
            ", ".join(name for name in variables if name not in ("time", "lat", "lon")),
            "Correct the line or the file.",
        )


def _variables(file: Path) -> list[str] | None:
    """Names of what a file holds; None where it cannot be opened, which others report."""
    try:
        with netCDF4.Dataset(file) as opened:
            return list(opened.variables)
    except (OSError, RuntimeError):
        return None


def nested_domain(folder: Path) -> Domain:
    """West, south, east, north (degrees) of the nested domain of the geoschem_config.yml beside, or the usual.

    A file that cannot be read, or that is of a global run, leaves the standard domain of Asia.
    """
    standard = (NESTED_DOMAIN.west, NESTED_DOMAIN.south, NESTED_DOMAIN.east, NESTED_DOMAIN.north)
    path = folder / "geoschem_config.yml"
    if not path.is_file():
        return standard
    try:
        grid = YAML(typ="safe").load(path.read_text(encoding="utf-8", errors="replace"))["grid"]
        if not grid["nested_grid_simulation"]["activate"]:
            return standard
        (west, east), (south, north) = grid["longitude"]["range"], grid["latitude"]["range"]
        return float(west), float(south), float(east), float(north)
    except (YAMLError, KeyError, TypeError, ValueError):
        return standard


def _encloses(box: Box, domain: Domain) -> bool:
    west, south, east, north = domain
    return box.west <= west and box.south <= south and box.east >= east and box.north >= north


def _common(box: Box, domain: Domain) -> Domain:
    """The part of a box within the domain."""
    west, south, east, north = domain
    return max(box.west, west), max(box.south, south), min(box.east, east), min(box.north, north)


def _numbers(text: str) -> dict[str, str | None]:
    """Numbers of scale factors and masks; masks with the box they are given."""
    result: dict[str, str | None] = {}
    for name in ("SCALE FACTORS", "MASKS"):
        section = re.search(
            rf"^### BEGIN SECTION {name}(.*?)^### END SECTION {name}",
            text,
            re.MULTILINE | re.DOTALL,
        )
        for line in (section[1] if section else "").splitlines():
            words = line.split()
            if words and words[0].isdigit():
                result[words[0]] = words[-1] if name == "MASKS" else None
    return result


def _box(text: str, number: str, place: str, domain: Domain) -> Iterator[Finding]:
    try:
        west, south, east, north = (int(part) for part in text.split("/"))
    except ValueError:
        yield Finding(
            "mask-box", f"{place}: {number}", text, "lon1/lat1/lon2/lat2", "Whole degrees."
        )
        return
    box = Box(west, south, east, north)
    if _encloses(box, domain):
        yield Finding(
            "mask-box",
            f"{place}: {number}",
            f"{text} covers the whole nested domain ({'/'.join(f'{edge:g}' for edge in domain)})",
            "a box around China that leaves part of it outside",
            "HEMCO would drop the default inventory everywhere, even where the mask is zero.",
        )
    elif not _encloses(box, _common(CHINA, domain)):
        yield Finding(
            "mask-box",
            f"{place}: {number}",
            f"{text} cuts China",
            f"a box around China ({CHINA.text()} at least)",
            "HEMCO would drop what lies outside the box.",
        )
