"""The pages of the atlas, one module for each question."""

from __future__ import annotations

from atlas.figure import Figure, Page
from atlas.pages import (
    air_quality,
    change,
    consumer,
    consumers,
    consumption,
    health,
    province,
    sectors,
    supply_chains,
    trust,
)

PAGES: tuple[Page, ...] = (
    consumption.PAGE,
    province.PAGE,
    consumers.PAGE,
    consumer.PAGE,
    sectors.PAGE,
    supply_chains.PAGE,
    health.PAGE,
    change.PAGE,
    air_quality.PAGE,
    trust.PAGE,
)

FIGURES: dict[str, Figure] = {figure.name: figure for page in PAGES for figure in page.figures}
"""Every figure and table by name."""
