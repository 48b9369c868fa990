"""The default edition in two runs, observed air quality beside it, a fake GEOS-Chem: minutes, so a heavy proof."""

from __future__ import annotations

import csv
import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import duckdb
import pytest

from tests.geoschem.world import write_installation
from tests.queries import PAGES, answered, editions_of, questions
from warehouse.request import DEFAULT_EDITION

pytestmark = [pytest.mark.heavy, pytest.mark.timeout(3600)]
EDITIONS = (DEFAULT_EDITION, "air-open")


@dataclass(frozen=True)
class Published:
    """The published file, and what it was and was said after emissions alone and after the whole edition."""

    file: Path
    emissions: dict[str, str]
    whole: dict[str, str]
    said: str


@pytest.fixture(scope="module")
def runs(tmp_path_factory) -> Published:
    """Emissions alone, then the rest of the edition, then observations."""
    home = tmp_path_factory.mktemp("editions")
    tradeplume(home, "run", "--quiet", "--without-concentrations")
    emissions = checksums(home)
    said = tradeplume(home, "run", "--quiet")
    whole = checksums(home)
    tradeplume(home, "run", "--quiet", "--edition", "air-open")
    return Published(home / "published" / "tradeplume.duckdb", emissions, whole, said)


@pytest.fixture(scope="module")
def published(runs: Published) -> Path:
    return runs.file


def tradeplume(home: Path, *arguments: str) -> str:
    """Run a command of ours on a home; what it says."""
    done = subprocess.run(
        [sys.executable, "-m", "cli.main", *arguments],
        env=os.environ | {"TRADEPLUME_HOME": str(home)},
        check=True,
        capture_output=True,
        text=True,
    )
    return done.stdout


def checksums(home: Path) -> dict[str, str]:
    """Checksum of every published table."""
    with (home / "published" / "checksums.csv").open(encoding="utf-8") as file:
        return {row["mart"]: row["checksum"] for row in csv.DictReader(file)}


def test_a_whole_run_after_emissions_alone_adds_what_is_missing(runs: Published) -> None:
    made = [line.split(":")[0] for line in runs.said.splitlines() if ": done" in line]
    assert made == [
        *("atmosphere", "concentration", "evaluation", "evaluation-of-year", "simulated"),
        *("health", "driven", "uncertainty"),
        *("marts", "gate-marts", "publish", "parquet", "atlas"),
    ]
    assert {"fct_pm25_province", "fct_exposure"} <= runs.whole.keys() - runs.emissions.keys()
    kept = {name for name in runs.emissions if runs.whole[name] == runs.emissions[name]}
    assert {"fct_export_output", "fct_mrio_flow", "fct_supply_chain_path", "fct_balance"} <= kept


@pytest.mark.parametrize("edition", EDITIONS)
def test_the_answers_of_the_documentation_are_true(published, edition):
    assert edition in editions_of(published)
    asked = questions(edition)
    assert len(asked) >= 10
    wrong = [
        question.name for question in asked if answered(published, question.sql) != question.answer
    ]
    assert wrong == [], f"pages {PAGES}: `make docs-answers` writes the answers anew"


def test_what_a_fake_model_brings_back_is_published_beside_our_engine(
    published: Path, tmp_path: Path
) -> None:
    model = tmp_path / "GCClassic"
    write_installation(model)
    home = published.parent.parent
    tradeplume(
        home,
        *("simulate", "--edition", DEFAULT_EDITION, "--sim-year", "2017", "--month", "1"),
        *("--scenario", "Base,I_EX", "--spinup-months", "1", "--spinup-days", "5", "--ignore-disk"),
        *("--gc-root", str(model), "--data-root", str(model / "ExtData")),
        *("--boundary-rundir", str(model / "rundirs" / "boundary")),
        *("--nested-rundir", str(model / "rundirs" / "nested")),
    )
    tradeplume(home, "run", "--quiet", "--edition", DEFAULT_EDITION)
    with duckdb.connect(str(published), read_only=True) as con:
        con.execute("use marts")
        engines = con.execute(
            "select engine, scenario, count(distinct province) from fct_pm25_province"
            " where scenario in ('Base', 'I_EX') group by all order by all"
        ).fetchall()
        exported = con.execute(
            "select bool_and(base.pm25_ug_m3 >= less.pm25_ug_m3 - 1e-9) from fct_pm25_grid as base"
            " inner join fct_pm25_grid as less using (engine, component, longitude, latitude)"
            " where base.engine = 'geoschem' and base.scenario = 'Base' and less.scenario = 'I_EX'"
        ).fetchall()
        runs = con.execute(
            "select count(*) from fct_provenance where role = 'simulation'"
        ).fetchall()
    assert engines == [
        (engine, scenario, 32)
        for engine in ("geoschem", "reduced")
        for scenario in ("Base", "I_EX")
    ]
    assert exported == [(True,)]
    assert runs == [(2,)]
