-- no parameters but the session's howdah.partition_parent and howdah.partition_leaf, set by the statement before: gives a partition what
-- does not reach it by itself (owner, row security, replica identity, defaults), and takes from it what its parent does not give
do $$
declare
  parent oid := pg_catalog.current_setting('howdah.partition_parent')::pg_catalog.regclass;
  leaf oid := pg_catalog.current_setting('howdah.partition_leaf')::pg_catalog.regclass;
  wanted record;
  seen record;
  extra record;
  index_name text;
begin
  select c.relowner, c.relrowsecurity, c.relreplident into wanted from pg_catalog.pg_class c where c.oid = parent;
  select c.relowner, c.relrowsecurity, c.relreplident, c.relkind into seen from pg_catalog.pg_class c where c.oid = leaf;
  if seen.relowner <> wanted.relowner then
    execute pg_catalog.format('alter table %s owner to %I', leaf::pg_catalog.regclass, pg_catalog.pg_get_userbyid(wanted.relowner));
  end if;
  -- No policy: whoever reads the partition itself sees nothing; the parent's policies guard those who come through it. Not forced, as
  -- tenancy does not: its owner, who never logs in, may fill it.
  if wanted.relrowsecurity and not seen.relrowsecurity then
    execute pg_catalog.format('alter table %s enable row level security', leaf::pg_catalog.regclass);
  end if;
  if wanted.relreplident <> seen.relreplident and seen.relkind <> 'p' then
    select c.relname into index_name
    from pg_catalog.pg_index p
    join pg_catalog.pg_index l on l.indrelid = leaf and pg_catalog.pg_partition_root(l.indexrelid) = p.indexrelid
    join pg_catalog.pg_class c on c.oid = l.indexrelid
    where p.indrelid = parent and p.indisreplident;
    execute pg_catalog.format('alter table %s replica identity %s', leaf::pg_catalog.regclass, case wanted.relreplident
      when 'f' then 'full' when 'n' then 'nothing' when 'd' then 'default' else pg_catalog.format('using index %I', index_name) end);
  end if;
  for extra in
    select l.attname, pg_catalog.pg_get_expr(od.adbin, od.adrelid) as wanted
    from pg_catalog.pg_attribute l
    join pg_catalog.pg_attribute o on o.attrelid = parent and o.attname = l.attname
    left join pg_catalog.pg_attrdef ld on ld.adrelid = l.attrelid and ld.adnum = l.attnum
    left join pg_catalog.pg_attrdef od on od.adrelid = o.attrelid and od.adnum = o.attnum
    where l.attrelid = leaf and l.attnum > 0 and l.attgenerated = '' and o.attgenerated = ''
      and pg_catalog.pg_get_expr(ld.adbin, ld.adrelid) is distinct from pg_catalog.pg_get_expr(od.adbin, od.adrelid)
  loop
    execute pg_catalog.format('alter table %s alter column %I %s', leaf::pg_catalog.regclass, extra.attname,
      coalesce('set default ' || extra.wanted, 'drop default'));
  end loop;
  if pg_catalog.current_setting('server_version_num')::int < 170000 then
    for extra in select l.attname from pg_catalog.pg_attribute l where l.attrelid = leaf and l.attnum > 0 and l.attidentity <> '' loop
      execute pg_catalog.format('alter table %s alter column %I drop identity', leaf::pg_catalog.regclass, extra.attname);
    end loop;
  end if;
  for extra in
    select distinct l.grantee, l.privilege_type
    from pg_catalog.pg_class c, lateral (
      select x.grantee, x.privilege_type from pg_catalog.aclexplode(c.relacl) x union all
      select x.grantee, x.privilege_type from pg_catalog.pg_attribute a, pg_catalog.aclexplode(a.attacl) x
      where a.attrelid = c.oid and a.attacl is not null) l
    where c.oid = leaf and l.grantee <> c.relowner and not exists (
      select from pg_catalog.pg_class p, pg_catalog.aclexplode(p.relacl) q
      where p.oid = parent and q.grantee in (l.grantee, 0) and q.privilege_type = l.privilege_type)
  loop
    -- Taken from a table, a privilege is taken from its columns, too.
    execute pg_catalog.format('revoke %s on %s from %s', extra.privilege_type, leaf::pg_catalog.regclass,
      case extra.grantee when 0 then 'public' else pg_catalog.quote_ident(pg_catalog.pg_get_userbyid(extra.grantee)) end);
  end loop;
end $$
