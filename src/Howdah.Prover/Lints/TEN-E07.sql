-- TEN-E07 medium
-- title: No login can make temporary tables that shadow the tenants' tables
-- how: Asks for TEMPORARY on the database for every login; one finding for all of them.
-- why: Temporary tables are found before all others when a name is not qualified, and through a pooler they outlive the client that made
--   them: the next tenant reads and writes a table of the last one. They also hijack functions whose search_path does not end in pg_temp.
-- source: https://www.postgresql.org/docs/current/sql-createfunction.html; reproduced on PgBouncer 1.18
select array_agg(a.name order by a.name) as targets,
       format('%s may create temporary tables in %s', string_agg(a.name, ', ' order by a.name), current_database()) as evidence,
       format('REVOKE TEMPORARY ON DATABASE %I FROM PUBLIC, %s;', current_database(),
              string_agg(quote_ident(a.name), ', ' order by a.name)) as fix
from attacker a
where has_database_privilege(a.oid, current_database(), 'TEMPORARY') and exists (select from tenant_table)
having count(*) > 0
