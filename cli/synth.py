"""`tradeplume synth`: synthetic files of a licensed edition, in the publishers' layouts."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer


class Size(StrEnum):
    """How large the made-up economy is."""

    SMALL = "small"
    FULL = "full"


class Layout(StrEnum):
    """Editions whose files can be made up."""

    PAPER_2017 = "paper-2017"
    NOWCAST_2020 = "nowcast-2020"


def synth(
    out: Annotated[Path, typer.Option("--out", help="Folder to write into; a home will do.")],
    edition: Annotated[Layout, typer.Option("--edition", "-e")] = Layout.PAPER_2017,
    size: Annotated[
        Size, typer.Option(help="small: 5 provinces, 8 regions; full: 31 and 160.")
    ] = Size.SMALL,
    seed: Annotated[int, typer.Option(min=0, help="The same seed gives the same files.")] = 1,
    noise: Annotated[
        float,
        typer.Option(
            min=0.0, max=1.0, help="0: sources agree; 1: customs miss tables by up to 20 %."
        ),
    ] = 1.0,
    no_truth: Annotated[bool, typer.Option("--no-truth", help="Leave the truth out.")] = False,
) -> None:
    """Write synthetic files of an edition.

    The files have their publishers' layouts. The made-up economy behind them is written too, as the truth.

    Example: `tradeplume synth --edition paper-2017 --size small --out var --seed 1`, then
    `tradeplume run --edition paper-2017`. Every result is then called synthetic.
    `--edition nowcast-2020` writes customs and emissions of 2020, without a truth.
    """
    from synth.files import write_files, write_newer_files

    if edition is Layout.PAPER_2017:
        write_files(
            out, size=size.value, seed=seed, noise=noise, with_truth=not no_truth, report=typer.echo
        )
    else:
        write_newer_files(out, size=size.value, seed=seed, noise=noise, report=typer.echo)
    typer.echo(f"Synthetic files of {edition.value} in {out / 'landing' / edition.value}")
