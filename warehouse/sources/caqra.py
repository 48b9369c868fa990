"""CAQRA, the Chinese air quality reanalysis (15 km), 2013-2018, as released for ChinaVis 2021.

Two layouts: provincial daily series (one CSV a province, no date column: row i is 2013-01-01 plus i
days; a folder or its archive), and daily grids (``CN-Reanalysis-daily-YYYYMMDDHH.csv``), which are
averaged over provinces with the release that names each cell's province. Both are means over the
cells of a province, not weighted by people: a desert province reads far below its cities.
"""

from __future__ import annotations

import gzip
import io
import re
import tarfile
from collections.abc import Iterator, Sequence
from datetime import date
from pathlib import Path, PurePosixPath

import polars as pl
from polars.exceptions import PolarsError

from warehouse.errors import InputError
from warehouse.files import UNPACKING
from warehouse.province_names import province_of_any_name
from warehouse.sources.air_files import check_heading, heading, numbers
from warehouse.sources.base import Publication, Reader, broken, readable

NAME = "caqra"
FIRST_DAY = date(2013, 1, 1)
# Not provinces of the analysis: the whole country, Hong Kong, Macao, Taiwan.
_OTHER_PLACES = frozenset({"中华人民共和国", "香港特别行政区", "澳门特别行政区", "台湾省"})
_MG_TO_UG, _PA_TO_HPA, _KELVIN = 1000.0, 0.01, 273.15
_POLLUTANTS = {"PM2": "PM2.5", "PM10": "PM10", "SO2": "SO2", "NO2": "NO2", "CO": "CO", "O3": "O3"}
_WEATHER = {
    "U": "wind_u_m_s",
    "V": "wind_v_m_s",
    "TEMP": "temperature_c",
    "RH": "relative_humidity_pct",
    "PSFC": "pressure_hpa",
}
_COLUMNS = (*_POLLUTANTS, *_WEATHER)
_GRID_FILE = re.compile(r"CN-Reanalysis-daily-(\d{4})(\d{2})(\d{2})\d{2}\.csv(\.gz)?")
_GRID_SHORT = {"PM2.5": "PM2"}
_CELL = ("lat", "lon")
_MAX_SERIES_BYTES = 5_000_000

PUBLICATION = Publication(
    producer="Institute of Atmospheric Physics, Chinese Academy of Sciences",
    title="Chinese air quality reanalysis (CAQRA), daily means 2013-2018, as released for ChinaVis 2021",
    citation=(
        "Kong, L. et al. (2021): A 6-year-long (2013-2018) high-resolution air quality reanalysis "
        "dataset in China based on the assimilation of surface observations from CNEMC. Earth System "
        "Science Data 13, 529-570. doi:10.5194/essd-13-529-2021"
    ),
    licence="None stated with the release; the paper that describes the data is CC BY 4.0",
    terms_of_use="Cite Kong et al. (2021).",
)


def read(paths: Sequence[Path], role: str, _year: int) -> pl.DataFrame:
    """Daily provincial pollutants (ug/m3) or weather of the files.

    Raises InputError for a series of an unknown province, an unknown heading, text in a number cell,
    series of different length, or grids without the file that says which cell lies in which province.
    """
    grids = [path for path in paths if _GRID_FILE.fullmatch(path.name)]
    wide = (
        _from_grids(grids, [path for path in paths if path not in grids])
        if grids
        else _from_series(paths)
    )
    return _observations(wide) if role == "observation" else _weather(wide)


def recognises(path: Path) -> bool:
    """A grid of a day, the grid with provinces, a provincial series, or an archive of series."""
    if _GRID_FILE.fullmatch(path.name) or _is_mask(path):
        return True
    if path.suffix == ".csv":
        return tuple(heading(path)) == _COLUMNS
    try:
        with tarfile.open(path) as archive:
            first = archive.next()
            return first is not None and _province(first.name) is not None
    except UNPACKING:
        return False


def _province(name: str) -> str | None:
    """Province of a series' file name; empty for a place that is not in the analysis."""
    stem = PurePosixPath(name.rpartition(":")[2]).stem
    return "" if stem in _OTHER_PLACES else province_of_any_name(stem)


def _from_series(paths: Sequence[Path]) -> pl.DataFrame:
    frames: dict[str, pl.DataFrame] = {}
    for name, content in _series_files(paths):
        province = _province(name)
        if province is None or province in frames:
            raise InputError(
                "The file's name is not a province, or one that was there before.",
                file=name,
                found=PurePosixPath(name).name,
                expected="the Chinese name of a province, each once",
                remedy="Give the file back its published name.",
            )
        if province:
            frames[province] = _series(Path(name), content)
    lengths = {province: frame.height for province, frame in frames.items()}
    if len(set(lengths.values())) > 1:
        longest = max(lengths.values())
        short = [province for province, length in lengths.items() if length != longest]
        raise InputError(
            "The series are of different length, so their rows cannot be of the same days.",
            file=", ".join(str(path) for path in paths),
            found=f"{short[0]}: {lengths[short[0]]} rows",
            expected=f"{longest} rows, one a day from {FIRST_DAY}",
            remedy="Copy or download the archive again.",
        )
    return pl.concat(
        frame.with_columns(pl.lit(province).alias("place")) for province, frame in frames.items()
    )


def _series_files(paths: Sequence[Path]) -> Iterator[tuple[str, bytes]]:
    for path in paths:
        if path.is_dir():
            for file in sorted(path.glob("*.csv")):
                yield str(file), readable(file).read_bytes()
        elif path.suffix == ".csv":
            yield str(path), readable(path).read_bytes()
        else:
            yield from _archived(readable(path))


def _archived(path: Path) -> Iterator[tuple[str, bytes]]:
    try:
        with tarfile.open(path) as archive:
            for member in archive:
                if not member.isfile() or not member.name.endswith(".csv"):
                    continue
                stream = archive.extractfile(member)
                content = stream.read(_MAX_SERIES_BYTES + 1) if stream is not None else b""
                if len(content) > _MAX_SERIES_BYTES:
                    raise InputError(
                        "A series in the archive is far too large.",
                        file=f"{path}:{member.name}",
                        found=f"more than {_MAX_SERIES_BYTES} bytes",
                        expected="one row a day",
                        remedy="Copy or download the archive again.",
                    )
                yield f"{path}:{member.name}", content
    except UNPACKING as error:
        raise broken(path, "a tar archive (.tar.gz)", error) from error


def _series(path: Path, content: bytes) -> pl.DataFrame:
    frame = _table(path, content)
    check_heading(path, frame.columns, _COLUMNS)
    days = pl.lit(FIRST_DAY) + pl.duration(days=pl.int_range(pl.len()))
    return numbers(frame, _COLUMNS, path).select(*_COLUMNS, days.alias("date"))


def _table(path: Path, content: bytes) -> pl.DataFrame:
    try:
        frame = pl.read_csv(io.BytesIO(content), infer_schema=False, truncate_ragged_lines=True)
    except (PolarsError, UnicodeDecodeError) as error:
        raise broken(path, "CSV in UTF-8", error) from error
    names = [name.strip().strip("\ufeff") for name in frame.columns]
    frame.columns = [name or f"unnamed_{place}" for place, name in enumerate(names)]
    return frame.with_columns(pl.all().str.strip_chars())


def _from_grids(grids: Sequence[Path], others: Sequence[Path]) -> pl.DataFrame:
    masks = [path for path in others if _is_mask(path)]
    if len(masks) != 1:
        raise InputError(
            "Daily grids need one file that says which cell lies in which province.",
            file=", ".join(path.name for path in grids[:3]),
            found=f"{len(masks)} such files",
            expected="a grid file with the columns lat, lon, province beside them",
            remedy="Put the release's grid with provinces into the same folder.",
        )
    cells = _cells(masks[0])
    days = [_grid(path, cells) for path in sorted(grids)]
    return pl.concat(days)


def _cells(path: Path) -> pl.DataFrame:
    frame = _table(path, _bytes(path)).filter(~pl.col("province").is_in(["", "NULL"]))
    names = frame["province"].unique().to_list()
    codes = {name: _province(f"{name}.csv") for name in names}
    unknown = [name for name, code in codes.items() if code is None]
    if unknown:
        raise InputError(
            "A cell lies in an unknown province.",
            file=path,
            column="province",
            found=unknown[0],
            expected="the Chinese name of a province",
            remedy="Copy or download the file again.",
        )
    return (
        numbers(frame, _CELL, path)
        .select(*_CELL, pl.col("province").replace_strict(codes).alias("place"))
        .filter(pl.col("place") != "")
    )


def _grid(path: Path, cells: pl.DataFrame) -> pl.DataFrame:
    match = _GRID_FILE.fullmatch(path.name)
    if match is None:
        raise ValueError(f"not a grid file: {path}")
    frame = _table(path, _bytes(path))
    shorter = {name: re.sub(r"[((].*$", "", name).strip() for name in frame.columns}
    frame = frame.rename({name: _GRID_SHORT.get(short, short) for name, short in shorter.items()})
    check_heading(path, frame.columns, (*_COLUMNS, *_CELL))
    joined = numbers(frame, (*_COLUMNS, *_CELL), path).join(cells, on=list(_CELL), how="inner")
    if joined.height < cells.height:
        raise InputError(
            "Cells of the provinces are missing from the grid.",
            file=path,
            found=f"{joined.height} cells",
            expected=f"{cells.height} cells",
            remedy="Copy or download the file again.",
        )
    day = date(int(match[1]), int(match[2]), int(match[3]))
    return (
        joined.group_by("place")
        .agg(pl.col(_COLUMNS).mean())
        .sort("place")
        .select(*_COLUMNS, pl.lit(day).alias("date"), "place")
    )


def _bytes(path: Path) -> bytes:
    content = readable(path).read_bytes()
    try:
        return gzip.decompress(content) if content.startswith(b"\x1f\x8b") else content
    except UNPACKING as error:
        raise broken(path, "gzip", error) from error


def _is_mask(path: Path) -> bool:
    return path.is_file() and {"lat", "lon", "province", "PM2"} <= set(heading(path))


def _observations(wide: pl.DataFrame) -> pl.DataFrame:
    long = wide.unpivot(list(_POLLUTANTS), index=["place", "date"], variable_name="name")
    is_co = pl.col("name") == "CO"
    return long.filter(pl.col("value").is_not_null()).select(
        pl.lit("province").alias("place_kind"),
        "place",
        "date",
        pl.col("name").replace_strict(_POLLUTANTS).alias("pollutant"),
        pl.when(is_co)
        .then(pl.col("value") * _MG_TO_UG)
        .otherwise(pl.col("value"))
        .alias("value_ug_m3"),
        pl.lit("daily").alias("time_basis"),
        pl.lit(24, pl.Int64).alias("hour_count"),
        *(
            pl.lit(0, pl.Int64).alias(name)
            for name in ("negative_hours", "stuck_hours", "duplicate_hours")
        ),
    )


def _weather(wide: pl.DataFrame) -> pl.DataFrame:
    converted = wide.with_columns(
        pl.col("TEMP") - _KELVIN, pl.col("PSFC") * _PA_TO_HPA, pl.col("RH").clip(0, 100)
    )
    long = converted.unpivot(list(_WEATHER), index=["place", "date"], variable_name="name")
    return long.filter(pl.col("value").is_not_null()).select(
        pl.lit("province").alias("place_kind"),
        "place",
        "date",
        pl.col("name").replace_strict(_WEATHER).alias("variable"),
        "value",
    )


READER = Reader(
    name=NAME,
    roles=("observation", "weather_observation"),
    read=read,
    recognises=recognises,
    publication=PUBLICATION,
    max_files=None,
)
