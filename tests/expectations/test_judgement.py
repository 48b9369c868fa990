"""What gate 2 knows of the marts, without a working file."""

from __future__ import annotations

from pathlib import Path

import duckdb
import pytest
import yaml

from expectations.judgement import Judgement, Places, by_mart, gap_sql, read_places, unjudged
from expectations.marts_gate import judgements
from expectations.promise import MARTS_FOLDER, MODELS, read_marts, read_parts

DESCRIBED = {mart.name: mart.columns for part in read_parts(MARTS_FOLDER) for mart in part}


def test_every_described_mart_is_judged() -> None:
    assert unjudged(DESCRIBED, (judgement.mart for judgement in judgements())) == ()
    assert len(DESCRIBED) > 50


@pytest.mark.parametrize("judgement", judgements(), ids=lambda judgement: judgement.mart)
def test_bounds_name_a_column_of_the_mart_and_a_dated_reason(judgement: Judgement) -> None:
    for bound in judgement.bounds:
        assert bound.measure.partition("__")[0] in DESCRIBED[judgement.mart]
        assert bound.reason.startswith("2026-1")
        assert bound.minimum is not None or bound.maximum is not None


def test_two_judgements_of_one_mart_are_refused() -> None:
    twice = Judgement("fct_new", "select 1", ())
    with pytest.raises(ValueError, match="judged twice: fct_new"):
        by_mart((twice, twice), ["fct_new"])


@pytest.mark.parametrize(
    ("left", "right", "expected"),
    [("1.0", "1.0", 0.0), ("2.0", "1.0", 0.5), ("null", "4.0", 1.0), ("0.0", "1e-3", 1e-3), ("-1.0", "1.0", 2.0)],
)  # fmt: skip
def test_a_gap_is_relative_to_the_larger_side_and_a_missing_side_is_zero(
    left: str, right: str, expected: float
) -> None:
    ((found,),) = duckdb.sql(f"select {gap_sql(left, right)}").fetchall()
    assert found == pytest.approx(expected)


def test_places_of_a_file_without_marts_are_empty() -> None:
    with duckdb.connect() as connection:
        assert read_places(connection) == Places("", "")
    assert Places("CHN", "O'").fill("$home $consumer") == "'CHN' 'O'''"


def test_a_contract_that_dbt_enforces_is_read(tmp_path: Path) -> None:
    marts = tmp_path / "models" / "core" / "marts"
    marts.mkdir(parents=True)
    column = {"name": "code"}
    models = [
        {"name": "fct_new", "config": {"contract": {"enforced": True}}, "columns": [column]},
        {"name": "bi_new", "columns": [column]},
        {"name": "int_new", "columns": [column]},
    ]
    (marts / "_new.yml").write_text(yaml.safe_dump({"models": models}), encoding="utf-8")
    assert {mart.name: mart.is_contracted for mart in read_marts(marts)} == {
        "fct_new": True,
        "bi_new": False,
    }
    assert MODELS.is_dir()
    with pytest.raises(ValueError, match="no mart is described"):
        read_marts(tmp_path)
