"""Options of commands: those of all, and those made of the fields of a request (warehouse/request.py)."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterator
from functools import wraps
from pathlib import Path
from types import NoneType, UnionType
from typing import Annotated, Any, Optional, Union, get_args, get_origin

import typer
from pydantic import ValidationError
from pydantic.fields import FieldInfo

from warehouse.request import Complaint, Request, Spelling

HomeOption = Annotated[
    Path | None,
    typer.Option("--home", help="Folder of all data; otherwise $TRADEPLUME_HOME, then ./var."),
]


def options_of_request(command: Callable[..., None]) -> Callable[..., None]:
    """A command for typer whose parameter of a request type is spelt as options, one a field.

    The function takes the request; what else it takes stays as it is, behind the request's options.
    """
    signature = inspect.signature(command, eval_str=True)
    (taken,) = [
        each
        for each in signature.parameters.values()
        if isinstance(each.annotation, type) and issubclass(each.annotation, Request)
    ]
    request: type[Request] = taken.annotation
    made = [each for name, field in request.model_fields.items() for each in _options(name, field)]
    others = [
        each.replace(kind=inspect.Parameter.KEYWORD_ONLY)
        for each in signature.parameters.values()
        if each is not taken
    ]

    @wraps(command)
    def spelt(**given: Any) -> None:
        rest = {each.name: given.pop(each.name) for each in others}
        command(**{taken.name: _asked(request, given)}, **rest)

    parameters = [*made, *others]
    spelt.__signature__ = inspect.Signature(parameters)  # type: ignore[attr-defined]
    spelt.__annotations__ = {each.name: each.annotation for each in parameters}
    return spelt


def _options(name: str, field: FieldInfo) -> Iterator[inspect.Parameter]:
    """The option of a field, and a hidden one of its former name."""
    spelling = _spelling(field)
    if spelling.is_argument:
        info = typer.Argument(help=field.description, metavar=spelling.metavar)
    else:
        info = typer.Option(
            *(spelling.names or _names(name, field)),
            help=field.description,
            metavar=spelling.metavar,
            hidden=spelling.is_hidden,
            show_default=_shown(field),
            **_bounds(field),
        )
    yield _parameter(name, field, info)
    if spelling.formerly:
        former = typer.Option(spelling.formerly, hidden=True)
        yield inspect.Parameter(
            _former(name),
            inspect.Parameter.KEYWORD_ONLY,
            default=None,
            annotation=Annotated[str | None, former],
        )


def _parameter(name: str, field: FieldInfo, info: Any) -> inspect.Parameter:
    kind, default = _bare(field.annotation), field.get_default()
    if _is_list(field):
        # The words of the line; the request makes of them what it needs.
        kind, default = list[str], None
    if field.is_required():
        default = inspect.Parameter.empty
    elif default is None:
        kind = Optional[kind]  # noqa: UP045 - the type is only known here
    return inspect.Parameter(
        name, inspect.Parameter.KEYWORD_ONLY, default=default, annotation=Annotated[kind, info]
    )


def _asked(request: type[Request], given: dict[str, Any]) -> Request:
    """The request of what typer has read. Raises typer.BadParameter naming the option."""
    values: dict[str, Any] = {}
    for name, field in request.model_fields.items():
        value = _preferred(name, field, given)
        if _is_list(field):
            if not value:
                continue
            value = _listed(value) if _spelling(field).commas else value
        values[name] = value
    try:
        return request.model_validate(values)
    except ValidationError as error:
        found = Complaint.of(error, request.model_fields)
        name = found.field.split(".")[0]
        option = _option(name, request.model_fields[name]) if name else None
        raise typer.BadParameter(f"{found.message}.", param_hint=option) from error


def _preferred(name: str, field: FieldInfo, given: dict[str, Any]) -> Any:
    """The value of a field, from its former option where that was used."""
    former = given.get(_former(name))
    if former is None:
        return given[name]
    option, spelt = _spelling(field).formerly, _option(name, field)
    if given[name] != field.get_default():
        raise typer.BadParameter(f"is the former name of {spelt}: give one.", param_hint=option)
    typer.echo(f"{option} is deprecated and will go: use {spelt}.", err=True)
    return former


def _listed(values: list[str]) -> list[str]:
    """Values given again or with commas, each once."""
    words = [word.strip() for value in values for word in value.split(",")]
    return list(dict.fromkeys(word for word in words if word))


def _names(name: str, field: FieldInfo) -> tuple[str, ...]:
    option = name.replace("_", "-")
    if field.annotation is bool and field.default is True:
        return (f"--{option}/--no-{option}",)
    return (f"--{option}",)


def _option(name: str, field: FieldInfo) -> str:
    spelling = _spelling(field)
    return name if spelling.is_argument else (spelling.names or _names(name, field))[0]


def _former(name: str) -> str:
    return f"former_{name}"


def _spelling(field: FieldInfo) -> Spelling:
    found = [each for each in field.metadata if isinstance(each, Spelling)]
    return found[0] if found else Spelling()


def _bare(kind: Any) -> Any:
    """A type without what the request's own validation adds to it, `None` left out."""
    if get_origin(kind) is Annotated:
        return get_args(kind)[0]
    if get_origin(kind) in (Union, UnionType):
        (one,) = [each for each in get_args(kind) if each is not NoneType]
        return _bare(one)
    return kind


def _is_list(field: FieldInfo) -> bool:
    return get_origin(field.annotation) is tuple


def _bounds(field: FieldInfo) -> dict[str, Any]:
    """What typer shows and holds of a number's bounds; the request holds them all."""
    bounds = {"min": "ge", "max": "le"}
    return {
        ours: getattr(each, theirs)
        for ours, theirs in bounds.items()
        for each in field.metadata
        if hasattr(each, theirs)
    }


def _shown(field: FieldInfo) -> bool | str:
    """The default in the help; of a list its items with commas."""
    if not _is_list(field):
        return True
    return ",".join(str(item) for item in field.get_default() or ()) or False
