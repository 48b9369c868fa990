"""Commands that keep a home: its state, its checks, its publication, its schedules."""

from __future__ import annotations

from typing import Annotated

import typer

from cli.options import HomeOption, options_of_request
from flows.requests import ComputeRequest


def status(home: HomeOption = None) -> None:
    """Show what is computed, stale and published.

    Says why something is stale.

    Example: `tradeplume status`
    """
    from cli.console import console_of
    from cli.status import print_status
    from warehouse.home import locate

    print_status(console_of(), locate(home))


def check(
    everything: Annotated[bool, typer.Option("--all", help="Also the checks that passed.")] = False,
    home: HomeOption = None,
) -> None:
    """Show the results of the last checks, failed ones first.

    Exit code 4 when one of them forbids publishing.

    Example: `tradeplume check --all`
    """
    from cli.checks import print_checks
    from cli.console import console_of
    from warehouse.home import locate

    if print_checks(console_of(), locate(home), everything=everything):
        raise typer.Exit(4)


def publish(home: HomeOption = None) -> None:
    """Publish again from the working files.

    The command refuses when a quality gate failed.

    Example: `tradeplume publish`
    """
    from atlas.write import write_atlas
    from cli.checks import demand_passed
    from flows.publishing import publish_home
    from warehouse.home import locate, prepare
    from warehouse.parquet import write_copies

    place = locate(home)
    prepare(place)
    demand_passed(place)
    for line in (*publish_home(place).lines(), *write_copies(place).lines()):
        print(line)
    for line in write_atlas(place).lines():
        print(line)


def doctor(home: HomeOption = None) -> None:
    """Find what is damaged, and the command that mends it.

    Working files, the published file and what lies beside it, releases, locks, disk, what killed processes
    left, libraries, the served home. Changes nothing. Exit code 6 when something is damaged.

    Example: `tradeplume doctor`
    """
    from cli.console import console_of
    from cli.doctor import print_findings
    from warehouse.home import locate

    if not print_findings(console_of(), locate(home)):
        raise typer.Exit(6)


def serve(
    port: Annotated[
        int | None,
        typer.Option(
            "--port", help="Port on 127.0.0.1. Default: 4200, or a free one if 4200 is taken."
        ),
    ] = None,
    api: Annotated[
        str | None,
        typer.Option("--api", envvar="PREFECT_API_URL", help="A running Prefect server's API."),
    ] = None,
    check_only: Annotated[
        bool,
        typer.Option(
            "--check", help="Only ask the server of this home; exit code 9 if it does not answer."
        ),
    ] = False,
    home: HomeOption = None,
) -> None:
    """Run the schedules, until Ctrl-C.

    Refresh, watch the landing folder, air quality, simulate, compute.

    The schedules are those of service/schedules.yml, or of your own schedules.yml in the home.

    Examples: `tradeplume serve`, `tradeplume serve --api http://127.0.0.1:4200/api`
    """
    from service.announced import announced
    from service.schedules import load_schedules
    from warehouse.home import locate

    place = locate(home)
    if check_only:
        from service.served import demand_answer

        print(demand_answer(place))
        return
    schedules = load_schedules(place)
    for line in announced(place, schedules):
        print(line)
    print("Starting Prefect, which takes up to two minutes. Ctrl-C ends this command.", flush=True)
    try:
        from service.serve import serve_home

        serve_home(
            place, schedules, port=port, api=api, is_ready=lambda: print("Ready.", flush=True)
        )
    except KeyboardInterrupt:
        pass  # before Prefect takes the signal itself
    print("Stopped.")


@options_of_request
def compute(request: ComputeRequest, home: HomeOption = None) -> None:
    """Compute several editions, here or on other machines.

    Editions are years or scenarios. All are published together at the end.

    Examples: `tradeplume compute open-2007 open-2017 --on processes:2`,
    `tradeplume compute open-2007 mine-2012 --on dask:tcp://127.0.0.1:8786`
    """
    from flows.many import compute_many
    from warehouse.home import locate

    compute_many(locate(home), request.editions, request.runner, publish=request.publish)
