-- TEN-F12 critical
-- title: Nobody who is held by a signed context can sign one
-- how: Takes functions that policies call, and functions named in their bodies, that hash (sha256, hmac, digest …). A break is an attacker
--   that may read a table named in such a body, or run one with its owner's rights that is not the one policies ask and gives text or bytes.
-- why: A signature is worth what its key is. Whoever reads the key, or may have things signed, makes a context for any tenant.
-- source: https://www.rfc-editor.org/rfc/rfc2104#section-3
, asked as materialized (
  select distinct f.oid, f.prosrc
  from policy p
  join pg_depend d on d.classid = 'pg_policy'::regclass and d.objid = p.oid and d.refclassid = 'pg_proc'::regclass
  join pg_proc f on f.oid = d.refobjid join user_schema n on n.oid = f.pronamespace
), named as materialized (
  select f.oid, f.proname, f.prosrc, f.prosecdef, f.pronamespace, f.prorettype, f.proowner, f.proacl, f.oid in (select oid from asked) as asked
  from pg_proc f join user_schema n on n.oid = f.pronamespace
  where f.oid in (select oid from asked)
    or exists (select from asked a where a.prosrc ~ ('(^|\W)' || regexp_replace(f.proname, '(\W)', '\\\1', 'g') || '\s*\('))
), hashing as materialized (
  select * from named where prosrc ~* '\m(sha(224|256|384|512)|hmac|digest|crypt)\s*\('
), keyed as (
  select distinct c.oid, c.relacl, c.relowner, n.name as nsp
  from hashing h cross join lateral regexp_matches(h.prosrc, '\m(?:from|join)\s+(?:"?([\w$]+)"?\s*\.\s*)?"?([\w$]+)"?', 'gi') m
  join pg_class c on c.relname = m[2] and c.relkind in ('r', 'p', 'v', 'm')
  join user_schema n on n.oid = c.relnamespace and n.name = coalesce(m[1], h.pronamespace::regnamespace::text)
  where c.oid not in (select oid from tenant_table)
), found(target, who, how, fix) as (
  select k.oid::regclass::text, a.name, 'may read the table of keys',
         'REVOKE ALL ON TABLE ' || k.oid::regclass || ' FROM ' || (
           select string_agg(distinct case when x.grantee = 0 then 'PUBLIC' else quote_ident(pg_get_userbyid(x.grantee)) end, ', ')
           from aclexplode(k.relacl) x where x.grantee <> k.relowner
             and (x.grantee = 0 or x.grantee in (select b.role from acts_as b where b.attacker in (select oid from attacker)))) || ';'
  from keyed k join attacker a on exists (
    select from acts_as b join pg_roles r on r.oid = b.role and not r.rolsuper
    where b.attacker = a.oid and has_schema_privilege(b.role, (quote_ident(k.nsp))::regnamespace, 'USAGE')
      and has_any_column_privilege(b.role, k.oid, 'SELECT'))
  union all
  select h.oid::regprocedure::text, a.name, 'may have contexts signed by',
         'REVOKE ALL ON FUNCTION ' || h.oid::regprocedure || ' FROM ' || (
           select string_agg(distinct case when x.grantee = 0 then 'PUBLIC' else quote_ident(pg_get_userbyid(x.grantee)) end, ', ')
           from aclexplode(coalesce(h.proacl, acldefault('f', h.proowner))) x where x.grantee <> h.proowner
             and (x.grantee = 0 or x.grantee in (select b.role from acts_as b where b.attacker in (select oid from attacker)))) || ';'
  from hashing h join attacker a on exists (
    select from acts_as b join pg_roles r on r.oid = b.role and not r.rolsuper
    where b.attacker = a.oid and has_schema_privilege(b.role, h.pronamespace, 'USAGE') and has_function_privilege(b.role, h.oid, 'EXECUTE'))
  where not h.asked and h.prosecdef and h.prorettype in ('text'::regtype, 'varchar'::regtype, 'bytea'::regtype)
)
select array[target] as targets, format('%s %s %s', string_agg(quote_ident(who), ', ' order by who), how, target) as evidence,
       coalesce(min(fix), '-- The login owns it: give it to a role that cannot log in.') as fix
from found
group by target, how
order by target
