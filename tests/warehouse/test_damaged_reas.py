"""REAS tables damaged in further ways: refused by the reader or by the contract, with the place."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from source_samples import reas_tables, write_reas

from warehouse.contracts import CONTRACTS, validate
from warehouse.errors import InputError
from warehouse.sources import reas

JIANGSU_SO2 = "REASv3.2/SO2/EM_TBL_SECTOR_CHN_JS_SO2.txt"
Tables = dict[str, str]


def _text(pattern: str, new: str) -> Callable[[Tables], None]:
    def harm(tables: Tables) -> None:
        after = re.sub(pattern, new, tables[JIANGSU_SO2], count=1, flags=re.DOTALL)
        assert after != tables[JIANGSU_SO2]
        tables[JIANGSU_SO2] = after

    return harm


def _province_dropped(tables: Tables) -> None:
    for name in [name for name in tables if "_JS_" in name]:
        del tables[name]


def _species_dropped(tables: Tables) -> None:
    for name in [name for name in tables if name.endswith("_OC.txt")]:
        del tables[name]


@pytest.mark.parametrize(
    ("harm", "says"),
    [
        (_text("^.*$", "<!DOCTYPE html><html></html>"), "title.*DOCTYPE"),
        (_text("^.*$", ""), "empty table|title"),
        (_text("[^\\n]*\\n", ""), "title is not"),
        (_text("2\\.5000000E\\+00", "2.5000000E+06"), "out of scale.*ROAD.*2.5e"),
        (_text("2\\.5000000E\\+00", "-2.500000E+00"), "out of scale.*ROAD.*-2.5"),
        (_text("2\\.5000000E\\+00", "          nan"), "ROAD.*nan"),
        (_text("2\\.5000000E\\+00", "3.5000000E+00"), "TOTAL"),
        (_text("\\n[^\\n]*TOTAL[^\\n]*", ""), "sectors are not the published"),
        (_text("ROAD", "PP  "), "sectors are not the published"),
        (_province_dropped, "7 missing.*JS"),
        (_species_dropped, "31 missing.*OC"),
    ],
)
def test_damage_shows(harm: Callable[[Tables], None], says: str, tmp_path: Path) -> None:
    tables = reas_tables()
    harm(tables)
    path = write_reas(tmp_path / "REAS.tar.gz", tables)
    with pytest.raises(InputError) as caught:
        validate(
            reas.read([path], "sector_emission", 2007), CONTRACTS["sector_emission"], file=path
        )
    assert re.search(says, str(caught.value), re.DOTALL), str(caught.value)
    assert caught.value.remedy


def test_a_table_of_another_encoding_is_refused(tmp_path: Path) -> None:
    file = tmp_path / Path(JIANGSU_SO2).name
    file.write_bytes(reas_tables()[JIANGSU_SO2].encode("utf-16"))
    with pytest.raises(InputError, match="plain text"):
        reas.read([file], "sector_emission", 2007)
