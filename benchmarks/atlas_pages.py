"""Seconds until every figure of a page is drawn, in headless Chromium, from its files.

    python -m benchmarks.atlas_pages HOME

Median of three cold openings a page (a new context each time: nothing cached), and the atlas's size. Beside the
seconds of the clock stand those of processors, all processes of the browser together: they compare on a machine
with other work.
"""

from __future__ import annotations

import shutil
import statistics
import sys
import time
from contextlib import suppress
from pathlib import Path
from typing import Any

import psutil
from playwright.sync_api import sync_playwright

from atlas.write import folder_of
from warehouse.home import Home

DRAWN = (
    "[...document.querySelectorAll('.figure[data-present=yes]')].every(each => each.dataset.ready)"
)
OPENINGS = 3


def seconds(browser: Any, page: Path) -> tuple[float, float]:
    """Open a page in a new context, wait until its figures are drawn: seconds of the clock, and of processors."""
    before = _worked()
    context = browser.new_context(offline=True, viewport={"width": 1200, "height": 900})
    began = time.perf_counter()
    opened = context.new_page()
    opened.goto(page.as_uri())
    opened.wait_for_function(DRAWN)
    passed = time.perf_counter() - began
    worked = sum(now - before.get(process, 0.0) for process, now in _worked().items())
    context.close()
    return passed, worked


def _worked() -> dict[int, float]:
    """Processor seconds of each process of the browser so far."""
    found: dict[int, float] = {}
    for process in psutil.Process().children(recursive=True):
        with suppress(psutil.NoSuchProcess):
            times = process.cpu_times()
            found[process.pid] = times.user + times.system
    return found


def main(home: Home) -> None:
    """Print a line for every page."""
    atlas = folder_of(home)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=shutil.which("chromium"), args=["--no-sandbox"]
        )
        for page in sorted(atlas.rglob("*.html")):
            openings = [seconds(browser, page) for _ in range(OPENINGS)]
            took, worked = (statistics.median(each) for each in zip(*openings, strict=True))
            print(f"  {page.relative_to(atlas)!s:<46}{took:6.2f} s{worked:8.2f} CPU-s")
        browser.close()
    size = sum(file.stat().st_size for file in atlas.rglob("*") if file.is_file())
    print(f"  all files{'':<37}{size / 2**20:6.1f} MiB")


if __name__ == "__main__":
    main(Home(Path(sys.argv[1]).absolute()))
