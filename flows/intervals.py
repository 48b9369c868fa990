"""Intervals as they were asked for: the settings of the step `uncertainty`, and where its draws are made."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager

from flows.engine import Context
from steps.draw_settings import STEP, Settings
from warehouse import meta
from warehouse.database import connect
from warehouse.errors import EditionError
from warehouse.home import WorkingFile, prepare
from warehouse.locks import hold

RUNNER_VARIABLE = "TRADEPLUME_RUNNER"


@contextmanager
def asking_for(context: Context, asked: Settings) -> Iterator[None]:
    """Ask for intervals, for the block and all later runs; when the block fails, as they were before.

    Raises EditionError for an edition without a footprint, HomeLocked while another run writes.
    """
    if context.edition.kind == "air_quality":
        raise EditionError(
            f"Edition {context.edition.name} holds observations and no footprint.",
            remedy="Choose one of the others (`tradeplume editions`).",
        )
    before = _ask(context, asked)
    try:
        yield
    except BaseException:
        _ask(context, before)
        raise


def _ask(context: Context, asked: Settings) -> Settings:
    """Keep settings in the working file; returns those it had."""
    prepare(context.home)
    with (
        hold(context.working.lock, context.working.name),
        connect(context.working.path) as connection,
    ):
        meta.ensure_tables(connection)
        before = Settings.read(connection)
        meta.replace_settings(connection, STEP, asked.texts())
    return before


def settings_of(working: WorkingFile) -> Settings:
    """How intervals were last asked for in a working file, or the defaults."""
    if not working.path.exists():
        return Settings()
    with connect(working.path, read_only=True) as connection:
        return Settings.read(connection)


def runner_of(asked: Settings, runner: str = "") -> str:
    """Where blocks are made: as asked for, $TRADEPLUME_RUNNER, otherwise here, table draws on all processors."""
    by_size = "processes" if asked.table_draws else "here"
    return runner or os.environ.get(RUNNER_VARIABLE) or by_size
