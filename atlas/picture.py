"""One figure as a file: PNG, SVG or PDF in print quality, drawn by a browser; or JSON for Plotly anywhere."""

from __future__ import annotations

import json
import tempfile
import textwrap
from collections.abc import Mapping
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import duckdb

from atlas.drawing import complete, outline_script, with_outline
from atlas.figure import Choice, Figure, Plot, choices, chosen_rows, defaults
from atlas.made_up import said_of
from atlas.pages import FIGURES, PAGES
from atlas.site import Edition, editions
from atlas.tables import Rows, ask
from warehouse.errors import UserFacingError
from warehouse.home import Home
from warehouse.province_names import province_of
from warehouse.published import open_published

RUN_LETTERS = 12
KINDS = ("png", "svg", "pdf", "json")
WIDTH_PX, HEIGHT_SPARE_PX = 1000, 60
_TITLE_PX = 64
# What a line of the title and of the choices below it holds; how high a line is, and where the first one stands.
_TITLE_LETTERS, _BELOW_LETTERS, _TITLE_LINE_PX, _ABOVE_TITLE_PX = 96, 132, 24, 28
# A picture 1000 points wide at three dots a point prints 17 cm at about 450 dots an inch.
DOTS = 3


class PictureError(UserFacingError):
    """A figure, a choice or a kind of file that there is not."""

    exit_code = 2


@dataclass(frozen=True)
class Picture:
    """A drawn figure: which edition and which choices it shows, and the Plotly figure."""

    figure: Figure
    edition: Edition
    chosen: Mapping[str, str]
    plot: Plot


def drawn(
    home: Home,
    name: str,
    wanted: Mapping[str, str] | None = None,
    *,
    edition: str | None = None,
    year: int | None = None,
) -> Picture:
    """A figure of the atlas drawn from the published file, with the choices that are wanted.

    name: of a figure that is not a table.  wanted: by select; values or labels, in any case.
    edition, year: which one; otherwise the first that has rows for it.
    Raises NotPublished, and PictureError naming what there is.
    """
    figure = _figure(name)
    with open_published(home, repeatable=True) as connection:
        found, rows = _rows(connection, figure, edition, year)
    chosen = _chosen(figure, rows, wanted or {})
    part = chosen_rows(figure, rows, chosen)
    if not part or figure.draw is None:
        raise PictureError(
            f"No rows for {', '.join(f'{k}={v}' for k, v in chosen.items())}.",
            remedy="Choose otherwise; the page of the atlas shows what there is.",
        )
    return Picture(figure, found, chosen, _titled(figure, found, chosen, rows, part))


def kind_of(path: Path) -> str:
    """The kind of picture by the file's ending. Raises PictureError for another one, or a missing folder."""
    kind = path.suffix.lower().lstrip(".")
    if kind not in KINDS:
        raise PictureError(
            f"{path.name} is not a picture that can be written.",
            remedy=f"End the file's name in {', '.join(f'.{each}' for each in KINDS)}.",
        )
    if not path.parent.is_dir():
        raise PictureError(
            f"There is no folder {path.parent}.", remedy="Make it, or choose another."
        )
    return kind


def write_picture(picture: Picture, path: Path) -> None:
    """Write a figure; the kind is the file's ending. All but JSON are drawn with a browser.

    Raises PictureError for another kind of file, and UserFacingError where there is no browser.
    """
    kind = kind_of(path)
    if kind == "json":
        path.write_text(json.dumps(with_outline(picture.plot)), encoding="utf-8")
        return
    _render(picture.plot, path, kind, picture.figure.height + HEIGHT_SPARE_PX)


def named_figures() -> list[tuple[str, str, str]]:
    """Name, page and title of every figure that can be drawn."""
    return [
        (figure.name, page.title, figure.title)
        for page in PAGES
        for figure in page.figures
        if figure.draw is not None
    ]


def _figure(name: str) -> Figure:
    figure = FIGURES.get(name)
    if figure is None or figure.draw is None:
        known = ", ".join(each for each, _, _ in named_figures())
        what = "is a table, not a picture" if figure else "is not a figure of the atlas"
        remedy = f"Choose one of {known}."
        if figure:
            remedy += " Its rows: the CSV button of its page."
        raise PictureError(f"{name!r} {what}.", remedy=remedy)
    return figure


def _rows(
    connection: duckdb.DuckDBPyConnection, figure: Figure, edition: str | None, year: int | None
) -> tuple[Edition, Rows]:
    known = editions(connection)
    asked = [
        each
        for each in known
        if edition in (None, each.name) and (year is None or year == each.year)
    ]
    if not asked:
        names = ", ".join(f"{each.name} {each.year}" for each in known)
        raise PictureError(
            f"The published file holds no edition {edition or 'of any name'} {year or ''}".strip()
            + ".",
            remedy=f"It holds {names}.",
        )
    missing = ""
    for each in asked:
        answer = ask(connection, figure.sql, each.name, each.year)
        if not answer.missing:
            return each, answer.rows
        missing = answer.missing
    names = ", ".join(f"{each.name} {each.year}" for each in asked)
    raise PictureError(
        f"{figure.name} has no data in {names}: {missing}",
        remedy="`tradeplume editions` lists the editions; run one that has it.",
    )


def _chosen(figure: Figure, rows: Rows, wanted: Mapping[str, str]) -> dict[str, str]:
    options = choices(figure, rows)
    if unknown := sorted(set(wanted) - set(options)):
        raise PictureError(
            f"{figure.name} has no choice {', '.join(unknown)}.",
            remedy=f"It has {', '.join(options) or 'none'}.",
        )
    return defaults(figure, rows) | {
        name: _option(name, value, options[name]) for name, value in wanted.items()
    }


def _option(name: str, value: str, options: tuple[Choice, ...]) -> str:
    for option in options:
        english, _, chinese = option.label.rpartition(" ")
        # A province's name comes with the Chinese one beside; either is enough.
        beside = () if chinese.isascii() else (english, chinese)
        names = {option.value, option.label, *beside}
        if value.casefold() in {each.casefold() for each in names}:
            return option.value
    wanted = province_of(value)
    for option in options:
        if wanted is not None and wanted in {province_of(option.value), province_of(option.label)}:
            return option.value
    known = ", ".join(option.value for option in options)
    raise PictureError(f"{name} has no value {value!r}.", remedy=f"It has {known}.")


def caption(picture: Picture) -> str:
    """What stands under a figure in print: what it shows, what of it is measured or estimated, of which run."""
    figure, edition = picture.figure, picture.edition
    shown = ", ".join(f"{select} {value}" for select, value in picture.chosen.items())
    beside = f" ({shown})" if shown else ""
    explained = f" {figure.explains(picture.chosen)}" if figure.explains else ""
    return (
        f"{figure.title}{beside}. {figure.reads}{explained.rstrip()} {figure.basis} "
        f"Edition {edition.name} {edition.year}, run {edition.fingerprint[:RUN_LETTERS]}."
    )


def _titled(
    figure: Figure, edition: Edition, chosen: Mapping[str, str], rows: Rows, part: Rows
) -> Plot:
    """The figure with what a page says around it: title, choices, edition."""
    if figure.draw is None:
        raise PictureError(f"{figure.name!r} is a table, no picture.")
    plot = complete(figure.draw(part, chosen))
    labels = [
        f"{select.label.lower()}: {option.label}"
        for select in figure.selects
        for option in select.options(rows)
        if option.value == chosen[select.name]
    ]
    below = " · ".join([*labels, f"edition {edition.name} {edition.year}", "tradeplume"])
    margin = plot["layout"]["margin"]
    found = said_of(edition.name, figure.finding(part, chosen) if figure.finding else figure.title)
    lines = textwrap.wrap(found, _TITLE_LETTERS)
    choices_lines = textwrap.wrap(below, _BELOW_LETTERS)
    shown = [*lines, *(f"<sub>{line}</sub>" for line in choices_lines)]
    # Two lines have the room of _TITLE_PX.
    height_px = _TITLE_PX + (len(shown) - 2) * _TITLE_LINE_PX
    title: dict[str, Any] = {
        "text": "<br>".join(shown),
        "x": 0.01,
        "xanchor": "left",
        "yref": "container",
        "y": 1 - _ABOVE_TITLE_PX / (figure.height + HEIGHT_SPARE_PX),
        "yanchor": "top",
    }
    layout = {**plot["layout"], "title": title, "margin": {**margin, "t": margin["t"] + height_px}}
    return {"data": plot["data"], "layout": layout}


def _render(plot: Plot, path: Path, kind: str, height_px: int) -> None:
    import kaleido
    from choreographer.errors import BrowserFailedError, ChromeNotFoundError

    with tempfile.TemporaryDirectory() as folder:
        outline = Path(folder) / "provinces.js"
        outline.write_text(outline_script(), encoding="utf-8")
        page = kaleido.PageGenerator(
            plotly=_plotly_script(), mathjax=False, others=[outline.as_uri()]
        )
        try:
            picture = kaleido.calc_fig_sync(
                plot,
                opts={"format": kind, "width": WIDTH_PX, "height": height_px, "scale": DOTS},
                kopts={"page_generator": page},
            )
        except (ChromeNotFoundError, BrowserFailedError) as error:
            raise UserFacingError(
                f"No browser could draw the picture: {str(error).splitlines()[0]}",
                remedy="Install Chromium or Google Chrome (Debian: apt-get install chromium), or set "
                "BROWSER_PATH to one. In the atlas the button `Save the picture` needs none but yours.",
            ) from error
    path.write_bytes(picture)


def _plotly_script() -> Path:
    """All of plotly.js, as the Python package brings it."""
    found = find_spec("plotly")
    places = list(found.submodule_search_locations or ()) if found else []
    scripts = [Path(place) / "package_data" / "plotly.min.js" for place in places]
    for script in scripts:
        if script.is_file():
            return script
    raise UserFacingError(
        "The Python package plotly is not whole: it brings no plotly.min.js.",
        remedy="Install the environment again: make clean, then make run.",
    )
