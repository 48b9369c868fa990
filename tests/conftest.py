"""Fixtures for every room."""

from __future__ import annotations

import gc
import os
import subprocess
import sys
from collections.abc import Callable, Generator, Iterator, Sequence
from contextlib import nullcontext
from pathlib import Path
from unittest.mock import patch

import pytest
from dbt_common.tests import enable_test_caching
from filelock import FileLock
from hypothesis import settings

from tests.once import Make, Once, copy_of_home, files_of, folder_of_the_run, made_once

# Each worker has one processor: on small matrices, threads of BLAS wait for one another ten times as long as they
# calculate.  Libraries read this when they are loaded, which is after this file.
BLAS_THREADS = ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS")
os.environ.update(dict.fromkeys(BLAS_THREADS, "1"))

# How long an example takes says how busy the machine is.  `make test` draws the same examples each time: it judges
# a change and not luck.  `make test-search` looks for new ones.
settings.register_profile("tradeplume", deadline=None, derandomize=True)
settings.register_profile("search", deadline=None, max_examples=1000)
settings.load_profile("tradeplume")

# dbt reads its own six hundred macros for each project: once a process is enough.
enable_test_caching()

REPOSITORY = Path(__file__).parents[1]
SHARED_DATA = REPOSITORY.parent / "shared" / "data"
DEFAULT_HOME = "default_home"
HOME_2007 = "home_2007"
COMPUTED = {DEFAULT_HOME, HOME_2007, "air_home", "january_home", "station_home", "thin_home"}
SAID = "said.txt"
"""In a home that a fixture computed: what the command said."""
GIVEN_HOME_VARIABLE = "TRADEPLUME_TEST_HOME"


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> Generator[None, None, None]:
    """What needs a computed edition has the mark `home`, and the order spares waiting (``in_order``)."""
    for item in items:  # before `-m` chooses
        if _needs(item, COMPUTED):
            item.add_marker(pytest.mark.home)
        if _needs(item, {DEFAULT_HOME, HOME_2007}):
            item.add_marker(pytest.mark.timeout(3600))  # a whole run on a machine that others share
    yield
    items[:] = in_order(items)


def in_order(items: Sequence[pytest.Item]) -> list[pytest.Item]:
    """The default edition first, open-2007 in the middle, what needs both last.

    Each of two workers begins with one half, and so computes one of the two: what takes longest comes first.
    """
    groups: dict[tuple[bool, bool], list[pytest.Item]] = {}
    for item in items:
        needs = _needs(item, {DEFAULT_HOME}), _needs(item, {HOME_2007})
        groups.setdefault(needs, []).append(item)
    first, both = groups.get((True, False), []), groups.get((True, True), [])
    rest = groups.get((False, False), [])
    half = max(len(items) // 2 - len(first), 0)
    return [*first, *rest[:half], *groups.get((False, True), []), *rest[half:], *both]


@pytest.hookimpl(wrapper=True)
def pytest_collection() -> Generator[None, object, object]:
    """Hardly anything of what is loaded now goes again: no looking for circles until all is collected."""
    gc.disable()
    try:
        return (yield)
    finally:
        gc.enable()


@pytest.hookimpl(wrapper=True)
def pytest_make_collect_report(collector: pytest.Collector) -> Generator[None, object, object]:
    """One process of the run compiles a module of tests, the next one takes what it compiled.

    In a fresh checkout, compiling takes twice as long as loading.  A lock for each module lets the processes
    work on different ones.
    """
    if not isinstance(collector, pytest.Module) or "PYTEST_XDIST_WORKER" not in os.environ:
        return (yield)
    shared = folder_of_the_run(collector.config._tmp_path_factory.getbasetemp())
    with FileLock(shared / f"{collector.nodeid.replace('/', '-')}.lock"):
        return (yield)


def pytest_collection_finish() -> None:
    """What is loaded by now stays: the collector of cyclic garbage need not look through it again and again."""
    from tradeplume.__main__ import OBJECTS_BEFORE_COLLECTING

    gc.collect()
    gc.freeze()
    gc.set_threshold(OBJECTS_BEFORE_COLLECTING, *gc.get_threshold()[1:])


def pytest_sessionfinish() -> None:
    gc.unfreeze()  # libraries written in C++ take what is frozen for leaks


def _needs(item: pytest.Item, fixtures: set[str]) -> bool:
    return not fixtures.isdisjoint(getattr(item, "fixturenames", ()))


@pytest.fixture(scope="session")
def once(tmp_path_factory: pytest.TempPathFactory) -> Once:
    """``once(name, make)``: a folder that one process of the run fills and all of them read."""
    shared = folder_of_the_run(tmp_path_factory.getbasetemp())

    def made(name: str, make: Make) -> Path:
        return made_once(shared, name, make)

    return made


@pytest.fixture(scope="session")
def default_home(once: Once) -> Iterator[Path]:
    """A home with the default edition computed and published by the command; nobody writes to it.

    It is made once a run.  $TRADEPLUME_TEST_HOME names a home of yours to begin with: the engine then
    makes again, in a copy, what has another fingerprint.
    """
    home = once("default_home", _compute)
    before = files_of(home)
    yield home
    assert files_of(home) == before, "a test wrote to the home that all tests read"


@pytest.fixture(scope="session")
def home_2007(once: Once) -> Path:
    """A home with open-2007 without its concentrations, computed and not published.

    ``home_of_years`` publishes it beside 2017. It runs in this process, which has its libraries loaded for other
    tests: that a process of its own makes the same is what the default home shows.
    """
    options = ("--edition", "open-2007", "--without-concentrations", "--no-publish", "--quiet")

    def compute_here(home: Path) -> None:
        # Not before BLAS has been told its threads.
        from flows.gatekeeper import run_here
        from tests.commands import tradeplume

        with patch("flows.run.gatekeeper", lambda: nullcontext(run_here)):
            tradeplume(home, "run", *options)

    return once(HOME_2007, compute_here)


@pytest.fixture(scope="session")
def home_of_years(once: Once, default_home: Path, home_2007: Path) -> Path:
    """A home in which open-2017 and open-2007 are published together; nobody writes to it."""

    def publish_both(root: Path) -> None:
        # Not before BLAS has been told its threads.
        from flows.publishing import publish_home
        from warehouse.home import locate, prepare

        home = locate(root)
        prepare(home)
        for source in (default_home, home_2007):
            for working in locate(source).working_files():
                home.working_file(working.edition, working.year).path.symlink_to(working.path)
        publish_home(home)

    return once("home_of_years", publish_both)


def _compute(home: Path) -> None:
    """Fill a home with `tradeplume run`, in a process as a user has it."""
    if given := os.environ.get(GIVEN_HOME_VARIABLE):
        copy_of_home(Path(given), home)
    as_users_do = {name: text for name, text in os.environ.items() if name not in BLAS_THREADS}
    done = subprocess.run(
        [sys.executable, "-c", "from cli.main import main; main()", "run"],
        cwd=REPOSITORY,
        env={**as_users_do, "TRADEPLUME_HOME": str(home)},
        capture_output=True,
        text=True,
        check=False,
    )
    (home / SAID).write_text(done.stdout, encoding="utf-8")
    if done.returncode != 0:
        raise RuntimeError(
            f"`tradeplume run` ended with {done.returncode}: {done.stdout}{done.stderr}"
        )


@pytest.fixture
def own_home(default_home: Path, tmp_path: Path) -> Path:
    """A copy of that home, to be written to."""
    return copy_of_home(default_home, tmp_path / "home")


@pytest.fixture(scope="session")
def shared_data() -> Callable[[str], Path]:
    """``shared_data("economy/...")``: a publisher's original beside the repository, or a skip."""

    def find(relative: str) -> Path:
        path = SHARED_DATA / relative
        if not path.exists():
            pytest.skip(f"the original shared/data/{relative} is not here")
        return path

    return find
