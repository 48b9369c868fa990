"""Options made of requests: names, defaults, bounds and help are those of the fields; old names still work."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any, get_args

import pytest
import typer
from hypothesis import given
from hypothesis import strategies as st
from pydantic import Field

from cli.main import GROUPS, app, main
from cli.options import options_of_request
from compute.atmosphere.geoschem.regrid import EMISSION_GRIDS
from flows.requests import AirRequest, ComputeRequest, RunRequest, UncertaintyRequest
from geoschem.request import SimulateRequest
from service.schedules import REQUESTS
from warehouse.request import Request, Spelling, UserPath

OF_COMMAND: dict[str, type[Request]] = {
    "run": RunRequest,
    "compute": ComputeRequest,
    "simulate": SimulateRequest,
    "uncertainty": UncertaintyRequest,
    "air": AirRequest,
}
# As users write them in scripts: a promise (CHANGELOG.md).
PROMISED = {
    "run": "--edition -e --from --force --no-publish --without-concentrations --quiet -q --home",
    "compute": "--on --no-publish --home",
    "simulate": "--engine --edition -e --scenario -s --gc-root --data-root --sim-year --month"
    " --spinup-months --spinup-days --grid --until --launcher --cores --memory-gb --hours --sbatch"
    " --executable --boundary-rundir --nested-rundir --restart --cropped-met --stations"
    " --ignore-disk --home",
    "uncertainty": "--draws -n --seed --table-draws --full --rebalance --alternatives"
    " --no-alternatives --on --runner --edition -e --quiet -q --home",
    "air": "--period -p --edition -e --html --quiet -q --on --home",
}


class Asked(Request):
    """A request with one field of each kind."""

    edition: Annotated[str, Spelling(("--edition", "-e"))] = Field("open-2007", description="E.")
    words: Annotated[tuple[str, ...], Spelling(("--word",), commas=True)] = Field(("a", "b"))
    raw: tuple[str, ...] = Field((), description="As given.")
    numbers: Annotated[tuple[int, ...], Spelling(("--number",), commas=True)] = Field((1,))
    count: int = Field(3, ge=1, le=9)
    share: float | None = Field(None, ge=0, le=1)
    folder: UserPath | None = None
    quick: bool = False
    publish: bool = True
    runner: Annotated[str, Spelling(("--on",), formerly="--runner")] = "here"


def asked(*words: str) -> Asked:
    found: list[Asked] = []

    @options_of_request
    def command(request: Asked, loud: Annotated[bool, typer.Option("--loud")] = False) -> None:
        assert not loud
        found.append(request)

    own = typer.Typer()
    own.command()(command)
    own([*words], standalone_mode=False)
    return found[0]


def parameters_of(command: str) -> dict[str, Any]:
    group: Any = typer.main.get_command(app)
    return {each.name: each for each in group.commands[command].params}


@pytest.mark.parametrize("command", OF_COMMAND)
def test_every_field_is_an_option_with_its_default_and_its_words(command: str) -> None:
    options = parameters_of(command)
    for name, field in OF_COMMAND[command].model_fields.items():
        assert field.description, name
        assert options[name].help == field.description
        is_list = isinstance(field.get_default(), tuple) or field.is_required()
        assert options[name].default == (None if is_list else field.get_default()), name


@pytest.mark.parametrize("command", OF_COMMAND)
def test_every_number_has_bounds_on_both_sides_and_text_is_never_empty(command: str) -> None:
    for name, rule in OF_COMMAND[command].model_json_schema()["properties"].items():
        for kind in rule.get("anyOf", [rule]):
            if kind.get("type") in ("integer", "number"):
                assert {"minimum", "exclusiveMinimum"} & {*kind}, name
                assert {"maximum", "exclusiveMaximum"} & {*kind}, name
            if kind.get("type") == "string" and kind.get("format") != "path":
                assert kind.get("minLength", 0) > 0 or "enum" in kind or "const" in kind, name


@pytest.mark.parametrize("command", PROMISED)
def test_options_that_scripts_use_are_all_there(command: str) -> None:
    known = {
        name
        for each in parameters_of(command).values()
        for name in (*each.opts, *each.secondary_opts)
    }
    assert {*PROMISED[command].split()} <= known


def test_a_flow_and_the_command_of_its_name_share_one_request() -> None:
    assert REQUESTS["refresh"] is OF_COMMAND["run"]
    for name in ("compute", "simulate"):
        assert REQUESTS[name] is OF_COMMAND[name]


def test_the_grids_of_the_request_are_those_that_can_be_written() -> None:
    assert get_args(SimulateRequest.model_fields["grid"].annotation) == EMISSION_GRIDS


def test_what_is_not_given_is_the_fields_default() -> None:
    assert asked() == Asked()


def test_lists_are_given_again_or_with_commas_each_word_once() -> None:
    assert asked("--word", "x,y", "--word", "y, z").words == ("x", "y", "z")
    assert asked("--number", "4,7").numbers == (4, 7)
    # Where a comma belongs to the value it stays.
    assert asked("--raw=--constraint=a,b", "--raw=c").raw == ("--constraint=a,b", "c")


def test_switches_can_be_set_either_way() -> None:
    assert (asked("--quick").quick, asked("--no-publish").publish) == (True, False)


def test_a_path_has_its_home_spelt_out() -> None:
    assert asked("--folder", "~/x").folder == Path.home() / "x"


@given(count=st.integers(-20, 20))
def test_a_number_beyond_its_bounds_is_refused_and_no_other(count: int) -> None:
    if 1 <= count <= 9:
        assert asked("--count", str(count)).count == count
    else:
        with pytest.raises(typer.BadParameter, match="Input should be"):
            asked("--count", str(count))


@pytest.mark.parametrize(
    ("words", "said"),
    [(["--number", "soon"], "valid integer"), (["--share", "2"], "less than or equal to 1")],
)
def test_a_wrong_value_names_its_option(words: list[str], said: str) -> None:
    with pytest.raises(typer.BadParameter, match=said) as refused:
        asked(*words)
    assert words[0] in refused.value.format_message()


def test_the_former_name_works_and_says_that_it_goes(capsys: pytest.CaptureFixture[str]) -> None:
    assert asked("--runner", "slurm:4").runner == "slurm:4"
    assert "--runner is deprecated and will go: use --on." in capsys.readouterr().err
    assert asked("--on", "slurm:4").runner == "slurm:4"
    assert capsys.readouterr().err == ""
    with pytest.raises(typer.BadParameter, match="give one"):
        asked("--on", "processes", "--runner", "slurm")


@pytest.mark.parametrize("command", ["compute", "uncertainty"])
def test_the_help_shows_one_name_of_the_runner(
    command: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit):
        main([command, "--help"])
    shown = capsys.readouterr().out
    assert "--on" in shown
    assert "--runner" not in shown


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--month", "13"], "--month"),
        (["--month", "4,1"], "ascend"),
        (["--grid", "fine"], "meic-0.1"),
        (["--cores", "0"], "--cores"),
        (["--until", "soon"], "dryrun"),
    ],
)
def test_simulate_refuses_before_it_touches_anything(
    words: list[str], said: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as ended:
        main(["simulate", *words, "--home", str(tmp_path)])
    assert ended.value.code == 2
    assert said in capsys.readouterr().err
    assert list(tmp_path.iterdir()) == []


def test_every_command_stands_in_a_group_and_says_itself_in_one_line() -> None:
    commands = typer.main.get_command(app).commands  # type: ignore[attr-defined]
    groups = {name: command.rich_help_panel for name, command in commands.items()}
    assert set(groups.values()) == {*GROUPS}, groups
    lines = {name: (c.help or "").strip().splitlines()[0] for name, c in commands.items()}
    assert {name: line for name, line in lines.items() if len(line) > 64} == {}
