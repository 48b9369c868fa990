"""Fixtures for every room."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

SHARED_DATA = Path(__file__).parents[2] / "shared" / "data"
# Files are handed out in this order; the longest come first, so that two workers end together.
LONGEST_FIRST = (
    "tests/test_open_2007.py",
    "tests/paper/test_small_edition.py",
    "tests/expectations/",
    "tests/operations/",
    "tests/flows/",
    "tests/geoschem/",
    "tests/steps/",
    "tests/cli/",
    "tests/atlas/",
    "tests/compute/",
)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Sort the files; the tests of a file stay in their order."""
    items.sort(key=_place)


def _place(item: pytest.Item) -> int:
    places = (n for n, start in enumerate(LONGEST_FIRST) if item.nodeid.startswith(start))
    return next(places, len(LONGEST_FIRST))


@pytest.fixture(scope="session")
def shared_data() -> Callable[[str], Path]:
    """``shared_data("economy/...")``: a publisher's original beside the repository, or a skip."""

    def find(relative: str) -> Path:
        path = SHARED_DATA / relative
        if not path.exists():
            pytest.skip(f"the original shared/data/{relative} is not here")
        return path

    return find
