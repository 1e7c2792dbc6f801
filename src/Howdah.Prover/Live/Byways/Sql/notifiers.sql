-- $1 oid[] tenant tables. Those where a trigger on new rows sends notifications, and the channels its function names.
select t.tgrelid, array_agg(distinct c.channel order by c.channel) filter (where c.channel is not null)
from pg_catalog.pg_trigger t
join pg_catalog.pg_proc p on p.oid = t.tgfoid
left join lateral (
  select m[1] from pg_catalog.regexp_matches(p.prosrc, $re$\mpg_notify\s*\(\s*'([^']{1,63})'\s*,$re$, 'gi') m
  union
  select pg_catalog.lower(m[1]) from pg_catalog.regexp_matches(p.prosrc, $re$\mnotify\s+([a-z_]\w{0,62})$re$, 'gi') m
) c(channel) on true
where t.tgrelid = any ($1) and not t.tgisinternal and t.tgenabled in ('O', 'A') and t.tgtype & 4 > 0
  and p.prosrc ~* '\m(pg_)?notify\M'
group by t.tgrelid
