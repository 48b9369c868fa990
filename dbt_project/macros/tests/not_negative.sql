{# A quantity that cannot be below zero, and is there. #}
{% test not_negative(model, column_name) %}

    select {{ column_name }}
    from {{ model }}
    where {{ column_name }} is null or not {{ column_name }} >= 0 or isnan({{ column_name }})

{% endtest %}
