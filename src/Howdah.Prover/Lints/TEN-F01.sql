-- TEN-F01 residual low
-- title: The tenant in a plain setting cannot be forged
-- how: Lists settings that policies, or functions with the caller's rights that policies call, read without a signature.
-- why: Any role may SET a setting with a dot in its name to anything and this cannot be revoked. Row-level security then stops mistakes,
--   not an intruder who can run SQL of his own, for example by injection.
-- source: https://www.postgresql.org/docs/current/runtime-config-custom.html
, reads as (
  select c.name as setting, p.polrelid
  from pg_policy p
  left join pg_depend d on d.classid = 'pg_policy'::regclass and d.objid = p.oid and d.refclassid = 'pg_proc'::regclass
  left join pg_proc f on f.oid = d.refobjid and not f.prosecdef
  join context c on strpos(lower(f.prosrc), '''' || c.name || '''') > 0
    or ((p.polqual::text ~ ':funcid (2077|3294) ' or p.polwithcheck::text ~ ':funcid (2077|3294) ')
        and strpos(lower(concat(pg_get_expr(p.polqual, p.polrelid), pg_get_expr(p.polwithcheck, p.polrelid))), '''' || c.name || '''') > 0)
)
select array_agg(distinct setting order by setting) as targets,
       format('%s may be set by every role, and the policies of %s tables believe it', string_agg(distinct setting, ', '),
              count(distinct polrelid)) as evidence,
       '-- Give nobody free SQL, use one login for each tenant, or let policies ask a SECURITY DEFINER function that checks a signature.'
         as fix
from reads
having count(*) > 0
