"""The home region: one code in the seed, in every bundled edition, and for readers of the atlas."""

from __future__ import annotations

from pathlib import Path

import pytest

from warehouse import regions
from warehouse.edition import list_editions, load_edition
from warehouse.regions import home_region


def test_every_bundled_edition_has_the_home_region_of_the_seed(tmp_path: Path) -> None:
    names = list_editions()
    assert names
    assert {load_edition(name, tmp_path).home_region for name in names} == {home_region()}


@pytest.mark.parametrize("kinds", [(), ("home", "home")])
def test_a_seed_without_exactly_one_home_region_is_refused(
    kinds: tuple[str, ...], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    seed = tmp_path / "region.csv"
    rows = [f"R{place},{kind}" for place, kind in enumerate(("foreign", *kinds))]
    seed.write_text("\n".join(["code,kind", *rows]) + "\n", encoding="utf-8")
    monkeypatch.setattr(regions, "_SEED", seed)
    with pytest.raises(LookupError, match="one region of kind home"):
        home_region.__wrapped__()
