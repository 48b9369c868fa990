"""Gate 2 on the record of a run: what was read, assumed, checked, and what others published."""

from __future__ import annotations

from expectations.judgement import Bound, Judgement, gap, gap_sql


def record_judgements() -> tuple[Judgement, ...]:
    """One judgement a mart of the record."""
    return (_assumptions(), _provenance(), _figures(), _checks())


def _assumptions() -> Judgement:
    return Judgement(
        "fct_assumption",
        """
        select
            assumption || ' (' || unit || ')' as place,
            count(*) filter (where not isfinite(amount)) as amount__not_finite,
            max(case when unit = 'share' then amount else 0 end) as amount__share,
            min(case when unit = 'share' then amount else 0 end) as amount__least_share,
            max(case when unit = 'million USD' then abs(amount) else 0 end) as amount__musd,
            max(case when unit = 't' then abs(amount) else 0 end) as amount__t
        from marts.fct_assumption
        group by assumption, unit
        """,
        (
            Bound(
                "amount__not_finite",
                "2026-11-30: an amount that a stand-in moves is a number.",
                maximum=0,
            ),
            Bound("amount__share", "2026-11-30: a share is at most 1.", maximum=1),
            Bound("amount__least_share", "2026-11-30: a share is not negative.", minimum=0),
            Bound(
                "amount__musd",
                "2026-11-30: no stand-in moves more than the world's output (142 trillion US$ in 2011).",
                maximum=4e8,
            ),
            Bound(
                "amount__t",
                "2026-11-30: no stand-in moves more than China's CO, the largest of the pollutants (190 Mt).",
                maximum=1e9,
            ),
        ),
    )


def _provenance() -> Judgement:
    return Judgement(
        "fct_provenance",
        f"""
        with shown as (
            select
                role,
                sum(loaded_rows) as loaded_rows,
                min(vintage_year) as first_year,
                max(vintage_year) as last_year,
                count(*) filter (where coalesce(original_bytes, 1) < 1) as without_bytes,
                max(original_bytes) as most_bytes
            from marts.fct_provenance
            group by role
        ),

        kept as (select role, sum(loaded_rows) as loaded_rows from raw.provenance group by role)

        select
            role as place,
            {gap_sql("shown.loaded_rows", "kept.loaded_rows")} as loaded_rows__gap,
            coalesce(first_year, 2000) as vintage_year__first,
            coalesce(last_year, 2000) as vintage_year__last,
            coalesce(without_bytes, 0) as original_bytes__none,
            coalesce(most_bytes, 0) as original_bytes__most
        from shown
        full outer join kept using (role)
        """,
        (
            gap(
                "loaded_rows__gap",
                "rows that readers see",
                "rows that were loaded",
                "2026-11-30: one record",
            ),
            Bound(
                "vintage_year__first",
                "2026-11-30: the oldest source is a climatology of 1982.",
                minimum=1900,
            ),
            Bound("vintage_year__last", "2026-11-30: scenarios reach 2050.", maximum=2100),
            Bound(
                "original_bytes__most",
                "2026-11-30: whole grids are 3 GB; nobody lands a petabyte.",
                maximum=1e13,
            ),
            Bound("original_bytes__none", "2026-11-30: an original has content.", maximum=0),
        ),
    )


def _figures() -> Judgement:
    return Judgement(
        "fct_published_figure",
        """
        select
            figure_id as place,
            case when comparable and not within_tolerance then abs(ours - theirs) / nullif(tolerance, 0) else 0 end
                as ours__tolerances,
            case when ours is null or isfinite(ours) then 0 else 1 end as ours__not_finite,
            case when unit = '%' then abs(coalesce(ours, 0)) else 0 end as ours__percent
        from marts.fct_published_figure
        """,
        (
            Bound(
                "ours__tolerances",
                "2026-11-30: a comparable figure lies within its own tolerance; nothing is fitted,"
                " so beyond it is a finding.",
                maximum=1,
                severity="warn",
            ),
            Bound("ours__not_finite", "2026-11-30: an answer is a number or nothing.", maximum=0),
            Bound(
                "ours__percent",
                "2026-11-30: shares and changes of the 127 figures are below 100 %; changes could double.",
                maximum=1000,
            ),
        ),
    )


def _checks() -> Judgement:
    return Judgement(
        "fct_check_result",
        """
        select
            gate as place,
            count(*) as passed__checks,
            count(*) filter (where not passed and severity = 'error') as passed__errors,
            count(*) filter (where passed and measured > tolerance) as measured__beyond_tolerance
        from marts.fct_check_result
        where gate = 'raw' -- results of dbt and of this gate may still be those of a run before
        group by gate
        """,
        (
            Bound(
                "passed__checks",
                "2026-11-30: a gate without a check has judged nothing.",
                minimum=1,
            ),
            Bound(
                "passed__errors",
                "2026-11-30: a failed check of gate 1 stops the run.",
                maximum=0,
            ),
            Bound(
                "measured__beyond_tolerance",
                "2026-11-30: beyond its tolerance a check has not passed.",
                maximum=0,
            ),
        ),
    )
