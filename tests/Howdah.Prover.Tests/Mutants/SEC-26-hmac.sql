-- twin: rows
-- expect: SEC-26
create schema crypto;
create extension pgcrypto schema crypto;
create function shop.signature(t text) returns bytea language sql immutable set search_path = pg_catalog, pg_temp
  as $$ select crypto.hmac(t, 'correct horse battery staple', 'sha256') $$;
