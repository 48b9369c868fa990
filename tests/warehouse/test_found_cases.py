"""Every reported case: the page names the test that holds it, and the sample itself gets its right answer."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from source_samples import gains_text

from tests.queries import DOCS
from warehouse.edition import load_edition
from warehouse.errors import InputError
from warehouse.landing import RoleInput, sources_of
from warehouse.role_reading import read_role
from warehouse.sources import gains
from warehouse.sources.notes import collected

REPOSITORY = Path(__file__).parents[2]
FOUND = REPOSITORY.parent / "shared" / "cases" / "found"
ROLES = {
    "economy/ammonia": "paper-2017 ammonia",
    "economy/customs": "paper-2017 trade",
    "economy/tidy_trade": "paper-2017 trade",
    "economy/emissions": "open-2007 sector_emission",
    "economy/gains": "paper-2017 subsector_emission",
    "economy/har": "paper-2017 gtap_flow",
    "economy/meic": "paper-2017 sector_emission",
    "economy/tidy_trailing": "open-2007 export_total",
    "economy/yearbook": "paper-2017 sector_output",
    "air/cnemc": "air-open observation",
    "air/era5": "air-open weather_observation",
    "air/met": "open-2007 meteorology",
    "air/nbs": "air-open industrial_output",
    "air/meic": "open-2007 emission_grid",
}
"""How a case's folder begins, and what its files fill. Other cases are no files of a role."""


def cases() -> dict[str, tuple[str, str]]:
    """Case to what happens now and its tests, as the page states them."""
    page = (DOCS / "real_files.md").read_text(encoding="utf-8")
    section = page.partition("## Reported cases\n")[2].partition("\n## ")[0]
    rows = re.findall(r"^\| `([a-z0-9_/]+)` \| (.+?) \| (.+?) \|$", section, re.MULTILINE)
    return {case: (now, tests) for case, now, tests in rows}


def test_the_tests_that_the_page_names_are_there() -> None:
    assert len(cases()) == 53
    written = "\n".join(
        path.read_text(encoding="utf-8")
        for folder in ("warehouse", "geoschem", "compute", "atlas", "synthetic")
        for path in (REPOSITORY / "tests" / folder).glob("test_*.py")
    )
    written += (REPOSITORY / "models" / "air" / "_unit_tests.yml").read_text(encoding="utf-8")
    for case, (_, tests) in cases().items():
        names = re.findall(r"`(\w+)`", tests)
        assert names, case
        for name in names:
            assert f"def {name}(" in written or f"name: {name}\n" in written, (case, name)


@pytest.mark.heavy
def test_the_samples_get_their_right_answers() -> None:
    if not FOUND.is_dir():
        pytest.skip(f"{FOUND} is not here")
    stated = cases()
    folders = {str(one.relative_to(FOUND)) for one in FOUND.glob("*/*") if one.is_dir()}
    assert set(stated) == folders
    for case, (now, _) in stated.items():
        fills = next((fills for start, fills in ROLES.items() if case.startswith(start)), None)
        files = sorted(one for one in (FOUND / case).iterdir() if not one.name.startswith("README"))
        if fills is not None and files:
            assert now.startswith(_answer(fills, files)), case


def _answer(fills: str, files: list[Path]) -> str:
    """`refused`, `read, noted` or `read`."""
    name, role = fills.split()
    try:
        with collected() as notes:
            sources = sources_of(role, files)
            read_role(RoleInput(role, load_edition(name).year, sources, is_bundled=False))
    except InputError:
        return "refused"
    odd = [
        note for note in notes if "no rows for" not in note.text and "no line for" not in note.text
    ]
    return "read, noted" if odd else "read"


def test_gains_without_its_quotes_is_read(tmp_path: Path) -> None:
    """Excel takes the quotes off when it saves the file."""
    quoted, bare = tmp_path / "quoted.csv", tmp_path / "bare.csv"
    quoted.write_text(gains_text(), encoding="utf-8")
    bare.write_text(gains_text().replace('"', ""), encoding="utf-8")
    assert gains.recognises(bare)
    both = [gains.read([path], "subsector_emission", 2007) for path in (quoted, bare)]
    assert both[0].equals(both[1])
