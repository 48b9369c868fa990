"""What a user has decides which families of models make the table: all subsets of roles."""

from __future__ import annotations

from itertools import chain, combinations
from pathlib import Path

import pytest

from flows.run import steps_of
from warehouse.choices import REPLACEMENTS, choices_of
from warehouse.edition import load_edition
from warehouse.landing import labelled

ROLES = ("provincial_mrio", "trade", "sector_emission", "global_table")
SUBSETS = tuple(chain.from_iterable(combinations(ROLES, count) for count in range(len(ROLES) + 1)))


@pytest.mark.parametrize("filled", SUBSETS, ids="+".join)
def test_each_role_decides_its_own_part_and_no_other(filled: tuple[str, ...]) -> None:
    edition = load_edition("open-2017").model_copy(update={"filled": frozenset(filled)})
    choices = edition.choices
    assert choices.export_destinations == ("customs" if "trade" in filled else "nation")
    assert edition.variables["export_destinations"] == choices.export_destinations
    flows = "workbook" if "provincial_mrio" in filled else "gravity"
    assert choices.interprovincial_flows == edition.variables["interprovincial_flows"] == flows
    names = [step.name for step in steps_of(edition.kind, choices=choices)]
    assert ("gravity" in names) == (flows == "gravity")
    assert ("destination" in names) == ("trade" in filled)
    assert len(set(names)) == len(names)


def test_a_landed_file_fills_its_role(tmp_path: Path) -> None:
    edition = load_edition("open-2017", tmp_path)
    assert labelled(edition, tmp_path).filled == frozenset()
    folder = tmp_path / "landing" / "open-2017" / "trade"
    folder.mkdir(parents=True)
    (folder / "mine.csv.part").write_text("")
    assert labelled(edition, tmp_path).filled == frozenset(), "it is not whole yet"
    (folder / "mine.csv").write_text("flow\n")
    found = labelled(edition, tmp_path)
    assert found.filled == {"trade"}
    assert found.choices == choices_of("concentration", ["trade"])


def test_a_landed_world_table_is_the_years_own() -> None:
    edition = load_edition("open-2012")
    assert edition.variables["global_structure_year"] == 2017
    filled = edition.model_copy(update={"filled": frozenset(["global_table"])})
    assert filled.variables["global_structure_year"] == 2012
    assert "global_structure_year" not in load_edition("paper-2017").variables


def test_what_a_role_replaces_is_a_role_of_the_default_edition() -> None:
    assert set(REPLACEMENTS) <= set(load_edition("open-2017").roles)
    assert choices_of("paper", ()).export_destinations == "customs", "paper demands all its roles"
