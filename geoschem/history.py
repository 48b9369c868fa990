"""HISTORY.rc, edited line by line: which collections are written, how often, with which fields."""

from __future__ import annotations

import re
from collections.abc import Sequence

from compute.atmosphere.geoschem.species import AEROSOL_SPECIES
from geoschem.layout import BOUNDARY_LINK
from warehouse.errors import InputError

MONTHLY = "00000100 000000"
DENSITY_FIELD = "Met_AIRDEN"
_LIST = re.compile(r"^COLLECTIONS:.*?^::\s*$", re.MULTILINE | re.DOTALL)
_NAME = re.compile(r"'([A-Za-z0-9]+)'")


def collections(text: str) -> dict[str, bool]:
    """Collections of the list and whether they are written."""
    result = {}
    for line in _list_of(text).splitlines():
        name = _NAME.search(line)
        if name:
            result[name[1]] = not line.replace("COLLECTIONS:", "").lstrip().startswith("#")
    return result


def set_collections(text: str, wanted: Sequence[str]) -> str:
    """Write these collections and no other. Raises InputError for one that the file does not list."""
    listed = collections(text)
    unknown = [name for name in wanted if name not in listed]
    if unknown:
        raise _lacks(f"the collection {unknown[0]}")
    kept = []
    for line in _list_of(text).splitlines():
        name = _NAME.search(line)
        if name is None:
            kept.append(line)
            continue
        head = "COLLECTIONS: " if line.startswith("COLLECTIONS:") else " " * 13
        mark = "" if name[1] in wanted else "#"
        kept.append(f"{head}{mark}'{name[1]}',")
    return _LIST.sub(lambda _: "\n".join(kept), text, count=1)


def set_attribute(text: str, collection: str, attribute: str, value: str) -> str:
    """Set ``Collection.attribute: value``; added beside the mode where the file has none."""
    pattern = re.compile(
        rf"^(\s*{re.escape(collection)}\.{re.escape(attribute)}:\s*)(.*?)(,?)\s*$", re.MULTILINE
    )
    if pattern.search(text):
        return pattern.sub(lambda found: found[1] + value + found[3], text)
    mode = re.compile(rf"^(\s*){re.escape(collection)}\.mode:.*$", re.MULTILINE)
    if not mode.search(text):
        raise _lacks(f"the definition of {collection}")
    return mode.sub(lambda found: f"{found[1]}{collection}.{attribute}: {value},\n{found[0]}", text)


def set_fields(text: str, collection: str, fields: Sequence[str]) -> str:
    """Write these fields of a collection and no other."""
    pattern = re.compile(
        rf"^(\s*{re.escape(collection)}\.fields:)(.*?)^::\s*$", re.MULTILINE | re.DOTALL
    )
    if not pattern.search(text):
        raise _lacks(f"the fields of {collection}")
    lines = "\n".join(
        f"{'' if place == 0 else ' ' * 30} '{name}'," for place, name in enumerate(fields)
    )
    return pattern.sub(lambda found: f"{found[1]}{lines}\n::", text, count=1)


def concentration_prefix(text: str) -> str:
    """What the version calls its concentrations: SpeciesConc_ (14.0) or SpeciesConcVV_ (14.1 on)."""
    found = re.search(r"'(SpeciesConc(?:VV)?_)\?(?:ALL|ADV)\?", text)
    if not found:
        raise _lacks("the collection SpeciesConc with all species")
    return found[1]


def for_boundary(text: str, writes: bool) -> str:
    """A global segment: a restart file at its end, and boundary conditions where a nested run needs them."""
    text = _restart_at_end(text)
    if writes:
        text = set_attribute(text, "BoundaryConditions", "frequency", "00000000 030000")
        text = set_attribute(text, "BoundaryConditions", "duration", "00000001 000000")
        text = set_attribute(text, "BoundaryConditions", "mode", "'instantaneous'")
        path = f"'./{BOUNDARY_LINK}/GEOSChem.BoundaryConditions.%y4%m2%d2_%h2%n2z.nc4'"
        text = set_attribute(text, "BoundaryConditions", "filename", path)
        text = set_fields(text, "BoundaryConditions", ["SpeciesBC_?ADV?"])
    return set_collections(text, ["Restart", *(["BoundaryConditions"] if writes else [])])


def for_nested(text: str, is_spinup: bool) -> str:
    """A nested segment: a restart file at its end, and monthly means of aerosol when it is wanted."""
    text = _restart_at_end(text)
    if is_spinup:
        return set_collections(text, ["Restart"])
    prefix = concentration_prefix(text)
    species = [f"{prefix}{name}" for name in AEROSOL_SPECIES]
    for collection, fields in (
        ("SpeciesConc", species),
        ("StateMet", [DENSITY_FIELD, "Met_T", "Met_PMID"]),
    ):
        text = set_fields(text, collection, fields)
    for collection in ("SpeciesConc", "StateMet", "AerosolMass"):
        text = set_attribute(text, collection, "frequency", MONTHLY)
        text = set_attribute(text, collection, "duration", MONTHLY)
        text = set_attribute(text, collection, "mode", "'time-averaged'")
    return set_collections(text, ["Restart", "SpeciesConc", "StateMet", "AerosolMass"])


def _restart_at_end(text: str) -> str:
    for attribute in ("frequency", "duration"):
        text = set_attribute(text, "Restart", attribute, "'End'")
    return text


def _list_of(text: str) -> str:
    found = _LIST.search(text)
    if not found:
        raise _lacks("the list COLLECTIONS")
    return found[0]


def _lacks(what: str) -> InputError:
    return InputError(
        f"HISTORY.rc lacks {what}.",
        remedy="Use a run directory of full chemistry as createRunDir.sh of GEOS-Chem 14 makes it.",
    )
