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

LANDING = Path("landing") / "paper-2017"


@pytest.fixture(scope="session")
def economy() -> Economy:
    made = build("small", 11, 0.0)
    return replace(made, world=har.single(made.world))


@pytest.fixture(scope="session")
def whole_files(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Files without noise and without truth; never write into them."""
    out = tmp_path_factory.mktemp("whole")
    write_files(out, size="small", seed=11, noise=0.0, with_truth=False)
    return out / LANDING


@pytest.fixture
def copy_of(whole_files: Path, tmp_path: Path) -> Callable[[str], Path]:
    """A role's files in a folder that may be damaged."""

    def copied(role: str) -> Path:
        return Path(shutil.copytree(whole_files / role, tmp_path / role))

    return copied
