"""What the tests of the flows share."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import nullcontext
from unittest.mock import patch

import pytest
from air_small import build

from flows.gatekeeper import run_here
from tests.once import Once
from warehouse.home import Home, locate


@pytest.fixture(scope="session", autouse=True)
def _gates_here() -> Iterator[None]:
    """First runs ask the gates in this process, which loads Great Expectations once.

    That a process of its own says the same is what test_gatekeeper.py proves, and the run of the default home.
    """
    with patch("flows.run.gatekeeper", lambda: nullcontext(run_here)):
        yield


@pytest.fixture(scope="session")
def air_home(once: Once) -> Home:
    """A home with the small air-quality edition computed and published; nobody writes to it."""
    return locate(once("air_home", lambda folder: build(locate(folder))))
