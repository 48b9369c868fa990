"""Consumers by country, where the world table has regions of several: what is derived looks so."""

from __future__ import annotations

from collections.abc import Sequence

from atlas.drawing import APART, COLOURS, DOTTED, GREY, apart_last, bars, in_lines, with_legend
from atlas.figure import Chosen, Plot, Select, fixed
from atlas.tables import Record, Rows
from warehouse.regions import home_region

LEADING_COUNTRIES = 15
SPLIT = Select(
    "split",
    "Consumers",
    fixed(
        ("country", "by country, derived where the table has a region"),
        ("region", "as the world table has them"),
    ),
    "split",
)
DERIVED = (
    "Estimated: a footprint on official tables and an inventory. Where the world table has a region of several "
    "countries, their parts are derived: each country's share of China's output, by sector, demand and use, "
    "from WIOD of 2014. The parts of a region sum to the region."
)


def names_of(records: Sequence[Record]) -> list[str]:
    """The names of consumers, with a word on exports that return."""
    return [
        f"{row['consumer_name']}{' (returned)' if row['consumer'] == home_region() else ''}"
        for row in records
    ]


_KINDS = (
    "as the world table has it",
    "derived within its region",
    "rest of the world, returned exports",
)


def countries(rows: Rows, _: Chosen) -> Plot:
    """Consumers as the world table has them, or by country: what is derived is dotted."""
    others = [row for row in rows if row["consumer"] == "others"]
    named = [row for row in rows if row["consumer"] != "others"]
    ordered = apart_last(named, "consumer", "driven_t", LEADING_COUNTRIES)
    foremost = [row for row in ordered if row["consumer"] not in APART]
    records = [*foremost, *others, *(row for row in ordered if row["consumer"] in APART)]
    names = [in_lines(name) for name in names_of(records)]
    plot = bars([], [], unit="share of the place's emissions for exports", percent=True)
    for kind in _KINDS:
        part = [(row, name) for row, name in zip(records, names, strict=True) if _kind(row) == kind]
        if not part:
            continue
        plot["data"].append(
            {
                "type": "bar",
                "orientation": "h",
                "name": kind,
                "x": [row["emission_share"] for row, _ in part],
                "y": [name for _, name in part],
                "marker": {"color": GREY if kind == _KINDS[2] else COLOURS[0]}
                | ({"pattern": DOTTED} if kind == _KINDS[1] else {}),
                "hovertemplate": f"%{{y}}: %{{x:.1%}}, {kind}<extra></extra>",
                "meta": {"page": "consumer", "codes": [_page_of(row) for row, _ in part]},
            }
        )
    # Each kind has its own bars; the order is that of all of them.
    plot["layout"]["yaxis"] |= {"categoryorder": "array", "categoryarray": names}
    plot["layout"]["barmode"] = "overlay"
    return with_legend(plot)


def _page_of(row: Record) -> str | None:
    """Whose page a bar opens: none for several, and none for what is left of the rest of the world."""
    is_remainder = row["consumer"] == "ROW" and row["is_derived"]
    return None if row["consumer"] == "others" or is_remainder else str(row["consumer"])


def _kind(row: Record) -> str:
    if row["consumer"] in APART:
        return _KINDS[2]
    return _KINDS[1] if row["is_derived"] else _KINDS[0]
