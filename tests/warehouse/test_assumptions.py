"""The table of assumptions: complete, of one mind with SQL and compute, and what it refuses."""

from __future__ import annotations

import dataclasses
import re
from pathlib import Path

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from compute.weather import Settings
from tests.assumptions import PAGE, table
from warehouse.assumption import Assumption
from warehouse.assumption_table import ENTRIES
from warehouse.assumptions import (
    ASSUMPTIONS,
    CODES,
    AssumptionError,
    completed,
    of_kind,
    read_assumptions,
    read_codes,
)
from warehouse.edition import PACKAGED_EDITIONS, list_editions, load_edition

REPOSITORY = Path(__file__).resolve().parents[2]
NAMES = sorted(ASSUMPTIONS)
NUMBERS = [entry for entry in ASSUMPTIONS.values() if entry.unit and not callable(entry.default)]
WORDS = [
    entry
    for entry in ASSUMPTIONS.values()
    if " or `" in entry.allowed and not isinstance(entry.default, bool)
]
# What every edition says by keys of its own, and what the pipeline adds.
OF_THE_EDITION = {
    "edition", "year", "kind", "home_region", "sector_classification", "has_huge_tables", "whole",
    "computed_from", "landed_roles", "export_destinations",
}  # fmt: skip
USED = re.compile(r"""\bvar\(\s*["'](\w+)["']\s*(?:,\s*(.+?)\s*)?\)""")


def sql() -> dict[str, str]:
    """All templates that read variables, by place."""
    paths = [
        *(REPOSITORY / "models").rglob("*.sql"),
        *(REPOSITORY / "dbt_project" / "macros").rglob("*.sql"),
        *(REPOSITORY / "dbt_project" / "tests").rglob("*.sql"),
    ]
    return {str(path.relative_to(REPOSITORY)): path.read_text() for path in paths}


def read_somewhere() -> set[str]:
    """Names that a model, a macro or the steps read."""
    code = "".join(
        path.read_text()
        for room in ("steps", "flows", "service", "cli")
        for path in (REPOSITORY / room).glob("*.py")
    )
    named = {match[1] for text in sql().values() for match in USED.finditer(text)}
    quoted = {name for name in NAMES if f'"{name}"' in code}
    weather = {f"weather_{field.name}" for field in dataclasses.fields(Settings)}
    return named | quoted | weather


def test_every_variable_of_a_model_is_in_the_table() -> None:
    known = {*ASSUMPTIONS, *CODES, *OF_THE_EDITION}
    unknown = {
        f"{place}: {match[1]}"
        for place, text in sql().items()
        for match in USED.finditer(text)
        if match[1] not in known
    }
    assert not unknown, "add a line to warehouse/assumption_table.py"


def test_every_assumption_is_read_somewhere() -> None:
    assert {*ASSUMPTIONS, *CODES} - read_somewhere() == set()


def test_a_default_in_sql_is_that_of_the_table() -> None:
    found = 0
    for place, text in sql().items():
        for match in USED.finditer(text):
            name, default = match[1], match[2]
            if default is None or name not in ASSUMPTIONS:
                continue
            found += 1
            if default.startswith("var("):
                assert ASSUMPTIONS[name].default_in(1999) == 1999, place
                continue
            assert yaml.safe_load(default) == ASSUMPTIONS[name].default, place
    assert found >= 5


def test_the_defaults_of_dbts_project_are_those_of_the_table() -> None:
    stated = yaml.safe_load((REPOSITORY / "dbt_project" / "dbt_project.yml").read_text())["vars"]
    of_air = {name: value for name, value in stated.items() if name not in OF_THE_EDITION}
    assert len(of_air) >= 9
    assert of_air == {name: ASSUMPTIONS[name].default for name in of_air}


def test_the_weather_models_settings_are_all_there_with_their_defaults() -> None:
    ours = {
        name.removeprefix("weather_"): entry.default
        for name, entry in ASSUMPTIONS.items()
        if name.startswith("weather_") and name != "weather_reach_km"
    }
    assert ours == dataclasses.asdict(Settings())


@pytest.mark.parametrize("name", NAMES)
def test_an_entry_says_what_it_is_and_allows_its_own_default(name: str) -> None:
    entry = ASSUMPTIONS[name]
    assert entry.description.endswith(".")
    assert entry.kinds
    default = entry.default_in(2017)
    assert entry.read(default) == default
    assert isinstance(default, bool) or entry.read(str(default)) == default


def test_no_name_stands_twice() -> None:
    assert len(ENTRIES) == len(ASSUMPTIONS)
    assert not {*ASSUMPTIONS} & {*CODES, *OF_THE_EDITION}


@given(entry=st.sampled_from(NUMBERS), value=st.floats(allow_nan=True, allow_infinity=True))
def test_a_number_is_read_within_its_bounds_and_refused_beyond(
    entry: Assumption, value: float
) -> None:
    least, most = (float(text) for text in entry.allowed.removeprefix("whole, ").split(" to "))
    is_whole = entry.allowed.startswith("whole")
    allowed = least <= value <= most and (not is_whole or value == int(value))
    if allowed:
        assert entry.read(value) == value
    else:
        with pytest.raises(ValueError, match="expected"):
            entry.read(value)


@pytest.mark.parametrize("value", [True, None, "much", [1], {"a": 1}])
def test_what_is_no_number_is_refused(value: object) -> None:
    for entry in NUMBERS:
        with pytest.raises(ValueError, match=r"expected"):
            entry.read(value)


def test_a_small_number_that_yaml_reads_as_text_is_a_number() -> None:
    text = yaml.safe_load("balance_tolerance: 1e-8")
    assert text == {"balance_tolerance": "1e-8"}
    assert read_assumptions(text) == {"balance_tolerance": 1e-8}


def test_a_word_is_one_of_its_choices() -> None:
    for entry in WORDS:
        for choice in re.findall(r"`(\w+)`", entry.allowed):
            assert entry.read(choice) == choice
        with pytest.raises(ValueError, match="expected `"):
            entry.read("otherwise")


@pytest.mark.parametrize(
    ("value", "name"), [(2018, "2018"), ("2018q1", "2018Q1"), ("2018-03",) * 2]
)
def test_a_period_is_read_as_people_write_it(value: object, name: str) -> None:
    assert ASSUMPTIONS["period"].read(value) == name


@pytest.mark.parametrize("value", ["2018Q5", "2018-13", "spring", True, 18])
def test_what_is_no_period_is_refused(value: object) -> None:
    with pytest.raises(ValueError, match="a quarter"):
        ASSUMPTIONS["period"].read(value)


@given(
    name=st.sampled_from([name for name in NAMES if len(name) > 5]), position=st.integers(0, 100)
)
def test_a_letter_too_few_is_refused_with_the_nearest_name(name: str, position: int) -> None:
    cut = position % len(name)
    misspelt = name[:cut] + name[cut + 1 :]
    with pytest.raises(AssumptionError) as refused:
        read_assumptions({misspelt: 1})
    assert refused.value.name == misspelt
    assert "did you mean `" in str(refused.value)
    assert all(known in refused.value.remedy for known in NAMES)


def test_a_name_like_none_is_refused_without_a_guess() -> None:
    with pytest.raises(AssumptionError) as refused:
        read_assumptions({"zzz": 1})
    assert str(refused.value) == "there is no such assumption"


def test_codes_are_known_words() -> None:
    assert read_codes({"provincial_inventory_code": "FU202"}) == {
        "provincial_inventory_code": "FU202"
    }
    with pytest.raises(AssumptionError, match="did you mean `provincial_inventory_code`"):
        read_codes({"provincial_inventory": "FU202"})
    with pytest.raises(AssumptionError, match="expected a word, found 202"):
        read_codes({"provincial_inventory_code": 202})


def test_an_edition_has_the_defaults_of_its_kind_and_no_others() -> None:
    found = completed({"path_count": 7}, "paper", 2017)
    assert {*found} == {entry.name for entry in of_kind("paper")}
    assert (found["path_count"], found["table_year"], found["regimes"]) == (7, 2017, "paper")
    assert "gravity_exponent" not in found
    with pytest.raises(AssumptionError, match="editions of kind paper do not use it"):
        completed({"gravity_exponent": 1.0}, "paper", 2017)


@pytest.mark.parametrize("name", list_editions(Path("nowhere")))
def test_bundled_editions_are_as_their_files_say(name: str) -> None:
    edition = load_edition(name, Path("nowhere"))
    stated = yaml.safe_load((PACKAGED_EDITIONS / f"{name}.yml").read_text()).get("assumptions", {})
    assert {key: edition.assumptions[key] for key in stated} == stated
    assert {*edition.assumptions} == {entry.name for entry in of_kind(edition.kind)}


def test_the_page_has_the_table() -> None:
    assert table() in PAGE.read_text(encoding="utf-8"), "make docs-answers writes it"
