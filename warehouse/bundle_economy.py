"""What is bundled of the economy of 2012 and 2017: world, provinces, exports, categories."""

from __future__ import annotations

import polars as pl

from warehouse.bundle_part import Part

_ICIO = "economy/oecd_icio_2017_7x44/"
ECONOMY_2017: tuple[Part, ...] = (
    Part(
        "global_table",
        "icio_factored",
        (f"{_ICIO}TradeFlow2017.csv", f"{_ICIO}vashare.csv", f"{_ICIO}IOshare.csv.gz"),
        2017,
        "2026-11-30",
        shortened=pl.col("value_musd").round_sig_figs(8),
        note=(
            "Seven regions, 44 industries; put together from shares with one mix of origins for every use of a "
            "product, eight significant digits."
        ),
    ),
    Part(
        "demand_structure",
        "wiod_2016_parts",
        ("economy/wiod_2016release_2014_parts/w14_parts.npz",),
        2014,
        "2026-11-30",
        keep=pl.col("value_musd").abs() >= 0.5,
        shortened=pl.col("value_musd").round_sig_figs(3),
        note=(
            "Final use of 2014 to three significant digits, cells of half a million USD and more, as a proxy for "
            "shares."
        ),
    ),
    Part(
        "consumer_output",
        "wiod_2014_consumers",
        (
            "economy/wiod_2016release_2014_parts/w14_parts.npz",
            "economy/wiod_2013release/wiod11.rda",
        ),
        2014,
        "2026-11-30",
        keep=pl.col("output_musd").abs() >= 0.5,
        shortened=pl.col("output_musd").round_sig_figs(3),
        note=(
            "Derived: China's output of 2014 by consuming country, to three significant digits, half a million "
            "USD and more, as a proxy for shares."
        ),
    ),
    Part(
        "provincial_table",
        "provincial_io",
        ("economy/provincial_io_2012_2017/original_xls_2012_2017.tar.xz",),
        2017,
        "2026-11-30",
        note="Tables of 2017; the archive holds those of 2012 too.",
    ),
    Part(
        "export_total",
        "provincial_panel",
        ("economy/provincial_panel_1998_2019/provincial_panel.csv",),
        2017,
        "2026-11-30",
        note="Goods exports by place of origin of 2017; no Tibet.",
    ),
)
ECONOMY_2012: tuple[Part, ...] = (
    Part(
        "global_table",
        "icio_earlier",
        (
            f"{_ICIO}TradeFlow2017.csv",
            f"{_ICIO}vashare.csv",
            f"{_ICIO}IOshare.csv.gz",
            "economy/ionet_china_national_IO/OECD21ed_CHN_1995to2018.rda",
            "economy/wiod_2013release/wiod11.rda",
        ),
        2012,
        "2026-11-30",
        shortened=pl.col("value_musd").round_sig_figs(8),
        note=(
            "Derived. China's output, value added, inputs, exports and imports are those of OECD's national table "
            "of 2012; its partners are those of the ICIO of 2017, moved by WIOD 2011. Eight significant digits."
        ),
    ),
    Part(
        "provincial_table",
        "provincial_io",
        ("economy/provincial_io_2012_2017/original_xls_2012_2017.tar.xz",),
        2012,
        "2026-11-30",
        note="Tables of 2012; the archive holds those of 2017 too.",
    ),
    Part(
        "export_total",
        "provincial_panel",
        ("economy/provincial_panel_1998_2019/provincial_panel.csv",),
        2012,
        "2026-11-30",
        note="Goods exports by place of origin of 2012; no Tibet.",
    ),
)
