"""A synthetic release with its atlas, and a real browser to look at it."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from typing import Any

import pytest

from atlas.write import write_atlas
from tests.atlas.made_up import write_published
from warehouse.home import Home

BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")


@pytest.fixture(scope="session")
def home(tmp_path_factory: pytest.TempPathFactory) -> Home:
    """A home with a synthetic published file and its atlas."""
    place = Home(tmp_path_factory.mktemp("atlas"))
    write_published(place.published_file)
    write_atlas(place)
    return place


@pytest.fixture(scope="session")
def browser_path() -> str:
    """The installed Chromium or Chrome, or a skip that says what to install."""
    found = next((path for name in BROWSERS if (path := shutil.which(name))), None)
    if found is None:
        pytest.skip("no Chromium or Chrome on PATH (Debian: apt-get install chromium)")
    return found


@pytest.fixture(scope="session")
def browser(browser_path: str) -> Iterator[Any]:
    """A headless browser for all tests of a session."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        # The sandbox of Chromium refuses to start as root; the pages are our own.
        running = playwright.chromium.launch(executable_path=browser_path, args=["--no-sandbox"])
        yield running
        running.close()
