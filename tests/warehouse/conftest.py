"""Files landed in a home of their own."""

from __future__ import annotations

from pathlib import Path

import polars as pl
import pytest
from real_tables import Landed, Notes

from warehouse.edition import load_edition
from warehouse.landing import resolve_role
from warehouse.role_reading import read_role
from warehouse.sources.notes import collected


@pytest.fixture
def landed(tmp_path: Path) -> Landed:
    """Read files as a run does: ``landed(edition, role, {name: content})`` gives table and notes."""

    def read(edition: str, role: str, files: dict[str, bytes]) -> tuple[pl.DataFrame, Notes]:
        folder = tmp_path / "landing" / edition / role
        for name, content in files.items():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            (folder / name).write_bytes(content)
        with collected() as notes:
            found = resolve_role(load_edition(edition, tmp_path), role, tmp_path)
            assert found is not None
            frame, _ = read_role(found)
        return frame, [str(note) for note in (*notes, *found.notes)]

    return read
