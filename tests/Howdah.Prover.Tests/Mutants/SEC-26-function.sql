-- twin: schemas
-- expect: SEC-26
create function t_4be1.signature(t text) returns text language sql immutable set search_path = pg_catalog, pg_temp
  as $$ select encode(sha256(convert_to(t || 'q8Zp3LrT0vKx5NfW2bYh7JdM', 'UTF8')), 'hex') $$;
create function t_7f3a.signature(t text) returns text language plpgsql immutable set search_path = pg_catalog, pg_temp
  as $$ declare secret text := 'Tr0ub4dor&3'; begin return md5(t || secret); end $$;
