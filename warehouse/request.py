"""Requests: what a command, its Prefect flow and a deployment can be asked for, every option once.

A request is a frozen model. Each field has a type, a default, bounds and a description. The command line makes
its options of the fields (cli/options.py), a Prefect flow takes the request as one parameter, and the parameters
of a deployment in the schedules file are its fields.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any, Self

from pydantic import AfterValidator, BaseModel, ConfigDict, ValidationError

from warehouse.nearest import hint

DEFAULT_EDITION = "open-2017"

UserPath = Annotated[Path, AfterValidator(Path.expanduser)]
"""A path of the user's; `~` is spelt out, because no shell has seen the parameters of a schedule."""


@dataclass(frozen=True)
class Spelling:
    """How an option is spelt where the field's name does not say it.

    names: of the option; none: ``--`` and the field's name.  metavar: what stands for the value in the help.
    commas: a list may also be given with commas.  formerly: a deprecated name that is still understood.
    is_argument: the value stands on the line without a name.  is_hidden: the help leaves it out.
    """

    names: tuple[str, ...] = ()
    metavar: str | None = None
    commas: bool = False
    formerly: str = ""
    is_argument: bool = False
    is_hidden: bool = False


class Request(BaseModel):
    """What is asked for; see the module."""

    model_config = ConfigDict(extra="forbid", frozen=True, validate_default=True)

    def but(self, **changes: Any) -> Self:
        """The same request with some fields changed, checked again."""
        return type(self).model_validate({**dict(self), **changes})

    @classmethod
    def complaint(cls, parameters: Mapping[str, Any]) -> Complaint | None:
        """The first thing wrong with parameters, or nothing."""
        try:
            cls.model_validate(dict(parameters))
        except ValidationError as error:
            return Complaint.of(error, cls.model_fields)
        return None


@dataclass(frozen=True)
class Complaint:
    """What is wrong with one field. field: its name, of a list with the position (``months.1``)."""

    field: str
    message: str
    is_unknown: bool = False

    @classmethod
    def of(cls, error: ValidationError, known: Iterable[str]) -> Complaint:
        """The first complaint of pydantic, an unknown name with the nearest known one."""
        first = error.errors(include_url=False)[0]
        field = ".".join(str(part) for part in first["loc"])
        if first["type"] == "extra_forbidden":
            return cls(field, f"there is no such name{hint(str(first['loc'][-1]), known)}", True)
        said = first["msg"].removeprefix("Value error, ")
        said = said[:1].lower() + said[1:]
        is_value = first["type"] != "missing" and not isinstance(first["input"], dict | BaseModel)
        return cls(field, f"{said} (found {first['input']!r})" if is_value else said)
