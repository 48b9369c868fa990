"""The largest supply chains of the published file, for `tradeplume paths`."""

from __future__ import annotations

import duckdb

from warehouse.database import fetch, literal
from warehouse.errors import UserFacingError
from warehouse.home import Home
from warehouse.province_names import province_of
from warehouse.published import open_published


def paths_query(
    home: Home,
    exporter: str | None,
    emitter: str | None,
    top: int,
    *,
    edition: str | None = None,
    preferred: str | None = None,
) -> str:
    """The query for the largest paths: all of China, of one exporter, of one emitter, or of both.

    exporter, emitter: names or codes of provinces.  top: how many in each edition and year.
    edition: only of this one; when it is None, of the preferred one where it is published, otherwise of all.
    Raises UserFacingError for an unknown province or edition, or a stored list that is shorter.
    """
    scope = "pair" if emitter else "exporter" if exporter else "overall"
    with open_published(home) as connection:
        conditions = {
            "scope": scope,
            "scope_exporter": _province(connection, exporter) if exporter else None,
            "scope_emitter": _province(connection, emitter) if emitter else None,
            "edition": _edition(connection, edition, preferred),
        }
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
    where = " and ".join(
        f"{column} = {literal(value)}" for column, value in conditions.items() if value
    )
    # The largest of an emitter are among the largest of its pairs with every exporter.
    return (
        "select edition, year, place as rank, path, layer, round(ape_t) as ape_t,"
        " round(100 * ape_share, 3) as ape_percent, round(so2_t) as so2_t, round(nox_t) as nox_t from ("
        " select edition, year, demand_sign, path, layer, ape_t, ape_share, so2_t, nox_t, row_number() over"
        " (partition by edition, year, demand_sign order by abs(ape_t) desc, path) as place"
        f" from fct_supply_chain_path where {where})"
        f" where place <= {int(top)} order by edition, year, demand_sign desc, place"
    )


def _edition(
    connection: duckdb.DuckDBPyConnection, asked: str | None, preferred: str | None
) -> str | None:
    """The edition to show: the one asked for, or the preferred one where it has paths."""
    found = fetch(connection, "select distinct edition from fct_supply_chain_path order by edition")
    known = [str(row[0]) for row in found]
    if asked is None:
        return preferred if preferred in known else None
    if asked not in known:
        raise UserFacingError(
            f"Edition {asked!r} has no published supply chains.",
            remedy=f"Choose one of {', '.join(known) or 'none'}, or compute it: tradeplume run --edition {asked}",
        )
    return asked


def _province(connection: duckdb.DuckDBPyConnection, name: str) -> str:
    """The code of a province given by any name or code (``warehouse.province_names``)."""
    found = fetch(
        connection,
        "select distinct code from dim_region where kind = 'province' and code = ?",
        [province_of(name)],
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
