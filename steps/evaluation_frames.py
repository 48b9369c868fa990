"""Columns of the tables that set modelled beside observed concentrations."""

from __future__ import annotations

import polars as pl

SKILL_SCHEMA = {
    "model": pl.String,
    "observation": pl.String,
    "pollutant": pl.String,
    "season": pl.String,
    "period": pl.String,
    "correlation": pl.Float64,
    "bias_share": pl.Float64,
    "error_share": pl.Float64,
    "places": pl.Int64,
}
PLACE_SCHEMA = {
    "observation": pl.String,
    "place": pl.String,
    "longitude": pl.Float64,
    "latitude": pl.Float64,
    "pollutant": pl.String,
    "season": pl.String,
    "period": pl.String,
    "modelled_ug_m3": pl.Float64,
    "baseline_ug_m3": pl.Float64,
    "observed_ug_m3": pl.Float64,
}
