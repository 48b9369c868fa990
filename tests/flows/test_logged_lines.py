"""A line of the log stands on the console once, whatever handlers other packages add to the root logger."""

from __future__ import annotations

import io
import logging

from rich.console import Console

from flows.progress import logged_to


def test_a_line_is_printed_once() -> None:
    text, elsewhere = io.StringIO(), io.StringIO()
    logger, root = logging.getLogger("tradeplume.test_lines"), logging.getLogger()
    stray = logging.StreamHandler(elsewhere)
    root.addHandler(stray)
    try:
        with logged_to(Console(file=text, width=80), logger):
            logger.info("12 of 40 files")
        assert logger.propagate
    finally:
        root.removeHandler(stray)
    assert text.getvalue().count("12 of 40 files") == 1
    assert elsewhere.getvalue() == ""
