"""The command line in this process: imports are paid once. tests/operations/processes.py has processes."""

from __future__ import annotations

import io
import os
from contextlib import redirect_stderr, redirect_stdout
from pathlib import Path
from unittest.mock import patch

from cli.main import main
from tests.flows.small import small_steps


def ended(home: Path, *arguments: str, stdin: str = "", **environment: str) -> tuple[int, str]:
    """How a command ended: exit code, and what it said on both streams."""
    said, errors = _stream(), _stream()
    variables = {"TRADEPLUME_HOME": str(home), **environment}
    with (
        patch.dict(os.environ, variables),
        patch("sys.stdin", io.StringIO(stdin)),
        redirect_stdout(said),
        redirect_stderr(errors),
    ):
        try:
            main(list(arguments))
            code: object = 0
        except SystemExit as end:
            code = end.code or 0
    assert isinstance(code, int), code
    return code, _text(said) + _text(errors)


def tradeplume(
    home: Path, *arguments: str, expect: int = 0, stdin: str = "", **environment: str
) -> str:
    """What a command said; it must end with the expected code."""
    code, said = ended(home, *arguments, stdin=stdin, **environment)
    assert code == expect, said
    assert "Traceback" not in said
    return said


def small(home: Path, *arguments: str, expect: int = 0, stdin: str = "", **environment: str) -> str:
    """As ``tradeplume``, with the quick steps of tests/flows/small.py instead of the real ones."""
    with patch("flows.run.all_steps", small_steps):
        return tradeplume(home, *arguments, expect=expect, stdin=stdin, **environment)


def _stream() -> io.TextIOWrapper:
    """As the streams of a process are: text with bytes below it."""
    return io.TextIOWrapper(io.BytesIO(), encoding="utf-8", write_through=True)


def _text(stream: io.TextIOWrapper) -> str:
    stream.seek(0)
    return stream.read()
