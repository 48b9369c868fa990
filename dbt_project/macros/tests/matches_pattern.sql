{# Every value of the column is as the regular expression says, from end to end. #}
{% test matches_pattern(model, column_name, pattern) %}

    select distinct {{ column_name }}
    from {{ model }}
    where {{ column_name }} is null or not regexp_full_match({{ column_name }}, '{{ pattern }}')

{% endtest %}
