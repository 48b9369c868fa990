"""The steps of a run, in order: the one list that the command line and the Prefect flow share."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import duckdb

from flows.engine import Context, Step, StepReport
from flows.fingerprint import digest, file_parts
from warehouse import meta
from warehouse.database import connect, qualified, tables_of, transaction, write_table
from warehouse.dbt import DbtReport
from warehouse.errors import ComputeFailed, GateFailed
from warehouse.publish import is_published, publish

Variables = Mapping[str, bool | float | str | int]
Compute = Callable[[duckdb.DuckDBPyConnection, Variables], int]


def all_steps(kind: str = "footprint") -> tuple[Step, ...]:
    """The steps from the user's files to the published file, for a kind of edition."""
    return (
        Step(
            "load",
            "read and check the sources",
            load,
            code=(
                "warehouse/landing.py",
                "warehouse/sources/*.py",
                "warehouse/*.yml",
                "warehouse/bundled/**/SOURCES.yml",
            ),
            inputs=_source_parts,
        ),
        Step(
            "gate-raw", "quality gate on what was read", gate_raw, code=("expectations/gates.py",)
        ),
        _dbt_step("prepare", "provincial tables, trade priors and inventory"),
        _compute_step("trade", "exports and imports by province and sector", _trade),
        _dbt_step("link", "outflow and inflow between provinces"),
        _compute_step("gravity", "interprovincial flows", _gravity),
        _dbt_step("assemble", "blocks of the linked table"),
        _compute_step("balance", "balanced table", _balance),
        _dbt_step("linked", "linked table in long form"),
        _compute_step(
            "footprint", "what foreign demand calls for", _footprint, "flows/footprint.py"
        ),
        _compute_step(
            "supply-chain",
            "production layers and the largest paths",
            _supply_chain,
            "flows/supply_chain.py",
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
    """The steps that make the marts; concentrations are simulated before, where the edition has them."""
    if kind == "footprint":
        return (_dbt_step("marts", "tables for readers"),)
    return (
        _dbt_step("atmosphere", "emissions by source group and exporter"),
        _compute_step(
            "concentration",
            "what people breathe: scenarios, attribution, exposure, evaluation",
            _air,
            "flows/atmosphere.py",
        ),
        Step(
            "simulated",
            "what runs of GEOS-Chem brought back",
            simulated,
            code=("flows/geoschem/results.py",),
            inputs=_simulation_parts,
        ),
        _dbt_step("marts_with_concentration", "tables for readers"),
    )


def load(context: Context) -> StepReport:
    """Read every role of the edition, check it against its contract, write raw.* and provenance."""
    import polars as pl

    from warehouse import landing

    lines, provenance, rows = [], [], 0
    inputs = landing.resolve(context.edition, context.home.root)
    with _working(context) as connection, transaction(connection):
        for name in tables_of(connection, "raw"):
            connection.execute(f"drop table {qualified('raw', name)}")
        for role_input in inputs:
            frame, records = landing.read_role(role_input)
            written = write_table(connection, "raw", role_input.role, frame)
            rows += written
            provenance += records
            lines.append(f"{role_input.role}: {written:,} rows")
            lines += [f"warning: {note}" for note in role_input.notes]
        write_table(connection, "raw", "provenance", pl.DataFrame(provenance))
    return StepReport(rows, tuple(lines))


def simulated(context: Context) -> StepReport:
    """Results of GEOS-Chem beside the embedded engine's, in the same tables; none where there are none."""
    from flows.geoschem.results import load_results, results_folder

    folder = results_folder(context.home.root / "simulations" / context.working.name)
    with _working(context) as connection, transaction(connection):
        rows, notes = load_results(connection, folder)
    return StepReport(rows, tuple(notes))


def gate_raw(context: Context) -> StepReport:
    """The checks on the raw roles; raises GateFailed."""
    from expectations.gates import run_raw_gate  # type: ignore[import-untyped]

    return _record_gate(context, run_raw_gate(context.working.path), ("raw",))


def gate_marts(context: Context) -> StepReport:
    """The identities and the checks on the marts; raises GateFailed.

    fct_check_result is built once more, so that readers see these checks too.
    """
    from expectations.gates import run_marts_gate  # type: ignore[import-untyped]

    report = _record_gate(context, run_marts_gate(context.working.path), ("identity", "marts"))
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
    )


def _compute_step(name: str, title: str, function: Compute, code: str = "flows/link.py") -> Step:
    def run(context: Context) -> StepReport:
        with _working(context) as connection, transaction(connection):
            try:
                return StepReport(function(connection, context.edition.variables))
            except ValueError as error:
                # compute names what the figures do not admit by its own kinds of ValueError.
                if not type(error).__module__.startswith("compute"):
                    raise
                raise ComputeFailed(
                    f"{title}: {error}",
                    remedy="Correct the named input or assumption and run again.",
                ) from error

    return Step(name, title, run, code=(code,), inputs=_variable_parts)


def _trade(connection: duckdb.DuckDBPyConnection, _: Variables) -> int:
    from flows import link

    return int(link.allocate_trade(connection))


def _gravity(connection: duckdb.DuckDBPyConnection, variables: Variables) -> int:
    from flows import link

    return int(link.estimate_gravity(connection, variables))


def _balance(connection: duckdb.DuckDBPyConnection, variables: Variables) -> int:
    from flows import link

    return int(link.balance_table(connection, variables))


def _footprint(connection: duckdb.DuckDBPyConnection, variables: Variables) -> int:
    from flows import footprint

    return int(footprint.compute_footprint(connection, str(variables["home_region"])))


def _air(connection: duckdb.DuckDBPyConnection, variables: Variables) -> int:
    from flows import atmosphere

    return atmosphere.simulate(connection, int(variables["year"]))


def _supply_chain(connection: duckdb.DuckDBPyConnection, variables: Variables) -> int:
    from flows import supply_chain

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
    return {f"{name} of the edition": digest(v) for name, v in context.edition.variables.items()}


def _working(context: Context) -> Any:
    return connect(context.working.path, temp_directory=context.working.temp_directory)
