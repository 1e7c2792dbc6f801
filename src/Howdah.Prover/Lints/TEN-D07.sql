-- TEN-D07 residual low
-- title: Names in the catalogs tell nothing
-- how: Nothing is asked: names of schemas, roles, databases, tables and policies, and the bodies of functions, are open to every role.
-- why: A schema named after a customer tells every other customer of it.
-- source: https://www.postgresql.org/docs/current/catalogs.html
select array[current_database()::text] as targets, 'every login reads the names of all schemas, roles and databases' as evidence,
       '-- Name what belongs to a tenant by an id that means nothing.' as fix
where exists (select from attacker) and (exists (select from tenant_table) or exists (select from tenant_schema))
