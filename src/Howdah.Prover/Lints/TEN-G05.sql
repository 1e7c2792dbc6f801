-- TEN-G05 high
-- title: Nothing in one tenant's schema leads into another tenant's
-- how: Follows views, foreign keys, inheritance, triggers, policies, defaults and functions in tenants' schemas, by dependency and for
--   functions kept as text by the other schema's name in the body.
-- why: Views and functions are bound to the schema they were copied from. A foreign key lets one tenant probe or block the other's rows,
--   a view shows them, a trigger writes them.
-- source: https://www.postgresql.org/docs/current/catalog-pg-depend.html
, place as (
  select 'pg_class'::regclass as classid, c.oid, c.relnamespace as nsp from pg_class c join tenant_schema s on s.oid = c.relnamespace
  union all
  select 'pg_proc'::regclass, f.oid, f.pronamespace from pg_proc f join tenant_schema s on s.oid = f.pronamespace
), part as (
  select classid, oid, 'pg_class'::regclass as ofclass, ofoid from (
    select 'pg_rewrite'::regclass, r.oid, r.ev_class from pg_rewrite r
    union all select 'pg_constraint'::regclass, k.oid, k.conrelid from pg_constraint k where k.conrelid <> 0 and k.conparentid = 0
    union all select 'pg_trigger'::regclass, g.oid, g.tgrelid from pg_trigger g where not g.tgisinternal
    union all select 'pg_policy'::regclass, p.oid, p.polrelid from pg_policy p
    union all select 'pg_attrdef'::regclass, d.oid, d.adrelid from pg_attrdef d
    union all select 'pg_class'::regclass, c.oid, c.oid from pg_class c where c.relkind in ('r', 'p', 'f')
  ) every(classid, oid, ofoid)
  union all select 'pg_proc'::regclass, f.oid, 'pg_proc'::regclass, f.oid from pg_proc f
  where f.pronamespace in (select oid from tenant_schema)
), crossing as (
  select distinct x.classid, x.oid, x.ofclass, x.ofoid, here.nsp as nsp, there.nsp as other
  from part x
  join place here on here.classid = x.ofclass and here.oid = x.ofoid
  join pg_depend d on d.classid = x.classid and d.objid = x.oid
  join place there on there.classid = d.refclassid and there.oid = d.refobjid and there.nsp <> here.nsp
  -- A sequence in a default is TEN-G03's.
  where not (x.classid = 'pg_attrdef'::regclass and d.refclassid = 'pg_class'::regclass
             and (select c.relkind from pg_class c where c.oid = d.refobjid) = 'S')
  union
  select 'pg_proc'::regclass, f.oid, 'pg_proc'::regclass, f.oid, f.pronamespace, s.oid
  from pg_proc f join tenant_schema h on h.oid = f.pronamespace
  cross join regexp_matches(f.prosrc, '(?:"((?:[^"]|"")+)"|([\w$]+))\s*\.', 'g') m
  join tenant_schema s on s.oid <> h.oid and s.name = coalesce(replace(m[1], '""', '"'), lower(m[2]))
), told as (
  select c.*, format('%I', h.nspname) as home, format('%I', o.nspname) as away,
         '(^|[^\w$])' || regexp_replace(quote_ident(o.nspname), '(\W)', '\\\1', 'g') || '\.' as pattern,
         '\1' || replace(quote_ident(h.nspname), '\', '\\') || '.' as replacement
  from crossing c join pg_namespace h on h.oid = c.nsp join pg_namespace o on o.oid = c.other
)
select array[case when classid in ('pg_rewrite'::regclass, 'pg_class'::regclass) then ofoid::regclass::text
                  when classid = 'pg_proc'::regclass then oid::regprocedure::text
                  else pg_describe_object(classid, oid, 0) end] as targets,
       format('%s leads from %s into %s', case when ofclass = 'pg_proc'::regclass then oid::regprocedure::text
                                               when classid = 'pg_rewrite'::regclass then 'the view ' || ofoid::regclass::text
                                               else pg_describe_object(classid, oid, 0) end, home, away) as evidence,
       case classid
         when 'pg_rewrite'::regclass then case
           when (select relkind from pg_class where pg_class.oid = ofoid) = 'v'
             then format('CREATE OR REPLACE VIEW %s%s AS %s', ofoid::regclass,
                         (select ' WITH (' || array_to_string(c.reloptions, ', ') || ')' from pg_class c where c.oid = ofoid),
                         regexp_replace(pg_get_viewdef(ofoid), pattern, replacement, 'g'))
           else '-- Drop it and create it again over its own schema''s tables.' end
         -- In a block, because clients part a body with semicolons of its own into several statements.
         when 'pg_proc'::regclass then format('DO $fix$ BEGIN EXECUTE %L; END $fix$;',
           regexp_replace(pg_get_functiondef(oid), pattern, replacement, 'g'))
         when 'pg_constraint'::regclass then format('ALTER TABLE %s DROP CONSTRAINT %I; ALTER TABLE %1$s ADD CONSTRAINT %2$I %s;',
           ofoid::regclass, (select conname from pg_constraint k where k.oid = told.oid),
           regexp_replace(pg_get_constraintdef(oid), pattern, replacement, 'g'))
         when 'pg_trigger'::regclass then format('DROP TRIGGER %I ON %s; %s;',
           (select tgname from pg_trigger g where g.oid = told.oid), ofoid::regclass,
           regexp_replace(pg_get_triggerdef(oid), pattern, replacement, 'g'))
         else '-- Make it again over its own schema.' end as fix
from told
order by 1
