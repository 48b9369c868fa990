{#
The columns together name a row: no key twice, no part of a key missing. `known`: columns that have a value in every row.
One test a table, since dbt takes longer to begin a test than most tables take to be read.
#}
{% test unique_key(model, columns, known=[]) %}
    {#- Tables of up to a hundred million rows (editions of kind `paper`): one region of them is looked at. Each
        row is a cell of a matrix, so a key that repeats would repeat everywhere. -#}
    {%- set samples = {
        'stg_global_table': "to_region = 'USA'",
        'int_mrio__prior': "to_region = 'USA'",
        'int_mrio__cell': "to_region = 'USA'",
        'int_mrio__flow': "to_region = 'USA'",
        'fct_mrio_flow': "to_region = 'USA'",
        'fct_export_reading': "consumer_region = 'USA'",
        'fct_export_output': "consumer_region = 'USA'",
        'fct_consumed_product_output': "consumer_region = 'USA'",
    } if var('has_huge_tables', false) else {} %}

    {%- set filled = [] %}
    {%- for column in known %}{% do filled.append('count(' ~ column ~ ')') %}{% endfor %}

    select
        {{ columns | join(', ') }},
        {{ (['count(*) as rows_of_key'] + filled) | join(', ') }}
    from {{ model }}
    {% if model.identifier in samples %}
        where {{ samples[model.identifier] }}
    {% endif %}
    group by {{ columns | join(', ') }}
    having
        count(*) > 1
        or least({{ (['count(*)'] + filled) | join(', ') }}) < count(*)
        {% for column in columns %}
            or {{ column }} is null
        {% endfor %}

{% endtest %}
