"""Gate 2 on intervals: parts sum, points are the run's, percentiles are in order."""

from __future__ import annotations

from expectations.judgement import Bound, Judgement, gap, gap_sql
from expectations.marts_exports import emission_of

_SHARES = (
    "inventory",
    "stand_in",
    "table",
    "trade_split",
    "gravity",
    "theta",
    "exposure",
    "rate",
)
# Sums over parts of a draw's mean are sums of a thousand numbers in another order.
SUMMED = 1e-7


def interval_judgement() -> Judgement:
    """The judgement of fct_uncertainty."""
    widest = ", ".join(f"coalesce({name}_variance_share, 0)" for name in _SHARES)
    return Judgement(
        "fct_uncertainty",
        f"""
        with intervals as (
            select
                *,
                -- An interval narrower than a ten-thousandth of its value has no shape to judge.
                case
                    when p95_value - p05_value > abs(median_value) * 1e-4
                        then standard_error * sqrt(draws) / (p95_value - p05_value)
                end as spread,
                (p95_value - p05_value) * 1e-9 + abs(median_value) * 1e-12 as rounding
            from marts.fct_uncertainty
        ),

        -- One row a headline: its parts beside the whole.
        parts as (
            select
                result,
                place,
                pollutant,
                sum(point_value) filter (where part = 'all') as point,
                sum(mean_value) filter (where part = 'all') as mean,
                sum(point_value) filter (where part in ('direct', 'indirect')) as point_of_routes,
                sum(mean_value) filter (where part in ('direct', 'indirect')) as mean_of_routes,
                sum(point_value) filter (where part not in ('all', 'direct', 'indirect'))
                    as point_of_consumers,
                sum(mean_value) filter (where part not in ('all', 'direct', 'indirect'))
                    as mean_of_consumers,
                sum(point_value) filter (where part = 'direct') as direct
            from marts.fct_uncertainty
            group by result, place, pollutant
        ),

        driven as (
            {emission_of("marts.fct_export_output", "producer_province")}
        ),

        -- What the run itself says, all of it and by place.
        run as (
            select 'export_emission' as result, place, pollutant, emission_t from driven
            union all
            select 'export_emission', $home, pollutant, sum(emission_t) from driven group by pollutant
            union all
            select 'inventory_total', province, pollutant, sum(emission_t)
            from marts.fct_emission_inventory
            group by province, pollutant
            union all
            select 'inventory_total', $home, pollutant, sum(emission_t)
            from marts.fct_emission_inventory
            group by pollutant
            union all
            select 'production_layer', $home, pollutant, sum(emission_t) from driven group by pollutant
        ),

        ratios as (
            select
                part.result,
                part.place,
                part.pollutant,
                case part.result
                    when 'direct_share' then exported.direct / nullif(exported.point, 0)
                    else exported.point / nullif(inventory.point, 0)
                end as expected
            from parts as part
            inner join parts as exported
                on part.place = exported.place and part.pollutant = exported.pollutant
                and exported.result = 'export_emission'
            inner join parts as inventory
                on part.place = inventory.place and part.pollutant = inventory.pollutant
                and inventory.result = 'inventory_total'
            where part.result in ('direct_share', 'export_share')
        ),

        judged as (
            select
                result,
                place,
                pollutant,
                case
                    when result = 'export_emission' then greatest(
                        {gap_sql("point", "point_of_routes")}, {gap_sql("point", "point_of_consumers")}
                    )
                    else 0
                end as point_parts,
                case
                    when result = 'export_emission' then greatest(
                        {gap_sql("mean", "mean_of_routes")}, {gap_sql("mean", "mean_of_consumers")}
                    )
                    else 0
                end as mean_parts,
                case
                    when run.emission_t is not null
                        then {gap_sql("coalesce(point, point_of_consumers)", "run.emission_t")}
                    when ratios.expected is not null then {gap_sql("point", "ratios.expected", 1e-6)}
                    -- Nothing in this file says the point another way: what people breathe, by exports.
                    -- marts_health.py judges deaths.
                    when result in ('export_pm25', 'pm25_deaths', 'export_deaths') then 0
                    else 1
                end as point_of_run
            from parts
            left join run using (result, place, pollutant)
            left join ratios using (result, place, pollutant)
        ),

        ordered as (
            select
                result,
                place,
                pollutant,
                max(greatest(p05_value - median_value, median_value - p95_value) - rounding)
                    as disorder,
                max(greatest(p05_value - mean_value, mean_value - p95_value) - rounding)
                    as mean_outside,
                max(greatest(p05_value - point_value, point_value - p95_value) - rounding)
                    as point_outside,
                min(coalesce(spread, 0.3)) as least_spread,
                max(coalesce(spread, 0.3)) as most_spread,
                max(greatest({widest})) as most_share,
                min(least({widest})) as least_share,
                min(draws) as draws,
                max(table_draws - draws) as tables_beyond_draws,
                max(case when unit = 'share' then greatest(p95_value, -p05_value) else 0 end) as share
            from intervals
            group by result, place, pollutant
        )

        select
            concat_ws(' ', result, place, pollutant) as place,
            point_parts as point_value__parts_gap,
            mean_parts as mean_value__parts_gap,
            point_of_run as point_value__run_gap,
            disorder as median_value__outside,
            mean_outside as mean_value__outside,
            point_outside as point_value__outside,
            least_spread as standard_error__least,
            most_spread as standard_error__most,
            most_share as inventory_variance_share__most,
            least_share as inventory_variance_share__least,
            draws,
            tables_beyond_draws as table_draws__beyond_draws,
            share as p95_value__share
        from judged
        inner join ordered using (result, place, pollutant)
        """,
        (
            gap(
                "point_value__parts_gap",
                "all",
                "direct and indirect, and all consumers",
                "2026-11-30: parts of one emission",
            ),
            gap(
                "mean_value__parts_gap",
                "all",
                "direct and indirect, and all consumers",
                "2026-11-30: means add, as their draws do",
                SUMMED,
            ),
            gap(
                "point_value__run_gap",
                "the point",
                "the run's own mart (and quotients of points)",
                "2026-11-30: no interval stands beside a result it was not made from",
                SUMMED,
            ),
            Bound("median_value__outside", "2026-11-30: percentiles are in order.", maximum=0),
            Bound(
                "mean_value__outside",
                "2026-11-30: a mean lies between the 5th and 95th percentile; a lognormal of the"
                " largest coefficient allowed (3) has it at the 78th.",
                maximum=0,
            ),
            Bound(
                "point_value__outside",
                "2026-11-30: the run's result is inside its own interval in 4,784 of 4,784 rows of"
                " open-2007.",
                maximum=0,
                severity="warn",
            ),
            Bound(
                "standard_error__least",
                "2026-11-30: deviation over the width of the interval is 0.304 for a normal"
                " distribution, 0.29 to 0.41 in open-2007, and no less where draws are few.",
                minimum=0.1,
            ),
            Bound(
                "standard_error__most",
                "2026-11-30: as above; 0.8 for a lognormal of coefficient 3.",
                maximum=2,
            ),
            Bound(
                "inventory_variance_share__most",
                "2026-11-30: one source has no more than all the variance; 1.03 by chance of 1,000"
                " draws, of few draws more.",
                maximum=2,
            ),
            Bound(
                "inventory_variance_share__least",
                "2026-11-30: variances are not negative.",
                minimum=0,
            ),
            Bound("draws", "2026-11-30: an interval needs draws.", minimum=1),
            Bound(
                "table_draws__beyond_draws",
                "2026-11-30: `tradeplume uncertainty` refuses more tables than draws.",
                maximum=0,
            ),
            Bound(
                "p95_value__share",
                "2026-11-30: a share is between 0 and 1; stocks that fall pass it by little.",
                maximum=1.2,
            ),
        ),
    )
