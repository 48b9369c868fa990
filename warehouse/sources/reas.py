"""REAS v3.2: emissions of China by province and sector, fixed-width text tables, kt a year.

A folder, or the archive of one, with a table for each province and species, named
``EM_TBL_SECTOR_CHN_<PP>_<SPECIES>.txt``: a title with the unit, a line of years, then one line a
sector and the line TOTAL. Hong Kong, Macao and the whole country (WC) are not provinces.
"""

from __future__ import annotations

import re
import tarfile
from collections.abc import Iterator, Sequence
from pathlib import Path, PurePosixPath

import polars as pl

from warehouse.codes import PROVINCES
from warehouse.errors import InputError
from warehouse.files import UNPACKING
from warehouse.sources.base import Publication, Reader, broken, number, readable, role_frame

NAME = "reas"
SPECIES = ("SO2", "NOx", "CO", "NH3", "BC", "OC", "PM2.5")
NOT_PROVINCES = frozenset({"HK", "MC", "WC"})
SECTORS = ("PP", "IND", "ROAD", "OTRA", "RESI", "ODOM", "TOTAL")
NH3_SECTORS = ("CMB", "MM", "FER", "HUMAN", "LTRN", "INDPRC", "TOTAL")
_FILE = re.compile(r"EM_TBL_SECTOR_CHN_([A-Z]{2})_(.+)\.txt")
_TITLE = re.compile(r"REASv3\.2 SECTOR CHN ([A-Z]{2}) (\S+) \[kt(?:NO2)?/year\]")
_KT_TO_T = 1000.0
MAX_TABLE_BYTES = 1_000_000
HIGHEST_KT = 1e5
"""No province emits a tenth of this of anything (carbon monoxide of Hebei: some 10,000 kt)."""

PUBLICATION = Publication(
    producer="J. Kurokawa (Asia Center for Air Pollution Research) and T. Ohara (NIES, Japan)",
    title="Regional Emission inventory in ASia (REAS) version 3.2, China by province and sector",
    citation=(
        "Kurokawa, J. and Ohara, T. (2020): Long-term historical trends in air pollutant emissions "
        "in Asia: Regional Emission inventory in ASia (REAS) version 3. Atmospheric Chemistry and "
        "Physics 20, 12761-12793. doi:10.5194/acp-20-12761-2020"
    ),
    licence="Free for non-commercial research, with citation",
    terms_of_use=(
        "Non-commercial research use only; cite Kurokawa and Ohara (2020). Provincial totals by "
        "sector for the years used; the full data set is with its producers."
    ),
)


def read(paths: Sequence[Path], _role: str, year: int) -> pl.DataFrame:
    """Emission of one year in t by province, sector (and TOTAL) and the seven species.

    Raises InputError for a damaged archive, a missing table, a wrong title, an unknown sector, a
    missing year, or a cell that is not a number.
    """
    tables: dict[tuple[str, str], pl.DataFrame] = {}
    for file, text in _tables(paths):
        match = _FILE.fullmatch(PurePosixPath(file.rpartition(":")[2]).name)
        if match is None or match[2] not in SPECIES or match[1] in NOT_PROVINCES:
            continue
        table = (match[1], match[2])
        if table in tables:
            raise InputError(
                "The table of a province and species is there twice.",
                file=file,
                found=" ".join(table),
                expected="one table for each province and species",
                remedy="Remove one of the two.",
            )
        tables[table] = _table(text, table, year, file)
    wanted = {(code.removeprefix("CN-"), name) for code in PROVINCES for name in SPECIES}
    missing, unknown = sorted(wanted - set(tables)), sorted(set(tables) - wanted)
    if missing or unknown:
        raise InputError(
            "The tables are not those of 31 provinces and seven species.",
            file=", ".join(str(path) for path in paths),
            found=(
                f"{len(missing)} missing ({' '.join(missing[0]) if missing else '-'} first), "
                f"{len(unknown)} unknown ({' '.join(unknown[0]) if unknown else '-'} first)"
            ),
            expected="EM_TBL_SECTOR_CHN_<province>_<species>.txt for each",
            remedy="Copy or download the archive again.",
        )
    return pl.concat(tables.values())


def recognises(path: Path) -> bool:
    """One of the tables, or a folder or archive that holds them."""
    if path.is_dir():
        return any(_FILE.fullmatch(file.name) for file in path.rglob("*.txt"))
    if _FILE.fullmatch(path.name):
        return True
    try:
        with tarfile.open(path) as archive:
            return any(_FILE.fullmatch(PurePosixPath(name).name) for name in archive.getnames())
    except UNPACKING:
        return False


def _tables(paths: Sequence[Path]) -> Iterator[tuple[str, str]]:
    """Name and text of every table in the files, folders and archives."""
    for path in paths:
        if path.is_dir():
            for file in sorted(path.rglob("EM_TBL_SECTOR_CHN_*.txt")):
                yield str(file), _decode(readable(file).read_bytes(), str(file))
        elif _FILE.fullmatch(path.name):
            yield str(path), _decode(readable(path).read_bytes(), str(path))
        else:
            yield from _archived(readable(path))


def _archived(path: Path) -> Iterator[tuple[str, str]]:
    """Tables in an archive, read in memory: nothing is unpacked, so nothing can escape."""
    try:
        with tarfile.open(path) as archive:
            for member in archive:
                if not member.isfile() or not _FILE.fullmatch(PurePosixPath(member.name).name):
                    continue
                if member.size > MAX_TABLE_BYTES:
                    raise InputError(
                        "A table in the archive is far too large.",
                        file=f"{path}:{member.name}",
                        found=f"{member.size} bytes",
                        expected=f"at most {MAX_TABLE_BYTES} bytes",
                        remedy="Copy or download the archive again.",
                    )
                stream = archive.extractfile(member)
                content = stream.read() if stream is not None else b""
                yield f"{path}:{member.name}", _decode(content, f"{path}:{member.name}")
    except UNPACKING as error:
        raise broken(path, "a tar archive (.tar.gz)", error) from error


def _decode(content: bytes, file: str) -> str:
    try:
        return content.decode("ascii")
    except UnicodeDecodeError as error:
        raise broken(Path(file), "plain text", error) from error


def _table(text: str, table: tuple[str, str], year: int, file: str) -> pl.DataFrame:
    province, species = table
    lines = [line for line in text.splitlines() if line.strip()]
    title = _TITLE.fullmatch(lines[0].strip()) if lines else None
    if title is None or (title[1], title[2]) != table:
        raise InputError(
            "The title is not that of the table.",
            file=file,
            row="line 1",
            found=repr(lines[0].strip()) if lines else "an empty table",
            expected=f"REASv3.2 SECTOR CHN {province} {species} [kt/year]",
            remedy="Copy or download the file again.",
        )
    years = lines[1].split() if len(lines) > 1 else []
    if str(year) not in years:
        raise InputError(
            "The table has no such year.",
            file=file,
            row="line 2",
            found=f"{years[0]} to {years[-1]}" if years else "no years",
            expected=str(year),
            remedy="Choose a year that the inventory covers.",
        )
    at = years.index(str(year))
    sectors = NH3_SECTORS if species == "NH3" else SECTORS
    rows = []
    for place, line in enumerate(lines[2:], start=3):
        name, *cells = line.split()
        if len(cells) != len(years):
            raise InputError(
                "A line is cut off or too long.",
                file=file,
                row=f"line {place}",
                found=f"{len(cells)} figures",
                expected=f"{len(years)} figures",
                remedy="Copy or download the file again.",
            )
        value = number(
            cells[at], file=file, row=f"line {place} ({name})", column=str(year), unit="kt"
        )
        if not 0 <= value <= HIGHEST_KT:
            raise InputError(
                "A figure is out of scale: it is damaged or in another unit.",
                file=file,
                row=f"line {place} ({name})",
                column=str(year),
                found=f"{value:g} kt",
                expected=f"0 to {HIGHEST_KT:g} kt",
                remedy="Copy or download the file again.",
            )
        rows.append((f"CN-{province}", name, species, value * _KT_TO_T))
    found = tuple(row[1] for row in rows)
    if found != sectors:
        raise InputError(
            "The table's sectors are not the published ones.",
            file=file,
            column="sector",
            found=", ".join(found) or "none",
            expected=", ".join(sectors),
            remedy="Copy or download the file again.",
        )
    return role_frame(rows, "sector_emission")


READER = Reader(
    name=NAME,
    roles=("sector_emission",),
    read=read,
    recognises=recognises,
    publication=PUBLICATION,
    max_files=None,
)
