-- no parameters; a row per owned object: identity, and live (the recorded oid still has that name) or intended (a step was cut off while making it).
-- A policy is known by its own name: with its table renamed or moved, it is the same policy under the table's new name
select case when p.renamed then
         'policy ' || (select pg_catalog.string_agg('"' || pg_catalog.replace(part, '"', '""') || '"', '.' order by place)
                       from pg_catalog.unnest(a.object_names) with ordinality n(part, place))
       else o.identity end,
       case when o.objid = 0 then 'intended' else 'live' end
from howdah.owned o
-- strict: of no class it tells nothing, while of class 0 it fails, and it is called before any condition is looked at
left join lateral pg_catalog.pg_identify_object_as_address(nullif(o.classid, '0'), o.objid, 0) a on true
left join lateral (
  select a.type = 'policy' and a.object_names <> o.object_names and a.object_names[3] = o.object_names[3]) p(renamed) on true
where o.objid = 0
   or (a.object_names = o.object_names and a.object_args = o.object_args)
   or p.renamed
order by 1
