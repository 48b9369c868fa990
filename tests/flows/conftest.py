"""What the tests of the flows share."""

from __future__ import annotations

import pytest
from air_small import build

from warehouse.home import Home, locate


@pytest.fixture(scope="session")
def air_home(tmp_path_factory: pytest.TempPathFactory) -> Home:
    """A home with the small air-quality edition computed and published; nobody writes to it."""
    place = locate(tmp_path_factory.mktemp("air"))
    build(place)
    return place
