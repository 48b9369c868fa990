"""The order of runs: what each segment starts from, and whose boundary conditions it reads.

A scenario has one global run (``boundary``: spin-up, then on to the end of the last month wanted) and one
regional run for each month (``nested``: spin-up, then the month). Both are cut into segments of at most a
month, each started from the restart file of the one before, so that a broken run goes on from the last
month. The global run is cut where a nested run starts, because that restart file starts it, too; and it goes
on for a day after each month, because the nested run opens the boundary file of the day on which it ends
(the dry run of 14.0.1 and of 14.6.3 asks for it).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import pairwise

PAPER_MONTHS = (1, 4, 7, 10)
DAY = timedelta(days=1)
BOUNDARY, NESTED = "boundary", "nested"


class ScheduleError(ValueError):
    """Segments that do not chain."""


@dataclass(frozen=True)
class Segment:
    """One call of the model.

    start, end: 00 UTC; the end is not simulated.  month: which month of the analysis a nested segment
    is for.  is_spinup: its output is discarded.  writes_boundary: whether a nested run reads it.
    restart_from: key of the segment whose restart file it starts from (None: the user's).
    boundary_from: keys of the segments whose boundary files it reads.
    """

    scenario: str
    kind: str
    start: date
    end: date
    month: int | None = None
    is_spinup: bool = False
    writes_boundary: bool = False
    restart_from: str | None = None
    boundary_from: tuple[str, ...] = ()

    @property
    def stage(self) -> str:
        """What the segment is, the same in every scenario: ``nested/20170101-20170201``."""
        return f"{self.kind}/{self.start:%Y%m%d}-{self.end:%Y%m%d}"

    @property
    def key(self) -> str:
        """``<scenario>/<stage>``: its name, and its folder below the runs."""
        return f"{self.scenario}/{self.stage}"

    @property
    def days(self) -> int:
        """Simulated days."""
        return (self.end - self.start).days

    @property
    def depends_on(self) -> tuple[str, ...]:
        """Keys of all segments that must be complete before it."""
        own = () if self.restart_from is None else (self.restart_from,)
        return tuple(dict.fromkeys((*own, *self.boundary_from)))


@dataclass(frozen=True)
class Plan:
    """What is simulated: the year, its months, and the lengths of the spin-ups."""

    year: int
    months: tuple[int, ...] = PAPER_MONTHS
    boundary_spinup_months: int = 6
    nested_spinup_days: int = 10

    def __post_init__(self) -> None:
        """Refuse invalid, repeated or unordered months, and spin-ups below zero."""
        months = self.months
        if not months or any(month not in range(1, 13) for month in months):
            raise ScheduleError(f"months {months}: numbers from 1 to 12 are needed")
        if list(months) != sorted(set(months)):
            raise ScheduleError(f"months {months}: they must ascend and not repeat")
        if self.boundary_spinup_months < 1 or self.nested_spinup_days < 1:
            raise ScheduleError("spin-ups must be at least one month (boundary) and a day (nested)")
        first = date(self.year, months[0], 1)
        if first - timedelta(days=self.nested_spinup_days) < _months_before(
            first, self.boundary_spinup_months
        ):
            raise ScheduleError("the nested spin-up would begin before the boundary run")

    def periods(self) -> list[tuple[int, date, date, date]]:
        """Month, start of its spin-up, start and end of the month."""
        result = []
        for month in self.months:
            start = date(self.year, month, 1)
            result.append(
                (
                    month,
                    start - timedelta(days=self.nested_spinup_days),
                    start,
                    _months_after(start, 1),
                )
            )
        return result


def build_schedule(scenarios: Sequence[str], plan: Plan) -> tuple[Segment, ...]:
    """All segments, each after those it depends on; checked."""
    segments = tuple(segment for scenario in scenarios for segment in _of_scenario(scenario, plan))
    check_schedule(segments)
    return segments


def _of_scenario(scenario: str, plan: Plan) -> list[Segment]:
    periods = plan.periods()
    first = _months_before(periods[0][2], plan.boundary_spinup_months)
    ends = {stop for _, _, _, stop in periods}
    last = max(ends) + DAY
    cuts = {first, last, *(spinup for _, spinup, _, _ in periods), *(stop + DAY for stop in ends)}
    month = first
    while month < last:
        if month not in ends:
            cuts.add(month)
        month = _months_after(month, 1)
    boundary: list[Segment] = []
    for start, end in pairwise(sorted(cuts)):
        boundary.append(
            Segment(
                scenario,
                BOUNDARY,
                start,
                end,
                is_spinup=end <= periods[0][1],
                writes_boundary=any(start <= stop and end > spin for _, spin, _, stop in periods),
                restart_from=boundary[-1].key if boundary else None,
            )
        )
    nested: list[Segment] = []
    for month_number, spinup, start, end in periods:
        parent = next(one.key for one in boundary if one.end == spinup)
        for begin, stop, is_spinup in ((spinup, start, True), (start, end, False)):
            nested.append(
                Segment(
                    scenario,
                    NESTED,
                    begin,
                    stop,
                    month=month_number,
                    is_spinup=is_spinup,
                    restart_from=parent if is_spinup else nested[-1].key,
                    boundary_from=tuple(
                        one.key for one in boundary if one.start <= stop and one.end > begin
                    ),
                )
            )
    return [*boundary, *nested]


def check_schedule(segments: Sequence[Segment]) -> None:
    """Prove that the segments form a graph that can be run from first to last.

    Raises ScheduleError when a key repeats, a predecessor is missing or comes later, a restart file
    would have another date, boundary conditions do not cover a nested segment without a gap, or
    anything is taken from another scenario.
    """
    seen: dict[str, Segment] = {}
    for segment in segments:
        if segment.key in seen:
            raise ScheduleError(f"{segment.key} appears twice")
        if segment.start >= segment.end:
            raise ScheduleError(f"{segment.key} ends before it starts")
        for key in segment.depends_on:
            if key not in seen:
                raise ScheduleError(f"{segment.key} needs {key}, which is missing or comes later")
            if seen[key].scenario != segment.scenario:
                raise ScheduleError(f"{segment.key} would take files of {seen[key].scenario}")
        if segment.restart_from and seen[segment.restart_from].end != segment.start:
            raise ScheduleError(
                f"{segment.key} starts at {segment.start}, but the restart file of "
                f"{segment.restart_from} is of {seen[segment.restart_from].end}"
            )
        if segment.kind == NESTED:
            _check_boundary(segment, [seen[key] for key in segment.boundary_from])
        seen[segment.key] = segment


def _check_boundary(segment: Segment, parts: Sequence[Segment]) -> None:
    """The boundary segments must write, and cover the nested one and the day of its end without a gap."""
    if segment.restart_from is None:
        raise ScheduleError(f"{segment.key} has no restart file to start from")
    reached = segment.start
    for part in sorted(parts, key=lambda one: one.start):
        if part.kind != BOUNDARY or not part.writes_boundary:
            raise ScheduleError(f"{part.key} writes no boundary conditions for {segment.key}")
        if part.start > reached:
            break
        reached = max(reached, part.end)
    if reached < segment.end + DAY:
        raise ScheduleError(f"boundary conditions of {segment.key} end at {reached}")


def _months_after(day: date, months: int) -> date:
    place = day.year * 12 + day.month - 1 + months
    return date(place // 12, place % 12 + 1, day.day)


def _months_before(day: date, months: int) -> date:
    return _months_after(day, -months)
