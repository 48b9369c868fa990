"""What open-2017 asks of the linking: scale, undivided demand, imports above use, transit, booked totals."""

from __future__ import annotations

from typing import Any

import pytest

from tests.models.rendering import Models

pytestmark = pytest.mark.slow

GLOBAL = (
    "from_region varchar, from_sector varchar, to_region varchar, to_code varchar, block varchar,"
    " value_musd double"
)
PROVINCIAL = (
    "origin varchar, province varchar, row_code varchar, row_kind varchar, column_code varchar,"
    " column_kind varchar, value_10k_cny double"
)
DEMAND = (
    "from_region varchar, from_sector varchar, to_region varchar, demand_category varchar,"
    " value_musd double"
)
CNY = 675.18  # 10,000 yuan of 2017 that are one million USD


def models(**overrides: object) -> Models:
    settings: dict[str, object] = {
        "year": 2017,
        "home_region": "CHN",
        "sector_classification": "icio30",
        "provincial_classification": "cn42_2017",
        "provincial_inventory_code": "FU202",
        "global_classification": "icio44",
        "global_inventory_code": "inventories",
        "demand_classification": "wiod56_2016",
        "inventory_cap_share": 0.025,
        "export_cap_share": 0.95,
        "import_cap_share": 0.95,
        "trace_share": 0.0,
        "export_total_concept": "booked",
    }
    return Models(**{**settings, **overrides})


def table(rows: list[tuple[str, str, str, str, str, float]]) -> list[tuple[Any, ...]]:
    """Cells in million USD as the provincial tables have them."""
    return [("ALL", *labels, value * CNY) for *labels, value in rows]


# Two provinces make steel (14) from ore (04); the nation makes half of what they say.
CELLS = table(
    [
        ("CN-HE", "14", "sector", "GO", "total", 100.0),
        ("CN-SD", "14", "sector", "GO", "total", 60.0),
        ("CN-HE", "04", "sector", "GO", "total", 40.0),
        ("CN-HE", "04", "sector", "14", "sector", 30.0),
        ("CN-HE", "14", "sector", "FU201", "final_demand", 50.0),
        ("CN-HE", "14", "sector", "EX", "export", 20.0),
        ("CN-HE", "TVA", "value_added", "14", "sector", 70.0),
    ]
)
NATION: list[tuple[Any, ...]] = [
    ("CHN", "C24", "CHN", "output", "output", 80.0),
    ("CHN", "B07_08", "CHN", "output", "output", 40.0),
]


@pytest.mark.parametrize(("scaled", "factor"), [(True, 0.5), (False, 1.0)])
def test_provinces_are_scaled_to_the_nation_by_sector(scaled: bool, factor: float) -> None:
    built = models(scale_to_global=scaled)
    built.put("raw_provincial_table", PROVINCIAL, CELLS)
    built.put("raw_global_table", GLOBAL, NATION)
    built.put("raw_demand_structure", DEMAND, [])
    built.build("int_province__account")
    made = dict(
        built.rows("select province, output_musd from int_province__output where sector = 'C24'")
    )
    assert made == pytest.approx({"CN-HE": 100 * factor, "CN-SD": 60 * factor})
    ((added, exports),) = built.rows(
        "select value_added_musd, export_booked_musd from int_province__account"
        " where province = 'CN-HE' and sector = 'C24'"
    )
    assert (added, exports) == pytest.approx((70 * factor, 20 * factor))
    # Ore needs no scaling, but what steel buys of it shrinks as steel does: 0.3 of output, as booked.
    ((bought,),) = built.rows(
        "select value_musd from int_province__cell where sector = 'B07T09' and user_code = 'C24'"
    )
    assert bought / made["CN-HE"] == pytest.approx(0.3)


def test_undivided_demand_is_parted_as_the_structure_says() -> None:
    built = models()
    final = "final_demand"
    rows: list[tuple[Any, ...]] = [
        ("CHN", "C26", "USA", final, final, 100.0),  # the structure has the deal
        ("CHN", "C27", "USA", final, final, 100.0),  # it has the product from another origin alone
        ("CHN", "C24", "USA", final, final, 100.0),  # it has the buyer alone
        ("USA", "C24", "CHN", final, final, -5.0),
        *[(r, "C24", r, "output", "output", 1.0) for r in ("CHN", "USA")],
    ]
    built.put("raw_global_table", GLOBAL, rows)
    structure: list[tuple[Any, ...]] = [
        ("CHN", "C26", "USA", "households", 6.0),
        ("CHN", "C26", "USA", "npish", 2.0),
        ("CHN", "C26", "USA", "gfcf", 3.0),
        ("CHN", "C26", "USA", "inventories", -1.0),
        ("DEU", "C27", "USA", "gfcf", 4.0),
        ("DEU", "C27", "USA", "government", 1.0),
        ("DEU", "C27", "USA", "inventories", -9.0),
    ]
    built.put("raw_demand_structure", DEMAND, structure)
    built.build("stg_global_cell")
    parted = {
        (sector, code): value
        for sector, code, value in built.rows(
            "select from_sector, to_code, value_musd from stg_global_cell where block = 'final_demand'"
        )
    }
    assert parted == pytest.approx(
        {
            ("C26", "households"): 80.0,  # with npish
            ("C26", "gfcf"): 20.0,  # inventories count with it
            ("C27", "government"): 100.0,  # capital of the product is below zero: none
            ("C24", "households"): 100 * 8 / 11,
            ("C24", "gfcf"): 100 * 2 / 11,
            ("C24", "government"): 100 * 1 / 11,
            ("C24", "inventories"): -5.0,
        }
    )


ACCOUNT = (
    "province varchar, sector varchar, output_musd double, use_musd double, inventory_musd double,"
    " out_trade_musd double, in_trade_musd double, export_booked_musd double, import_booked_musd double"
)


# The tables book 113 of oil; of 143 imported, 30 are booked nowhere.
@pytest.mark.parametrize("imported", [113.0, 90.0, 143.0])
def test_imports_that_have_no_place_go_where_the_product_is_used(imported: float) -> None:
    built = models(unplaced_imports_by_use=True)
    # Beijing books 100 of oil and uses 20; Hebei could take 90 more, Shandong 30, Xinjiang uses none.
    accounts: list[tuple[Any, ...]] = [
        ("CN-BJ", "B05_06", 5.0, 20.0, 0.0, 0.0, 0.0, 0.0, 100.0),
        ("CN-HE", "B05_06", 5.0, 100.0, 0.0, 0.0, 0.0, 0.0, 5.0),
        ("CN-SD", "B05_06", 5.0, 40.0, 0.0, 0.0, 0.0, 0.0, 8.0),
    ]
    built.put("int_province__account", ACCOUNT, accounts)
    built.put(
        "int_trade__sector_total",
        "sector varchar, export_musd double, import_musd double",
        [("B05_06", 0.0, imported)],
    )
    built.put(
        "int_trade__province_total",
        "province varchar, published_export_musd double, export_musd double",
        [(p, 1.0, 1.0) for p in ("CN-BJ", "CN-HE", "CN-SD")],
    )
    built.build("int_trade__import_prior")
    prior = dict(built.rows("select province, prior_musd from int_trade__import_prior"))
    excess = 100 - 19.0 + max(imported - 113, 0)
    room = {"CN-HE": 90.0, "CN-SD": 30.0}
    assert prior == pytest.approx(
        {
            "CN-BJ": 19.0,
            "CN-HE": 5 + excess * room["CN-HE"] / 120,
            "CN-SD": 8 + excess * room["CN-SD"] / 120,
        }
    )
    assert sum(prior.values()) == pytest.approx(max(imported, 113))


@pytest.mark.parametrize(
    ("floor", "transit"),
    # Chongqing makes 100, uses 80, sends 98 and takes 78: 2 are left for each other. A twentieth of the smaller
    # side is 4, a fifth 16.
    [(0.05, 2.0), (0.2, 14.0), (0.0, 0.0), (None, 0.0)],
)
def test_what_passes_through_is_taken_off_both_sides(floor: float | None, transit: float) -> None:
    built = models(**({} if floor is None else {"transit_floor_share": floor}))
    accounts: list[tuple[Any, ...]] = [
        ("CN-CQ", "B05_06", 100.0, 80.0, 0.0, 98.0, 78.0, 0.0, 0.0),
        (
            "CN-BJ",
            "B05_06",
            0.0,
            80.0,
            0.0,
            0.0,
            80.0,
            0.0,
            0.0,
        ),  # makes nothing: all of it is inflow
    ]
    built.put("int_province__account", ACCOUNT, accounts)
    columns = "province varchar, sector varchar"
    built.put("computed_province_export", f"{columns}, export_musd double", [])
    built.put("computed_province_import", f"{columns}, import_musd double", [])
    built.build("int_link__margin")
    margins = {
        province: rest
        for province, *rest in built.rows(
            "select province, outflow_musd, inflow_musd, transit_musd from int_link__margin"
        )
    }
    assert margins["CN-CQ"] == pytest.approx([98 - transit, 78 - transit, transit])
    assert margins["CN-BJ"] == pytest.approx([0.0, 80.0, 0.0])


@pytest.mark.parametrize(
    ("concept", "expected"),
    [
        ("booked", {"CN-GD": 90.0, "CN-XZ": 10.0}),
        # Tibet has no published figure: its table's 10 stand beside Guangdong's 40.
        ("goods_by_origin", {"CN-GD": 80.0, "CN-XZ": 20.0}),
    ],
)
def test_a_province_without_a_published_total_has_what_its_table_books(
    concept: str, expected: dict[str, float]
) -> None:
    built = models(export_total_concept=concept)
    accounts: list[tuple[Any, ...]] = [
        ("CN-GD", "C26", 1.0, 1.0, 0.0, 0.0, 0.0, 90.0, 0.0),
        ("CN-XZ", "C26", 1.0, 1.0, 0.0, 0.0, 0.0, 10.0, 0.0),
    ]
    built.put("int_province__account", ACCOUNT, accounts)
    built.put(
        "int_trade__sector_total",
        "sector varchar, export_musd double, import_musd double",
        [("C26", 100.0, 0.0)],
    )
    built.put(
        "raw_export_total",
        "province varchar, concept varchar, currency varchar, value_million double",
        [("CN-GD", "goods_by_origin", "USD", 40.0)],
    )
    built.build("int_trade__province_total")
    found = dict(built.rows("select province, export_musd from int_trade__province_total"))
    assert found == pytest.approx(expected)


def test_a_table_that_books_no_exports_apart_has_goods_by_origin() -> None:
    """Inner Mongolia's column EX is empty in 2012; Guangdong books 90 for 60 of goods, services included."""
    built = models(provincial_classification="cn42_2012", year=2012)
    accounts: list[tuple[Any, ...]] = [
        ("CN-GD", "C26", 200.0, 1.0, 0.0, 0.0, 0.0, 90.0, 0.0),
        ("CN-NM", "C26", 30.0, 1.0, 0.0, 0.0, 0.0, 0.0, 0.0),
        ("CN-NM", "C24", 60.0, 1.0, 0.0, 0.0, 0.0, 0.0, 0.0),
        ("CN-XZ", "C26", 70.0, 1.0, 0.0, 0.0, 0.0, 10.0, 0.0),
    ]
    built.put("int_province__account", ACCOUNT, accounts)
    built.put(
        "int_trade__sector_total",
        "sector varchar, export_musd double, import_musd double",
        [("C26", 150.0, 0.0), ("C24", 15.0, 0.0)],
    )
    built.put(
        "raw_export_total",
        "province varchar, concept varchar, currency varchar, value_million double",
        [("CN-GD", "goods_by_origin", "USD", 60.0), ("CN-NM", "goods_by_origin", "USD", 6.0)],
    )
    built.build("int_trade__export_prior")
    found = dict(
        built.rows("select province, published_export_musd from int_trade__province_total")
    )
    assert found == pytest.approx({"CN-GD": 90.0, "CN-NM": 9.0, "CN-XZ": 10.0})
    prior = {
        (province, sector): (musd, booked)
        for province, sector, musd, booked in built.rows(
            "select province, sector, prior_musd, is_booked from int_trade__export_prior"
        )
    }
    # The nation exports half of its electronics and a quarter of its metals: 15 and 15 of Inner Mongolia's output.
    assert prior["CN-NM", "C26"] == (pytest.approx(4.5), False)
    assert prior["CN-NM", "C24"] == (pytest.approx(4.5), False)
    assert prior["CN-GD", "C26"] == (90.0, True)
