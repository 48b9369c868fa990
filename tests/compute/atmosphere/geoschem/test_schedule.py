"""The chain of restart files and boundary conditions, as a graph."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from compute.atmosphere.geoschem.schedule import (
    Plan,
    ScheduleError,
    Segment,
    build_schedule,
    check_schedule,
)

TABLE_1 = ("Base", "I_EX", "I_EXEAST", "I_EXDIR", "I_EXREGION_USA")


def test_the_papers_runs() -> None:
    segments = build_schedule(TABLE_1, Plan(2017))
    assert len({segment.key for segment in segments}) == len(segments) == 5 * 28
    base = [segment for segment in segments if segment.scenario == "Base"]
    boundary = [segment for segment in base if segment.kind == "boundary"]
    assert boundary[0].start == date(2016, 7, 1)
    assert boundary[-1].end == date(2017, 11, 2)
    months = [segment for segment in base if segment.kind == "nested" and not segment.is_spinup]
    assert [segment.start for segment in months] == [
        date(2017, month, 1) for month in (1, 4, 7, 10)
    ]
    assert [segment.days for segment in months] == [31, 30, 31, 31]
    spinups = [segment for segment in base if segment.kind == "nested" and segment.is_spinup]
    assert {segment.days for segment in spinups} == {10}
    assert max(segment.days for segment in segments) <= 32


@settings(max_examples=60, deadline=None)
@given(
    st.integers(2013, 2030),
    st.sets(st.integers(1, 12), min_size=1),
    st.integers(1, 12),
    st.integers(1, 27),
)
def test_any_choice_of_months_chains(year: int, months: set[int], spinup: int, days: int) -> None:
    plan = Plan(year, tuple(sorted(months)), spinup, days)
    segments = build_schedule(("Base",), plan)
    boundary = [segment for segment in segments if segment.kind == "boundary"]
    assert all(one.end == two.start for one, two in pairwise(boundary))
    written = {
        one.start + timedelta(day)
        for one in boundary
        if one.writes_boundary
        for day in range(one.days)
    }
    for segment in segments:
        if segment.kind == "nested":
            # The file of the day on which it ends is opened as well.
            read = {segment.start + timedelta(day) for day in range(segment.days + 1)}
            assert read <= written


BROKEN = {
    "twice": (lambda chain: [*chain, chain[0]], "appears twice"),
    "gap in the chain": (lambda chain: [chain[0], *chain[2:]], "missing or comes later"),
    "wrong order": (lambda chain: [chain[1], chain[0], *chain[2:]], "missing or comes later"),
    "ends before it starts": (
        lambda chain: [replace(chain[0], end=chain[0].start), *chain[1:]],
        "ends before",
    ),
    "restart of another date": (
        lambda chain: [*chain[:-1], replace(chain[-1], start=chain[-1].start + timedelta(1))],
        "restart file",
    ),
    "boundary of another scenario": (
        lambda chain: [
            replace(chain[0], scenario="I_EX", restart_from=None),
            replace(chain[1], restart_from="I_EX/" + chain[0].stage),
        ],
        "would take files of I_EX",
    ),
    "boundary that is not written": (
        lambda chain: [
            replace(one, writes_boundary=False) if one.kind == "boundary" else one for one in chain
        ],
        "writes no boundary conditions",
    ),
    "boundary that ends early": (
        lambda chain: [
            replace(one, boundary_from=one.boundary_from[:1])
            if one.is_spinup and one.month
            else one
            for one in chain
        ],
        "boundary conditions of .* end at",
    ),
    "nested without a restart": (
        lambda chain: [replace(one, restart_from=None) if one.month else one for one in chain],
        "no restart file",
    ),
}


@pytest.mark.parametrize("name", BROKEN)
def test_broken_chains_are_named(name: str) -> None:
    change, says = BROKEN[name]
    chain: list[Segment] = list(build_schedule(("Base",), Plan(2017, (1,), 1)))
    with pytest.raises(ScheduleError, match=says):
        check_schedule(change(chain))


@pytest.mark.parametrize(
    "plan",
    [
        {"months": ()},
        {"months": (13,)},
        {"months": (4, 1)},
        {"months": (1, 1)},
        {"boundary_spinup_months": 0},
        {"nested_spinup_days": 0},
        {"boundary_spinup_months": 1, "nested_spinup_days": 40},
    ],
)
def test_plans_of_nonsense_are_refused(plan: dict[str, object]) -> None:
    with pytest.raises(ScheduleError):
        Plan(2017, **plan)  # type: ignore[arg-type]
