-- The largest supply chains behind the exports: of all China, and of each exporting province (ranked by APE).
select
    case when path.scope = 'overall' then 'China' else concat_ws(' ', region.name, region.name_zh) end as exports_of,
    path.rank,
    path.path,
    path.layer as steps_back,
    path.ape_t,
    path.ape_share,
    path.so2_t,
    path.nox_t
from fct_supply_chain_path as path
left join dim_region as region on path.scope_exporter = region.code
where
    path.edition = '{{ edition }}' and path.year = {{ year }} and path.demand_sign = 1
    and path.scope in ('overall', 'exporter') and path.rank <= 20
order by path.scope desc, exports_of asc, path.rank asc
