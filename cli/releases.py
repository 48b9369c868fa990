"""`tradeplume releases`: the history of what was published."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from cli.options import HomeOption

if TYPE_CHECKING:
    from rich.console import Console

    from warehouse.home import Home
    from warehouse.kept import Kept
    from warehouse.releases import Change


releases = typer.Typer(
    name="releases",
    help="List, compare, verify and restore releases.",
    invoke_without_command=True,
)


@releases.callback()
def _list(context: typer.Context, home: HomeOption = None) -> None:
    """List the releases; compare, verify or restore one.

    Examples: `tradeplume releases`, `tradeplume releases compare 1 2`,
    `tradeplume releases publish 1`
    """
    if context.invoked_subcommand is None:
        place, console = _place(home)
        print_releases(console, place)


@releases.command()
def compare(
    before: Annotated[int, typer.Argument(help="Number of the earlier release.")],
    after: Annotated[int, typer.Argument(help="Number of the later release.")],
    mart: Annotated[str, typer.Option("--mart", help="This mart alone.")] = "",
    rows: Annotated[int, typer.Option("--rows", min=0, help="Rows shown (0: all).")] = 40,
    home: HomeOption = None,
) -> None:
    """Show what differs between two releases: by mart and province, largest changes first.

    Example: `tradeplume releases compare 1 2 --mart fct_emission_inventory`
    """
    from warehouse.releases import compare as compare_releases
    from warehouse.releases import kept_release

    place, console = _place(home)
    changes = compare_releases(kept_release(place, before), kept_release(place, after), mart=mart)
    print_changes(console, changes, rows)


@releases.command()
def publish(
    number: Annotated[int, typer.Argument(help="Number of the release.")],
    home: HomeOption = None,
) -> None:
    """Put an earlier release in place again, as it was, with its Parquet files and its atlas.

    It is verified first. The next run that publishes puts the current work in place.

    Example: `tradeplume releases publish 1`
    """
    from atlas.write import write_atlas
    from warehouse.parquet import write_copies
    from warehouse.publish import publish_again

    place, _ = _place(home)
    release = publish_again(place, number)
    print(f"{place.published_file}: release {release.number} of {release.made_at} again")
    for line in (*write_copies(place).lines(), *write_atlas(place).lines()):
        print(line)
    print("The next run that publishes puts the current work in place.")


@releases.command()
def verify(
    number: Annotated[
        int | None, typer.Argument(help="Number of one release; otherwise all.")
    ] = None,
    home: HomeOption = None,
) -> None:
    """Verify that releases and the published file are as they were kept, byte by byte.

    Exit code 6 when one of them is not. Examples: `tradeplume releases verify`,
    `tradeplume releases verify 3`
    """
    from warehouse.kept import kept_releases
    from warehouse.releases import kept_release

    place, console = _place(home)
    chosen = kept_releases(place) if number is None else [kept_release(place, number)]
    if not print_verified(console, place, chosen):
        raise typer.Exit(6)


@releases.command()
def forget(
    keep: Annotated[int, typer.Option("--keep", min=1, help="How many of the latest stay.")],
    home: HomeOption = None,
) -> None:
    """Remove old releases to free their space; never the one in place.

    Example: `tradeplume releases forget --keep 12`
    """
    from warehouse.locks import hold
    from warehouse.releases import forget_old

    place, _ = _place(home)
    with hold(place.publish_lock, "Publishing"):
        removed = forget_old(place, keep)
    print(f"Removed: {', '.join(str(release.number) for release in removed) or 'none'}")


def print_releases(console: Console, home: Home) -> None:
    """Print every kept release: number, date, size, editions, and which readers see now."""
    from rich.table import Table

    from warehouse.kept import kept_releases, release_in_place
    from warehouse.releases import editions_of

    kept, place = kept_releases(home), release_in_place(home)
    if not kept:
        console.print("Nothing has been published yet: `tradeplume run`.", highlight=False)
        return
    table = Table(box=None, pad_edge=False, header_style="bold")
    for column in ("release", "published", "MB", "editions and years", ""):
        table.add_column(column, justify="right" if column in ("release", "MB") else "left")
    for release in kept:
        table.add_row(
            str(release.number),
            release.made_at,
            f"{release.path.stat().st_size / 1e6:,.1f}",
            ", ".join(f"{key.edition} {key.year}" for key in editions_of(release)),
            "in place" if release == place else "",
        )
    console.print(table)


def print_verified(console: Console, home: Home, chosen: Sequence[Kept]) -> bool:
    """Print what became of every release and of the published file; returns whether all are whole."""
    from warehouse.kept import release_in_place
    from warehouse.publish import fault_of_published
    from warehouse.releases import fault_of

    place, whole = release_in_place(home), True
    for release in chosen:
        fault = fault_of(release)
        by = "its SHA-256" if release.sha256 else "the checksums of its tables"
        word = f"DAMAGED: {fault}" if fault else f"whole, by {by}"
        console.print(f"release {release.number}: {word}", markup=False, highlight=False)
        whole = whole and not fault
    if place is None:
        if home.published_file.exists():
            console.print("published file: of no release that is kept", highlight=False)
        return whole
    fault = fault_of_published(home)
    word = (
        f"DAMAGED: {fault}; put it back with `tradeplume releases publish {place.number}`"
        if fault
        else f"release {place.number}, whole"
    )
    console.print(f"published file: {word}", markup=False, highlight=False)
    return whole and not fault


def print_changes(console: Console, changes: list[Change], limit: int) -> None:
    """Print changes as a table; limit: rows shown, 0 for all."""
    from rich.markup import escape
    from rich.table import Table

    if not changes:
        console.print("The two releases hold the same figures.", highlight=False)
        return
    table = Table(box=None, pad_edge=False, header_style="bold")
    for column in ("mart", "edition", "measure", "scope", "province"):
        table.add_column(column, overflow="fold")
    for column in ("before", "after", "change", "share"):
        table.add_column(column, justify="right")
    shown = changes[:limit] if limit else changes
    for row in shown:
        words = (row.mart, f"{row.edition} {row.year}", row.measure, row.scope, row.province)
        figures = (row.value_before, row.value_after, row.value_change, row.change_share)
        table.add_row(
            *(escape(word) for word in words),
            *("-" if figure is None else f"{figure:,.6g}" for figure in figures),
        )
    console.print(table)
    if len(shown) < len(changes):
        console.print(f"{len(changes) - len(shown)} more; --rows 0 shows all.", highlight=False)


def _place(option: Path | None) -> tuple[Home, Console]:
    from cli.console import console_of
    from warehouse.home import locate

    return locate(option), console_of()
