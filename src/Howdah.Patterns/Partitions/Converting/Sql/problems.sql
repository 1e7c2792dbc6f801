-- $1: the table, $2: the column to partition by. What keeps the table from being converted, one sentence each
select s.problem from (
  select 'it is no ordinary table' problem from pg_catalog.pg_class c where c.oid = $1 and (c.relkind <> 'r' or c.reloftype <> 0)
  union all select 'it is unlogged or temporary: ALTER TABLE … SET LOGGED first'
  from pg_catalog.pg_class c where c.oid = $1 and c.relpersistence <> 'p'
  union all select pg_catalog.format('it takes part in inheritance with %s: take it out first', i.other::pg_catalog.regclass)
  from (select inhparent other from pg_catalog.pg_inherits where inhrelid = $1 union all
        select inhrelid from pg_catalog.pg_inherits where inhparent = $1) i
  union all select 'its rows are kept by an access method of its own; only heap is known'
  from pg_catalog.pg_class c join pg_catalog.pg_am m on m.oid = c.relam where c.oid = $1 and m.amname <> 'heap'
  union all select pg_catalog.format(case when exists (
      select from pg_catalog.pg_attribute a where a.attrelid = $1 and a.attname = $2 and a.attnum = any (k.confkey))
    then 'the foreign key %I of %s refers to it, and would go on referring to the table as it was: drop that key, and add it again when '
      'the table is partitioned'
    else 'the foreign key %I of %s refers to it, and a partitioned table cannot be unique on fewer columns than it is partitioned by: '
      'drop that key, or add %I to it and to what it refers to' end, k.conname, k.conrelid::pg_catalog.regclass, $2)
  from pg_catalog.pg_constraint k where k.contype = 'f' and k.confrelid = $1
  union all select pg_catalog.format('the unique index %I does not hold %I, and no index can be unique across partitions without it: '
    'add the column to it, or drop it', x.relname, $2)
  from pg_catalog.pg_index i join pg_catalog.pg_class x on x.oid = i.indexrelid
  where i.indrelid = $1 and i.indisunique and not i.indisprimary and not exists (
    select from unnest(i.indkey::int2[]) with ordinality u (attnum, place)
    join pg_catalog.pg_attribute a on a.attrelid = $1 and a.attnum = u.attnum
    where a.attname = $2 and u.place <= i.indnkeyatts)
  union all select pg_catalog.format('its primary key %I includes columns or a period, which are not carried over', x.relname)
  from pg_catalog.pg_index i join pg_catalog.pg_class x on x.oid = i.indexrelid
  left join pg_catalog.pg_constraint k on k.conindid = x.oid and k.contype = 'p'
  where i.indrelid = $1 and i.indisprimary and (i.indnatts <> i.indnkeyatts or k.conexclop is not null
    or coalesce(pg_catalog.to_jsonb(k) ->> 'conperiod', 'false') = 'true')
  union all select pg_catalog.format('the exclusion constraint %I does not work across partitions: drop it first', k.conname)
  from pg_catalog.pg_constraint k where k.conrelid = $1 and k.contype = 'x'
  union all select pg_catalog.format('the constraint %I is %s: validate or drop it first', k.conname,
    case when k.connoinherit then 'NO INHERIT' when not k.convalidated then 'NOT VALID' else 'NOT ENFORCED' end)
  from pg_catalog.pg_constraint k where k.conrelid = $1 and (not k.convalidated or k.contype in ('c', 'n') and k.connoinherit
    or coalesce(pg_catalog.to_jsonb(k) ->> 'conenforced', 'true') = 'false')
  union all select pg_catalog.format('the index %I is not valid: drop it, or build it anew', i.indexrelid::pg_catalog.regclass)
  from pg_catalog.pg_index i where i.indrelid = $1 and not (i.indisvalid and i.indisready)
  union all select pg_catalog.format('it is marked to be clustered by %s, which a partitioned table cannot be: '
    'ALTER TABLE … SET WITHOUT CLUSTER first', i.indexrelid::pg_catalog.regclass)
  from pg_catalog.pg_index i where i.indrelid = $1 and i.indisclustered
  union all select pg_catalog.format('the index %s has a statistics target on an expression, which is not carried over',
    a.attrelid::pg_catalog.regclass)
  from pg_catalog.pg_index i join pg_catalog.pg_attribute a on a.attrelid = i.indexrelid
  where i.indrelid = $1 and coalesce(a.attstattarget, -1) >= 0
  union all select pg_catalog.format('its primary key holds %I of a type whose equality is not PostgreSQL''s own', a.attname)
  from pg_catalog.pg_index i cross join lateral unnest(i.indkey::int2[], i.indclass::oid[]) u (attnum, class)
  join pg_catalog.pg_attribute a on a.attrelid = $1 and a.attnum = u.attnum
  join pg_catalog.pg_opclass o on o.oid = u.class
  where i.indrelid = $1 and i.indisprimary and o.opcnamespace <> 'pg_catalog'::pg_catalog.regnamespace
  union all select pg_catalog.format('the rule %I: drop it first, or make it a trigger', r.rulename)
  from pg_catalog.pg_rewrite r where r.ev_class = $1
  union all select pg_catalog.format('the trigger %I uses transition tables for each row, which a partitioned table cannot', t.tgname)
  from pg_catalog.pg_trigger t where t.tgrelid = $1 and t.tgtype & 1 = 1 and (t.tgoldtable is not null or t.tgnewtable is not null)
  union all select pg_catalog.format('some privilege on it was not granted by its owner but by %s, which cannot be carried over',
    pg_catalog.pg_get_userbyid(l.grantor))
  from pg_catalog.pg_class c, lateral (
    select x.grantor from pg_catalog.aclexplode(c.relacl) x union
    select x.grantor from pg_catalog.pg_attribute a, pg_catalog.aclexplode(a.attacl) x where a.attrelid = c.oid and a.attacl is not null) l
  where c.oid = $1 and l.grantor <> c.relowner
  union all select pg_catalog.format('it has a security label of %I, which is not carried over', l.provider)
  from pg_catalog.pg_seclabel l where l.objoid = $1 and l.classoid = 'pg_catalog.pg_class'::pg_catalog.regclass
  union all select 'it belongs to an extension' from pg_catalog.pg_depend d
  where d.classid = 'pg_catalog.pg_class'::pg_catalog.regclass and d.objid = $1 and d.deptype = 'e'
  union all select 'a subscription fills it, which fires no trigger for a statement'
  from pg_catalog.pg_subscription_rel s where s.srrelid = $1
  union all select pg_catalog.format('%s depends on it and would stay with the table as it was: drop it first and make it again '
    'afterwards', pg_catalog.pg_describe_object(d.classid, d.objid, d.objsubid))
  from pg_catalog.pg_depend d
  left join pg_catalog.pg_rewrite r on d.classid = 'pg_catalog.pg_rewrite'::pg_catalog.regclass and r.oid = d.objid
  left join pg_catalog.pg_class v on v.oid = r.ev_class
  left join pg_catalog.pg_class own on d.classid = 'pg_catalog.pg_class'::pg_catalog.regclass and own.oid = d.objid
  left join pg_catalog.pg_constraint k on d.classid = 'pg_catalog.pg_constraint'::pg_catalog.regclass and k.oid = d.objid
  left join pg_catalog.pg_trigger g on d.classid = 'pg_catalog.pg_trigger'::pg_catalog.regclass and g.oid = d.objid
  left join pg_catalog.pg_policy p on d.classid = 'pg_catalog.pg_policy'::pg_catalog.regclass and p.oid = d.objid
  left join pg_catalog.pg_type t on d.classid = 'pg_catalog.pg_type'::pg_catalog.regclass and t.oid = d.objid
  left join pg_catalog.pg_class me on me.oid = $1
  where (d.refclassid = 'pg_catalog.pg_class'::pg_catalog.regclass and d.refobjid = $1
      or d.refclassid = 'pg_catalog.pg_type'::pg_catalog.regclass and d.refobjid in (me.reltype, (
        select e.typarray from pg_catalog.pg_type e where e.oid = me.reltype)))
    and not (coalesce(v.relkind = 'v', false) or coalesce(own.relkind in ('i', 't', 'S'), false) or coalesce(own.oid = $1, false)
      or coalesce(k.conrelid = $1 or k.contype = 'f', false) or coalesce(g.tgrelid = $1 or g.tgisinternal, false)
      or coalesce(p.polrelid = $1, false) or coalesce(t.oid = me.reltype or t.typelem = me.reltype, false)
      or d.classid in ('pg_catalog.pg_attrdef'::pg_catalog.regclass, 'pg_catalog.pg_statistic_ext'::pg_catalog.regclass,
        'pg_catalog.pg_publication_rel'::pg_catalog.regclass))
) s
group by s.problem order by s.problem
