-- TEN-F01 residual low
-- title: The tenant in a plain setting cannot be forged
-- how: Lists settings that policies, or functions with the caller's rights that policies call, read without a signature.
-- why: Any role may SET a setting with a dot in its name to anything and this cannot be revoked. Row-level security then stops mistakes,
--   not an intruder who can run SQL of his own, for example by injection.
-- source: https://www.postgresql.org/docs/current/runtime-config-custom.html
, coded as (
  -- The name as a constant in a stored tree is a list of bytes.
  select c.name, (select string_agg(get_byte(b.bytes, i)::text, ' ' order by i)
                  from generate_series(0, length(b.bytes) - 1) i) || ' ]' as bytes
  from context c cross join lateral (select convert_to(c.name, getdatabaseencoding())) b(bytes)
), reads as (
  select c.name as setting, p.polrelid
  from pg_policy p
  left join pg_depend d on d.classid = 'pg_policy'::regclass and d.objid = p.oid and d.refclassid = 'pg_proc'::regclass
  left join pg_proc f on f.oid = d.refobjid and not f.prosecdef
  join coded c on strpos(lower(f.prosrc), '''' || c.name || '''') > 0 or strpos(p.polqual::text, c.bytes) > 0
    or strpos(p.polwithcheck::text, c.bytes) > 0
)
select array_agg(distinct setting order by setting) as targets,
       format('%s may be set by every role, and the policies of %s tables believe it', string_agg(distinct setting, ', '),
              count(distinct polrelid)) as evidence,
       '-- Give nobody free SQL, use one login for each tenant, or let policies ask a SECURITY DEFINER function that checks a signature.'
         as fix
from reads
having count(*) > 0
