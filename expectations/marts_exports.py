"""Gate 2 on exports, what they call for, their supply chains, and the views with names."""

from __future__ import annotations

from expectations.judgement import EXACT, Bound, Judgement, gap, gap_sql

POLLUTANTS = ("NOx", "SO2", "CO", "NH3", "BC", "OC", "PM25_other")

EMBODIED_BY_SECTOR = """
    select producer_province, producer_sector, {place} as place, sum(output_musd) as output_musd
    from {outputs}
    group by producer_province, producer_sector, {place}
"""


def emission_of(outputs: str, place: str) -> str:
    """Emission by place and pollutant: embodied output times intensity, summed before pollutants multiply rows."""
    return f"""
        select embodied.place, pollutant, sum(output_musd * emission_t_per_musd) as emission_t
        from ({EMBODIED_BY_SECTOR.format(outputs=outputs, place=place)}) as embodied
        inner join marts.fct_emission_intensity as intensity
            on embodied.producer_province = intensity.province
            and embodied.producer_sector = intensity.sector
        group by embodied.place, pollutant
    """


def export_judgements() -> tuple[Judgement, ...]:
    """One judgement a mart of exports and of supply chains."""
    return (
        _export_value(),
        _export_output(),
        _consumed_product_output(),
        _emission_view("fct_export_emission", "fct_export_output"),
        _emission_view("fct_consumed_product_emission", "fct_consumed_product_output"),
        _export_reading(),
        _emission_view("fct_export_reading_emission", "fct_export_reading"),
        _footprint_step(),
        _layer_output(),
        _layer(),
        _layer_flow("fct_layer_flow", "fct_layer_flow_sector"),
        _layer_flow("fct_layer_flow_sector", "fct_layer_flow"),
        _layer_flow_share(),
        _path(),
        _transfer(),
        _bi_inventory(),
        _bi_export_emission(),
        _bi_export_value(),
    )


def _export_value() -> Judgement:
    weighed = " + ".join(
        f"{name.lower()}_t_per_musd"
        f" / (select ape_coefficient from marts.dim_pollutant where code = '{name}')"
        for name in POLLUTANTS
    )
    return Judgement(
        "fct_export_value",
        f"""
        with exported as (
            select
                province,
                sum(export_musd) as export_musd,
                max({gap_sql("ape_t_per_musd", weighed, 1e-9)}) as index_gap,
                max(so2_t_per_musd) as highest
            from marts.fct_export_value
            group by province
        )

        select
            produced.region as place,
            coalesce(export_musd, 0) / output_musd as export_musd__of_output,
            coalesce(index_gap, 0) as ape_t_per_musd__gap,
            coalesce(highest, 0) as so2_t_per_musd__highest
        from (
            select output.region, sum(output_musd) as output_musd
            from marts.fct_mrio_output as output
            inner join marts.dim_region as region on output.region = region.code
            where region.kind = 'province'
            group by output.region
        ) as produced
        left join exported on produced.region = exported.province
        """,
        (
            Bound(
                "export_musd__of_output",
                "2026-11-30: a province exports at most 0.33 of its output of 2007; none sells more"
                " abroad than it makes.",
                0,
                1,
            ),
            gap(
                "ape_t_per_musd__gap",
                "the index",
                "the pollutants over their coefficients",
                "2026-11-30: eq. 13",
            ),
            Bound(
                "so2_t_per_musd__highest",
                "2026-11-30: the highest intensity of a sector times an output multiplier of 3.",
                maximum=15_000,
            ),
        ),
    )


def _export_output() -> Judgement:
    return Judgement(
        "fct_export_output",
        """
        with embodied as (
            select
                producer_province as province,
                producer_sector as sector,
                sum(output_musd) as output_musd
            from marts.fct_export_output
            group by producer_province, producer_sector
        ),

        sectors as (
            select
                produced.region,
                produced.sector,
                coalesce(embodied.output_musd, 0) as driven_musd,
                produced.output_musd
            from marts.fct_mrio_output as produced
            inner join marts.dim_region as region
                on produced.region = region.code and region.kind = 'province'
            left join embodied
                on produced.region = embodied.province and produced.sector = embodied.sector
            where produced.output_musd > 0
        )

        select
            region as place,
            sum(driven_musd) / sum(output_musd) as output_musd__driven_share,
            min(driven_musd / output_musd) as output_musd__least_sector_share,
            max(driven_musd / output_musd) as output_musd__most_sector_share
        from sectors
        group by region
        """,
        (
            Bound(
                "output_musd__driven_share",
                "2026-11-30: exports drive 0.09 to 0.54 of a province's output in 2007; they cannot"
                " call for more than is made.",
                0,
                1,
            ),
            Bound(
                "output_musd__least_sector_share",
                "2026-11-21: exports call for what is produced; where stocks fall, the share of a"
                " sector can be negative.",
                minimum=0,
                severity="warn",
            ),
            Bound(
                "output_musd__most_sector_share",
                "2026-11-21: where stocks fall, the share of a sector can pass 1.",
                maximum=1,
                severity="warn",
            ),
        ),
    )


def _consumed_product_output() -> Judgement:
    return Judgement(
        "fct_consumed_product_output",
        """
        select
            consumer_region as place,
            sum(output_musd) as output_musd,
            sum(abs(output_musd)) / nullif(sum(output_musd), 0) - 1 as output_musd__negative_share
        from marts.fct_consumed_product_output
        group by consumer_region
        """,
        (
            Bound(
                "output_musd",
                "2026-11-30: every consumer buys what calls for output in China (Malta 2007: 200).",
                minimum=0,
            ),
            Bound(
                "output_musd__negative_share",
                "2026-11-30: falling stocks take up to 0.05 of what a consumer calls for in 2007.",
                maximum=0.5,
            ),
        ),
    )


def _export_reading() -> Judgement:
    """Each reading holds what exports drive; which part of it is direct differs."""
    return Judgement(
        "fct_export_reading",
        f"""
        with readings as (
            select
                reading,
                consumer_region,
                sum(output_musd) as output_musd,
                sum(case when is_direct then output_musd else 0 end) as direct_musd
            from marts.fct_export_reading
            group by reading, consumer_region
        ),

        driven as (
            select consumer_region, sum(output_musd) as driven_musd
            from marts.fct_consumed_product_output
            group by consumer_region
        ),

        -- a reading without rows would be no place at all
        asked as (
            select reading.name as reading, driven.consumer_region, driven.driven_musd
            from driven
            cross join (values ('exporter'), ('final_producer')) as reading (name)
        )

        select
            concat_ws(' ', coalesce(asked.reading, readings.reading), consumer_region) as place,
            {gap_sql("readings.output_musd", "asked.driven_musd")} as output_musd__gap,
            coalesce(direct_musd / nullif(readings.output_musd, 0), 0) as is_direct__share
        from asked
        full outer join readings using (reading, consumer_region)
        """,
        (
            gap(
                "output_musd__gap",
                "output of a reading",
                "what consumers call for",
                "2026-11-30: both readings split the same output",
                1e-7,
            ),
            Bound(
                "is_direct__share",
                "2026-11-30: a part of the output is no more than the output; where stocks fall it can be.",
                0,
                1,
                severity="warn",
            ),
        ),
    )


def _emission_view(view: str, outputs: str) -> Judgement:
    """A view has as much as the two marts it multiplies; one consumer, or it would read a hundred million rows."""
    return Judgement(
        view,
        f"""
        with viewed as (
            select producer_province as place, pollutant, sum(emission_t) as emission_t
            from marts.{view}
            where consumer_region = $consumer
            group by producer_province, pollutant
        ),

        made as ({emission_of(f"(from marts.{outputs} where consumer_region = $consumer)", "producer_province")})

        select
            coalesce(viewed.place, made.place) || ' ' || coalesce(viewed.pollutant, made.pollutant)
                as place,
            {gap_sql("viewed.emission_t", "made.emission_t")} as emission_t__gap
        from viewed
        full outer join made on viewed.place = made.place and viewed.pollutant = made.pollutant
        """,
        (
            gap(
                "emission_t__gap",
                "emission for the largest consumer",
                "its output times intensity",
                "2026-11-30: eq. 9",
            ),
        ),
    )


def _footprint_step() -> Judgement:
    return Judgement(
        "fct_footprint_step",
        f"""
        with detail as (
            select pollutant, sum(emission_t) as driven_t
            from ({emission_of("marts.fct_export_output", "producer_province")})
            group by pollutant
        ),

        counted as (select pollutant, count(*) as steps from marts.fct_footprint_step group by pollutant)

        select
            concat_ws(' ', step, pollutant) as place,
            emission_share,
            steps as step__count,
            case
                when step = 'provincial_detail' then {gap_sql("emission_t", "driven_t")}
                else 0
            end as emission_t__gap
        from marts.fct_footprint_step
        left join detail using (pollutant)
        left join counted using (pollutant)
        """,
        (
            Bound("emission_share", "2026-11-30: exports drive a part of all emissions.", 0, 1),
            Bound("step__count", "2026-11-30: four steps of linking.", 4, 4),
            gap(
                "emission_t__gap",
                "the last step",
                "exports' output times intensity",
                "2026-11-30: the last step is the linked table",
            ),
        ),
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


def _bi_inventory() -> Judgement:
    return Judgement(
        "bi_emission_inventory",
        f"""
        with named as (
            select pollutant, sum(emission_t) as emission_t
            from marts.bi_emission_inventory
            group by pollutant
        ),

        coded as (
            select pollutant, sum(emission_t) as emission_t
            from marts.fct_emission_inventory
            group by pollutant
        )

        select pollutant as place, {gap_sql("named.emission_t", "coded.emission_t")} as emission_t__gap
        from named
        full outer join coded using (pollutant)
        """,
        (
            gap(
                "emission_t__gap",
                "the view",
                "fct_emission_inventory",
                "2026-11-30: names lose no row",
            ),
        ),
    )


def _bi_export_emission() -> Judgement:
    """One pollutant of one consumer: the view has as many rows as fct_export_emission."""
    return Judgement(
        "bi_export_emission",
        f"""
        with named as (
            select emitting_province as province, sum(emission_t) as emission_t
            from marts.bi_export_emission
            where
                pollutant = 'SO2'
                and consumer = (select name from marts.dim_region where code = $consumer)
            group by emitting_province
        ),

        coded as (
            select region.name as province, sum(emission_t) as emission_t
            from marts.fct_export_emission
            inner join marts.dim_region as region on producer_province = region.code
            where pollutant = 'SO2' and consumer_region = $consumer
            group by region.name
        )

        select province as place, {gap_sql("named.emission_t", "coded.emission_t")} as emission_t__gap
        from named
        full outer join coded using (province)
        """,
        (
            gap(
                "emission_t__gap",
                "SO2 for the largest consumer in the view",
                "that in fct_export_emission",
                "2026-11-30: names lose no row",
            ),
        ),
    )


def _bi_export_value() -> Judgement:
    embodied = ("so2", "nox", "ape")
    sums = ", ".join(f"sum(embodied_{name}_t) as {name}_t" for name in embodied)
    products = ", ".join(f"sum(export_musd * {name}_t_per_musd) as {name}_t" for name in embodied)
    gaps = ", ".join(
        f"{gap_sql(f'named.{name}_t', f'coded.{name}_t')} as embodied_{name}_t__gap"
        for name in embodied
    )
    return Judgement(
        "bi_export_value",
        f"""
        with named as (
            select exporting_province as province, sum(export_musd) as export_musd, {sums}
            from marts.bi_export_value
            group by exporting_province
        ),

        coded as (
            select region.name as province, sum(export_musd) as export_musd, {products}
            from marts.fct_export_value as export
            inner join marts.dim_region as region on export.province = region.code
            group by region.name
        )

        select
            province as place,
            {gap_sql("named.export_musd", "coded.export_musd")} as export_musd__gap,
            {gaps}
        from named
        full outer join coded using (province)
        """,
        tuple(
            gap(f"{column}__gap", "the view", "fct_export_value", "2026-11-30: names lose no row")
            for column in ("export_musd", *(f"embodied_{name}_t" for name in embodied))
        ),
    )
