"""Fixtures: emissions of a made-up China, and a fake installation of the model."""

from __future__ import annotations

import shutil
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from geoschem.emissions import read_inventory, write_scenarios
from geoschem.layout import Campaign
from geoschem.simulate import Request, simulate
from tests.geoschem.world import EDITION, YEAR, write_installation, write_working_file
from warehouse.database import connect
from warehouse.home import Home

EDITION_LIKE: Any = SimpleNamespace(name=EDITION, year=YEAR)


@pytest.fixture(scope="session")
def world_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A working file; not to be written to."""
    path = tmp_path_factory.mktemp("world") / f"{EDITION}-{YEAR}.duckdb"
    write_working_file(path)
    return path


@pytest.fixture
def world_home(world_file: Path, tmp_path: Path) -> Home:
    """A home with that working file, to be written to."""
    home = Home(tmp_path / "home")
    home.work.mkdir(parents=True)
    shutil.copy(world_file, home.working_file(EDITION, YEAR).path)
    return home


@pytest.fixture(scope="session")
def written(world_file: Path, tmp_path_factory: pytest.TempPathFactory) -> Campaign:
    """Emissions of Base and I_EX, written once; not to be changed."""
    campaign = Campaign(tmp_path_factory.mktemp("campaign"))
    with connect(world_file, read_only=True) as con:
        inventory = read_inventory(con, EDITION, YEAR)
        write_scenarios(con, inventory, ["Base", "I_EX"], campaign)
    return campaign


@pytest.fixture
def campaign(written: Campaign, tmp_path: Path) -> Campaign:
    """A copy of those emissions, to be damaged."""
    copy = Campaign(tmp_path / "campaign")
    shutil.copytree(written.emissions, copy.emissions)
    return copy


@pytest.fixture(scope="session")
def installation(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A source folder of the model with a fake program; not to be changed."""
    root = tmp_path_factory.mktemp("installation") / "GCClassic"
    write_installation(root)
    return root


@pytest.fixture(scope="session")
def asked(installation: Path) -> Request:
    """Base and I_EX in January 2017: five segments each."""
    return Request(
        scenarios=("Base", "I_EX"),
        year=2017,
        months=(1,),
        boundary_spinup_months=1,
        nested_spinup_days=5,
        gc_root=installation,
        data_root=installation / "ExtData",
        rundirs=tuple((kind, installation / "rundirs" / kind) for kind in ("boundary", "nested")),
        ignore_disk=True,
        poll_s=0.05,
    )


@pytest.fixture(scope="session")
def complete(world_file: Path, asked: Request, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home in which the campaign of ``asked`` is complete and read, with what was said; for copies."""
    home = Home(tmp_path_factory.mktemp("complete") / "home")
    home.work.mkdir(parents=True)
    shutil.copy(world_file, home.working_file(EDITION, YEAR).path)
    said: list[str] = []
    simulate(EDITION_LIKE, home, asked, said.append)
    (home.root / "said.txt").write_text("\n".join(said))
    return home.root


@pytest.fixture
def complete_home(complete: Path, tmp_path: Path) -> Home:
    """A moved copy of that home, to be damaged."""
    shutil.copytree(complete, tmp_path / "moved", symlinks=True)
    return Home(tmp_path / "moved")
