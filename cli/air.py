"""The command `tradeplume air`: compute what a period needs, and print its review."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from cli.options import HomeOption, options_of_request
from flows.requests import LAST_OF_REANALYSIS, OBSERVATIONS, REANALYSIS, AirRequest

if TYPE_CHECKING:
    from rich.console import Console

    from warehouse.edition import Edition
    from warehouse.period import Period


@options_of_request
def air(
    request: AirRequest,
    html: Annotated[
        Path | None,
        typer.Option(
            "--html", metavar="FILE", help="Write the review as a page to this file, too."
        ),
    ] = None,
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="The review alone.")] = False,
    home: HomeOption = None,
) -> None:
    """Review observed air quality of a period.

    Shows who is polluted, where pollution rose, and the part of the weather.

    Computes what is missing and publishes it. Bundled data: all cities from January to July 2025 and ten cities
    since 2022 (air-open), and a reanalysis of 2013 to 2018 (air-caqra). Your files in
    landing/air-open/observation/ add days and cities to air-open. Changes in 2025 need the days of 2024. A
    run that was killed goes on with the places that are missing.

    Examples: `tradeplume air`, `tradeplume air --period 2025-03 --html review.html`, `tradeplume air -p 2018Q1`
    """
    from rich.console import Console

    from atlas.air.section import Question
    from cli.air_review import print_review
    from cli.console import stopping
    from flows.progress import PlainProgress, progress
    from flows.run import context_of, run
    from warehouse.edition import load_edition
    from warehouse.errors import UserFacingError
    from warehouse.home import locate
    from warehouse.observed_days import demand_days

    place, console = locate(home), _console()
    code = province_named(request.province)
    name = request.edition or edition_holding(request.period, place.landing)
    chosen, wanted = edition_of_period(load_edition(name, place.root), request.period)
    context = context_of(chosen, place, runner=request.runner)
    if html and not html.absolute().parent.is_dir():
        raise UserFacingError(
            f"There is no folder {html.absolute().parent}.",
            remedy="Make it, or choose another one.",
        )
    demand_days(chosen, place.root, wanted)
    if quiet:
        run(context, PlainProgress(Console(quiet=True), details=False))
    else:
        with stopping(), progress(console, quiet=False) as watcher, _places_shown(console):
            run(context, watcher)
    asked = Question(chosen.name, chosen.year, wanted, code)
    print_review(console, place, asked)
    if html:
        from atlas.air.page import write_page

        write_page(html, place, asked)
        console.print(f"\nWritten {html}", highlight=False, soft_wrap=True)


def province_named(text: str | None) -> str:
    """The code of a province however it is written; empty for none. Raises UserFacingError."""
    from warehouse.codes import PROVINCES
    from warehouse.errors import UserFacingError
    from warehouse.province_names import province_of_any_name

    if text is None or text in PROVINCES:
        return text or ""
    code = province_of_any_name(text)
    if code is None:
        raise UserFacingError(
            f"{text!r} is not a province.",
            remedy="Write its name in English or Chinese, or its code (CN-XJ).",
        )
    return code


def edition_holding(period: str | None, landing: Path) -> str:
    """The packaged edition whose observations reach a period: the reanalysis up to 2018.

    Unless the user's own observations lie in the landing folder of the other one.
    """
    from warehouse.period import Period

    own = landing / OBSERVATIONS / "observation"
    if period is None or (own.is_dir() and any(own.iterdir())):
        return OBSERVATIONS
    return REANALYSIS if Period.parse(period).start.year <= LAST_OF_REANALYSIS else OBSERVATIONS


def edition_of_period(edition: Edition, period: str | None) -> tuple[Edition, Period]:
    """The edition set to a period (None: its own). A period after the edition's year makes a year of its own."""
    from warehouse.errors import EditionError
    from warehouse.period import Period

    if edition.kind != "air_quality":
        raise EditionError(
            f"Edition {edition.name} holds no observations.",
            remedy=f"Choose {OBSERVATIONS} or one that extends it.",
        )
    wanted = Period.parse(period or str(edition.assumptions["period"]))
    assumptions = {**edition.assumptions, "period": wanted.name}
    year = max(edition.year, wanted.start.year)
    return edition.model_copy(update={"year": year, "assumptions": assumptions}), wanted


@contextmanager
def _places_shown(console: Console) -> Iterator[None]:
    """Show each place as its model is done."""
    from flows.progress import logged_to
    from steps.weather import LOG

    with logged_to(console, LOG):
        yield


def _console() -> Console:
    from cli.console import console_of

    return console_of()
