-- no parameters but the session's howdah.convert_gone and howdah.convert_now: the table that gave its place, and the one that took it. What
-- is owned of the former is owned of the latter, where that has it
with gone as (select pg_catalog.current_setting('howdah.convert_gone')::pg_catalog.regclass::oid as oid),
now as (
  select c.oid, n.nspname, c.relname from pg_catalog.pg_class c join pg_catalog.pg_namespace n on n.oid = c.relnamespace
  where c.oid = pg_catalog.current_setting('howdah.convert_now')::pg_catalog.regclass),
taken as (
  select o.identity, o.classid, now.oid as objid from howdah.owned o, gone, now
  where o.classid = 'pg_catalog.pg_class'::pg_catalog.regclass and o.objid = gone.oid
  union all select o.identity, o.classid, n.oid from howdah.owned o, gone, now, pg_catalog.pg_policy p, pg_catalog.pg_policy n
  where o.classid = 'pg_catalog.pg_policy'::pg_catalog.regclass and o.objid = p.oid and p.polrelid = gone.oid
    and n.polrelid = now.oid and n.polname = p.polname
  union all select o.identity, o.classid, n.oid from howdah.owned o, gone, now, pg_catalog.pg_trigger p, pg_catalog.pg_trigger n
  where o.classid = 'pg_catalog.pg_trigger'::pg_catalog.regclass and o.objid = p.oid and p.tgrelid = gone.oid
    and n.tgrelid = now.oid and n.tgname = p.tgname
  union all select o.identity, o.classid, n.oid from howdah.owned o, gone, now, pg_catalog.pg_constraint p, pg_catalog.pg_constraint n
  where o.classid = 'pg_catalog.pg_constraint'::pg_catalog.regclass and o.objid = p.oid and p.conrelid = gone.oid
    and n.conrelid = now.oid and n.conname = p.conname
  union all select o.identity, o.classid, c.oid from howdah.owned o, gone, now, pg_catalog.pg_index p, pg_catalog.pg_index n,
    pg_catalog.pg_class c, pg_catalog.pg_namespace s
  where o.classid = 'pg_catalog.pg_class'::pg_catalog.regclass and o.objid = p.indexrelid and p.indrelid = gone.oid
    and n.indrelid = now.oid and c.oid = n.indexrelid and s.oid = c.relnamespace and o.object_names = array[s.nspname, c.relname]::text[])
update howdah.owned o set classid = t.classid, objid = t.objid from taken t where o.identity = t.identity
