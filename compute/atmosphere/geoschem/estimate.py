"""Disk and time of a campaign, before it starts, from its sizes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from compute.atmosphere.geoschem.schedule import BOUNDARY, NESTED, Segment

COLUMNS = {BOUNDARY: 144 * 91, NESTED: 224 * 160}
TIMESTEP_S = {BOUNDARY: 1200.0, NESTED: 600.0}
LEVELS = 47
BYTES = 4
SLICES_A_DAY = 8
MET_FIELDS_3D, MET_FIELDS_2D = 26, 55
MET_LEVELS = 72
COLUMN_STEPS_PER_CORE_S = 24.0
"""Columns that one core takes through a chemistry time step in a second, full chemistry, 47 levels. A
stand-in until a segment of the campaign has run: 2 x 2.5 degrees then takes 12 hours a month on 24 cores."""


@dataclass(frozen=True)
class Estimate:
    """Upper bounds of disk (nothing compressed), GB; hours on the cores asked for; memory, GB."""

    boundary_gb: float
    restart_gb: float
    output_gb: float
    meteorology_gb: float
    boundary_hours: float
    nested_hours: float
    memory_gb: float

    @property
    def written_gb(self) -> float:
        """What the runs write."""
        return self.boundary_gb + self.restart_gb + self.output_gb


def estimate(
    segments: Sequence[Segment],
    *,
    advected_species: int,
    all_species: int,
    output_fields: int,
    cores: int,
    column_steps_per_core_s: float = COLUMN_STEPS_PER_CORE_S,
) -> Estimate:
    """Sizes from the counts of the user's own run directory.

    advected_species: in boundary files.  all_species: in restart files.  output_fields: 3-D fields
    kept of a nested month.
    """
    gb = 1e-9 * BYTES * LEVELS
    boundary_days = sum(one.days for one in segments if one.writes_boundary)
    wanted = sum(1 for one in segments if one.kind == NESTED and not one.is_spinup)
    restarts = sum(COLUMNS[one.kind] for one in segments)
    hours = {
        kind: sum(one.days for one in segments if one.kind == kind)
        * COLUMNS[kind]
        * (86_400 / TIMESTEP_S[kind])
        / column_steps_per_core_s
        / cores
        / 3600
        for kind in (BOUNDARY, NESTED)
    }
    return Estimate(
        boundary_gb=gb * COLUMNS[BOUNDARY] * SLICES_A_DAY * advected_species * boundary_days,
        restart_gb=gb * restarts * all_species,
        output_gb=gb * COLUMNS[NESTED] * output_fields * wanted,
        meteorology_gb=_meteorology_gb(segments),
        boundary_hours=hours[BOUNDARY],
        nested_hours=hours[NESTED],
        memory_gb=40.0,
    )


def measured_speed(kind: str, days: int, seconds: float, cores: int) -> float:
    """Column steps per core and second of a segment that has run."""
    return days * COLUMNS[kind] * (86_400 / TIMESTEP_S[kind]) / (seconds * cores)


def _meteorology_gb(segments: Sequence[Segment]) -> float:
    """Input weather of every day, each day once: 2 x 2.5 for boundaries, cropped 0.25 x 0.3125."""
    total = 0.0
    for kind in (BOUNDARY, NESTED):
        days = {
            one.start.toordinal() + offset
            for one in segments
            if one.kind == kind
            for offset in range(one.days)
        }
        fields = SLICES_A_DAY * MET_FIELDS_3D * MET_LEVELS + 24 * MET_FIELDS_2D
        total += len(days) * fields * COLUMNS[kind] * BYTES * 1e-9
    return total
