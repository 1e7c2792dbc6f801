-- TEN-G06 low
-- title: Every tenant's schema has the same structure
-- how: Compares columns, constraints, indexes, triggers, policies and row-level security of tenants' schemas, names of schemas and
--   the constant that a check compares one column with (the tenant's own id) left out; what more than half of them have is the
--   structure, and a break is a schema that lacks some of it or has more. A missing table that falls through is TEN-G01's.
-- why: A migration stopped half way. The next one fails for this tenant alone, or an index, check or policy that protects all others is
--   not there.
-- source: https://www.postgresql.org/docs/current/ddl-schemas.html
, tbl as materialized (
  select c.oid, c.relnamespace as nsp, c.relname::text as name, c.relkind, c.relrowsecurity, c.relforcerowsecurity
  from pg_class c join tenant_schema s on s.oid = c.relnamespace
  where c.relkind in ('r', 'p', 'v', 'm', 'f') and not c.relispartition
), item(nsp, relname, what) as (
  select nsp, name, format('%I', name) || case when relrowsecurity then ' with row-level security' else '' end
           || case when relforcerowsecurity then ', forced' else '' end
  from tbl
  union all
  select t.nsp, t.name, format('%I.%I %s', t.name, a.attname, format_type(a.atttypid, a.atttypmod))
           || case when a.attnotnull then ' not null' else '' end || case when a.atthasdef then ' with a default' else '' end
           || case a.attidentity when '' then '' else ' identity' end
  from tbl t join pg_attribute a on a.attrelid = t.oid and a.attnum > 0 and not a.attisdropped
  union all
  select t.nsp, t.name, format('%s on %I', case k.contype when 'p' then 'primary key' when 'u' then 'unique' when 'f' then 'foreign key'
           when 'c' then 'check' when 'x' then 'exclusion' else 'constraint' end, t.name)
           || format(' (%s)', (select string_agg(quote_ident(c.attname), ', ' order by u.ord)
                               from unnest(k.conkey) with ordinality u(n, ord)
                               join pg_attribute c on c.attrelid = t.oid and c.attnum = u.n))
           || case when f.oid is null then '' else format(' to %I %s%s%s', f.relname, k.confupdtype, k.confdeltype, k.confmatchtype) end
           || case when k.contype = 'c' then ' ' || regexp_replace(pg_get_expr(k.conbin, k.conrelid),
                $$^\((\S+) = ('[^']*'::[\w ]+|-?\d+)\)$$, '(\1 is a constant)') else '' end
           || case when k.convalidated then '' else ' not valid' end || case when k.condeferrable then ' deferrable' else '' end
  from tbl t join pg_constraint k on k.conrelid = t.oid and k.contype <> 'n' left join pg_class f on f.oid = k.confrelid
  union all
  select t.nsp, t.name, format('%s on %I (%s)%s%s', case when x.indisunique then 'unique index' else 'index' end, t.name,
           (select string_agg(coalesce(quote_ident(c.attname), 'expression'), ', ' order by u.ord)
            from unnest(x.indkey) with ordinality u(n, ord) left join pg_attribute c on c.attrelid = t.oid and c.attnum = u.n),
           ' ' || coalesce(pg_get_expr(x.indexprs, x.indrelid), ''), ' ' || coalesce(pg_get_expr(x.indpred, x.indrelid), ''))
           || case when x.indisvalid then '' else ' invalid' end
  from tbl t join pg_index x on x.indrelid = t.oid
  where not exists (select from pg_constraint k where k.conindid = x.indexrelid and k.conrelid = t.oid)
  union all
  select t.nsp, t.name, format('trigger %I on %I %s%s', g.tgname, t.name, g.tgtype,
           case when g.tgenabled = 'O' then '' else ' not enabled' end)
  from tbl t join pg_trigger g on g.tgrelid = t.oid and not g.tgisinternal
  union all
  select t.nsp, t.name, format('policy %I on %I %s %s %s %s', p.polname, t.name, p.polcmd, p.polpermissive,
           pg_get_expr(p.polqual, p.polrelid), pg_get_expr(p.polwithcheck, p.polrelid))
  from tbl t join pg_policy p on p.polrelid = t.oid
), bare as (
  select i.nsp, i.relname, regexp_replace(i.what,
           '(^|[^\w$])' || regexp_replace(quote_ident(s.name), '(\W)', '\\\1', 'g') || '\.', '\1', 'g') as what
  from item i join tenant_schema s on s.oid = i.nsp
), usual as (
  select relname, what from bare group by relname, what having count(distinct nsp) * 2 > (select count(*) from tenant_schema)
), falls(nsp, relname) as (
  select s.oid, u.relname
  from tenant_schema s cross join (select distinct relname from usual) u
  where not exists (select from tbl t where t.nsp = s.oid and t.name = u.relname)
    and exists (select from pg_class c join user_schema p on p.oid = c.relnamespace and p.oid not in (select oid from tenant_schema)
                where c.relname = u.relname)
), difference as (
  select s.name, 'lacks ' || l.what as what
  from (select t.oid as nsp, u.relname, u.what from tenant_schema t cross join usual u except select nsp, relname, what from bare) l
  join tenant_schema s on s.oid = l.nsp
  where not exists (select from falls f where f.nsp = l.nsp and f.relname = l.relname)
  union all
  select s.name, 'has ' || b.what
  from bare b join tenant_schema s on s.oid = b.nsp left join usual u on u.relname = b.relname and u.what = b.what
  where u.relname is null
)
select array[quote_ident(name)] as targets,
       format('%I %s', name, string_agg(what, '; ' order by what) filter (where rank <= 5)) || case when count(*) > 5 then ' …' else '' end
         as evidence,
       '-- Bring it to the structure of the others with the migrations it missed.' as fix
from (select name, trim(what) as what, row_number() over (partition by name order by what) as rank from difference) d
group by name
order by 1
