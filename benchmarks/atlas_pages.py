"""Seconds until every page of an atlas is drawn, in headless Chromium, from its files.

    python -m benchmarks.atlas_pages HOME

Median of three cold openings a page (a new context each time: nothing cached), and the atlas's size.
"""

from __future__ import annotations

import shutil
import statistics
import sys
import time
from pathlib import Path
from typing import Any

from playwright.sync_api import sync_playwright

from atlas.write import folder_of
from warehouse.home import Home

DRAWN = (
    "[...document.querySelectorAll('.figure[data-present=yes]')].every(each => each.dataset.ready)"
)
OPENINGS = 3


def seconds(browser: Any, page: Path) -> float:
    """Open a page in a new context and wait until its figures are drawn."""
    context = browser.new_context(offline=True, viewport={"width": 1200, "height": 900})
    began = time.perf_counter()
    opened = context.new_page()
    opened.goto(page.as_uri())
    opened.wait_for_function(DRAWN)
    passed = time.perf_counter() - began
    context.close()
    return passed


def main(home: Home) -> None:
    """Print a line for every page."""
    atlas = folder_of(home)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=shutil.which("chromium"), args=["--no-sandbox"]
        )
        for page in sorted(atlas.rglob("*.html")):
            took = statistics.median(seconds(browser, page) for _ in range(OPENINGS))
            print(f"  {page.relative_to(atlas)!s:<46}{took:6.2f} s")
        browser.close()
    size = sum(file.stat().st_size for file in atlas.rglob("*") if file.is_file())
    print(f"  all files{'':<37}{size / 2**20:6.1f} MiB")


if __name__ == "__main__":
    main(Home(Path(sys.argv[1]).absolute()))
