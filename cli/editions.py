"""The editions, what fills their roles, and what is missing."""

from __future__ import annotations

from collections.abc import Mapping

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from warehouse.assumption import ESTIMATED
from warehouse.choices import REPLACEMENTS, superseding
from warehouse.edition import Edition, list_editions, load_edition
from warehouse.errors import UserFacingError
from warehouse.home import Home
from warehouse.landing import RoleInput, resolve


def print_editions(console: Console, home: Home) -> None:
    """Print every edition with its roles; an edition that cannot be loaded says why."""
    for name in list_editions(home.root):
        try:
            edition = load_edition(name, home.root)
        except UserFacingError as error:
            console.print(f"\n[bold]{escape(name)}[/bold]: {escape(str(error))}", highlight=False)
            continue
        console.print(
            f"\n[bold]{escape(edition.name)}[/bold] {edition.year}: {escape(edition.title)}"
        )
        _print_roles(console, home, edition)


def _print_roles(console: Console, home: Home, edition: Edition) -> None:
    try:
        resolved = {found.role: found for found in resolve(edition, home.root)}
        problem = ""
    except UserFacingError as error:
        resolved, problem = {}, str(error)
    table = Table(box=None, pad_edge=False, header_style="bold")
    for column in ("  role", "reader", "files"):
        table.add_column(column, overflow="fold")
    for role, files in edition.roles.items():
        found = resolved.get(role)
        readers = [source.reader for source in found.sources] if found else [files.reader]
        names = escape(_files(found, files.files))
        other = superseding(edition.kind, role, _filled(resolved))
        text = names if other is None else f"{names} (not used: {other} takes its place)"
        table.add_row(f"  {role}", ", ".join(readers), text)
    console.print(table)
    if problem:
        console.print(f"  [yellow]{escape(problem)}[/yellow]", highlight=False)
    _print_replacements(console, edition, resolved)
    for found in resolved.values():
        for note in found.notes:
            console.print(f"  [yellow]{escape(note)}[/yellow]", highlight=False)


def _print_replacements(
    console: Console, edition: Edition, resolved: Mapping[str, RoleInput]
) -> None:
    """What files of the user's would replace, of roles that the edition can do without."""
    if edition.kind not in ESTIMATED:
        return
    rows = [each for role, each in REPLACEMENTS.items() if role in edition.roles]
    table = Table(box=None, pad_edge=False, header_style="bold")
    for column in ("  role", "used now", "your file replaces", "bring", "from"):
        table.add_column(column, overflow="fold")
    for each in rows:
        used = _used(edition, each.role, resolved)
        table.add_row(f"  {each.role}", used, each.what, each.files, each.where)
    console.print(table)


def _filled(resolved: Mapping[str, RoleInput]) -> set[str]:
    """The roles that the user's files fill."""
    return {role for role, found in resolved.items() if not found.is_bundled}


def _used(edition: Edition, role: str, resolved: Mapping[str, RoleInput]) -> str:
    """What a run takes for the role now."""
    other = superseding(edition.kind, role, _filled(resolved))
    if other is not None:
        return f"your {other}"
    found = resolved.get(role)
    return "nothing" if found is None else "bundled" if found.is_bundled else "yours"


def _files(found: RoleInput | None, named: tuple[str, ...]) -> str:
    if found is None:
        return ", ".join(named) or "to be brought by you"
    names = [path.name for path in found.files]
    more = f" and {len(names) - 3} more" if len(names) > 3 else ""
    origin = "" if found.is_bundled else "yours: "
    return f"{origin}{', '.join(names[:3])}{more}"
