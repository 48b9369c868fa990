"""The steps of a run, in order: the one list that the command line and the Prefect flow share."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from functools import partial
from typing import Any

import duckdb

from flows.engine import Context, Step, StepReport
from warehouse import meta
from warehouse.database import connect, qualified, tables_of, transaction, write_table
from warehouse.dbt import DbtReport
from warehouse.errors import ComputeFailed, GateFailed
from warehouse.fingerprint import digest, file_parts
from warehouse.publish import is_published, publish

Variables = Mapping[str, bool | float | str | int]
Compute = Callable[[duckdb.DuckDBPyConnection, Variables], int]


def all_steps(kind: str = "footprint") -> tuple[Step, ...]:
    """The steps from the user's files to the published file, for a kind of edition."""
    return (
        *_source_steps(),
        *_linking_steps(kind),
        *_result_steps(kind),
    )


def _source_steps() -> tuple[Step, ...]:
    return (
        Step(
            "load",
            "read and check the sources",
            load,
            code=(
                "warehouse/landing.py",
                "warehouse/sources/*.py",
                "warehouse/*.yml",
                "warehouse/sources/*.csv",
                "warehouse/bundled/**/SOURCES.yml",
            ),
            inputs=_source_parts,
        ),
        Step(
            "gate-raw", "quality gate on what was read", gate_raw, code=("expectations/gates.py",)
        ),
        _dbt_step("prepare", "provincial tables, trade priors and inventory"),
    )


def _linking_steps(kind: str) -> tuple[Step, ...]:
    """From the prepared tables to the balanced one; kind `paper` has the flows that others estimate."""
    if kind == "paper":
        return (
            _dbt_step("assemble", "blocks of the linked table"),
            _compute_step("balance", "balanced table", _balance_whole, "steps/whole_table.py"),
            _dbt_step("linked", "linked table in long form"),
        )
    return (
        _compute_step("trade", "exports and imports by province and sector", _trade),
        _dbt_step("link", "outflow and inflow between provinces"),
        _compute_step("gravity", "interprovincial flows", _gravity),
        _dbt_step("assemble", "blocks of the linked table"),
        _compute_step("balance", "balanced table", _balance),
        _dbt_step("linked", "linked table in long form"),
    )


def _result_steps(kind: str) -> tuple[Step, ...]:
    return (
        _compute_step(
            "footprint", "what foreign demand calls for", _footprint, "steps/footprint.py"
        ),
        _compute_step(
            "supply-chain",
            "production layers and the largest paths",
            _supply_chain,
            "steps/supply_chain.py",
        ),
        *_marts_steps(kind),
        Step(
            "gate-marts",
            "identities and quality gate on the marts",
            gate_marts,
            code=("expectations/gates.py",),
            inputs=lambda context: context.dbt.parts("check_result"),
        ),
        Step(
            "publish",
            "checked copy for readers",
            publish_marts,
            code=("warehouse/publish.py",),
            is_in_place=lambda context: is_published(context.home, context.working),
        ),
    )


def _marts_steps(kind: str) -> tuple[Step, ...]:
    """The steps that make the marts, and those that only some kinds of edition have before."""
    # Licensed editions have no draws yet.
    draws = () if kind == "paper" else (_uncertainty_step(),)
    simulations = concentration_steps() if kind == "concentration" else ()
    return (*simulations, *draws, _dbt_step("marts", "tables for readers"))


def concentration_steps() -> tuple[Step, ...]:
    """From emissions to what people breathe: what a run can leave out (flows/left_out.py)."""
    return (
        _dbt_step("atmosphere", "emissions by source group and exporter"),
        _compute_step(
            "concentration",
            "what people breathe: scenarios, attribution, exposure",
            _air,
            "steps/concentration.py",
        ),
        _compute_step(
            "evaluation",
            "the engine beside observations of 2013 to 2016",
            _evaluation,
            "steps/evaluation.py",
        ),
        Step(
            "simulated",
            "what runs of GEOS-Chem brought back",
            simulated,
            code=("geoschem/results.py",),
            inputs=_simulation_parts,
        ),
    )


def load(context: Context) -> StepReport:
    """Read every role of the edition, check it against its contract, write raw.* and provenance."""
    import polars as pl

    from warehouse import landing
    from warehouse.sources.notes import collected

    lines, provenance, rows = [], [], 0
    inputs = landing.resolve(context.edition, context.home.root)
    with _working(context) as connection, transaction(connection):
        for name in tables_of(connection, "raw"):
            connection.execute(f"drop table {qualified('raw', name)}")
        for role_input in inputs:
            with collected() as notes:
                frame, records = landing.read_role(role_input)
            written = write_table(connection, "raw", role_input.role, frame)
            rows += written
            provenance += records
            lines.append(f"{role_input.role}: {written:,} rows")
            lines += [f"warning: {note}" for note in (*role_input.notes, *notes)]
        write_table(connection, "raw", "provenance", pl.DataFrame(provenance))
    return StepReport(rows, tuple(lines))


def simulated(context: Context) -> StepReport:
    """Results of GEOS-Chem beside the embedded engine's, in the same tables; none where there are none."""
    from geoschem.results import load_results, results_folder

    folder = results_folder(context.home.root / "simulations" / context.working.name)
    with _working(context) as connection, transaction(connection):
        rows, notes = load_results(connection, folder)
    return StepReport(rows, tuple(notes))


def gate_raw(context: Context) -> StepReport:
    """The checks on the raw roles; raises GateFailed."""
    return _record_gate(context, context.gates("raw", context.working.path), ("raw",))


def gate_marts(context: Context) -> StepReport:
    """The identities and the checks on the marts; raises GateFailed.

    fct_check_result is built once more, so that readers see these checks too.
    """
    found = context.gates("marts", context.working.path)
    report = _record_gate(context, found, ("identity", "marts"))
    _raise_errors(context, context.dbt.build("check_result"))
    return report


def build_models(context: Context, selector: str) -> StepReport:
    """Build the dbt models of a selector with their tests; raises GateFailed on failed tests."""
    report = context.dbt.build(selector)
    with _working(context) as connection:
        meta.replace_checks(connection, "dbt", report.checks, suite=selector)
    _raise_errors(context, report)
    stop_at_failures("dbt", report.checks)
    lines = tuple(f"{name}: {rows:,} rows" for name, rows in sorted(report.rows.items()))
    return StepReport(sum(report.rows.values()), lines)


def publish_marts(context: Context) -> StepReport:
    """Gather the marts of all complete working files into the published file."""
    release = publish(context.home, context.working)
    return StepReport(release.rows, release.lines())


def stop_at_failures(gate: str, checks: list[Any] | tuple[Any, ...]) -> None:
    """Raise GateFailed naming the first ten failed checks of severity error, if there are any."""
    # What could not be measured was stopped by what failed: the cause comes first.
    failed = sorted(meta.failed_errors(checks), key=lambda check: check.measured is None)
    if not failed:
        return
    named = [f"  {meta.describe(check)}" for check in failed[:10]]
    more = [f"  and {len(failed) - 10} more"] if len(failed) > 10 else []
    raise GateFailed(
        "\n".join([f"{len(failed)} of {len(checks)} checks of gate {gate} failed:", *named, *more]),
        remedy="`tradeplume check` shows all of them. What was published before is as it was.",
    )


def _record_gate(context: Context, checks: list[Any], gates: tuple[str, ...]) -> StepReport:
    with _working(context) as connection:
        for gate in gates:
            meta.replace_checks(connection, gate, [check for check in checks if check.gate == gate])
    stop_at_failures(" and ".join(gates), checks)
    warned = [check for check in checks if not check.passed]
    return StepReport(
        len(checks),
        (f"{len(checks)} checks", *(f"warning: {meta.describe(row)}" for row in warned)),
    )


def _raise_errors(context: Context, report: DbtReport) -> None:
    if report.errors:
        raise report.errors[0].as_error(context.dbt.log)


def _dbt_step(selector: str, title: str) -> Step:
    return Step(
        selector,
        title,
        lambda context: build_models(context, selector),
        inputs=lambda context: context.dbt.parts(selector),
        selector=selector,
    )


def _compute_step(name: str, title: str, function: Compute, code: str = "steps/link.py") -> Step:
    def run(context: Context) -> StepReport:
        with _working(context) as connection, transaction(connection), computing(title):
            return StepReport(function(connection, context.edition.variables))

    return Step(name, title, run, code=(code,), inputs=_variable_parts)


@contextmanager
def computing(title: str) -> Iterator[None]:
    """Tell what the figures do not admit, which compute names by its own kinds of ValueError."""
    try:
        yield
    except ValueError as error:
        if not type(error).__module__.startswith("compute"):
            raise
        raise ComputeFailed(
            f"{title}: {error}", remedy="Correct the named input or assumption and run again."
        ) from error


def _uncertainty_step() -> Step:
    return Step(
        "uncertainty",
        "how sure the results are: draws of the inventory, and of the table when asked for",
        _uncertainty,
        code=("steps/uncertainty.py",),
        inputs=_uncertainty_parts,
    )


def _uncertainty(context: Context) -> StepReport:
    """Draws as last asked for (`tradeplume uncertainty`); what needs other tables links them anew."""
    from flows.fan_out import fan_out
    from flows.intervals import runner_of
    from flows.relink import relink_all
    from steps.uncertainty import draw_uncertainty

    settings = _uncertainty_settings(context)
    with computing("uncertainty"):
        steps = all_steps(context.edition.kind)
        relinked = relink_all(context, steps) if settings.alternatives else {}
        spread = partial(fan_out, runner=runner_of(settings))
        with _working(context) as connection, transaction(connection):
            rows = draw_uncertainty(
                connection, context.edition.variables, settings, relinked, spread
            )
    tables = f", {settings.table_draws} of the table" if settings.table_draws else ""
    return StepReport(rows, (f"{settings.draws:,} draws{tables}, seed {settings.seed}",))


def _uncertainty_settings(context: Context) -> Any:
    from steps.uncertainty import Settings

    if not context.working.path.exists():
        return Settings()
    with connect(context.working.path, read_only=True) as connection:
        return Settings.read(connection)


def _uncertainty_parts(context: Context) -> dict[str, str]:
    asked = _uncertainty_settings(context).texts()
    return _variable_parts(context) | {f"{name} asked for": value for name, value in asked.items()}


def _trade(connection: duckdb.DuckDBPyConnection, _: Variables) -> int:
    from steps import link

    return int(link.allocate_trade(connection))


def _gravity(connection: duckdb.DuckDBPyConnection, variables: Variables) -> int:
    from steps import link

    return int(link.estimate_gravity(connection, variables))


def _balance(connection: duckdb.DuckDBPyConnection, variables: Variables) -> int:
    from steps import link

    return int(link.balance_table(connection, variables))


def _balance_whole(connection: duckdb.DuckDBPyConnection, variables: Variables) -> int:
    from steps import whole_table

    return int(whole_table.balance_whole_table(connection, variables))


def _footprint(connection: duckdb.DuckDBPyConnection, variables: Variables) -> int:
    from steps import footprint

    return int(footprint.compute_footprint(connection, str(variables["home_region"])))


def _air(connection: duckdb.DuckDBPyConnection, variables: Variables) -> int:
    from steps import concentration

    return concentration.simulate(connection, int(variables["year"]))


def _evaluation(connection: duckdb.DuckDBPyConnection, variables: Variables) -> int:
    from steps import evaluation

    return evaluation.evaluate(connection, int(variables["year"]))


def _supply_chain(connection: duckdb.DuckDBPyConnection, variables: Variables) -> int:
    from steps import supply_chain

    return supply_chain.trace_supply_chains(
        connection, str(variables["home_region"]), int(variables["path_count"])
    )


def _source_parts(context: Context) -> dict[str, str]:
    from warehouse import landing

    inputs = landing.resolve(context.edition, context.home.root)
    parts: dict[str, str] = {}
    for found in inputs:
        parts |= file_parts(found.files, kind=f"{found.role} file")
        parts[f"{found.role} readers"] = digest([source.reader for source in found.sources])
    return parts | {"year": str(context.edition.year)}


def _simulation_parts(context: Context) -> dict[str, str]:
    found = (context.home.root / "simulations" / context.working.name).glob("geoschem-*/results/*")
    return file_parts(sorted(found), kind="result of GEOS-Chem")


def _variable_parts(context: Context) -> dict[str, str]:
    # The kind says which steps there are, and nothing to any of them.
    used = {name: v for name, v in context.edition.variables.items() if name != "kind"}
    return {f"{name} of the edition": digest(v) for name, v in used.items()}


def _working(context: Context) -> Any:
    return connect(context.working.path, temp_directory=context.working.temp_directory)
