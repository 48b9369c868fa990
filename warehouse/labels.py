"""Labels of editions as results carry them."""

from __future__ import annotations

SYNTHETIC_SUFFIX = " (synthetic)"


def edition_name(label: str) -> str:
    """The edition behind a label as results carry it."""
    return label.removesuffix(SYNTHETIC_SUFFIX)
