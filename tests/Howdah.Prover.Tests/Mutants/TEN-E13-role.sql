-- twin: rows
-- expect: TEN-E13
alter role rows_app in database {db} set app.tenant_id = '11111111-1111-1111-1111-111111111111';
