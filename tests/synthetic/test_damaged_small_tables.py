"""Damaged tables of ammonia and of GAINS (EMF30 and online): refused with a precise message."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from damage import (
    Damage,
    at,
    cases,
    edit,
    emptied,
    halved,
    html,
    line,
    noise_bytes,
    prove,
    read,
)

AMMONIA = "nh3_products_2017.csv"


def _ammonia(change: Callable[[str], str]) -> Callable[[Path], object]:
    return at(AMMONIA, edit(change))


def _without(text: str) -> Callable[[str], str]:
    return lambda whole: "\n".join(row for row in whole.split("\n") if text not in row)


def _thousandfold(text: str) -> str:
    head, *rows = text.split("\n")
    out = [head, rows[0]]
    for row in rows[1:]:
        first, comma, last = row.rpartition(",")
        out.append(f"{first}{comma}{float(last) * 1000}" if last else row)
    return "\n".join(out)


AMMONIA_DAMAGES = (
    Damage("empty", at(AMMONIA, emptied), "empty"),
    Damage("web page", at(AMMONIA, html), "is a web page"),
    Damage("other bytes", at(AMMONIA, noise_bytes), "UTF-8"),
    Damage("cut in half", at(AMMONIA, halved), "cells|categories|number"),
    Damage("column lost", _ammonia(lambda t: t.replace(",emission_t", "", 1)), "emission_t"),
    Damage("column in kilotonnes", _ammonia(lambda t: t.replace("emission_t", "emission_kt", 1)), "emission_kt"),
    Damage("a row twice", _ammonia(lambda t: t + t.rstrip().rpartition("\n")[2] + "\n"), "twice"),
    Damage("unit a thousandfold", _ammonia(_thousandfold), "million t"),
    Damage("a province's category lost", _ammonia(_without("CN-JS,wheat")), "CN-JS.*1 rows missing"),
    Damage("a category lost", _ammonia(_without(",wheat,")), "13 categories"),
    Damage("an unknown province", _ammonia(lambda t: t.replace("CN-JS,rice", "Atlantis,rice", 1)), "Atlantis"),
    Damage("an unknown code", _ammonia(lambda t: t.replace("CN-JS,", "CN-QQ,")), "CN-QQ"),
    Damage("text", at(AMMONIA, line(3, lambda row: row.rpartition(",")[0] + ",none")), "line 4.*none"),
    Damage("negative", at(AMMONIA, line(3, lambda row: row.rpartition(",")[0] + ",-1")), "negative"),
    Damage("a cell more", at(AMMONIA, line(3, lambda row: row + ",1")), "line 4.*4 cells"),
)  # fmt: skip


@cases(*AMMONIA_DAMAGES)
def test_damage_of_ammonia_shows(damage: Damage, copy_of: Callable[[str], Path]) -> None:
    prove(damage, "ammonia_products", "ammonia", copy_of("ammonia"))


def test_ammonia_of_named_provinces_is_read(copy_of: Callable[[str], Path]) -> None:
    folder = copy_of("ammonia")
    coded = read("ammonia_products", "ammonia", [folder / AMMONIA])
    _ammonia(lambda t: t.replace("CN-SC,", "四川省,").replace("CN-JS,", "Jiangsu,"))(folder)
    assert read("ammonia_products", "ammonia", [folder / AMMONIA]).equals(coded)


ONE = "emf30_NOx.csv"


def _emf30(change: Callable[[str], str]) -> Callable[[Path], object]:
    return at(ONE, edit(change))


def _row_of_industry(text: str) -> int:
    return next(n for n, row in enumerate(text.split("\n")) if row.startswith('"CHIN_PLUS","CHEM"'))


def _chem(change: Callable[[str], str]) -> Callable[[Path], object]:
    def changed(text: str) -> str:
        rows = text.split("\n")
        number = _row_of_industry(text)
        rows[number] = change(rows[number])
        return "\n".join(rows)

    return _emf30(changed)


EMF30_DAMAGES = (
    Damage("empty", at(ONE, emptied), "empty"),
    Damage("web page", at(ONE, html), "is a web page"),
    Damage("other bytes", at(ONE, noise_bytes), "CSV in UTF-8"),
    Damage("cut in half", at(ONE, halved), "read as CSV|cut off"),
    Damage("closing line lost", _emf30(_without("ALL SUM")), "closing line"),
    Damage("heading lost", _emf30(_without('"Region","EMF30 kt"')), "heading"),
    Damage("a year that is none", _emf30(lambda t: t.replace('"2015"', '"15"', 1)), "15"),
    Damage("a year twice", _emf30(lambda t: t.replace('"2015"', '"2020"', 1)), "2020"),
    Damage("unit in tonnes", _emf30(lambda t: t.replace("Unit: kt", "Unit: t", 1)), "unit t"),
    Damage("another pollutant", _emf30(lambda t: t.replace("Pollutant: NOX", "Pollutant: VOC", 1)), "VOC"),
    Damage("the same pollutant twice", _emf30(lambda t: t.replace("Pollutant: NOX", "Pollutant: SO2", 1)),
           "Two files hold the same pollutant"),
    Damage("region lost", _emf30(lambda t: t.replace("CHIN_PLUS", "INDIA_PLUS")), "CHIN_PLUS"),
    Damage("text", _chem(lambda row: row.replace('CHEM","', 'CHEM","x', 1)), "CHEM.*x"),
    Damage("a cell less", _chem(lambda row: row.rpartition(",")[0]), "14 cells"),
    Damage("a sector twice", _chem(lambda row: row + "\n" + row), "same key|SUM"),
    Damage("a figure a thousandfold", _chem(lambda row: row.replace('CHEM","', 'CHEM","9999', 1)), "SUM"),
    Damage("negative", _chem(lambda row: row.replace('CHEM","', 'CHEM","-', 1)), "SUM|too low"),
)  # fmt: skip


@cases(*EMF30_DAMAGES)
def test_damage_of_emf30_shows(damage: Damage, copy_of: Callable[[str], Path]) -> None:
    prove(damage, "gains", "subsector_emission", copy_of("subsector_emission"))


NAME = "GAINS_emiss_act_sect-CHIN-2015-SO2.csv"
HEAD = "cou_abb,reg_abb,Sector/Activity,BC1,GAS,Sum"
BODY = "CHIN,WHOL,PP_NEW,1.5,n.a,1.5\nCHIN,WHOL,IN_BO,2,0.5,2.5\nCHIN,WHOL,SUM,3.5,0.5,4\n"


@pytest.fixture
def online(tmp_path: Path) -> Path:
    folder = tmp_path / "online"
    folder.mkdir()
    (folder / NAME).write_text(f"{HEAD}\n{BODY}", encoding="utf-8")
    return folder


def _online(change: Callable[[str], str]) -> Callable[[Path], object]:
    return at("*.csv", edit(change))


ONLINE_DAMAGES = (
    Damage("empty", at("*.csv", emptied), "empty"),
    Damage("web page", at("*.csv", html), "is a web page"),
    Damage("other bytes", at("*.csv", noise_bytes), "CSV in UTF-8"),
    Damage("cut in a row", at("*.csv", halved), "cells|number|Sum"),
    Damage("heading lost", _online(lambda t: t.partition("\n")[2]), "heading"),
    Damage("Sum lost", _online(lambda t: t.replace(",Sum", ",Rest", 1)), "heading"),
    Damage("no pollutant", lambda f: (f / NAME).rename(f / "GAINS-CHIN-2015.csv"), "no pollutant"),
    Damage("two pollutants",
           lambda f: (f / NAME).rename(f / "GAINS-2015-SO2-NOX.csv"), "no pollutant, or several"),
    Damage("no year", lambda f: (f / NAME).rename(f / "GAINS-CHIN-SO2.csv"), "no year"),
    Damage("sum off", _online(lambda t: t.replace("0.5,2.5", "0.5,25", 1)), "fuels sum to 2.5"),
    Damage("unit a thousandfold", _online(lambda t: t.replace("2,0.5,2.5", "2000000,0.5,2000000.5", 1)), "kt"),
    Damage("text", _online(lambda t: t.replace("1.5,n.a", "1.5,few", 1)), "PP_NEW.*few"),
    Damage("a sector twice", _online(lambda t: t + "CHIN,WHOL,IN_BO,2,0.5,2.5\n"), "twice"),
    Damage("a file twice", lambda f: (f / "again-CHIN-2015-SO2.csv").write_text((f / NAME).read_text()), "twice"),
    Damage("a cell more", _online(lambda t: t.replace("0.5,2.5", "0.5,2.5,1", 1)), "7 cells"),
    Damage("nothing below the heading", _online(lambda t: t.partition("\n")[0] + "\n"), "no row"),
    Damage("negative", _online(lambda t: t.replace("1.5,n.a,1.5", "-1.5,n.a,-1.5", 1)), "-1.5 kt"),
)  # fmt: skip


@cases(*ONLINE_DAMAGES)
def test_damage_of_online_tables_shows(damage: Damage, online: Path) -> None:
    prove(damage, "gains_online", "subsector_emission", online)


def test_an_online_table_is_read(online: Path, shared_data: Callable[[str], Path]) -> None:
    frame = read("gains_online", "subsector_emission", [online / NAME])
    assert frame.rows()[0] == ("CHIN_WHOL", "PP_NEW", "SO2", 2015, 1500.0)
    real = shared_data(
        "air/emissions_ceds_inputs/GAINS/GAINS_emiss_act_sect-EU28-2005-SO2_nohead.csv"
    )
    assert read("gains_online", "subsector_emission", [real]).height == 1624
