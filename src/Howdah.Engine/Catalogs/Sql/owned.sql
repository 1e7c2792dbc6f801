-- no parameters; a row per owned object: identity, and live (the recorded oid still has that name) or intended (a step was cut off while making it)
select o.identity,
       case when o.objid = 0 then 'intended' else 'live' end
from howdah.owned o
left join lateral pg_catalog.pg_identify_object_as_address(o.classid, o.objid, 0) a on o.objid <> 0
where o.objid = 0
   or (a.object_names = o.object_names and a.object_args = o.object_args)
order by o.identity
