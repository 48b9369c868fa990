"""Gate 2 on deaths, where an edition has them: sums over whose they are, bounds, order of intervals."""

from __future__ import annotations

from expectations.judgement import EXACT, Bound, Judgement, gap, gap_sql

# 2026-11-30: published totals of China lie between 0.8 million (GBD 2017) and 2.5 million (Burnett et al. 2018).
_MOST_DEATHS = 5e6
_RATE = (
    "2026-11-30: more than all deaths of the oldest (GBD 2019: 38,549 per 100,000 of 95 and older)."
)
# 2026-11-30: a receptor's flows follow means over people; by cell they differ where sources crowd.
_BY_MEAN = 0.05


def health_judgements() -> tuple[Judgement, ...]:
    """One judgement a mart of models/health."""
    return (
        _burden(),
        _component(),
        _avoided(),
        _sensitivity(),
        _not_exported(),
        _attribution(),
        _trade_balance(),
    )


def _burden() -> Judgement:
    """Deaths are a part of all deaths, scenarios have fewer than Base, causes fewer than those that hold them."""
    return Judgement(
        "fct_health_burden",
        f"""
        with deaths as (
            select
                engine, scenario, curve, cause, province,
                sum(deaths) as deaths,
                sum(all_deaths) as all_deaths,
                max(deaths_per_100k) as deaths_per_100k,
                max(case when p05_deaths <= deaths and deaths <= p95_deaths then 0 else 1 end) as disorder
            from marts.fct_health_burden
            group by all
        ),

        base as (from deaths where scenario = 'Base'),

        nation as (
            select engine, scenario, curve, cause, sum(deaths) as deaths from deaths group by all
        )

        select
            concat_ws(' ', less.engine, less.scenario, less.curve, less.cause, less.province) as place,
            less.deaths / nullif(less.all_deaths, 0) as deaths__of_all,
            less.deaths / nullif(base.deaths, 0) - {EXACT} as deaths__of_base,
            nation.deaths as deaths__of_china,
            less.deaths_per_100k,
            less.disorder as p05_deaths__disorder
        from deaths as less
        left join base using (engine, curve, cause, province)
        left join nation
            on less.engine = nation.engine and less.scenario = nation.scenario
            and less.curve = nation.curve and less.cause = nation.cause
        """,
        (
            Bound("deaths__of_all", "2026-11-30: a part of all deaths of the cause.", 0, 1),
            Bound("deaths__of_base", "2026-11-30: less PM2.5, fewer deaths.", maximum=1),
            Bound("deaths__of_china", "2026-11-30: twice the largest published.", 0, _MOST_DEATHS),
            Bound("deaths_per_100k", _RATE, 0, 50_000),
            Bound(
                "p05_deaths__disorder",
                "2026-11-30: the middle of draws lies beside the point, within the interval.",
                maximum=0,
                severity="warn",
            ),
        ),
    )


def _component() -> Judgement:
    """Components sum to the deaths, and to the PM2.5 that people breathe."""
    return Judgement(
        "fct_health_component",
        f"""
        with parts as (
            select engine, curve, cause, province, sum(deaths) as deaths, sum(pm25_ug_m3) as pm25_ug_m3
            from marts.fct_health_component
            group by all
        ),

        whole as (
            select engine, curve, cause, province, sum(deaths) as deaths
            from marts.fct_health_burden
            where scenario = 'Base'
            group by all
        ),

        breathed as (
            select engine, province, sum(pm25_ug_m3) as pm25_ug_m3
            from marts.fct_pm25_province
            where scenario = 'Base' and season = 'year' and weighting = 'population'
            group by all
        )

        select
            concat_ws(' ', engine, curve, cause, province) as place,
            {gap_sql("parts.deaths", "whole.deaths")} as deaths__gap,
            {gap_sql("parts.pm25_ug_m3", "breathed.pm25_ug_m3")} as pm25_ug_m3__gap
        from parts
        full outer join whole using (engine, curve, cause, province)
        left join breathed using (engine, province)
        """,
        (
            gap("deaths__gap", "components", "fct_health_burden", "2026-11-30: shares sum to one"),
            gap(
                "pm25_ug_m3__gap",
                "means of cells",
                "fct_pm25_province",
                "2026-11-30: cells that round to nothing are left out",
                1e-6,
            ),
        ),
    )


def _avoided() -> Judgement:
    """Zero-out is Base less the scenario; on the concave part it is below proportional."""
    return Judgement(
        "fct_health_avoided",
        f"""
        with deaths as (
            select
                engine, curve, cause, province, scenario,
                sum(deaths) as deaths
            from marts.fct_health_burden
            group by all
        ),

        difference as (
            select
                less.engine, less.curve, less.cause, less.province, less.scenario,
                base.deaths - less.deaths as deaths
            from deaths as less
            inner join deaths as base
                on less.engine = base.engine and less.curve = base.curve and less.cause = base.cause
                and less.province = base.province and base.scenario = 'Base'
            where less.scenario <> 'Base'
        )

        select
            concat_ws(' ', engine, scenario, curve, cause, province) as place,
            {gap_sql("avoided.zero_out_deaths", "difference.deaths", 1e3)} as zero_out_deaths__gap,
            avoided.zero_out_deaths / nullif(avoided.proportional_deaths, 0)
                as zero_out_deaths__of_proportional,
            avoided.zero_out_deaths_per_100k
        from marts.fct_health_avoided as avoided
        full outer join difference using (engine, scenario, curve, cause, province)
        """,
        (
            gap(
                "zero_out_deaths__gap",
                "zero-out",
                "Base less the scenario",
                "2026-11-30: the same curve twice",
            ),
            Bound(
                "zero_out_deaths__of_proportional",
                "2026-11-30: below one on a concave curve; GEMM is steeper than its chord in clean air.",
                0,
                1.5,
                "warn",
            ),
            Bound("zero_out_deaths_per_100k", "2026-11-30: of residents.", 0, 1_000),
        ),
    )


def _sensitivity() -> Judgement:
    return Judgement(
        "fct_health_sensitivity",
        """
        select
            concat_ws(' ', receptor, pollutant) as place,
            min(deaths_per_t) as deaths_per_t__least,
            max(deaths_per_t) as deaths_per_t__most
        from marts.fct_health_sensitivity
        group by all
        """,
        (
            Bound("deaths_per_t__least", "2026-11-30: more emission, no fewer deaths.", -EXACT),
            Bound(
                "deaths_per_t__most",
                "2026-11-30: published deaths per tonne of primary PM2.5 stay below ten.",
                maximum=10,
            ),
        ),
    )


def _not_exported() -> Judgement:
    return Judgement(
        "fct_health_not_exported",
        """
        select
            concat_ws(' ', source, receptor, component) as place,
            sum(deaths) as deaths__least
        from marts.fct_health_not_exported
        group by all
        """,
        (
            Bound(
                "deaths__least",
                "2026-11-30: demand at home emits, whatever exports of one group do.",
                -EXACT,
            ),
        ),
    )


def _attribution() -> Judgement:
    """Whoever is asked, the deaths are all there; those of exports are those of cells, nearly."""
    return Judgement(
        "fct_health_attribution",
        f"""
        with asked as (
            select
                case
                    when grouping(receptor) = 0 then 'receptor'
                    when grouping(producer_province) = 0 then 'producer'
                    when grouping(exporter_province) = 0 then 'exporter'
                    else 'consumer'
                end as party,
                source,
                receptor,
                sum(deaths) as deaths
            from marts.fct_health_attribution
            group by grouping sets (
                (source, receptor), (producer_province), (exporter_province), (consumer_region)
            )
        ),

        breathed as (
            select receptor as province, sum(deaths) as deaths
            from asked where party = 'receptor' group by all
        ),

        of_outcome as (
            select province, sum(deaths) as deaths
            from marts.fct_health_burden
            where
                engine = 'reduced' and scenario = 'Base'
                and curve = (select any_value(curve) from marts.fct_health_not_exported)
                and case (select any_value(outcome) from marts.fct_health_not_exported)
                    when 'five_causes' then cause <> 'NCD+LRI' else cause = 'NCD+LRI'
                end
            group by province
        ),

        by_cell as (
            select avoided.province, sum(avoided.proportional_deaths) as deaths
            from marts.fct_health_avoided as avoided
            where
                engine = 'reduced' and scenario = 'I_EX'
                and curve = (select any_value(curve) from marts.fct_health_not_exported)
                and case (select any_value(outcome) from marts.fct_health_not_exported)
                    when 'five_causes' then cause <> 'NCD+LRI' else cause = 'NCD+LRI'
                end
            group by province
        ),

        of_exports as (
            select receptor as province, sum(deaths) as deaths
            from asked where source = 'export' group by all
        )

        select
            party as place,
            {gap_sql("sum(deaths)", "(select sum(deaths) from of_outcome)")} as deaths__gap,
            0 as deaths__receptor_gap,
            0 as deaths__by_mean
        from asked
        group by party
        union all
        select
            province,
            0,
            {gap_sql("breathed.deaths", "of_outcome.deaths")},
            {gap_sql("of_exports.deaths", "by_cell.deaths")}
        from of_outcome
        left join breathed using (province)
        left join of_exports using (province)
        left join by_cell using (province)
        """,
        (
            gap("deaths__gap", "all rows", "fct_health_burden", "2026-11-30: everyone's, once"),
            gap(
                "deaths__receptor_gap",
                "a receptor's rows",
                "fct_health_burden",
                "2026-11-30: backward is forward, and components sum",
                1e-7,
            ),
            gap(
                "deaths__by_mean",
                "exports' deaths by means",
                "those by cell",
                "2026-11-30: within a province flows follow its mean",
                _BY_MEAN,
            ),
        ),
    )


def _trade_balance() -> Judgement:
    """Exporters, consumers and provinces have the same deaths and the same value added."""
    return Judgement(
        "fct_health_trade_balance",
        f"""
        with sums as (
            select
                engine, party,
                sum(deaths) as deaths,
                sum(value_added_musd) as value_added_musd,
                sum(export_musd) as export_musd,
                max(deaths_per_billion_usd) as ratio,
                max(abs(deaths_per_billion_usd * export_musd / 1000 / nullif(deaths, 0) - 1)) as off_ratio,
                max(deaths_per_billion_usd_value_added) as ratio_of_value
            from marts.fct_health_trade_balance
            group by all
        ),

        exporters as (from sums where party = 'exporter'),

        -- The points of the intervals, drawn from the same flows by another way.
        drawn as (
            select place, point_value as deaths
            from marts.fct_uncertainty
            where result = 'export_deaths' and part = 'all' and place <> $home
        )

        select
            'intervals ' || coalesce(drawn.place, trade.region) as place,
            {gap_sql("drawn.deaths", "trade.deaths")} as deaths__gap,
            0 as value_added_musd__gap,
            1 as export_musd__of_exporters,
            0 as export_musd__off_ratio,
            0 as deaths_per_billion_usd,
            0 as deaths_per_billion_usd_value_added
        from drawn
        full outer join (
            from marts.fct_health_trade_balance where party = 'province' and engine = 'reduced'
        ) as trade on drawn.place = trade.region
        union all
        select
            concat_ws(' ', sums.engine, sums.party) as place,
            {gap_sql("sums.deaths", "exporters.deaths")} as deaths__gap,
            {gap_sql("sums.value_added_musd", "exporters.value_added_musd")} as value_added_musd__gap,
            coalesce(sums.export_musd / exporters.export_musd, 1) as export_musd__of_exporters,
            coalesce(sums.off_ratio, 0) as export_musd__off_ratio,
            coalesce(sums.ratio, 0) as deaths_per_billion_usd,
            coalesce(sums.ratio_of_value, 0) as deaths_per_billion_usd_value_added
        from sums
        left join exporters using (engine)
        """,
        (
            gap("deaths__gap", "the party", "exporters", "2026-11-30: the same flows"),
            gap("value_added_musd__gap", "the party", "exporters", "2026-11-30: the same flows"),
            Bound(
                "export_musd__of_exporters",
                "2026-11-30: who exports and whither are two sums of one table.",
                1 - 1e-6,
                1 + 1e-6,
            ),
            Bound(
                "export_musd__off_ratio",
                "2026-11-30: the ratio is the deaths over the exports beside it, to rounding.",
                maximum=1e-9,
            ),
            Bound(
                "deaths_per_billion_usd",
                "2026-11-30: China as a whole has some hundred; a hundred times is another unit.",
                0,
                50_000,
            ),
            Bound("deaths_per_billion_usd_value_added", "2026-11-30: as of exports.", 0, 50_000),
        ),
    )
