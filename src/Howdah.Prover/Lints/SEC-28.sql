-- SEC-28 high
-- title: No event trigger runs what a login could have changed
-- how: Looks at enabled event triggers outside extensions: owned by a login or a role that it can become, with a function owned by one,
--   with a function whose search_path is not pinned, or is pinned to a schema where such a role may create.
-- why: An event trigger fires for everybody who changes the structure, superusers too, with their rights. Whoever decides what it runs has
--   those rights at the next migration.
-- source: https://www.postgresql.org/docs/current/event-triggers.html; CVE-2023-2454
, actor(role) as (
  select distinct x.role from acts_as x join pg_roles r on r.oid = x.role where not r.rolsuper
), fired as (
  select e.evtname, e.evtowner, f.oid, f.proowner, n.nspname, f.proowner in (select role from actor) as lent,
         (select substr(c.entry, 13) from unnest(f.proconfig) c(entry) where c.entry like 'search_path=%') as path
  from pg_event_trigger e join pg_proc f on f.oid = e.evtfoid join pg_namespace n on n.oid = f.pronamespace
  where e.evtenabled <> 'D'
    and not exists (select from pg_depend d where d.classid = 'pg_event_trigger'::regclass and d.objid = e.oid and d.deptype = 'e')
    and f.prolang not in (select oid from pg_language where lanname in ('c', 'internal'))
), loose as (
  select f.*, (select string_agg(quote_ident(s.name), ', ') from user_schema s
               where s.name in (select replace(trim(i, '"'), '""', '"') from regexp_split_to_table(f.path, '\s*,\s*') i)
                 and exists (select from actor a where has_schema_privilege(a.role, s.oid, 'CREATE'))) as open
  from fired f
)
select array[quote_ident(evtname)] as targets,
       format('the event trigger %I %s', evtname, concat_ws(', ',
         case when evtowner in (select role from actor) then format('belongs to %I', pg_get_userbyid(evtowner)) end,
         case when lent then format('runs %s, which belongs to %I', oid::regprocedure, pg_get_userbyid(proowner)) end,
         case when path is null then format('runs %s, whose search_path is not pinned', oid::regprocedure)
              when open is not null then format('runs %s, which looks names up in %s', oid::regprocedure, open) end)) as evidence,
       coalesce(nullif(concat_ws(E'\n',
         case when lent and evtowner not in (select role from actor)
              then format('ALTER FUNCTION %s OWNER TO %I;', oid::regprocedure, pg_get_userbyid(evtowner)) end,
         case when path is null or open is not null
              then format('ALTER FUNCTION %s SET search_path = pg_catalog, %spg_temp;', oid::regprocedure,
                          case when exists (select from user_schema s join actor a on has_schema_privilege(a.role, s.oid, 'CREATE')
                                            where s.name = nspname) then '' else quote_ident(nspname) || ', ' end) end), ''),
         '-- ALTER EVENT TRIGGER … OWNER TO a superuser that nobody logs in as.') as fix
from loose
where evtowner in (select role from actor) or lent or path is null or open is not null
order by 1
