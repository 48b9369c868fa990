"""Gate 2 on supply chains: production layers, flows between them, paths, transfers between provinces."""

from __future__ import annotations

from expectations.judgement import EXACT, Bound, Judgement, gap, gap_sql
from expectations.marts_exports import POLLUTANTS


def supply_chain_judgements() -> tuple[Judgement, ...]:
    """One judgement a mart of supply chains."""
    return (
        _layer_output(),
        _layer(),
        _layer_flow("fct_layer_flow", "fct_layer_flow_sector"),
        _layer_flow("fct_layer_flow_sector", "fct_layer_flow"),
        _layer_flow_share(),
        _path(),
        _transfer(),
    )


def _layer_output() -> Judgement:
    exported = "(select sum(export_musd) from marts.fct_export_value)"
    return Judgement(
        "fct_production_layer_output",
        f"""
        with layers as (
            select
                variant,
                layer,
                sum(output_musd) as output_musd,
                sum(output_musd) / sum(sum(output_musd)) over (partition by variant) as layer_share,
                row_number() over (partition by variant order by layer desc) as from_the_last
            from marts.fct_production_layer_output
            group by variant, layer
        )

        select
            variant || ' ' || layer as place,
            layer_share as output_musd__share,
            case
                when variant = 'domestic' and layer = 'PL0'
                    then {gap_sql("output_musd", exported)}
                else 0
            end as output_musd__gap,
            -- layers fall; the first of the global chain holds deliveries to foreign final demand alone
            case
                when from_the_last > 1 and layer not in ('PL0', 'PL1')
                    then output_musd / lag(output_musd) over (partition by variant order by layer)
                else 0
            end as output_musd__of_the_layer_before
        from layers
        """,
        (
            Bound(
                "output_musd__share",
                "2026-11-30: every layer has a part, none has all (2007: 0.08 to 0.43).",
                1e-4,
                0.99,
            ),
            gap(
                "output_musd__gap",
                "the first domestic layer",
                "all exports",
                "2026-11-30: what exporters make themselves",
                1e-6,
            ),
            Bound(
                "output_musd__of_the_layer_before",
                "2026-11-30: powers of a productive matrix fall, here to 0.57 to 0.81.",
                0,
                1,
            ),
        ),
    )


def _layer() -> Judgement:
    return Judgement(
        "fct_production_layer",
        f"""
        with viewed as (
            select variant, layer, pollutant, sum(emission_t) as emission_t
            from marts.fct_production_layer
            group by variant, layer, pollutant
        ),

        made as (
            select variant, layer, pollutant, sum(output_musd * emission_t_per_musd) as emission_t
            from (
                select variant, layer, producer_province, producer_sector,
                    sum(output_musd) as output_musd
                from marts.fct_production_layer_output
                group by all
            ) as embodied
            inner join marts.fct_emission_intensity as intensity
                on embodied.producer_province = intensity.province
                and embodied.producer_sector = intensity.sector
            group by variant, layer, pollutant
        )

        select
            concat_ws(' ', variant, layer, pollutant) as place,
            {gap_sql("viewed.emission_t", "made.emission_t")} as emission_t__gap
        from viewed
        full outer join made using (variant, layer, pollutant)
        """,
        (
            gap(
                "emission_t__gap",
                "emission of a layer",
                "its output times intensity",
                "2026-11-30: eq. 9",
            ),
        ),
    )


def _layer_flow(mart: str, other: str) -> Judgement:
    """Flows between two layers are the same emission by province and by sector."""
    sums = "select variant, pollutant, flow, sum(emission_t) as emission_t"
    return Judgement(
        mart,
        f"""
        with mine as (
            {sums}, max(conservation_gap) as widest
            from marts.{mart}
            group by variant, pollutant, flow
        ),

        others as ({sums} from marts.{other} group by variant, pollutant, flow)

        select
            concat_ws(' ', variant, pollutant, flow) as place,
            coalesce(widest, 0) as conservation_gap,
            {gap_sql("mine.emission_t", "others.emission_t")} as emission_t__gap
        from mine
        full outer join others using (variant, pollutant, flow)
        """,
        (
            Bound(
                "conservation_gap",
                "2026-11-30: what enters a layer leaves it, in double precision (2007: 1e-16).",
                0,
                EXACT,
            ),
            gap(
                "emission_t__gap",
                "flows by province",
                "flows by sector",
                "2026-11-30: one emission, two groupings",
            ),
        ),
    )


def _layer_flow_share() -> Judgement:
    return Judgement(
        "fct_layer_flow_share",
        f"""
        with flows as (
            select variant, pollutant, flow, sum(emission_t) as emission_t
            from marts.fct_layer_flow
            inner join marts.dim_region as origin
                on from_region = origin.code and origin.kind = 'province'
            inner join marts.dim_region as destination
                on to_region = destination.code and destination.kind = 'province'
            group by variant, pollutant, flow
        ),

        supplied as (
            select variant, pollutant, flow, sum(emission_t) as supplied_t
            from marts.fct_layer_flow
            inner join marts.dim_region as origin
                on from_region = origin.code and origin.kind = 'province'
            group by variant, pollutant, flow
        )

        select
            concat_ws(' ', shared.variant, shared.pollutant, shared.flow, measure) as place,
            share,
            {gap_sql("part_t", "share * whole_t")} as part_t__gap,
            case
                when measure = 'interprovincial' then {gap_sql("whole_t", "emission_t")}
                when measure = 'to_other_regions' then {gap_sql("whole_t", "supplied_t")}
                else 0
            end as whole_t__gap
        from marts.fct_layer_flow_share as shared
        left join flows using (variant, pollutant, flow)
        left join supplied using (variant, pollutant, flow)
        """,
        (
            Bound("share", "2026-11-30: a part of a flow is no more than the flow.", 0, 1),
            gap("part_t__gap", "a part", "its share of the whole", "2026-11-30: a quotient"),
            gap("whole_t__gap", "the whole", "the provinces' flows", "2026-11-30: one sum"),
        ),
    )


def _path() -> Judgement:
    weighed = " + ".join(
        f"{name.lower()}_t / (select ape_coefficient from marts.dim_pollutant where code = '{name}')"
        for name in POLLUTANTS
    )
    shares = ", ".join(
        f"{name.lower()}_t / nullif({name.lower()}_share, 0)" for name in (*POLLUTANTS, "APE")
    )
    return Judgement(
        "fct_supply_chain_path",
        f"""
        with ranked as (
            select
                scope,
                demand_sign,
                abs(ape_t) - lag(abs(ape_t)) over (
                    partition by scope, scope_exporter, scope_emitter, demand_sign order by rank
                ) as rise_t,
                {gap_sql("ape_t", weighed)} as index_gap,
                ape_share,
                sum(abs(ape_share)) over (
                    partition by scope, scope_exporter, scope_emitter, demand_sign
                ) as list_share,
                [{shares}] as wholes
            from marts.fct_supply_chain_path
        ),

        -- All rows divide by one whole of each pollutant.
        wholes as (
            select
                max(highest / lowest - 1) as whole_spread
            from (
                select max(wholes[number]) as highest, min(wholes[number]) as lowest
                from ranked
                cross join range(1, {len(POLLUTANTS) + 2}) as numbers (number)
                group by number
            )
        )

        select
            concat_ws(' ', scope, demand_sign) as place,
            coalesce(max(rise_t), 0) as ape_t__rise_with_rank,
            max(index_gap) as ape_t__gap,
            max(list_share) as ape_share__of_a_list,
            coalesce(any_value(whole_spread), 0) as ape_share__spread_of_wholes
        from ranked
        cross join wholes
        group by scope, demand_sign
        """,
        (
            Bound(
                "ape_t__rise_with_rank",
                "2026-11-30: lists are ordered by the index; a microgram is rounding.",
                maximum=1e-6,
            ),
            gap(
                "ape_t__gap",
                "the index",
                "the pollutants over their coefficients",
                "2026-11-30: eq. 13",
            ),
            Bound(
                "ape_share__of_a_list",
                "2026-11-30: paths of a list are parts of one whole (20 paths: 0.08 in 2007).",
                0,
                1,
            ),
            Bound(
                "ape_share__spread_of_wholes",
                "2026-11-30: every share of a pollutant has the same whole.",
                maximum=EXACT,
            ),
        ),
    )


def _transfer() -> Judgement:
    return Judgement(
        "fct_province_transfer",
        f"""
        with parts as (
            select
                pollutant,
                province,
                sum(driven_elsewhere_t) filter (where partner_province <> 'all') as elsewhere_t,
                sum(driven_here_t) filter (where partner_province <> 'all') as here_t,
                sum(driven_elsewhere_t) filter (where partner_province = 'all') as all_elsewhere_t,
                sum(driven_here_t) filter (where partner_province = 'all') as all_here_t,
                max(abs(disparity_t - (driven_elsewhere_t - driven_here_t))) as disparity_gap_t
            from marts.fct_province_transfer
            group by pollutant, province
        ),

        mirrored as (
            select
                pollutant,
                mine.province,
                max({gap_sql("mine.driven_elsewhere_t", "theirs.driven_here_t")}) as mirror_gap
            from marts.fct_province_transfer as mine
            left join marts.fct_province_transfer as theirs
                using (pollutant)
            where
                mine.partner_province <> 'all'
                and theirs.province = mine.partner_province
                and theirs.partner_province = mine.province
            group by pollutant, mine.province
        )

        select
            pollutant || ' ' || parts.province as place,
            {gap_sql("elsewhere_t", "all_elsewhere_t")} as driven_elsewhere_t__gap,
            {gap_sql("here_t", "all_here_t")} as driven_here_t__gap,
            coalesce(mirror_gap, 1) as driven_here_t__mirror_gap,
            disparity_gap_t as disparity_t__gap_t
        from parts
        left join mirrored using (pollutant, province)
        """,
        (
            gap("driven_elsewhere_t__gap", "all partners", "their sum", "2026-11-30: one sum"),
            gap("driven_here_t__gap", "all partners", "their sum", "2026-11-30: one sum"),
            gap(
                "driven_here_t__mirror_gap",
                "driven here by a partner",
                "driven elsewhere by it",
                "2026-11-30: two sides of a flow",
            ),
            Bound(
                "disparity_t__gap_t",
                "2026-11-30: a difference of two columns of the row; a gram is rounding.",
                maximum=1e-3,
            ),
        ),
    )
