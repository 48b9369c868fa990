"""Gate 2 on intervals, ranks and variants: parts sum, points are the run's, intervals are in order."""

from __future__ import annotations

from expectations.judgement import EXACT, Bound, Judgement, gap, gap_sql
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
_SUMMED = 1e-7


def uncertainty_judgements() -> tuple[Judgement, ...]:
    """One judgement a mart of models/uncertainty."""
    return (_intervals(), _ranks(), _variants(), _inputs())


def _intervals() -> Judgement:
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
                _SUMMED,
            ),
            gap(
                "point_value__run_gap",
                "the point",
                "the run's own mart (and quotients of points)",
                "2026-11-30: no interval stands beside a result it was not made from",
                _SUMMED,
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


def _ranks() -> Judgement:
    driven = """
        select
            producer_province as place, pollutant, consumer_region,
            sum(output_musd * emission_t_per_musd) as emission_t
        from (
            select producer_province, producer_sector, consumer_region, sum(output_musd) as output_musd
            from marts.fct_export_output
            where consumer_region <> $home
            group by all
        ) as embodied
        inner join marts.fct_emission_intensity as intensity
            on embodied.producer_province = intensity.province
            and embodied.producer_sector = intensity.sector
        group by all
    """
    return Judgement(
        "fct_rank_stability",
        f"""
        with driven as ({driven}),

        everywhere as (
            from driven
            union all
            select $home, pollutant, consumer_region, sum(emission_t) from driven group by all
        ),

        first as (
            select
                place, pollutant,
                max(emission_t) as most_t,
                max_by(consumer_region, emission_t) as consumer_region
            from everywhere
            group by place, pollutant
        ),

        drawn as (
            select max(draws) as draws
            from marts.fct_uncertainty
        )

        select
            ranked.place || ' ' || ranked.pollutant as place,
            top_first_share + rival_first_share as top_first_share__with_rival,
            least(top_first_share, rival_first_share) as rival_first_share__least,
            abs(ranked.draws * top_first_share - round(ranked.draws * top_first_share))
                as top_first_share__of_a_draw,
            abs(ranked.draws - drawn.draws) as draws__beside_intervals,
            1 - coalesce(everywhere.emission_t, 0) / nullif(first.most_t, 0)
                as top_consumer_region__less_than_first
        from marts.fct_rank_stability as ranked
        cross join drawn
        left join first
            on ranked.place = first.place and ranked.pollutant = first.pollutant
        left join everywhere
            on ranked.place = everywhere.place and ranked.pollutant = everywhere.pollutant
            and ranked.top_consumer_region = everywhere.consumer_region
        """,
        (
            Bound(
                "top_first_share__with_rival",
                "2026-11-30: one consumer is first in a draw.",
                0,
                1 + EXACT,
            ),
            Bound(
                "rival_first_share__least",
                "2026-11-30: shares of draws are not negative.",
                minimum=0,
            ),
            Bound(
                "top_first_share__of_a_draw", "2026-11-30: shares count whole draws.", maximum=1e-6
            ),
            Bound(
                "draws__beside_intervals",
                "2026-11-30: ranks come from the draws of the intervals.",
                maximum=0,
            ),
            Bound(
                "top_consumer_region__less_than_first",
                "2026-11-30: the consumer at the top is the first of fct_export_emission.",
                maximum=_SUMMED,
            ),
        ),
    )


def _variants() -> Judgement:
    return Judgement(
        "fct_sensitivity",
        f"""
        with beside as (
            select
                varied.*,
                run.point_value
            from marts.fct_sensitivity as varied
            left join marts.fct_uncertainty as run
                on varied.result = run.result and varied.place = run.place
                and varied.pollutant = run.pollutant and run.part = 'all'
        )

        select
            concat_ws(' ', parameter, variant, result, place, pollutant) as place,
            {gap_sql("base_value", "point_value", 1e-6)} as base_value__run_gap,
            {gap_sql("change_value", "variant_value - base_value", 1e-6)} as change_value__gap,
            {gap_sql("change_share * base_value", "change_value", 1e-6)} as change_share__gap,
            case when unit = 'share' then variant_value else 0 end as variant_value__share,
            case
                when unit = 'share' or base_value = 0 or variant_value = 0 then 0
                -- An amount below a thousandth of the largest place's: an inventory may differ ten-fold there.
                when abs(base_value) < 0.001 * max(abs(base_value)) over (partition by result, pollutant, unit)
                    then 0
                else abs(ln(abs(variant_value / base_value)))
            end as variant_value__log_change
        from beside
        """,
        (
            gap(
                "base_value__run_gap",
                "the headline",
                "its point in fct_uncertainty",
                "2026-11-30: one run",
                _SUMMED,
            ),
            gap(
                "change_value__gap",
                "the change",
                "variant less run",
                "2026-11-30: a difference",
                _SUMMED,
            ),
            gap(
                "change_share__gap",
                "the change",
                "its share of the run",
                "2026-11-30: a quotient",
                _SUMMED,
            ),
            Bound(
                "variant_value__share",
                "2026-11-30: a share is between 0 and 1; stocks that fall pass it by little.",
                -0.2,
                1.2,
            ),
            Bound(
                "variant_value__log_change",
                "2026-11-30: one assumption moves an amount of open-2007 at most 2.5-fold (Tibet's"
                " neighbours, national division); ten-fold is another unit. Shares have bounds of their own:"
                " Tibet's direct share of 2017 rises 14-fold with the nation's division of emissions. Places"
                " below a thousandth are left out: Tibet's 112 of 146,901 t of OC in 2012 are 11-fold in CEDS.",
                maximum=2.303,
            ),
        ),
    )


def _inputs() -> Judgement:
    """National coefficients make that of the total: METHOD's formula, with the seed's correlation."""
    return Judgement(
        "fct_uncertainty_input",
        f"""
        with emitted as (
            select
                inventory.pollutant,
                coalesce(sector.sector_group, inventory.sector) as sector_group,
                sum(emission_t) as emission_t
            from marts.fct_emission_inventory as inventory
            left join marts.dim_sector as sector
                on inventory.in_footprint and inventory.sector = sector.code
            group by all
        ),

        weighted as (
            select
                given.pollutant,
                coalesce(emission_t, 0) / nullif(sum(emission_t) over (partition by given.pollutant), 0)
                * national_coefficient_share as error,
                total_coefficient_share,
                national_coefficient_share,
                provincial_coefficient_share
            from marts.fct_uncertainty_input as given
            left join emitted using (pollutant, sector_group)
        ),

        correlation as (
            select value as rho
            from seeds.uncertainty_parameter
            where name = 'group_correlation'
        )

        select
            pollutant as place,
            {
            gap_sql(
                "sqrt(any_value(rho) * sum(error) ^ 2 + (1 - any_value(rho)) * sum(error ^ 2))",
                "max(total_coefficient_share)",
                1e-6,
            )
        } as national_coefficient_share__gap,
            max(total_coefficient_share) - min(total_coefficient_share)
                as total_coefficient_share__spread,
            max(total_coefficient_share) as total_coefficient_share__most,
            least(min(national_coefficient_share), min(provincial_coefficient_share))
                as national_coefficient_share__least,
            greatest(max(national_coefficient_share), max(provincial_coefficient_share))
                as provincial_coefficient_share__most
        from weighted
        cross join correlation
        group by pollutant
        """,
        (
            gap(
                "national_coefficient_share__gap",
                "the groups' errors together",
                "that of the total",
                "2026-11-30: compute.uncertainty.inventory sizes them so",
                1e-6,
            ),
            Bound(
                "total_coefficient_share__spread",
                "2026-11-30: a pollutant has one total.",
                maximum=0,
            ),
            Bound(
                "total_coefficient_share__most",
                "2026-11-30: the step refuses coefficients above 3.",
                maximum=3,
            ),
            Bound(
                "national_coefficient_share__least",
                "2026-11-30: errors are not negative.",
                minimum=0,
            ),
            Bound(
                "provincial_coefficient_share__most",
                "2026-11-30: the step refuses coefficients above 3.",
                maximum=3,
            ),
        ),
    )
