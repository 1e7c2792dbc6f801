-- $1: a schema whose contents are left out, '' for none. A line for everything that a dump of a database and of its server's roles shows.
with
roles as (
  select null::text as space,
         format('role %s %s password %s', r.rolname,
           to_jsonb(r) - 'oid' - 'rolname' - 'rolpassword', coalesce(left(r.rolpassword, 14), 'none')) as line
  from pg_authid r where r.rolname !~ '^pg_'
  union all
  select null, format('member %s of %s by %s %s', m.member::regrole, m.roleid::regrole, m.grantor::regrole,
           to_jsonb(m) - 'oid' - 'roleid' - 'member' - 'grantor')
  from pg_auth_members m where m.member::regrole::text !~ '^pg_'
  union all
  select null, format('setting %s %s %s', coalesce(d.datname, '-'), coalesce(r.rolname, '-'), c)
  from pg_db_role_setting s
  left join pg_database d on d.oid = s.setdatabase left join pg_roles r on r.oid = s.setrole, unnest(s.setconfig) c
  union all
  select null, format('parameter %s %s', p.parname, x) from pg_parameter_acl p, aclexplode(p.paracl) x
  union all
  select null, format('tablespace %s %s %s %s', spcname, spcowner::regrole, spcacl, spcoptions) from pg_tablespace
),
base as (
  select null::text, format('database %s %s', d.datname, to_jsonb(d) - 'oid' - 'datname' - 'datdba' - 'datlastsysoid' - 'datfrozenxid'
           - 'datminmxid' - 'dathasloginevt' - 'datacl' || jsonb_build_object('owner', d.datdba::regrole::text))
  from pg_database d where d.datname = current_database()
  union all
  select null, format('database acl %s %s by %s %s', x.grantee::regrole, x.privilege_type, x.grantor::regrole, x.is_grantable)
  from pg_database d, aclexplode(coalesce(d.datacl, acldefault('d', d.datdba))) x where d.datname = current_database()
  union all
  select n.nspname, format('schema %s %s', n.nspname, n.nspowner::regrole) from pg_namespace n
  union all
  select n.nspname, format('schema acl %s %s %s by %s %s', n.nspname, x.grantee::regrole, x.privilege_type, x.grantor::regrole,
           x.is_grantable)
  from pg_namespace n, aclexplode(coalesce(n.nspacl, acldefault('n', n.nspowner))) x
  union all
  select n.nspname, format('default acl %s in %s %s %s %s %s', d.defaclrole::regrole, n.nspname, d.defaclobjtype, x.grantee::regrole,
           x.privilege_type, x.is_grantable)
  from pg_default_acl d left join pg_namespace n on n.oid = d.defaclnamespace, aclexplode(d.defaclacl) x
  union all
  -- A revoked default is a row without entries: that it is there is what counts.
  select n.nspname, format('default acl row %s in %s %s', d.defaclrole::regrole, n.nspname, d.defaclobjtype)
  from pg_default_acl d left join pg_namespace n on n.oid = d.defaclnamespace
  union all
  select null, format('extension %s %s in %s owner %s config %s %s', e.extname, e.extversion, e.extnamespace::regnamespace,
           e.extowner::regrole, e.extconfig::regclass[], e.extcondition)
  from pg_extension e
  union all
  select null, format('event trigger %s on %s %s when %s runs %s owner %s', evtname, evtevent, evtenabled, evttags, evtfoid::regproc,
           evtowner::regrole)
  from pg_event_trigger
),
relations as (
  select n.nspname, format('relation %s %s owner %s %s', c.oid::regclass, c.relkind, c.relowner::regrole, jsonb_build_object(
           'persistence', c.relpersistence, 'rls', c.relrowsecurity, 'force', c.relforcerowsecurity, 'options', c.reloptions,
           'replica identity', c.relreplident, 'method', a.amname, 'of', nullif(c.reloftype, 0)::regtype, 'tablespace', c.reltablespace,
           'bound', pg_get_expr(c.relpartbound, c.oid), 'key', pg_get_partkeydef(c.oid),
           'parents', array(select i.inhparent::regclass::text from pg_inherits i where i.inhrelid = c.oid order by i.inhseqno),
           'view', case when c.relkind in ('v', 'm') then pg_get_viewdef(c.oid) end))
  from pg_class c join pg_namespace n on n.oid = c.relnamespace left join pg_am a on a.oid = c.relam
  where c.relkind not in ('i', 'I', 't')
  union all
  select n.nspname, format('acl %s %s %s by %s %s', c.oid::regclass, x.grantee::regrole, x.privilege_type, x.grantor::regrole,
           x.is_grantable)
  from pg_class c join pg_namespace n on n.oid = c.relnamespace,
       aclexplode(coalesce(c.relacl, acldefault(case c.relkind when 'S' then 's' else 'r' end::"char", c.relowner))) x
  where c.relkind in ('r', 'p', 'v', 'm', 'f', 'S')
  union all
  select n.nspname, format('column %s.%s %s %s not null %s default %s %s acl %s', a.attrelid::regclass, a.attname, a.attnum,
           format_type(a.atttypid, a.atttypmod), a.attnotnull, coalesce(pg_get_expr(d.adbin, d.adrelid), '-'),
           jsonb_build_object('identity', a.attidentity, 'generated', a.attgenerated, 'storage', a.attstorage,
             'compression', a.attcompression, 'statistics', a.attstattarget, 'options',
             (select array_agg(o order by o) from unnest(a.attoptions) o where o not like 'pg\_attver=%'),
             'collation', nullif(a.attcollation, 0)::regcollation, 'local', a.attislocal), a.attacl)
  from pg_attribute a join pg_class c on c.oid = a.attrelid join pg_namespace n on n.oid = c.relnamespace
  left join pg_attrdef d on d.adrelid = a.attrelid and d.adnum = a.attnum
  where c.relkind in ('r', 'p', 'v', 'm', 'f', 'c') and a.attnum > 0 and not a.attisdropped
  union all
  select n.nspname, format('constraint %s on %s%s %s valid %s', k.conname, nullif(k.conrelid, 0)::regclass, nullif(k.contypid, 0)::regtype,
           pg_get_constraintdef(k.oid), k.convalidated)
  from pg_constraint k join pg_namespace n on n.oid = k.connamespace
  union all
  select n.nspname, format('index %s valid %s ready %s clustered %s identity %s', pg_get_indexdef(i.indexrelid), i.indisvalid, i.indisready,
           i.indisclustered, i.indisreplident)
  from pg_index i join pg_class c on c.oid = i.indexrelid join pg_namespace n on n.oid = c.relnamespace
  union all
  select n.nspname, format('sequence %s %s of %s', s.seqrelid::regclass, to_jsonb(s) - 'seqrelid', d.refobjid::regclass)
  from pg_sequence s join pg_class c on c.oid = s.seqrelid join pg_namespace n on n.oid = c.relnamespace
  left join pg_depend d on d.classid = 'pg_class'::regclass and d.objid = s.seqrelid and d.refobjsubid > 0 and d.deptype in ('a', 'i')
  union all
  select n.nspname, format('policy %s on %s %s permissive %s to %s using %s check %s', p.polname, p.polrelid::regclass, p.polcmd,
           p.polpermissive, array(select case r when 0 then 'public' else r::regrole::text end from unnest(p.polroles) r order by 1),
           pg_get_expr(p.polqual, p.polrelid), pg_get_expr(p.polwithcheck, p.polrelid))
  from pg_policy p join pg_class c on c.oid = p.polrelid join pg_namespace n on n.oid = c.relnamespace
  union all
  select n.nspname, format('trigger %s enabled %s', pg_get_triggerdef(t.oid), t.tgenabled)
  from pg_trigger t join pg_class c on c.oid = t.tgrelid join pg_namespace n on n.oid = c.relnamespace where not t.tgisinternal
  union all
  select n.nspname, format('rule %s enabled %s', pg_get_ruledef(r.oid), r.ev_enabled)
  from pg_rewrite r join pg_class c on c.oid = r.ev_class join pg_namespace n on n.oid = c.relnamespace where r.rulename <> '_RETURN'
  union all
  select n.nspname, pg_get_statisticsobjdef(s.oid) from pg_statistic_ext s join pg_namespace n on n.oid = s.stxnamespace
),
programs as (
  select n.nspname, format('function %s owner %s %s', p.oid::regprocedure, p.proowner::regrole,
           case when p.prokind in ('f', 'p') then pg_get_functiondef(p.oid) else p.prokind::text end)
  from pg_proc p join pg_namespace n on n.oid = p.pronamespace where n.nspname not in ('pg_catalog', 'information_schema')
  union all
  select n.nspname, format('function acl %s %s %s %s', p.oid::regprocedure, x.grantee::regrole, x.privilege_type, x.is_grantable)
  from pg_proc p join pg_namespace n on n.oid = p.pronamespace, aclexplode(coalesce(p.proacl, acldefault('f', p.proowner))) x
  union all
  select n.nspname, format('type %s owner %s base %s %s %s', t.oid::regtype, t.typowner::regrole, nullif(t.typbasetype, 0)::regtype,
           t.typdefault, array(select e.enumlabel from pg_enum e where e.enumtypid = t.oid order by e.enumsortorder))
  from pg_type t join pg_namespace n on n.oid = t.typnamespace
  union all
  select n.nspname, format('type acl %s %s %s %s', t.oid::regtype, x.grantee::regrole, x.privilege_type, x.is_grantable)
  from pg_type t join pg_namespace n on n.oid = t.typnamespace, aclexplode(t.typacl) x
  union all
  select null, format('language %s owner %s acl %s', lanname, lanowner::regrole, lanacl) from pg_language
  union all
  select null, format('foreign server %s acl %s %s', srvname, srvacl, srvoptions) from pg_foreign_server
  union all
  -- What is rarer is told by its name.
  select (pg_identify_object(classid, oid, 0)).schema, format('object %s', pg_identify_object(classid, oid, 0))
  from (select 'pg_operator'::regclass as classid, oid from pg_operator union all select 'pg_opclass'::regclass, oid from pg_opclass
        union all select 'pg_opfamily'::regclass, oid from pg_opfamily union all select 'pg_cast'::regclass, oid from pg_cast
        union all select 'pg_conversion'::regclass, oid from pg_conversion union all select 'pg_collation'::regclass, oid from pg_collation
        union all select 'pg_ts_config'::regclass, oid from pg_ts_config union all select 'pg_ts_dict'::regclass, oid from pg_ts_dict
        union all select 'pg_foreign_data_wrapper'::regclass, oid from pg_foreign_data_wrapper
        union all select 'pg_foreign_server'::regclass, oid from pg_foreign_server
        union all select 'pg_user_mapping'::regclass, oid from pg_user_mapping
        union all select 'pg_language'::regclass, oid from pg_language union all select 'pg_am'::regclass, oid from pg_am
        union all select 'pg_publication'::regclass, oid from pg_publication
        union all select 'pg_publication_rel'::regclass, oid from pg_publication_rel
        union all select 'pg_transform'::regclass, oid from pg_transform
        union all select 'pg_largeobject'::regclass, oid from pg_largeobject_metadata) o
  where o.oid >= 16384
),
words as (
  select case o.type when 'schema' then o.identity else o.schema end,
         format('comment on %s %s: %s', o.type, o.identity, d.description)
  from pg_description d, pg_identify_object(d.classoid, d.objoid, d.objsubid) o
  where d.objoid >= 16384 or d.objoid = 'public'::regnamespace
  union all
  select null, format('comment on %s %s: %s', o.type, o.identity, d.description)
  from pg_shdescription d, pg_identify_object(d.classoid, d.objoid, 0) o where d.objoid >= 16384
  union all
  select o.schema, format('label of %s %s: %s %s', o.type, o.identity, l.provider, l.label)
  from pg_seclabel l, pg_identify_object(l.classoid, l.objoid, l.objsubid) o
)
select line
from (select * from roles union all select * from base union all select * from relations union all select * from programs
      union all select * from words) as said (space, line)
where (space is null or (space !~ '^pg_' and space not in ('information_schema', $1)))
order by line collate "C"
