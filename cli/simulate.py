"""The commands `tradeplume simulate` and `tradeplume lint-hemco`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from cli.options import HomeOption, options_of_request
from geoschem.request import SimulateRequest


@options_of_request
def simulate(request: SimulateRequest, home: HomeOption = None) -> None:
    """Simulate scenarios with GEOS-Chem, and read them back.

    GEOS-Chem must be installed.

    Run the same command again to continue where it stopped. docs/geoschem.md describes all steps from the
    installation to the results.

    Example: `tradeplume simulate --engine geoschem --edition open-2017 --sim-year 2017
    --scenario Base,I_EX --gc-root ~/GCClassic --data-root /data/ExtData`
    """
    from geoschem.simulate import into_the_marts
    from geoschem.simulate import simulate as run_simulation
    from warehouse.edition import load_edition
    from warehouse.home import locate, prepare

    place = locate(home)
    prepare(place)
    done = run_simulation(load_edition(request.edition, place.root), place, request)
    if done.reading is not None:
        print(into_the_marts(request.edition))


def lint_hemco(
    folder: Annotated[Path, typer.Argument(help="Folder of emission files, or of a run.")],
) -> None:
    """Check emission files for silent errors of HEMCO.

    Any folder of emission files will do.

    Exit code 4 when an error was found.

    Example: `tradeplume lint-hemco var/simulations/open-2017-2017/geoschem-2017/emissions`
    """
    from geoschem.linter import demand_clean, lint

    report = lint(folder)
    for finding in report.findings:
        if not finding.is_error:
            print("\n".join(finding.lines()))
    demand_clean(report)
    print(f"{report.looked_at()}: no error")
