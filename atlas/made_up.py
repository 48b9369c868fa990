"""Sentences of an edition that was made from made-up files: they say so, and never speak of China."""

from __future__ import annotations

import re

from warehouse.labels import SYNTHETIC_SUFFIX

CAUTION = (
    "Made-up data. This edition was computed from synthetic files, which `tradeplume synth` writes to try the"
    " program. Nothing here says anything about China, its provinces or its partners."
)
_CHINA = re.compile(r"\bChina\b")


def is_made_up(edition: str) -> bool:
    """Whether an edition, by the name that results carry, was made from synthetic files."""
    return edition.endswith(SYNTHETIC_SUFFIX)


def said_of(edition: str, sentence: str) -> str:
    """A sentence on the results of an edition; on those of synthetic files it says that they are made up."""
    if not sentence or not is_made_up(edition):
        return sentence
    return f"Made-up data: {_CHINA.sub('a made-up China', sentence)}"
