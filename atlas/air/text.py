"""How the review writes a value, on the terminal and on the page."""

from __future__ import annotations


def shown(value: object) -> str:
    """One decimal for fractions, yes or no, a dash for what is not known."""
    if value is None:
        return "-"
    if isinstance(value, bool):
        return "yes" if value else "no"
    return f"{value:.1f}" if isinstance(value, float) else str(value)
