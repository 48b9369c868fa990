"""The list of words finds what readers quoted."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.prose import findings


@pytest.mark.parametrize(
    "sentence",
    [
        "most of them for what people breathe; who wants the emissions alone has them in half the time",
        "said so that he can",
        "A period that is none.",
        "a runner that is none",
        "What a reader bears although it is not as published: a reader bears it.",
        "GAINS does not part them",
        "its libraries put semaphores away",
        "{fmt} is none of table, csv",
        "the event; Else the run starts",
    ],
)
def test_quoted_sentences_are_found(tmp_path: Path, sentence: str) -> None:
    (tmp_path / "page.md").write_text(f"{sentence}\n", encoding="utf-8")
    assert [each.line for each in findings(tmp_path)]


def test_plain_sentences_pass(tmp_path: Path) -> None:
    plain = (
        "The run takes 2 to 4 minutes. To skip PM2.5: `tradeplume run --without-concentrations`.\n"
    )
    (tmp_path / "page.md").write_text(plain, encoding="utf-8")
    assert list(findings(tmp_path)) == []
