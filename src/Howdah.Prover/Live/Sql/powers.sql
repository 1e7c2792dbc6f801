-- $1 oid[] tables, $2 oid[] attackers. Who may do what to the structure of a table: table, role, whether it has the owner's rights or can
-- turn into the owner, the owner, TRIGGER, whether it may REFERENCE the columns of a key and which, TRUNCATE, MAINTAIN, and a schema in
-- which it may create tables; only those who may do anything.
select p.relid, p.role, p.owns, p.owner, p.trigger, p.keyed, p.truncate, p.maintain,
       (select n.nspname::text from pg_catalog.pg_namespace n
        where n.nspname !~ '^pg_' and n.nspname <> 'information_schema' and pg_catalog.has_schema_privilege(p.role, n.oid, 'CREATE')
        order by n.nspname limit 1)
from (
  select t.oid as relid, a.oid as role, a.rolname,
         pg_catalog.pg_has_role(a.oid, t.relowner, 'MEMBER') as owns, pg_catalog.pg_get_userbyid(t.relowner)::text as owner,
         pg_catalog.has_table_privilege(a.oid, t.oid, 'TRIGGER') as trigger,
         (select x.indkey::pg_catalog.int2[] from pg_catalog.pg_index x
          where x.indrelid = t.oid and x.indisunique and x.indimmediate and x.indisvalid and x.indexprs is null and x.indpred is null
            and not exists (select from pg_catalog.unnest(x.indkey::pg_catalog.int2[]) k(attnum)
                            where not pg_catalog.has_column_privilege(a.oid, t.oid, k.attnum, 'REFERENCES'))
          order by x.indexrelid limit 1) as keyed,
         pg_catalog.has_table_privilege(a.oid, t.oid, 'TRUNCATE') as truncate,
         case when pg_catalog.current_setting('server_version_num')::int >= 170000
              then pg_catalog.has_table_privilege(a.oid, t.oid, 'MAINTAIN') else false end as maintain
  from pg_catalog.pg_class t cross join pg_catalog.pg_roles a
  where t.oid = any ($1) and a.oid = any ($2) and t.relkind in ('r', 'p')
    and pg_catalog.has_schema_privilege(a.oid, t.relnamespace, 'USAGE')
) p
where p.owns or p.trigger or p.keyed is not null or p.truncate or p.maintain
order by p.relid, p.rolname collate "C"
