-- $1: the roles that make objects. What objects they make are born with; the maker's own privileges left out. A row of its own tells that a default
-- was changed at all: without one, the built-in default holds
select pg_catalog.pg_get_userbyid(d.defaclrole), coalesce(n.nspname::text, ''), d.defaclobjtype::text,
       case x.grantee when 0 then 'public' else pg_catalog.pg_get_userbyid(x.grantee)::text end, pg_catalog.lower(x.privilege_type), x.is_grantable
from pg_catalog.pg_default_acl d
left join pg_catalog.pg_namespace n on n.oid = d.defaclnamespace
left join lateral pg_catalog.aclexplode(d.defaclacl) x on x.grantee <> d.defaclrole
where pg_catalog.pg_get_userbyid(d.defaclrole)::text = any($1) and d.defaclobjtype in ('r', 'S', 'f', 'T', 'n')
order by 1, 2, 3, 4, 5
