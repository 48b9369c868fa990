"""The contracts of the roles that the licensed editions bring: GTAP, CEADs, customs, yearbook, ammonia.

Code columns are never empty: a dimension that a row does not have holds `ALL`.  Zero cells are not stored.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

import polars as pl

from warehouse.codes import PROVINCES
from warehouse.contract_check import NUMBER, TEXT, Column, Contract
from warehouse.contract_rules import mrio_provinces, one_commodity_level
from warehouse.contract_sums import Breach

ALL = "ALL"
"""Stands in a code column where the row has no such dimension."""

GTAP_HEADERS: Mapping[str, str] = MappingProxyType(
    {
        "VDFB": "commodity, activity, region: domestic purchases by firms at basic prices",
        "VMFB": "commodity, activity, region: imported purchases by firms at basic prices",
        "VDPB": "commodity, region: domestic purchases by households",
        "VMPB": "commodity, region: imported purchases by households",
        "VDGB": "commodity, region: domestic purchases by government",
        "VMGB": "commodity, region: imported purchases by government",
        "VDIB": "commodity, region: domestic purchases by investment",
        "VMIB": "commodity, region: imported purchases by investment",
        "VXSB": "commodity, source, destination: exports without margins at basic prices",
        "VMSB": "commodity, source, destination: imports at basic prices",
        "VST": "margin commodity, region: exports of margins",
        "VTWR": "margin commodity, commodity, source, destination: margins by what they carry",
        "MAKB": "commodity, activity, region: make matrix at basic prices",
        "EVFB": "endowment, activity, region: primary factors at basic prices",
    }
)
"""Headers (GTAP's v7 names) that the linked table needs, with their dimensions."""

GTAP_CHECK_HEADERS = (
    *("VOSB", "MAKS", "EVFP", "VDFP", "VMFP", "VCIF", "VFOB"),
    *("TFRV", "ADRV", "XTRV", "MFRV", "VRRV"),
)
"""Headers that only the identities read; a file without them loads, and those identities are left out."""

SECTOR_OUTPUT_MEASURES = ("output_10k_t", "price_cny_t", "output_value_10k_cny")
MRIO_ROWS = {
    "value_added": ("VA001", "VA002", "VA003", "VA004"),
    "import": ("IM",),
    "total": ("TII", "TVA", "TI"),
}
MRIO_COLUMNS = {
    "final_demand": ("FU101", "FU102", "FU103", "FU201", "FU202"),
    "export": ("EX",),
    "error": ("ERR",),
    "total": ("TIU", "TFU", "GO"),
}
_PLACES = frozenset({ALL, *PROVINCES})


def gtap_headers(frame: pl.DataFrame) -> Breach | None:
    """Every header that the linked table needs is there."""
    missing = sorted(set(GTAP_HEADERS) - set(frame.get_column("header").unique()))
    if not missing:
        return None
    return Breach(
        f"the headers {', '.join(missing)} are missing.",
        column="header",
        found=", ".join(sorted(frame.get_column("header").unique())),
        expected="; ".join(f"{name} ({GTAP_HEADERS[name]})" for name in missing),
    )


def _text(name: str, description: str, pattern: str | None = None) -> Column:
    return Column(name, TEXT, description, pattern=pattern)


_PROVINCE = Column("province", TEXT, "Province, ISO 3166-2", allowed=PROVINCES)

_CONTRACTS = (
    Contract(
        name="gtap_flow",
        grain="one row per header and its dimensions",
        columns=(
            Column(
                "header",
                TEXT,
                "Header, v7 name",
                allowed=frozenset({*GTAP_HEADERS, *GTAP_CHECK_HEADERS}),
            ),
            _text("commodity", "Commodity (EVFB, EVFP: endowment; VST: margin), lower case"),
            _text("agent", "Activity; VTWR: margin commodity; otherwise ALL; lower case but ALL"),
            _text("from_region", "Source, upper case; the region itself; ALL in VM*B and VMFP"),
            _text("to_region", "Destination, upper case; the region itself; ALL in VST"),
            Column("value_musd", NUMBER, "Value", "million USD"),
        ),
        key=("header", "commodity", "agent", "from_region", "to_region"),
        rules=(gtap_headers,),
    ),
    Contract(
        name="provincial_mrio",
        grain="one row per producing province and row code, using province and column code",
        columns=(
            Column(
                "from_province",
                TEXT,
                "Producing province; ALL for imports, value added, totals",
                allowed=_PLACES,
            ),
            _text("row_code", "Sector 01..42, IM, VA001..VA004, or a total TII, TVA, TI"),
            Column(
                "row_kind",
                TEXT,
                "Kind of the row",
                allowed=frozenset({"sector", *MRIO_ROWS}),
            ),
            Column(
                "to_province",
                TEXT,
                "Using province; ALL for EX, ERR, TIU, TFU, GO",
                allowed=_PLACES,
            ),
            _text("column_code", "Sector 01..42, FU101..FU202, EX, ERR, or a total TIU, TFU, GO"),
            Column(
                "column_kind",
                TEXT,
                "Kind of the column",
                allowed=frozenset({"sector", *MRIO_COLUMNS}),
            ),
            Column("value_10k_cny", NUMBER, "Value at producers' prices", "10,000 CNY"),
        ),
        key=("from_province", "row_code", "to_province", "column_code"),
        rules=(mrio_provinces,),
    ),
    Contract(
        name="trade",
        grain="one row per flow, province, partner, commodity and regime",
        columns=(
            Column(
                "flow", TEXT, "Direction seen from China", allowed=frozenset({"export", "import"})
            ),
            Column("province", TEXT, "Province where the trader is registered", allowed=PROVINCES),
            _text("partner_code", "Customs' own country code, three digits", "^[0-9]{3}$"),
            _text(
                "commodity_code",
                "HS code of 2, 4, 6 or 8 digits, leading zeros restored",
                "^([0-9]{2}){1,4}$",
            ),
            _text("regime_code", "Customs regime, two digits; ALL where not asked for"),
            Column("currency", TEXT, "Currency", allowed=frozenset({"USD", "CNY"})),
            Column(
                "value_million", NUMBER, "Value of the year", "million of the currency", minimum=0
            ),
        ),
        key=("flow", "province", "partner_code", "commodity_code", "regime_code"),
        rules=(one_commodity_level,),
        adds_up=True,
    ),
    Contract(
        name="sector_output",
        grain="one row per province, product and measure",
        columns=(
            _PROVINCE,
            _text("product_code", "Product, as the seed yearbook_product lists it", "^[a-z_]+$"),
            Column(
                "measure",
                TEXT,
                "What is measured, with its unit",
                allowed=frozenset(SECTOR_OUTPUT_MEASURES),
            ),
            Column("value", NUMBER, "Value of the year", "that of the measure", minimum=0),
        ),
        key=("province", "product_code", "measure"),
        adds_up=True,
    ),
    Contract(
        name="ammonia",
        grain="one row per province and category of agricultural products",
        columns=(
            _PROVINCE,
            _text(
                "product_category",
                "One of fourteen categories, as the seed nh3_product__gtap65 lists them",
                "^[a-z_]+$",
            ),
            Column("emission_t", NUMBER, "Ammonia of the year", "t", minimum=0),
        ),
        key=("province", "product_category"),
    ),
)

PAPER_CONTRACTS: Mapping[str, Contract] = MappingProxyType({item.name: item for item in _CONTRACTS})
"""Role to contract."""
