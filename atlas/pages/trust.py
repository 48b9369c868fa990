"""Page 6: can I trust it."""

from __future__ import annotations

from atlas import page_findings
from atlas.drawing import COLOURS, QUIET, layout, short, wrapped
from atlas.figure import Chosen, Figure, Page, Plot
from atlas.tables import Rows

RECORDED = "Recorded by the run that made this release."
ENGINES = (
    "Zero-out runs of GEOS-Chem and adjoint shares of the embedded engine differ by construction: a nonlinear "
    "model's responses to leaving out one source at a time do not add up to the whole, the shares of a linear "
    "model do. Where both are shown, neither is an error of the other."
)


def _beside(rows: Rows, _: Chosen) -> Plot:
    percent = [row for row in rows if row["unit"] == "%"]
    groups = [
        ("comparable", [row for row in percent if row["comparable"]], COLOURS[0], "circle"),
        (
            "not comparable (see why)",
            [row for row in percent if not row["comparable"]],
            QUIET,
            "circle-open",
        ),
    ]
    numbers = [float(row[side]) for row in percent for side in ("theirs", "ours")]
    low, high = min([0.0, *numbers]), max([1.0, *numbers])
    return {
        "data": [
            {
                "type": "scatter",
                "mode": "markers",
                "name": name,
                "x": [row["theirs"] for row in part],
                "y": [row["ours"] for row in part],
                "text": [short(row["statement"], 90) for row in part],
                "marker": {"color": colour, "symbol": symbol, "size": 9},
                "hovertemplate": "%{text}<br>published %{x:.3g}%, ours %{y:.3g}%<extra></extra>",
            }
            for name, part, colour, symbol in groups
        ],
        "layout": layout(
            xaxis={"title": wrapped("published, %")},
            yaxis={"title": wrapped("ours, %")},
            shapes=[
                {
                    "type": "line",
                    "x0": low,
                    "y0": low,
                    "x1": high,
                    "y1": high,
                    "line": {"color": QUIET, "width": 1, "dash": "dot"},
                }
            ],
            margin={"l": 8, "r": 12, "t": 40, "b": 64},
        ),
    }


PAGE = Page(
    "trust",
    "Trust",
    "How right is it, what was assumed, and where do the data come from?",
    (
        Figure(
            "published_percent",
            "Published figures against ours",
            "published",
            "Shares in percent; on the dotted line both are equal. Open circles are of another year, place or "
            "concept: the table says which. Nothing was fitted to them.",
            "Theirs: from the literature. Ours: this release.",
            _beside,
            height=520,
            finding=page_findings.published,
        ),
        Figure(
            "published",
            "The same as a table, all units",
            "published",
            "Those that can be compared come first.",
            "Theirs: from the literature. Ours: this release.",
        ),
        Figure(
            "unanswered",
            "Published figures without an answer here",
            "unanswered",
            "By the reason.",
            RECORDED,
        ),
        Figure(
            "uncertainty",
            "Intervals",
            "uncertainty",
            "How far results for China move when what is uncertain is drawn again. direct_share, and "
            "the parts direct and "
            "indirect, are in the reading exporter. p05 to p95: the 90% interval.",
            "Estimated.",
        ),
        Figure(
            "evaluation",
            "The transport engine beside observations",
            "evaluation",
            "The model smoothed_emission is a baseline without physics, fitted to the calibration years; "
            "nothing was fitted to the judged years.",
            "Modelled against a reanalysis of observations.",
        ),
        Figure(
            "checks",
            "Checks of this run",
            "checks",
            "A check of severity error that does not pass stops a release.",
            RECORDED,
        ),
        Figure(
            "check_detail",
            "Identities, and whatever did not pass",
            "check_detail",
            "Measured: the largest relative difference found, beside what is allowed.",
            RECORDED,
        ),
        Figure(
            "assumptions",
            "What was assumed, and how much it moves",
            "assumptions",
            "Amounts without sign, summed over cases; parameters show their own value.",
            RECORDED,
        ),
        Figure(
            "release_change",
            "What changed since the last release",
            "release_change",
            "Results that moved, and why.",
            RECORDED,
        ),
        Figure(
            "provenance",
            "Where the data come from",
            "provenance",
            "Cite the producers; some terms allow research alone.",
            RECORDED,
        ),
    ),
    note=ENGINES,
)
