"""Gate 2 on ranks, variants and what was drawn; intervals are in marts_interval.py."""

from __future__ import annotations

from expectations.judgement import EXACT, Bound, Judgement, gap, gap_sql
from expectations.marts_interval import SUMMED, interval_judgement


def uncertainty_judgements() -> tuple[Judgement, ...]:
    """One judgement a mart of models/uncertainty."""
    return (interval_judgement(), _ranks(), _variants(), _inputs())


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
                maximum=SUMMED,
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
                SUMMED,
            ),
            gap(
                "change_value__gap",
                "the change",
                "variant less run",
                "2026-11-30: a difference",
                SUMMED,
            ),
            gap(
                "change_share__gap",
                "the change",
                "its share of the run",
                "2026-11-30: a quotient",
                SUMMED,
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
