{{ config(tags=['prepare', 'gtap_identity']) }}
-- GTAP's own identities between headers, cell by cell. They are stored in single precision: the tolerance is that
-- of the 10 x 10 sample data base of 2011, in million USD, or 1e-6 of the cell. An identity whose headers a file
-- lacks is left out.
with terms as (

    select listed.identity, listed.header, listed.sign, listed.tolerance_musd
    from (
        values
        ('sales = output', 'VDFB', 1, 0.7), ('sales = output', 'VDPB', 1, 0.7), ('sales = output', 'VDGB', 1, 0.7),
        ('sales = output', 'VDIB', 1, 0.7), ('sales = output', 'VXSB', 1, 0.7), ('sales = output', 'VST', 1, 0.7),
        ('sales = output', 'MAKB', -1, 0.7),
        ('output = make', 'VOSB', 1, 0.7), ('output = make', 'MAKB', -1, 0.7),
        ('costs = make', 'VDFP', 1, 0.36), ('costs = make', 'VMFP', 1, 0.36), ('costs = make', 'EVFP', 1, 0.36),
        ('costs = make', 'MAKS', -1, 0.36),
        ('imports = purchases', 'VMSB', 1, 0.12), ('imports = purchases', 'VMFB', -1, 0.12),
        ('imports = purchases', 'VMPB', -1, 0.12), ('imports = purchases', 'VMGB', -1, 0.12),
        ('imports = purchases', 'VMIB', -1, 0.12),
        ('fob + margins = cif', 'VFOB', 1, 0.30), ('fob + margins = cif', 'VTWR', 1, 0.30),
        ('fob + margins = cif', 'VCIF', -1, 0.30),
        ('cif + duties = imports', 'VCIF', 1, 0.05), ('cif + duties = imports', 'TFRV', 1, 0.05),
        ('cif + duties = imports', 'ADRV', 1, 0.05), ('cif + duties = imports', 'VMSB', -1, 0.05),
        ('basic + export taxes = fob', 'VXSB', 1, 0.03), ('basic + export taxes = fob', 'XTRV', 1, 0.03),
        ('basic + export taxes = fob', 'MFRV', 1, 0.03), ('basic + export taxes = fob', 'VRRV', 1, 0.03),
        ('basic + export taxes = fob', 'VFOB', -1, 0.03)
    ) as listed (identity, header, sign, tolerance_musd)

),

found as (

    select distinct header
    from {{ source('raw', 'gtap_flow') }}

),

-- Taxes that nobody levies leave a header without a cell; the principal terms must be there.
stated as (

    select terms.identity
    from terms
    left join found using (header)
    where terms.header not in ('ADRV', 'MFRV', 'VRRV', 'XTRV', 'TFRV', 'VST', 'VDGB', 'VMGB')
    group by terms.identity
    having count(*) = count(found.header)

),

placed as (

    select
        terms.identity,
        case terms.identity
            when 'costs = make' then flow.agent
            else flow.commodity
        end as code,
        case
            when terms.identity in ('sales = output', 'output = make', 'costs = make')
                then case when flow.from_region = 'ALL' then flow.to_region else flow.from_region end
            when terms.identity = 'imports = purchases' then 'ALL'
            else flow.from_region
        end as from_region,
        case
            when terms.identity in ('sales = output', 'output = make', 'costs = make') then 'ALL'
            else flow.to_region
        end as to_region,
        terms.sign * flow.value_musd as value_musd,
        terms.tolerance_musd
    from {{ source('raw', 'gtap_flow') }} as flow
    inner join terms using (header)
    inner join stated using (identity)

)

select
    identity,
    code,
    from_region,
    to_region,
    sum(value_musd) as gap_musd
from placed
group by all
having abs(sum(value_musd)) > greatest(max(tolerance_musd), 1e-6 * sum(abs(value_musd)))
