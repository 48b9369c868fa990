"""What a run means, in sentences: emissions, concentrations, deaths, or observed air."""

from __future__ import annotations

import duckdb

from atlas.made_up import said_of
from atlas.summary import DRIVEN, Answer, Section, answer, value_text
from atlas.summary_queries import (
    AIR_HEADLINE,
    CONCENTRATION_HEADLINE,
    DEATHS_HEADLINE,
    INTERVAL_OF_HEADLINE,
)

_COMPARED_PROVINCES = 24


def headline(
    connection: duckdb.DuckDBPyConnection,
    edition: str,
    year: int,
    kind: str = "footprint",
    period: str | None = None,
) -> str:
    """The main results in sentences; empty when the marts do not have them."""
    return " ".join(sentences(connection, edition, year, kind, period))


def sentences(
    connection: duckdb.DuckDBPyConnection,
    edition: str,
    year: int,
    kind: str = "footprint",
    period: str | None = None,
) -> tuple[str, ...]:
    """The main results, one sentence each: emissions, concentrations, deaths, or observed air.

    Those of an edition of synthetic files say that they are made up.
    """
    if kind == "air_quality":
        air = answer(connection, Section("", AIR_HEADLINE), edition, year, period)
        return _told(edition, _air_headline(air, period), unanswered=_unanswered(air))
    intervals = answer(connection, Section("", INTERVAL_OF_HEADLINE), edition, year)
    interval = {
        str(result): _interval(low, high, draws_of_tables)
        for result, low, high, draws_of_tables in intervals.rows
    }
    overview = answer(connection, DRIVEN, edition, year)
    driven = _driven_headline(overview, year, interval.get("export_emission", ""))
    if kind != "concentration":
        return _told(edition, driven, unanswered=_unanswered(intervals, overview))
    found = answer(connection, Section("", CONCENTRATION_HEADLINE), edition, year)
    deaths = answer(connection, Section("", DEATHS_HEADLINE), edition, year)
    over = _concentration_headline(found, interval.get("export_pm25", ""))
    unanswered = _unanswered(intervals, overview, found, deaths)
    return _told(edition, driven, over, _deaths_headline(deaths), unanswered=unanswered)


def _told(edition: str, *sentences: str, unanswered: str) -> tuple[str, ...]:
    found = [said_of(edition, sentence) for sentence in sentences if sentence]
    return tuple(filter(None, (*found, unanswered)))


def _unanswered(*answers: Answer) -> str:
    """What the marts could not answer although they are there; empty when they could."""
    for found in answers:
        if found.is_of_another_program:
            return (
                "A part of this answer is missing, since the release was made by another version: "
                f"{found.problem}. `tradeplume run` makes it anew."
            )
    return ""


def _interval(low: object, high: object, draws_of_tables: object) -> str:
    """``90 % interval of the inventory 2.5 to 4.1``: names what was drawn; the rest is fixed."""
    drawn = "" if draws_of_tables else " of the inventory"
    form = ".1f"
    return f"90 % interval{drawn} {value_text('', low, form)} to {value_text('', high, form)}"


def _deaths_headline(found: Answer) -> str:
    """Deaths of all PM2.5 and of exports, with their intervals."""
    if len(found.rows) != 2:
        return ""
    (_, *everything), (_, *exports) = found.rows
    whole, part = (
        f"{value_text('', middle)} ({value_text('', low)} to {value_text('', high)})"
        for middle, low, high in (everything, exports)
    )
    return (
        f"PM2.5 is associated with {whole} deaths in China, foreign demand with {part} of them: statistical, of "
        "one year, 90 % intervals."
    )


def _concentration_headline(found: Answer, interval: str) -> str:
    """What exports put into the air, over China and over the provinces with most."""
    if not found.rows or not all(isinstance(row[2], float) for row in found.rows):
        return ""
    (engine, place, everything, of_exports), *provinces = found.rows
    most = ", ".join(f"{name} ({value_text('', ug_m3, '.1f')})" for _, name, _, ug_m3 in provinces)
    share = float(str(of_exports)) / float(str(everything))
    sure = f" ({interval})" if interval else ""
    return (
        f"They put {value_text('', of_exports, '.1f')} ug/m3{sure} of PM2.5 over people in {place}, "
        f"{share:.0%} of the {value_text('', everything, '.1f')} that they breathed, most over {most}: "
        f"an estimate of {engine}."
    )


def _driven_headline(overview: Answer, year: int, interval: str) -> str:
    for pollutant, driven_t, share, direct, _ in overview.rows:
        if pollutant == "SO2" and isinstance(share, float) and isinstance(direct, float):
            sure = f"; {interval}" if interval else ""
            return (
                f"In {year} exports drove {share:.0%} of China's SO2 emissions "
                f"({value_text('t', driven_t)} t{sure}): {direct:.0%} of that in the exporting province "
                f"itself, {1 - direct:.0%} in provinces that supply it (reading exporter)."
            )
    return ""


def _air_headline(found: Answer, period: str | None) -> str:
    """Level, change and rises; what rests on too few cities or provinces is not told."""
    for (
        mean,
        settled,
        aggregation,
        members,
        expected,
        change,
        basis,
        rose,
        outside,
        compared,
    ) in found.rows:
        of = f"{members} of {expected}"
        if not isinstance(mean, float):
            return f"In {period} PM2.5 in China is not told: {of} cities or provinces have enough days."
        parts = [f"In {period} PM2.5 in China was {mean:.1f} ug/m3 ({aggregation}, {of})"]
        if isinstance(settled, float):
            parts.append(f"{settled:.1f} without days of sand and dust")
        if isinstance(change, float):
            by = "computed" if basis == "computed" else "as the ministry published it"
            parts.append(f"{change:+.1%} against a year before, {by}")
        rises = (
            f"it rose in {rose} of {compared} provinces, {outside} of them outside the key control regions."
            if int(str(compared)) >= _COMPARED_PROVINCES
            else f"in how many provinces it rose is not told: {compared} of 31 were observed in both periods."
        )
        return f"{', '.join(parts)}; {rises}"
    return ""
