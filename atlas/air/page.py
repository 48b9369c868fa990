"""The review of a period as one self-contained page: tables, pictures, and the SQL behind each of them."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from html import escape
from pathlib import Path

import duckdb

from atlas.air.caution import cautions
from atlas.air.charts import (
    RANKING_LEGEND,
    SPLIT_LEGEND,
    Ranked,
    Split,
    ranking,
    splits,
)
from atlas.air.province import PROVINCE_SECTIONS
from atlas.air.review import PAGE_SECTIONS, sources_of
from atlas.air.section import Question, Section, parameters_of, remark_on, rows_of
from atlas.air.text import shown
from atlas.headline import headline
from warehouse.codes import NAME_OF_PROVINCE
from warehouse.errors import UserFacingError
from warehouse.home import Home
from warehouse.published import open_published

MOST_SPLITS = 40
_SHORT = 22
"""Letters of a text that is not broken into lines."""

RANKED = """
select mean_over, place_name, mean_ug_m3, 100 * change_share, is_key_control
from fct_air_quality
where
    edition = $edition and year = $year and period = $period and pollutant = 'PM2.5'
    and place_kind = 'province' and mean_ug_m3 is not null
order by mean_over, mean_ug_m3 desc
"""

_RANKED_TITLE = {
    "cities": "The provinces: means over their cities",
    "area": "The provinces: means over their area, not over cities or people",
}

LIMITS = """
select distinct
    round(mean_ug_m3 / national_standard_ratio, 6), round(mean_ug_m3 / who_guideline_ratio, 6)
from fct_air_quality
where
    edition = $edition and year = $year and period = $period and pollutant = 'PM2.5'
    and place_kind = 'nation' and mean_ug_m3 > 0
"""

SPLITS = f"""
select place_name, weather_part_pp, emission_part_pp, emission_low_pp, emission_high_pp, is_skilled
from fct_weather_adjusted_change
where edition = $edition and year = $year and period = $period and method = 'counterfactual'
order by place_kind = 'province' desc, abs(emission_part_pp) desc
limit {MOST_SPLITS}
"""

_STYLE = """
body { font: 16px/1.5 system-ui, sans-serif; color: #222; background: #fff; max-width: 76rem;
  margin: 2rem auto; padding: 0 1rem; }
h1 { line-height: 1.2; margin-bottom: .3rem; } h2 { margin-top: 2.4rem; }
.lead { font-size: 1.2rem; } .source, .note { color: #555; }
.caution { border-left: .3rem solid #b5651d; padding-left: .8rem; }
.scroll { overflow-x: auto; }
table { border-collapse: collapse; font-size: .92rem; }
th, td { padding: .25rem .7rem; text-align: left; border-bottom: 1px solid #ddd; vertical-align: top; }
th { border-bottom: 2px solid #888; } .short { white-space: nowrap; }
.number { text-align: right; font-variant-numeric: tabular-nums; }
svg { width: 100%; height: auto; font-family: inherit; }
.legend span { margin-right: 1.5rem; } .legend i { display: inline-block; width: .9em; height: .9em;
  margin-right: .4em; vertical-align: -.1em; }
summary { cursor: pointer; color: #35618f; } pre { background: #f5f5f2; padding: .8rem; overflow-x: auto; }
@media print { details { display: none; } }
"""


def write_page(path: Path, home: Home, asked: Question) -> None:
    """Write the page of a period, or of a province in it; a page that was there is replaced as a whole.

    Raises NotPublished, and UserFacingError when the release has no observations of the period, or the
    file cannot be written.
    """
    with open_published(home) as connection:
        _demand_period(connection, asked)
        page = "\n".join(_page(connection, asked))
    aside = path.with_name(f".{path.name}.part")
    try:
        aside.write_text(page, encoding="utf-8")
        aside.replace(path)
    except OSError as error:
        raise UserFacingError(
            f"The page cannot be written to {path}: {error.strerror}.",
            remedy="Name a file in a folder that exists and that you may write to.",
        ) from error


def runnable(query: str, asked: Question) -> str:
    """The query as it can be given to `tradeplume sql`: its parameters filled in."""
    given = parameters_of(query, asked)
    filled = re.sub(r"\$(\w+)", lambda match: _literal(given[match[1]]), query)
    return filled.strip()


def _demand_period(connection: duckdb.DuckDBPyConnection, asked: Question) -> None:
    query = """
        select count(*) from fct_air_quality where edition = $edition and year = $year and period = $period
    """
    if not connection.execute(query, parameters_of(query, asked)).fetchall()[0][0]:
        raise UserFacingError(
            f"No place has published observations of {asked.period.name} ({asked.edition} {asked.year}).",
            remedy=f"Run `tradeplume air --edition {asked.edition} --period {asked.period.name}`. If it has"
            " run, what was landed is in no mean: fct_air_data_issue has the reason.",
        )


def _page(connection: duckdb.DuckDBPyConnection, asked: Question) -> Iterator[str]:
    period = asked.period
    title = f"Air quality in {NAME_OF_PROVINCE.get(asked.province, 'China')}, {period.name}"
    yield "<!doctype html>"
    yield f'<html lang="en"><head><meta charset="utf-8"><title>{escape(title)}</title>'
    yield '<meta name="viewport" content="width=device-width, initial-scale=1">'
    yield f"<style>{_STYLE}</style></head><body>"
    yield f"<h1>{escape(title)}</h1>"
    yield f"<p>Against {period.before.name}. Edition {escape(asked.edition)}, {asked.year}.</p>"
    lead = headline(connection, asked.edition, asked.year, "air_quality", period.name)
    yield f'<p class="lead">{escape(lead)}</p>'
    source = escape(sources_of(connection, asked.edition, asked.year))
    yield f'<p class="source">{source}</p>'
    for sentence in cautions(connection, asked):
        yield f'<p class="caution">{escape(sentence)}</p>'
    if not asked.province:
        yield from _ranking(connection, asked)
        yield from _splits(connection, asked)
    for section in PROVINCE_SECTIONS if asked.province else PAGE_SECTIONS:
        yield from _section(connection, section, asked)
    yield "</body></html>"


def _ranking(connection: duckdb.DuckDBPyConnection, asked: Question) -> Iterator[str]:
    found = connection.execute(RANKED, parameters_of(RANKED, asked)).fetchall()
    limits = connection.execute(LIMITS, parameters_of(LIMITS, asked)).fetchall()
    if not found:
        return
    named = [
        (name, float(value))
        for row in limits[:1]
        for name, value in zip(("national standard", "WHO"), row, strict=True)
    ]
    yield from (
        part
        for basis, title in _RANKED_TITLE.items()
        if (rows := [Ranked(*row[1:]) for row in found if row[0] == basis])
        for part in (
            f"<h2>{title}</h2>",
            f'<p class="note">{len(rows)} of 31 provinces have enough days. In brackets: the change, where both '
            "periods were observed.</p>",
            RANKING_LEGEND,
            ranking(rows, named),
            _sql(RANKED, asked),
        )
    )


def _splits(connection: duckdb.DuckDBPyConnection, asked: Question) -> Iterator[str]:
    found = connection.execute(SPLITS, parameters_of(SPLITS, asked)).fetchall()
    if not found:
        return
    yield "<h2>Weather and emissions</h2>"
    yield (
        '<p class="note">By models that have seen neither of the two compared periods. What they do not '
        "explain counts as emissions, and the interval carries it. * the model has too little skill"
        f"{f'; the {MOST_SPLITS} largest parts of emissions' if len(found) == MOST_SPLITS else ''}.</p>"
    )
    yield SPLIT_LEGEND
    yield splits([Split(*row) for row in found])
    yield _sql(SPLITS, asked)


def _section(
    connection: duckdb.DuckDBPyConnection, section: Section, asked: Question
) -> Iterator[str]:
    columns, rows = rows_of(connection, section, asked)
    remark = remark_on(connection, section, asked)
    if not rows and not remark.empty:
        return
    yield f"<h2>{escape(section.title)}</h2>"
    note = " ".join(filter(None, (remark.looked_at if rows else "", section.note)))
    if note:
        yield f'<p class="note">{escape(note)}</p>'
    yield from _table(columns, rows) if rows else (f"<p>{escape(remark.empty)}</p>",)
    yield _sql(section.query, asked)


def _table(columns: Sequence[str], rows: Sequence[Sequence[object]]) -> Iterator[str]:
    classes = [_class([row[place] for row in rows]) for place in range(len(columns))]
    yield '<div class="scroll"><table><thead><tr>'
    for name, kind in zip(columns, classes, strict=True):
        yield f'<th scope="col"{"" if "short" in kind else kind}>{escape(name)}</th>'
    yield "</tr></thead><tbody>"
    for row in rows:
        cells = (
            f"<td{kind}>{escape(shown(value))}</td>"
            for value, kind in zip(row, classes, strict=True)
        )
        yield f"<tr>{''.join(cells)}</tr>"
    yield "</tbody></table></div>"


def _class(values: Sequence[object]) -> str:
    """How a column is set: numbers to the right, short texts in one line."""
    if all(_is_number(value) for value in values):
        return ' class="number"'
    return ' class="short"' if all(len(shown(value)) <= _SHORT for value in values) else ""


def _is_number(value: object) -> bool:
    return value is None or (isinstance(value, int | float) and not isinstance(value, bool))


def _sql(query: str, asked: Question) -> str:
    text = runnable(query, asked)
    return f"<details><summary>SQL</summary><pre>{escape(text)}</pre></details>"


def _literal(value: object) -> str:
    return str(value) if isinstance(value, int) else "'" + str(value).replace("'", "''") + "'"
