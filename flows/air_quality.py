"""The steps of an air-quality edition: observations in, reviewed quarters out."""

from __future__ import annotations

from flows.engine import Context, Step, StepReport
from flows.steps import all_steps, build_models, stop_at_failures
from warehouse import meta
from warehouse.database import connect
from warehouse.fingerprint import digest


def air_steps() -> tuple[Step, ...]:
    """The steps from the user's files to the published file; loading and publishing are every edition's."""
    common = {step.name: step for step in all_steps()}
    return (
        common["load"],
        common["gate-raw"],
        _dbt_step("air_prepare", "clean days, regions and periods"),
        Step(
            "weather",
            "weather's and emissions' part of the change",
            _weather,
            code=("compute/weather.py", "compute/weather_places.py", "steps/weather.py"),
            inputs=_weather_assumptions,
        ),
        _dbt_step("air", "tables for readers"),
        Step(
            "gate-marts",
            "identities and quality gate on the marts",
            _gate_marts,
            code=("expectations/air_gate.py",),
            inputs=lambda context: context.dbt.parts("check_result"),
        ),
        common["publish"],
    )


def _dbt_step(selector: str, title: str) -> Step:
    return Step(
        selector,
        title,
        lambda context: build_models(context, selector),
        inputs=lambda context: context.dbt.parts(selector),
        selector=selector,
    )


def _weather(context: Context) -> StepReport:
    # With its statistics it takes a second to import: other editions do not pay for it.
    from steps.weather import adjust_weather

    temp = context.working.temp_directory
    with connect(context.working.path, temp_directory=temp) as connection:
        rows = adjust_weather(connection, context.edition.variables)
    return StepReport(rows, (f"period {context.edition.variables['period']}",))


def _gate_marts(context: Context) -> StepReport:
    """The identities and the checks on the marts of air quality; raises GateFailed.

    fct_check_result is built once more, so that readers see these checks too.
    """
    checks = context.gates("air", context.working.path)
    temp = context.working.temp_directory
    with connect(context.working.path, temp_directory=temp) as connection:
        for gate in ("identity", "marts"):
            meta.replace_checks(connection, gate, [check for check in checks if check.gate == gate])
    stop_at_failures("identity and marts", checks)
    again = context.dbt.build("check_result")
    if again.errors:
        raise again.errors[0].as_error(context.dbt.log)
    warned = [check for check in checks if not check.passed]
    return StepReport(
        len(checks),
        (f"{len(checks)} checks", *(f"warning: {meta.describe(check)}" for check in warned)),
    )


def _weather_assumptions(context: Context) -> dict[str, str]:
    return {
        f"assumption {name}": digest(value)
        for name, value in context.edition.variables.items()
        if name == "period" or name.startswith("weather_")
    }
