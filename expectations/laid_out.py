"""Great Expectations without doing the same work a hundred times a check.

An expectation of version 1.24 writes itself down as a configuration for each single argument that it is asked for,
and each time it turns its class name into snake case. Both are the same as long as one question lasts.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache, wraps
from typing import Any

from great_expectations.expectations import expectation as library

# Each asks for the configuration once for every argument, and changes neither it nor the expectation.
_QUESTIONS = ("_get_domain_kwargs", "_get_success_kwargs", "_get_runtime_kwargs")


@contextmanager
def laid_out_once() -> Iterator[None]:
    """While the block lasts, an expectation writes itself down once a question. What it answers is the same."""
    base = library.Expectation
    written: dict[int, Any] = {}
    write = base.configuration.fget

    def configuration(self: Any) -> Any:
        return written.get(id(self)) or write(self)

    def once(question: Callable[..., Any]) -> Callable[..., Any]:
        @wraps(question)
        def asked(self: Any, *arguments: Any, **named: Any) -> Any:
            if id(self) in written:  # within another question
                return question(self, *arguments, **named)
            written[id(self)] = write(self)
            try:
                return question(self, *arguments, **named)
            finally:
                del written[id(self)]

        return asked

    quick: dict[str, Any] = {name: once(getattr(base, name)) for name in _QUESTIONS}
    quick["configuration"] = property(configuration)
    with (
        _replaced(base, quick),
        _replaced(library, {"camel_to_snake": cache(library.camel_to_snake)}),
    ):
        yield


@contextmanager
def _replaced(holder: Any, attributes: dict[str, Any]) -> Iterator[None]:
    before = {name: vars(holder)[name] for name in attributes}
    try:
        for name, value in attributes.items():
            setattr(holder, name, value)
        yield
    finally:
        for name, value in before.items():
            setattr(holder, name, value)
