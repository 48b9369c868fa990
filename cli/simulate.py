"""The commands `tradeplume simulate` and `tradeplume lint-hemco`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

DEFAULT_EDITION = "open-2007"


def simulate(
    engine: Annotated[str, typer.Option("--engine", help="geoschem.")] = "geoschem",
    edition: Annotated[
        str, typer.Option("--edition", "-e", help="Edition with concentrations, computed before.")
    ] = DEFAULT_EDITION,
    scenario: Annotated[
        list[str] | None,
        typer.Option(
            "--scenario",
            "-s",
            help="Base, I_EX, I_EXEAST, I_EXDIR, I_EXREGION:<region>; several with commas or again.",
        ),
    ] = None,
    gc_root: Annotated[
        Path | None, typer.Option("--gc-root", help="Source folder of GCClassic.")
    ] = None,
    data_root: Annotated[
        Path | None, typer.Option("--data-root", help="The model's input data (ExtData).")
    ] = None,
    sim_year: Annotated[
        int | None, typer.Option("--sim-year", help="Year of the weather; else the edition's.")
    ] = None,
    month: Annotated[
        list[str] | None, typer.Option("--month", help="Months, e.g. 1,4,7,10 (the paper's).")
    ] = None,
    spinup_months: Annotated[
        int, typer.Option("--spinup-months", help="Spin-up of the global run.")
    ] = 6,
    spinup_days: Annotated[
        int, typer.Option("--spinup-days", help="Spin-up of each nested run.")
    ] = 10,
    grid: Annotated[
        str, typer.Option("--grid", help="Grid of the emission files: nested, meic or meic-0.1.")
    ] = "nested",
    until: Annotated[
        str, typer.Option("--until", help="Stop after: emissions, rundirs, dryrun, run or read.")
    ] = "read",
    launcher: Annotated[str, typer.Option("--launcher", help="local or slurm.")] = "local",
    cores: Annotated[int, typer.Option("--cores", min=1, help="Cores of one run.")] = 8,
    memory_gb: Annotated[float, typer.Option("--memory-gb", help="Memory of one job.")] = 40.0,
    hours: Annotated[
        float | None, typer.Option("--hours", help="Time limit of one job; else estimated.")
    ] = None,
    sbatch: Annotated[
        list[str] | None,
        typer.Option("--sbatch", help="A further option of sbatch: --sbatch=--partition=long."),
    ] = None,
    executable: Annotated[
        Path | None, typer.Option("--executable", help="The program gcclassic.")
    ] = None,
    boundary_rundir: Annotated[
        Path | None, typer.Option("--boundary-rundir", help="Your global 2 x 2.5 run directory.")
    ] = None,
    nested_rundir: Annotated[
        Path | None, typer.Option("--nested-rundir", help="Your nested Asian run directory.")
    ] = None,
    restart: Annotated[
        Path | None, typer.Option("--restart", help="Restart file of the first global segment.")
    ] = None,
    cropped_met: Annotated[
        bool, typer.Option("--cropped-met", help="Read nested weather cropped to Asia (_AS).")
    ] = False,
    stations: Annotated[
        Path | None,
        typer.Option(
            "--stations", help="CSV of observations: longitude,latitude,month,pm25_ug_m3."
        ),
    ] = None,
    ignore_disk: Annotated[
        bool, typer.Option("--ignore-disk", help="Run though the estimate exceeds the disk.")
    ] = False,
    home: Annotated[
        Path | None,
        typer.Option("--home", help="Folder of all data; else $TRADEPLUME_HOME, else ./var."),
    ] = None,
) -> None:
    """Simulate scenarios with GEOS-Chem, where it is installed, and read them back.

    Goes on where it stopped: the same command again runs what is left. docs/geoschem.md has the whole
    way from nothing to results.

    Example: `tradeplume simulate --engine geoschem --edition open-2007 --sim-year 2017
    --scenario Base,I_EX --gc-root ~/GCClassic --data-root /data/ExtData`
    """
    from geoschem.simulate import (
        BOUNDARY,
        DEFAULT_SCENARIOS,
        EMISSION_GRIDS,
        ENGINES,
        NESTED,
        PAPER_MONTHS,
        Launcher,
        Phase,
        Request,
        into_the_marts,
    )
    from geoschem.simulate import simulate as run_simulation
    from geoschem.slurm import SlurmOptions
    from warehouse.edition import load_edition
    from warehouse.home import locate, prepare

    _demand(engine, ENGINES, "--engine")
    _demand(grid, EMISSION_GRIDS, "--grid")
    _demand(until, tuple(Phase), "--until")
    _demand(launcher, tuple(Launcher), "--launcher")
    place = locate(home)
    prepare(place)
    request = Request(
        scenarios=tuple(_listed(scenario)) or DEFAULT_SCENARIOS,
        year=sim_year,
        months=tuple(_numbers(month)) or PAPER_MONTHS,
        boundary_spinup_months=spinup_months,
        nested_spinup_days=spinup_days,
        grid=grid,
        gc_root=gc_root,
        data_root=data_root,
        executable=executable,
        rundirs=((BOUNDARY, boundary_rundir), (NESTED, nested_rundir)),
        restart=restart,
        cropped=cropped_met,
        launcher=Launcher(launcher),
        cores=cores,
        slurm=SlurmOptions(cores, memory_gb, hours, tuple(sbatch or ())),
        until=Phase(until),
        ignore_disk=ignore_disk,
        stations=stations,
    )
    done = run_simulation(load_edition(edition, place.root), place, request)
    if done.reading is not None:
        print(into_the_marts(edition))


def lint_hemco(
    folder: Annotated[Path, typer.Argument(help="Folder of emission files, or of a run.")],
) -> None:
    """Look for what HEMCO would get wrong without a word, in any folder of emission files.

    Exit code 4 when an error was found.

    Example: `tradeplume lint-hemco var/simulations/open-2007-2007/geoschem-2017/emissions`
    """
    from geoschem.linter import demand_clean, lint

    report = lint(folder)
    for finding in report.findings:
        if not finding.is_error:
            print("\n".join(finding.lines()))
    demand_clean(report)
    print(f"{report.files} files: no error")


def _demand(value: str, known: tuple[str, ...], option: str) -> None:
    if value not in known:
        raise typer.BadParameter(f"{value} is none of {', '.join(known)}", param_hint=option)


def _listed(values: list[str] | None) -> list[str]:
    """Values given again or with commas, each once."""
    words = [word.strip() for value in values or [] for word in value.split(",")]
    return list(dict.fromkeys(word for word in words if word))


def _numbers(values: list[str] | None) -> list[int]:
    try:
        return [int(word) for word in _listed(values)]
    except ValueError as error:
        raise typer.BadParameter("months are numbers from 1 to 12", param_hint="--month") from error
