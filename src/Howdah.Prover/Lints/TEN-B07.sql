-- TEN-B07 medium
-- title: The empty text is no tenant
-- how: Lists text tenant columns with a default read from the context that no check and no foreign key keeps from being empty, where a
--   policy compares them with a context that may be empty too.
-- why: After a transaction that set the tenant ends, the setting is the empty text and not NULL. A session without a tenant then writes
--   rows of the tenant '' that every other session without a tenant reads.
-- source: https://www.postgresql.org/docs/current/functions-admin.html (current_setting); reproduced on 15 and 18
, asked as (
  select t.oid, t.name, t.attname
  from tenant_table t join pg_type y on y.oid = t.atttypid and y.typcategory = 'S'
  join pg_attrdef d on d.adrelid = t.oid and d.adnum = t.attnum
  where t.kind in ('r', 'p') and pg_get_expr(d.adbin, d.adrelid) ~ 'current_setting\(' and pg_get_expr(d.adbin, d.adrelid) !~ 'NULLIF\('
    and not exists (select from pg_constraint k where k.conrelid = t.oid and t.attnum = any (k.conkey)
                    and (k.contype = 'f' or k.contype = 'c' and pg_get_constraintdef(k.oid) ~ '<>|>|~|length\('))
    and not exists (select from pg_constraint k where k.contypid = t.atttypid and k.contype = 'c')
    and not exists (select from pg_inherits i join tenant_table x on x.oid = i.inhparent where i.inhrelid = t.oid)
), reading as (
  select p.relid, p.permissive, concat(pg_get_expr(p.qual, p.relid), ' ', pg_get_expr(p.checked, p.relid), ' ',
           (select string_agg(f.prosrc, ' ') from pg_depend d join pg_proc f on f.oid = d.refobjid
            where d.classid = 'pg_policy'::regclass and d.objid = p.oid and d.refclassid = 'pg_proc'::regclass)) as text
  from policy p join asked a on a.oid = p.relid
  where p.enabled and p.attnum = any (p.cols)
)
select array_agg(a.name order by a.name) as targets,
       format('%s may be the empty text and is compared with a context that may be',
              string_agg(a.name || '.' || quote_ident(a.attname), ', ' order by a.name)) as evidence,
       string_agg(format('ALTER TABLE %s ADD CHECK (%I <> '''');', a.name, a.attname), E'\n' order by a.name) as fix
from asked a
where exists (select from reading r where r.relid = a.oid and r.text ~ 'current_setting' and r.text !~* 'nullif')
  and not exists (select from reading r where r.relid = a.oid and not r.permissive and r.text ~* 'nullif')
having count(*) > 0
