"""The named identities of a run: what must be equal by the method, with the measured difference.

Each identity is a function of an open working file that returns one CheckResult; its SQL says what
is compared (see comparison). An identity that compares nothing fails.
"""

from __future__ import annotations

from collections.abc import Callable

import duckdb

from expectations.comparison import SUITE
from expectations.identities_footprint import (
    export_intensity_gives_export_emission,
    export_view_is_consumed_product_view,
    exporters_sum_to_consumed_products,
    final_producers_sum_to_consumed_products,
    linking_changes_the_footprint,
    production_total_is_inventory,
)
from expectations.identities_inventory import (
    inventory_is_national_total,
    inventory_is_source_total,
    inventory_keeps_its_provinces,
)
from expectations.identities_paper import (
    foreign_output_is_the_source,
    provincial_output_is_the_table,
)
from expectations.identities_table import (
    exports_are_allotted_trade,
    linked_table_columns_balance,
    linked_table_rows_balance,
    national_exports_are_the_source,
    provincial_output_is_the_source,
    value_added_is_final_demand,
)
from expectations.results import CheckResult
from warehouse.database import scalar, tables_of

Identity = Callable[[duckdb.DuckDBPyConnection], CheckResult]


IDENTITIES: tuple[Identity, ...] = (
    linked_table_rows_balance,
    linked_table_columns_balance,
    value_added_is_final_demand,
    exporters_sum_to_consumed_products,
    final_producers_sum_to_consumed_products,
    export_view_is_consumed_product_view,
    export_intensity_gives_export_emission,
    inventory_is_source_total,
    production_total_is_inventory,
    exports_are_allotted_trade,
    national_exports_are_the_source,
    provincial_output_is_the_source,
    linking_changes_the_footprint,
)


# Exports and imports of licensed editions are balanced with the rest, so they equal no source cell by cell.
_NOT_OF_PAPER = (
    exports_are_allotted_trade,
    national_exports_are_the_source,
    provincial_output_is_the_source,
)


# What an inventory of an older year adds up to, in place of what was published for its own year.
_OF_AN_OLDER_INVENTORY = (inventory_keeps_its_provinces, inventory_is_national_total)


def identities_of(connection: duckdb.DuckDBPyConnection) -> tuple[Identity, ...]:
    """The identities of the working file's edition.

    GTAP's headers mark kind `paper`; factors in int_inventory__national_scale mark an older inventory.
    """
    found: list[Identity] = []
    for identity in IDENTITIES:
        if identity is inventory_is_source_total and _is_brought_to_nation(connection):
            found += _OF_AN_OLDER_INVENTORY
        else:
            found.append(identity)
    if "gtap_flow" not in tables_of(connection, "raw"):
        return tuple(found)
    return (
        *(identity for identity in found if identity not in _NOT_OF_PAPER),
        foreign_output_is_the_source,
        provincial_output_is_the_table,
    )


def _is_brought_to_nation(connection: duckdb.DuckDBPyConnection) -> bool:
    if "int_inventory__national_scale" not in tables_of(connection, "intermediate"):
        return False
    return bool(
        scalar(connection, "select count(*) from intermediate.int_inventory__national_scale")
    )


def run_identities(connection: duckdb.DuckDBPyConnection) -> list[CheckResult]:
    """All identities. One whose tables are missing fails and says what is missing."""
    return [_run(identity, connection) for identity in identities_of(connection)]


def _run(identity: Identity, connection: duckdb.DuckDBPyConnection) -> CheckResult:
    try:
        return identity(connection)
    except (duckdb.CatalogException, duckdb.BinderException) as error:
        return CheckResult(
            gate="identity",
            suite=SUITE,
            check_name=identity.__name__,
            scope="working file",
            measured=None,
            tolerance=None,
            passed=False,
            severity="error",
            detail=str(error).splitlines()[0],
        )
