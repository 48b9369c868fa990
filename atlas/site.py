"""Writes the site of an edition: a page for each question, with its figures' data beside it."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import duckdb
import jinja2

from atlas.drawing import ASSETS, BASE, outline_script
from atlas.figure import Choice, Figure, Page, Select, choices, states
from atlas.made_up import CAUTION, is_made_up
from atlas.pages import PAGES
from atlas.sankey import COLUMN_COLOURS, LAYERS, OTHERS, SHOWN_PROVINCES, Node, sankey
from atlas.tables import Answer, Rows, ask, shortened
from warehouse.request import DEFAULT_EDITION

if TYPE_CHECKING:
    from atlas.front import Front

TEMPLATES = Path(__file__).with_name("templates")
_STAMP_LENGTH = 12
QUERIES_AT_ONCE = 2


@dataclass(frozen=True)
class Edition:
    """An edition and year of the published file. fingerprint: of the run that made it."""

    name: str
    year: int
    fingerprint: str

    @property
    def folder(self) -> str:
        """Its folder in the atlas."""
        return f"{self.name}-{self.year}"


@dataclass(frozen=True)
class ShownSelect:
    """A select with its options, for the template."""

    name: str
    label: str
    options: tuple[Choice, ...]
    first: str


@dataclass(frozen=True)
class Item:
    """A figure of a page as the template needs it. missing: why it is absent."""

    figure: Figure
    sql: str
    selects: tuple[ShownSelect, ...] = ()
    missing: str = ""

    @property
    def present(self) -> bool:
        """Whether the edition has rows for it."""
        return not self.missing


def editions(connection: duckdb.DuckDBPyConnection) -> tuple[Edition, ...]:
    """The editions of the published file: the default one first, the others by name and year."""
    rows = connection.execute(
        "select edition, year, fingerprint from meta.release order by edition <> ?, edition, year",
        [DEFAULT_EDITION],
    ).fetchall()
    pairs = _pairs(connection)
    return tuple(
        Edition(str(name), int(year), f"{mark}{pairs.get((name, year), '')}")
        for name, year, mark in rows
    )


def _pairs(connection: duckdb.DuckDBPyConnection) -> dict[tuple[str, int], str]:
    """What the comparisons of each edition with earlier ones were made from."""
    has_record = (
        "select 1 from duckdb_tables() where schema_name = 'meta' and table_name = 'change'"
    )
    if not connection.execute(has_record).fetchall():
        return {}
    rows = connection.execute(
        "select edition, year, string_agg(made_from, ' ' order by base_year, base_edition)"
        " from meta.change group by all"
    ).fetchall()
    return {(str(edition), int(year)): f" {mark}" for edition, year, mark in rows}


def write_edition(
    connection: duckdb.DuckDBPyConnection, edition: Edition, folder: Path
) -> dict[str, int]:
    """Write the pages of an edition; returns for each page how many of its figures have data."""
    answers: dict[str, Answer] = {}
    found: dict[str, int] = {}
    (folder / "data").mkdir(parents=True)
    with _asked_ahead(connection, edition) as asked:
        for page in PAGES:
            items = []
            for figure in page.figures:
                answer = answers.setdefault(figure.sql, asked[figure.sql].result())
                items.append(_item(figure, answer))
                if not answer.missing:
                    write_data(figure, answer.rows, folder / "data", edition.name)
            # What is absent stands last: a reader comes for what there is.
            items.sort(key=lambda item: not item.present)
            found[page.name] = sum(item.present for item in items)
            text = _page(page, edition, items, _subject(page, answers))
            (folder / f"{page.name}.html").write_text(text, encoding="utf-8")
    return found


@contextmanager
def _asked_ahead(
    connection: duckdb.DuckDBPyConnection, edition: Edition
) -> Iterator[Mapping[str, Future[Answer]]]:
    """The answers of all figures' queries by name, asked while the block writes those that are there.

    Each query is answered by one thread, so that sums of doubles come out the same.
    """

    def answer(sql: str) -> Answer:
        with connection.cursor() as cursor:
            cursor.execute("use marts")  # a cursor does not inherit the schema
            return ask(cursor, sql, edition.name, edition.year)

    queries = dict.fromkeys(figure.sql for page in PAGES for figure in page.figures)
    with ThreadPoolExecutor(QUERIES_AT_ONCE) as pool:
        try:
            yield {sql: pool.submit(answer, sql) for sql in queries}
        finally:
            pool.shutdown(cancel_futures=True)


def item_of(connection: duckdb.DuckDBPyConnection, figure: Figure, edition: Edition) -> Item:
    """A figure of an edition as a page shows it."""
    return _item(figure, ask(connection, figure.sql, edition.name, edition.year))


def _item(figure: Figure, answer: Answer) -> Item:
    if answer.missing:
        return Item(figure, answer.sql, missing=answer.missing)
    options = choices(figure, answer.rows)
    shown = tuple(_shown(select, options[select.name]) for select in figure.selects)
    return Item(figure, answer.sql, shown)


def _shown(select: Select, options: tuple[Choice, ...]) -> ShownSelect:
    return ShownSelect(select.name, select.label, options, select.first(options))


def _subject(page: Page, answers: Mapping[str, Answer]) -> ShownSelect | None:
    """The select that the figures of a page share: every value that one of them has rows of."""
    if page.subject is None:
        return None
    found: dict[str, Choice] = {}
    for figure in page.figures:
        answer = answers[figure.sql]
        for select in figure.selects if not answer.missing else ():
            if select.name == page.subject.name:
                found = {each.value: each for each in select.options(answer.rows)} | found
    left_out = page.subject_leaves_out
    options = sorted((c for c in found.values() if c.value not in left_out), key=lambda c: c.label)
    return _shown(page.subject, tuple(options)) if options else None


def _page(page: Page, edition: Edition, items: Sequence[Item], subject: ShownSelect | None) -> str:
    none = not any(item.present for item in items)
    empty = (
        "This edition holds no data for this question. What each figure would need stands below."
    )
    made_up = CAUTION if is_made_up(edition.name) else ""
    return render(
        name=page.name,
        title=page.title,
        question=page.question,
        note=" ".join(part for part in (made_up, empty if none else "", page.note) if part),
        root="../",
        edition=edition.name,
        year=edition.year,
        fingerprint=edition.fingerprint[:_STAMP_LENGTH],
        pages=PAGES,
        figures=items,
        subject=subject,
        data="data",
        places="",
        folder=edition.folder,
    )


def write_index(
    found: Mapping[Edition, Mapping[str, int]],
    target: Path,
    dictionary: str | None = None,
    front: Front | None = None,
    documentation: str | None = None,
) -> None:
    """Write the index: the answer, the questions, each with the edition that answers most of it, and all editions.

    front: the answer; None where no edition has one.

    dictionary, documentation: where they lie, as links from the index; None without one.
    """
    _write_found(found, target / "assets")
    cards = []
    for page in PAGES:
        best = max(found, key=lambda edition: found[edition][page.name])
        cards.append(
            {
                "href": f"{best.folder}/{page.name}.html",
                "title": page.title,
                "question": page.question,
                "edition": best.name,
                "count": found[best][page.name],
            }
        )
    rows = [
        {
            "name": edition.name,
            "year": edition.year,
            "cells": [
                {
                    "href": f"{edition.folder}/{page.name}.html",
                    "text": f"{counts[page.name]} of {len(page.figures)}"
                    if counts[page.name]
                    else "no data",
                }
                for page in PAGES
            ],
        }
        for edition, counts in found.items()
    ]
    text = render(
        name="index",
        title=front.title if front else "Whose consumption, whose air",
        front=front,
        data=f"{front.folder}/data" if front else "",
        places=f"{front.folder}/" if front else "",
        figures=[front.item] if front else [],
        question="Which foreign consumer, through which province's exports and along which supply chain, puts "
        "which particles over which Chinese province.",
        root="",
        cards=cards,
        editions=rows,
        all_pages=PAGES,
        dictionary=dictionary,
        documentation=documentation,
    )
    (target / "index.html").write_text(text, encoding="utf-8")


def _write_found(found: Mapping[Edition, Mapping[str, int]], folder: Path) -> None:
    """Which editions have data for each page, most first: a page without leads to one with."""
    folders = {
        page.name: [
            edition.folder
            for edition in sorted(found, key=lambda each: -found[each][page.name])
            if found[edition][page.name]
        ]
        for page in PAGES
    }
    text = f"window.ATLAS_FOUND={_json(folders)};\n"
    (folder / "found.js").write_text(text, encoding="utf-8")


def write_assets(target: Path) -> None:
    """Write what all pages share: Plotly's traces, the outline of the provinces, style and script."""
    folder = target / "assets"
    folder.mkdir(parents=True)
    (folder / "provinces.js").write_text(outline_script(), encoding="utf-8")
    (folder / "base.js").write_text(f"window.ATLAS_BASE={_json(_base())};\n", encoding="utf-8")
    chinese = json.loads((ASSETS / "strings.zh.json").read_text(encoding="utf-8"))
    text = f"window.ATLAS_CHINESE={_json(chinese)};\n"
    (folder / "strings.js").write_text(text, encoding="utf-8")
    for name in (
        "plotly-atlas.min.js",
        "atlas.css",
        "words.js",
        "chains.js",
        "atlas.js",
        "language.js",
        "SOURCES.yml",
    ):
        (folder / name).write_bytes((ASSETS / name).read_bytes())


def write_data(figure: Figure, rows: Rows, folder: Path, edition: str = "") -> None:
    """Write the rows and states of a figure as scripts: a page opened from a file cannot fetch.

    edition: whose rows they are, for titles that say when its data are made up.
    """
    head: dict[str, Any] = {
        "selects": [{"name": s.name, "column": s.column} for s in figure.selects],
        "live": figure.live,
        "splitBy": figure.split_by,
        "absent": figure.absent,
    }
    if figure.split_by is None:
        drawn = _shortened(states(figure, rows, edition))
        whole = {**head, **pooled(drawn), **_columns(rows)}
        _write_script(folder / f"{figure.name}.js", figure.name, whole)
        return
    _write_script(folder / f"{figure.name}.js", figure.name, head)
    column = next(select.column for select in figure.selects if select.name == figure.split_by)
    for (key,), part in rows.split([str(column)]).items():
        _write_script(
            folder / f"{figure.name}.{key}.js", figure.name, {"key": key, **_columns(part)}
        )


def pooled(drawn: Mapping[str, Any]) -> dict[str, Any]:
    """States of which each value of a trace or layout is written once: they name its place in a pool."""
    pool: dict[str, int] = {}

    def place(value: Any) -> int:
        return pool.setdefault(_json(value), len(pool))

    def named(values: Mapping[str, Any]) -> dict[str, int]:
        return {name: place(value) for name, value in values.items()}

    states = {
        key: {
            **state,
            "data": [named(trace) for trace in state["data"]],
            "layout": named(state["layout"]),
        }
        if "data" in state
        else state
        for key, state in drawn.items()
    }
    return {"states": states, "pool": [json.loads(text) for text in pool]}


def _columns(rows: Rows) -> dict[str, Any]:
    """Column by column; texts as numbers of a list of labels, which repeats nothing."""
    columns: list[list[Any]] = []
    for place, name in enumerate(rows.columns):
        values = [row[place] for row in rows.values]
        if any(isinstance(value, str) for value in values):
            labels = list(dict.fromkeys(values))
            code = {label: number for number, label in enumerate(labels)}
            columns.append([name, labels, [code[value] for value in values]])
        else:
            columns.append([name, None, values])
    return {"columns": columns}


def _write_script(path: Path, name: str, part: Mapping[str, Any]) -> None:
    path.write_text(f"ATLAS.add({json.dumps(name)},{_json(part)});\n", encoding="utf-8")


def _base() -> dict[str, Any]:
    """What the page's script must know of the look and of the flow diagram."""
    model = sankey({(Node(0, "a"), Node(1, "b")): 1.0}, [(0, "a"), (1, "b")])
    shared = {k: v for k, v in model["data"][0].items() if k not in ("node", "link")}
    node = {k: v for k, v in model["data"][0]["node"].items() if k not in ("label", "color")}
    return {
        "layout": BASE,
        "layers": LAYERS,
        "others": OTHERS,
        "shownProvinces": SHOWN_PROVINCES,
        "sankey": {
            "trace": {
                **shared,
                "node": node,
                "link": {"color": model["data"][0]["link"]["color"]},
            },
            "colours": COLUMN_COLOURS,
            "annotation": model["layout"]["annotations"][0],
            "layout": {k: v for k, v in model["layout"].items() if k != "annotations"},
        },
    }


def _json(content: Any) -> str:
    """Compact JSON; ``</`` cannot end a script early."""
    return json.dumps(content, ensure_ascii=False, separators=(",", ":")).replace("</", "<\\/")


def _shortened(content: Any) -> Any:
    """A drawing with its numbers to seven digits, which those that were summed up here are not yet."""
    if isinstance(content, float):
        return shortened(content)
    if isinstance(content, dict):
        return {key: _shortened(value) for key, value in content.items()}
    if isinstance(content, list | tuple):
        return [_shortened(value) for value in content]
    return content


@cache
def _environment() -> jinja2.Environment:
    return jinja2.Environment(
        loader=jinja2.FileSystemLoader(TEMPLATES),
        autoescape=True,
        undefined=jinja2.ChainableUndefined,
        keep_trailing_newline=True,
    )


def render(**values: Any) -> str:
    """The one template, filled."""
    return _environment().get_template("page.html").render(**values)
