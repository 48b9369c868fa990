"""Gate 2 on what compares years: what each edition is made of, and what people breathed year by year."""

from __future__ import annotations

from expectations.judgement import EXACT, Bound, Judgement


def year_judgements() -> tuple[Judgement, ...]:
    """One judgement a mart of years."""
    return (_edition(), _history(), _deflator())


def _deflator() -> Judgement:
    return Judgement(
        "fct_deflator",
        """
        select
            prices.sector as place,
            count(*) as sector__years,
            min(prices.source_year) as source_year__earliest,
            max(prices.price_index) as price_index__most,
            max(
                abs(
                    prices.usd_price_index
                    * case prices.currency when 'CNY' then rate.cny_per_usd else 1 end
                    / prices.price_index - 1
                )
            ) as usd_price_index__gap,
            max(prices.price_index) / min(prices.price_index) as price_index__largest_ratio
        from marts.fct_deflator as prices
        left join seeds.exchange_rate as rate on prices.source_year = rate.year
        group by prices.sector
        """,
        (
            Bound("sector__years", "2026-11-30: a ratio needs two years.", 2),
            Bound("source_year__earliest", "2026-11-30: as the role's contract.", 1900),
            Bound("price_index__most", "2026-11-30: as the role's contract.", maximum=1000),
            Bound(
                "usd_price_index__gap",
                "2026-11-30: dollars at the rate of the seed exchange_rate.",
                maximum=EXACT,
            ),
            Bound(
                "price_index__largest_ratio",
                "2026-11-30: China's GDP deflator rose by 39 % from 2007 to 2017; coal's producer price doubled.",
                maximum=5,
            ),
        ),
        may_be_empty="""
            select count(*) = 0
            from duckdb_tables()
            where schema_name = 'raw' and table_name = 'deflator'
        """,
    )


def _edition() -> Judgement:
    return Judgement(
        "dim_edition",
        """
        select
            made.edition as place,
            count(*) as edition__rows,
            max(made.year) as year__latest,
            max(abs(made.provinces - found.provinces)) as provinces__away,
            max(abs(made.foreign_regions - found.foreign_regions)) as foreign_regions__away,
            max(abs(made.provincial_table_year - made.year)) as provincial_table_year__away
        from marts.dim_edition as made
        cross join (
            select
                count(distinct from_region) filter (where region.kind = 'province') as provinces,
                count(distinct from_region) filter (where region.kind <> 'province') as foreign_regions
            from marts.fct_mrio_flow
            inner join marts.dim_region as region on from_region = region.code
        ) as found
        group by made.edition
        """,
        (
            Bound("edition__rows", "2026-11-30: a working file holds one edition and year.", 1, 1),
            Bound("year__latest", "2026-11-30: provincial tables begin in 1987.", 1987, 2100),
            Bound(
                "provinces__away",
                "2026-11-30: the provinces that sell something in fct_mrio_flow.",
                maximum=0,
            ),
            Bound(
                "foreign_regions__away",
                "2026-11-30: the regions abroad that sell something in fct_mrio_flow.",
                maximum=0,
            ),
            Bound(
                "provincial_table_year__away",
                "2026-11-30: tables older than ten years describe another economy.",
                maximum=10,
            ),
        ),
    )


def _history() -> Judgement:
    return Judgement(
        "fct_pm25_history",
        """
        with followed as (
            select
                record,
                weighting,
                pm25_ug_m3,
                pm25_ug_m3 / lag(pm25_ug_m3) over (
                    partition by record, weighting, province order by record_year
                ) as ratio
            from marts.fct_pm25_history
        )

        select
            record || ' ' || weighting as place,
            min(pm25_ug_m3) as pm25_ug_m3__least,
            max(pm25_ug_m3) as pm25_ug_m3__most,
            max(greatest(coalesce(ratio, 1), 1 / coalesce(ratio, 1))) as pm25_ug_m3__largest_ratio
        from followed
        group by record, weighting
        """,
        (
            Bound(
                "pm25_ug_m3__least",
                "2026-11-30: the lowest year of AQLI's provinces is above 2 ug/m3 (Tibet).",
                minimum=1,
            ),
            Bound(
                "pm25_ug_m3__most",
                "2026-11-30: no province's year reached 110 ug/m3 in AQLI or CAQRA.",
                maximum=250,
            ),
            Bound(
                "pm25_ug_m3__largest_ratio",
                "2026-11-30: from one year of a record to the next no province doubled or halved.",
                maximum=2,
            ),
        ),
        may_be_empty="""
            select count(*) = 0
            from duckdb_tables()
            where
                (
                    schema_name = 'raw'
                    and table_name in ('observed_series', 'satellite_pm25', 'evaluation_observation')
                )
                or (schema_name = 'computed' and table_name = 'pm25_province')
        """,
    )
