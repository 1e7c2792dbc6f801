namespace Howdah.Cli.Commands;

/// <summary>What <c>howdah init</c> writes; a test reads it and applies it.</summary>
static class StarterEstate
{
    internal const string Text =
        """
        # An estate: what your databases should be. `howdah plan` says what would change, `howdah apply` makes it so,
        # `howdah prove` attacks it, `howdah explain KEY` says what a key means.
        howdah: 1
        estate: shop

        servers:
          main: { embedded: 18 }                # runs here; or { connection: "${env:SHOP_URL}" }

        roles:
          shop_owner: {}                        # owns everything, cannot log in
          shop_app: { login: true, password: "${generated}" }

        databases:
          shop:
            owner: shop_owner
            schemas: [shop]
            migrations: migrations/             # your tables, plain SQL: NNNN_name.sql
            grants:
              - { to: shop_app, on: { database: true }, privileges: [connect] }
              - { to: shop_app, on: { schema: shop }, privileges: [usage] }
              - { to: shop_app, on: { tables: [shop.orders] }, privileges: [select, insert, update, delete] }
            tenancy:
              model: rows
              roles: [shop_app]
              tables: [shop.orders]

        """;

    internal const string Migration =
        """
        -- The first tables. Every key begins with the tenant, so none tells of another tenant's rows.
        create table shop.orders (
          tenant_id uuid not null,
          order_id bigint not null,
          placed timestamptz not null default now(),
          total numeric not null,
          constraint orders_pkey primary key (tenant_id, order_id)
        );

        """;
}
