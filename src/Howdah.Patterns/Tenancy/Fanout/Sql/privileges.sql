-- $1, $2: schemas and names of tenants' tables; $3: roles of applications. What these may do with each
select n.nspname, c.relname, pg_catalog.array_agg(distinct x.privilege_type::text order by x.privilege_type::text)
from rows from (pg_catalog.unnest($1::text[]), pg_catalog.unnest($2::text[])) t(schema, name)
join pg_catalog.pg_namespace n on n.nspname = t.schema
join pg_catalog.pg_class c on c.relnamespace = n.oid and c.relname = t.name,
pg_catalog.aclexplode(c.relacl) x
join pg_catalog.pg_roles r on r.oid = x.grantee
where r.rolname = any ($3) and x.privilege_type in ('SELECT', 'INSERT', 'UPDATE', 'DELETE')
group by 1, 2
order by 1, 2
