-- no parameters; tenants that have a place of their own: id, name, state, model, server, place, its last migration, whether work on it is under way, whether it is served
select t.id, t.name, t.state, t.model, t.server, t.place, coalesce(v.version, ''),
       exists (select from howdah.tenant_work w where w.tenant = t.id and w.finished is null), t.state = 'active'
from howdah.tenants t
left join (select place, max(version collate "C") as version from howdah.tenant_versions group by place) v on v.place = t.place
where t.model <> 'rows' and t.state not in ('creating', 'erasing')
order by t.name collate "C"
