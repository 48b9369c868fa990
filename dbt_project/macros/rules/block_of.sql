{#
The block of the linked table that a cell lies in.
from_region, to_region: supplier and user.  from_is_province, to_is_province: conditions on them.
#}
{% macro block_of(from_region, to_region, from_is_province, to_is_province) -%}
    case
        when {{ from_is_province }} and {{ from_region }} = {{ to_region }} then 'local'
        when {{ from_is_province }} and {{ to_is_province }} then 'interprovincial'
        when {{ from_is_province }} then 'export'
        when {{ to_is_province }} then 'import'
        else 'foreign'
    end
{%- endmacro %}
