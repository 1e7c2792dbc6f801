-- no parameters. Pins all that changes how values are written, and lets a backend end whose client is gone
reset all; set application_name = 'howdah upkeep'; set search_path = ''; set idle_session_timeout = 0; set client_encoding = 'UTF8';
set datestyle = 'ISO, YMD'; set intervalstyle = 'postgres'; set extra_float_digits = 3; set bytea_output = 'hex'; set timezone = 'UTC';
set lc_monetary = 'C'; set xmloption = 'content'; set statement_timeout = 0; set idle_in_transaction_session_timeout = 0;
set row_security = off; set synchronous_commit = on; set xmlbinary = 'base64'; set standard_conforming_strings = on;
do $$ begin
  perform pg_catalog.set_config('client_connection_check_interval', '1s', false);
exception when invalid_parameter_value then null;
end $$
