-- $1 oid[] logins. Foreign servers that lead back to this very server, into another database, and by which a login, or a role that it can
-- become, has a mapping: with a foreign table that it may read, or with dblink; 200 at most.
with actor as (
  select l.rolname::text as login, r.oid, r.rolname::text as acting
  from pg_catalog.pg_roles l
  join pg_catalog.pg_roles r on not r.rolsuper and r.rolname !~ '^pg_' and pg_catalog.pg_has_role(l.oid, r.oid, 'MEMBER')
  where l.oid = any ($1)
), near as (
  select s.oid, s.srvname::text as name, o.dbname
  from pg_catalog.pg_foreign_server s
  join pg_catalog.pg_depend d on d.classid = 'pg_catalog.pg_foreign_data_wrapper'::pg_catalog.regclass and d.objid = s.srvfdw
    and d.refclassid = 'pg_catalog.pg_extension'::pg_catalog.regclass and d.deptype = 'e'
  join pg_catalog.pg_extension e on e.oid = d.refobjid and e.extname in ('postgres_fdw', 'dblink')
  cross join lateral (
    select pg_catalog.max(x.option_value) filter (where x.option_name = 'dbname') as dbname,
           coalesce(pg_catalog.max(x.option_value) filter (where x.option_name = 'hostaddr'),
                    pg_catalog.max(x.option_value) filter (where x.option_name = 'host'), '') as host,
           coalesce(pg_catalog.max(x.option_value) filter (where x.option_name = 'port'), '5432') as port,
           coalesce(pg_catalog.bool_or(x.option_name = 'service'), false) as service
    from pg_catalog.pg_options_to_table(s.srvoptions) x) o
  where o.port = pg_catalog.current_setting('port') and not o.service and o.dbname <> pg_catalog.current_database()
    and (o.host in ('', 'localhost', '127.0.0.1', '::1', pg_catalog.host(pg_catalog.inet_server_addr())) or o.host ~ '^/[^,]*$')
)
select a.login, a.acting, s.name, s.dbname, t.schema, t.name, t.whom, k.schema
from actor a
join near s on exists (select from pg_catalog.pg_user_mappings m where m.srvid = s.oid and m.umuser in (0, a.oid))
left join lateral (
  select n.nspname::text as schema, c.relname::text as name,
         (select pg_catalog.string_agg(distinct case x.grantee when 0 then 'PUBLIC'
                   else pg_catalog.quote_ident(pg_catalog.pg_get_userbyid(x.grantee)) end, ', ')
          from pg_catalog.aclexplode(c.relacl) x
          where x.grantee <> c.relowner and x.privilege_type = 'SELECT'
            and (x.grantee = 0 or pg_catalog.pg_has_role(a.oid, x.grantee, 'USAGE'))) as whom
  from pg_catalog.pg_foreign_table f
  join pg_catalog.pg_class c on c.oid = f.ftrelid join pg_catalog.pg_namespace n on n.oid = c.relnamespace
  where f.ftserver = s.oid and pg_catalog.has_schema_privilege(a.oid, n.oid, 'USAGE')
    and pg_catalog.has_any_column_privilege(a.oid, c.oid, 'SELECT')
  order by c.relname::text collate "C" limit 1) t on true
left join lateral (
  select n.nspname::text as schema
  from pg_catalog.pg_extension e
  join pg_catalog.pg_depend d on d.refclassid = 'pg_catalog.pg_extension'::pg_catalog.regclass and d.refobjid = e.oid
    and d.classid = 'pg_catalog.pg_proc'::pg_catalog.regclass and d.deptype = 'e'
  join pg_catalog.pg_proc p on p.oid = d.objid and p.proname = 'dblink' and p.pronargs = 2
    and p.proargtypes[1] = 'pg_catalog.text'::pg_catalog.regtype
  join pg_catalog.pg_namespace n on n.oid = p.pronamespace
  where e.extname = 'dblink' and pg_catalog.has_schema_privilege(a.oid, n.oid, 'USAGE')
    and pg_catalog.has_function_privilege(a.oid, p.oid, 'EXECUTE') and pg_catalog.has_server_privilege(a.oid, s.oid, 'USAGE')
  limit 1) k on true
where t.name is not null or k.schema is not null
order by a.login collate "C", a.acting collate "C", s.name collate "C"
limit 200
