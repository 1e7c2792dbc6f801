-- TEN-C12 medium
-- title: Large objects are not shared by tenants
-- how: Looks at the first thousand large objects for ones that were granted to a login or PUBLIC, or that belong to a login which serves
--   several tenants by a setting; and whether lo_compat_privileges is on for the whole server (for roles and databases: SEC-34).
-- live: Writes a marker as B and reads it as A, where one role serves both and has large objects; writes one as each role (16 at most)
--   and reads it as the others (24 at most); reads one byte of those that were granted. Getting it is a break.
-- why: No policy can be put on a large object. Whoever may read it reads it as any tenant; numbers are easily guessed.
-- source: https://www.postgresql.org/docs/current/lo-implementation.html; reproduced on 15 and 18
, object as (
  select m.oid, m.lomowner, m.lomacl from pg_largeobject_metadata m limit 1000
), shared as (
  select o.oid, x.grantee, x.grantee = o.lomowner as own
  from object o cross join aclexplode(coalesce(o.lomacl, acldefault('L', o.lomowner))) x
  where exists (select from tenant_table) and case
    when x.grantee = o.lomowner then o.lomowner in (select role from acts_as) and exists (select from context)
    else x.grantee in (select role from acts_as) or x.grantee = 0 and exists (select from attacker) end
)
select (array_agg(distinct 'large object ' || s.oid))[1:20] as targets,
       format('%s of the large objects may be read or written by %s as any tenant', count(distinct s.oid),
              string_agg(distinct case s.grantee when 0 then 'PUBLIC' else quote_ident(pg_get_userbyid(s.grantee)) end, ', ')) as evidence,
       format(E'DO $fix$ DECLARE o oid; BEGIN\n  FOR o IN SELECT oid FROM pg_largeobject_metadata LOOP\n'
              '    EXECUTE format(''ALTER LARGE OBJECT %%s OWNER TO CURRENT_USER'', o);\n'
              '    EXECUTE format(''REVOKE ALL ON LARGE OBJECT %%s FROM %s'', o);\n  END LOOP;\nEND $fix$;',
              replace(string_agg(distinct case s.grantee when 0 then 'PUBLIC' else quote_ident(pg_get_userbyid(s.grantee)) end, ', '), '''',
                      '''''')) as fix
from shared s
having count(*) > 0
union all
select array['lo_compat_privileges'], 'lo_compat_privileges is on in the server''s file: every role reads and writes every large object',
       '-- ALTER SYSTEM SET lo_compat_privileges = off; then reload.'
where current_setting('lo_compat_privileges')::bool and exists (select from tenant_table)
  and not exists (select from pg_db_role_setting s cross join unnest(s.setconfig) c(entry) where c.entry ~ '^lo_compat_privileges=')
