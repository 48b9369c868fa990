"""Gate 2 on codes, the linked table and the inventory."""

from __future__ import annotations

from expectations.judgement import Bound, Judgement, gap, gap_sql

# 2026-11-21: METHOD's bound for a balanced table, "converged means <= 1e-6".
_BALANCED = 1e-6


def table_judgements() -> tuple[Judgement, ...]:
    """One judgement a mart of the linked table, the inventory and the dimensions."""
    return (
        _regions(),
        _sectors(),
        _pollutants(),
        _flows(),
        _final_demand(),
        _output(),
        _balance(),
        _inventory(),
        _intensity(),
    )


def _regions() -> Judgement:
    mainland = "2026-11-30: GB/T 2260 has 31 provinces of the mainland"
    return Judgement(
        "dim_region",
        """
        select
            'dim_region' as place,
            count(*) filter (where kind = 'province') as kind__provinces,
            count(*) filter (where kind = 'home') as kind__homes,
            count(*) filter (where kind = 'foreign') as kind__foreign,
            count(*) filter (where is_inland) as is_inland__provinces,
            count(distinct china_region) as china_region__regions,
            count(distinct world_region) as world_region__regions
        from marts.dim_region
        """,
        (
            Bound("kind__provinces", f"{mainland}.", 31, 31),
            Bound("kind__homes", "2026-11-30: the home region is one consumer.", 1, 1),
            Bound(
                "kind__foreign",
                "2026-11-30: 7 regions in the smallest world table known (OECD of 2017), 160 in GTAP 11.",
                2,
                400,
            ),
            Bound(
                "is_inland__provinces",
                f"{mainland}; all but Beijing, Tianjin and seven of the East Coast are inland.",
                22,
                22,
            ),
            Bound("china_region__regions", "2026-11-30: the paper groups into at most 8.", 2, 8),
            Bound("world_region__regions", "2026-11-30: 13 groups of consumers.", 2, 13),
        ),
    )


def _sectors() -> Judgement:
    return Judgement(
        "dim_sector",
        """
        select
            classification as place,
            abs(count(*) - try_cast(regexp_extract(classification, '[0-9]+$') as integer))
                as code__missing,
            count(distinct sector_group) as sector_group__groups
        from marts.dim_sector
        group by classification
        """,
        (
            Bound(
                "code__missing",
                "2026-11-30: a classification's name ends with the number of its sectors.",
                maximum=0,
            ),
            Bound(
                "sector_group__groups",
                "2026-11-30: nine groups in both classifications; one group would compare nothing.",
                2,
                20,
            ),
        ),
    )


def _pollutants() -> Judgement:
    return Judgement(
        "dim_pollutant",
        """
        select
            'dim_pollutant' as place,
            count(*) filter (where is_index) as is_index__indices,
            count(*) filter (where not is_index) as is_index__pollutants,
            min(ape_coefficient) as ape_coefficient__least,
            max(ape_coefficient) as ape_coefficient__most
        from marts.dim_pollutant
        """,
        (
            Bound("is_index__indices", "2026-11-30: APE is the one index.", 1, 1),
            Bound("is_index__pollutants", "2026-11-30: seven pollutants make the index.", 7, 7),
            Bound(
                "ape_coefficient__least",
                "2026-11-30: of the law's equivalents for particles and their precursors the"
                " smallest is 0.59 kg (soot).",
                minimum=0.5,
            ),
            Bound(
                "ape_coefficient__most",
                "2026-11-30: of the law's equivalents the largest here is 16.7 kg (carbon monoxide).",
                maximum=20,
            ),
        ),
    )


def _flows() -> Judgement:
    return Judgement(
        "fct_mrio_flow",
        f"""
        with used as (
            select to_region as region, sum(value_musd) as used_musd
            from marts.fct_mrio_flow
            group by to_region
        ),

        produced as (
            select
                region,
                sum(output_musd) as output_musd,
                sum(output_musd) - sum(value_added_musd) as input_musd
            from marts.fct_mrio_output
            group by region
        )

        select
            coalesce(used.region, produced.region) as place,
            coalesce(used_musd, 0) / nullif(output_musd, 0) as value_musd__input_share,
            {gap_sql("used_musd", "input_musd")} as value_musd__gap
        from used
        full outer join produced on used.region = produced.region
        where output_musd is distinct from 0
        """,
        (
            Bound(
                "value_musd__input_share",
                "2026-11-30: intermediate inputs are 0.39 (Greece) to 0.72 (Tianjin) of the output"
                " of a region of 2007; an economy of services alone would be near 0.2.",
                0.05,
                0.95,
            ),
            gap(
                "value_musd__gap",
                "what a region uses",
                "its output less value added",
                "2026-11-21: METHOD's bound for a balanced table",
                _BALANCED,
            ),
        ),
    )


def _final_demand() -> Judgement:
    return Judgement(
        "fct_mrio_final_demand",
        """
        with demanded as (
            select
                to_region as region,
                sum(value_musd) as value_musd,
                sum(value_musd) filter (where demand_category <> 'capital') as consumed_musd
            from marts.fct_mrio_final_demand
            group by to_region
        ),

        produced as (
            select region, sum(value_added_musd) as value_added_musd
            from marts.fct_mrio_output
            group by region
        )

        select
            produced.region as place,
            coalesce(value_musd, 0) / nullif(value_added_musd, 0) as value_musd__of_value_added,
            coalesce(consumed_musd, 0) / nullif(value_musd, 0) as value_musd__consumed_share
        from produced
        left join demanded on produced.region = demanded.region
        """,
        (
            Bound(
                "value_musd__of_value_added",
                "2026-11-30: final demand is 0.71 (Luxembourg) to 1.51 (Qinghai) of value added in"
                " 2007; more than thrice either way is no trade balance.",
                0.25,
                4,
            ),
            Bound(
                "value_musd__consumed_share",
                "2026-11-30: people and governments take 0.40 to 0.83 of final demand in 2007.",
                0.1,
                1.1,
            ),
        ),
    )


def _output() -> Judgement:
    return Judgement(
        "fct_mrio_output",
        """
        select
            region as place,
            sum(output_musd) as output_musd,
            sum(value_added_musd) / nullif(sum(output_musd), 0) as value_added_musd__share,
            -- below a million dollars a sector is rounding
            min(value_added_musd / output_musd) filter (where output_musd > 1)
                as value_added_musd__least_share,
            max(value_added_musd / output_musd) filter (where output_musd > 1)
                as value_added_musd__most_share
        from marts.fct_mrio_output
        group by region
        """,
        (
            Bound(
                "output_musd",
                "2026-11-30: no region is without output (Malta 2007: 18,000), none above the"
                " world's of 2023 (some 200 trillion US$).",
                minimum=1,
                maximum=4e8,
            ),
            Bound(
                "value_added_musd__share",
                "2026-11-21: a whole economy adds value, and less than its output (2007: 0.28 to 0.61).",
                0.05,
                0.95,
            ),
            Bound(
                "value_added_musd__least_share",
                "2026-11-30: subsidised sectors lose up to 0.04 of their output in 2007.",
                minimum=-0.5,
                severity="warn",
            ),
            Bound(
                "value_added_musd__most_share",
                "2026-11-30: inputs are not negative, so no sector adds more than its output.",
                maximum=1 + _BALANCED,
            ),
        ),
    )


def _balance() -> Judgement:
    return Judgement(
        "fct_balance",
        f"""
        with balanced as (
            select
                *,
                sum(balanced_musd) over () as all_musd
            from marts.fct_balance
        )

        select
            block || ' ' || region as place,
            max_residual,
            iterations,
            prior_musd,
            -- no more can move than the two amounts and what lies between
            structural_change_share * prior_musd
            - abs(balanced_musd - prior_musd) + {_BALANCED} * all_musd as structural_change_share__least_musd
        from balanced
        """,
        (
            Bound(
                "max_residual",
                "2026-11-21: METHOD's bound for a balanced table.",
                maximum=_BALANCED,
            ),
            Bound(
                "iterations",
                "2026-11-30: 98 in 2007; editions stop at 2,000 unless told otherwise.",
                1,
                1e5,
            ),
            Bound("prior_musd", "2026-11-30: a block that moved has a prior.", minimum=0),
            Bound(
                "structural_change_share__least_musd",
                "2026-11-30: cells move at least by what their sum moves.",
                minimum=0,
            ),
        ),
    )


def _inventory() -> Judgement:
    return Judgement(
        "fct_emission_inventory",
        f"""
        with weighed as (
            select
                inventory.province,
                sum(emission_t / ape_coefficient) as weighed_t,
                sum(emission_t) filter (where inventory.pollutant = 'APE') as index_t
            from marts.fct_emission_inventory as inventory
            inner join marts.dim_pollutant as pollutant on inventory.pollutant = pollutant.code
            group by inventory.province
        ),

        traced as (
            select
                pollutant,
                coalesce(sum(emission_t) filter (where in_footprint), 0) / nullif(sum(emission_t), 0)
                    as traced_share
            from marts.fct_emission_inventory
            group by pollutant
        )

        select
            province as place,
            {gap_sql("weighed_t", "index_t")} as emission_t__gap,
            1 as in_footprint__share
        from weighed
        union all
        select pollutant, 0, traced_share
        from traced
        """,
        (
            gap(
                "emission_t__gap",
                "the index",
                "the pollutants over their coefficients",
                "2026-11-30: eq. 13",
            ),
            Bound(
                "in_footprint__share",
                "2026-11-30: 0.27 (OC) to 0.94 (SO2) of China's emissions of 2007 are the table's sectors'.",
                0.02,
                1,
            ),
        ),
    )


def _intensity() -> Judgement:
    return Judgement(
        "fct_emission_intensity",
        """
        select
            intensity.pollutant as place,
            max(emission_t_per_musd) as emission_t_per_musd__highest,
            sum(emission_t_per_musd * output_musd) / sum(output_musd) as emission_t_per_musd__mean
        from marts.fct_emission_intensity as intensity
        inner join marts.fct_mrio_output as produced
            on intensity.province = produced.region and intensity.sector = produced.sector
        group by intensity.pollutant
        """,
        (
            Bound(
                "emission_t_per_musd__highest",
                "2026-11-30: at most 343 (CO, 2007). A kilogram a dollar is coal burnt for nothing"
                " else, 5 kg cannot be paid for.",
                maximum=5000,
                minimum=0,
            ),
            Bound(
                "emission_t_per_musd__mean",
                "2026-11-30: 0.1 (OC) to 10 (CO) t a million US$ of output in 2007, and some"
                " tenth of it in the cleanest economies.",
                1e-4,
                200,
            ),
        ),
    )
