{#
Every group has at least `minimum` and at most `maximum` rows (numbers, or SQL that gives one), and there are
at least `groups` groups: a table that lost a whole group, or all of them, does not pass.
#}
{% test row_count_by_group(model, group_by, minimum, maximum, groups=1) %}

    with counted as (
        select
            concat_ws(' / ', {{ group_by | join(', ') }}) as place,
            count(*) as rows_of_group
        from {{ model }}
        group by {{ group_by | join(', ') }}
    )

    select
        place,
        rows_of_group
    from counted
    where rows_of_group < {{ minimum }} or rows_of_group > {{ maximum }}
    union all
    select
        'number of groups' as place,
        count(*) as rows_of_group
    from counted
    having count(*) < {{ groups }}

{% endtest %}
