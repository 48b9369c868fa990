"""The panels of the paper's figures, each drawn of an edition by one of ours: `tradeplume plot paper`."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from atlas.picture import Picture, PictureError, caption, drawn
from warehouse.home import Home
from warehouse.regions import home_region

PAPER = "Commun. Earth Environ. 2025, 6:467, doi 10.1038/s43247-025-02458-z"


@dataclass(frozen=True)
class Panel:
    """A panel of the paper. name: as the paper counts, 1a.  figure, choices: ours.

    theirs: what the paper's panel shows.  differs: what ours shows otherwise, and why.
    """

    name: str
    figure: str
    theirs: str
    differs: str
    choices: Mapping[str, str] = field(default_factory=dict)


_ENGINE = "Ours is of the embedded linear engine, theirs of GEOS-Chem."
_CONSUMERS = (
    "Ours has the regions of the edition's world table, theirs 13 regions of 160 countries."
)
PANELS = (
    Panel(
        "1a",
        "pm25_map",
        "PM2.5 over people that exports drive, and its share of all PM2.5, by province.",
        f"Ours colours one of the two (measure=export_share for the share). {_ENGINE}",
        {"measure": "export_ug_m3"},
    ),
    Panel(
        "1b",
        "exposure",
        "How many people live above a level of PM2.5, with and without exports.",
        f"Alike in form. {_ENGINE}",
        {"province": home_region()},
    ),
    Panel(
        "1c",
        "pm25_map",
        "Share of indirect exports in the PM2.5 that exports drive, by province.",
        "Both are in the reading final_producer; measure=indirect_share has the reading exporter. "
        f"{_ENGINE}",
        {"measure": "indirect_share_final_producer"},
    ),
    Panel(
        "1d",
        "pm25_map",
        "PM2.5 that exports of the East Coast drive, and its share, by province.",
        f"Ours colours the amount. {_ENGINE}",
        {"measure": "east_coast_ug_m3"},
    ),
    Panel(
        "2a",
        "pm25_sources",
        "Leading foreign contributors to China's PM2.5 from exports.",
        _CONSUMERS,
        {"receptor": home_region(), "side": "consumer"},
    ),
    Panel(
        "2b",
        "pm25_heat",
        "The two leading foreign contributors to each province's PM2.5 from exports.",
        f"Ours shows all contributors and numbers the two largest. {_CONSUMERS}",
    ),
    Panel(
        "2c",
        "export_partners",
        "The two leading foreign buyers of each province's exports, and the export volume.",
        "Ours numbers the two largest; rows stand by volume. Without customs data by province, provinces differ "
        "by what they sell alone.",
    ),
    Panel(
        "3a-consumption",
        "sectors",
        "Sectors by the product finally consumed abroad.",
        "Ours has the 12 largest of one pollutant, theirs seven pollutants side by side.",
        {"perspective": "consumption"},
    ),
    Panel(
        "3a-production",
        "sectors",
        "Sectors by who emits.",
        "Ours has the 12 largest of one pollutant, theirs seven pollutants side by side.",
        {"perspective": "production"},
    ),
    Panel(
        "3b",
        "sector_partners",
        "Foreign contributors to the two leading products.",
        f"One pollutant at a time. {_CONSUMERS}",
        {"perspective": "consumption"},
    ),
    Panel(
        "3c",
        "sector_partners",
        "Provinces behind the two leading sectors, with the share of indirect exports.",
        "One pollutant at a time, without the share of indirect exports.",
        {"perspective": "production"},
    ),
    Panel(
        "4",
        "layer_flows",
        "Emissions (APE) that production layers hand on, from emitting province to the consumer abroad.",
        "Ours flows between regions of China; theirs between provinces, the western ones together.",
        {"pollutant": "APE"},
    ),
)
BY_NAME: Mapping[str, Panel] = {panel.name: panel for panel in PANELS}


def panel_of(name: str) -> Panel:
    """A panel by its name. Raises PictureError naming what there is."""
    if name not in BY_NAME:
        raise PictureError(
            f"The paper has no figure {name!r} here.", remedy=f"Choose one of {', '.join(BY_NAME)}."
        )
    return BY_NAME[name]


def panels(
    home: Home,
    wanted: Mapping[str, str],
    *,
    names: tuple[str, ...] = tuple(BY_NAME),
    edition: str | None = None,
    year: int | None = None,
) -> Iterator[tuple[Panel, Picture]]:
    """Panels drawn from the published file. wanted: choices in place of the panel's own, where it has them."""
    for name in names:
        panel = panel_of(name)
        chosen = {**panel.choices, **wanted}
        yield panel, drawn(home, panel.figure, chosen, edition=edition, year=year)


def paper_caption(panel: Panel, picture: Picture) -> str:
    """The caption of a panel, and how it differs from the paper's."""
    return (
        f"Figure {panel.name}. {caption(picture)}\n"
        f"The paper's ({PAPER}): {panel.theirs} {panel.differs}"
    )
