"""Edition files: what they must say, how they extend each other, how their faults are named."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

from warehouse.assumptions import ASSUMPTIONS
from warehouse.contracts import CONTRACTS
from warehouse.edition import PACKAGE, Edition, list_editions, load_edition
from warehouse.errors import EditionError

GOOD: dict[str, Any] = {
    "name": "mine-2012",
    "year": 2012,
    "title": "Mine",
    "home_region": "CHN",
    "sector_classification": "wiod35",
    "roles": {"global_table": {"reader": "wiod", "files": ["wiod12.rda"]}},
    "codes": {"provincial_classification": "cn42_2007"},
    "assumptions": {
        "gravity_exponent": 3,
        "path_count": 5,
        "export_total_concept": "goods_by_origin",
    },
}


def written(home: Path, content: object, name: str = "mine-2012") -> Path:
    path = home / "editions" / f"{name}.yml"
    path.parent.mkdir(exist_ok=True)
    text = content if isinstance(content, str) else yaml.safe_dump(content)
    path.write_text(text, encoding="utf-8")
    return path


def refusal(home: Path, name: str = "mine-2012") -> str:
    with pytest.raises(EditionError) as caught:
        load_edition(name, home)
    assert caught.value.remedy
    assert caught.value.exit_code == 2
    return caught.value.message


def stated(edition: Edition) -> dict[str, object]:
    """Those of its assumptions that GOOD states."""
    return {name: edition.assumptions[name] for name in GOOD["assumptions"]}


def test_the_default_edition_fills_its_roles_from_bundled_files(tmp_path: Path) -> None:
    edition = load_edition("open-2007", tmp_path)
    observed = load_edition("air-open", tmp_path)
    assert (edition.name, edition.year, edition.home_region) == ("open-2007", 2007, "CHN")
    later = load_edition("open-2011", tmp_path)
    licensed = load_edition("nowcast-2020", tmp_path)
    newer = load_edition("open-2017", tmp_path)
    filled = {
        *edition.roles,
        *observed.roles,
        *later.roles,
        *licensed.roles,
        *newer.roles,
    }
    assert filled == {*CONTRACTS}
    for role, source in edition.roles.items():
        if source.optional:  # the user brings it, or not
            assert edition.paths_of(role) == []
            continue
        (path,) = edition.paths_of(role)
        folder = "prices" if role == "deflator" else "open_2007"
        assert path == PACKAGE / "bundled" / folder / f"{role}.parquet"
        assert path.is_file()
    assert edition.variables["sector_classification"] == "wiod35"
    assert edition.variables["gravity_exponent"] == 1.0


def test_a_users_edition_is_found_and_keeps_its_types(tmp_path: Path) -> None:
    written(tmp_path, GOOD)
    packaged = [
        "air-caqra",
        "air-open",
        "nowcast-2020",
        "open-2007",
        "open-2011",
        "open-2012",
        "open-2017",
        "paper-2017",
    ]
    assert list_editions(tmp_path) == sorted(["mine-2012", *packaged])
    edition = load_edition("mine-2012", tmp_path)
    assert stated(edition) == {
        "gravity_exponent": 3.0,
        "path_count": 5,
        "export_total_concept": "goods_by_origin",
    }
    assert type(edition.assumptions["gravity_exponent"]) is float
    assert type(edition.assumptions["path_count"]) is int
    assert edition.paths_of("global_table") == [tmp_path / "editions" / "wiod12.rda"]
    assert str(tmp_path) not in repr(edition), "the same edition elsewhere has the same fingerprint"


def test_the_home_comes_from_the_environment(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    written(tmp_path, GOOD)
    monkeypatch.setenv("TRADEPLUME_HOME", str(tmp_path))
    assert load_edition("mine-2012").year == 2012
    assert "mine-2012" in list_editions()


def test_an_edition_may_extend_another(tmp_path: Path) -> None:
    older = {**GOOD, "name": "base-2012"}
    written(tmp_path, older, "base-2012")
    written(
        tmp_path,
        {
            "name": "mine-2012",
            "extends": "base-2012",
            "title": "Newer",
            "roles": {"population": {"reader": "tidy"}},
            "assumptions": {"gravity_exponent": 2},
        },
    )
    edition = load_edition("mine-2012", tmp_path)
    assert (edition.title, edition.year) == ("Newer", 2012)
    assert set(edition.roles) == {"global_table", "population"}
    assert stated(edition) == {
        "gravity_exponent": 2.0,
        "path_count": 5,
        "export_total_concept": "goods_by_origin",
    }
    assert edition.paths_of("global_table") == [tmp_path / "editions" / "wiod12.rda"]


def test_an_edition_may_extend_the_packaged_one(tmp_path: Path) -> None:
    written(tmp_path, {"name": "mine-2012", "extends": "open-2007", "year": 2012})
    edition = load_edition("mine-2012", tmp_path)
    assert edition.year == 2012
    assert edition.roles == load_edition("open-2007", tmp_path).roles
    assert edition.paths_of("population")[0].is_file()


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"year": "soon"}, ["key `year`", "integer", "'soon'"]),
        ({"year": 1066}, ["key `year`", "1900"]),
        ({"titel": "x"}, ["key `titel`", "no such key", "did you mean `title`"]),
        ({"bases": []}, ["key `bases`", "no such key"]),
        ({"is_synthetic": True}, ["key `is_synthetic`", "no such key"]),
        ({"title": ""}, ["key `title`"]),
        ({"name": "other"}, ["key `name`", "'other'", "'mine-2012'"]),
        ({"roles": {}}, ["key `roles`"]),
        ({"roles": ["global_table"]}, ["key `roles`", "names and values"]),
        ({"roles": {"trades": {"reader": "wiod"}}}, ["key `roles`", "unknown role trades"]),
        ({"roles": {"global_table": {"reader": "gtap"}}}, ["reader`", "unknown reader", "'gtap'"]),
        ({"roles": {"global_table": {"reader": "reas"}}}, ["reader reas cannot fill"]),
        ({"roles": {"global_table": {"files": []}}}, ["key `roles.global_table.reader`"]),
        ({"roles": {"populaton": {"reader": "tidy"}}}, ["did you mean `population`"]),
        ({"roles": {"global_table": {"reader": "wiodd"}}}, ["did you mean `wiod`"]),
        (
            {"roles": {"global_table": {"reader": "wiod", "file": ["a"]}}},
            ["key `roles.global_table.file`", "no such key", "did you mean `files`"],
        ),
        ({"kind": "papers"}, ["key `kind`", "'paper'"]),
        (
            {"assumptions": {"gravity_exponant": 1}},
            ["key `assumptions.gravity_exponant`", "did you mean `gravity_exponent`"],
        ),
        (
            {"assumptions": {"gravity_exponent": [1]}},
            ["key `assumptions.gravity_exponent`", "expected 0 to 5, found [1]"],
        ),
        ({"assumptions": {"export_cap_share": 95}}, ["expected 0 to 1, found 95"]),
        ({"assumptions": {"path_count": 2.5}}, ["expected whole, 1 to 10000, found 2.5"]),
        ({"assumptions": {"path_count": True}}, ["expected whole, 1 to 10000, found True"]),
        (
            {"assumptions": {"export_level": "table"}},
            ["assumptions.export_level", "footprint do not use it"],
        ),
        (
            {"codes": {"provincial_inventory": "FU202"}},
            ["key `codes.provincial_inventory`", "did you mean `provincial_inventory_code`"],
        ),
        ({"extends": "mine-2012"}, ["key `extends`", "itself"]),
        ({"extends": "nobody"}, ["key `extends`", "no edition 'nobody'"]),
    ],
)
def test_a_fault_is_named_with_file_and_key(
    tmp_path: Path, change: dict[str, object], words: list[str]
) -> None:
    path = written(tmp_path, {**GOOD, **change})
    message = refusal(tmp_path)
    assert message.startswith(str(path))
    for word in words:
        assert word in message


def test_an_unknown_assumption_lists_what_there_is(tmp_path: Path) -> None:
    written(tmp_path, {**GOOD, "assumptions": {"zzz": 1}})
    with pytest.raises(EditionError) as caught:
        load_edition("mine-2012", tmp_path)
    assert all(name in caught.value.remedy for name in ASSUMPTIONS)


def test_the_file_that_says_it_is_named_and_not_the_one_that_extends_it(tmp_path: Path) -> None:
    base = {**GOOD, "name": "base-2012", "assumptions": {"path_cuont": 1}}
    path = written(tmp_path, base, "base-2012")
    written(tmp_path, {"name": "mine-2012", "extends": "base-2012", "title": "Newer"})
    assert refusal(tmp_path).startswith(f"{path}: key `assumptions.path_cuont`")


def test_the_refusal_is_that_of_the_page(tmp_path: Path) -> None:
    written(tmp_path, {**GOOD, "assumptions": {"gravity_exponant": 1}})
    said = refusal(tmp_path).replace(str(tmp_path), "var")
    page = Path(__file__).resolve().parents[2] / "docs" / "editions.md"
    assert f"\n{said}\n" in page.read_text(encoding="utf-8")


@pytest.mark.parametrize("key", ["year", "title", "home_region", "sector_classification", "roles"])
def test_a_missing_key_is_named(tmp_path: Path, key: str) -> None:
    written(tmp_path, {name: value for name, value in GOOD.items() if name != key})
    assert f"key `{key}`" in refusal(tmp_path)


@pytest.mark.parametrize("content", ["year: [2007", "- a\n- b\n", "", "year: \x00"])
def test_a_file_that_is_not_an_edition_is_named(tmp_path: Path, content: str) -> None:
    path = written(tmp_path, content)
    assert refusal(tmp_path).startswith(str(path))


def test_an_unknown_edition_lists_the_known(tmp_path: Path) -> None:
    with pytest.raises(EditionError) as caught:
        load_edition("../../secret", tmp_path)
    assert "'../../secret'" in caught.value.message
    assert caught.value.remedy == (
        "Choose one of air-caqra, air-open, nowcast-2020, open-2007, open-2011, open-2012, open-2017, paper-2017."
    )


def test_the_edition_that_had_the_concentrations_names_the_one_that_has_them() -> None:
    with pytest.raises(EditionError) as caught:
        load_edition("open-2007-air")
    assert caught.value.remedy == "open-2007 has the concentrations now: name that one."


def test_an_edition_can_leave_its_concentrations_out_and_keeps_all_else() -> None:
    whole, observed = load_edition("open-2007"), load_edition("air-open")
    less = whole.without_concentrations()
    assert (whole.kind, less.kind) == ("concentration", "footprint")
    assert {**less.variables, "kind": whole.kind} == whole.variables
    assert less.roles == whole.roles
    assert observed.without_concentrations() is observed


def test_a_packaged_name_cannot_be_taken(tmp_path: Path) -> None:
    written(tmp_path, {**GOOD, "name": "open-2007"}, "open-2007")
    assert "there already is an edition open-2007" in refusal(tmp_path, "open-2007")


def test_a_file_name_must_be_an_edition_name(tmp_path: Path) -> None:
    written(tmp_path, GOOD, "My Edition")
    assert "not an edition name" in refusal(tmp_path)


def test_editions_that_extend_each_other_are_refused(tmp_path: Path) -> None:
    for name, other in (("a-1", "b-1"), ("b-1", "a-1")):
        written(tmp_path, {**GOOD, "name": name, "extends": other}, name)
    assert "a-1 -> b-1 -> a-1" in refusal(tmp_path, "a-1")


def test_an_edition_cannot_be_changed() -> None:
    edition = Edition.model_validate(GOOD)
    with pytest.raises(ValueError, match="frozen"):
        edition.year = 2013  # type: ignore[misc]
