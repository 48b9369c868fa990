"""The commands `tradeplume atlas` and `tradeplume plot`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from cli.options import HomeOption

if TYPE_CHECKING:
    from warehouse.home import Home

PAPER = "paper"


def atlas(
    show: Annotated[
        bool, typer.Option("--open/--no-open", help="Open it, or only print where it lies.")
    ] = True,
    again: Annotated[bool, typer.Option("--again", help="Write it again first.")] = False,
    home: HomeOption = None,
) -> None:
    """Open the atlas, pages that work offline.

    Maps, consumers, sectors, supply chains, air quality, checks.

    A run writes the pages. If something was published later, this command writes them again first.

    Example: `tradeplume atlas`
    """
    import webbrowser

    from atlas.write import folder_of, is_written, write_atlas

    place = _home(home)
    if again or not is_written(place):
        for line in write_atlas(place).lines():
            print(line)
    index = folder_of(place) / "index.html"
    print(index)
    if show and not (_has_screen() and webbrowser.open(index.as_uri())):
        print("No browser could be opened: open this file in one.")


def plot(
    name: Annotated[
        str | None, typer.Argument(help="The figure; without a name, they are listed.")
    ] = None,
    out: Annotated[
        Path | None, typer.Option("--out", "-o", help="The file: .png, .svg, .pdf or .json.")
    ] = None,
    choose: Annotated[
        list[str] | None,
        typer.Option("--choose", "-c", metavar="SELECT=VALUE", help="As on the page; repeatable."),
    ] = None,
    edition: Annotated[str | None, typer.Option("--edition", "-e", help="Edition.")] = None,
    year: Annotated[int | None, typer.Option("--year", help="Year of the edition.")] = None,
    home: HomeOption = None,
) -> None:
    """Draw one figure of the atlas in print quality.

    Prints its caption. Needs Chromium or Chrome on this machine. `paper` draws every figure of the paper
    into a folder, with captions; `paper-1a` draws one of them.

    Examples: `tradeplume plot`, `tradeplume plot export_map --out map.pdf --choose pollutant=SO2`,
    `tradeplume plot leading_consumers -o hebei.png -c province=Hebei -c pollutant=SO2`,
    `tradeplume plot paper --out figures`, `tradeplume plot paper-2a --out 2a.svg`
    """
    from atlas.picture import caption, drawn, kind_of, named_figures, write_picture

    if name is None:
        for figure, page, title in named_figures():
            print(f"{figure:22} {page}: {title}")
        _list_panels()
        return
    if out is None:
        raise typer.BadParameter("say where to: --out picture.png", param_hint="--out")
    chosen = _choices(choose or [])
    if name == PAPER:
        _plot_paper(_home(home), out, edition, year)
        return
    kind_of(out)  # a file that cannot be written is refused before the figure is drawn
    if name.startswith(f"{PAPER}-"):
        from atlas.paper import panels, paper_caption

        asked = (name.removeprefix(f"{PAPER}-"),)
        ((panel, picture),) = panels(_home(home), chosen, names=asked, edition=edition, year=year)
        text = paper_caption(panel, picture)
    else:
        picture = drawn(_home(home), name, chosen, edition=edition, year=year)
        text = caption(picture)
    write_picture(picture, out)
    shown = ", ".join(f"{select}={value}" for select, value in picture.chosen.items())
    print(
        f"{out}: {name}, {picture.edition.name} {picture.edition.year}{', ' * bool(shown)}{shown}"
    )
    print(text)


def _list_panels() -> None:
    from atlas.paper import PANELS

    for panel in PANELS:
        print(f"{f'{PAPER}-{panel.name}':22} Figure {panel.name} of the paper: {panel.theirs}")
    print(f"{PAPER:22} all of these into a folder, with captions")


def _plot_paper(home: Home, folder: Path, edition: str | None, year: int | None) -> None:
    """Every figure of the paper as PDF, and captions.txt. Raises PictureError for a file in the folder's place."""
    from atlas.paper import panels, paper_caption
    from atlas.picture import PictureError, write_picture

    if folder.suffix or (folder.exists() and not folder.is_dir()):
        raise PictureError(f"{folder} is not a folder.", remedy="Name a folder: --out figures.")
    folder.mkdir(parents=True, exist_ok=True)
    captions = []
    for panel, picture in panels(home, {}, edition=edition, year=year):
        path = folder / f"figure_{panel.name}.pdf"
        write_picture(picture, path)
        captions.append(paper_caption(panel, picture))
        print(path)
    path = folder / "captions.txt"
    path.write_text("\n\n".join(captions) + "\n", encoding="utf-8")
    print(path)


def _choices(texts: list[str]) -> dict[str, str]:
    pairs = [text.partition("=") for text in texts]
    for text, (select, equals, value) in zip(texts, pairs, strict=True):
        if not (select and equals and value):
            raise typer.BadParameter(
                f"{text!r} is not SELECT=VALUE, for example pollutant=SO2", param_hint="--choose"
            )
    return {select: value for select, _, value in pairs}


def _has_screen() -> bool:
    """Whether a browser can show itself: else the opener would start one for terminals, or hang."""
    import os
    import sys

    return sys.platform != "linux" or any(map(os.environ.get, ("DISPLAY", "WAYLAND_DISPLAY")))


def _home(option: Path | None) -> Home:
    from warehouse.home import locate

    return locate(option)
