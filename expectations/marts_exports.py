"""Gate 2 on exports, what they call for, and the two readings of direct and indirect."""

from __future__ import annotations

from expectations.judgement import Bound, Judgement, gap, gap_sql

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
    """One judgement a mart of exports."""
    return (
        _export_value(),
        _export_output(),
        _consumed_product_output(),
        _emission_view("fct_export_emission", "fct_export_output"),
        _emission_view("fct_consumed_product_emission", "fct_consumed_product_output"),
        _export_reading(),
        _emission_view("fct_export_reading_emission", "fct_export_reading"),
        _export_country(),
        _emission_view("fct_export_country_emission", "fct_export_country"),
        _footprint_step(),
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


def _export_country() -> Judgement:
    return Judgement(
        "fct_export_country",
        f"""
        with divided as (
            select
                consumer_region,
                producer_province,
                sum(output_musd) as output_musd,
                count(distinct consumer_country) as countries,
                max(case when is_derived then 1 else 0 end) as is_derived
            from marts.fct_export_country
            group by consumer_region, producer_province
        ),

        driven as (
            select consumer_region, producer_province, sum(output_musd) as driven_musd
            from marts.fct_export_output
            group by consumer_region, producer_province
        )

        select
            concat_ws(' ', consumer_region, producer_province) as place,
            {gap_sql("output_musd", "driven_musd")} as output_musd__gap,
            case when countries > 1 and is_derived = 0 then 1 else 0 end as is_derived__missing
        from driven
        full outer join divided using (consumer_region, producer_province)
        """,
        (
            gap(
                "output_musd__gap",
                "output of the countries",
                "that of their region",
                "2026-11-30: a division",
            ),
            Bound(
                "is_derived__missing",
                "2026-11-30: a world table of regions says nothing of their countries.",
                0,
                0,
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
