"""The known name that a misspelt one comes nearest to."""

from __future__ import annotations

from collections.abc import Iterable
from difflib import get_close_matches


def hint(unknown: str, known: Iterable[str]) -> str:
    """`` (did you mean `x`?)``, or nothing where no known name is near."""
    near = get_close_matches(unknown, [*known], n=1)
    return f" (did you mean `{near[0]}`?)" if near else ""
