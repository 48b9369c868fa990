"""Which failures are worth another try: those of the surroundings, not those of the data."""

from __future__ import annotations

from typing import Any

import duckdb

from warehouse.errors import HomeLocked, HomeUnusable, UserFacingError

RETRIES = 3
# 20, 40 and 80 seconds later.
BACKOFF_SECONDS = 20.0


def is_outside(error: BaseException | None) -> bool:
    """Whether a failure may pass by itself: a lock, a disk, a network, memory.

    A file that breaks its contract, a failed gate or figures without a solution stay what they are.
    """
    if isinstance(error, UserFacingError):
        return isinstance(error, HomeLocked | HomeUnusable) or is_outside(error.__cause__)
    return isinstance(
        error, OSError | MemoryError | duckdb.IOException | duckdb.OutOfMemoryException
    )


async def worth_a_retry(_task: Any, _run: Any, state: Any) -> bool:
    """Prefect's question after a failed task."""
    from prefect.states import get_state_exception

    return is_outside(await get_state_exception(state))
