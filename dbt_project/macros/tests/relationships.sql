{#
Takes the place of dbt's own test: every code of the column is one of the other table's. The codes are told apart first, since
a hundred million rows have a few hundred of them.
#}
{% test relationships(model, column_name, to, field) %}

    with child as (
        select distinct {{ column_name }} as from_field
        from {{ model }}
        where {{ column_name }} is not null
    ),

    parent as (
        select distinct {{ field }} as to_field
        from {{ to }}
    )

    select child.from_field
    from child
    left join parent on child.from_field = parent.to_field
    where parent.to_field is null

{% endtest %}
