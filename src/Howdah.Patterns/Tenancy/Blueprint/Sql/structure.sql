-- $1, $2: schemas and names of tenants' tables; $3: the tenant column; $4: roles of applications; $5: schemas and $6: names of shared tables.
-- With search_path = the schema, names in it come out bare; with an empty one, all come out qualified. Statements that make the tables again, in order by phase;
-- those of phase 90 end with TO and lack the role; phase 0 is what stands in the way
with wanted as (
  select c.oid, c.relname, c.relnamespace, c.relkind, c.relpersistence, c.reloptions, c.relreplident, c.relam, c.relhasrules, c.relispartition,
         c.oid::pg_catalog.regclass::text as name, t.ord
  from rows from (pg_catalog.unnest($1::text[]), pg_catalog.unnest($2::text[])) with ordinality t(s, n, ord)
  join pg_catalog.pg_namespace n on n.nspname = t.s
  join pg_catalog.pg_class c on c.oid = pg_catalog.to_regclass(pg_catalog.quote_ident(n.nspname) || '.' || pg_catalog.quote_ident(t.n))::oid and c.relkind in ('r', 'p')
), shared as (
  select c.oid from rows from (pg_catalog.unnest($5::text[]), pg_catalog.unnest($6::text[])) t(s, n)
  join pg_catalog.pg_namespace n on n.nspname = t.s
  join pg_catalog.pg_class c on c.oid = pg_catalog.to_regclass(pg_catalog.quote_ident(n.nspname) || '.' || pg_catalog.quote_ident(t.n))::oid
), col as (
  select w.oid as rel, w.name, w.ord, a.attnum, a.attname, a.atttypid, a.atttypmod, a.attnotnull, a.attidentity, a.attgenerated,
         a.attstorage, a.attcompression, a.attstattarget, a.attcollation,
         -- Without the server's own mark of when a column was made, which the minor releases of November 2026 began to keep there.
         (select pg_catalog.string_agg(o.o, ', ' order by o.n) from pg_catalog.unnest(a.attoptions) with ordinality o(o, n)
          where o.o not like 'pg\_attver=%') as options,
         y.typcollation, y.typstorage,
         pg_catalog.pg_get_expr(d.adbin, d.adrelid) as def, d.oid as defoid,
         pg_catalog.pg_get_serial_sequence(w.oid::pg_catalog.regclass::text, a.attname) as owned
  from wanted w
  join pg_catalog.pg_attribute a on a.attrelid = w.oid and a.attnum > 0 and not a.attisdropped
  join pg_catalog.pg_type y on y.oid = a.atttypid
  left join pg_catalog.pg_attrdef d on d.adrelid = a.attrelid and d.adnum = a.attnum
), seq as (
  -- sequences of the columns: owned, or named by a default
  select s.seqrelid as oid, c.relname, s.seqrelid::pg_catalog.regclass::text as name, min(x.ord) as ord,
         (pg_catalog.array_agg(x.name || '.' || pg_catalog.quote_ident(x.attname) order by x.kind, x.ord) filter (where x.kind = 'a'))[1] as owner,
         bool_or(x.attidentity <> '') as identity,
         pg_catalog.format('increment by %s minvalue %s maxvalue %s start with %s cache %s%s', s.seqincrement, s.seqmin, s.seqmax, s.seqstart,
           s.seqcache, case when s.seqcycle then ' cycle' else '' end) as options,
         pg_catalog.format_type(s.seqtypid, null) as type
  from (
    select d.objid as seq, d.deptype as kind, col.name, col.attname, col.attidentity, col.ord
    from col join pg_catalog.pg_depend d on d.classid = 'pg_catalog.pg_class'::pg_catalog.regclass
      and d.refclassid = 'pg_catalog.pg_class'::pg_catalog.regclass and d.refobjid = col.rel and d.refobjsubid = col.attnum and d.deptype in ('a', 'i')
    union all
    select d.refobjid, 'n', col.name, col.attname, '', col.ord
    from col join pg_catalog.pg_depend d on d.classid = 'pg_catalog.pg_attrdef'::pg_catalog.regclass and d.objid = col.defoid
      and d.refclassid = 'pg_catalog.pg_class'::pg_catalog.regclass
  ) x
  join pg_catalog.pg_sequence s on s.seqrelid = x.seq
  join pg_catalog.pg_class c on c.oid = s.seqrelid
  group by s.seqrelid, c.relname, s.seqincrement, s.seqmin, s.seqmax, s.seqstart, s.seqcache, s.seqcycle, s.seqtypid
), con as (
  -- Within the table's own statement a constraint costs a good part less, and a foreign key looks for no rows. One that points at a table made
  -- later, or at an index that is made later, has to wait for it; one that is not validated would come out validated
  select k.oid, k.conname, k.contype, k.conrelid, k.confrelid, k.convalidated, w.name, w.ord,
         pg_catalog.pg_get_constraintdef(k.oid, true) as def,
         k.convalidated and (k.contype <> 'f' or case when f.oid is null then k.confrelid in (select oid from shared) else f.ord <= w.ord end
           and exists (select from pg_catalog.pg_constraint u where u.conindid = k.conindid and u.conrelid = k.confrelid and u.contype in ('p', 'u'))) as within
  from wanted w join pg_catalog.pg_constraint k on k.conrelid = w.oid and k.contype in ('p', 'u', 'x', 'c', 'f') and k.conparentid = 0
  left join wanted f on f.oid = k.confrelid
), idx as (
  select i.indexrelid, x.relname, w.name, w.ord, i.indisclustered, i.indisreplident,
         exists (select from pg_catalog.pg_constraint k where k.conindid = i.indexrelid and k.conrelid = i.indrelid and k.contype in ('p', 'u', 'x')) as constrained
  from wanted w join pg_catalog.pg_index i on i.indrelid = w.oid and i.indisvalid
  join pg_catalog.pg_class x on x.oid = i.indexrelid
), acl as (
  select w.name, w.ord, '' as part, x.privilege_type, r.rolname
  from wanted w join pg_catalog.pg_class c on c.oid = w.oid, pg_catalog.aclexplode(c.relacl) x
  join pg_catalog.pg_roles r on r.oid = x.grantee and r.rolname = any ($4)
  union all
  select col.name, col.ord, pg_catalog.quote_ident(a.attname), x.privilege_type, r.rolname
  from col join pg_catalog.pg_attribute a on a.attrelid = col.rel and a.attnum = col.attnum, pg_catalog.aclexplode(a.attacl) x
  join pg_catalog.pg_roles r on r.oid = x.grantee and r.rolname = any ($4)
)
select phase, ddl from (
  select 0 as phase, ord, name as sub, pg_catalog.format('%s is partitioned, and not by LIST of %s', name, $3) as ddl
  from wanted where relkind = 'p' and not exists (
    select from pg_catalog.pg_partitioned_table p join pg_catalog.pg_attribute a on a.attrelid = p.partrelid and a.attnum = p.partattrs[0]
    where p.partrelid = wanted.oid and p.partstrat = 'l' and p.partnatts = 1 and a.attname = $3)
  union all
  select 0, ord, name, pg_catalog.format('%s is made from another table, or others are from it (INHERITS)', name)
  from wanted where relispartition or exists (select from pg_catalog.pg_inherits i where i.inhrelid = wanted.oid
    or i.inhparent = wanted.oid and wanted.relkind <> 'p')
  union all
  select 0, ord, name, pg_catalog.format('%s has a rule', name) from wanted
  where relhasrules and exists (select from pg_catalog.pg_rewrite r where r.ev_class = wanted.oid)
  union all
  select 0, ord, name, pg_catalog.format('the foreign key %I of %s points at %s, which is neither a tenants'' table nor shared', conname, name,
    confrelid::pg_catalog.regclass)
  from con where contype = 'f' and confrelid not in (select oid from wanted union all select oid from shared)
  union all
  select 0, col.ord, col.name, pg_catalog.format('the column %I of %s has a type made from a table', col.attname, col.name)
  from col join pg_catalog.pg_type y on y.oid = col.atttypid join pg_catalog.pg_class c on c.oid = y.typrelid and c.relkind <> 'c'
  union all
  select 10, ord, name, pg_catalog.format('create sequence %s as %s %s', name, type, options) from seq where not identity
  union all
  select 20, w.ord, '', pg_catalog.format('create %stable %s (%s)%s%s', case w.relpersistence when 'u' then 'unlogged ' else '' end, w.name,
    (select pg_catalog.string_agg(
       pg_catalog.quote_ident(col.attname) || ' ' || pg_catalog.format_type(col.atttypid, col.atttypmod)
       || case when col.attcollation <> 0 and col.attcollation <> col.typcollation
            then (select pg_catalog.format(' collate %I.%I', n.nspname, o.collname) from pg_catalog.pg_collation o
                  join pg_catalog.pg_namespace n on n.oid = o.collnamespace where o.oid = col.attcollation) else '' end
       || case when col.attgenerated = 's' then ' generated always as (' || col.def || ') stored'
               when col.attgenerated = 'v' then ' generated always as (' || col.def || ')'
               when col.attidentity <> '' then pg_catalog.format(' generated %s as identity (sequence name %I %s)',
                 case col.attidentity when 'a' then 'always' else 'by default' end,
                 (select seq.relname from seq where seq.oid = pg_catalog.to_regclass(col.owned)), 
                 (select seq.options from seq where seq.oid = pg_catalog.to_regclass(col.owned)))
               when col.def is not null then ' default ' || col.def else '' end
       || case when col.attnotnull then ' not null' else '' end, ', ' order by col.attnum) from col where col.rel = w.oid)
     || coalesce((select pg_catalog.string_agg(pg_catalog.format(', constraint %I %s', con.conname, con.def), '' order by con.conname collate "C")
                  from con where con.conrelid = w.oid and con.within), ''),
    case when w.relam <> 0 and m.amname <> pg_catalog.current_setting('default_table_access_method') then pg_catalog.format(' using %I', m.amname) else '' end,
    case when w.reloptions is not null then pg_catalog.format(' with (%s)', pg_catalog.array_to_string(w.reloptions, ', ')) else '' end)
  from wanted w left join pg_catalog.pg_am m on m.oid = w.relam
  union all
  select 30, ord, name, pg_catalog.format('alter sequence %s owned by %s', name, owner) from seq where not identity and owner is not null
  union all
  select 31, ord, attname, pg_catalog.format('alter table %s alter column %I set storage %s', name, attname,
    case attstorage when 'p' then 'plain' when 'e' then 'external' when 'm' then 'main' else 'extended' end) from col where attstorage <> typstorage
  union all
  select 32, ord, attname, pg_catalog.format('alter table %s alter column %I set compression %s', name, attname,
    case attcompression when 'l' then 'lz4' else 'pglz' end) from col where attcompression <> ''
  union all
  select 33, ord, attname, pg_catalog.format('alter table %s alter column %I set statistics %s', name, attname, attstattarget)
  from col where coalesce(attstattarget, -1) >= 0
  union all
  select 34, ord, attname, pg_catalog.format('alter table %s alter column %I set (%s)', name, attname, options)
  from col where options is not null
  union all
  select case contype when 'c' then 41 else 40 end, ord, conname, pg_catalog.format('alter table %s add constraint %I %s', name, conname, def)
  from con where contype <> 'f' and not within
  union all
  select 50, ord, relname, pg_catalog.replace(pg_catalog.pg_get_indexdef(indexrelid, 0, true), ' ON ONLY ', ' ON ') from idx where not constrained
  union all
  select 51, ord, relname, pg_catalog.format('alter table %s cluster on %I', name, relname) from idx where indisclustered
  union all
  select 52, ord, '', case relreplident when 'f' then pg_catalog.format('alter table %s replica identity full', name)
    when 'n' then pg_catalog.format('alter table %s replica identity nothing', name)
    else (select pg_catalog.format('alter table %s replica identity using index %I', wanted.name, idx.relname) from idx
          where idx.name = wanted.name and idx.indisreplident) end
  from wanted where relreplident <> 'd'
  union all
  select 60, ord, conname, pg_catalog.format('alter table %s add constraint %I %s', name, conname, def)
  from con where contype = 'f' and not within
  union all
  select 70, w.ord, g.tgname, pg_catalog.pg_get_triggerdef(g.oid, true)
  from wanted w join pg_catalog.pg_trigger g on g.tgrelid = w.oid and not g.tgisinternal
  union all
  select 71, w.ord, g.tgname, pg_catalog.format('alter table %s %s trigger %I', w.name,
    case g.tgenabled when 'D' then 'disable' when 'R' then 'enable replica' else 'enable always' end, g.tgname)
  from wanted w join pg_catalog.pg_trigger g on g.tgrelid = w.oid and not g.tgisinternal and g.tgenabled <> 'O'
  union all
  select 72, w.ord, s.stxname, case when pg_catalog.pg_statistics_obj_is_visible(s.oid) then pg_catalog.regexp_replace(
    pg_catalog.pg_get_statisticsobjdef(s.oid), '^CREATE STATISTICS ("([^"]|"")*"|[^". ]+)\.', 'CREATE STATISTICS ')
    else pg_catalog.pg_get_statisticsobjdef(s.oid) end
  from wanted w join pg_catalog.pg_statistic_ext s on s.stxrelid = w.oid
  union all
  select 80, w.ord, coalesce(a.attname, ''), pg_catalog.format('comment on %s is %L',
    case when a.attname is null then 'table ' || w.name else pg_catalog.format('column %s.%I', w.name, a.attname) end, d.description)
  from wanted w join pg_catalog.pg_description d on d.classoid = 'pg_catalog.pg_class'::pg_catalog.regclass and d.objoid = w.oid
  left join pg_catalog.pg_attribute a on a.attrelid = w.oid and a.attnum = d.objsubid and d.objsubid > 0
  union all
  select 81, con.ord, con.conname, pg_catalog.format('comment on constraint %I on %s is %L', con.conname, con.name, d.description)
  from con join pg_catalog.pg_description d on d.classoid = 'pg_catalog.pg_constraint'::pg_catalog.regclass and d.objoid = con.oid
  union all
  select 82, idx.ord, idx.relname, pg_catalog.format('comment on index %s is %L', idx.indexrelid::pg_catalog.regclass, d.description)
  from idx join pg_catalog.pg_description d on d.classoid = 'pg_catalog.pg_class'::pg_catalog.regclass and d.objoid = idx.indexrelid
  union all
  select 90, ord, part, pg_catalog.format('grant %s on %s to', pg_catalog.string_agg(distinct privilege_type || case when part <> '' then ' (' || part || ')' else '' end, ', '), name)
  from acl where privilege_type in ('SELECT', 'INSERT', 'UPDATE', 'DELETE') group by name, ord, part
  union all
  select 91, seq.ord, seq.name, pg_catalog.format('grant usage on sequence %s to', seq.name)
  from seq where not seq.identity and exists (select from pg_catalog.unnest($4::text[]) r where pg_catalog.has_sequence_privilege(r, seq.oid, 'USAGE'))
) s
where ddl is not null
order by phase, ord, sub collate "C", ddl collate "C"
