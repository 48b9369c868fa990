"""Gate 2 on the marts with names (bi_*)."""

from __future__ import annotations

from expectations.judgement import Judgement, gap, gap_sql


def named_judgements() -> tuple[Judgement, ...]:
    """One judgement a mart with names."""
    return (_bi_inventory(), _bi_export_emission(), _bi_export_value(), _bi_attribution())


def _bi_attribution() -> Judgement:
    """Over each place, the rows with names say what the attribution says, and none is lost."""
    return Judgement(
        "bi_pm25_attribution",
        f"""
        with named as (
            select engine, receptor, sum(pm25_ug_m3) as pm25_ug_m3
            from marts.bi_pm25_attribution
            group by engine, receptor
        ),

        coded as (
            select engine, receptor, sum(pm25_ug_m3) as pm25_ug_m3
            from marts.fct_pm25_attribution
            group by engine, receptor
        )

        select
            concat_ws(' ', engine, receptor) as place,
            {gap_sql("named.pm25_ug_m3", "coded.pm25_ug_m3")} as pm25_ug_m3__gap
        from named
        full outer join coded using (engine, receptor)
        """,
        (
            gap(
                "pm25_ug_m3__gap",
                "PM2.5 over a place in bi_pm25_attribution",
                "that in fct_pm25_attribution",
                "2026-11-30: names lose no row",
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
