"""Two computed editions in one published file: the answers of docs/change.md."""

from __future__ import annotations

from pathlib import Path

import pytest

from flows.publishing import publish_home
from tests.queries import Question, answered, questions
from warehouse.home import locate, prepare

pytestmark = pytest.mark.home
EDITIONS = ("open-2007", "open-2017")


@pytest.fixture(scope="module")
def published(
    default_home: Path, home_2007: Path, tmp_path_factory: pytest.TempPathFactory
) -> Path:
    """The working files of both years, published together."""
    home = locate(tmp_path_factory.mktemp("years"))
    prepare(home)
    for source in (default_home, home_2007):
        for working in locate(source).working_files():
            home.working_file(working.edition, working.year).path.symlink_to(working.path)
    publish_home(home)
    return home.published_file


@pytest.mark.parametrize("question", questions(*EDITIONS), ids=lambda question: question.name)
def test_the_answers_on_changes_are_true(published: Path, question: Question) -> None:
    assert answered(published, question.sql) == question.answer
