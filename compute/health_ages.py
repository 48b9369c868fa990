"""Age groups by name: which group holds which, and whether groups divide the ages without overlap or gap."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import pairwise

ALL_AGES = "all"
YOUNGEST_ADULT = 25
_RANGE = re.compile(r"(\d{1,3})-(\d{1,3})")
_OPEN = re.compile(r"(\d{1,3})\+")
_WITHOUT_END = 1000


class HealthError(ValueError):
    """Concentrations, people, rates or a curve do not admit deaths to be computed."""


class AgeError(HealthError):
    """A name is not an age group, or groups overlap or leave a gap."""


def bounds(age_group: str) -> tuple[int, int]:
    """First age of a group, and the first age above it (1000 where the group is open), in years.

    `25-29` is (25, 30), `80+` is (80, 1000), `all` is (0, 1000).  Raises AgeError.
    """
    if age_group == ALL_AGES:
        return 0, _WITHOUT_END
    if (found := _OPEN.fullmatch(age_group)) is not None:
        return int(found[1]), _WITHOUT_END
    found = _RANGE.fullmatch(age_group)
    if found is None or int(found[2]) < int(found[1]):
        raise AgeError(f"{age_group!r} is not an age group; expected `25-29`, `80+` or `all`")
    return int(found[1]), int(found[2]) + 1


def is_open(age_group: str) -> bool:
    """Whether the group has no oldest age."""
    return bounds(age_group)[1] == _WITHOUT_END


def holder(age_group: str, groups: Sequence[str]) -> str:
    """The narrowest of the groups that holds all ages of another group. Raises AgeError when no group does.

    `all` among the groups holds every age.
    """
    first, end = bounds(age_group)
    fits = [name for name in groups if bounds(name)[0] <= first and end <= bounds(name)[1]]
    if not fits:
        raise AgeError(f"no group holds the ages {age_group}; there are {', '.join(groups)}")
    return min(fits, key=lambda name: bounds(name)[1] - bounds(name)[0])


def demand_chain(groups: Sequence[str]) -> list[str]:
    """The groups from young to old. Raises AgeError where two overlap or ages between two are missing."""
    if not groups:
        raise AgeError("there is no age group")
    ordered = sorted(groups, key=bounds)
    for one, other in pairwise(ordered):
        if bounds(other)[0] < bounds(one)[1]:
            raise AgeError(f"the age groups {one} and {other} overlap")
        if bounds(other)[0] > bounds(one)[1]:
            raise AgeError(f"between the age groups {one} and {other} ages are missing")
    return ordered


def demand_partition(groups: Sequence[str], first: int = YOUNGEST_ADULT) -> None:
    """Raise AgeError unless the groups cover every age from `first` on exactly once.

    `all` alone covers everything.  The youngest group may begin below `first`.
    """
    ordered = demand_chain(groups)
    if bounds(ordered[0])[0] > first:
        raise AgeError(f"ages {first} to {bounds(ordered[0])[0] - 1} are missing")
    if not is_open(ordered[-1]):
        raise AgeError(f"ages from {bounds(ordered[-1])[1]} on are missing")
