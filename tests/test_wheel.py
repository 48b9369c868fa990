"""A wheel is the whole product: built, installed beside the libraries alone, used in another folder."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import sysconfig
import venv
import zipfile
from pathlib import Path

import pytest

pytestmark = pytest.mark.slow

ROOT = Path(__file__).parents[1]
WITHOUT = {"__pycache__", ".venv", ".git", "var"}


def _not_built(folder: str, names: list[str]) -> set[str]:
    """Our tests are no part of a wheel; those of dbt's project are."""
    of_the_root = {"tests", "benchmarks"} if Path(folder) == ROOT else set()
    return {*names} & (WITHOUT | of_the_root)


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("wheel")
    # From a copy: what a build leaves behind is not the checkout's affair.
    source = folder / "source"
    shutil.copytree(ROOT, source, ignore=_not_built)
    command = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(folder)]
    subprocess.run(command, cwd=source, check=True, capture_output=True)
    (found,) = folder.glob("*.whl")
    return found


@pytest.fixture(scope="module")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The command of an environment that has the wheel and our libraries, but not the checkout."""
    folder = tmp_path_factory.mktemp("environment")
    venv.create(folder, with_pip=False, symlinks=True)
    place = Path(sysconfig.get_path("purelib", vars={"base": str(folder), "platbase": str(folder)}))
    # A path in a .pth file brings the libraries, and no .pth file beside them, so not this checkout.
    (place / "libraries.pth").write_text(sysconfig.get_path("purelib"), encoding="utf-8")
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(place)
    return folder / "bin" / "python"


def asked(
    python: Path, where: Path, *command: str, expect: int = 0
) -> subprocess.CompletedProcess[str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith("PYTHON")}
    done = subprocess.run(
        [python, *command],
        cwd=where,
        env={name: value for name, value in kept.items() if name != "TRADEPLUME_HOME"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == expect, done.stderr
    return done


def test_a_wheel_holds_code_models_seeds_and_bundled_tables_in_one_package(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        names = archive.namelist()
    assert {name.split("/")[0].split("-")[0] for name in names} == {"tradeplume"}
    rooms = {name.split("/")[2] for name in names if name.startswith("tradeplume/_rooms/")}
    assert rooms >= {"compute", "warehouse", "cli", "models", "seeds", "dbt_project"}
    for room in ("models", "seeds", "dbt_project", "warehouse/bundled", "warehouse/editions"):
        here = {
            path.relative_to(ROOT).as_posix()
            for path in (ROOT / room).rglob("*")
            if path.is_file() and "__pycache__" not in path.parts
        }
        there = {name.removeprefix("tradeplume/_rooms/") for name in names}
        assert here - there == set()


def test_the_command_of_a_wheel_knows_its_steps_in_any_folder(
    installed: Path, tmp_path: Path
) -> None:
    said = asked(installed, tmp_path, "-m", "tradeplume", "run", "--dry-run").stdout
    assert "not made yet" in said
    where = asked(installed, tmp_path, "-c", "import tradeplume; print(tradeplume.__file__)").stdout
    assert not Path(where.strip()).is_relative_to(ROOT)


def test_the_names_of_the_rooms_are_nobodys_in_a_notebook(installed: Path, tmp_path: Path) -> None:
    (tmp_path / "compute.py").write_text("WHOSE = 'the notebook'\n", encoding="utf-8")
    said = asked(
        installed, tmp_path, "-c", "import tradeplume, compute; print(compute.WHOSE)"
    ).stdout
    assert said.strip() == "the notebook"
    refused = asked(installed, tmp_path, "-c", "import tradeplume; tradeplume.open()", expect=1)
    assert "run `tradeplume run` first" in refused.stderr


@pytest.mark.heavy
def test_a_wheel_computes_and_publishes(installed: Path, tmp_path: Path) -> None:
    asked(installed, tmp_path, "-m", "tradeplume", "run", "--without-concentrations", "--quiet")
    said = asked(installed, tmp_path, "-m", "tradeplume", "sql", "select count(*) from dim_region")
    assert "count" in said.stdout
    named = "import tradeplume; print(tradeplume.figure('export_map').data[0].type)"
    assert asked(installed, tmp_path, "-c", named).stdout.strip() == "choropleth"
