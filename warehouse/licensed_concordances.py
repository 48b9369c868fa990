"""Recomputes the concordances of the licensed editions from the code lists in the source data.

    python -m warehouse.licensed_concordances --from <source data>

writes cn42_2017__gtap65.csv and iso3__gtap11.csv below seeds/paper, and hs2017__gtap65.csv below seeds/customs.
"""

from __future__ import annotations

import argparse
import csv
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

SEEDS = Path(__file__).parents[1] / "seeds"
_PLACES = ("paper", "customs")
_ECONOMY = "economy"

# What the derived table leaves open, decided by the nomenclature's text.
_HS_DECIDED: Mapping[str, str] = {
    "251830": "nmm",  # ramming mix is a made refractory
    "810790": "nfm",  # articles of cadmium
    "999999": "omf",  # not specified according to kind
}
# Chapter 98 is China's own: special goods and goods that are not classified.
_HS_ADDED = (("980000", "omf", "1", "chapter 98 of China's tariff: unclassified goods"),)
# Agricultural services go with all crops and animals; they have no product of their own.
_AGRICULTURAL_SERVICES = "005"

Row = tuple[str, ...]


def cn42_to_gtap65(source: Path) -> list[Row]:
    """from_code, to_code, weight, basis: national output of 2017 of the 149 sectors behind each of the 42.

    Where one of the 149 serves several GTAP sectors its output is parted equally among them; the weights
    stand in only where the yearbook says nothing of a province.
    """
    value: dict[tuple[str, str], float] = defaultdict(float)
    parted: set[str] = set()
    records = _records(source / "classifications" / "china149_to_c42_to_gtap65_DRAFT.csv")
    for record in records:
        if record["c149"] == _AGRICULTURAL_SERVICES:
            continue  # pro rata over the rest of agriculture: the shares stay as they are
        sectors = record["gtap65_DRAFT"].split(",")
        for sector in sectors:
            value[record["c42"], sector] += float(record["GO_2017_1e4yuan"]) / len(sectors)
        if len(sectors) > 1:
            parted.add(record["c42"])
    total: dict[str, float] = defaultdict(float)
    for (code, _), amount in value.items():
        total[code] += amount
    count = Counter(code for code, _ in value)
    return [
        (code, sector, f"{amount / total[code]:.12g}", _basis(count[code], code in parted))
        for (code, sector), amount in sorted(value.items())
    ]


def _basis(count: int, parted: bool) -> str:
    if count == 1:
        return "the whole row"
    part = ", equally within a sector of the 149 that serves several" if parted else ""
    return f"national output 2017 of the 149 sectors{part}"


def hs2017_to_gtap65(source: Path) -> list[Row]:
    """hs6_code, to_code, weight, basis; a code with several candidates is parted equally."""
    rows: list[Row] = []
    for record in _records(source / "hs_gtap" / "hs2017_to_gtap65_DERIVED.csv"):
        code, basis = record["hs2017_6"], record["basis"]
        if code in _HS_DECIDED:
            sectors, basis = [_HS_DECIDED[code]], "decided by the text of the nomenclature"
        else:
            sectors = record["gtap65"].split("|")
        if len(sectors) > 1:
            basis = "several candidates, equal parts"
        rows += [(code, sector, f"{1 / len(sectors):.12g}", basis) for sector in sorted(sectors)]
    return sorted([*rows, *_HS_ADDED])


def iso3_to_gtap11(source: Path) -> list[Row]:
    """iso3, to_code, weight, basis."""
    records = _records(source / "classifications" / "iso3_to_gtap11_region_DERIVED.csv")
    return sorted(
        (record["iso3"], record["gtap11_region"], "1", record["basis"]) for record in records
    )


def seed(name: str) -> Path:
    """The file of a seed of licensed editions or of customs."""
    return next(path for place in _PLACES if (path := SEEDS / place / f"{name}.csv").exists())


def written(name: str) -> list[Row]:
    """The rows of a seed as it is committed, heading left out."""
    with seed(name).open(encoding="utf-8", newline="") as stream:
        return [tuple(row) for row in csv.reader(stream)][1:]


def _records(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8-sig", newline="") as stream:
        return list(csv.DictReader(stream))


def _write(name: str, heading: Sequence[str], rows: Iterable[Row]) -> None:
    with seed(name).open("w", encoding="utf-8", newline="") as stream:
        csv.writer(stream, lineterminator="\n").writerows([heading, *rows])


def main() -> None:
    """Write the seeds."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--from", dest="source", type=Path, required=True)
    source: Path = parser.parse_args().source / _ECONOMY
    heading = ("to_code", "weight", "basis")
    _write("cn42_2017__gtap65", ("from_code", *heading), cn42_to_gtap65(source))
    _write("hs2017__gtap65", ("hs6_code", *heading), hs2017_to_gtap65(source))
    _write("iso3__gtap11", ("iso3", *heading), iso3_to_gtap11(source))


if __name__ == "__main__":
    main()
