"""Fields of several files as one: every moment once, whatever the downloads overlap."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from warehouse.errors import InputError
from warehouse.sources.notes import note
from warehouse.sources.weather_decoding.field import Array, Field

PACKING_STEPS = 60_000
"""Two downloads of a value may differ by a step of the 16 bits that each file packs its own range into."""


def joined(fields: Sequence[Field]) -> Field:
    """Fields of one quantity and grid as one, its moments ascending and distinct.

    A moment that several hold is counted once: where they agree, or where one of them is preliminary and the other
    final.  Notes how many there were.  Raises InputError where they differ otherwise, and where they come from
    variables of other units of time (an amount and a rate) or statistics.
    """
    first = fields[0]
    for other in fields[1:]:
        _demand_alike(first, other)
    moments = np.concatenate([one.moments for one in fields])
    preliminary = np.concatenate([one.is_preliminary for one in fields])
    owner = np.repeat(np.arange(len(fields)), [one.moments.size for one in fields])
    values: Array = np.concatenate([one.values for one in fields])
    order = np.lexsort((owner, preliminary, moments))
    _, starts, counts = np.unique(moments[order], return_index=True, return_counts=True)
    for start, count in zip(starts[counts > 1], counts[counts > 1], strict=True):
        kept = order[start]
        for place in order[start + 1 : start + count]:
            if preliminary[kept] == preliminary[place]:
                _demand_same(fields, values, moments, owner, int(kept), int(place))
            values[kept] = np.where(np.isfinite(values[kept]), values[kept], values[place])
    repeated = int((counts > 1).sum())
    if repeated:
        note(f"{first.name}: {repeated:,} times stand in several files; each is counted once")
    kept_places = order[starts]
    periods = [one.period for one in fields]
    return replace(
        first,
        file=", ".join(dict.fromkeys(one.file for one in fields)),
        moments=moments[kept_places],
        base=np.concatenate([one.base for one in fields])[kept_places],
        is_preliminary=preliminary[kept_places],
        values=values[kept_places],
        period=(
            np.concatenate([one for one in periods if one is not None])[kept_places]
            if all(one is not None for one in periods)
            else None
        ),
    )


def by_grid(fields: Sequence[Field]) -> list[list[Field]]:
    """The fields of one quantity in groups that lie on the same points."""
    groups: list[list[Field]] = []
    for field in fields:
        group = next((one for one in groups if one[0].has_grid_of(field)), None)
        if group is None:
            groups.append([field])
        else:
            group.append(field)
    return groups


def _demand_alike(one: Field, other: Field) -> None:
    mine, theirs = (
        (field.name, field.conversion.is_amount, field.statistic, field.period is None)
        for field in (one, other)
    )
    if mine[1:] != theirs[1:] or (mine[0] != theirs[0] and one.known.stamp != other.known.stamp):
        raise InputError(
            f"Two files give {one.quantity} in ways that cannot be joined.",
            file=f"{one.file}, {other.file}",
            column=one.name,
            found=f"{one.name} ({one.units}, {one.statistic or 'no statistic'}) and "
            f"{other.name} ({other.units}, {other.statistic or 'no statistic'})",
            expected="one form of it",
            remedy="Keep the files of one form.",
        )


def _demand_same(
    fields: Sequence[Field], values: Array, moments: Array, owner: Array, one: int, other: int
) -> None:
    first, second = fields[int(owner[one])], fields[int(owner[other])]
    ranges = [np.ptp(field.values[np.isfinite(field.values)]) for field in (first, second)]
    allowed = max(ranges) / PACKING_STEPS + 1e-6 * np.nanmax(np.abs(values[[one, other]]))
    gap = np.abs(values[one] - values[other])
    if np.isfinite(gap).any() and np.nanmax(gap) > allowed:
        raise InputError(
            f"Two values of {first.name} for one time differ.",
            file=", ".join(dict.fromkeys((first.file, second.file))),
            column=first.name,
            found=f"{moments[one]}: apart by up to {np.nanmax(gap):g}",
            expected=f"the same within {allowed:g}, or one of them marked ERA5T (expver 5)",
            remedy="Keep the files of one download, one product type and one release.",
        )
