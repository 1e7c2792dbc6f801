-- $1 oid[] tables that are locked and left out. Policies with the columns they name and the bodies of the functions they call.
select p.polrelid, p.polname::text, p.polcmd, p.polpermissive, p.polroles, pg_catalog.pg_get_expr(p.polqual, p.polrelid),
       pg_catalog.pg_get_expr(p.polwithcheck, p.polrelid),
       coalesce((select pg_catalog.array_agg(d.refobjsubid::smallint order by d.refobjsubid) from pg_catalog.pg_depend d
                 where d.classid = 'pg_catalog.pg_policy'::pg_catalog.regclass and d.objid = p.oid and d.refobjid = p.polrelid
                   and d.refobjsubid > 0), '{}'),
       pg_catalog.concat_ws(E'\n', pg_catalog.pg_get_expr(p.polqual, p.polrelid), pg_catalog.pg_get_expr(p.polwithcheck, p.polrelid),
         (select pg_catalog.string_agg(pg_catalog.pg_get_functiondef(f.oid), E'\n' order by f.oid) from pg_catalog.pg_depend d
          join pg_catalog.pg_proc f on f.oid = d.refobjid and f.prokind = 'f'
          where d.classid = 'pg_catalog.pg_policy'::pg_catalog.regclass and d.objid = p.oid
            and d.refclassid = 'pg_catalog.pg_proc'::pg_catalog.regclass and f.pronamespace <> 'pg_catalog'::pg_catalog.regnamespace))
from pg_catalog.pg_policy p
where p.polrelid <> all ($1)
order by p.polrelid, p.polname::text collate "C"
