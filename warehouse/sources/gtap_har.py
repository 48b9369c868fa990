"""GTAP's base data: a header array file (HAR) with the headers of the model's version 7.

A HAR file holds named arrays whose axes are named sets. Cells are found by the sets' labels, never by
position. Older bases carry other names (VDFM, VXMD, VIMS ...), which this reader refuses.
"""

from __future__ import annotations

import io
import re
from collections.abc import Mapping, Sequence
from contextlib import redirect_stderr
from pathlib import Path
from types import MappingProxyType
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from warehouse.errors import InputError
from warehouse.paper_contracts import ALL, GTAP_CHECK_HEADERS, GTAP_HEADERS
from warehouse.sources.base import Publication, Reader, broken, first_bytes, readable, single_file
from warehouse.sources.gtap_identities import check_identities
from warehouse.sources.har_records import check_records
from warehouse.sources.progress import begin, told

NAME = "gtap_har"

PUBLICATION = Publication(
    producer="Center for Global Trade Analysis, Purdue University (GTAP)",
    title="GTAP Data Base, multi-region input-output base data",
    citation=(
        "Aguiar, A., Chepeliev, M., Corong, E. and van der Mensbrugghe, D. (2022): The Global Trade "
        "Analysis Project (GTAP) Data Base: Version 11. Journal of Global Economic Analysis 7(2), "
        "1-37. doi:10.21642/JGEA.070201AF"
    ),
    licence="GTAP licence of the user (header LICN of the file)",
    terms_of_use="As the user's GTAP licence says; do not pass the file or its cells on.",
)

_C, _A, _E, _M, _R = "COMM", "ACTS", "ENDW", "MARG", "REG"
_USER = (_C, _A, _R)
_REGIONAL = (_C, _R)
_BILATERAL = (_C, _R, _R)
DIMENSIONS: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        **dict.fromkeys(("VDFB", "VMFB", "VDFP", "VMFP", "MAKB", "MAKS"), _USER),
        **dict.fromkeys(
            ("VDPB", "VMPB", "VDGB", "VMGB", "VDIB", "VMIB", "VOSB"),
            _REGIONAL,
        ),
        **dict.fromkeys(
            ("VXSB", "VMSB", "VCIF", "VFOB", "TFRV", "ADRV", "XTRV", "MFRV", "VRRV"), _BILATERAL
        ),
        **dict.fromkeys(("EVFB", "EVFP"), (_E, _A, _R)),
        "VST": (_M, _R),
        "VTWR": (_M, _C, _R, _R),
    }
)
"""Header to the sets of its axes, in GTAP's order; of two regions the first is the source."""

_IMPORTED = frozenset({"VMFB", "VMPB", "VMGB", "VMIB", "VMFP"})
_OLD_HEADERS = frozenset({"VDFM", "VDFA", "VXMD", "VIMS", "VIFM", "VIWS", "VDPM", "VFM"})
_SIGNATURE = re.compile(rb"\x04\x00\x00\x00[A-Za-z0-9]{1,4} {0,3}\x04\x00\x00\x00", re.DOTALL)
_YEAR = re.compile(r"(?<!\d)(?:19|20)\d\d(?!\d)")
_PREFIX = {_C: "c_", _A: "a_", _M: "c_"}

Arrays = Mapping[str, NDArray[np.float64]]
Labels = Mapping[str, tuple[str, ...]]


def read(paths: Sequence[Path], _role: str, year: int) -> pl.DataFrame:
    """All cells but zeros of the headers of ``DIMENSIONS`` that the file has, in million USD.

    Commodity, activity and endowment codes in lower case, without the prefixes ``c_`` and ``a_`` where the
    whole set has them; regions in upper case; ``ALL`` where a header lacks the dimension. The region of a
    domestic header stands in both region columns.

    Raises InputError for a damaged file, names of the old model, a missing header, axes that do not fit,
    another base year than the edition's, a cell that is not a number, or accounts that do not add up.
    """
    path = single_file(paths, NAME)
    begin(path, "GTAP base")
    check_records(readable(path))
    found = _headers(path)
    _refuse_old(found, path)
    release, arrays, labels = _load(path, found)
    _check_year(release, year, path)
    for name, array in arrays.items():
        _check_numbers(name, array, labels, path)
    check_identities(arrays, labels, path)
    names = told(list(arrays), "GTAP headers into rows")
    return pl.concat(_rows(name, arrays[name], labels) for name in names)


def recognises(path: Path) -> bool:
    """A file that begins with the record of a header's name."""
    return path.is_file() and _SIGNATURE.match(first_bytes(path, 12)) is not None


def _headers(path: Path) -> list[str]:
    from harpy.har_file_io import HarFileIO

    try:
        with redirect_stderr(io.StringIO()):  # harpy prints its stack when a record is cut off
            names = HarFileIO.readHarFileInfo(str(path)).getHeaderArrayNames()
    except Exception as error:  # harpy raises what struct, numpy and its own checks raise
        raise broken(path, "a GEMPACK header array file", error) from error
    stripped = [name.strip() for name in names]
    twice = sorted({name for name in stripped if stripped.count(name) > 1})
    if twice:
        raise InputError(
            "A header stands in the file twice.",
            file=path,
            column=", ".join(twice),
            found="more than one array",
            expected="one array a header",
            remedy="Take the file of the GTAP package unchanged.",
        )
    return stripped


def _refuse_old(found: Sequence[str], path: Path) -> None:
    old = sorted(_OLD_HEADERS.intersection(found))
    missing = [name for name in GTAP_HEADERS if name not in found]
    if not missing:
        return
    if old and "VDFB" in missing:
        raise InputError(
            "The file has the header names of the GTAP model's version 6; those of version 7 are read.",
            file=path,
            column=", ".join(missing),
            found=", ".join(old),
            expected=", ".join(GTAP_HEADERS),
            remedy=(
                "Take the base data in the format of model version 7: GTAP 11 comes with it (and the "
                "releases 9 and 10 were converted to it); it names VDFB what version 6 named VDFM."
            ),
        )
    raise InputError(
        "The file lacks headers.",
        file=path,
        column=", ".join(missing),
        found=", ".join(found[:60]) or "no header",
        expected=", ".join(GTAP_HEADERS),
        remedy="Take the base data file (basedata.har), not sets, parameters or a view file.",
    )


def _load(
    path: Path, found: Sequence[str]
) -> tuple[str, dict[str, NDArray[np.float64]], dict[str, tuple[str, ...]]]:
    """The release text, the arrays by header, and the labels of each set."""
    from harpy.har_file_io import HarFileIO

    wanted = [name for name in (*GTAP_HEADERS, *GTAP_CHECK_HEADERS) if name in found]
    text = [name for name in ("DREL",) if name in found]
    try:
        with redirect_stderr(io.StringIO()):
            objects = HarFileIO.readHeaderArraysFromFile(str(path), wanted + text)
    except Exception as error:
        raise broken(path, "a GEMPACK header array file", error) from error
    by_name = {item["name"].strip(): item for item in objects}
    labels: dict[str, tuple[str, ...]] = {}
    arrays: dict[str, NDArray[np.float64]] = {}
    for name in wanted:
        _check_axes(name, by_name[name], labels, path)
        arrays[name] = np.asarray(by_name[name]["array"], dtype=np.float64)
    strangers = sorted(set(labels["MARG"]) - set(labels["COMM"]))
    if strangers:
        raise _odd_axes(
            "VST", path, f"margins {', '.join(strangers)} are not commodities", DIMENSIONS["VST"]
        )
    release = " ".join(str(part) for part in by_name["DREL"]["array"]) if text else ""
    return release.strip(), arrays, {name: _codes(name, items) for name, items in labels.items()}


def _check_axes(
    name: str, item: Mapping[str, Any], labels: dict[str, tuple[str, ...]], path: Path
) -> None:
    """The header's axes are the sets it should have, with the labels that the others have."""
    axes = [
        (str(axis["name"]).strip(), tuple(str(label).strip() for label in axis["dim_desc"] or ()))
        for axis in item.get("sets") or ()
    ]
    expected = DIMENSIONS[name]
    if len(axes) != len(expected) or item["array"].ndim != len(expected):
        raise _odd_axes(name, path, " x ".join(axis for axis, _ in axes) or "no sets", expected)
    for (axis, found), kind in zip(axes, expected, strict=True):
        if not found or len(set(found)) != len(found):
            raise _odd_axes(name, path, f"set {axis} with {len(set(found))} labels", expected)
        known = labels.setdefault(kind, found)
        if known != found:
            odd = sorted(set(known) ^ set(found))
            raise _odd_axes(
                name, path, f"set {axis} differs: {', '.join(odd) or 'another order'}", expected
            )


def _odd_axes(name: str, path: Path, found: str, expected: Sequence[str]) -> InputError:
    return InputError(
        "A header's axes are not those of the GTAP base.",
        file=path,
        column=name,
        found=found,
        expected=f"{' x '.join(expected)}, the same labels in every header",
        remedy="Take the file of the GTAP package unchanged.",
    )


def _codes(kind: str, labels: Sequence[str]) -> tuple[str, ...]:
    """Labels as codes: regions in upper case, others in lower case without the set's prefix."""
    if kind == _R:
        return tuple(label.upper() for label in labels)
    lower = tuple(label.lower() for label in labels)
    prefix = _PREFIX.get(kind)
    if prefix and all(label.startswith(prefix) for label in lower):
        return tuple(label.removeprefix(prefix) for label in lower)
    return lower


def _check_year(release: str, year: int, path: Path) -> None:
    stated = _YEAR.search(release)
    if stated is None or int(stated[0]) != year:
        raise InputError(
            "The base is of another year, or does not say of which.",
            file=path,
            column="DREL",
            found=release or "no release text",
            expected=f"a release of {year}",
            remedy="Take the base of the year, or an edition that uses this year on purpose.",
        )


def _check_numbers(name: str, array: NDArray[np.float64], labels: Labels, path: Path) -> None:
    wrong = np.argwhere(~np.isfinite(array))
    if not len(wrong):
        _check_sign(name, array, path)
        return
    place = [labels[kind][at] for kind, at in zip(DIMENSIONS[name], wrong[0], strict=True)]
    raise InputError(
        "A cell does not hold a number.",
        file=path,
        row=", ".join(place),
        column=name,
        found=f"{array[tuple(wrong[0])]} ({len(wrong)} such cells)",
        expected="a number (million USD)",
        remedy="Copy the file again.",
    )


def _check_sign(name: str, array: NDArray[np.float64], path: Path) -> None:
    """Cells may be below zero, and so may taxes (headers that end with RV), but no header of values is in sum."""
    total = float(array.sum())
    if total < 0 and not name.endswith("RV"):
        raise InputError(
            "A header of values is negative in sum.",
            file=path,
            column=name,
            found=f"{total:,.6g} million USD",
            expected="zero or more",
            remedy="Take the file of the GTAP package unchanged.",
        )


def _rows(name: str, array: NDArray[np.float64], labels: Labels) -> pl.DataFrame:
    """The non-zero cells of a header as rows of the role."""
    at = np.nonzero(array)
    kinds = DIMENSIONS[name]
    codes = [
        pl.Series(list(labels[kind]), dtype=pl.String).gather(index)
        for kind, index in zip(kinds, at, strict=True)
    ]
    constant = pl.lit(ALL, dtype=pl.String)
    commodity: pl.Series | pl.Expr = codes[0]
    agent: pl.Series | pl.Expr = constant
    source: pl.Series | pl.Expr = codes[-1]
    target: pl.Series | pl.Expr = codes[-1]
    if kinds == _BILATERAL:
        source = codes[1]
    elif name == "VTWR":
        agent, commodity, source = codes[0], codes[1], codes[2]
    elif name == "VST":
        target = constant
    elif len(kinds) == 3:
        agent = codes[1]
    if name in _IMPORTED:
        source = constant
    return pl.select(
        header=pl.lit(name, dtype=pl.String),
        commodity=commodity,
        agent=agent,
        from_region=source,
        to_region=target,
        value_musd=pl.Series(array[at], dtype=pl.Float64),
    )


READER = Reader(
    name=NAME,
    roles=("gtap_flow",),
    read=read,
    recognises=recognises,
    publication=PUBLICATION,
)
