-- $1 text[]: the declared databases. The locale's column has another name before PostgreSQL 17.
select d.datname::text, pg_catalog.pg_get_userbyid(d.datdba)::text, pg_catalog.pg_encoding_to_char(d.encoding)::text,
       case d.datlocprovider when 'i' then 'icu' when 'b' then 'builtin' else 'libc' end,
       coalesce(pg_catalog.to_jsonb(d) ->> 'datlocale', pg_catalog.to_jsonb(d) ->> 'daticulocale'), d.datcollate::text, d.datctype::text,
       t.spcname::text, d.datconnlimit, d.datallowconn, d.datacl is null, d.datname = pg_catalog.current_database()
from pg_catalog.pg_database d
join pg_catalog.pg_tablespace t on t.oid = d.dattablespace
where d.datname = any ($1)
order by 1
