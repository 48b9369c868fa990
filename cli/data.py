"""Commands about what fills an edition: `editions`, `dictionary`."""

from __future__ import annotations

from typing import Annotated

import typer

from cli.options import HomeOption
from warehouse.request import DEFAULT_EDITION


def editions(
    assumptions: Annotated[
        bool,
        typer.Option("--assumptions", help="Only what an edition file can assume, with bounds."),
    ] = False,
    home: HomeOption = None,
) -> None:
    """List the editions: what fills each role, and what is missing.

    Examples: `tradeplume editions`, `tradeplume editions --assumptions`
    """
    from cli.console import console_of
    from warehouse.home import locate

    if assumptions:
        from cli.assumptions import print_assumptions

        print_assumptions(console_of())
        return
    from cli.editions import print_editions

    print_editions(console_of(), locate(home))


def dictionary(
    edition: Annotated[str, typer.Option("--edition", "-e", help="Edition.")] = DEFAULT_EDITION,
    home: HomeOption = None,
) -> None:
    """Write the data dictionary as one page.

    The page shows every table and column, its SQL, and the tables that it is made from.

    The page published/dictionary.html works offline. Example: `tradeplume dictionary`
    """
    from cli.dictionary import write_dictionary
    from warehouse.edition import load_edition
    from warehouse.home import locate

    place = locate(home)
    print(write_dictionary(load_edition(edition, place.root), place))
