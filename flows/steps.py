"""The steps of a run, in order, for every kind of edition: the list that command line and Prefect share."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import contextmanager
from functools import partial
from typing import TYPE_CHECKING, Any

from flows.engine import Context, Item, Step, StepReport
from flows.publishing import publish_home
from steps import catalogue
from steps.catalogue import Computation
from warehouse import loading, meta
from warehouse.choices import Choices, choices_of
from warehouse.computed_contracts import computed_contracts
from warehouse.database import connect, transaction
from warehouse.dbt import DbtReport
from warehouse.errors import ComputeFailed, GateFailed
from warehouse.fingerprint import digest, file_parts, module_parts
from warehouse.landing import resolve
from warehouse.observed_days import demand_loaded
from warehouse.period import Period
from warehouse.publish import is_published
from warehouse.shipped import key_of, restore, shipped_frames
from warehouse.tables import Assumptions, Origin, Tables

if TYPE_CHECKING:
    import polars as pl

CHECKS = "meta.check_result"
SHIPPED = "not computed: the result for the same data, code and assumptions comes with tradeplume"
PUBLISHED = "published.file"
"""Stands for the published file among the tables that steps read and write."""

Extra = Callable[[Context], tuple[Any, ...]]
"""What a computation is given beside tables and assumptions, made before the working file is opened."""


def all_steps(kind: str = "footprint", choices: Choices | None = None) -> tuple[Step, ...]:
    """The steps from the user's files to the published file, for a kind of edition.

    choices: which families of models make its linked table (None: those of an edition without the user's files).
    """
    if kind == "air_quality":
        return (
            *_source_steps(),
            dbt_step("air_prepare", "clean days, regions and periods"),
            computation_step(catalogue.WEATHER, extra=_places),
            dbt_step("air", "tables for readers"),
            *_final_steps("air"),
        )
    return (
        *_source_steps(),
        dbt_step("prepare", "provincial tables, trade priors and inventory"),
        *_linking_steps(kind, choices or choices_of(kind, ())),
        computation_step(catalogue.FOOTPRINT),
        computation_step(catalogue.SUPPLY_CHAIN),
        *(_concentration_steps() if kind == "concentration" else ()),
        # Licensed editions have no draws yet.
        *(() if kind == "paper" else _uncertainty_steps()),
        dbt_step("marts", "tables for readers"),
        *_final_steps("marts"),
    )


def computations_of(kind: str, choices: Choices | None = None) -> tuple[Computation, ...]:
    """The computations among the steps of a kind of edition."""
    found = {(step.name, step.writes) for step in all_steps(kind, choices)}
    return tuple(each for each in catalogue.COMPUTATIONS if (each.name, each.writes) in found)


def _source_steps() -> tuple[Step, ...]:
    return (
        Step("load", "read and check the sources", load, items=_roles),
        _gate_step("gate-raw", "quality gate on what was read", gate_raw, ("raw.*",)),
    )


def _linking_steps(kind: str, choices: Choices) -> tuple[Step, ...]:
    """From the prepared tables to the balanced one; kind `paper` has the flows that others estimate."""
    if kind == "paper":
        return (
            dbt_step("assemble", "blocks of the linked table"),
            computation_step(catalogue.BALANCE_WHOLE),
            dbt_step("linked", "linked table in long form"),
        )
    has_customs = choices.export_destinations == "customs"
    return (
        computation_step(catalogue.TRADE),
        dbt_step("link", "outflow and inflow between provinces"),
        *((computation_step(catalogue.DESTINATION),) if has_customs else ()),
        *(
            ()
            if choices.interprovincial_flows == "workbook"
            else (computation_step(catalogue.GRAVITY),)
        ),
        dbt_step("assemble", "blocks of the linked table"),
        computation_step(catalogue.BALANCE),
        dbt_step("linked", "linked table in long form"),
    )


def _concentration_steps() -> tuple[Step, ...]:
    """From emissions to what people breathe: what a run can leave out."""
    return (
        dbt_step("atmosphere", "emissions by source group and exporter"),
        computation_step(catalogue.CONCENTRATION),
        computation_step(catalogue.EVALUATION),
        computation_step(catalogue.EVALUATION_OF_YEAR),
        computation_step(catalogue.SIMULATED, extra=_results, parts=_simulation_parts),
        computation_step(catalogue.HEALTH),
    )


def _final_steps(gate: str) -> tuple[Step, ...]:
    return (
        _gate_step(
            "gate-marts",
            "identities and quality gate on the marts",
            partial(gate_marts, gate=gate),
            ("*.*",),
            also=("marts.fct_check_result",),
        ),
        Step(
            "publish",
            "checked copy for readers",
            publish_marts,
            reads=("marts.*", CHECKS),
            writes=(PUBLISHED,),
            parts=lambda _: module_parts(["warehouse.publish", "steps.change"]),
            is_in_place=lambda context: is_published(context.home, context.working),
        ),
    )


def load(context: Context, items: Collection[str] | None = None) -> StepReport:
    """Read roles of the edition, check them against their contracts, write raw.* and provenance."""
    only = None if items is None else {item.removeprefix("raw.") for item in items}
    with _working(context) as connection, transaction(connection):
        done = loading.load_roles(connection, context.edition, context.home.root, only)
        if context.edition.kind == "air_quality":
            period = Period.parse(str(context.edition.assumptions["period"]))
            demand_loaded(connection, context.edition.name, period)
    return StepReport(done.rows, done.lines)


def _roles(context: Context) -> list[Item]:
    """Every role with its files and readers, and the record of where they come from."""
    items = [
        Item(name, found.role, writes=(name,), parts=loading.role_parts(found))
        for found in resolve(context.edition, context.home.root)
        if (name := f"raw.{found.role}")
    ]
    record = f"raw.{loading.PROVENANCE}"
    return [*items, Item(record, "provenance", tuple(item.name for item in items), (record,))]


def gate_raw(context: Context, _: Collection[str] | None = None) -> StepReport:
    """The checks on the raw roles; raises GateFailed."""
    return _record_gate(context, context.gates("raw", context.working.path), ("raw",))


def gate_marts(
    context: Context,
    _: Collection[str] | None = None,
    *,
    gate: str = "marts",
    to_follow: Collection[str] = (),
) -> StepReport:
    """The identities and the checks on the marts; raises GateFailed.

    fct_check_result is built once more, so that readers see these checks too.  gate: `marts` or `air`.
    to_follow: marts that are made later (flows.first_answer).
    """
    found = context.gates(gate, context.working.path, to_follow)
    report = _record_gate(context, found, ("identity", "marts"))
    _raise_errors(context, context.dbt.build("check_result"))
    return report


def build_models(
    context: Context, items: Collection[str] | None = None, *, selector: str
) -> StepReport:
    """Build the dbt models of a selector with their tests; raises GateFailed on failed tests.

    items: unique ids of the models, seeds and tests to build (None: all of the selector).
    """
    report = context.dbt.build(selector, items)
    tests = {node.label for node in context.dbt.outline([selector])[selector] if not node.table}
    made = None if items is None else {check.check_name for check in report.checks}
    with _working(context) as connection:
        meta.replace_checks(connection, "dbt", report.checks, suite=selector, only=made)
        meta.keep_checks(connection, "dbt", selector, tests)
    _raise_errors(context, report)
    stop_at_failures("dbt", report.checks)
    lines = tuple(f"{name}: {rows:,} rows" for name, rows in sorted(report.rows.items()))
    return StepReport(sum(report.rows.values()), lines)


def publish_marts(
    context: Context, _: Collection[str] | None = None, *, to_follow: Collection[str] = ()
) -> StepReport:
    """Gather the marts of all complete working files into the published file.

    to_follow: marts that are made later (flows.first_answer).
    """
    release = publish_home(context.home, context.working, to_follow=to_follow)
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


def dbt_step(selector: str, title: str) -> Step:
    """The step that builds a selector's models, of which only the stale ones are made again."""

    def items(context: Context) -> list[Item]:
        return [
            Item(node.name, node.label, node.reads, (node.table,) if node.table else (), node.parts)
            for node in context.dbt.outline([selector])[selector]
        ]

    return Step(
        selector,
        title,
        partial(build_models, selector=selector),
        writes=(CHECKS,),
        items=items,
        selector=selector,
    )


def computation_step(
    computation: Computation,
    *,
    extra: Extra | None = None,
    parts: Callable[[Context], Mapping[str, str]] | None = None,
) -> Step:
    """The step of a computation: it sees the tables and assumptions that it declares, and no others.

    extra: what else its function is given.  parts: checksums of that.
    """

    def decided_by(context: Context) -> dict[str, str]:
        contracts = computed_contracts()
        tables = [name.removeprefix("computed.") for name in computation.writes]
        return {
            **module_parts([computation.module]),
            **{f"contract of {name}": digest(contracts[name].shape) for name in tables},
            **{
                f"{name} of the edition": digest(value)
                for name, value in computation.taken(context.edition.variables).items()
            },
            **(parts(context) if parts else {}),
        }

    return Step(
        computation.name,
        computation.title,
        partial(compute, computation=computation, extra=extra),
        reads=computation.reads,
        writes=computation.writes,
        parts=decided_by,
    )


def compute(
    context: Context,
    _: Collection[str] | None = None,
    *,
    computation: Computation,
    extra: Extra | None = None,
) -> StepReport:
    """Run a computation on the working file: all its tables change, or none.

    Raises ComputeFailed for what the figures do not admit, ContractBroken and UndeclaredTable for faults of ours.
    """
    function = computation.load()
    taken = computation.taken(context.edition.variables)
    with computing(computation.title):
        given = extra(context) if extra else ()
        with _working(context) as connection, transaction(connection):
            tables = Tables(
                connection,
                computation.reads,
                computation.writes,
                step=computation.name,
                factors=context.working.factors,
                origin=Origin(context.edition.label, context.edition.year),
            )
            shipped = shipped_of(tables, computation, taken)
            made = restore(tables, shipped) if shipped else function(tables, taken, *given)
            tables.demand_all_written()
            meta.record_touched(connection, computation.name, tables.read)
    rows, lines = made if isinstance(made, tuple) else (made, ())
    return StepReport(int(rows), (*lines, *([SHIPPED] if shipped else [])))


def shipped_of(
    tables: Tables, computation: Computation, taken: Assumptions
) -> dict[str, pl.DataFrame]:
    """The result that comes with the product for the same rows, code and assumptions; empty without one."""
    if not computation.is_shipped:
        return {}
    return shipped_frames(computation.name, shipped_key(tables, computation, taken))


def shipped_key(tables: Tables, computation: Computation, taken: Assumptions) -> str:
    """What a shipped result of the computation is found under."""
    return key_of(tables, computation.module, computation.reads, computation.writes, taken)


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


def _gate_step(
    name: str,
    title: str,
    run: Callable[[Context, Collection[str] | None], StepReport],
    reads: tuple[str, ...],
    also: tuple[str, ...] = (),
) -> Step:
    def parts(context: Context) -> dict[str, str]:
        of_record = context.dbt.outline(["check_result"])["check_result"] if also else ()
        return {
            **module_parts(["expectations.gates", "expectations.air_gate"]),
            **{f"model {node.label}": digest(dict(node.parts)) for node in of_record},
        }

    return Step(name, title, run, reads=reads, writes=(CHECKS, *also), parts=parts)


def _uncertainty_steps() -> tuple[Step, ...]:
    return (
        dbt_step("driven", "what exports drive, for the draws"),
        computation_step(catalogue.UNCERTAINTY, extra=_draws, parts=_asked_for),
    )


def _draws(context: Context) -> tuple[Any, ...]:
    """Draws as last asked for (`tradeplume uncertainty`); what needs other tables links them anew."""
    from flows.fan_out import fan_out
    from flows.intervals import runner_of, settings_of

    asked = settings_of(context.working)
    relinked = _relinked(context) if asked.alternatives else {}
    return asked, relinked, partial(fan_out, runner=runner_of(asked, context.runner))


def _relinked(context: Context) -> Mapping[Any, Any]:
    from flows.relink import relink_all

    return relink_all(context, all_steps(context.edition.kind, context.edition.choices))


def _asked_for(context: Context) -> dict[str, str]:
    from flows.intervals import settings_of

    return {
        f"{name} asked for": value for name, value in settings_of(context.working).texts().items()
    }


def _places(context: Context) -> tuple[Any, ...]:
    """Who does the places of the weather adjustment, and what keeps them."""
    from flows.places import places_given

    return places_given(context)


def _results(context: Context) -> tuple[Any, ...]:
    """The folder of GEOS-Chem's results, or None."""
    from geoschem.results import results_folder

    return (results_folder(_simulations(context)),)


def _simulation_parts(context: Context) -> dict[str, str]:
    found = _simulations(context).glob("geoschem-*/results/*")
    return file_parts(sorted(found), kind="result of GEOS-Chem")


def _simulations(context: Context) -> Any:
    return context.home.root / "simulations" / context.working.name


def _working(context: Context) -> Any:
    return connect(context.working.path, temp_directory=context.working.temp_directory)
