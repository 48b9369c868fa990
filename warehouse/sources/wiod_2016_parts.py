"""WIOD, 2016 release, year 2014, as far as it could be had: final use by origin, product, buyer and category.

One NumPy archive (``w14_parts.npz``) with F (44 countries x 56 industries x 44 countries x 5 categories), million
USD at basic prices, beside the country and industry names (``cty``, ``ind``, ``fu``). Its domestic blocks and
trade margins are not read here. ROW is the rest of the world. Industry names become WIOD's own codes.
"""

from __future__ import annotations

import zipfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import MappingProxyType
from typing import Any

import numpy as np
import polars as pl

from warehouse.errors import InputError
from warehouse.files import UNPACKING
from warehouse.sources.base import Publication, Reader, broken, first_bytes, single_file

NAME = "wiod_2016_parts"
YEAR = 2014
CATEGORIES = ("households", "npish", "government", "gfcf", "inventories")
"""Order of the final use columns within a country, as ``fu`` names them."""
_READ = ("F", "cty", "ind", "fu")
_CATEGORY_WORDS = ("households", "non-profit", "government", "fixed capital", "inventories")

# WIOD's codes in the order of the file, each with the beginning of its name there.
INDUSTRIES: Mapping[str, str] = MappingProxyType(
    {
        "A01": "Crop and animal production",
        "A02": "Forestry and logging",
        "A03": "Fishing and aquaculture",
        "B": "Mining and quarrying",
        "C10-C12": "Manufacture of food products",
        "C13-C15": "Manufacture of textiles",
        "C16": "Manufacture of wood",
        "C17": "Manufacture of paper",
        "C18": "Printing and reproduction",
        "C19": "Manufacture of coke",
        "C20": "Manufacture of chemicals",
        "C21": "Manufacture of basic pharmaceutical",
        "C22": "Manufacture of rubber",
        "C23": "Manufacture of other non-metallic",
        "C24": "Manufacture of basic metals",
        "C25": "Manufacture of fabricated metal",
        "C26": "Manufacture of computer",
        "C27": "Manufacture of electrical",
        "C28": "Manufacture of machinery",
        "C29": "Manufacture of motor vehicles",
        "C30": "Manufacture of other transport",
        "C31_C32": "Manufacture of furniture",
        "C33": "Repair and installation",
        "D35": "Electricity, gas",
        "E36": "Water collection",
        "E37-E39": "Sewerage",
        "F": "Construction",
        "G45": "Wholesale and retail trade and repair of motor",
        "G46": "Wholesale trade",
        "G47": "Retail trade",
        "H49": "Land transport",
        "H50": "Water transport",
        "H51": "Air transport",
        "H52": "Warehousing",
        "H53": "Postal",
        "I": "Accommodation",
        "J58": "Publishing",
        "J59_J60": "Motion picture",
        "J61": "Telecommunications",
        "J62_J63": "Computer programming",
        "K64": "Financial service",
        "K65": "Insurance",
        "K66": "Activities auxiliary to financial",
        "L68": "Real estate",
        "M69_M70": "Legal and accounting",
        "M71": "Architectural",
        "M72": "Scientific research",
        "M73": "Advertising",
        "M74_M75": "Other professional",
        "N": "Administrative and support",
        "O84": "Public administration",
        "P85": "Education",
        "Q": "Human health",
        "R_S": "Other service",
        "T": "Activities of households as employers",
        "U": "Activities of extraterritorial",
    }
)

PUBLICATION = Publication(
    producer="World Input-Output Database (WIOD)",
    title="World Input-Output Tables, 2016 release, 2014: final use",
    citation=(
        "Timmer, M. P., Los, B., Stehrer, R. and de Vries, G. J. (2016): An Anatomy of the Global Trade Slowdown "
        "based on the WIOD 2016 Release. GGDC Research Memorandum 162, University of Groningen; Timmer, M. P., "
        "Dietzenbacher, E., Los, B., Stehrer, R. and de Vries, G. J. (2015). Review of International Economics "
        "23, 575-605. doi:10.1111/roie.12178"
    ),
    licence="CC BY 4.0",
    terms_of_use="Cite Timmer et al. (2015, 2016). Read from hhei_wiod_project (G. Vannice).",
)


def read(paths: Sequence[Path], _role: str, _year: int) -> pl.DataFrame:
    """Final use of 2014, million USD; cells of zero are left out. The edition's year does not matter.

    Raises InputError when the file is damaged, lacks a part, or its labels or shapes are not those of the release.
    """
    path = single_file(paths, NAME)
    parts = _parts(path)
    countries = [str(name) for name in parts["cty"]]
    _demand_labels(path, countries, parts)
    final = np.asarray(parts["F"], dtype=np.float64)
    expected = (len(countries), len(INDUSTRIES), len(countries), len(CATEGORIES))
    if final.shape != expected or not np.isfinite(final).all():
        raise InputError(
            "Final use does not fit the file's countries, industries and categories, or is not all numbers.",
            file=path,
            column="F",
            found=f"{final.shape}, {int((~np.isfinite(final)).sum())} cells not finite",
            expected=str(expected),
            remedy="Copy or download the file again.",
        )
    place = np.nonzero(final)
    labels: tuple[Sequence[str], ...] = (countries, list(INDUSTRIES), countries, CATEGORIES)
    names = ("from_region", "from_sector", "to_region", "demand_category")
    columns = {
        name: np.asarray(axis)[at] for name, axis, at in zip(names, labels, place, strict=True)
    }
    return pl.DataFrame({**columns, "value_musd": final[place]})


def recognises(path: Path) -> bool:
    """A NumPy archive that holds final use and its labels."""
    if not first_bytes(path, 4).startswith(b"PK"):
        return False
    try:
        with zipfile.ZipFile(path) as archive:
            return {"F.npy", "cty.npy", "ind.npy", "fu.npy"} <= set(archive.namelist())
    except UNPACKING:
        return False


def whole_parts(path: Path) -> dict[str, Any]:
    """All parts of the archive, their labels checked: final use, domestic blocks (Zd), output (GO), and sums
    of intermediate goods sold abroad (intX) and bought there (intM). Raises InputError as ``read``.
    """
    parts = _parts(path, (*_READ, "Zd", "GO", "intX", "intM"))
    countries = [str(name) for name in parts["cty"]]
    _demand_labels(path, countries, parts)
    size = (len(countries), len(INDUSTRIES))
    shapes = {"F": (*size, size[0], len(CATEGORIES)), "Zd": (*size, size[1])}
    for name in ("F", "Zd", "GO", "intX", "intM"):
        expected, part = shapes.get(name, size), np.asarray(parts[name])
        if part.shape != expected or not np.isfinite(part).all():
            raise InputError(
                "A part does not fit the file's countries and industries, or is not all numbers.",
                file=path,
                column=name,
                found=f"{part.shape}, {int((~np.isfinite(part)).sum())} cells not finite",
                expected=str(expected),
                remedy="Copy or download the file again.",
            )
    return parts


def _parts(path: Path, names: Sequence[str] = _READ) -> dict[str, Any]:
    try:
        with np.load(path, allow_pickle=False) as archive:
            missing = [name for name in names if name not in archive]
            parts = {} if missing else {name: archive[name] for name in names}
            if any(not isinstance(part, np.ndarray) for part in parts.values()):
                raise ValueError("a part is not an array")  # numpy gives its bytes instead
    except Exception as error:  # NumPy and zipfile raise their own and builtin errors alike
        raise broken(path, "a NumPy archive (.npz)", error) from error
    if missing:
        raise InputError(
            "The file lacks parts.",
            file=path,
            found=f"no {', '.join(missing)}",
            expected=", ".join(names),
            remedy="Copy or download the file again.",
        )
    return parts


def _demand_labels(path: Path, countries: Sequence[str], parts: Mapping[str, Any]) -> None:
    """Refuse another order of industries or categories, and doubled countries or none of China."""
    industries = [str(name) for name in parts["ind"]]
    categories = [str(name) for name in parts["fu"]]
    problems = [
        f"industry {at + 1}: {name}"
        for at, (name, start) in enumerate(zip(industries, INDUSTRIES.values(), strict=False))
        if not name.startswith(start)
    ]
    problems += [
        f"category {at + 1}: {name}"
        for at, (name, word) in enumerate(zip(categories, _CATEGORY_WORDS, strict=False))
        if word not in name
    ]
    if len(set(countries)) != len(countries) or "CHN" not in countries:
        problems.append(f"countries {', '.join(countries)}")
    if problems or (len(industries), len(categories)) != (len(INDUSTRIES), len(CATEGORIES)):
        raise InputError(
            "The labels are not those of the release, in its order.",
            file=path,
            found=problems[0]
            if problems
            else f"{len(industries)} industries, {len(categories)} categories",
            expected="56 industries, five categories, countries once and China among them",
            remedy="Take the parts of the 2016 release.",
        )


READER = Reader(
    name=NAME,
    roles=("demand_structure",),
    read=read,
    recognises=recognises,
    publication=PUBLICATION,
    vintage_year=YEAR,
)
