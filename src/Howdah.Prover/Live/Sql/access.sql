-- $1 oid[] tables, $2 oid[] attackers. What each may do to each table by its own and inherited rights, and all that decides how policies
-- treat it: roles of one table with equal rows behave alike.
select t.oid, a.oid,
       pg_catalog.has_table_privilege(a.oid, t.oid, 'SELECT') as reads,
       pg_catalog.has_table_privilege(a.oid, t.oid, 'DELETE') as deletes,
       coalesce((select pg_catalog.array_agg(c.attnum order by c.attnum) from pg_catalog.pg_attribute c where c.attrelid = t.oid
                 and c.attnum > 0 and not c.attisdropped and pg_catalog.has_column_privilege(a.oid, t.oid, c.attnum, 'SELECT')), '{}'),
       coalesce((select pg_catalog.array_agg(c.attnum order by c.attnum) from pg_catalog.pg_attribute c where c.attrelid = t.oid
                 and c.attnum > 0 and not c.attisdropped and pg_catalog.has_column_privilege(a.oid, t.oid, c.attnum, 'INSERT')), '{}'),
       coalesce((select pg_catalog.array_agg(c.attnum order by c.attnum) from pg_catalog.pg_attribute c where c.attrelid = t.oid
                 and c.attnum > 0 and not c.attisdropped and pg_catalog.has_column_privilege(a.oid, t.oid, c.attnum, 'UPDATE')), '{}'),
       pg_catalog.pg_has_role(a.oid, t.relowner, 'USAGE') as owns,
       coalesce((select pg_catalog.array_agg(p.polname::text order by p.polname) from pg_catalog.pg_policy p where p.polrelid = t.oid
                 and exists (select from pg_catalog.unnest(p.polroles) r(oid) where r.oid = 0
                             or pg_catalog.pg_has_role(a.oid, case r.oid when 0 then a.oid else r.oid end, 'USAGE'))), '{}'),
       coalesce((select pg_catalog.array_agg(r.rolname::text order by r.rolname)
                 from (select distinct m.roleid from pg_catalog.pg_auth_members m where m.member = a.oid order by 1 limit 3) m
                 join pg_catalog.pg_roles r on r.oid = m.roleid
                 where not r.rolsuper and pg_catalog.has_table_privilege(r.oid, t.oid, 'SELECT')), '{}')
from pg_catalog.pg_class t
cross join pg_catalog.pg_roles a
where t.oid = any ($1) and a.oid = any ($2)
  and pg_catalog.has_schema_privilege(a.oid, t.relnamespace, 'USAGE')
  and (pg_catalog.has_any_column_privilege(a.oid, t.oid, 'SELECT, INSERT, UPDATE')
       or pg_catalog.has_table_privilege(a.oid, t.oid, 'DELETE'))
order by t.oid, a.rolname::text collate "C"
