"""A change between two years, split over its factors: the average over the orders in which they change.

E(S) is the quantity with the factors of set S as they are afterwards and the others as they were before.
In one order, the effect of factor j is E(S + j) - E(S), S being the factors that changed before it. Every order
splits E(all) - E(none) without a rest, and no order is better than another, so the effect is their average
(Dietzenbacher and Los 1998, eq. 14):

    effect_j = sum over S without j of |S|! (n - |S| - 1)! / n! (E(S + j) - E(S))

All n! orders share 2^n values of E. The polar average takes two orders alone, first to last and last to first.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import product
from math import factorial

import numpy as np

from compute._arguments import whole_number
from compute._checks import Array, InvalidInput, as_floats, require_finite

ALL_ORDERS, POLAR_ORDERS = "all", "polar"
ORDERS = (ALL_ORDERS, POLAR_ORDERS)
AT_MOST = 16

State = tuple[bool, ...]
"""For each factor, whether it has changed."""


def average_over_orders(
    evaluate: Callable[[State], Array], factors: int, *, orders: str = ALL_ORDERS
) -> Array:
    """Split a change over its factors: the average over the orders of change.

    evaluate: E, called once for each state that is needed; its arrays have one shape.
    factors: n, 1 to 16.  orders: `all` (n!, by 2^n calls) or `polar` (two orders, by 2 n calls).
    Returns (n, ...): the effect of each factor, in the unit of E. They sum to E(all) - E(none).
    Raises InvalidInput for arguments, and for values that are not finite or of unequal shape.
    """
    count = whole_number("factors", factors, 1)
    if count > AT_MOST:
        raise InvalidInput(
            f"factors must be {AT_MOST} or fewer, found {count}: 2^n states are too many"
        )
    if orders not in ORDERS:
        raise InvalidInput(f"orders must be one of {', '.join(ORDERS)}, it is {orders!r}")
    weights = _weights_of_all if orders == ALL_ORDERS else _weights_of_polar
    effects = np.empty((0, 0))
    for state, weight in weights(count):
        value = as_floats("the value of evaluate", evaluate(state))
        require_finite("the value of evaluate", value)
        if not effects.size:
            effects = np.zeros((count, *value.shape))
        elif effects.shape[1:] != value.shape:
            raise InvalidInput(
                f"evaluate must give one shape, found {effects.shape[1:]} and {value.shape}"
            )
        for factor in np.flatnonzero(weight):
            effects[factor] += weight[factor] * value
    return effects


def _weights_of_all(count: int) -> Iterator[tuple[State, Array]]:
    """Every state with its weight in each factor's effect, positive where the factor has changed."""
    for state in product((False, True), repeat=count):
        changed = sum(state)
        weight = np.empty(count)
        for factor, has_changed in enumerate(state):
            before = changed - 1 if has_changed else changed
            share = factorial(before) * factorial(count - before - 1) / factorial(count)
            weight[factor] = share if has_changed else -share
        yield state, weight


def _weights_of_polar(count: int) -> Iterator[tuple[State, Array]]:
    """The states of the order 1..n and of its reverse, with their weights."""
    found: dict[State, Array] = {}
    for order in (range(count), range(count - 1, -1, -1)):
        state = [False] * count
        for factor in order:
            found.setdefault(tuple(state), np.zeros(count))[factor] -= 0.5
            state[factor] = True
            found.setdefault(tuple(state), np.zeros(count))[factor] += 0.5
    yield from found.items()
