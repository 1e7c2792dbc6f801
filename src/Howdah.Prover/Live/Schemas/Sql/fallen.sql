-- $1 oid[] relations that short names lead to. What each is, and to whom it was given.
select c.oid, n.nspname::text, c.relname::text, c.relkind,
       (select pg_catalog.string_agg(distinct case x.grantee when 0 then 'PUBLIC'
                 else pg_catalog.quote_ident(pg_catalog.pg_get_userbyid(x.grantee)) end, ', ')
        from pg_catalog.aclexplode(c.relacl) x where x.grantee <> c.relowner)
from pg_catalog.pg_class c join pg_catalog.pg_namespace n on n.oid = c.relnamespace
where c.oid = any ($1) and n.nspname !~ '^pg_'
order by c.oid
