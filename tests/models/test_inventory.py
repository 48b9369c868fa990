"""The inventory models on a made-up country of two provinces with a table and Tibet without one."""

from __future__ import annotations

from typing import Any

import pytest

from tests.models.rendering import Models

pytestmark = pytest.mark.slow

STEEL = "Smelting and Pressing of Ferrous Metals"
MINERALS = "Nonmetal Mineral Products"
FOOD = "Food Production"
FARMS = "Farming, Forestry, Animal Husbandry, Fishery and Water Conservancy"
TRADE = "Wholesale, Retail Trade and Catering Services"

EMISSION = "province varchar, source_sector varchar, pollutant varchar, emission_t double"
SUBSECTOR = (
    "region varchar, source_sector varchar, pollutant varchar, source_year integer,"
    " emission_t double"
)
PROXY = "province varchar, source_sector varchar, component varchar, value_mt_co2 double"
OUTPUT = "province varchar, sector varchar, output_musd double"
PROVENANCE = "role varchar, vintage_year integer, is_bundled boolean"
NATIONAL = "source_sector varchar, pollutant varchar, source_year integer, emission_t double"

EMISSIONS: list[tuple[Any, ...]] = [
    ("CN-HE", "PP", "SO2", 500.0),
    ("CN-HE", "IND", "SO2", 900.0),
    ("CN-HE", "TOTAL", "SO2", 1400.0),
    ("CN-HE", "ROAD", "NOx", 100.0),
    ("CN-HE", "ODOM", "CO", 60.0),
    ("CN-HE", "RESI", "CO", 40.0),
    ("CN-HE", "IND", "PM2.5", 50.0),
    ("CN-HE", "IND", "BC", 10.0),
    ("CN-HE", "IND", "OC", 15.0),
    ("CN-HE", "FER", "NH3", 70.0),
    ("CN-HE", "CMB", "NH3", 8.0),
    ("CN-HE", "PP", "NOx", 30.0),
    ("CN-HE", "ROAD", "CO", 20.0),
    ("CN-GD", "IND", "SO2", 200.0),
    ("CN-GD", "ROAD", "NOx", 300.0),
    ("CN-GD", "RESI", "PM2.5", 10.0),
    ("CN-GD", "RESI", "BC", 8.0),
    ("CN-GD", "RESI", "OC", 5.0),
    ("CN-GD", "RESI", "CO", 60.0),
    ("CN-GD", "ODOM", "CO", 9.0),
    ("CN-GD", "HUMAN", "NH3", 3.0),
    ("CN-XZ", "IND", "SO2", 7.0),
    ("CN-XZ", "MM", "NH3", 11.0),
]
SUBSECTORS: list[tuple[Any, ...]] = [
    ("CHIN_PLUS", sector, pollutant, year, level)
    for sector, pollutant, levels in [
        ("CEMENT", "SO2", (100.0, 200.0)),
        ("STEEL", "SO2", (300.0, 300.0)),
        ("End_Use_Industry_Coal", "SO2", (500.0, 500.0)),
        ("CEMENT", "BC", (10.0, 10.0)),
        ("CEMENT", "OC", (10.0, 10.0)),
        ("End_Use_Transport_HDT_HLF", "NOx", (700.0, 700.0)),
        ("End_Use_Transport_LDT_LLF", "NOx", (200.0, 200.0)),
        ("End_Use_Transport_MC_LLF", "NOx", (100.0, 100.0)),
        ("End_Use_Transport_HDT_HLF", "CO", (100.0, 100.0)),
        ("End_Use_Transport_LDT_LLF", "CO", (300.0, 300.0)),
        ("End_Use_Residential_Coal_Heat", "NH3", (30.0, 30.0)),
        ("Power_Gen_Coal_Old", "NH3", (10.0, 10.0)),
        ("Unattributed", "SO2", (5000.0, 5000.0)),
        ("SUM", "SO2", (9999.0, 9999.0)),
    ]
    for year, level in zip((2005, 2010), levels, strict=True)
]
PROXIES: list[tuple[Any, ...]] = [
    ("CN-HE", STEEL, "raw_coal", 2.0),
    ("CN-HE", STEEL, "scope1_total", 12.0),
    ("CN-HE", MINERALS, "process", 3.0),
    ("CN-HE", MINERALS, "raw_coal", 4.0),
    ("CN-HE", MINERALS, "scope1_total", 7.0),
    ("CN-HE", FARMS, "raw_coal", 1.0),
    ("CN-HE", FARMS, "scope1_total", 1.0),
    ("CN-HE", TRADE, "raw_coal", 3.0),
    ("CN-HE", TRADE, "scope1_total", 3.0),
    ("CN-HE", "Total Consumption", "raw_coal", 99.0),
    ("CN-GD", MINERALS, "process", 1.0),
    ("CN-GD", MINERALS, "scope1_total", 1.0),
    ("CN-GD", FOOD, "raw_coal", 6.0),
    ("CN-GD", FOOD, "scope1_total", 6.0),
    ("CN-GD", FOOD, "cleaned_coal", 5.0),
]
IDLE = {("CN-GD", "c3")}
SERVICES = {"c20": 30.0, "c21": 10.0, "c22": 60.0}


def country(**overrides: Any) -> Models:
    """The made-up country; a keyword of a raw table's name replaces its rows."""
    settings = ("year", "inventory_to_national_total")
    models = Models(**{key: value for key, value in overrides.items() if key in settings})
    models.put("raw_sector_emission", EMISSION, overrides.get("emissions", EMISSIONS))
    source = ("sector_emission", overrides.get("vintage", 2007), overrides.get("bundled", True))
    models.put("raw_provenance", PROVENANCE, [source])
    for role in ("national_emission", "alternative_emission"):
        if role in overrides:
            models.put(
                f"raw_{role}",
                NATIONAL if role == "national_emission" else EMISSION,
                overrides[role],
            )
    models.put("raw_subsector_emission", SUBSECTOR, overrides.get("subsectors", SUBSECTORS))
    models.put("raw_emission_proxy", PROXY, overrides.get("proxies", PROXIES))
    sectors = [f"c{number}" for number in range(1, 35) if number != 19]
    models.put(
        "int_province__output",
        OUTPUT,
        [
            (province, sector, 0.0 if (province, sector) in IDLE else SERVICES.get(sector, 100.0))
            for province in overrides.get("traced", ("CN-HE", "CN-GD"))
            for sector in sectors
        ],
    )
    return models


@pytest.fixture(scope="module")
def built() -> Models:
    models = country()
    models.build("int_inventory__emission")
    models.build("int_inventory__assumption")
    return models


def allocated(models: Models, where: str) -> dict[tuple[str, str], float]:
    """Tonnes by activity and sector of the allocation under a condition."""
    rows = models.rows(
        "select activity, sector, sum(emission_t) from int_inventory__allocation"
        f" where {where} group by all"
    )
    return {(activity, sector): tonnes for activity, sector, tonnes in rows}


def test_every_tonne_of_the_source_is_kept_by_province_and_pollutant(built: Models) -> None:
    source = dict(
        ((province, pollutant), tonnes)
        for province, pollutant, tonnes in built.rows(
            "select province, pollutant, sum(emission_t) from int_inventory__source group by all"
        )
    )
    ours = dict(
        ((province, pollutant), tonnes)
        for province, pollutant, tonnes in built.rows(
            "select province, pollutant, sum(emission_t) from int_inventory__emission group by all"
        )
    )
    assert source["CN-HE", "SO2"] == 1400.0
    assert ours.keys() == {key for key, tonnes in source.items() if tonnes > 0}
    assert ours == pytest.approx({key: source[key] for key in ours}, rel=1e-12)


def test_levels_are_interpolated_and_located_by_co2(built: Models) -> None:
    # Cement 2007: 0.6 x 100 + 0.4 x 200 = 140, three quarters of it in Hebei (process CO2 3 of 4).
    # Coal of industries: 500, by CO2: steel 2, minerals 4 x 0.5 = 2, Guangdong's food 6.
    weights = {
        ("cement", "c11"): 105.0,
        ("steel", "c12"): 300.0,
        ("industrial_coal", "c12"): 100.0,
        ("industrial_coal", "c11"): 100.0,
    }
    total = sum(weights.values())
    expected = {key: 900.0 * weight / total for key, weight in weights.items()}
    in_hebei = "province = 'CN-HE' and source_sector = 'IND' and pollutant = 'SO2'"
    assert allocated(built, in_hebei) == pytest.approx(expected)


def test_a_province_without_steel_gets_none(built: Models) -> None:
    in_guangdong = "province = 'CN-GD' and source_sector = 'IND' and pollutant = 'SO2'"
    shares = allocated(built, in_guangdong)
    assert shares == pytest.approx(
        {("cement", "c11"): 200 * 35 / 335, ("industrial_coal", "c3"): 200 * 300 / 335}
    )


def test_a_published_year_is_taken_as_it_stands() -> None:
    models = country(year=2010)
    models.build("stg_subsector_emission")
    assert models.rows(
        "select emission_t from stg_subsector_emission"
        " where source_sector = 'CEMENT' and pollutant = 'SO2'"
    ) == [(200.0,)]
    assert models.rows(
        "select count(*) from stg_subsector_emission where source_sector = 'SUM'"
    ) == [(0,)]


def test_private_traffic_stays_outside_the_footprint(built: Models) -> None:
    rows = built.rows(
        "select province, sector, in_footprint, emission_t from int_inventory__emission"
        " where pollutant = 'NOx' and sector in ('c23', 'private_vehicles') order by all"
    )
    assert rows == [
        ("CN-GD", "c23", True, pytest.approx(210.0)),
        ("CN-GD", "private_vehicles", False, pytest.approx(90.0)),
        ("CN-HE", "c23", True, pytest.approx(70.0)),
        ("CN-HE", "private_vehicles", False, pytest.approx(30.0)),
    ]


def test_other_particles_are_the_rest_of_pm25_and_clipped_at_zero(built: Models) -> None:
    rows = built.rows(
        "select province, source_sector, emission_t, clipped_t from int_inventory__source"
        " where pollutant = 'PM25_other' order by all"
    )
    assert rows == [("CN-GD", "RESI", 0.0, 3.0), ("CN-HE", "IND", 25.0, 0.0)]
    assert built.rows(
        "select province, topic, amount from int_inventory__assumption"
        " where assumption = 'inventory_negative_particles_clipped'"
    ) == [("CN-GD", "inventory, PM25_other", 3.0)]


def test_services_share_their_stoves_by_output(built: Models) -> None:
    in_hebei = "province = 'CN-HE' and source_sector = 'ODOM' and pollutant = 'CO'"
    shares = {sector: tonnes for (_, sector), tonnes in allocated(built, in_hebei).items()}
    assert shares == pytest.approx({"c1": 15.0, "c20": 13.5, "c21": 4.5, "c22": 27.0})


def test_where_nothing_is_located_the_national_division_holds(built: Models) -> None:
    in_guangdong = "province = 'CN-GD' and source_sector = 'ODOM' and division = 'national'"
    shares = {sector: tonnes for (_, sector), tonnes in allocated(built, in_guangdong).items()}
    assert shares == pytest.approx({"c1": 2.25, "c20": 2.025, "c21": 0.675, "c22": 4.05})
    assert built.rows(
        "select province, amount from int_inventory__assumption"
        " where assumption = 'inventory_divided_as_in_the_nation'"
    ) == [("CN-GD", pytest.approx(9.0))]


def test_emission_of_an_idle_sector_moves_to_the_nearest_with_output(built: Models) -> None:
    moved = 200 * 300 / 335
    assert built.rows(
        "select sector, emission_t from int_inventory__emission"
        " where province = 'CN-GD' and pollutant = 'SO2' and sector in ('c1', 'c3')"
    ) == [("c1", pytest.approx(moved))]
    assert built.rows(
        "select sector, amount, description from int_inventory__assumption"
        " where assumption = 'inventory_moved_to_sector_with_output'"
    ) == [
        (
            "c3",
            pytest.approx(moved),
            "Emission of a sector without output in the province, moved to c1",
        )
    ]


def test_what_is_in_the_footprint_has_output_behind_it(built: Models) -> None:
    assert (
        built.rows(
            "select emission.* from int_inventory__emission as emission"
            " left join int_province__output as made"
            "   on made.province = emission.province and made.sector = emission.sector"
            " where emission.in_footprint and coalesce(made.output_musd, 0) <= 0"
        )
        == []
    )


def test_combustion_ammonia_follows_households_and_power_plants(built: Models) -> None:
    # Households 30 x (Hebei's 40 of 100 t CO), power 10 x (all of 30 t NOx): 12 to 10.
    in_hebei = "province = 'CN-HE' and source_sector = 'CMB'"
    assert allocated(built, in_hebei) == pytest.approx(
        {("household_combustion", "households"): 8 * 12 / 22, ("power", "c17"): 8 * 10 / 22}
    )


def test_a_province_without_a_table_stays_outside_whole(built: Models) -> None:
    rows = built.rows(
        "select sector, pollutant, in_footprint, emission_t from int_inventory__emission"
        " where province = 'CN-XZ' order by pollutant"
    )
    assert rows == [("no_table", "NH3", False, 11.0), ("no_table", "SO2", False, 7.0)]


def test_sectors_that_emit_nothing_are_named(built: Models) -> None:
    named = built.rows(
        "select sector, amount, unit from int_inventory__assumption"
        " where assumption = 'inventory_sector_without_emission' and sector in ('c24', 'c12')"
    )
    assert named == [("c24", 200.0, "million USD")]


# The nation of 2007 for what the made-up country emits, of an inventory of 2005.
NATION: list[tuple[Any, ...]] = [
    (sector, pollutant, year, 1e9 if year == 2006 else level)
    for year in (2006, 2007)
    for sector, pollutant, level in [
        ("power", "SO2", 1000.0),
        ("industry", "SO2", 554.5),
        ("power", "NOx", 15.0),
        ("transportation", "NOx", 800.0),
        ("residential", "CO", 338.0),
        ("transportation", "CO", 10.0),
        ("industry", "PM2.5", 90.0),
        ("industry", "BC", 20.0),
        ("industry", "OC", 30.0),
        ("residential", "PM2.5", 26.0),
        ("residential", "BC", 16.0),
        ("residential", "OC", 10.0),
        ("residential", "NH3", 16.5),
        ("transportation", "NH3", 5.5),
        ("agriculture", "NH3", 162.0),
    ]
]


def test_an_older_inventory_is_brought_to_the_nations_totals_group_by_group() -> None:
    models = country(vintage=2005, national_emission=NATION)
    models.build("int_inventory__emission")
    models.build("int_inventory__assumption")
    factor = {
        (group, pollutant): each
        for group, pollutant, each in models.rows(
            "select total_group, pollutant, scale_factor from int_inventory__national_scale"
        )
    }
    assert factor["power", "SO2"] == pytest.approx(2)
    assert factor["industry", "SO2"] == pytest.approx(554.5 / 1107)  # Tibet counts
    assert factor["transport", "NOx"] == pytest.approx(2)
    assert factor["residential", "CO"] == pytest.approx(2)  # stoves and shops together
    assert factor["combustion_and_people", "NH3"] == pytest.approx(2)  # vehicles are in it
    assert factor["agriculture", "NH3"] == pytest.approx(2)
    assert factor["industry", "PM25_other"] == pytest.approx(40 / 25)
    # nothing of the other particles is left to the made-up stoves, nor to the nation's
    sums = dict(
        models.rows("select pollutant, sum(emission_t) from int_inventory__emission group by 1")
    )
    nation: dict[str, float] = {}
    for _, pollutant, year, level in NATION:
        if year == 2007:
            nation[pollutant] = nation.get(pollutant, 0.0) + level
    particles = sums["BC"] + sums["OC"] + sums.get("PM25_other", 0.0)
    assert particles == pytest.approx(nation.pop("PM2.5"))
    assert {name: sums[name] for name in nation} == pytest.approx(nation)
    share = "select emission_t / sum(emission_t) over () from {} where pollutant = 'SO2' and source_sector = 'IND'"
    assert [row[0] for row in models.rows(share.format("int_inventory__source"))] == pytest.approx(
        [row[0] for row in models.rows(share.format("int_inventory__published"))]
    )
    moved = dict(
        models.rows(
            "select topic, amount from int_inventory__assumption"
            " where assumption = 'inventory_brought_to_national_total'"
        )
    )
    assert moved["inventory, SO2"] == pytest.approx(500 + 552.5)


def test_an_inventory_of_the_editions_year_is_used_as_it_is() -> None:
    models = country(national_emission=NATION)
    models.build("int_inventory__source")
    assert models.rows("from int_inventory__national_scale") == []
    assert models.rows("from int_inventory__source where emission_t <> published_t") == []


@pytest.mark.parametrize(("bundled", "factors"), [(True, 2.0), (False, None)])
def test_the_bundled_inventory_of_the_year_is_brought_to_the_nation_where_asked(
    bundled: bool, factors: float | None
) -> None:
    """A user's own file of the year is taken as it is."""
    models = country(
        vintage=2007,
        national_emission=NATION,
        bundled=bundled,
        inventory_to_national_total="bundled",
    )
    models.build("int_inventory__national_scale")
    found = dict(
        models.rows(
            "select pollutant, scale_factor from int_inventory__national_scale where total_group = 'power'"
        )
    )
    assert found.get("SO2") == (pytest.approx(factors) if factors else None)


def test_an_older_inventory_without_national_totals_is_named() -> None:
    models = country(vintage=2005, national_emission=[row for row in NATION if row[2] != 2007])
    models.build("int_inventory__assumption")
    named = dict(
        models.rows(
            "select topic, amount from int_inventory__assumption"
            " where assumption = 'inventory_of_an_older_year'"
        )
    )
    assert named["inventory, SO2"] == pytest.approx(500 + 1107)


def test_a_group_that_the_nation_has_and_the_inventory_lacks_has_no_factor() -> None:
    nation = [*NATION, ("power", "CO", 2007, 5.0), ("agriculture", "CO", 2007, 0.0)]
    models = country(vintage=2005, national_emission=nation)
    models.build("int_inventory__national_scale")
    missing = "select total_group, pollutant from int_inventory__national_scale where scale_factor is null"
    assert models.rows(missing) == [("power", "CO")]  # which the model's not_null test refuses


def test_a_province_with_a_table_and_no_account_is_divided_by_output() -> None:
    models = country(traced=("CN-HE", "CN-GD", "CN-XZ"))
    models.build("int_inventory__emission")
    models.build("int_inventory__assumption")
    tibet = "from int_inventory__co2_location where province = 'CN-XZ'"
    assert models.rows(f"select distinct basis {tibet}") == [("output",)]
    # Its output in minerals is a third of all, and so is its cement beside the two accounts.
    (cement,) = models.rows(f"select national_share {tibet} and activity = 'cement'")
    assert cement[0] == pytest.approx(1 / 3)
    total = "select sum(emission_t) from int_inventory__emission where province = 'CN-XZ' and pollutant = 'SO2'"
    assert models.rows(f"{total} and in_footprint")[0][0] == pytest.approx(7)
    stand_in = (
        "select amount from int_inventory__assumption"
        " where assumption = 'inventory_located_by_output' and province = 'CN-XZ' and topic = 'inventory, SO2'"
    )
    assert models.rows(stand_in)[0][0] == pytest.approx(7)


def test_a_second_inventory_moves_tonnes_between_provinces_alone() -> None:
    second = [
        ("CN-HE", "Energy Sector", "SO2", 10.0),
        ("CN-HE", "Industrial Sector", "SO2", 30.0),
        ("CN-GD", "Industrial Sector", "SO2", 60.0),
        ("CN-XZ", "Industrial Sector", "SO2", 10.0),
        ("CN-GD", "International Shipping", "SO2", 99.0),
    ]
    models = country(alternative_emission=second)
    models.build("int_inventory__alternative")
    models.build("int_inventory__emission")

    def of(table: str, province: str) -> float:
        query = f"select sum(emission_t) from {table} where pollutant = 'SO2' and province = '{province}'"
        return float(models.rows(query)[0][0])

    assert of("int_inventory__alternative", "CN-HE") == pytest.approx(500 + 0.3 * 1107)
    assert of("int_inventory__alternative", "CN-GD") == pytest.approx(0.6 * 1107)
    assert of("int_inventory__alternative", "CN-XZ") == pytest.approx(0.1 * 1107)
    carbon = "select sum(emission_t) from {} where pollutant <> 'SO2'"
    assert models.rows(carbon.format("int_inventory__alternative")) == [
        (pytest.approx(models.rows(carbon.format("int_inventory__emission"))[0][0]),)
    ]
    without = country()
    without.build("int_inventory__alternative")
    assert without.rows("from int_inventory__alternative") == []
