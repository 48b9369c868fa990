"""One small economy and its files, made once, for all tests of the readers."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from synth import har
from synth.economy import Economy, build
from synth.files import write_files
from tests.once import Once

LANDING = Path("landing") / "paper-2017"


@pytest.fixture(scope="session")
def economy() -> Economy:
    made = build("small", 11, 0.0)
    return replace(made, world=har.single(made.world))


@pytest.fixture(scope="session")
def quiet(once: Once) -> Path:
    """A folder with files without noise and their truth (seed 11); never write into it."""
    return once("quiet", lambda out: write_files(out, size="small", seed=11, noise=0.0))


@pytest.fixture(scope="session")
def whole_files(quiet: Path) -> Path:
    """Files without noise, by role; never write into them."""
    return quiet / LANDING


@pytest.fixture
def copy_of(whole_files: Path, tmp_path: Path) -> Callable[[str], Path]:
    """A role's files in a folder that may be damaged."""

    def copied(role: str) -> Path:
        return Path(shutil.copytree(whole_files / role, tmp_path / role))

    return copied
