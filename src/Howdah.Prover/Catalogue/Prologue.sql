-- $1 oid[] attackers, $2 oid[] tenant tables, $3 smallint[] their tenant columns, $4 text[] settings that carry the tenant,
-- $5 oid[] schemas that each hold one tenant. What every lint may use; the search_path is empty, so regclass::text is qualified and quoted.
with recursive
-- Who attacks: every role that can log in and is no superuser.
attacker(oid, name) as (
  select r.oid, r.rolname::text from pg_roles r where r.oid = any ($1::oid[])
),
-- Tables (ordinary, partitioned, foreign) with a column that tells the tenant, protected or not.
tenant_table(oid, name, nspoid, owner, kind, rls, forced, attnum, attname, atttypid, attnotnull) as (
  select c.oid, c.oid::regclass::text, c.relnamespace, c.relowner, c.relkind, c.relrowsecurity, c.relforcerowsecurity,
         a.attnum, a.attname::text, a.atttypid, a.attnotnull
  from unnest($2::oid[], $3::smallint[]) u(oid, attnum)
  join pg_class c on c.oid = u.oid
  join pg_attribute a on a.attrelid = u.oid and a.attnum = u.attnum
),
-- Settings that carry the tenant, such as app.tenant_id.
context(name) as (
  select unnest($4::text[])
),
-- Schemas that each hold one tenant.
tenant_schema(oid, name) as (
  select n.oid, n.nspname::text from pg_namespace n where n.oid = any ($5::oid[])
),
-- Schemas people made.
user_schema(oid, name) as (
  select n.oid, n.nspname::text from pg_namespace n where n.nspname !~ '^pg_' and n.nspname <> 'information_schema'
),
-- Every role whose rights an attacker can use, itself included: by inheriting or by SET ROLE (options per membership since 16).
acts_as(attacker, role) as (
  select a.oid, a.oid from attacker a
  union
  select b.attacker, m.roleid
  from acts_as b join pg_auth_members m on m.member = b.role
  where coalesce((to_jsonb(m) ->> 'set_option')::boolean, true) or coalesce((to_jsonb(m) ->> 'inherit_option')::boolean, true)
)
