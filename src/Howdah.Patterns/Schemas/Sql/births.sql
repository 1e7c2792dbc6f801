-- no parameters; to whom default privileges give schemas at birth, by the role that will own them
select distinct pg_catalog.pg_get_userbyid(d.defaclrole)::text, case x.grantee when 0 then 'public' else pg_catalog.pg_get_userbyid(x.grantee)::text end
from pg_catalog.pg_default_acl d, pg_catalog.aclexplode(d.defaclacl) x
where d.defaclobjtype = 'n' and x.grantee <> d.defaclrole
order by 1, 2
