-- SEC-18 low
-- title: No grant on single columns is void
-- how: Looks for a privilege granted on some columns of a table and, to the same role or to PUBLIC, on the whole table.
-- why: Privileges add up. Whoever granted the columns meant to keep the others closed; the grant on the table opens them all.
-- source: https://www.postgresql.org/docs/current/sql-grant.html
, partial as (
  select c.oid, c.relacl, c.relowner, x.grantee, x.privilege_type, string_agg(quote_ident(a.attname), ', ' order by a.attnum) as cols
  from pg_attribute a join pg_class c on c.oid = a.attrelid cross join aclexplode(a.attacl) x
  where a.attacl is not null and not a.attisdropped and c.relnamespace in (select oid from user_schema) and x.grantee <> c.relowner
    and not exists (select from pg_depend e where e.classid = 'pg_class'::regclass and e.objid = c.oid and e.deptype = 'e')
  group by c.oid, c.relacl, c.relowner, x.grantee, x.privilege_type
), void as (
  select p.oid, p.privilege_type, p.cols, w.grantee as wide, p.grantee,
         case when p.grantee = 0 then 'PUBLIC' else quote_ident(pg_get_userbyid(p.grantee)) end as whom,
         case when w.grantee = 0 then 'PUBLIC' else quote_ident(pg_get_userbyid(w.grantee)) end as wider
  from partial p cross join aclexplode(p.relacl) w
  where w.privilege_type = p.privilege_type and w.grantee in (0, p.grantee)
)
select array[oid::regclass::text] as targets,
       format('%s on the whole of %s makes void what was granted on single columns: %s', string_agg(distinct privilege_type, ', '),
              oid::regclass,
              string_agg(distinct format('%s (%s) to %s', privilege_type, cols, whom), '; ')) as evidence,
       string_agg(format('REVOKE %1$s ON %2$s FROM %3$s; GRANT %1$s (%4$s) ON %2$s TO %5$s;', privilege_type, oid::regclass, wider,
                         cols, whom), E'\n'
                  order by whom, privilege_type) as fix
from void
group by oid
order by 1
