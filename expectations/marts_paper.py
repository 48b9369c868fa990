"""Gate 2 on what licensed editions tell beside the others."""

from __future__ import annotations

from expectations.judgement import EXACT, Bound, Judgement, gap, gap_sql


def paper_judgements() -> tuple[Judgement, ...]:
    """One judgement a mart of models/paper."""
    return (_trade(), _inventory())


def _trade() -> Judgement:
    return Judgement(
        "fct_trade_deviation",
        f"""
        with summed as (
            select
                flow,
                province,
                regimes,
                sum(customs_musd) filter (where sector = 'all') as customs_all,
                sum(customs_musd) filter (where sector <> 'all') as customs_parts,
                sum(table_musd) filter (where sector = 'all') as table_all,
                sum(table_musd) filter (where sector <> 'all') as table_parts,
                max({gap_sql("deviation_share * table_musd", "customs_musd - table_musd")})
                    filter (where table_musd <> 0) as deviation_gap,
                min(customs_musd) as least_musd
            from marts.fct_trade_deviation
            group by flow, province, regimes
        ),

        beside as (
            select
                *,
                max(customs_all) filter (where regimes = 'all') over (partition by flow, province)
                    as customs_of_all_regimes
            from summed
        )

        select
            concat_ws(' ', flow, province, regimes) as place,
            case when flow = 'export' then {gap_sql("customs_all", "customs_parts")} else 0 end
                as customs_musd__parts_gap,
            case when flow = 'export' then {gap_sql("table_all", "table_parts")} else 0 end
                as table_musd__parts_gap,
            coalesce(deviation_gap, 0) as deviation_share__gap,
            least_musd as customs_musd__least,
            coalesce(customs_all / nullif(customs_of_all_regimes, 0), 0) as customs_musd__of_all_regimes,
            coalesce(customs_all / nullif(table_all, 0), 1) as customs_musd__of_table
        from beside
        """,
        (
            gap("customs_musd__parts_gap", "a province", "its sectors", "2026-11-30: one sum"),
            gap("table_musd__parts_gap", "a province", "its sectors", "2026-11-30: one sum"),
            gap(
                "deviation_share__gap",
                "the deviation",
                "customs less table over table",
                "2026-11-30: a quotient",
            ),
            Bound(
                "customs_musd__least",
                "2026-11-30: customs count what crosses; nothing is negative.",
                minimum=0,
            ),
            Bound(
                "customs_musd__of_all_regimes",
                "2026-11-30: the regimes that count are some of all.",
                maximum=1 + EXACT,
            ),
            Bound(
                "customs_musd__of_table",
                "2026-11-30: customs book by registration, tables by origin: provinces of 2017"
                " may differ several times, all of a province not thirty times.",
                maximum=30,
                severity="warn",
            ),
        ),
    )


def _inventory() -> Judgement:
    """A division of a source sector moves emission between sectors and makes none."""
    return Judgement(
        "fct_inventory_uncertainty",
        f"""
        with methods as (
            select
                province,
                pollutant,
                method,
                sum(emission_t) as emission_t,
                min(deviation_share) as least_share
            from marts.fct_inventory_uncertainty
            group by province, pollutant, method
        ),

        inventory as (
            select province, pollutant, sum(emission_t) as emission_t
            from marts.fct_emission_inventory
            where pollutant <> 'APE'
            group by province, pollutant
        ),

        cells as (
            select
                other.province,
                other.pollutant,
                other.method,
                max({gap_sql("(1 + other.deviation_share) * linear.emission_t", "other.emission_t")})
                    as deviation_gap
            from marts.fct_inventory_uncertainty as other
            inner join marts.fct_inventory_uncertainty as linear
                using (province, sector, pollutant)
            where linear.method = 'linear' and linear.emission_t <> 0
            group by other.province, other.pollutant, other.method
        )

        select
            concat_ws(' ', province, pollutant, method) as place,
            {gap_sql("methods.emission_t", "inventory.emission_t")} as emission_t__inventory_gap,
            coalesce(least_share, 0) as deviation_share__least,
            coalesce(deviation_gap, 0) as deviation_share__gap
        from methods
        left join inventory using (province, pollutant)
        left join cells using (province, pollutant, method)
        """,
        (
            gap(
                "emission_t__inventory_gap",
                "a method's sum",
                "the inventory",
                "2026-11-30: a division makes no emission",
            ),
            Bound(
                "deviation_share__least",
                "2026-11-30: emissions are not negative.",
                minimum=-1 - EXACT,
            ),
            gap(
                "deviation_share__gap",
                "the deviation",
                "emission over that of linear less one",
                "2026-11-30: a quotient",
            ),
        ),
    )
