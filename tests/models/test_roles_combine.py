"""A made-up world whose linked table is known: what each role's file brings back, in every combination."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from functools import cache
from itertools import product

import duckdb
import numpy as np
import pytest

from steps.catalogue import DESTINATION
from steps.destinations import fit_destinations
from tests.models.rendering import Models
from warehouse.tables import Tables

pytestmark = pytest.mark.slow

PROVINCES = ("CN-GD", "CN-HE", "CN-SX")
ABROAD = ("USA", "JPN", "KOR", "AUS")
PARTNERS = {"USA": "502", "JPN": "116", "KOR": "133", "AUS": "601"}
# The bundled world has Korea and Australia in the rest of the world, and final demand in one category.
BUNDLED = {"USA": "USA", "JPN": "JPN", "KOR": "ROW", "AUS": "ROW"}
LANDED = {name: name for name in ABROAD}
# Sector of the provincial tables, of the world table and edition, and goods of it (none: a service).
SECTORS = (("14", "C24", "720810"), ("16", "C28", "841350"), ("33", "L", ""))
CODES = [code for _, code, _ in SECTORS]
DEMAND = {"FU101": "households", "FU103": "government", "FU201": "gfcf"}
Cell = tuple[str, str, str, str]
Row = tuple[str, str, str, str, str, float]
USERS = [*CODES, *DEMAND.values()]
CNY_PER_USD = 6.7518


class World:
    """Deliveries in million USD; p, q provinces, f regions abroad, s products, u users (sectors, then demand)."""

    def __init__(self, *, by_customs: bool) -> None:
        rng = np.random.default_rng(7)
        n, m, s, u = len(PROVINCES), len(ABROAD), len(SECTORS), len(USERS)
        self.domestic = rng.uniform(1, 50, (n, s, n, u))  # from p, product, to q, user
        self.stocks = rng.uniform(-2, 4, (n, s, n))
        nation = rng.uniform(5, 20, (m, s, u))  # China's imports
        taken = rng.dirichlet(np.ones(n), u).T  # part of a user's imports that a province takes
        self.imports = np.einsum("fsu,pu->fspu", nation, taken)
        if by_customs:  # provinces buy goods from regions of their own, alike for all users
            self.imports[:, :2] = np.einsum(
                "spu,spf->fspu",
                self.imports[:, :2].sum(axis=0),
                rng.dirichlet(np.ones(m), (2, n)),
            )
        use_abroad = rng.dirichlet(np.ones(u), (m, s))  # how a region spreads China's product
        sales = rng.uniform(20, 60, (n, s))
        spread = np.broadcast_to(rng.dirichlet(np.ones(m), s), (n, s, m)).copy()
        if by_customs:
            spread[:, :2] = rng.dirichlet(np.ones(m), (n, 2))
        self.sales = sales[:, :, None] * spread  # from p, product, to f
        self.exports = np.einsum("psf,fsu->psfu", self.sales, use_abroad)
        self.output = self.domestic.sum((2, 3)) + self.stocks.sum(2) + self.sales.sum(2)
        inputs = self.domestic[..., :s].sum((0, 1)) + self.imports[..., :s].sum((0, 1))
        self.value_added = self.output - inputs

    def cells(self, regions: Mapping[str, str] = LANDED) -> dict[Cell, float]:
        """Supplying region, product, using region and user to the delivery, of Chinese columns and exports."""
        found: dict[Cell, float] = defaultdict(float)
        for p, name in enumerate(PROVINCES):
            for s, code in enumerate(CODES):
                for u, user in enumerate(USERS):
                    for q, to in enumerate(PROVINCES):
                        found[name, code, to, user] = self.domestic[p, s, q, u]
                    for f, country in enumerate(ABROAD):
                        to = regions[country]
                        found[name, code, to, user] += self.exports[p, s, f, u]
                        found[to, code, name, user] += self.imports[f, s, p, u]
        return dict(found)


@cache
def world_of(by_customs: bool) -> World:
    return World(by_customs=by_customs)


@cache
def models_of(
    by_customs: bool, has_workbook: bool, has_customs: bool, has_world: bool = True
) -> Models:
    """The world's files as raw tables, and what computations before linking would make of them."""
    world = world_of(by_customs)
    built = Models(
        kind="footprint", year=2017, sector_classification="icio30",
        provincial_classification="cn42_2017", provincial_inventory_code="FU202",
        global_classification="icio44", global_inventory_code="inventories",
        demand_classification="wiod56_2016", scale_to_global=True, trace_share=0.001,
        interprovincial_flows="workbook" if has_workbook else "gravity",
        export_destinations="customs" if has_customs else "nation",
    )  # fmt: skip
    built.put(
        "raw_global_table",
        "from_region varchar, from_sector varchar, to_region varchar, to_code varchar, block varchar,"
        " value_musd double",
        world_table(world, LANDED) if has_world else undivided(world_table(world, BUNDLED)),
    )
    built.put(
        "raw_demand_structure",
        "from_region varchar, from_sector varchar, to_region varchar, demand_category varchar,"
        " value_musd double",
        [
            (a, {"L": "L68"}.get(b, b), c, user, value)
            for a, b, c, user, block, value in world_table(world, LANDED)
            if block == "final_demand"
        ],
    )
    built.put(
        "raw_provincial_table",
        "province varchar, row_code varchar, row_kind varchar, column_code varchar, column_kind varchar,"
        " value_10k_cny double, origin varchar",
        [
            (
                name,
                row,
                "sector",
                "GO",
                "total",
                float(world.output[p, s]) * 100 * CNY_PER_USD,
                "ALL",
            )
            for p, name in enumerate(PROVINCES)
            for s, (row, _, _) in enumerate(SECTORS)
        ],
    )
    built.put(
        "raw_provincial_mrio",
        "from_province varchar, row_code varchar, row_kind varchar, to_province varchar, column_code varchar,"
        " column_kind varchar, value_10k_cny double",
        list(workbook(world)),
    )
    built.put(
        "raw_trade",
        "flow varchar, province varchar, partner_code varchar, commodity_code varchar, regime_code varchar,"
        " currency varchar, value_million double",
        list(customs(world)),
    )
    built.put(
        "computed_province_export",
        "province varchar, sector varchar, export_musd double",
        [
            (name, code, float(world.sales[p, s].sum()))
            for p, name in enumerate(PROVINCES)
            for s, code in enumerate(CODES)
        ],
    )
    # Stocks of foreign goods: none in this world.
    built.put(
        "computed_province_import", "province varchar, sector varchar, import_musd double", []
    )
    if has_customs:
        fit(built)
    return built


def fit(built: Models) -> None:
    """The computation `destination`, on the tables under the names that a working file gives them."""
    con: duckdb.DuckDBPyConnection = built.connection
    con.execute("create schema intermediate")
    con.execute("create schema computed")
    for table in DESTINATION.reads:
        name = table.removeprefix("intermediate.")
        built.build(name)
        con.execute(f'create view {table} as from main."{name}"')
    fit_destinations(Tables(con, DESTINATION.reads, DESTINATION.writes), {"trace_share": 0.001})
    con.execute("create table computed_export_destination as from computed.export_destination")


def world_table(world: World, regions: Mapping[str, str]) -> list[Row]:
    """China as one region; abroad, every region uses what the world needs to close."""
    block = ["intermediate"] * len(CODES) + ["final_demand"] * len(DEMAND)
    found: dict[tuple[str, ...], float] = defaultdict(float)
    for s, code in enumerate(CODES):
        for u, user in enumerate(USERS):
            found["CHN", code, "CHN", user, block[u]] += world.domestic[:, s, :, u].sum()
            for f, country in enumerate(ABROAD):
                to = regions[country]
                found["CHN", code, to, user, block[u]] += world.exports[:, s, f, u].sum()
                found[to, code, "CHN", user, block[u]] += world.imports[f, s, :, u].sum()
                found[to, code, to, user, block[u]] += 100.0
        found["CHN", code, "CHN", "output", "output"] += world.output[:, s].sum()
    return [(a, b, c, d, e, float(value)) for (a, b, c, d, e), value in found.items()]


def undivided(rows: list[Row]) -> list[Row]:
    """The same table with final demand in one category."""
    found: dict[tuple[str, ...], float] = defaultdict(float)
    for a, b, c, user, block, value in rows:
        found[a, b, c, block if block == "final_demand" else user, block] += value
    return [(a, b, c, d, e, value) for (a, b, c, d, e), value in found.items()]


def workbook(world: World) -> list[tuple[object, ...]]:
    """CEADs' layout: cells between provinces, one row of imports, exports and output, in 10,000 CNY."""
    unit = 100 * CNY_PER_USD
    columns = [(code, "sector") for code, _, _ in SECTORS] + [(c, "final_demand") for c in DEMAND]
    rows: list[tuple[object, ...]] = []
    for p, name in enumerate(PROVINCES):
        for s, (row, _, _) in enumerate(SECTORS):
            for q, to in enumerate(PROVINCES):
                rows += [
                    (
                        name,
                        row,
                        "sector",
                        to,
                        column,
                        kind,
                        float(world.domestic[p, s, q, u]) * unit,
                    )
                    for u, (column, kind) in enumerate(columns)
                ]
                stock = float(world.stocks[p, s, q]) * unit
                rows.append((name, row, "sector", to, "FU202", "final_demand", stock))
            sold = float(world.sales[p, s].sum()) * unit
            rows.append((name, row, "sector", "ALL", "EX", "export", sold))
            rows.append(
                (name, row, "sector", "ALL", "GO", "total", float(world.output[p, s]) * unit)
            )
            added = float(world.value_added[p, s]) * unit
            rows.append(("ALL", "VA001", "value_added", name, row, "sector", added))
        rows += [
            (
                "ALL",
                "IM",
                "import",
                name,
                column,
                kind,
                float(world.imports[:, :, p, u].sum()) * unit,
            )
            for u, (column, kind) in enumerate(columns)
        ]
    return rows


def customs(world: World) -> list[tuple[object, ...]]:
    """Goods by province and partner, a fifth lower than the tables have them; services pass no customs."""
    rows: list[tuple[object, ...]] = []
    for p, name in enumerate(PROVINCES):
        for s, (_, _, goods) in enumerate(SECTORS):
            for f, to in enumerate(ABROAD):
                if goods:
                    sold = float(world.sales[p, s, f]) * 0.8
                    bought = float(world.imports[f, s, p].sum()) * 0.8
                    rows.append(("export", name, PARTNERS[to], goods, "10", "USD", sold))
                    rows.append(("import", name, PARTNERS[to], goods, "10", "USD", bought))
    return rows


def linked(built: Models) -> dict[tuple[str, str, str, str], float]:
    """The prior of Chinese columns and the exports, which balancing leaves alone."""
    built.build("int_mrio__prior")
    built.build("int_mrio__fixed")
    rows = built.rows("""
        select from_region, from_sector, to_region, user_code, value_musd from int_mrio__prior
        union all
        select from_region, from_sector, to_region, user_code, value_musd from int_mrio__fixed
        where block = 'export'
    """)
    return {(a, b, c, DEMAND.get(user, user)): value for a, b, c, user, value in rows}


@pytest.mark.parametrize("has_customs", [False, True])
def test_the_linked_table_is_the_truth_where_its_files_are_there(has_customs: bool) -> None:
    """Without customs where provinces trade as the nation does; with customs where they do not."""
    built = models_of(has_customs, True, has_customs)
    found, truth = linked(built), world_of(has_customs).cells()
    assert set(found) == set(truth)
    assert [found[key] for key in truth] == pytest.approx([*truth.values()], rel=1e-6)
    ((scale,),) = built.rows("select scale_factor from int_mrio__final_demand_scale")
    assert scale == pytest.approx(1)
    built.build("int_mrio__row_total")
    totals = {(a, b): value for a, b, value in built.rows("from int_mrio__row_total")}
    delivered: dict[tuple[str, str], float] = {}
    for (region, sector, to, _), value in truth.items():
        if to in PROVINCES:
            delivered[region, sector] = delivered.get((region, sector), 0.0) + value
    assert totals == pytest.approx(delivered), "the truth is balanced: nothing is left to move"


def test_without_customs_the_truth_of_destinations_is_lost_and_nothing_else() -> None:
    both, book = (linked(models_of(True, True, has_customs)) for has_customs in (True, False))
    moved = {key for key in both if both[key] != pytest.approx(book[key], rel=1e-6)}
    assert moved, "the customs tell something"
    for region, sector, to, _ in moved:
        assert sector != "L", "services pass no customs"
        assert region in ABROAD or to in ABROAD, "deliveries inside China are the workbook's"


@pytest.mark.parametrize(("has_workbook", "has_customs"), [*product((True, False), repeat=2)])
def test_a_stand_in_is_gone_where_its_file_is_there(has_workbook: bool, has_customs: bool) -> None:
    built = models_of(True, has_workbook, has_customs)
    built.build("int_assumption__destination")
    found = built.rows("select assumption, sector from int_assumption__destination")
    stand_in = {sector for name, sector in found if name == "export_destination_stand_in"}
    assert stand_in == ({"L"} if has_customs else {*CODES})
    if has_workbook:
        built.build("int_assumption__flow")
        names = {name for (name,) in built.rows("select assumption from int_assumption__flow")}
        assert names == {"import_products_as_in_the_nation"}


@pytest.mark.parametrize("by_customs", [False, True])
def test_a_world_table_of_countries_brings_them_and_moves_nothing_else(by_customs: bool) -> None:
    """Without it the truth comes back by region. What is lost: how each province's own partners use a product."""
    found = linked(models_of(by_customs, True, by_customs, has_world=False))
    truth = world_of(by_customs).cells(BUNDLED)
    assert set(found) == set(truth)
    moved = {key for key in truth if found[key] != pytest.approx(truth[key], rel=1e-6)}
    assert all(to == "ROW" and sector != "L" for _, sector, to, _ in moved)
    assert bool(moved) == by_customs
    sums: dict[tuple[str, str], float] = defaultdict(float)
    for region, sector, to, user in moved:
        sums[region, sector] += found[region, sector, to, user] - truth[region, sector, to, user]
    assert all(abs(gap) < 1e-6 for gap in sums.values()), "what a province sells there is known"


@pytest.mark.parametrize("has_world", [True, False])
def test_parted_demand_is_a_stand_in_of_the_bundled_world_alone(has_world: bool) -> None:
    built = models_of(True, True, True, has_world)
    built.build("int_assumption__link")
    names = {name for (name,) in built.rows("select distinct assumption from int_assumption__link")}
    assert ("final_demand_parted" in names) == (not has_world)


def test_customs_that_the_tables_cannot_take_are_listed_once_each() -> None:
    """Of a partner outside the world table, and of a province without a table (which may have both)."""
    built = Models(kind="footprint", year=2017, export_destinations="customs")
    built.put(
        "int_trade__customs",
        "flow varchar, province varchar, sector varchar, region varchar, is_included boolean,"
        " value_musd double",
        [
            ("export", "CN-GD", "C24", "USA", True, 100.0),
            ("export", "CN-GD", "C24", "CHN", True, 7.0),
            ("export", "CN-XZ", "C24", "USA", True, 3.0),
            ("export", "CN-XZ", "C24", "CHN", True, 2.0),
        ],
    )
    built.put("int_province__output", "province varchar, sector varchar", [("CN-GD", "C24")])
    built.put("int_trade__world_region", "region varchar", [("CHN",), ("USA",)])
    built.put(
        "int_trade__commodity", "commodity_code varchar, sector varchar, weight double,"
        " matched_digits integer", []
    )  # fmt: skip
    built.build("int_assumption__customs")
    found = built.rows(
        "select assumption, province, amount from int_assumption__customs order by all"
    )
    assert found == [
        ("customs_not_linked", "CN-GD", 7.0),
        ("customs_not_linked", "CN-XZ", 2.0),
        ("customs_not_linked", "CN-XZ", 3.0),
    ]
