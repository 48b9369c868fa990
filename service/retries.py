"""Which failures are worth another try: those of the surroundings, not those of the data."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import duckdb

from warehouse.errors import HomeLocked, HomeUnusable, InputError, UserFacingError

RETRIES = 3
# 20, 40 and 80 seconds later.
BACKOFF_SECONDS = 20.0
# A run that someone else has started ends within this; Prefect's runs wait for it, the command line does not.
LOCK_PATIENCE_SECONDS = 6 * 3600.0


def is_outside(error: BaseException | None) -> bool:
    """Whether a failure may pass without a change: a lock, a disk, a network, memory.

    A file that breaks its contract, a failed gate or figures without a solution stay what they are.
    """
    if isinstance(error, InputError) and isinstance(error.__cause__, OSError):
        # Readers of damaged files raise OSError, too; that of the system has a number.
        return (error.__cause__.errno or 0) > 0
    if isinstance(error, UserFacingError):
        return isinstance(error, HomeLocked | HomeUnusable) or is_outside(error.__cause__)
    return isinstance(
        error, OSError | MemoryError | duckdb.IOException | duckdb.OutOfMemoryException
    )


def worth_a_retry(_task: Any, _run: Any, state: Any) -> bool:
    """Prefect's question after a failed task; our tasks are not asynchronous, nor is this."""
    from prefect.states import get_state_exception

    return is_outside(get_state_exception(state, _sync=True))


def patient_task(run_name: str) -> Callable[..., Any]:
    """Prefect's ``task`` for our own work: tried again where that may help, never answered from a cache.

    run_name: for Prefect's pages, with parameters in braces.
    """
    from prefect import task
    from prefect.cache_policies import NO_CACHE
    from prefect.tasks import exponential_backoff

    # What has been done is known from fingerprints and checksums; Prefect's own cache would only guess.
    decorator: Callable[..., Any] = task(
        cache_policy=NO_CACHE,
        task_run_name=run_name,
        retries=RETRIES,
        retry_delay_seconds=exponential_backoff(BACKOFF_SECONDS),
        retry_condition_fn=worth_a_retry,
    )
    return decorator
