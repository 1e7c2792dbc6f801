-- TEN-C03 high
-- title: Functions with their owner's rights cannot be misused
-- how: Lists SECURITY DEFINER functions that a login may call: those whose names can be led elsewhere (no pinned search_path, one with a
--   schema where attackers may create, one that leaves pg_temp first), and those of a superuser or BYPASSRLS owner that name a tenants'
--   table without reading the context, or run text they are given. Functions that policies call: TEN-F04. Triggers: TEN-D11.
-- live: Calls each that is not VOLATILE and does nothing outside the database (VOLATILE ones with --intrusive), in a transaction that may
--   only read, as A and without a tenant, with B's tenant, B's keys and NULL; another result than without B's rows is a break.
-- why: Such a function is above the grants of its caller, and above the policies when its owner is. A table or operator of the same name,
--   put earlier in the caller's search_path, runs with the owner's rights.
-- source: https://www.postgresql.org/docs/current/sql-createfunction.html#SQL-CREATEFUNCTION-SECURITY
, callable as (
  select f.oid, f.proowner, f.prosrc, f.proargtypes, f.prolang, r.rolname, r.rolsuper or r.rolbypassrls as exempt,
         string_agg(distinct quote_ident(a.name), ', ' order by quote_ident(a.name)) as who
  from pg_proc f join user_schema n on n.oid = f.pronamespace join pg_roles r on r.oid = f.proowner
  cross join aclexplode(coalesce(f.proacl, acldefault('f', f.proowner))) x
  join (select attacker, role from acts_as union all select oid, 0 from attacker) b on b.role = x.grantee
  join usable u on u.attacker = b.attacker and u.nspoid = f.pronamespace
  join attacker a on a.oid = b.attacker
  where f.prosecdef and f.prokind in ('f', 'p') and f.prorettype not in ('trigger'::regtype, 'event_trigger'::regtype)
    and x.grantee <> f.proowner
    and not exists (select from pg_depend e where e.classid = 'pg_proc'::regclass and e.objid = f.oid and e.deptype = 'e')
    and not exists (select from acts_as o where o.attacker = b.attacker and o.role = f.proowner)
  group by f.oid, f.proowner, f.prosrc, f.proargtypes, f.prolang, r.rolname, r.rolsuper, r.rolbypassrls
), judged as (
  select c.oid, c.who,
         case when c.exempt and exists (
                select from tenant_table t join pg_class k on k.oid = t.oid
                where t.rls and (strpos(lower(c.prosrc), lower(k.relname)) > 0
                                 or exists (select from pg_depend d where d.classid = 'pg_proc'::regclass and d.objid = c.oid
                                              and d.refobjid = t.oid)))
                and c.prosrc !~* '\m(current_setting|current_user|session_user)\M'
                and not exists (select from pg_depend d join pg_proc h on h.oid = d.refobjid
                                where d.classid = 'pg_policy'::regclass and d.refclassid = 'pg_proc'::regclass
                                  and strpos(c.prosrc, h.proname::text) > 0)
              then format('reads tenants'' tables as %I, whom no policy binds', c.rolname)
              when c.exempt and c.prosrc ~* '\mexecute\M' and c.prosrc !~* 'quote_|%I|%L|%[0-9]\$[IL]|\musing\M'
                and exists (select from unnest(c.proargtypes) a(type) join pg_type y on y.oid = a.type and y.typcategory = 'S')
              then format('runs what it is given as %I, whom no policy binds', c.rolname) end as above,
         l.fault, l.path
  from callable c
  left join led l on l.fn = c.oid and not exists (
    select from pg_depend d where d.classid = 'pg_policy'::regclass and d.refclassid = 'pg_proc'::regclass and d.refobjid = c.oid)
)
select array_agg(j.oid::regprocedure::text order by j.oid::regprocedure::text) as targets,
       format('%s: %s; %s may call', array_to_string((array_agg(j.oid::regprocedure::text order by j.oid::regprocedure::text))[1:3], ', '),
              coalesce(j.above, j.fault), min(j.who)) as evidence,
       string_agg(case when j.above is not null then format('ALTER ROUTINE %s SECURITY INVOKER;', j.oid::regprocedure)
                       else format('ALTER ROUTINE %s SET search_path = %s;', j.oid::regprocedure, j.path) end, E'\n'
                  order by j.oid::regprocedure::text) as fix
from judged j
where j.above is not null or j.fault is not null
group by coalesce(j.above, j.fault)
order by 1
