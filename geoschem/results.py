"""From complete months to the tables that marts read: the same as the embedded engine's, engine geoschem."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

import numpy as np
import polars as pl
from numpy.typing import NDArray

from compute.atmosphere.engine import Concentration
from compute.atmosphere.evaluation import EvaluationError, skill
from compute.atmosphere.geoschem.schedule import NESTED, Segment
from geoschem.layout import Campaign, read_json, write_json
from geoschem.output import Month, concentration, inner_cells, read_month
from geoschem.segment import DONE, SegmentRecord, is_complete, read_record
from steps.atmosphere_inputs import Land
from steps.concentration import cell_table, exposure_table, province_table, receptors_of
from warehouse.errors import InputError, UserFacingError
from warehouse.provenance import ProvenanceRecord
from warehouse.tables import Assumptions, Tables, empty_frame

Array = NDArray[np.float64]
ENGINE = "geoschem"
TABLES = ("pm25_province", "pm25_cell", "exposure")
EVALUATION = "simulation_evaluation"
PROVENANCE = "provenance"
WRITTEN = {
    **{name: f"computed.simulated_{name}" for name in TABLES},
    EVALUATION: f"computed.{EVALUATION}",
    PROVENANCE: "computed.simulation_provenance",
}
"""File of the results to the table that it becomes."""
RECORD = "results.json"
ROLE = "simulation"
DENSE_PEOPLE_PER_KM2 = 500.0
STATION_COLUMNS = ("longitude", "latitude", "month", "pm25_ug_m3")


@dataclass(frozen=True)
class Reading:
    """What was read. incomplete: scenario to the months that it lacks, which leave it out."""

    scenarios: tuple[str, ...]
    incomplete: dict[str, tuple[int, ...]]
    rows: int


def read_campaign(
    segments: Sequence[Segment],
    codes: Mapping[str, str],
    campaign: Campaign,
    land: Land,
    home: str,
    stations: Path | None = None,
) -> Reading:
    """Read every scenario whose months are all complete, and write the tables as Parquet.

    codes: folder name to scenario.  home: code of all provinces together.  stations: a CSV of monthly
    observations (longitude, latitude, month, pm25_ug_m3).  Raises InputError when Base is not among the
    complete ones, or a file is damaged.
    """
    records = _records(segments, campaign)
    incomplete = {
        code: missing
        for name, code in codes.items()
        if (
            missing := tuple(
                sorted(
                    segment.month or 0
                    for segment in segments
                    if segment.scenario == name
                    and segment.kind == NESTED
                    and not segment.is_spinup
                    and segment.key not in records
                )
            )
        )
    }
    whole = [(name, code) for name, code in codes.items() if code not in incomplete]
    if not any(code == "Base" for _, code in whole):
        lacking = ", ".join(str(month) for month in incomplete.get("Base", ()))
        raise InputError(
            "Base is not complete: nothing can be compared with it.",
            file=campaign.runs,
            found=f"months {lacking} missing" if lacking else "no run of Base",
            remedy="Run Base first: `tradeplume simulate --scenario Base,...`.",
        )
    months = {code: _months(name, records) for name, code in whole}
    dry = {code: _without_buffer(concentration(found)) for code, found in months.items()}
    frames = tables(dry, land, home)
    frames[EVALUATION] = evaluation(months["Base"], land, stations)
    frames[PROVENANCE] = provenance(records, [name for name, _ in whole])
    campaign.results.mkdir(parents=True, exist_ok=True)
    for name, frame in frames.items():
        frame.write_parquet(campaign.results / f"{name}.parquet")
    base = read_json(campaign.emission_folder("Base") / "manifest.json")
    write_json(
        campaign.results / RECORD,
        {
            "scenarios": [code for _, code in whole],
            "months": sorted(month.month for month in months["Base"]),
            "warehouse_t": base["warehouse_t"],
        },
    )
    return Reading(
        tuple(code for _, code in whole), incomplete, sum(len(one) for one in frames.values())
    )


def tables(result: Mapping[str, Concentration], land: Land, home: str) -> dict[str, pl.DataFrame]:
    """Means of provinces, cells and exposure, as the embedded engine's; cells in the buffer count nothing."""
    inside = inner_cells()
    inner = replace(
        land,
        people=land.people * inside[:, None],
        area_km2=land.area_km2 * inside[:, None],
    )
    receptors = receptors_of(inner, home)
    frames = {
        "pm25_province": province_table(result, receptors),
        "pm25_cell": cell_table(result, inner),
        "exposure": exposure_table(result, receptors),
    }
    return {
        name: frame.with_columns(pl.lit(ENGINE).alias("engine")) for name, frame in frames.items()
    }


def evaluation(months: Sequence[Month], land: Land, stations: Path | None) -> pl.DataFrame:
    """Base beside stations: r, NMB and number of places, all and densely populated, by month and mean.

    Masses with water at 35 % humidity, as filters are weighed. Several stations of a cell are one place.
    """
    schema = {
        "engine": pl.String,
        "observation": pl.String,
        "season": pl.String,
        "correlation": pl.Float64,
        "bias_share": pl.Float64,
        "error_share": pl.Float64,
        "places": pl.Int64,
    }
    if stations is None:
        return pl.DataFrame(schema=schema)
    observed = _stations(stations, land)
    model = _without_buffer(concentration(months, moist=True))
    names = {
        month.month: model.seasons[place]
        for place, month in enumerate(sorted(months, key=lambda one: one.month))
    }
    dense = _dense(land)
    rows = []
    for season, wanted in [
        ("year", list(names)),
        *((name, [number]) for number, name in names.items()),
    ]:
        cells, values = _observed_mean(observed, wanted)
        field = model.pm25(None if season == "year" else season)
        for kind, keep in (
            ("place", np.ones(cells.size, dtype=bool)),
            ("place_dense", dense[cells]),
        ):
            inside = keep & np.isfinite(field[cells])
            try:
                found = skill(field[cells][inside], values[inside])
            except EvaluationError:
                continue
            rows.append(
                (
                    ENGINE,
                    kind,
                    season,
                    found.correlation,
                    found.bias_share,
                    found.error_share,
                    found.places,
                )
            )
    return pl.DataFrame(rows, schema=schema, orient="row")


def provenance(records: Mapping[str, SegmentRecord], names: Sequence[str]) -> pl.DataFrame:
    """One row a month and scenario, with version and checksum, in the columns of raw.provenance."""
    rows: list[ProvenanceRecord] = []
    for key, record in sorted(records.items()):
        if record.scenario not in names:
            continue
        done = read_json(record.folder / DONE)
        digest = hashlib.sha256(
            json.dumps([record.inputs, done["sha256"]], sort_keys=True).encode()
        ).hexdigest()
        rows.append(
            ProvenanceRecord(
                role=ROLE,
                file_name=key,
                reader=f"{ENGINE} {record.version}",
                producer="GEOS-Chem Classic, run by the user",
                title=f"GEOS-Chem {record.version}, scenario {record.code}, {record.start:%B %Y}",
                citation="The International GEOS-Chem User Community, doi 10.5281/zenodo.1343546",
                licence="MIT (model); the input data have terms of their own",
                terms_of_use="Cite GEOS-Chem and the inventories it reads.",
                accessed_date=date.fromtimestamp((record.folder / DONE).stat().st_mtime),
                vintage_year=record.start.year,
                original_file_name=record.output_files()[0].name,
                original_sha256=digest,
                original_bytes=sum(done["files"].values()),
                loaded_rows=0,
                is_bundled=False,
                conversions="mol/mol of dry air to ug/m3, with the density of dry air",
            )
        )
    return pl.DataFrame(rows)


def load_results(con: Tables, _: Assumptions, folder: Path | None) -> tuple[int, list[str]]:
    """Write results of a campaign into computed.simulated_* and its evaluation; returns rows and notes.

    folder: of the Parquet files (None: the tables are empty).  Results of other
    emissions than the working file's are left out, with a note.
    """
    if folder is None:
        return _write(con, None), ["no results of GEOS-Chem (`tradeplume simulate` makes them)"]
    stale = _other_emissions(con, read_json(folder / RECORD) or {})
    if stale:
        return _write(con, None), [f"warning: GEOS-Chem's results are left out: {stale}"]
    return _write(con, folder), []


def _write(con: Tables, folder: Path | None) -> int:
    """The files of a folder as computed tables, or empty ones; returns the rows of results."""
    rows = 0
    for file, table in WRITTEN.items():
        frame = pl.read_parquet(folder / f"{file}.parquet") if folder else empty_frame(table)
        count = con.write(table, frame)
        rows += count if file != PROVENANCE else 0
    return rows


def results_folder(simulations: Path) -> Path | None:
    """The results below an edition-year's simulations.

    Raises InputError when two simulated years have some: a mart holds one.
    """
    found = sorted(path.parent for path in simulations.glob(f"geoschem-*/results/{RECORD}"))
    if len(found) > 1:
        raise InputError(
            f"{len(found)} simulated years have results: "
            + ", ".join(path.parent.name for path in found),
            file=simulations,
            remedy="Move the results folder of all but one away.",
        )
    return found[0] if found else None


def _other_emissions(con: Tables, record: Mapping[str, object]) -> str:
    theirs = record.get("warehouse_t")
    if not isinstance(theirs, dict):
        return f"{RECORD} is damaged; read the runs again"
    ours = con.sql(
        "select pollutant, sum(emission_t) from intermediate.int_atmosphere__emission group by all"
    ).fetchall()
    for pollutant, tonnes in ours:
        if abs(theirs.get(pollutant, 0.0) - tonnes) > 1e-6 * max(tonnes, 1.0):
            return f"they were made with {theirs.get(pollutant, 0.0):,.0f} t of {pollutant}, not {tonnes:,.0f}"
    return ""


def _records(segments: Sequence[Segment], campaign: Campaign) -> dict[str, SegmentRecord]:
    """Complete months by key."""
    result = {}
    for segment in segments:
        if segment.kind != NESTED or segment.is_spinup:
            continue
        try:
            record = read_record(campaign.segment_folder(segment.key))
        except UserFacingError:
            continue
        if is_complete(record):
            result[segment.key] = record
    return result


def _months(name: str, records: Mapping[str, SegmentRecord]) -> list[Month]:
    return [read_month(record) for record in records.values() if record.scenario == name]


def _without_buffer(result: Concentration) -> Concentration:
    """Buffer cells are imposed: they hold no result (zero here; no one is counted in them)."""
    return replace(result, values=np.where(inner_cells(), result.values, 0.0))


def _dense(land: Land) -> NDArray[np.bool_]:
    area = land.area_km2.sum(axis=1)
    density = np.divide(land.people.sum(axis=1), area, out=np.zeros_like(area), where=area > 0)
    return np.asarray(density >= DENSE_PEOPLE_PER_KM2)


def _stations(path: Path, land: Land) -> pl.DataFrame:
    try:
        frame = pl.read_csv(path)
    except (OSError, pl.exceptions.PolarsError) as error:
        raise InputError(
            f"Stations cannot be read: {str(error).splitlines()[0]}.",
            file=path,
            remedy=f"Give a CSV with {', '.join(STATION_COLUMNS)}.",
        ) from error
    missing = [name for name in STATION_COLUMNS if name not in frame.columns]
    if missing:
        raise InputError(
            "Stations without the columns that are needed.",
            file=path,
            column=missing[0],
            found=", ".join(frame.columns),
            expected=", ".join(STATION_COLUMNS),
            remedy="Add the columns.",
        )
    inner = inner_cells()
    rows, columns = land.grid.shape
    east = np.floor((frame["longitude"].to_numpy() - land.grid.longitude_edges[0]) / 0.3125)
    north = np.floor((frame["latitude"].to_numpy() - land.grid.latitude_edges[0]) / 0.25)
    within = (east >= 0) & (east < columns) & (north >= 0) & (north < rows)
    cell = np.where(within, north * columns + east, 0).astype(np.int64)
    return frame.with_columns(pl.Series("cell", cell)).filter(pl.Series(within & inner[cell]))


def _observed_mean(
    observed: pl.DataFrame, months: Sequence[int]
) -> tuple[NDArray[np.int64], Array]:
    """Cells with every month observed, and the mean of months of the mean of their stations."""
    monthly = (
        observed.filter(pl.col("month").is_in(list(months)) & pl.col("pm25_ug_m3").is_finite())
        .group_by("cell", "month")
        .agg(pl.col("pm25_ug_m3").mean())
    )
    mean = (
        monthly.group_by("cell")
        .agg(pl.len().alias("months"), pl.col("pm25_ug_m3").mean())
        .filter(pl.col("months") == len(months))
        .sort("cell")
    )
    return mean["cell"].to_numpy(), mean["pm25_ug_m3"].to_numpy()
