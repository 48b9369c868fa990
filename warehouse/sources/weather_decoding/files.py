"""Files of weather opened: NetCDF of every kind, alone or as members of the ZIP archive that a store delivers."""

from __future__ import annotations

import warnings
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path, PurePosixPath
from typing import Any

from warehouse.errors import InputError
from warehouse.files import UNPACKING
from warehouse.netcdf_files import damaged, demand_whole, is_netcdf
from warehouse.scratch import scratch
from warehouse.sources.base import broken, first_bytes, readable
from warehouse.sources.notes import note
from warehouse.sources.weather_decoding.decode import field_of
from warehouse.sources.weather_decoding.field import Field
from warehouse.sources.weather_decoding.variables import Known

_ENDINGS = (".nc", ".nc4", ".netcdf", ".cdf")
_MISNAMED = (*_ENDINGS, ".grib", ".grib2", ".grb", ".grb2")
_ZIP = b"PK\x03\x04"
Box = tuple[float, float, float, float]


def recognises(path: Path) -> bool:
    """NetCDF by its first bytes, a ZIP archive with NetCDF inside, or a name that promises weather.

    What only has the name is answered by the reader, which says what the file is instead.
    """
    if not path.is_file() or path.stat().st_size == 0:
        return False
    if first_bytes(path, 4) == _ZIP:
        return bool(_members(path))
    return is_netcdf(path) or path.suffix.lower() in _MISNAMED


def fields(
    paths: Sequence[Path], known: Mapping[str, Known], box: Box | None = None
) -> list[Field]:
    """The known variables of all files, in the order of the files' names.

    box: west, east, south, north of what is kept; None for all.  Notes variables that are passed over.
    Raises InputError for a file that is not whole NetCDF, and as field_of.
    """
    found: list[Field] = []
    for data, label in each_opened(paths):
        found += _fields_of(data, label, known, box)
    return found


def each_opened(paths: Sequence[Path]) -> Iterator[tuple[Any, Path]]:
    """Every NetCDF file, open, and the path that messages name; in the order of the names. Raises InputError."""
    for path in sorted(paths):
        with _unpacked(readable(path)) as files:
            for file, label in files:
                with opened(file, label) as data:
                    yield data, label


def _fields_of(data: Any, label: Path, known: Mapping[str, Known], box: Box | None) -> list[Field]:
    names = [str(name) for name in data.variables if str(name) in known]
    result = [field_of(data, name, known[name], label, box) for name in names]
    others = [
        str(name)
        for name, variable in data.data_vars.items()
        if str(name) not in known and variable.ndim >= 2 and not _is_bounds(str(name))
    ]
    if names and others:
        note(f"variables not read: {', '.join(others)}", label.name)
    groups = _groups(Path(data.encoding["source"])) if not names else []
    if groups:
        raise InputError(
            "The file keeps its variables in groups.",
            file=label,
            found=", ".join(groups),
            expected="variables at the top of the file",
            remedy="Write a group as a file of its own: `ncks -G : -g GROUP in.nc out.nc`.",
        )
    if not names:
        note(f"no variable is known: {', '.join(map(str, data.variables))}", label.name)
    return result


def _groups(path: Path) -> list[str]:
    import netCDF4

    with netCDF4.Dataset(path) as file:
        return list(file.groups)


def _is_bounds(name: str) -> bool:
    return name.endswith(("_bnds", "_bounds"))


@contextmanager
def opened(path: Path, label: Path) -> Iterator[Any]:
    """A whole NetCDF file, missing values as NaN and packed ones unpacked; times as they are written.

    label: the path that messages name.  Raises InputError for what is not whole NetCDF, also while values are
    read inside the block.
    """
    import xarray

    try:
        demand_whole(path)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # several missing values: all of them are masked
            with xarray.open_dataset(
                path, engine="netcdf4", decode_times=False, decode_timedelta=False
            ) as data:
                yield data
    except InputError as error:
        if str(error.file) == str(path):
            error.file = str(label)
        raise
    except (OSError, RuntimeError, ValueError, UnicodeError) as error:
        raise (damaged(path, error) if path == label else broken(label, "NetCDF", error)) from error


@contextmanager
def _unpacked(path: Path) -> Iterator[list[tuple[Path, Path]]]:
    """Files to open beside the paths that messages name: the file itself, or an archive's NetCDF members."""
    if first_bytes(path, 4) != _ZIP:
        yield [(path, path)]
        return
    from warehouse.archives import refuse_bombs  # which itself imports readers

    refuse_bombs(path)
    names = _members(path)
    if not names:
        demand_whole(path)  # refuses a ZIP archive, and says so
    with ExitStack() as stack:
        folder = stack.enter_context(scratch("weather"))
        archive = stack.enter_context(zipfile.ZipFile(path))
        files = []
        for place, name in enumerate(names):
            target = folder / f"{place}_{PurePosixPath(name).name}"
            try:
                target.write_bytes(archive.read(name))
            except UNPACKING as error:
                raise broken(path, "a ZIP archive", error) from error
            files.append((target, path / name))
        note(f"a ZIP archive, of which {', '.join(names)} is read", path.name)
        yield files


def _members(path: Path) -> list[str]:
    """NetCDF files in an archive, by their names; AppleDouble files and folders are ignored."""
    try:
        with zipfile.ZipFile(path) as archive:
            names = archive.namelist()
    except UNPACKING:
        return []
    return sorted(
        name
        for name in names
        if name.lower().endswith(_ENDINGS)
        and not PurePosixPath(name).name.startswith("._")
        and "__MACOSX" not in PurePosixPath(name).parts
    )
