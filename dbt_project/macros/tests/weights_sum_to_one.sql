{# The weights of every group sum to one, and there are some. #}
{% test weights_sum_to_one(model, group_by, weight='weight', tolerance=1e-9) %}

    select
        {{ group_by | join(', ') }},
        sum({{ weight }}) as amount
    from {{ model }}
    group by {{ group_by | join(', ') }}
    having not abs(sum({{ weight }}) - 1) <= {{ tolerance }}
    union all
    select
        {% for column in group_by %}
            'no rows' as {{ column }},
        {% endfor %}
        0 as amount
    from {{ model }}
    having count(*) = 0

{% endtest %}
