"""The largest supply chains of the published file, for `tradeplume paths`."""

from __future__ import annotations

import duckdb

from warehouse.database import fetch, literal
from warehouse.errors import UserFacingError
from warehouse.home import Home
from warehouse.published import open_published


def paths_query(home: Home, exporter: str | None, emitter: str | None, top: int) -> str:
    """The query for the largest paths: all of China, of one exporter, or of an exporter and an emitter.

    exporter, emitter: names or codes of provinces.  top: how many.
    Raises UserFacingError for an unknown province, an emitter without an exporter, or a list that is shorter.
    """
    if emitter and not exporter:
        raise UserFacingError(
            "An emitting province needs an exporting one.", remedy="Add --from PROVINCE."
        )
    scope = "pair" if emitter else "exporter" if exporter else "overall"
    with open_published(home) as connection:
        codes = [_province(connection, name) for name in (exporter, emitter) if name]
        stored = fetch(
            connection,
            "select coalesce(max(rank), 0) from fct_supply_chain_path where scope = ?",
            [scope],
        )[0][0]
    if top > int(str(stored)):
        raise UserFacingError(
            f"The published lists hold {stored} paths each, {top} were asked for.",
            remedy="Ask for fewer, or set path_count in an edition that extends this one and run it.",
        )
    columns = ("scope_exporter", "scope_emitter")
    conditions = [
        f"{column} = {literal(code)}" for column, code in zip(columns, codes, strict=False)
    ]
    where = " and ".join([f"scope = {literal(scope)}", f"rank <= {int(top)}", *conditions])
    return (
        "select edition, year, rank, path, layer, round(ape_t) as ape_t, round(100 * ape_share, 3)"
        f" as ape_percent, round(so2_t) as so2_t, round(nox_t) as nox_t from fct_supply_chain_path"
        f" where {where} order by edition, year, demand_sign desc, rank"
    )


def _province(connection: duckdb.DuckDBPyConnection, name: str) -> str:
    """The code of a province given by name or code, in any case."""
    found = fetch(
        connection,
        "select code from dim_region where kind = 'province' and lower(?) in (lower(code), lower(name), name_zh)",
        [name],
    )
    if not found:
        known = fetch(
            connection, "select name from dim_region where kind = 'province' order by name"
        )
        raise UserFacingError(
            f"There is no province {name!r}.",
            remedy=f"Choose one of {', '.join(str(row[0]) for row in known)}, or a code such as CN-GD.",
        )
    return str(found[0][0])
