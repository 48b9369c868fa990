"""The data dictionary: dbt's documentation of an edition, beside the published file."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

from atlas.write import DICTIONARY, write_atlas
from flows.run import context_of
from warehouse.errors import NotPublished
from warehouse.home import Home, prepare
from warehouse.locks import hold

if TYPE_CHECKING:
    from warehouse.edition import Edition


def write_dictionary(edition: Edition, home: Home) -> Path:
    """Write `published/dictionary.html` from the working file of an edition; returns its path.

    Raises NotPublished when the edition has not been computed, HomeLocked when it is being written.
    """
    context = context_of(edition, home)
    if not context.working.path.exists():
        raise NotPublished(
            f"{context.working.name} has not been computed: its tables are not there to describe.",
            remedy=f"Run `tradeplume run --edition {edition.name}` first.",
        )
    prepare(home)
    with hold(context.working.lock, context.working.name):
        page = context.dbt.document()
    destination = home.published / DICTIONARY
    draft = destination.with_name(f".{DICTIONARY}.{os.getpid()}")
    draft.write_bytes(page.read_bytes())
    draft.replace(destination)
    if home.published_file.exists():
        write_atlas(home)  # its index links the dictionary from now on
    return destination
