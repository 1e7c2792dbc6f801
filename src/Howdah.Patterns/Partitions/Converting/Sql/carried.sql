-- $1: the table, $2: the new table's name as SQL has it. All that is carried over besides columns and indexes: part, name, SQL. A part
-- ending in `s` is the end of an ALTER TABLE, the others are statements: about the new table by $2, or by the name that it will have
select s.part, s.name, s.text from (
  select 'columns' part, a.attname::text name, pg_catalog.format('alter column %I set statistics %s', a.attname, a.attstattarget) text
  from pg_catalog.pg_attribute a where a.attrelid = $1 and a.attnum > 0 and not a.attisdropped and coalesce(a.attstattarget, -1) >= 0
  union all select 'columns', a.attname, pg_catalog.format('alter column %I set (%s)', a.attname, pg_catalog.string_agg(o.o, ', ' order by o.n))
  from pg_catalog.pg_attribute a cross join lateral pg_catalog.unnest(a.attoptions) with ordinality o(o, n)
  -- pg_attver is the server's own mark of when a column was made; it takes it from nobody.
  where a.attrelid = $1 and a.attnum > 0 and not a.attisdropped and o.o not like 'pg\_attver=%'
  group by a.attname
  union all select 'tables', '1', 'enable row level security' from pg_catalog.pg_class c where c.oid = $1 and c.relrowsecurity
  union all select 'tables', '2', 'force row level security' from pg_catalog.pg_class c where c.oid = $1 and c.relforcerowsecurity
  union all select 'tables', '3', case c.relreplident when 'f' then 'replica identity full' else 'replica identity nothing' end
  from pg_catalog.pg_class c where c.oid = $1 and c.relreplident in ('f', 'n')
  union all select 'tables', '9', pg_catalog.format('owner to %I', pg_catalog.pg_get_userbyid(c.relowner))
  from pg_catalog.pg_class c where c.oid = $1
  union all select 'build', 'comment', pg_catalog.format('comment on table %s is %L', $2, d.description)
  from pg_catalog.pg_description d where d.objoid = $1 and d.classoid = 'pg_catalog.pg_class'::pg_catalog.regclass and d.objsubid = 0
  union all select 'build', 'policy 1 ' || p.polname, pg_catalog.format('create policy %I on %s as %s for %s to %s', p.polname, $2,
      case when p.polpermissive then 'permissive' else 'restrictive' end,
      case p.polcmd when 'r' then 'select' when 'a' then 'insert' when 'w' then 'update' when 'd' then 'delete' else 'all' end,
      (select string_agg(case r when 0 then 'public' else pg_catalog.quote_ident(pg_catalog.pg_get_userbyid(r)) end, ', ' order by r)
       from unnest(p.polroles) r))
    || coalesce(' using (' || pg_catalog.pg_get_expr(p.polqual, p.polrelid) || ')', '')
    || coalesce(' with check (' || pg_catalog.pg_get_expr(p.polwithcheck, p.polrelid) || ')', '')
  from pg_catalog.pg_policy p where p.polrelid = $1
  union all select 'build', 'policy 2 ' || p.polname, pg_catalog.format('comment on policy %I on %s is %L', p.polname, $2, d.description)
  from pg_catalog.pg_policy p join pg_catalog.pg_description d on d.objoid = p.oid
    and d.classoid = 'pg_catalog.pg_policy'::pg_catalog.regclass
  where p.polrelid = $1
  union all select 'grant', l.who || ' ' || l.privilege_type, pg_catalog.format('grant %s%s on %s to %s%s', l.privilege_type, l.columns, $2,
    l.who, case when l.is_grantable then ' with grant option' else '' end)
  from (
    select x.privilege_type, '' columns, x.is_grantable,
      case x.grantee when 0 then 'public' else pg_catalog.quote_ident(pg_catalog.pg_get_userbyid(x.grantee)) end who
    from pg_catalog.pg_class c, pg_catalog.aclexplode(c.relacl) x where c.oid = $1
    union all select x.privilege_type, ' (' || pg_catalog.quote_ident(a.attname) || ')', x.is_grantable,
      case x.grantee when 0 then 'public' else pg_catalog.quote_ident(pg_catalog.pg_get_userbyid(x.grantee)) end
    from pg_catalog.pg_attribute a, pg_catalog.aclexplode(a.attacl) x where a.attrelid = $1 and a.attacl is not null) l
  union all select 'sequence', a.attname, pg_catalog.pg_get_serial_sequence($1::pg_catalog.regclass::text, a.attname)
  from pg_catalog.pg_attribute a where a.attrelid = $1 and a.attidentity <> ''
  union all select 'sequence grant', a.attname || ' ' || x.privilege_type || x.grantee, pg_catalog.format('grant %s on sequence %s to %s%s',
    x.privilege_type, q.oid::pg_catalog.regclass, case x.grantee when 0 then 'public' else
      pg_catalog.quote_ident(pg_catalog.pg_get_userbyid(x.grantee)) end, case when x.is_grantable then ' with grant option' else '' end)
  from pg_catalog.pg_attribute a
  join pg_catalog.pg_class q on q.oid = pg_catalog.pg_get_serial_sequence($1::pg_catalog.regclass::text, a.attname)::pg_catalog.regclass
  cross join lateral pg_catalog.aclexplode(q.relacl) x
  where a.attrelid = $1 and a.attidentity <> ''
  union all select o.part, n.nspname || '.' || q.relname, pg_catalog.format('alter sequence %I.%I owned by %s', n.nspname, q.relname,
    case o.part when 'owned' then pg_catalog.format('%s.%I', $1::pg_catalog.regclass, a.attname) else 'none' end)
  from (values ('owned'), ('disown')) o (part), pg_catalog.pg_depend d join pg_catalog.pg_class q on q.oid = d.objid and q.relkind = 'S'
  join pg_catalog.pg_namespace n on n.oid = q.relnamespace
  join pg_catalog.pg_attribute a on a.attrelid = $1 and a.attnum = d.refobjsubid
  where d.classid = 'pg_catalog.pg_class'::pg_catalog.regclass and d.refobjid = $1 and d.deptype = 'a'
    and d.refclassid = 'pg_catalog.pg_class'::pg_catalog.regclass
  union all select 'statistics', t.stxname, left(substr(pg_catalog.pg_get_statisticsobjdef(t.oid),
      length(pg_catalog.format('CREATE STATISTICS %I.%I', n.nspname, t.stxname)) + 1),
      -length(pg_catalog.format(' FROM %s', $1::pg_catalog.regclass))) || ' FROM ' || $2
  from pg_catalog.pg_statistic_ext t join pg_catalog.pg_namespace n on n.oid = t.stxnamespace where t.stxrelid = $1
  union all select 'trigger', t.tgname || ' 1', pg_catalog.pg_get_triggerdef(t.oid)
  from pg_catalog.pg_trigger t where t.tgrelid = $1 and not t.tgisinternal and t.tgname not like 'howdah\_convert\_%'
  union all select 'trigger states', t.tgname, pg_catalog.format('%s trigger %I', case t.tgenabled when 'O' then 'enable'
    when 'D' then 'disable' when 'A' then 'enable always' else 'enable replica' end, t.tgname)
  from pg_catalog.pg_trigger t where t.tgrelid = $1 and not t.tgisinternal and t.tgname not like 'howdah\_convert\_%'
  union all select 'trigger', t.tgname || ' 2', pg_catalog.format('comment on trigger %I on %s is %L', t.tgname,
    $1::pg_catalog.regclass, d.description)
  from pg_catalog.pg_trigger t join pg_catalog.pg_description d on d.objoid = t.oid
    and d.classoid = 'pg_catalog.pg_trigger'::pg_catalog.regclass
  where t.tgrelid = $1 and not t.tgisinternal and t.tgname not like 'howdah\_convert\_%'
  union all select 'foreign key', k.conname, pg_catalog.pg_get_constraintdef(k.oid)
  from pg_catalog.pg_constraint k where k.conrelid = $1 and k.contype = 'f'
  union all select 'foreign key comment', k.conname, pg_catalog.format('comment on constraint %I on %s is %L', k.conname,
    $1::pg_catalog.regclass, d.description)
  from pg_catalog.pg_constraint k join pg_catalog.pg_description d on d.objoid = k.oid
    and d.classoid = 'pg_catalog.pg_constraint'::pg_catalog.regclass
  where k.conrelid = $1 and k.contype = 'f'
  union all select 'unpublish', p.pubname, pg_catalog.format('alter publication %I drop table %s', p.pubname, $1::pg_catalog.regclass)
  from pg_catalog.pg_publication_rel r join pg_catalog.pg_publication p on p.oid = r.prpubid where r.prrelid = $1
  union all select 'publish', p.pubname, pg_catalog.format('alter publication %I add table %s', p.pubname, $1::pg_catalog.regclass)
    || coalesce(' (' || (select string_agg(pg_catalog.quote_ident(a.attname), ', ' order by a.attnum) from pg_catalog.pg_attribute a
      where a.attrelid = $1 and a.attnum = any (r.prattrs::int2[])) || ')', '')
    || coalesce(' where (' || pg_catalog.pg_get_expr(r.prqual, r.prrelid) || ')', '')
  from pg_catalog.pg_publication_rel r join pg_catalog.pg_publication p on p.oid = r.prpubid where r.prrelid = $1
  union all select 'view', n.nspname || '.' || v.relname, pg_catalog.format('create or replace view %I.%I %s as %s', n.nspname, v.relname,
    coalesce('with (' || array_to_string(v.reloptions, ', ') || ')', ''), pg_catalog.pg_get_viewdef(v.oid))
  from pg_catalog.pg_class v join pg_catalog.pg_namespace n on n.oid = v.relnamespace
  where v.relkind = 'v' and exists (
    select from pg_catalog.pg_rewrite r join pg_catalog.pg_depend d on d.classid = 'pg_catalog.pg_rewrite'::pg_catalog.regclass
      and d.objid = r.oid and d.refclassid = 'pg_catalog.pg_class'::pg_catalog.regclass and d.refobjid = $1
    where r.ev_class = v.oid)
) s
order by s.part, s.name collate "C", s.text collate "C"
