-- SEC-08 high
-- title: Nobody may create in a schema only because everybody may
-- how: Looks for CREATE granted to PUBLIC on a schema.
-- why: An attacker puts a function or table there that fits a call better than the real one, and waits until a higher role calls it. The
--   schema public allowed this before PostgreSQL 15, and databases upgraded or restored from then still do.
-- source: CVE-2018-1058; https://www.postgresql.org/docs/current/ddl-schemas.html#DDL-SCHEMAS-PATTERNS
select array_agg(quote_ident(n.nspname) order by n.nspname) as targets,
       format('everybody may create in %s', string_agg(quote_ident(n.nspname), ', ' order by n.nspname)) as evidence,
       format('REVOKE CREATE ON SCHEMA %s FROM PUBLIC;', string_agg(quote_ident(n.nspname), ', ' order by n.nspname)) as fix
from pg_namespace n
where n.oid in (select oid from user_schema)
  and exists (select from aclexplode(n.nspacl) a where a.grantee = 0 and a.privilege_type = 'CREATE')
having count(*) > 0
