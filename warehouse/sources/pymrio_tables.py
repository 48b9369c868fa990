"""World tables of other publishers, parsed by pymrio: OECD's ICIO, EXIOBASE 3, Eora26, GLORIA, WIOD 2013.

The parsers are pymrio's (an optional extra: ``pip install 'tradeplume[world]'``). Here stands which of them a
file is for, how its year is told, and which of its parts are the blocks of the table (``world_table``).
"""

from __future__ import annotations

import re
import warnings
import zipfile
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from warehouse.errors import InputError
from warehouse.files import UNPACKING
from warehouse.sources import wiod
from warehouse.sources.base import (
    Publication,
    Reader,
    csv_heading,
    readable,
    single_file,
    some_files,
)
from warehouse.sources.icio_file import LABEL, one_csv, refuse_gaps, tables_in
from warehouse.sources.notes import note
from warehouse.sources.pymrio_system import of_system, value_added_among
from warehouse.sources.world_lists import SEEDS
from warehouse.sources.world_table import WorldTable, role_table

ROLE = "global_table"
Array = NDArray[np.float64]

_YEAR = r"(?<!\d)(?:19|20)\d\d(?!\d)"
_ICIO_NAME = re.compile(r"(ICIO20\d\d|\d{4}_SML)", re.IGNORECASE)
_PARAMETERS = "file_parameters.json"
_EORA_NAME = re.compile(r"Eora26_(\d{4})_(bp|pp)")
_GLORIA_NAME = re.compile(r"GLORIA_MRIOs_0?(\d+a?)_(\d{4})")
_GLORIA_PARTS = ("GLORIA_MRIOs_", "GLORIA_SatelliteAccounts_", "GLORIA_ReadMe_")
_WIOD_NAME = re.compile(r"^wiot(\d{2})", re.IGNORECASE)
_MISSING_PART = re.compile(
    r"(?:no item named|No such file or directory:) '(?:[^']*/)?([^'/]+)'", re.IGNORECASE
)


def read_icio(paths: Sequence[Path], _role: str, year: int) -> pl.DataFrame:
    """OECD's full ICIO of one year, a CSV file or a zip with one. Raises InputError."""
    path = single_file(paths, "icio")
    names = re.findall(_YEAR, re.sub(r"ICIO20\d\d", "", path.stem))
    _same_year(names[-1] if names else None, year, path)
    with one_csv(path) as file:
        refuse_gaps(file, path)
        table = _parsed(lambda pymrio: pymrio.parse_oecd(file), path)
    return role_table(
        of_system(table, table.factor_inputs.F.to_numpy().sum(axis=0), path), year, path
    )


def read_exiobase(paths: Sequence[Path], _role: str, year: int) -> pl.DataFrame:
    """EXIOBASE 3, by products or industries, or any table that pymrio has saved. Raises InputError."""
    path = _folder_or_file(paths, "exiobase3")
    root = path
    if path.is_dir() and not (path / _PARAMETERS).exists():
        root = next(each.parent for each in sorted(path.glob(f"*/{_PARAMETERS}")))
    inside = next((name for name in _members(path) if "/" in name), "").partition("/")[0]
    stated = (re.findall(_YEAR, name) for name in (path.stem, root.name, inside))
    names = next(filter(None, stated), [])
    _same_year(names[-1] if names else None, year, path)
    table = _parsed(lambda pymrio: pymrio.parse_exiobase3(root), path)
    if table.Z is None:
        table.calc_system()  # published as coefficients
    return role_table(of_system(table, value_added_among(table), path), year, path)


def read_eora(paths: Sequence[Path], _role: str, year: int) -> pl.DataFrame:
    """Eora26 of one year at basic prices, a folder or a zip. Raises InputError."""
    path = _folder_or_file(paths, "eora26")
    found = next(filter(None, map(_EORA_NAME.search, [path.name, *_members(path)])), None)
    _same_year(found.group(1) if found else None, year, path)
    if found and found.group(2) == "pp":
        raise InputError(
            "The table is at purchasers' prices.",
            file=path,
            found="pp",
            expected="bp, basic prices",
            remedy=f"Download Eora26_{year}_bp.zip.",
        )
    table = _parsed(lambda pymrio: pymrio.parse_eora26(path, year=year), path)
    note("pymrio leaves out Eora's region ROW, which holds statistical discrepancies.", path.name)
    return role_table(of_system(table, table.VA.F.to_numpy().sum(axis=0), path), year, path)


def read_gloria(paths: Sequence[Path], _role: str, year: int) -> pl.DataFrame:
    """GLORIA of one year at basic prices: a folder with tables, satellites and read-me, or these three.

    Industries make one product each there, so that the use table is the table of products by products.
    Raises InputError.
    """
    for path in some_files(paths, "gloria"):
        if not path.is_dir():
            readable(path)
    folder = paths[0] if len(paths) == 1 else paths[0].parent
    names = [each.name for each in ([folder, *folder.iterdir()] if folder.is_dir() else [folder])]
    lacking = [part for part in _GLORIA_PARTS if not any(name.startswith(part) for name in names)]
    found = next(filter(None, map(_GLORIA_NAME.search, names)), None)
    if lacking or found is None:
        raise InputError(
            "Parts of GLORIA are missing.",
            file=folder,
            found=f"no {', '.join(lacking) or 'GLORIA_MRIOs_<version>_<year>'}",
            expected="GLORIA_MRIOs_<version>_<year>, GLORIA_SatelliteAccounts_<version>_<year>,"
            " GLORIA_ReadMe_<version>.xlsx",
            remedy="Put all three side by side, as downloaded.",
        )
    _same_year(found.group(2), year, folder)
    version: int | str = int(found.group(1)) if found.group(1).isdigit() else found.group(1)
    parts, _ = _parsed(lambda pymrio: pymrio.parse_gloria_sut(folder, year, version), folder)
    supply, use = parts["V"], parts["U"]
    made = supply.to_numpy()
    if float(made.sum() - np.trace(made)) > 1e-6 * float(made.sum()):
        raise InputError(
            "Industries of the table make products of others.",
            file=folder,
            found="supply beside the diagonal",
            expected="a diagonal supply table, as GLORIA publishes",
            remedy="Take GLORIA's tables unchanged.",
        )
    table = WorldTable(
        rows=list(use.index),
        columns=list(parts["Y"].columns),
        flows=use.to_numpy(dtype=np.float64),
        demand=parts["Y"].to_numpy(dtype=np.float64),
        value_added=parts["VA"].to_numpy(dtype=np.float64).sum(axis=0),
        unit=["000 US$"],
    )
    return role_table(table, year, folder)


def read_wiod(paths: Sequence[Path], _role: str, year: int) -> pl.DataFrame:
    """WIOD's 2013 release, one workbook a year, in WIOD's own 35 sectors. Raises InputError."""
    path = single_file(paths, "wiod_workbook")
    found = _WIOD_NAME.match(path.name)
    _same_year(
        f"{'19' if found.group(1) > '50' else '20'}{found.group(1)}" if found else None, year, path
    )
    table = _parsed(lambda pymrio: pymrio.parse_wiod(path, names=("c_codes", "c_codes")), path)
    inputs = table.factor_inputs.F.to_numpy().sum(axis=0)
    return role_table(of_system(table, inputs, path), year, path)


def _folder_or_file(paths: Sequence[Path], reader: str) -> Path:
    """The one folder, or the one file, which exists and has bytes. Raises InputError."""
    if len(paths) == 1 and paths[0].is_dir():
        return paths[0]
    return single_file(paths, reader)


def _parsed(parse: Callable[[Any], Any], path: Path) -> Any:
    """What a parser of pymrio makes of a file. Raises InputError without pymrio, and where the parser fails."""
    try:
        import pymrio  # an optional extra, slow to import
    except ImportError as error:
        raise InputError(
            "World tables of other publishers are read by pymrio, which is not installed.",
            file=path,
            found="no package pymrio",
            expected="pymrio 0.7",
            remedy="pip install 'tradeplume[world]'. Or land a tidy table of the role.",
        ) from error
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # on speed, and on extensions that nobody asked for
            return parse(pymrio)
    except MemoryError:
        raise
    except Exception as error:  # pymrio and pandas raise builtin errors of many kinds
        first = (str(error).strip() or "no message").splitlines()[0][:200]
        if absent := _MISSING_PART.search(first):
            raise InputError(
                "A file of the world table is missing.",
                file=path,
                found=f"no {absent[1]}",
                expected="all files of the table side by side: pymrio reads the accounts beside it, too",
                remedy=f"Put {absent[1]} beside the others. Eora gives its labels in indices.zip.",
            ) from error
        raise InputError(
            "pymrio cannot parse the table.",
            file=path,
            found=f"{type(error).__name__}: {first}",
            expected="one year of one release, as downloaded",
            remedy="Download it again; of an archive with several years, land the file of the year alone.",
        ) from error


def _same_year(named: str | None, year: int, path: Path) -> None:
    """The file's year is the edition's. Raises InputError; a name without a year is noted."""
    if named is None:
        note(f"The name has no year: taken as of {year}.", path.name)
    elif int(named) != year:
        raise InputError(
            "The world table is of another year.",
            file=path,
            found=named,
            expected=str(year),
            remedy=f"Land the table of {year}, or write an edition of {named} (docs/editions.md).",
        )


def _members(path: Path) -> list[str]:
    """Names inside a folder or zip; empty for anything else."""
    try:
        if path.is_dir():
            return sorted(each.relative_to(path).as_posix() for each in path.glob("*"))
        if path.suffix.lower() == ".zip":
            with zipfile.ZipFile(path) as archive:
                return archive.namelist()
    except UNPACKING:
        pass
    return []


def _is_icio(path: Path) -> bool:
    if path.suffix.lower() == ".csv":
        labels = csv_heading(path)[1:50]
        return len(labels) > 1 and all(LABEL.match(label.strip()) for label in labels)
    members = tables_in(_members(path)) if path.suffix.lower() == ".zip" else []
    return bool(members) and all(_ICIO_NAME.search(name) for name in members)


def _is_saved(path: Path) -> bool:
    if path.is_dir():
        return (path / _PARAMETERS).exists() or any(path.glob(f"*/{_PARAMETERS}"))
    return any(Path(name).name == _PARAMETERS for name in _members(path))


def _is_eora(path: Path) -> bool:
    return any(_EORA_NAME.search(name) for name in [path.name, *_members(path)])


def _is_gloria(path: Path) -> bool:
    return any(name.startswith(_GLORIA_PARTS) for name in [path.name, *_members(path)])


def _is_wiod(path: Path) -> bool:
    return path.suffix.lower() == ".xlsx" and _WIOD_NAME.match(path.name) is not None


def _reader(
    name: str,
    read: Callable[[Sequence[Path], str, int], pl.DataFrame],
    recognises: Callable[[Path], bool],
    publication: Publication,
    max_files: int = 1,
) -> Reader:
    return Reader(
        name=name,
        roles=(ROLE,),
        read=read,
        recognises=recognises,
        publication=publication,
        max_files=max_files,
        seeds=SEEDS,
    )


_PARSED = "Parsed by pymrio (Stadler 2021, doi:10.5334/jors.251)."

WORLD_READERS = (
    _reader(
        "icio",
        read_icio,
        _is_icio,
        Publication(
            producer="OECD",
            title="Inter-Country Input-Output tables",
            citation="OECD, Inter-Country Input-Output tables, http://oe.cd/icio (name the edition)",
            licence="CC BY 4.0 (OECD terms since July 2024)",
            terms_of_use=f"Cite OECD and the edition. {_PARSED}",
        ),
    ),
    _reader(
        "exiobase3",
        read_exiobase,
        _is_saved,
        Publication(
            producer="EXIOBASE consortium",
            title="EXIOBASE 3, monetary tables",
            citation="Stadler, K. et al. (2018): EXIOBASE 3. Journal of Industrial Ecology 22, 502-515."
            " doi:10.1111/jiec.12715",
            licence="CC BY-SA 4.0",
            terms_of_use=f"Cite Stadler et al. (2018) and the Zenodo record of the version. {_PARSED}",
        ),
    ),
    _reader(
        "eora26",
        read_eora,
        _is_eora,
        Publication(
            producer="Eora",
            title="Eora26, basic prices",
            citation="Lenzen, M. et al. (2012): Mapping the structure of the world economy. Environmental"
            " Science & Technology 46, 8374-8381. doi:10.1021/es300171x",
            licence="Eora's own, free for academic use",
            terms_of_use=f"Cite Lenzen et al. (2012, 2013); other use needs a licence. {_PARSED}",
        ),
    ),
    _reader(
        "gloria",
        read_gloria,
        _is_gloria,
        Publication(
            producer="GLORIA, Industrial Ecology Virtual Laboratory",
            title="Global Resource Input-Output Assessment, monetary tables",
            citation="Lenzen, M. et al. (2022): Implementing the material footprint to measure progress towards"
            " SDGs 8 and 12. Nature Sustainability 5, 157-166. doi:10.1038/s41893-021-00811-6",
            licence="as stated at ielab.info",
            terms_of_use=f"Cite Lenzen et al. (2022) and the release. {_PARSED}",
        ),
        max_files=3,
    ),
    _reader("wiod_workbook", read_wiod, _is_wiod, wiod.PUBLICATION),
)
"""Readers of the role global_table that pymrio parses for."""
