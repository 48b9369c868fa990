"""Page 3: which sectors (Figure 3 and supplementary 5 of the paper)."""

from __future__ import annotations

from atlas import findings, page_findings
from atlas.drawing import bars, short
from atlas.figure import POLLUTANT, POLLUTANTS, Chosen, Figure, Page, Plot, Select, fixed
from atlas.pages.consumption import ESTIMATED
from atlas.tables import Rows

LEADING = 12
PARTNERS = 8

_PERSPECTIVE = Select(
    "perspective",
    "Count by",
    fixed(("production", "the sector that emits"), ("consumption", "the product finally consumed")),
    column="perspective",
)


def _sectors(rows: Rows, _: Chosen) -> Plot:
    records = sorted(rows, key=lambda row: -float(row["driven_t"] or 0))[:LEADING]
    names = [str(record["sector_name"] or record["sector"]) for record in records]
    return bars(
        names,
        [("share", [row["share"] for row in records])],
        unit="share of China's emissions driven by exports",
        percent=True,
    )


def _partners(rows: Rows, _: Chosen) -> Plot:
    totals: dict[str, float] = {}
    shares: dict[str, dict[str, float]] = {}
    for row in rows:
        sector, partner = short(row["sector_name"] or row["sector"]), str(row["partner"])
        shares.setdefault(sector, {})[partner] = float(row["share_of_sector"] or 0)
        totals[partner] = totals.get(partner, 0.0) + float(row["driven_t"] or 0)
    leading = sorted(totals, key=lambda partner: (-totals[partner], partner))[:PARTNERS]
    series = [(name, [part.get(each) for each in leading]) for name, part in shares.items()]
    return bars(leading, series, unit="share of the sector's emissions for exports", percent=True)


def _demand(rows: Rows, _: Chosen) -> Plot:
    names = {
        "capital": "capital (buildings, machines)",
        "household": "households",
        "government": "government",
    }
    found = [code for code in POLLUTANTS if code in rows.distinct("pollutant")]
    share = {(row["pollutant"], row["demand_category"]): row["share"] for row in rows}
    series = [(name, [share.get((code, each)) for code in found]) for each, name in names.items()]
    labels = [POLLUTANTS[code] for code in found]
    return bars(
        labels, series, unit="share of emissions driven by exports", percent=True, stacked=True
    )


PAGE = Page(
    "sectors",
    "Sectors",
    "Which industries emit for foreign consumers, and which of their purchases call for it?",
    (
        Figure(
            "sectors",
            "Sectors that emit, and products that are consumed",
            "sectors",
            "The twelve largest. Counted by emitter, a tonne of sulfur from the power station of a steel "
            "works is electricity's; counted by product, it is the car's in which the steel ends.",
            ESTIMATED,
            _sectors,
            (_PERSPECTIVE, POLLUTANT),
            finding=findings.sector,
            height=560,
        ),
        Figure(
            "sector_partners",
            "Who stands behind the two largest",
            "sector_partners",
            "For the two products behind most emissions: who consumes them. For the two sectors that emit most: "
            "in which provinces.",
            ESTIMATED,
            _partners,
            (_PERSPECTIVE, POLLUTANT),
            finding=page_findings.sector_partner,
        ),
        Figure(
            "capital",
            "For capital or for consumption",
            "capital",
            "What the final demand abroad is for. Capital counts gross fixed capital formation and inventories, "
            "households include non-profit institutions.",
            ESTIMATED,
            _demand,
            finding=page_findings.capital,
        ),
    ),
)
