"""The answers on concentrations and observed air quality: minutes of computing, so a heavy proof."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import duckdb
import pytest

from tests.flows.geoschem.world import write_installation
from tests.queries import PAGES, answered, editions_of, questions

pytestmark = [pytest.mark.heavy, pytest.mark.timeout(3600)]
EDITIONS = ("open-2007-air", "air-open")


@pytest.fixture(scope="module")
def published(tmp_path_factory) -> Path:
    """A published file that holds both editions."""
    home = tmp_path_factory.mktemp("editions")
    for edition in EDITIONS:
        tradeplume(home, "run", "--quiet", "--edition", edition)
    return home / "published" / "tradeplume.duckdb"


def tradeplume(home: Path, *arguments: str) -> None:
    """Run a command of ours on a home."""
    subprocess.run(
        [sys.executable, "-m", "flows.cli", *arguments],
        env=os.environ | {"TRADEPLUME_HOME": str(home)},
        check=True,
    )


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
        *("simulate", "--edition", "open-2007-air", "--sim-year", "2017", "--month", "1"),
        *("--scenario", "Base,I_EX", "--spinup-months", "1", "--spinup-days", "5", "--ignore-disk"),
        *("--gc-root", str(model), "--data-root", str(model / "ExtData")),
        *("--boundary-rundir", str(model / "rundirs" / "boundary")),
        *("--nested-rundir", str(model / "rundirs" / "nested")),
    )
    tradeplume(home, "run", "--quiet", "--edition", "open-2007-air")
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
