"""The sectors that provincial tables and ICIO share: every code placed once, weights as the tables give them."""

from __future__ import annotations

import csv
from collections import defaultdict
from collections.abc import Callable
from pathlib import Path

import pytest

from warehouse.concordances import write_seed
from warehouse.errors import InputError
from warehouse.icio_concordances import (
    NATIONAL,
    SEEDS,
    TRADE_FLOW,
    comparison,
    concordance,
    icio44_concordance,
    icio_output,
    national_output,
    parts,
)
from warehouse.icio_industries import INDUSTRIES

SharedData = Callable[[str], Path]
CODES = SEEDS.parent / "codes"


def seed(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def codes(name: str, classification: str) -> set[str]:
    return {
        row["code"]
        for row in seed(CODES / f"{name}.csv")
        if row["classification"] == classification
    }


@pytest.mark.parametrize("classification", ["cn42_2017", "cn42_2012", "icio44"])
def test_every_code_is_placed_and_its_weights_sum_to_one(classification: str) -> None:
    sums: dict[str, float] = defaultdict(float)
    for row in seed(SEEDS / f"{classification}__icio30.csv"):
        sums[row["from_code"]] += float(row["weight"])
        assert row["to_code"] in codes("sector", "icio30")
        assert row["note"].strip()
    assert set(sums) == codes("source_sector", classification)
    assert sums == pytest.approx(dict.fromkeys(sums, 1.0), abs=1e-12)


@pytest.mark.parametrize("classification", ["cn42_2017", "cn42_2012", "icio44"])
def test_every_sector_has_a_source(classification: str) -> None:
    """A sector that one side lacks would be a sector without trade or without provinces."""
    reached = {row["to_code"] for row in seed(SEEDS / f"{classification}__icio30.csv")}
    assert reached == codes("sector", "icio30")


def test_the_two_lists_of_42_differ_from_row_22_on() -> None:
    new, old = ({part.from_code: part.to_code for part in parts(name)} for name in NATIONAL)
    assert [code for code in new if new[code] != old[code]] == [
        *("24", "26", "27", "28", "29", "30", "31", "32", "33", "34"),
    ]


def test_a_missing_table_is_named(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="weighs the concordance"):
        national_output("cn42_2017", tmp_path)
    with pytest.raises(InputError, match="trade flows"):
        icio_output(tmp_path)


@pytest.mark.parametrize("classification", list(NATIONAL))
def test_the_seed_is_what_the_tables_give(
    classification: str, shared_data: SharedData, tmp_path: Path
) -> None:
    file = NATIONAL[classification].file
    data = Path(str(shared_data(file)).removesuffix(file))
    written = tmp_path / "seed.csv"
    write_seed(concordance(classification, data), written)
    assert written.read_bytes() == (SEEDS / f"{classification}__icio30.csv").read_bytes()


def test_the_seed_of_the_icio_is_the_table_in_code(tmp_path: Path) -> None:
    written = tmp_path / "seed.csv"
    write_seed(icio44_concordance(), written)
    assert written.read_bytes() == (SEEDS / "icio44__icio30.csv").read_bytes()
    assert len(INDUSTRIES) == 44


def test_output_agrees_sector_by_sector_as_far_as_it_did(shared_data: SharedData) -> None:
    """Basic against producers' prices, and another vintage: no sector below 0.6 or above 1.2.

    Recycling with water and environment (ISIC 38) would give 0.60 there, publishing and film with culture
    0.64: the numbers that decided both.
    """
    data = Path(str(shared_data(TRADE_FLOW)).removesuffix(TRADE_FLOW))
    ratio = {
        code: icio / own for code, icio, own in comparison(concordance("cn42_2017", data), data)
    }
    assert min(ratio.values()) > 0.6
    assert max(ratio.values()) < 1.2
    assert ratio["E36T39"] == pytest.approx(0.94, abs=0.005)
    assert ratio["R"] == pytest.approx(1.05, abs=0.005)
