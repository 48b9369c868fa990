"""Readers of many files say how far they are, and no more often than a reader can follow."""

from __future__ import annotations

import io
import logging

import pytest
from rich.console import Console

from flows.progress import progress
from warehouse.sources import progress as reading


def test_lines_come_at_intervals(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    clock = iter(range(0, 1000))  # a second passes at every look
    monkeypatch.setattr(reading.time, "monotonic", lambda: float(next(clock)))
    with caplog.at_level(logging.INFO, logger=reading.LOGGER.name):
        assert list(reading.told(range(7), "files")) == list(range(7))
    assert [record.getMessage() for record in caplog.records] == [
        "files: 1 of 7, 2 s",
        "files: 3 of 7, 4 s",
        "files: 5 of 7, 6 s",
    ]


@pytest.mark.parametrize("quiet", [False, True])
def test_a_run_shows_them_unless_quiet(quiet: bool) -> None:
    text = io.StringIO()
    with progress(Console(file=text, width=100), quiet=quiet):
        reading.LOGGER.info("customs files: %d of %d", 3, 9)
    reading.LOGGER.info("behind the run")
    assert ("3 of 9" in text.getvalue()) is not quiet
    assert "behind" not in text.getvalue()
