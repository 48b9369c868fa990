{#
The sum of the column by group equals the sum of `whole_column` in `whole`, relative to the larger of the two.
A group that only one side has fails, and so do two sides without any rows: the total must exist.
#}
{% test sums_match(
    model, column_name, whole, whole_column, group_by, whole_group_by=none, tolerance=1e-9,
    parts_where='true', whole_where='true'
) %}

    with parts as (
        select
            concat_ws(' / ', {{ group_by | join(', ') }}) as place,
            sum({{ column_name }}) as amount
        from {{ model }}
        where {{ parts_where }}
        group by {{ group_by | join(', ') }}
    ),

    whole as (
        select
            concat_ws(' / ', {{ (whole_group_by or group_by) | join(', ') }}) as place,
            sum({{ whole_column }}) as amount
        from {{ whole }}
        where {{ whole_where }}
        group by {{ (whole_group_by or group_by) | join(', ') }}
    )

    select
        coalesce(parts.place, whole.place) as place,
        parts.amount as parts_amount,
        whole.amount as whole_amount
    from parts
    full outer join whole on parts.place = whole.place
    where
        parts.amount is null
        or whole.amount is null
        or not abs(parts.amount - whole.amount)
        <= {{ tolerance }} * greatest(abs(parts.amount), abs(whole.amount))
    union all
    select
        'nothing to compare' as place,
        null as parts_amount,
        null as whole_amount
    from whole
    having count(*) = 0

{% endtest %}
