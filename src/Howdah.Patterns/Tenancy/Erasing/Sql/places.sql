-- $1: a tenant. Every place it has or had, by what the registry and its books say
select distinct p.place
from (
  select place from howdah.tenants where id = $1
  union all
  select v #>> '{}' from howdah.tenant_events e, pg_catalog.jsonb_path_query(e.detail, 'lax $.**.place') v where e.tenant = $1
  union all
  select v #>> '{}' from howdah.tenant_work w, pg_catalog.jsonb_path_query(w.detail, 'lax $.**.place') v where w.tenant = $1
) p
where p.place ~ '^t_[0-9a-f]{20}$'
order by 1
