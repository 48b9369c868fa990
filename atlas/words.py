"""Numbers in the sentences of the atlas: three digits at most, units said, intervals beside."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from atlas.summary import value_text

_ORDINALS = {1: "st", 2: "nd", 3: "rd"}

_WITH_ARTICLE = (
    "United ",
    "European Union",
    "Netherlands",
    "Philippines",
    "Czech Rep",
    "Russian F",
    "Rest of",
)

Say = Callable[[Any], str]


def ug(value: Any) -> str:
    """A concentration in µg/m³ without its unit: one decimal, below 1 two digits."""
    if value is None:
        return "-"
    return f"{float(value):.1f}" if abs(float(value)) >= 1 else f"{float(value):.2g}"


def amount(value: Any) -> str:
    """An amount to three digits, with commas: 78,600."""
    if value is None:
        return "-"
    short = float(f"{float(value):.3g}")
    return f"{short:,.0f}" if abs(short) >= 100 else f"{short:g}"


def signed(value: Any) -> str:
    """A change to three digits with its sign: +78,600."""
    if value is None:
        return "-"
    return f"+{amount(value)}" if float(value) > 0 else amount(value)


def people(value: Any) -> str:
    """A number of people to three digits; from a million on in millions."""
    if value is None:
        return "-"
    short = float(f"{float(value):.3g}")
    return f"{short / 1e6:g} million" if abs(short) >= 1e6 else f"{short:,.0f}"


def share(value: Any) -> str:
    """A share as percent: one decimal, from 10 % on none."""
    if value is None:
        return "-"
    return f"{float(value):.0%}" if abs(float(value)) >= 0.1 else value_text("share", float(value))


def interval(low: Any, high: Any, say: Say = ug) -> str:
    """The 90 % interval in brackets, with a space before; empty where the release has none."""
    if low is None or high is None:
        return ""
    return f" (90% interval {say(low)} to {say(high)})"


def in_sentence(label: str) -> str:
    """A label as it stands in a sentence: sulfur dioxide (SO2), but NOx as it is."""
    return label[0].lower() + label[1:] if label[1:2].islower() else label


def ordinal(rank: Any) -> str:
    """1st, 2nd, 11th."""
    number = int(rank)
    teens = number % 100 in (11, 12, 13)
    return f"{number}{'th' if teens else _ORDINALS.get(number % 10, 'th')}"


def the(name: Any) -> str:
    """A name as it stands in a sentence: the United States, Japan."""
    text = str(name)
    return f"the {text}" if text.startswith(_WITH_ARTICLE) else text


def verb(count: Any, one: str, several: str) -> str:
    """The verb of one or several subjects; several are near ties, which stand first together."""
    return one if int(count or 1) == 1 else several
