-- TEN-G03 high
-- title: No tenant's table draws its numbers from another schema's sequence
-- how: Follows the column defaults of tables in tenants' schemas to the sequences they use.
-- why: CREATE TABLE … (LIKE … INCLUDING ALL) copies the default with the sequence of the table it came from. The tenants then count
--   together: each sees the others' volume, and dropping or resetting the one stops them all.
-- source: https://www.postgresql.org/docs/current/sql-createtable.html; reproduced on 15 and 18
, drawn as (
  select c.oid, n.nspname, c.relname, c.relacl, c.relowner, a.attname, d.adnum, q.oid as seq, t.typname
  from pg_attrdef d
  join pg_class c on c.oid = d.adrelid
  join tenant_schema s on s.oid = c.relnamespace
  join pg_namespace n on n.oid = c.relnamespace
  join pg_attribute a on a.attrelid = c.oid and a.attnum = d.adnum
  join pg_type t on t.oid = a.atttypid
  join pg_depend p on p.classid = 'pg_attrdef'::regclass and p.objid = d.oid and p.refclassid = 'pg_class'::regclass
  join pg_class q on q.oid = p.refobjid and q.relkind = 'S' and q.relnamespace <> c.relnamespace
), mended as (
  select d.*, format('%I.%I', d.nspname, left(d.relname, 30) || '_' || left(d.attname, 20) || '_own_seq') as own,
         (select string_agg(distinct case when a.grantee = 0 then 'PUBLIC' else quote_ident(pg_get_userbyid(a.grantee)) end, ', ')
          from aclexplode(d.relacl) a where a.privilege_type = 'INSERT' and a.grantee <> d.relowner) as whom
  from drawn d
)
select array_agg(format('%s.%I', oid::regclass, attname) order by oid::regclass::text, attname) as targets,
       format('%s of tenants draw from %s', case count(*) when 1 then 'a column' else count(*) || ' columns' end,
              seq::regclass) as evidence,
       string_agg(format(E'CREATE SEQUENCE %1$s;\nALTER SEQUENCE %1$s OWNER TO %2$I;\nALTER SEQUENCE %1$s OWNED BY %3$s.%4$I;', own,
                         pg_get_userbyid(relowner), oid::regclass, attname)
           || format(E'\nSELECT setval(%L, (SELECT coalesce(max(%I), 0) + 1 FROM %s), false);', own, attname, oid::regclass)
           || format(E'\nALTER TABLE %s ALTER COLUMN %I SET DEFAULT nextval(%L);', oid::regclass, attname, own)
           || coalesce(format(E'\nGRANT USAGE ON SEQUENCE %s TO %s;', own, whom), ''), E'\n' order by oid::regclass::text, attname) as fix
from mended
group by seq
order by 1
