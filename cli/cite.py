"""`tradeplume cite`: whom to cite for what is published."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from cli.options import HomeOption

if TYPE_CHECKING:
    from warehouse.citing import Citation

_HEADINGS = {"software": "Software", "method": "Method", "data": "Data"}


def cite(
    edition: Annotated[
        str | None, typer.Option("--edition", "-e", help="The sources of this edition alone.")
    ] = None,
    bibtex: Annotated[bool, typer.Option("--bibtex", help="As BibTeX entries.")] = False,
    home: HomeOption = None,
) -> None:
    """List whom to cite.

    The software, the method, and every source behind what is published.

    Reads the published file alone. Examples: `tradeplume cite`,
    `tradeplume cite --edition open-2017 --bibtex > sources.bib`
    """
    from warehouse.citing import bibtex as as_bibtex
    from warehouse.citing import citations
    from warehouse.errors import UserFacingError
    from warehouse.home import locate
    from warehouse.published import editions, open_published

    with open_published(locate(home)) as connection:
        held = [each.edition for each in editions(connection)]
        if edition is not None and edition not in held:
            raise UserFacingError(
                f"Edition {edition} is not published; published are {', '.join(held)}.",
                remedy=f"Run `tradeplume run --edition {edition}`, or name one of these.",
            )
        found = citations(connection, edition)
    print(as_bibtex(found) if bibtex else "\n".join(_lines(found)))


def _lines(found: list[Citation]) -> list[str]:
    lines: list[str] = []
    for kind, heading in _HEADINGS.items():
        lines += [heading]
        for each in (one for one in found if one.kind == kind):
            said = each.citation or f"{each.producer}: {each.title}"
            lines.append(f"  {said}")
            if each.kind == "data":
                lines.append(f"    fills {', '.join(each.roles)}; terms: {each.licence}")
        lines.append("")
    return lines[:-1]
