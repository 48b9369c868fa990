"""Factors kept for the next step: the same system to the last bit, and none where they do not fit."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from compute._checks import InvalidInput
from compute.leontief import LeontiefSystem
from steps.kept_factors import factorised_and_kept, system_with_kept

SECTORS = 40


def _coefficients(seed: int = 0) -> np.ndarray:
    a = np.random.default_rng(seed).random((SECTORS, SECTORS))
    return a / a.sum(axis=0) / 2


@pytest.fixture
def place(tmp_path: Path) -> Path:
    return tmp_path / ".edition.factors.npz"


def test_the_next_step_solves_to_the_same_bits_and_leaves_nothing(place: Path) -> None:
    a, demand = _coefficients(), np.arange(SECTORS, dtype=float)
    first = factorised_and_kept(a, place, least=1)
    assert place.exists()
    second = system_with_kept(a, place)
    assert np.array_equal(second.factors[0], first.factors[0])
    assert np.array_equal(second.solve(demand), first.solve(demand))
    assert np.array_equal(second.solve_transposed(demand), first.solve_transposed(demand))
    assert list(place.parent.iterdir()) == []


def test_a_small_table_or_no_place_keeps_nothing(place: Path) -> None:
    factorised_and_kept(_coefficients(), place)
    factorised_and_kept(_coefficients(), None, least=1)
    assert list(place.parent.iterdir()) == []


def test_factors_of_another_table_are_not_taken(place: Path) -> None:
    factorised_and_kept(_coefficients(1), place, least=1)
    system = system_with_kept(_coefficients(2), place)
    assert np.array_equal(system.factors[0], LeontiefSystem(_coefficients(2)).factors[0])


@pytest.mark.parametrize("damage", ["shorter", "a bit", "text"])
def test_a_damaged_file_is_not_taken(place: Path, damage: str) -> None:
    factorised_and_kept(_coefficients(), place, least=1)
    content = bytearray(place.read_bytes())
    if damage == "a bit":
        content[len(content) // 2] ^= 1
    place.write_bytes({"shorter": content[: len(content) // 2], "text": b"no"}.get(damage, content))
    system = system_with_kept(_coefficients(), place)
    assert np.array_equal(system.factors[0], LeontiefSystem(_coefficients()).factors[0])


def test_without_room_on_the_disk_nothing_is_kept(tmp_path: Path) -> None:
    missing = tmp_path / "no folder" / "factors.npz"
    assert factorised_and_kept(_coefficients(), missing, least=1).size == SECTORS


def test_a_system_refuses_factors_of_another() -> None:
    factors = LeontiefSystem(_coefficients(1)).factors
    with pytest.raises(InvalidInput, match="factors of another matrix"):
        LeontiefSystem(_coefficients(2), factors=factors)
    with pytest.raises(InvalidInput, match="factors must be of a matrix of 39 rows"):
        LeontiefSystem(_coefficients()[:39, :39], factors=factors)
