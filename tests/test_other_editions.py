"""The answers on concentrations and observed air quality: minutes of computing, so a heavy proof."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.queries import PAGES, answered, editions_of, questions

pytestmark = [pytest.mark.heavy, pytest.mark.timeout(3600)]
EDITIONS = ("open-2007-air", "air-open")


@pytest.fixture(scope="module")
def published(tmp_path_factory) -> Path:
    """A published file that holds both editions."""
    home = tmp_path_factory.mktemp("editions")
    for edition in EDITIONS:
        subprocess.run(
            [sys.executable, "-m", "flows.cli", "run", "--quiet", "--edition", edition],
            env=os.environ | {"TRADEPLUME_HOME": str(home)},
            check=True,
        )
    return home / "published" / "tradeplume.duckdb"


@pytest.mark.parametrize("edition", EDITIONS)
def test_the_answers_of_the_documentation_are_true(published, edition):
    assert edition in editions_of(published)
    asked = questions(edition)
    assert len(asked) >= 10
    wrong = [
        question.name for question in asked if answered(published, question.sql) != question.answer
    ]
    assert wrong == [], f"pages {PAGES}: `make docs-answers` writes the answers anew"
