-- $1 oid[] tables, $2 oid[] attackers, $3 oid[] schemas of one tenant each. Sequences that number rows of these tables and were granted for
-- SELECT: table, role that stands for the grantee, schema, name, the name as a lint writes it, the grantee, whether the role inherits it.
select distinct on (s.oid, x.grantee) n.relid, a.oid, m.nspname::text, s.relname::text, s.oid::pg_catalog.regclass::text,
       case x.grantee when 0 then 'PUBLIC' else pg_catalog.quote_ident(pg_catalog.pg_get_userbyid(x.grantee)) end,
       x.grantee = 0 or pg_catalog.pg_has_role(a.oid, case x.grantee when 0 then a.oid else x.grantee end, 'USAGE')
from (
  select d.objid as seq, d.refobjid as relid from pg_catalog.pg_depend d
  where d.classid = 'pg_catalog.pg_class'::pg_catalog.regclass and d.refclassid = 'pg_catalog.pg_class'::pg_catalog.regclass
    and d.deptype in ('a', 'i') and d.refobjid = any ($1)
  union
  select d.refobjid, f.adrelid from pg_catalog.pg_attrdef f
  join pg_catalog.pg_depend d on d.classid = 'pg_catalog.pg_attrdef'::pg_catalog.regclass and d.objid = f.oid
    and d.refclassid = 'pg_catalog.pg_class'::pg_catalog.regclass
  where f.adrelid = any ($1)
) n
join pg_catalog.pg_class s on s.oid = n.seq and s.relkind = 'S'
join pg_catalog.pg_class t on t.oid = n.relid and t.relnamespace <> all ($3)
join pg_catalog.pg_namespace m on m.oid = s.relnamespace
cross join pg_catalog.aclexplode(s.relacl) x
join pg_catalog.pg_roles a on a.oid = any ($2)
  and (x.grantee = 0 or pg_catalog.pg_has_role(a.oid, case x.grantee when 0 then a.oid else x.grantee end, 'MEMBER'))
where x.privilege_type = 'SELECT' and x.grantee <> s.relowner
  and pg_catalog.has_schema_privilege(a.oid, s.relnamespace, 'USAGE')
order by s.oid, x.grantee, a.rolname::text collate "C"
