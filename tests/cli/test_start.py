"""How the command starts."""

from __future__ import annotations

import gc
from collections.abc import Iterator

import pytest

import cli.main
from tradeplume.__main__ import OBJECTS_BEFORE_COLLECTING, main


@pytest.fixture
def threshold() -> Iterator[None]:
    """What this process collects by is as before when the test has ended."""
    before = gc.get_threshold()
    yield
    gc.set_threshold(*before)


@pytest.mark.usefixtures("threshold")
def test_the_command_collects_cyclic_garbage_rarely_and_still_does(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    found: list[tuple[bool, tuple[int, int, int]]] = []
    monkeypatch.setattr(
        cli.main, "main", lambda: found.append((gc.isenabled(), gc.get_threshold()))
    )
    gc.set_threshold(700, 10, 10)

    main()

    assert found == [(True, (OBJECTS_BEFORE_COLLECTING, 10, 10))]
