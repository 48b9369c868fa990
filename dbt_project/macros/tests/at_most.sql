{# A quantity that a method keeps below a bound, and is there. #}
{% test at_most(model, column_name, maximum) %}

    select {{ column_name }}
    from {{ model }}
    where {{ column_name }} is null or not {{ column_name }} <= {{ maximum }}

{% endtest %}
