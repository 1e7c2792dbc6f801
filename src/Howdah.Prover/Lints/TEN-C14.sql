-- TEN-C14 critical
-- title: No login can read the stream of changes
-- how: Lists logins with REPLICATION, or that can become a role with it, and names the publications of tenants' tables without a row filter
--   that are ready for them.
-- why: Through a replication slot every row of every tenant that is written comes by, without any right on the tables; a base backup holds
--   the rest. A publication only makes it easier.
-- source: https://www.postgresql.org/docs/current/logical-replication-security.html; reproduced on 15 and 18
, streaming as (
  select r.oid, r.rolname, array_agg(distinct quote_ident(a.name)) as who
  from acts_as b join pg_roles r on r.oid = b.role join attacker a on a.oid = b.attacker
  where r.rolreplication and not r.rolsuper and (exists (select from tenant_table) or exists (select from pg_policy))
  group by r.oid, r.rolname
), published(name) as (
  select distinct p.pubname::text
  from pg_publication p
  where p.puballtables and exists (select from tenant_table)
    or exists (select from pg_publication_rel l join tenant_table t on t.oid = l.prrelid where l.prpubid = p.oid and l.prqual is null)
    or exists (select from pg_publication_namespace l join tenant_table t on t.nspoid = l.pnnspid where l.pnpubid = p.oid)
)
select s.who as targets,
       format('%s has REPLICATION%s', array_to_string(s.who, ', '),
              coalesce((select '; publications without a row filter: ' || string_agg(quote_ident(name), ', ' order by name)
                        from published), ''))
         as evidence,
       format('ALTER ROLE %I NOREPLICATION;', s.rolname) as fix
from streaming s
order by 1
