-- $1 oid[] tables, $2 text[] their tenant columns. Their unique indexes and exclusion constraints: name, whether ON CONFLICT can name it by
-- its columns, whether it can tell of others (not with the tenant in it, nor with a random uuid that nobody can guess), all columns it
-- depends on, those of expressions and of its condition too, and the statements that put the tenant into it.
select x.indrelid, coalesce(k.conname, c.relname)::text, x.indisexclusion,
       not x.indisexclusion and x.indimmediate and x.indexprs is null and x.indpred is null,
       not exists (select from pg_catalog.pg_attribute a where a.attrelid = x.indrelid and a.attnum = any (d.columns)
                   and a.atttypid = 'pg_catalog.uuid'::pg_catalog.regtype and a.attname <> t.attname)
         and (x.indisexclusion or not exists (select from pg_catalog.pg_attribute a where a.attrelid = x.indrelid
                                              and a.attnum = any (x.indkey::pg_catalog.int2[]) and a.attname = t.attname)),
       d.columns,
       case when exists (select from pg_catalog.pg_constraint r where r.contype = 'f' and r.conindid = x.indexrelid)
            then pg_catalog.format('-- Foreign keys point at %s: see TEN-D02, then put %I into it.', n.name, t.attname)
            when k.contype = 'x' then pg_catalog.format('-- Put %I WITH = into %I of %s.', t.attname, k.conname, n.name)
            when k.conname is not null then pg_catalog.format(
              'ALTER TABLE %s DROP CONSTRAINT %I; ALTER TABLE %1$s ADD CONSTRAINT %2$I %s;', n.name, k.conname,
              pg_catalog.regexp_replace(pg_catalog.pg_get_constraintdef(k.oid), '\(',
                '(' || pg_catalog.replace(pg_catalog.quote_ident(t.attname), '\', '\\') || ', '))
            else pg_catalog.format('DROP INDEX %s; %s;', x.indexrelid::pg_catalog.regclass,
              pg_catalog.regexp_replace(pg_catalog.pg_get_indexdef(x.indexrelid), '(USING \w+ \()',
                '\1' || pg_catalog.replace(pg_catalog.quote_ident(t.attname), '\', '\\') || ', ')) end
from rows from (pg_catalog.unnest($1::oid[]), pg_catalog.unnest($2::text[])) t(oid, attname)
join pg_catalog.pg_index x on x.indrelid = t.oid
cross join lateral (select x.indrelid::pg_catalog.regclass) n(name)
join pg_catalog.pg_class c on c.oid = x.indexrelid
left join pg_catalog.pg_constraint k on k.conindid = x.indexrelid and k.conrelid = x.indrelid and k.contype in ('p', 'u', 'x')
cross join lateral (
  select pg_catalog.array_agg(distinct u.attnum) as columns
  from (select i.attnum from pg_catalog.unnest(x.indkey::pg_catalog.int2[]) i(attnum) where i.attnum > 0
        union all
        select e.refobjsubid::pg_catalog.int2 from pg_catalog.pg_depend e
        where e.refclassid = 'pg_catalog.pg_class'::pg_catalog.regclass and e.refobjid = x.indrelid and e.refobjsubid > 0
          and (e.classid = 'pg_catalog.pg_class'::pg_catalog.regclass and e.objid = x.indexrelid
               or e.classid = 'pg_catalog.pg_constraint'::pg_catalog.regclass and e.objid = k.oid)) u
) d
where (x.indisunique or x.indisexclusion) and x.indisvalid and d.columns is not null
order by x.indrelid, c.relname collate "C"
