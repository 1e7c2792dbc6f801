-- $1: the setting that carries the tenant. One row for each thing that this session's role must not be: what, which, how many of it.
with reach as (
  select r.rolname, r.rolsuper, r.rolbypassrls, r.rolname = current_user as self from pg_catalog.pg_roles r
  where pg_catalog.pg_has_role(current_user, r.oid, 'MEMBER')
), found as (
  select 'superuser' as what, rolname::text as which from reach where self and rolsuper
  union all select 'bypasses', rolname from reach where self and rolbypassrls and not rolsuper
  -- A superuser is a member of every role and of every owner: said once is enough.
  union all select 'member', rolname from reach where not self and (rolsuper or rolbypassrls)
    and not exists (select from reach s where s.self and s.rolsuper)
  union all select 'owner', pg_catalog.format('%I.%I', n.nspname, c.relname)
    from pg_catalog.pg_class c join pg_catalog.pg_namespace n on n.oid = c.relnamespace
    where c.relkind in ('r', 'p') and (c.relrowsecurity or exists (select from pg_catalog.pg_policy p where p.polrelid = c.oid))
      and pg_catalog.pg_has_role(current_user, c.relowner, 'MEMBER') and not exists (select from reach s where s.self and s.rolsuper)
  union all select 'dormant', pg_catalog.format('%I.%I', n.nspname, c.relname)
    from pg_catalog.pg_class c join pg_catalog.pg_namespace n on n.oid = c.relnamespace
    where c.relkind in ('r', 'p') and not c.relrowsecurity and exists (select from pg_catalog.pg_policy p where p.polrelid = c.oid)
  -- From the catalog, not from this session: through a pooler, the session may be what somebody else left.
  union all select 'context', line from pg_catalog.pg_db_role_setting s, pg_catalog.unnest(s.setconfig) line
    where pg_catalog.starts_with(line, $1 || '=')
      and s.setrole in (0, (select r.oid from pg_catalog.pg_roles r where r.rolname = current_user))
      and (s.setdatabase = 0 or s.setdatabase = (select d.oid from pg_catalog.pg_database d where d.datname = pg_catalog.current_database()))
)
select what, min(which), count(*) from found group by what order by what
