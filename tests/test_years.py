"""Two computed editions in one published file: the answers of docs/change.md."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.queries import Question, answered, questions
from warehouse.home import locate

pytestmark = pytest.mark.home
EDITIONS = ("open-2007", "open-2017")


@pytest.mark.parametrize("question", questions(*EDITIONS), ids=lambda question: question.name)
def test_the_answers_on_changes_are_true(home_of_years: Path, question: Question) -> None:
    assert answered(locate(home_of_years).published_file, question.sql) == question.answer
