"""An inventory as a run uses it: one of an older year stands at the nation's totals of the edition's year.

The models `int_inventory__national_scale` and `int_inventory__source` are the rule of a run. This is the same rule
without a run, for `tradeplume template` and `tradeplume try`; a test holds the two together.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import polars as pl

from warehouse.edition import Edition
from warehouse.inventory_lists import SEEDS
from warehouse.landing import resolve_role
from warehouse.provenance import ProvenanceRecord
from warehouse.role_reading import read_role
from warehouse.sources.notes import collected

ROLE, NATIONAL = "sector_emission", "national_emission"
_TOTAL = "TOTAL"
_PARTICLES, _CARBON, _OTHER = "PM2.5", ("BC", "OC"), "PM25_other"


@dataclass(frozen=True)
class Used:
    """A role's table as a run uses it.

    brought_from: the year of an inventory that was brought to the edition's; None for figures used as loaded.
    """

    frame: pl.DataFrame
    brought_from: int | None = None


def as_used(
    edition: Edition,
    role: str,
    frame: pl.DataFrame,
    records: Sequence[ProvenanceRecord],
    home: Path,
) -> Used:
    """A role's table as its models use it: an older inventory times its factors, other roles as they are.

    frame: as loaded.  records: where it comes from.  Rows of TOTAL are left out where figures change.
    Raises what ``read_role`` raises of the nation's totals.
    """
    if role != ROLE or NATIONAL not in edition.roles or not records:
        return Used(frame)
    year = min(record.vintage_year for record in records)
    is_asked_for = (
        edition.assumptions.get("inventory_to_national_total") == "bundled"
        and year == edition.year
        and all(record.is_bundled for record in records)
    )
    if year >= edition.year and not is_asked_for:
        return Used(frame)
    found = resolve_role(edition, NATIONAL, home)
    if found is None:
        return Used(frame)
    with collected():
        national, _ = read_role(found)
    national = national.filter(pl.col("source_year") == edition.year)
    return Used(brought(frame, national), year) if national.height else Used(frame)


def brought(frame: pl.DataFrame, national: pl.DataFrame) -> pl.DataFrame:
    """An inventory whose provinces sum to the nation's totals by group of sectors and pollutant.

    frame: province, source_sector, pollutant, emission_t.  national: source_sector, pollutant, emission_t of one
    year.  Both have PM2.5 with its carbon in it; what is not carbon has a factor of its own.
    """
    apart = _apart(frame.filter(pl.col("source_sector") != _TOTAL), ["province", "source_sector"])
    parts = _grouped(apart, "reas32")
    key = ["total_group", "pollutant"]
    summed = parts.drop_nulls("total_group").group_by(key).agg(pl.col("emission_t").sum())
    national_groups = _grouped(_apart(national, ["source_sector"], floor=None), "meic").drop_nulls(
        "total_group"
    )
    factors = (
        national_groups.group_by(key)
        .agg(pl.col("emission_t").sum().alias("national_t"))
        .join(summed, on=key)
        .filter(pl.col("emission_t") != 0)
        .select(*key, factor=pl.col("national_t") / pl.col("emission_t"))
    )
    scaled = parts.join(factors, on=key, how="left").with_columns(
        emission_t=pl.col("emission_t") * pl.col("factor").fill_null(1.0)
    )
    return _together(scaled).select(frame.columns).sort("province", "source_sector", "pollutant")


def _apart(frame: pl.DataFrame, by: list[str], floor: float | None = 0.0) -> pl.DataFrame:
    """PM2.5 without its carbon, as a pollutant of its own; not below the floor."""
    sign = pl.when(pl.col("pollutant") == _PARTICLES).then(1.0).otherwise(-1.0)
    other = (
        frame.filter(pl.col("pollutant").is_in([_PARTICLES, *_CARBON]))
        .group_by(by)
        .agg((pl.col("emission_t") * sign).sum())
        .with_columns(pollutant=pl.lit(_OTHER))
    )
    if floor is not None:
        other = other.with_columns(pl.col("emission_t").clip(lower_bound=floor))
    columns = [*by, "pollutant", "emission_t"]
    rest = frame.filter(pl.col("pollutant") != _PARTICLES)
    return pl.concat([rest.select(columns), other.select(columns)])


def _grouped(frame: pl.DataFrame, source: str) -> pl.DataFrame:
    """With the group of each sector: ammonia has groups of its own (macro in_total_group)."""
    seed = pl.read_csv(SEEDS / "concordances" / "national_total_group.csv")
    seed = seed.filter(pl.col("source") == source).select("source_sector", "species", "total_group")
    species = pl.when(pl.col("pollutant") == "NH3").then(pl.lit("NH3")).otherwise(pl.lit("other"))
    return frame.with_columns(species=species).join(
        seed, on=["source_sector", "species"], how="left"
    )


def _together(parts: pl.DataFrame) -> pl.DataFrame:
    """PM2.5 with its carbon again."""
    by = ["province", "source_sector"]
    inside = parts.filter(pl.col("pollutant").is_in([_OTHER, *_CARBON]))
    particles = (
        inside.group_by(by)
        .agg(pl.col("emission_t").sum())
        .with_columns(pollutant=pl.lit(_PARTICLES))
    )
    columns = [*by, "pollutant", "emission_t"]
    rest = parts.filter(pl.col("pollutant") != _OTHER)
    return pl.concat([rest.select(columns), particles.select(columns)])
