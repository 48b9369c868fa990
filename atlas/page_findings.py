"""Titles as sentences for shares among places, layers of chains, deaths, records and published figures."""

from __future__ import annotations

from atlas.drawing import APART
from atlas.figure import POLLUTANTS, Chosen
from atlas.findings import top
from atlas.tables import Record, Rows
from atlas.words import amount, interval, people, share, signed, the, ug

UNNAMED = ("Rest of the world", "China")
"""Regions of the world that are never first: no country, and no foreign demand."""
CAUSES = {
    "IHD": "ischaemic heart disease",
    "stroke": "stroke",
    "COPD": "chronic lung disease (COPD)",
    "LC": "lung cancer",
    "LRI": "lower respiratory infections",
}
"""Causes of death in words."""
# Volume first and intensity last: so the bars of a waterfall stay above zero.
FACTORS = {
    "export_volume": "Volume of exports",
    "destination": "Which consumers",
    "product_use": "Final goods or intermediates",
    "export_origin": "Which provinces export",
    "product_mix": "Which products",
    "production_structure": "Who supplies whom in China",
    "sector_list": "Lost by the common list of sectors",
    "emission_intensity": "Emission per dollar of output",
}
"""Factors of a change in words."""
WHOLE_CHANGE = "change"
"""The factor of `fct_change_interval` that is all of them."""


def country(rows: Rows, chosen: Chosen) -> str:
    """The first country or region behind a place's emissions, and whether it is derived."""
    named = [row for row in rows if row["consumer"] not in (*APART, "others")]
    first = top(named, "driven_t")
    if first is None:
        return ""
    derived = top([row for row in named if row["is_derived"]], "driven_t")
    found = (
        f"Consumption in {the(first['consumer_name'])} drives {share(first['emission_share'])} of what "
        f"{first['name']} emits for exports"
    )
    if chosen["split"] == "country" and derived is not None and derived is not first:
        part = share(derived["emission_share"])
        found += f"; of derived countries {the(derived['consumer_name'])} comes first: {part}"
    return found


def sector_partner(rows: Rows, chosen: Chosen) -> str:
    """Who stands behind the first of the two sectors."""
    # The rows of the larger sector come first.
    of_sector = [row for row in rows if row["sector"] == rows.records[0]["sector"]]
    partner = top([row for row in of_sector if row["partner"] not in UNNAMED], "driven_t")
    if partner is None:
        return ""
    name = str(partner["sector_name"] or partner["sector"])
    who = _english(partner["partner"])
    part = share(partner["share_of_sector"])
    if chosen["perspective"] == "production":
        return f"{name}: {who} emits most for exports, {part}"
    return f"{name}: {the(who)} is the first named consumer, with {part} of the emissions"


def _english(name: object) -> str:
    """A name without the Chinese one beside it."""
    words = str(name).split(" ")
    return " ".join(words[:-1]) if len(words) > 1 and not words[-1].isascii() else str(name)


def capital(rows: Rows, _: Chosen) -> str:
    """What part of the index serves investment abroad."""
    part = {
        str(row["pollutant"]): row["share"] for row in rows if row["demand_category"] == "capital"
    }
    code = next((each for each in POLLUTANTS if each in part), "")
    return (
        f"{share(part[code])} of {code} driven by exports serves investment abroad" if code else ""
    )


def chains(rows: Rows, chosen: Chosen) -> str:
    """The first exporter of what is chosen. Twin: assets/chains.js."""
    totals: dict[str, float] = {}
    emitter, consumer = chosen["emitter"], chosen["consumer"]
    for row in rows:
        is_chosen = emitter in ("all", row["emitter"]) and consumer in ("all", row["consumer"])
        if row["layer"] == "all" and is_chosen:
            name = str(row["exporter"])
            totals[name] = totals.get(name, 0.0) + float(row["emission_t"])
    whole = sum(totals.values())
    if whole <= 0:
        return ""
    first = min(totals, key=lambda name: (-totals[name], name))
    what = (
        "what exports drive" if emitter == "all" else f"what {_english(emitter)} emits for exports"
    )
    whom = "" if consumer == "all" else f" for {consumer}"
    return f"Exports of {_english(first)} carry {100 * totals[first] / whole:.0f}% of {what}{whom}"


def layer_flows(rows: Rows, _: Chosen) -> str:
    """The region of China whose exports carry most."""
    exported: dict[str, float] = {}
    for row in rows:
        if row["part"] == "exported":
            region = str(row["source"]).partition(": ")[2]
            exported[region] = exported.get(region, 0.0) + float(row["emission_t"])
    if not exported:
        return ""
    first = max(exported, key=lambda region: exported[region])
    part = exported[first] / sum(exported.values())
    return f"{share(part)} of the emissions leave through exports of the region {first}"


def layers(rows: Rows, _: Chosen) -> str:
    """Where most and least of the emissions arise at the exported product itself."""
    first_layer = [row for row in rows if row["layer"] == "PL0"]
    if len(first_layer) < 2:
        return ""
    most = max(first_layer, key=lambda row: float(row["share"] or 0))
    least = min(first_layer, key=lambda row: float(row["share"] or 0))
    return (
        f"In {most['name']} {share(most['share'])} of emissions for exports arise where the exported product is "
        f"made (PL0), in {least['name']} {share(least['share'])}"
    )


def transfers(rows: Rows, _: Chosen) -> str:
    """Who moves most pollution to other provinces, and who takes most in."""
    out = max(rows, key=lambda row: float(row["disparity_t"]))
    taker = min(rows, key=lambda row: float(row["disparity_t"]))
    return (
        f"{out['name']} moves most to other provinces, {amount(out['disparity_t'])} t net; {taker['name']} takes "
        f"most in, {amount(-float(taker['disparity_t']))} t"
    )


def health_consumer(rows: Rows, _: Chosen) -> str:
    """The first named consumer of the deaths of foreign demand."""
    first = top([row for row in rows if row["consumer"] not in APART], "deaths")
    if first is None:
        return ""
    return (
        f"Consumption in {the(first['consumer_name'])} is associated with {people(first['deaths'])} deaths a year "
        "in China"
    )


def health_cause(rows: Rows, _: Chosen) -> str:
    """The cause with most deaths."""
    totals = {
        name: sum(float(row["deaths"]) for row in rows if row["cause"] == cause)
        for cause, name in CAUSES.items()
    }
    name = max(totals, key=lambda each: totals[each])
    return f"{name[0].upper()}{name[1:]} comes first of the five causes: {people(totals[name])} deaths a year"


def record(rows: Rows, _: Chosen) -> str:
    """From the first to the last year of the satellites' record."""
    seen = sorted(
        (row for row in rows if row["record_kind"] == "satellite"),
        key=lambda row: int(row["record_year"]),
    )
    if len(seen) < 2:
        return ""
    first, last = seen[0], seen[-1]
    return (
        f"By satellites, PM2.5 over {first['name']} went from {ug(first['pm25_ug_m3'])} µg/m³ in "
        f"{first['record_year']} to {ug(last['pm25_ug_m3'])} in {last['record_year']}"
    )


def factors(rows: Rows, _: Chosen) -> str:
    """By how much emissions for exports changed between the two years."""
    one: Record = rows.records[0]
    before, after = float(one["before_t"]), float(one["after_t"])
    if before <= 0:
        return ""
    change = after / before - 1
    how = "rose" if change >= 0 else "fell"
    return (
        f"From {one['base_year']} to {one['later_year']} emissions of {one['pollutant']} for exports {how} by "
        f"{share(abs(change))} in {one['name']}"
    )


def surest(rows: Rows, _: Chosen) -> str:
    """The largest factor with its interval, in prices of the earlier year where they are known."""
    known = [row for row in rows if row["prices"] == "base_year"] or rows.records
    of_factors = [row for row in known if row["factor"] != WHOLE_CHANGE]
    first = max(of_factors, key=lambda row: abs(float(row["point_t"])), default=None)
    if first is None:
        return ""
    by = interval(first["p05_t"], first["p95_t"], say=signed)
    return (
        f"{FACTORS[str(first['factor'])]} changed {first['pollutant']} most: {signed(first['point_t'])} t{by} in "
        f"{first['name']}"
    )


def changed_sector(rows: Rows, _: Chosen) -> str:
    """The sector with the largest change, beside the change of all."""
    change: dict[str, float] = {}
    for row in rows:
        change[str(row["name"])] = change.get(str(row["name"]), 0.0) + float(row["change_t"])
    first = max(change, key=lambda name: abs(change[name]))
    return (
        f"{first}: {signed(change[first])} t of {rows.records[0]['pollutant']} for exports, of "
        f"{signed(sum(change.values()))} t in all sectors"
    )


def published(rows: Rows, _: Chosen) -> str:
    """How many published shares that can be compared lie within their tolerance."""
    known = [
        row
        for row in rows
        if row["unit"] == "%" and row["comparable"] and row["tolerance"] is not None
    ]
    within = sum(
        abs(float(row["ours"]) - float(row["theirs"])) <= float(row["tolerance"]) for row in known
    )
    return (
        f"{within} of {len(known)} published shares that can be compared lie within their tolerance"
        if known
        else ""
    )
