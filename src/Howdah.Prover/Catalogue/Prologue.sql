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
    or m.admin_option -- which lets it give itself the rest
),
-- What attackers were granted on tenants' tables, and by which grant; what an owner may do is not in it. Column 0 is the whole table.
granted(attacker, relid, privilege, attnum, grantee) as (
  select b.attacker, t.oid, x.privilege_type, x.attnum, x.grantee
  from tenant_table t
  cross join lateral (
    select a.privilege_type, 0::smallint as attnum, a.grantee from pg_class c cross join aclexplode(c.relacl) a where c.oid = t.oid
    union all
    select a.privilege_type, c.attnum, a.grantee from pg_attribute c cross join aclexplode(c.attacl) a
    where c.attrelid = t.oid and c.attacl is not null) x
  join (select attacker, role from acts_as union all select oid, 0 from attacker) b on b.role = x.grantee
  where x.grantee <> t.owner
  union all
  select b.attacker, t.oid, k.privilege, 0::smallint, r.oid
  from (values ('pg_read_all_data', 'SELECT'), ('pg_write_all_data', 'INSERT'), ('pg_write_all_data', 'UPDATE'),
               ('pg_write_all_data', 'DELETE')) k(role, privilege)
  join pg_roles r on r.rolname = k.role join acts_as b on b.role = r.oid cross join tenant_table t
),
-- Schemas in which an attacker may use what it was granted.
usable(attacker, nspoid) as (
  select distinct b.attacker, n.oid
  from pg_namespace n cross join aclexplode(coalesce(n.nspacl, acldefault('n', n.nspowner))) x
  join (select attacker, role from acts_as union all select oid, 0 from attacker) b on b.role = x.grantee
  where x.privilege_type = 'USAGE'
),
-- Policies of tenants' tables with the columns of the table that they name, and whether what they ask is the constant true.
policy(oid, relid, name, cmd, permissive, roles, qual, checked, cols, attnum, enabled, open, unchecked) as (
  select p.oid, p.polrelid, p.polname::text, p.polcmd::text, p.polpermissive, p.polroles, p.polqual, p.polwithcheck,
         coalesce(d.cols, '{}'), t.attnum, t.rls, coalesce(p.polqual::text ~ '^\{CONST :consttype 16 .* 1 \[ 1 ', false),
         coalesce(coalesce(p.polwithcheck, p.polqual)::text ~ '^\{CONST :consttype 16 .* 1 \[ 1 ', false)
  from pg_policy p join tenant_table t on t.oid = p.polrelid
  left join (select objid, refobjid, array_agg(distinct refobjsubid::smallint) as cols from pg_depend
             where classid = 'pg_policy'::regclass and refclassid = 'pg_class'::regclass and refobjsubid > 0 group by 1, 2) d
    on d.objid = p.oid and d.refobjid = p.polrelid
),
-- Whom restrictive policies by the tenant's column hold, for each table and command (r, a, w, d).
floored(relid, cmd, roles) as materialized (
  select q.relid, k.cmd, array_agg(distinct r.role)
  from policy q join (values ('r'), ('a'), ('w'), ('d')) k(cmd) on q.cmd in ('*', k.cmd) cross join unnest(q.roles) r(role)
  where not q.permissive and q.attnum = any (q.cols) and not (q.unchecked and k.cmd in ('a', 'w'))
  group by q.relid, k.cmd
),
-- What permissive policies let attackers do (r, a, w, d) that no restrictive policy holds by the tenant's column.
unfloored as materialized (
  select p.oid, p.relid, k.cmd, k.privilege, p.roles, f.roles as floor
  from policy p
  join (values ('r', 'SELECT'), ('a', 'INSERT'), ('w', 'UPDATE'), ('d', 'DELETE')) k(cmd, privilege) on p.cmd in ('*', k.cmd)
  left join floored f on f.relid = p.relid and f.cmd = k.cmd
  where p.permissive and p.enabled and 0 <> all (coalesce(f.roles, '{}'))
),
unheld(policy, relid, attacker, cmd) as materialized (
  select p.oid, p.relid, g.attacker, p.cmd
  from unfloored p join granted g on g.relid = p.relid and g.privilege = p.privilege
  where (0 = any (p.roles) or exists (select from acts_as x where x.attacker = g.attacker and x.role = any (p.roles)))
    and not exists (select from acts_as x where x.attacker = g.attacker and x.role = any (p.floor))
),
-- How policies of this database most often compare a tenant's column of that name and type with the context: what fixes repeat.
model(attname, atttypid, expr) as (
  select t.attname, t.atttypid, mode() within group (order by e.expr)
  from policy p join tenant_table t on t.oid = p.relid cross join lateral (select pg_get_expr(p.qual, p.relid)) e(expr)
  where p.cols = array[t.attnum] and e.expr ~ '(current_setting\(|CURRENT_USER|SESSION_USER|\w\.\w+\()' and e.expr !~ ' OR |~|COALESCE'
    and e.expr ~ '^\(+[\w"]+\)?(::[\w ]+)?\)* (=|IN) '
  group by 1, 2
),
-- A policy written anew with that comparison, and a restrictive one for its table: the two ways to close a hole in a policy.
policy_cure(policy, relid, altered, floor) as (
  select p.oid, p.relid,
         format('ALTER POLICY %I ON %s%s%s;', p.name, t.name, case when p.qual is not null then format(' USING (%s)', m.expr) end,
                case when p.checked is not null then format(' WITH CHECK (%s)', m.expr) end),
         format('DROP POLICY IF EXISTS tenant_floor ON %s; CREATE POLICY tenant_floor ON %1$s AS RESTRICTIVE USING (%s) WITH CHECK (%2$s);',
                t.name, m.expr)
  from policy p join tenant_table t on t.oid = p.relid join model m on m.attname = t.attname and m.atttypid = t.atttypid
),
-- SECURITY DEFINER functions whose names an attacker can lead elsewhere: why, and the search_path that helps.
led(fn, fault, path) as (
  select f.oid, j.fault,
         concat_ws(', ', 'pg_catalog', (
           select string_agg(quote_ident(s.nspname), ', ' order by w.ord)
           from (select trim(i.name, ' "'), i.ord from regexp_split_to_table(e.path, ',') with ordinality i(name, ord)
                 union all select f.pronamespace::regnamespace::text, 1 where e.path is null) w(name, ord)
           join pg_namespace s on s.nspname = w.name and w.name not in ('pg_catalog', 'pg_temp')
           where s.oid not in (select m.oid from making m)), 'pg_temp')
  from pg_proc f join user_schema n on n.oid = f.pronamespace join pg_language l on l.oid = f.prolang
  cross join lateral (select (select substr(c.entry, 13) from unnest(f.proconfig) c(entry) where c.entry like 'search_path=%')) e(path)
  cross join lateral (select
    case when e.path is null then 'its search_path is not pinned'
         when exists (select from regexp_split_to_table(e.path, ',') i(name) join making m on m.name = trim(i.name, ' "'))
           then 'its search_path has a schema where an attacker may create'
         when e.path !~ 'pg_temp"?\s*$' and e.path !~ '^\s*("?pg_catalog"?|"")?\s*$' and exists (
           select from pg_database d cross join aclexplode(coalesce(d.datacl, acldefault('d', d.datdba))) x
           where d.datname = current_database() and x.privilege_type = 'TEMPORARY'
             and (x.grantee = 0 or x.grantee in (select role from acts_as)))
           then 'its search_path does not end in pg_temp' end) j(fault)
  where f.prosecdef and j.fault is not null and l.lanname not in ('c', 'internal') and f.prosqlbody is null
    and not exists (select from pg_depend e where e.classid = 'pg_proc'::regclass and e.objid = f.oid and e.deptype = 'e')
),
-- Schemas in which an attacker may create.
making(oid, name) as (
  select n.oid, n.name from user_schema n join pg_namespace s on s.oid = n.oid
  where exists (select from aclexplode(coalesce(s.nspacl, acldefault('n', s.nspowner))) x
                where x.privilege_type = 'CREATE' and (x.grantee = 0 and exists (select from attacker)
                  or x.grantee in (select role from acts_as)))
)
