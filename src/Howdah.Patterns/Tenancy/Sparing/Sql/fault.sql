-- $1: the names of databases made ahead on this server; $2: their owner. What is wrong with them
select fault from (
  select p.name, 'there is no database ' || p.name as fault from pg_catalog.unnest($1::text[]) p(name)
  where not exists (select from pg_catalog.pg_database d where d.datname = p.name)
  union all
  select d.datname, d.datname || ' takes connections' from pg_catalog.pg_database d where d.datname = any ($1) and d.datallowconn
  union all
  select d.datname, d.datname || ' is ' || pg_catalog.pg_get_userbyid(d.datdba) || '''s' from pg_catalog.pg_database d
  where d.datname = any ($1) and d.datdba <> pg_catalog.to_regrole(pg_catalog.quote_ident($2))::oid
  union all
  select d.datname, case when x.grantee = 0 then 'everybody' else pg_catalog.pg_get_userbyid(x.grantee)::text end || ' has ' || x.privilege_type
         || ' on database ' || d.datname
  from pg_catalog.pg_database d, pg_catalog.aclexplode(coalesce(d.datacl, pg_catalog.acldefault('d', d.datdba))) x
  where d.datname = any ($1) and x.grantee <> d.datdba
  union all
  select s.datname, 'somebody was connected to ' || s.datname || ', so it may hold rows' from pg_catalog.pg_stat_database s
  where s.datname = any ($1) and s.sessions > 0
  union all
  select r.rolname, 'there is a role ' || r.rolname || ' already' from pg_catalog.pg_roles r where r.rolname = any ($1)
) s
order by name, fault limit 20
