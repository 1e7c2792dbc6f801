-- The database of the Superstore, written by hand as an administrator would who never heard of Howdah. Run by psql as a superuser.
REVOKE ALL ON SCHEMA public FROM PUBLIC;
CREATE SCHEMA store AUTHORIZATION store_owner;
GRANT USAGE ON SCHEMA store TO store_app, store_backup;

-- What the owner makes is nobody else's until it is granted.
ALTER DEFAULT PRIVILEGES FOR ROLE store_owner REVOKE EXECUTE ON FUNCTIONS FROM PUBLIC;
ALTER DEFAULT PRIVILEGES FOR ROLE store_owner REVOKE USAGE ON TYPES FROM PUBLIC;

SET ROLE store_owner;

CREATE TABLE store.customers (
  tenant_id     uuid NOT NULL,
  customer_id   text NOT NULL,
  customer_name text NOT NULL,
  segment       text NOT NULL,
  PRIMARY KEY (tenant_id, customer_id)
);

CREATE TABLE store.products (
  tenant_id    uuid NOT NULL,
  product_id   text NOT NULL,
  product_name text NOT NULL,
  category     text NOT NULL,
  sub_category text NOT NULL,
  PRIMARY KEY (tenant_id, product_id, product_name)
);

CREATE TABLE store.orders (
  tenant_id   uuid NOT NULL,
  order_id    text NOT NULL,
  customer_id text NOT NULL,
  order_date  date NOT NULL,
  ship_date   date NOT NULL,
  ship_mode   text NOT NULL,
  country     text NOT NULL,
  region      text NOT NULL,
  state       text NOT NULL,
  city        text NOT NULL,
  postal_code text NOT NULL,
  PRIMARY KEY (tenant_id, order_id),
  CONSTRAINT orders_customer_fkey FOREIGN KEY (tenant_id, customer_id) REFERENCES store.customers,
  CONSTRAINT orders_shipped_after_order CHECK (ship_date >= order_date)
);

CREATE TABLE store.order_lines (
  tenant_id    uuid NOT NULL,
  row_id       int NOT NULL,
  order_id     text NOT NULL,
  product_id   text NOT NULL,
  product_name text NOT NULL,
  sales        numeric NOT NULL,
  quantity     int NOT NULL,
  discount     numeric NOT NULL,
  profit       numeric NOT NULL,
  PRIMARY KEY (tenant_id, row_id),
  CONSTRAINT order_lines_order_fkey FOREIGN KEY (tenant_id, order_id) REFERENCES store.orders,
  CONSTRAINT order_lines_product_fkey FOREIGN KEY (tenant_id, product_id, product_name) REFERENCES store.products,
  CONSTRAINT order_lines_quantity_positive CHECK (quantity > 0),
  CONSTRAINT order_lines_discount_share CHECK (discount >= 0 AND discount <= 1)
);

CREATE INDEX orders_customer_idx ON store.orders (tenant_id, customer_id);
CREATE INDEX order_lines_order_idx ON store.order_lines (tenant_id, order_id);
CREATE INDEX order_lines_product_idx ON store.order_lines (tenant_id, product_id, product_name);

GRANT SELECT, INSERT, UPDATE, DELETE ON store.customers, store.products, store.orders, store.order_lines TO store_app;
GRANT SELECT ON store.customers, store.products, store.orders, store.order_lines TO store_backup;

-- What the policies compare with: the tenant that the session says it serves.
RESET ROLE;
CREATE SCHEMA howdah;
CREATE FUNCTION howdah.current_tenant() RETURNS uuid LANGUAGE sql STABLE PARALLEL SAFE
  AS $$ SELECT nullif(current_setting('howdah.tenant', true), '')::uuid $$;
GRANT USAGE ON SCHEMA howdah TO store_owner;
SET ROLE store_owner;

-- Franchises share the tables and see only their own rows; the owner too.
ALTER TABLE store.customers ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY howdah_base ON store.customers TO store_app, store_owner USING (true) WITH CHECK (true);
CREATE POLICY howdah_floor ON store.customers AS RESTRICTIVE
  USING (tenant_id = (SELECT howdah.current_tenant()))
  WITH CHECK (tenant_id = (SELECT howdah.current_tenant()));

ALTER TABLE store.products ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY howdah_base ON store.products TO store_app, store_owner USING (true) WITH CHECK (true);
CREATE POLICY howdah_floor ON store.products AS RESTRICTIVE
  USING (tenant_id = (SELECT howdah.current_tenant()))
  WITH CHECK (tenant_id = (SELECT howdah.current_tenant()));

ALTER TABLE store.orders ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY howdah_base ON store.orders TO store_app, store_owner USING (true) WITH CHECK (true);
CREATE POLICY howdah_floor ON store.orders AS RESTRICTIVE
  USING (tenant_id = (SELECT howdah.current_tenant()))
  WITH CHECK (tenant_id = (SELECT howdah.current_tenant()));

ALTER TABLE store.order_lines ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY howdah_base ON store.order_lines TO store_app, store_owner USING (true) WITH CHECK (true);
CREATE POLICY howdah_floor ON store.order_lines AS RESTRICTIVE
  USING (tenant_id = (SELECT howdah.current_tenant()))
  WITH CHECK (tenant_id = (SELECT howdah.current_tenant()));

RESET ROLE;

-- A table that somebody makes later is closed until it has policies. Only that this trigger is there is compared, not what its function says.
CREATE FUNCTION howdah.guard() RETURNS event_trigger LANGUAGE plpgsql AS $$
DECLARE
  made record;
BEGIN
  FOR made IN SELECT objid::regclass AS name FROM pg_event_trigger_ddl_commands() WHERE schema_name = 'store' AND object_type = 'table'
  LOOP
    EXECUTE format('ALTER TABLE %s ENABLE ROW LEVEL SECURITY', made.name);
  END LOOP;
END $$;
CREATE EVENT TRIGGER howdah_guard ON ddl_command_end
  WHEN TAG IN ('CREATE TABLE', 'CREATE TABLE AS', 'SELECT INTO') EXECUTE FUNCTION howdah.guard();
