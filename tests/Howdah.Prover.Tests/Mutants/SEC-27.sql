-- twin: rows
-- expect: SEC-27
alter database {db} set app.jwt_secret = 'geheim-und-lang-genug';
alter role rows_app in database {db} set app.service_url = 'https://robot:wr0ngH0rse@pay.example/';
