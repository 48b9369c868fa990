"""The seeds: described, complete, consistent with each other, and with the publishers' figures."""

from __future__ import annotations

import csv
from collections import defaultdict
from collections.abc import Callable
from math import hypot
from pathlib import Path

import polars as pl
import pytest

from tests.models.seed_files import seed_definitions, seed_files

pytestmark = pytest.mark.slow

Row = dict[str, str]
SharedData = Callable[[str], Path]
EAST_COAST = {"CN-SD", "CN-JS", "CN-SH", "CN-ZJ", "CN-FJ", "CN-GD", "CN-HI"}
TABLES = "economy/zhangda_provIO_2007/prov_io_2007_long.csv"
SHEETS = {
    "BEJ": "CN-BJ", "TAJ": "CN-TJ", "HEB": "CN-HE", "SHX": "CN-SX", "NMG": "CN-NM",
    "LIA": "CN-LN", "JIL": "CN-JL", "HLJ": "CN-HL", "SHH": "CN-SH", "JSU": "CN-JS",
    "ZHJ": "CN-ZJ", "ANH": "CN-AH", "FUJ": "CN-FJ", "JXI": "CN-JX", "SHD": "CN-SD",
    "HEN": "CN-HA", "HUB": "CN-HB", "HUN": "CN-HN", "GUD": "CN-GD", "GXI": "CN-GX",
    "HAI": "CN-HI", "CHQ": "CN-CQ", "SIC": "CN-SC", "GZH": "CN-GZ", "YUN": "CN-YN",
    "SHA": "CN-SN", "GAN": "CN-GS", "QIH": "CN-QH", "NXA": "CN-NX", "XIN": "CN-XJ",
}  # fmt: skip


def rows(name: str) -> list[Row]:
    with seed_files()[name].open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def column(name: str, key: str) -> set[str]:
    return {row[key] for row in rows(name)}


def codes(classification: str) -> set[str]:
    both = rows("sector") + rows("source_sector")
    return {row["code"] for row in both if row["classification"] == classification}


TARGETS = codes("wiod35") | column("outside_source", "code")


@pytest.mark.parametrize("name", sorted(seed_files()))
def test_every_column_is_typed_and_described_and_no_other(name: str) -> None:
    definition = seed_definitions()[name]
    with seed_files()[name].open(encoding="utf-8", newline="") as file:
        header, *body = csv.reader(file)
    assert {len(row) for row in body} == {len(header)}, "a comma outside quotes"
    assert list(definition["config"]["column_types"]) == header
    assert [entry["name"] for entry in definition["columns"]] == header
    assert all(entry["description"].strip() for entry in definition["columns"])
    assert definition["meta"]["source"].strip()
    assert definition["meta"]["licence"].strip()


def test_every_seed_described_exists() -> None:
    assert set(seed_definitions()) == set(seed_files())


def test_regions_are_31_provinces_those_of_wiod_and_of_gtap_and_home() -> None:
    kinds = [row["kind"] for row in rows("region")]
    assert {kind: kinds.count(kind) for kind in set(kinds)} == {
        "province": 31,
        "foreign": 40 + 1 + 121,  # WIOD's, the EU of the ICIO, and those that GTAP 11 alone has
        "home": 1,
    }
    assert len({row["world_region"] for row in rows("region")}) == 13


def test_every_sector_and_every_region_has_its_place_in_the_common_lists() -> None:
    sectors = rows("common_sector")
    codes = [(row["classification"], row["from_code"]) for row in sectors]
    assert sorted(codes) == sorted((row["classification"], row["code"]) for row in rows("sector"))
    lists = {
        name: {row["common_sector"] for row in sectors if row["classification"] == name}
        for name, _ in codes
    }
    # One that a classification lacks would be compared with nothing.
    assert {len(found) for found in lists.values()} == {24}
    assert len({frozenset(found) for found in lists.values()}) == 1
    abroad = {row["code"] for row in rows("region") if row["kind"] != "province"}
    places = {row["code"]: row["common_region"] for row in rows("common_region")}
    assert places.keys() == abroad
    assert all(places[place] == place for place in set(places.values()))


def test_inland_is_all_but_beijing_tianjin_and_the_east_coast() -> None:
    provinces = [row for row in rows("region") if row["kind"] == "province"]
    coast = {row["code"] for row in provinces if row["is_inland"] == "false"}
    assert coast == EAST_COAST | {"CN-BJ", "CN-TJ"}
    assert {r["code"] for r in provinces if r["china_region"] == "East Coast"} == EAST_COAST


def test_concordance_of_the_tables_covers_42_sectors_with_weights_that_sum_to_one() -> None:
    sums: dict[str, float] = defaultdict(float)
    for row in rows("cn42_2007__wiod35"):
        sums[row["from_code"]] += float(row["weight"])
        assert row["to_code"] in codes("wiod35")
        assert row["note"].strip()
    assert set(sums) == {f"{number:02d}" for number in range(1, 43)} == codes("cn42_2007")
    assert sums == pytest.approx(dict.fromkeys(sums, 1.0), abs=1e-12)


def test_concordance_of_the_co2_accounts_covers_47_sectors() -> None:
    targets: dict[str, list[Row]] = defaultdict(list)
    for row in rows("ceads47__wiod35"):
        targets[row["from_code"]].append(row)
        assert row["to_code"] in TARGETS
    assert set(targets) == codes("ceads47")
    assert len(targets) == 47
    for members in targets.values():
        split = "whole" if len(members) == 1 else "by_output"
        assert {row["split"] for row in members} == {split}
        assert len({row["source_group"] for row in members}) == 1


def test_every_gains_row_is_treated_and_lands_on_a_known_activity() -> None:
    gains = rows("gains_emf30__wiod35")
    assert {row["source_sector"] for row in gains} == codes("gains_emf30")
    activities = column("reas32__wiod35", "activity")
    target_of = {row["activity"]: row["to_code"] for row in rows("reas32__wiod35")}
    for row in gains:
        if row["treatment"] == "not_used":
            assert (row["activity"], row["to_code"]) == ("", "")
            continue
        assert row["activity"] in activities
        assert row["to_code"] == target_of[row["activity"]]
        assert (row["to_code"] == "") == (row["treatment"] == "by_proxy")
        assert (row["to_code"] in column("outside_source", "code")) == (
            row["treatment"] == "outside"
        )


def test_every_sector_of_the_inventory_is_divided() -> None:
    reas = rows("reas32__wiod35")
    assert {row["source_sector"] for row in reas} == codes("reas32")
    located = column("process_factor", "activity")
    for row in reas:
        assert row["to_code"] in TARGETS | {""}
        assert (row["locate_by"] == "co2") == (row["activity"] in located)
        assert bool(row["proxy_sector"]) == (row["locate_by"] == "emission")
        if row["locate_by"] == "single":
            siblings = [other for other in reas if other["source_sector"] == row["source_sector"]]
            assert len(siblings) == 1


def test_every_divided_activity_has_a_level() -> None:
    levelled = column("gains_emf30__wiod35", "activity") | column("activity_level", "activity")
    divided = {r["activity"] for r in rows("reas32__wiod35") if r["locate_by"] != "single"}
    assert divided <= levelled
    assert column("activity_level", "pollutant") <= column("pollutant", "code")


def test_nearest_sectors_are_others_in_order() -> None:
    order: dict[str, list[str]] = defaultdict(list)
    of_wiod = [row for row in rows("nearest_sector") if row["classification"] == "wiod35"]
    for row in of_wiod:
        order[row["sector"]].append(row["nearest_sector"])
        assert int(row["place"]) == len(order[row["sector"]])
    assert set(order) == codes("wiod35")
    for sector, nearest in order.items():
        assert sector not in nearest
        assert len(set(nearest)) == len(nearest)
        assert set(nearest) <= codes("wiod35") - {"c19", "c35"}


def test_each_variant_of_equivalents_covers_the_seven_pollutants() -> None:
    emitted = {row["code"] for row in rows("pollutant") if row["is_index"] == "false"}
    variants: dict[str, set[str]] = defaultdict(set)
    for row in rows("ape_coefficient"):
        variants[row["variant"]].add(row["pollutant"])
        assert (row["variant"] == "default") == (row["is_default"] == "true")
        assert float(row["coefficient"]) > 0
    assert len(emitted) == 7
    assert all(pollutants == emitted for pollutants in variants.values())


def test_bookings_cover_the_provinces_with_a_table() -> None:
    provinces = {row["code"] for row in rows("region") if row["kind"] == "province"}
    booked_of: dict[str, list[str]] = defaultdict(list)
    for row in rows("provincial_trade_booking"):
        booked_of[row["classification"]].append(row["province"])
    assert sorted(booked_of["cn42_2007"]) == sorted(provinces - {"CN-XZ"})
    assert sorted(booked_of["cn42_2012"]) == sorted(provinces)
    assert sorted(booked_of["cn42_2017"]) == sorted(provinces)


@pytest.mark.parametrize("year", [2012, 2017])
def test_exports_are_booked_apart_where_outflow_is_and_goods_by_origin_are_of_their_size(
    year: int,
) -> None:
    """Services and trading houses bring Beijing to 3.7 times its goods; six times is trade with provinces."""
    folder = Path("warehouse/bundled") / f"open_{year}"
    cny_per_usd = {int(row["year"]): float(row["cny_per_usd"]) for row in rows("exchange_rate")}
    table = pl.read_parquet(folder / "provincial_table.parquet").filter(row_kind="sector")
    goods = dict(
        pl.read_parquet(folder / "export_total.parquet")
        .filter(concept="goods_by_origin")
        .select("province", pl.col("value_million") * cny_per_usd[year] * 100)
        .iter_rows()
    )
    for row in rows("provincial_trade_booking"):
        if row["classification"] == f"cn42_{year}" and row["province"] in goods:
            own = table.filter(province=row["province"])
            exports, outflow = (
                own.filter(column_code=code)["value_10k_cny"].sum() for code in ("EX", "OF")
            )
            is_apart = outflow > 0 and 0.3 <= exports / goods[row["province"]] <= 4
            assert (row["exports_booked_apart"] == "true") == is_apart, row["province"]


def test_published_figures_say_what_they_are() -> None:
    figures = rows("published_figure")
    assert len({row["figure_id"] for row in figures}) == len(figures)
    for row in figures:
        comparable = row["comparable"] == "true"
        assert not comparable or row["tolerance_rule"]
        assert comparable != bool(row["why_not"])
        assert bool(row["theirs"]) != (row["unit"] in {"qualitative", "list"})


def test_every_figure_of_the_paper_is_judged_for_its_own_year() -> None:
    figures = {row["figure_id"]: row for row in rows("published_figure")}
    judged = {row["figure_id"]: row for row in rows("published_comparison")}
    assert set(judged) == {name for name in figures if name.startswith("p")}
    assert {row["year"] for row in judged.values()} == {"2017"}
    for name, row in judged.items():
        comparable = row["comparable"] == "true"
        assert comparable != bool(row["why_not"])
        assert comparable != bool(row["wanted"])
        assert not comparable or (row["is_answered"] == "true" and figures[name]["tolerance_rule"])
        by_files = row["comparable_with"].split()
        assert set(by_files) <= {"trade", "global_table"}
        assert bool(by_files) == bool(row["landed_concept"])
        assert not by_files or (not comparable and figures[name]["tolerance_rule"])
    assert sum(row["comparable"] == "true" for row in judged.values()) >= 35


def test_rules_of_tolerance_give_what_they_argue() -> None:
    rules = {row["tolerance_rule"]: row for row in rows("published_tolerance")}
    used = {row["tolerance_rule"] for row in rows("published_figure")} - {""}
    assert used == set(rules)
    half, nox, so2, particles, engine = 0.50, 0.31, 0.12, 1.07, 0.16
    argued = {
        "concentration_share": hypot(half, nox),
        "concentration_level": hypot(half, nox, engine),
        "path_level": hypot(half, nox),
        "sulfur_share": hypot(half, so2),
        "particle_share": hypot(half, particles),
        "path_count": half * 0.3,
    }
    for name, uncertainty in argued.items():
        assert float(rules[name]["uncertainty"]) == pytest.approx(uncertainty, abs=0.006), name


def test_published_figures_hold_every_number_of_the_statements(shared_data: SharedData) -> None:
    ours: dict[str, list[str]] = defaultdict(list)
    for row in rows("published_figure"):
        ours[row["figure_id"][:3]].append(row["theirs"])
    with shared_data("../reference/statements.csv").open(encoding="utf-8") as file:
        statements = list(csv.DictReader(file))
    # Two more shares stand in the same abstract of Lin et al. as l01 and l02.
    assert set(ours) == {statement["id"] for statement in statements} | {"l03", "l04"}
    for statement in statements:
        if statement["value"]:
            assert float(statement["value"]) in [float(v) for v in ours[statement["id"]]]


def booked(path: Path) -> dict[tuple[str, str], float]:
    """Sums over the 42 sectors of the trade columns by province and column, 100 million yuan."""
    sums: dict[tuple[str, str], float] = defaultdict(float)
    with path.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            if row["row"].isdigit() and row["col"] in {"EX", "OF", "IM", "IF"}:
                sums[SHEETS[row["prov"]], row["col"]] += float(row["value"]) / 1e4
    return sums


def test_exchanged_columns_agree_with_published_exports(shared_data: SharedData) -> None:
    sums = booked(shared_data(TABLES))
    exchanged = {
        row["province"]
        for row in rows("provincial_table_correction")
        if row["classification"] == "cn42_2007"
    }
    assert exchanged == {"CN-GD", "CN-HI", "CN-GS", "CN-QH"}
    with shared_data("economy/provincial_exports_2007/exports_2007.csv").open() as file:
        total = {row["province"]: float(row["export_100m_yuan"]) for row in csv.DictReader(file)}
    assert sums["CN-GD", "OF"] == pytest.approx(total["CN-GD"], abs=1)
    assert sums["CN-HI", "OF"] == pytest.approx(total["CN-HI"], rel=0.05)
    assert sums["CN-GD", "EX"] < 0.7 * total["CN-GD"]
    assert sums["CN-HI", "EX"] > 1.5 * total["CN-HI"]


def test_gansu_and_qinghai_book_goods_exports_in_the_outflow_column(
    shared_data: SharedData,
) -> None:
    sums = booked(shared_data(TABLES))
    panel = shared_data("economy/provincial_panel_1998_2019/provincial_panel.csv")
    with panel.open(encoding="utf-8-sig") as file:
        goods = {
            row["Location"]: float(row["Export"]) * 7.604 / 1e4
            for row in csv.DictReader(file)
            if row["Year"] == "2007"
        }
    for province, name in [("CN-GS", "Gansu"), ("CN-QH", "Qinghai")]:
        assert sums[province, "OF"] == pytest.approx(goods[name], rel=0.15)
        assert sums[province, "EX"] > 5 * goods[name]


def test_bookings_agree_with_the_tables(shared_data: SharedData) -> None:
    sums = booked(shared_data(TABLES))
    for row in rows("provincial_trade_booking"):
        if row["classification"] != "cn42_2007":
            continue
        assert (row["exports_booked_apart"] == "true") == (sums[row["province"], "EX"] > 0)
        if row["province"] != "CN-HI":  # its imports stand in inflow although the column exists
            assert (row["imports_booked_apart"] == "true") == (sums[row["province"], "IM"] > 0)
