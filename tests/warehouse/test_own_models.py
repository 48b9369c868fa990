"""Models of a user's own: with a description they join, without one the lines to add are printed."""

from __future__ import annotations

from pathlib import Path

import duckdb
import pytest
import yaml

from expectations.marts_own import own_judgements
from warehouse.errors import InputError
from warehouse.own_models import own_models, stage

SQL = """
select '{{ var("edition") }}' as edition, cast({{ var("year") }} as integer) as year, code, 2 * t as amount_t
from {{ ref('fct_made_up') }}
"""
VARIABLES = {"edition": "mine", "year": 2017}


@pytest.fixture
def home(tmp_path: Path) -> Path:
    (tmp_path / "models").mkdir()
    (tmp_path / "models" / "fct_double.sql").write_text(SQL)
    (tmp_path / "work").mkdir()
    with duckdb.connect(str(tmp_path / "work" / "mine-2017.duckdb")) as connection:
        connection.execute("create schema marts")
        connection.execute("create table marts.fct_made_up as select 'a' as code, 1.5::double as t")
    return tmp_path


def found_in(home: Path) -> list[str]:
    models = own_models(home, VARIABLES, home / "work" / "mine-2017.duckdb")
    return [model.name for model in models]


def test_a_model_without_its_entry_is_refused_with_the_lines_that_make_it_pass(home: Path) -> None:
    with pytest.raises(InputError) as caught:
        found_in(home)
    where, _, lines = caught.value.remedy.partition(":\n")
    assert where == f"Add to {home / 'models' / 'own.yml'}"
    columns = yaml.safe_load(lines)["models"][0]["columns"]
    assert [(column["name"], column["data_type"]) for column in columns] == [
        ("edition", "varchar"), ("year", "integer"), ("code", "varchar"), ("amount_t", "double"),
    ]  # fmt: skip
    (home / "models" / "own.yml").write_text(lines)
    assert found_in(home) == ["fct_double"]
    judged = {judgement.mart: judgement for judgement in own_judgements(home)}
    assert [bound.measure for bound in judged["fct_double"].bounds] == [
        "amount_t__least", "amount_t__most",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("there", "instead", "named"),
    [
        ("data_type: double", "type: double", "columns with data_type"),
        ("{name: edition", "{name: version", "edition and year as its first columns"),
        ("unique_key", "not_null", "a test unique_key"),
        ("bounds", "limits", "bounds (config.meta.bounds)"),
    ],
)
def test_what_an_entry_lacks_is_named(home: Path, there: str, instead: str, named: str) -> None:
    with pytest.raises(InputError) as caught:
        found_in(home)
    text = caught.value.remedy.partition(":\n")[2]
    (home / "models" / "own.yml").write_text(text.replace(there, instead))
    with pytest.raises(InputError) as caught:
        found_in(home)
    assert named in str(caught.value.found)


def test_the_name_of_a_model_of_the_project_is_refused(home: Path) -> None:
    (home / "models" / "dim_region.sql").write_text("select 1")
    with pytest.raises(InputError, match="name that cannot be used"):
        found_in(home)


def test_models_are_staged_as_marts(home: Path, tmp_path: Path) -> None:
    with pytest.raises(InputError) as caught:
        found_in(home)
    (home / "models" / "own.yml").write_text(caught.value.remedy.partition(":\n")[2])
    models = own_models(home, VARIABLES, tmp_path / "none")
    staged = stage(models, home, tmp_path / "dbt")
    assert {path.name for path in (staged / "marts").iterdir()} == {"fct_double.sql", "own.yml"}
    assert own_models(tmp_path / "elsewhere", VARIABLES, tmp_path / "none") == []
