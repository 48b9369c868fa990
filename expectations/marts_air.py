"""Gate 2 on observed air quality."""

from __future__ import annotations

from expectations.judgement import EXACT, Bound, Judgement, gap, gap_sql


def air_judgements() -> tuple[Judgement, ...]:
    """One judgement a mart of models/air."""
    return (
        _quality(),
        _issues(),
        _change(),
        _change_gaps(),
        _normalised(),
        _industry(),
        _industry_and_air(),
        _figures(),
    )


def _quality() -> Judgement:
    return Judgement(
        "fct_air_quality",
        """
        select
            concat_ws(' ', place_kind, period_kind, pollutant) as place,
            coalesce(min(mean_ug_m3), 0) as mean_ug_m3__least,
            -- carbon monoxide is counted in the thousands
            coalesce(max(mean_ug_m3 / case when pollutant = 'CO' then 20 else 1 end), 0)
                as mean_ug_m3__most,
            coalesce(median(mean_ug_m3 / case when pollutant = 'CO' then 20 else 1 end), 10)
                as mean_ug_m3__median,
            coalesce(max(completeness_share), 0) as completeness_share__most,
            coalesce(min(completeness_share), 0) as completeness_share__least,
            coalesce(max(greatest(interpolated_share, heavy_day_share)), 0) as heavy_day_share__most,
            coalesce(max(member_count - expected_member_count), 0) as member_count__beyond_expected,
            coalesce(max(date_diff('day', period_end, period_start)), 0) as period_end__before_start,
            coalesce(min(official_mean_ug_m3), 10) as official_mean_ug_m3__least,
            coalesce(max(mean_without_dust_ug_m3 / nullif(mean_ug_m3, 0)) filter (where period_kind = 'year'), 1)
                as mean_without_dust_ug_m3__of_mean,
            coalesce(max(mean_without_dust_ug_m3 / nullif(mean_ug_m3, 0)), 1) as mean_without_dust_ug_m3__of_any,
            coalesce(max(greatest(dust_day_share, official_heavy_day_share)), 0) as dust_day_share__most,
            coalesce(max(heavy_member_count - member_count), 0) as heavy_member_count__beyond,
            coalesce(max(without_dust_member_count - member_count), 0) as without_dust_member_count__beyond
        from marts.fct_air_quality
        group by all
        """,
        (
            Bound("mean_ug_m3__least", "2026-11-30: a concentration.", minimum=0),
            Bound(
                "mean_ug_m3__most",
                "2026-11-30: days of Beijing's sandstorm of March 2021 had 3,100 of PM10; above"
                " 10,000 (CO: 200 mg/m3) nobody lives.",
                maximum=10_000,
            ),
            Bound(
                "mean_ug_m3__median",
                "2026-11-30: medians of a kind of place and period are 6 (SO2) to 80 (O3) in 2013 to"
                " 2018, CO over 20 the same; a thousandth is mg for ug.",
                0.3,
                1000,
            ),
            Bound(
                "completeness_share__most",
                "2026-11-30: a share of a period's days.",
                maximum=1 + EXACT,
            ),
            Bound(
                "completeness_share__least", "2026-11-30: a share of a period's days.", minimum=0
            ),
            Bound("heavy_day_share__most", "2026-11-30: a share of a period's days.", 0, 1),
            Bound(
                "member_count__beyond_expected",
                "2026-11-30: no more members than there are.",
                maximum=0,
            ),
            Bound(
                "official_mean_ug_m3__least",
                "2026-11-30: published means of half a year are 5 (SO2) and more; a thousandth is mg for ug.",
                minimum=0.5,
            ),
            Bound(
                "mean_without_dust_ug_m3__of_mean",
                "2026-11-30: days of dust have more than the mean of a year; without them it is never doubled.",
                maximum=2,
            ),
            Bound(
                "mean_without_dust_ug_m3__of_any",
                "2026-11-30: a mean without some of its days is no tenfold of the mean with them.",
                maximum=10,
            ),
            Bound("dust_day_share__most", "2026-11-30: a share of a period's days.", 0, 1),
            Bound(
                "heavy_member_count__beyond",
                "2026-11-30: no more members with a heavy day than members.",
                maximum=0,
            ),
            Bound(
                "without_dust_member_count__beyond",
                "2026-11-30: the mean without dust is over some of the members of the mean.",
                maximum=0,
            ),
            Bound(
                "period_end__before_start", "2026-11-30: a period ends after it starts.", maximum=0
            ),
        ),
    )


def _issues() -> Judgement:
    return Judgement(
        "fct_air_data_issue",
        """
        select issue as place, min(issue_count) as issue_count__least
        from marts.fct_air_data_issue
        group by issue
        """,
        (Bound("issue_count__least", "2026-11-30: an issue that is listed was found.", minimum=1),),
        may_be_empty="select true",  # data without an issue are no error
    )


def _change() -> Judgement:
    return Judgement(
        "fct_weather_adjusted_change",
        f"""
        select
            concat_ws(' ', place_kind, place, period, method) as place,
            {gap_sql("100 + weather_part_pp + emission_part_pp", "100 * mean_ug_m3 / mean_before_ug_m3")}
                as emission_part_pp__gap,
            {gap_sql("100 + observed_change_pp", "100 * mean_ug_m3 / mean_before_ug_m3")}
                as observed_change_pp__gap,
            greatest(
                coalesce(emission_low_pp - emission_part_pp, 0),
                coalesce(emission_part_pp - emission_high_pp, 0)
            ) as emission_part_pp__outside,
            coalesce(skill_r2, 0) as skill_r2
        from marts.fct_weather_adjusted_change
        """,
        (
            gap(
                "emission_part_pp__gap",
                "weather and emissions",
                "the change",
                "2026-11-21: parts of one change",
            ),
            gap(
                "observed_change_pp__gap",
                "the change",
                "that of the means",
                "2026-11-30: a quotient",
            ),
            Bound(
                "emission_part_pp__outside",
                "2026-11-30: a part lies in its interval, or nearly.",
                maximum=50,
                severity="warn",
            ),
            Bound(
                "skill_r2",
                "2026-11-30: at most all of the variance; worse than the mean is negative.",
                -10,
                1,
            ),
        ),
        may_be_empty="select count(*) = 0 from computed.weather_adjusted_change",
    )


def _change_gaps() -> Judgement:
    return Judgement(
        "fct_weather_adjustment_gap",
        """
        select
            concat_ws(' ', place_kind, place, period) as place,
            length(trim(reason)) as reason__length
        from marts.fct_weather_adjustment_gap
        """,
        (Bound("reason__length", "2026-11-30: a gap says why.", minimum=1),),
        may_be_empty="select count(*) = 0 from computed.weather_adjustment_gap",
    )


def _normalised() -> Judgement:
    return Judgement(
        "fct_normalised_air_quality",
        """
        select
            place_kind || ' ' || place as place,
            min(normalised_ug_m3) as normalised_ug_m3__least,
            sum(normalised_ug_m3 * observed_days) / nullif(sum(observed_ug_m3 * observed_days), 0)
                as normalised_ug_m3__of_observed,
            max(observed_days) as observed_days
        from marts.fct_normalised_air_quality
        group by place_kind, place
        """,
        (
            Bound("normalised_ug_m3__least", "2026-11-30: a concentration.", minimum=0),
            Bound(
                "normalised_ug_m3__of_observed",
                "2026-11-30: average weather over all months gives the mean back, or nearly"
                " (0.96 to 1.83).",
                0.25,
                4,
            ),
            Bound("observed_days", "2026-11-30: days of a month.", 0, 31),
        ),
        may_be_empty="select count(*) = 0 from computed.normalised_month",
    )


def _industry() -> Judgement:
    return Judgement(
        "fct_industrial_output",
        f"""
        select
            concat_ws(' ', place_kind, place, product) as place,
            min(output) as output__least,
            coalesce(max(nation_share), 0) as nation_share__most,
            coalesce(
                max({gap_sql("change_pp", "100 * (output - output / nullif(1 + change_share, 0))")})
                filter (where change_pp is not null and change_share is not null),
                0
            ) as change_pp__gap
        from marts.fct_industrial_output
        group by all
        """,
        (
            Bound("output__least", "2026-11-30: an output.", minimum=0),
            Bound("nation_share__most", "2026-11-30: a share of the nation's.", 0, 1 + EXACT),
            gap(
                "change_pp__gap",
                "points",
                "what the relative change makes",
                "2026-11-30: one change",
                1e-6,
            ),
        ),
        may_be_empty="""
            select count(*) = 0
            from duckdb_tables()
            where schema_name = 'raw' and table_name = 'industrial_output'
        """,
    )


def _industry_and_air() -> Judgement:
    return Judgement(
        "fct_industry_and_air",
        f"""
        select
            concat_ws(' ', province, product) as place,
            max(first_year - last_year) as first_year__beyond_last,
            min(least(output_first, output_last)) as output_last__least,
            min(least(pm25_first_ug_m3, pm25_last_ug_m3)) as pm25_last_ug_m3__least,
            max(greatest(pm25_first_ug_m3, pm25_last_ug_m3)) as pm25_last_ug_m3__most,
            max({gap_sql("pm25_last_ug_m3", "pm25_first_ug_m3 * (1 + pm25_change_share)")})
                as pm25_change_share__gap
        from marts.fct_industry_and_air
        group by all
        """,
        (
            Bound(
                "first_year__beyond_last",
                "2026-11-30: the first year is before the last.",
                maximum=-1,
            ),
            Bound("output_last__least", "2026-11-30: an output.", minimum=0),
            Bound(
                "pm25_last_ug_m3__least",
                "2026-11-30: 7 in Tibet; cleaner than the oceans is nowhere.",
                minimum=1,
            ),
            Bound(
                "pm25_last_ug_m3__most",
                "2026-11-30: yearly means of provinces by satellites are below 90.",
                maximum=300,
            ),
            gap(
                "pm25_change_share__gap",
                "the last year",
                "what the change makes",
                "2026-11-30: one change",
            ),
        ),
        may_be_empty="""
            select count(*) < 2
            from duckdb_tables()
            where schema_name = 'raw' and table_name in ('industrial_output', 'satellite_pm25')
        """,
    )


def _figures() -> Judgement:
    return Judgement(
        "fct_published_air_figure",
        """
        select
            figure_id as place,
            coalesce(abs(theirs), 0) as theirs__size,
            coalesce(abs(ours), 0) as ours__size
        from marts.fct_published_air_figure
        """,
        (
            Bound(
                "theirs__size",
                "2026-11-30: percents, points and ug/m3; the largest is 2,283.",
                maximum=10_000,
            ),
            Bound("ours__size", "2026-11-30: as theirs.", maximum=10_000),
        ),
    )
