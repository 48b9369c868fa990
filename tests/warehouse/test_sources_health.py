"""Readers and contracts of death rates, ages and curves: genuine layouts, and every way they can be wrong."""

from __future__ import annotations

import gzip
import zipfile
from collections.abc import Callable, Sequence
from pathlib import Path

import polars as pl
import pytest

from warehouse.contracts import CONTRACTS, validate
from warehouse.errors import InputError
from warehouse.sources import READERS, age_columns, crea_health, ihme
from warehouse.sources.notes import collected

HEADING = "measure,location,sex,age,cause,metric,year,val,upper,lower"
AGES = ("25-29 years", "30-34 years", "35-39 years", "40-44 years", "45-49 years", "50-54 years",
        "55-59 years", "60-64 years", "65-69 years", "70-74 years", "75-79 years", "80-84 years",
        "85-89 years", "90-94 years", "95+ years")  # fmt: skip
CAUSES = {
    "Ischemic heart disease": 100.0,
    "Lower respiratory infections": 30.0,
    "Non-communicable diseases": 600.0,
}
SharedData = Callable[[str], Path]


def export(ages: Sequence[str] = AGES, location: str = "China", factor: float = 1.0) -> list[str]:
    """An export in the tool's layout; rates rise with age."""
    rows = [HEADING]
    for cause, rate in CAUSES.items():
        for place, age in enumerate(ages):
            value = rate * (place + 1) * factor
            rows.append(
                f'Deaths,{location},Both,{age},"{cause}",Rate,2007,{value},{1.2 * value},{0.9 * value}'
            )
    return rows


def written(folder: Path, rows: Sequence[str], name: str = "IHME-GBD_2019_DATA-1.csv") -> Path:
    path = folder / name
    text = "\n".join(rows) + "\n"
    path.write_bytes(gzip.compress(text.encode()) if name.endswith(".gz") else text.encode())
    return path


def rates(*paths: Path) -> pl.DataFrame:
    role = "baseline_mortality"
    return validate(ihme.read(paths, role, 2007), CONTRACTS[role], file=paths[0])


def refused(*paths: Path) -> InputError:
    with pytest.raises(InputError) as caught:
        rates(*paths)
    return caught.value


def test_an_export_becomes_rates_by_cause_and_age(tmp_path: Path) -> None:
    path = written(tmp_path, [*export(), 'Deaths,China,Both,<5 years,"Stroke",Rate,2007,9,9,9'])
    with collected() as notes:
        frame = rates(path)
    assert set(frame["cause"]) == {"IHD", "LRI", "NCD+LRI"}
    assert frame.height == 3 * len(AGES)
    first = frame.filter(cause="NCD+LRI", age_group="25-29").row(0, named=True)
    assert first["rate_per_100k"] == pytest.approx(630)
    assert (first["low_per_100k"], first["high_per_100k"]) == pytest.approx((567, 756))
    assert {note.text.split(":")[0] for note in notes} == {
        f"The file has no {cause}" for cause in ("stroke", "COPD", "LC")
    }


@pytest.mark.parametrize("kind", ["csv.gz", "zip", "new names"])
def test_every_form_of_the_download_reads_alike(tmp_path: Path, kind: str) -> None:
    expected = rates(written(tmp_path, export()))
    if kind == "csv.gz":
        path = written(tmp_path, export(), "export.csv.gz")
    elif kind == "zip":
        path = tmp_path / "export.zip"
        with zipfile.ZipFile(path, "w") as archive:
            archive.writestr("citation.txt", "cite")
            archive.writestr("IHME-GBD.csv", "\n".join(export()))
    else:
        rows = export()
        rows[0] = ",".join(
            f"{name}_name"
            if name in ("measure", "location", "sex", "age", "cause", "metric")
            else name
            for name in HEADING.split(",")
        )
        path = written(tmp_path, rows, "new.csv")
    assert ihme.recognises(path)
    assert rates(path).equals(expected)


def test_two_exports_are_joined_and_may_not_disagree(tmp_path: Path) -> None:
    whole = export()
    one, two = (
        written(tmp_path, whole[:20], "1.csv"),
        written(tmp_path, [HEADING, *whole[20:]], "2.csv"),
    )
    assert (
        rates(one, two)
        .sort("cause", "age_group")
        .equals(rates(written(tmp_path, whole)).sort("cause", "age_group"))
    )
    other = written(tmp_path, [HEADING, whole[1].replace(",100.0,", ",101.0,")], "3.csv")
    assert "given twice" in refused(one, two, other).message


def test_all_ages_alone_are_kept_and_beside_groups_left_out(tmp_path: Path) -> None:
    alone = rates(written(tmp_path, export(("All ages",))))
    assert set(alone["age_group"]) == {"all"}
    both = rates(written(tmp_path, export(("All ages", *AGES))))
    assert "all" not in set(both["age_group"])


@pytest.mark.parametrize(
    ("rows", "said"),
    [
        (export(location="Bangladesh"), "other countries"),
        ([row.replace("Rate", "Number") for row in export()], "no rates"),
        ([row.replace("Deaths", "DALYs (Disability-Adjusted Life Years)") for row in export()], "no deaths"),
        ([row.replace("Both", "Male") for row in export()], "both sexes"),
        (export(("All ages", *AGES[:-1])), "oldest are missing"),
        (export((*AGES[:3], *AGES[4:])), "leave a gap"),
        (export(AGES[2:]), "youngest are missing"),
        (export((*AGES[:11], "80+ years", *AGES[12:])), "overlap"),
        (export(factor=1e-5), "cannot be per 100,000"),
        (export(factor=1e-2), "cannot be per 100,000"),
        ([*export()[:-2], export()[-2].replace("8400.0", "")], "not hold a number"),
        ([*export(), export()[-1]], "given twice"),
        ([HEADING], "no rows"),
        (["a,b", "1,2"], "heading"),
        ([*export(), "Deaths,China"], "cut off"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_refused_and_named(tmp_path: Path, rows: list[str], said: str) -> None:
    error = refused(written(tmp_path, rows))
    assert said in error.message
    assert error.file
    assert error.remedy


def test_a_damaged_archive_is_refused(tmp_path: Path) -> None:
    path = written(tmp_path, export(), "export.csv.gz")
    path.write_bytes(path.read_bytes()[:-20])
    assert "damaged" in refused(path).message
    empty = tmp_path / "export.zip"
    with zipfile.ZipFile(empty, "w") as archive:
        archive.writestr("citation.txt", "cite")
    assert "one table" in refused(empty).message


def table(role: str, *rows: tuple[object, ...]) -> pl.DataFrame:
    return pl.DataFrame(rows, schema=CONTRACTS[role].schema, orient="row")


def breach(role: str, *rows: tuple[object, ...]) -> InputError:
    with pytest.raises(InputError) as caught:
        validate(table(role, *rows), CONTRACTS[role], file="tidy.csv")
    return caught.value


def test_a_cause_that_one_region_lacks_is_refused() -> None:
    error = breach(
        "baseline_mortality",
        ("CHN", "IHD", "all", 2007, 100, 90, 110),
        ("CHN", "LC", "all", 2007, 40, 30, 50),
        ("CN-BJ", "IHD", "all", 2007, 100, 90, 110),
    )
    assert (error.message, error.found) == (
        "baseline_mortality: a cause is missing.",
        "CN-BJ, 2007 has no LC",
    )


def test_provinces_alone_must_be_all_of_them() -> None:
    error = breach("baseline_mortality", ("CN-BJ", "IHD", "all", 2007, 100, 90, 110))
    assert "CN-AH" in str(error.found)
    error = breach("age_structure", ("CN-BJ", "all", 2007, 1.7e7))
    assert "the nation has none" in error.message


def test_another_country_is_no_region() -> None:
    assert (
        breach("baseline_mortality", ("IND", "IHD", "all", 2007, 100, 90, 110)).column == "region"
    )


@pytest.mark.parametrize("rate", [0.0013, 1.3, 13000])
def test_rates_in_another_unit_are_refused(rate: float) -> None:
    error = breach("baseline_mortality", ("CHN", "IHD", "all", 2007, rate, rate, rate))
    assert "per 100,000" in error.message
    assert "Multiply" in error.remedy


def test_an_interval_holds_its_middle() -> None:
    assert breach("baseline_mortality", ("CHN", "IHD", "all", 2007, 100, 101, 110)).row == 1


def test_ages_of_people_are_whole_and_counted() -> None:
    assert "youngest" in breach("age_structure", ("CHN", "25+", 2007, 9e8)).message
    assert "thousands" in breach("age_structure", ("CHN", "all", 2007, 9e4)).message


def test_crude_death_rates_are_per_thousand() -> None:
    assert breach("crude_death_rate", ("CN-BJ", 2007, 0.5)).column == "deaths_per_1000"
    assert breach("crude_death_rate", ("CN-BJ", 2007, 650.0)).column == "deaths_per_1000"


@pytest.mark.parametrize(
    ("rows", "said"),
    [
        ([(0.0, 1.0, 1.0, 1.0), (50.0, 0.95, 0.9, 1.0)], "at least 1"),
        ([(0.0, 1.0, 1.0, 1.0)], "has gaps"),
        ([(0.0, 1.0, 1.0, 1.0), (50.0, 1.5, 1.6, 1.7)], "own middle"),
    ],
)
def test_a_curve_below_one_or_with_gaps_is_refused(
    rows: list[tuple[float, ...]], said: str
) -> None:
    error = breach("relative_risk", *(("mine", "IHD", "all", *row) for row in rows))
    assert said in f"{error.message} {error.found} {error.expected}"


def test_ages_of_a_curve_are_parted() -> None:
    levels = [(level, 1 + level / 100, 1.0, 2.0) for level in (0.0, 50.0)]
    two = [("mine", "IHD", age, *row) for age in ("25+", "80+") for row in levels]
    assert "overlap" in breach("relative_risk", *two).message


WIDE = "iso3,estimate," + ",".join(f"{code}_Deaths" for code in crea_health.CAUSE_OF_CODE)


def test_creas_rates_are_of_all_ages_in_china(tmp_path: Path) -> None:
    rows = [WIDE]
    for iso3 in ("BGD", "CHN"):
        for estimate, factor in (("central", 1.0), ("low", 0.8), ("high", 1.3)):
            values = (680, 130, 150, 70, 50, 12)
            rows.append(f"{iso3},{estimate}," + ",".join(str(factor * value) for value in values))
    path = written(tmp_path, rows, "epi_rate_wide_gbd2019_countries.csv")
    frame = READERS["crea_rates"].read([path], "baseline_mortality", 2007)
    assert validate(frame, CONTRACTS["baseline_mortality"], file=path).row(1) == (
        "CHN", "IHD", "all", 2019, 130.0, 104.0, 169.0
    )  # fmt: skip
    for kept, said in ((rows[:4], "no China"), ([rows[0], *rows[4:6]], "lacks an estimate")):
        with pytest.raises(InputError, match=said):
            READERS["crea_rates"].read(
                [written(tmp_path, kept, path.name)], "baseline_mortality", 2007
            )
    with pytest.raises(InputError, match="release"):
        READERS["crea_rates"].read(
            [written(tmp_path, rows, "mine.csv")], "baseline_mortality", 2007
        )


def test_creas_curves_keep_their_ages(tmp_path: Path) -> None:
    rows = ["cause,exposure,age,central,low,high,source"]
    rows += [f"COPD,{level},25+,{1 + level},1,{1 + 2 * level},x" for level in (0, 1)]
    rows += [f"LRI.child,{level},Under 5,1,1,1,x" for level in (0, 1)]
    path = written(tmp_path, rows, "rr_gbd2021.csv")
    frame = READERS["crea_curves"].read([path], "relative_risk", 2007)
    assert frame.rows() == [
        ("mrbrt_2021", "COPD", "all", 0.0, 1.0, 1.0, 1.0),
        ("mrbrt_2021", "COPD", "all", 1.0, 2.0, 1.0, 3.0),
    ]


def test_people_by_age_column(tmp_path: Path) -> None:
    heading = ",".join(("year", *age_columns.AGES))
    path = written(tmp_path, [heading, "2007," + ",".join(["5e7"] * 20)], "ages.csv")
    assert age_columns.recognises(path)
    frame = validate(
        age_columns.read([path], "age_structure", 2007), CONTRACTS["age_structure"], file=path
    )
    assert frame["age_group"].to_list()[::19] == ["0-4", "95+"]
    twice = written(tmp_path, [heading, *["2007," + ",".join(["5e7"] * 20)] * 2], "ages.csv")
    with pytest.raises(InputError, match="twice"):
        age_columns.read([twice], "age_structure", 2007)


def test_the_genuine_files_give_the_sums_of_their_keeper(shared_data: SharedData) -> None:
    """Deaths of all of 25 and older, 2007 and 2017, near the keeper's of all ages (million)."""
    people = age_columns.read(
        [shared_data("health/gemm_and_rates/GBD_agestructure_China_2000-2017.csv")],
        "age_structure",
        0,
    )
    path = shared_data("health/gemm_and_rates/IHME-GBD_2019_DATA-25efb80c-1.csv.gz")
    joined = rates(path).join(people, on=("region", "age_group", "source_year"))
    deaths = joined.group_by("source_year", "cause").agg(
        (pl.col("rate_per_100k") * pl.col("population_persons")).sum() / 1e11
    )
    found = {(year, cause): million for year, cause, million in deaths.iter_rows()}
    # children and youths die of these causes seldom, but of infections: 5 % below at most, LRI 35 %
    for (year, cause), million in {
        (2007, "NCD+LRI"): 8.22, (2007, "IHD"): 1.28, (2007, "stroke"): 1.96, (2007, "COPD"): 1.19,
        (2007, "LC"): 0.52, (2017, "NCD+LRI"): 9.65, (2017, "IHD"): 1.89, (2017, "stroke"): 2.16,
        (2017, "COPD"): 1.05, (2017, "LC"): 0.70, (2017, "LRI"): 0.19,
    }.items():  # fmt: skip
        least = 0.65 if cause == "LRI" else 0.95
        assert least <= found[year, cause] / million <= 1.01
