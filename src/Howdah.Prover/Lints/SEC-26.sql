-- SEC-26 high
-- title: No secret lies in the catalogs
-- how: Looks through bodies of functions, comments, defaults, arguments of triggers and options of foreign servers and tables for known
--   forms of keys, values given to something called password, token, secret or key, keys given to encryption functions, and
--   long random strings. Where it is, is told; what it is, never.
-- why: Every role that can connect reads pg_proc, pg_description and the rest, without any grant, and every dump carries them along.
-- source: https://www.postgresql.org/docs/current/catalogs.html
, place(what, kind, text, fix) as (
  select format('the body of %s', f.oid::regprocedure), 'code', f.prosrc,
         '-- Read the secret from a table that only the function''s owner may read; then change it, for it was open to all.'
  from pg_proc f join pg_language l on l.oid = f.prolang
  where f.pronamespace in (select oid from user_schema) and l.lanname not in ('c', 'internal')
    and not exists (select from pg_depend e where e.classid = 'pg_proc'::regclass and e.objid = f.oid and e.deptype = 'e')
  union all
  select format('the comment on %s', pg_describe_object(d.classoid, d.objoid, d.objsubid)), 'prose', d.description,
         (select format('COMMENT ON %s %s IS NULL;', case when i.type like '% column' then 'COLUMN'
                                                when i.type like '% constraint' then 'CONSTRAINT'
                                                when i.type = 'composite type' then 'TYPE' else upper(i.type) end, i.identity)
          from pg_identify_object(d.classoid, d.objoid, d.objsubid) i)
  from pg_description d
  where d.objoid >= 16384
    and not exists (select from pg_depend e where e.classid = d.classoid and e.objid = d.objoid and e.deptype = 'e')
  union all
  select format('the comment on %s', pg_describe_object(d.classoid, d.objoid, 0)), 'prose', d.description,
         format('COMMENT ON %s IS NULL;', case when d.classoid = 'pg_authid'::regclass
                then 'ROLE ' || quote_ident(pg_get_userbyid(d.objoid)) else 'DATABASE ' || quote_ident(current_database()) end)
  from pg_shdescription d
  where d.classoid = 'pg_authid'::regclass
    or d.classoid = 'pg_database'::regclass and d.objoid = (select b.oid from pg_database b where b.datname = current_database())
  union all
  select format('the default of %s.%I', d.adrelid::regclass, a.attname), 'code',
         quote_ident(a.attname) || ' = ' || e.text,
         format('ALTER TABLE %s ALTER COLUMN %I DROP DEFAULT;', d.adrelid::regclass, a.attname)
  from pg_attrdef d join pg_attribute a on a.attrelid = d.adrelid and a.attnum = d.adnum
  cross join lateral (select pg_get_expr(d.adbin, d.adrelid)) e(text)
  where (d.adbin::text like '%:consttype 25 %' or d.adbin::text like '%:consttype 1043 %') and e.text ~ '''[^'']{6}'
  union all
  select format('the arguments of the trigger %I on %s', g.tgname, g.tgrelid::regclass), 'value', v.arg,
         '-- Read the secret from a table that only the function''s owner may read; then change it, for it was open to all.'
  from pg_trigger g cross join regexp_split_to_table(encode(g.tgargs, 'escape'), '\\000') v(arg)
  where g.tgnargs > 0 and not g.tgisinternal
  union all
  select format('the options of the server %I', s.srvname), 'option', o.entry,
         format('ALTER SERVER %I OPTIONS (DROP %I);', s.srvname, split_part(o.entry, '=', 1))
  from pg_foreign_server s cross join unnest(s.srvoptions) o(entry)
  union all
  select format('the options of %s', t.ftrelid::regclass), 'option', o.entry,
         format('ALTER FOREIGN TABLE %s OPTIONS (DROP %I);', t.ftrelid::regclass, split_part(o.entry, '=', 1))
  from pg_foreign_table t cross join unnest(t.ftoptions) o(entry)
), known(what, fix, form) as (
  select what, fix, case when text ~ '-----BEGIN [A-Z ]*PRIVATE KEY' then 'a private key'
                         when text ~ '\meyJ[\w-]{10,}\.[\w-]{10,}\.[\w-]{10,}' then 'a signed token'
                         when text ~* '\m[a-z][a-z0-9+]*://[^\s:/@'']+:(?!(pass(word|wd)?|secret|\*+|x+|<|\$|%)[\w>]*@)[^\s@/'']{3,}@'
                           then 'a password in an address'
                         else 'an access key' end
  from place
  where text ~ ('-----BEGIN [A-Z ]*PRIVATE KEY|\meyJ[\w-]{10,}\.[\w-]{10,}\.[\w-]{10,}|\m(AKIA|ASIA)[0-9A-Z]{16}\M|'
             || '\m(sk|rk)_(live|test)_\w{16,}|\mgh[pousr]_\w{30,}|\mxox[abprs]-[\w-]{10,}|\mAIza[\w-]{35}')
     or text ~* '\m[a-z][a-z0-9+]*://[^\s:/@'']+:(?!(pass(word|wd)?|secret|\*+|x+|<|\$|%)[\w>]*@)[^\s@/'']{3,}@'
), word(what, kind, fix, name, value) as (
  -- In code: literals alone, and literals after := = => or DEFAULT that follow a telling name; in prose and options, what follows the name.
  select p.what, p.kind, p.fix, null, m[1]
  from place p cross join regexp_matches(p.text, '''([^''\s]{24,})''', 'g') m where p.kind = 'code'
  union all
  select p.what, p.kind, p.fix, m[1], m[2]
  from place p cross join regexp_matches(p.text,
    '(passwor[dt]|passwd|passphrase|secret|token|api_?key|access_?key|private_?key|signing_?key|encryption_?key|hmac_?key|credential)\w*"?'
    || '(?:\s+(?:constant\s+)?(?:text|bytea|varchar))?\s*(?::=|=>|=|default)\s*e?''([^''\s]{6,})''', 'gi') m
  where p.kind = 'code'
  union all
  select p.what, p.kind, p.fix, m[1], m[2]
  from place p cross join regexp_matches(p.text, '\m(password)\s*=\s*([^\s''"%|$<{,;]{5,})(?=[^'']*'')', 'gi') m
  where p.kind = 'code' and p.text ~* '''[^'']*\m(host|user|dbname|port)\s*=[^'']*\mpassword\s*=|''[^'']*\mpassword\s*=[^'']*\m(host|user)='
  union all
  select p.what, p.kind, p.fix, m[1], m[2]
  from place p cross join regexp_matches(p.text,
    '\m(hmac|pgp_sym_(?:en|de)crypt(?:_bytea)?|(?:en|de)crypt(?:_iv)?|sign|verify)\s*\([^;'']*,\s*e?''([^'']{6,})''', 'gi') m
  where p.kind = 'code' and m[2] !~* '^(md5|sha-?\d|aes|bf|hs\d|[\w-]+-algo)'
  union all
  select p.what, p.kind, p.fix, m[1], m[2]
  from place p cross join regexp_matches(p.text,
    '(passwor[dt]|passwd|passphrase|secret|token|api.?key|access.?key|private.?key|credential)s?\s*(?:=|:|is)\s*'
    || '["''`]?([^\s"''`,;)]{6,})', 'gi') m
  where p.kind in ('prose', 'option')
  union all
  select what, kind, fix, null, m[1]
  from place cross join regexp_matches(text, '([\w+/=-]{32,})', 'g') m where kind in ('value', 'prose')
), weighed as (
  select w.*, (select -sum(n * ln(n) / ln(2))
               from (select count(*)::float8 / length(w.value) from regexp_split_to_table(w.value, '') c group by c) x(n)) as entropy
  from (select distinct * from word where length(value) <= 512) w
), guessed as (
  select what, fix, case when name is null then 'a random string of ' || length(value) || ' characters'
                         else format('a value for %s', lower(name)) end as form
  from weighed
  where case when name is null
               then value ~ '^[\w+/=-]{24,}$' and value ~ '\d' and value ~ '[A-Za-z]'
                 and value !~* '012345|abcdef|^[0-9a-f]{8}-[0-9a-f]{4}-'
                 and case when value ~ '^[0-9A-Fa-f]+$' then kind <> 'prose' and length(value) >= 32 and entropy >= 3.0
                          else entropy >= 4.2 and value ~ '[A-Z]' and value ~ '[a-z]' end
             when lower(name) ~ '^(hmac|pgp|encrypt|decrypt|sign|verify)' then true
             when kind = 'option' then value !~ '^[*x]+$'
             when kind = 'prose' then value ~ '\d' and value ~ '[A-Za-z]' and length(value) >= 8 and entropy >= 2.8
             else (value ~ '\d' or value ~ '[A-Z]' and value ~ '[a-z]') and entropy >= 2.3 and value !~ '^[%$<{]' end
)
select array[what] as targets, format('%s holds what looks like %s', what, string_agg(distinct form, ' and ')) as evidence, min(fix) as fix
from (select * from known union all select * from guessed) every
group by what
order by 1
