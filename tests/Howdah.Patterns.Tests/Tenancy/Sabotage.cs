namespace Howdah.Patterns.Tests.Tenancy;

/// <summary>What somebody could do by hand as a superuser, and the attack that must notice it.</summary>
/// <param name="Attack">The attack.</param>
/// <param name="Sql">Done in the shop's database.</param>
/// <param name="Undo">Takes back what is not in that database: roles.</param>
sealed record Sabotage(string Attack, string Sql, string? Undo = null)
{
    const string Unfloored = "drop policy howdah_floor on app.notes";

    internal static IReadOnlyList<Sabotage> All { get; } =
    [
        .. ((string[])["TEN-B01", "TEN-B02", "TEN-B03", "TEN-B04", "TEN-B07", "TEN-B10", "TEN-B11", "TEN-B12", "TEN-C09", "TEN-E05"])
            .Select(static attack => new Sabotage(attack, Unfloored)),
        new("TEN-B01", Floor("true")),
        new("TEN-B01", Floor(Wrapped).Replace(" as restrictive", "", StringComparison.Ordinal)),
        .. ((string[])["TEN-B02", "TEN-B04"]).Select(static attack => new Sabotage(attack, Floor(Wrapped, "true"))),
        new("TEN-B21", "drop policy howdah_base on app.notes"),
        new("TEN-B21", "alter policy howdah_base on app.notes to shop_backup"),
        new("TEN-B22", "alter policy howdah_floor on app.notes to shop_app"),
        new("TEN-B22", Floor(Wrapped).Replace(" as restrictive", "", StringComparison.Ordinal)),
        new("TEN-B22", "create policy extra on app.notes using (true); drop policy howdah_floor on app.notes"),
        new("TEN-B05", Floor($"current_setting('howdah.tenant', true) is null or {Plain}")),
        new("TEN-B06", Floor($"current_setting('howdah.tenant', true) = '' or {Plain}")),
        new("TEN-E08", Floor(Plain)),
        new("TEN-F02", Floor(Plain)),
        // An index that the planner takes, and the rows of one tenant all before those of the other, either way round.
        .. ((string[])["TEN-E08", "TEN-F02"]).SelectMany(static attack => ((string[])["asc", "desc"]).Select(order =>
            new Sabotage(attack, $"""
                {Floor(Plain)}; create table app.kept as select * from app.notes; truncate app.notes;
                insert into app.notes select k.tenant_id, n, k.what from app.kept k, generate_series(1, 500) n order by tenant_id {order};
                drop table app.kept; create index on app.notes (tenant_id); analyze app.notes
                """))),
        new("TEN-E09", $"""
            create function app.me() returns uuid language plpgsql immutable
              as $$ begin return nullif(current_setting('howdah.tenant', true), '')::uuid; end $$;
            {Floor("tenant_id = app.me()")}
            """),
        new("TEN-A01", "alter table app.notes no force row level security"),
        new("TEN-A02", "grant shop_owner to shop_app", "revoke shop_owner from shop_app"),
        new("TEN-A03", "alter table app.notes owner to shop_app"),
        new("TEN-A04", "alter role shop_app bypassrls", "alter role shop_app nobypassrls"),
        new("TEN-A05", "grant shop_backup to shop_app", "revoke shop_backup from shop_app"),
        new("TEN-A07", "alter table app.notes disable row level security"),
        new("TEN-A08", "drop event trigger howdah_guard"),
        new("TEN-A08", "alter event trigger howdah_guard disable"),
        new("TEN-A09", "alter table app.notes disable row level security"),
        new("TEN-A21", "drop table howdah.tenants cascade"),
        new("TEN-A21", "alter table howdah.tenants drop constraint tenants_name_key"),
        new("TEN-A21", "drop function howdah.register_tenant(text)"),
        new("TEN-A21", "revoke execute on function howdah.register_tenant(text) from shop_owner"),
        new("TEN-A21", "revoke usage on schema howdah from shop_owner"),
        new("TEN-A23", "drop function howdah.locate(uuid)"),
        new("TEN-A23", "revoke execute on function howdah.locate_name(text) from shop_app"),
        new("TEN-A23", "revoke select on howdah.tenants from shop_owner"),
        new("TEN-C21", "grant select on howdah.tenant_events to shop_app"),
        new("TEN-C21", "grant delete on howdah.tenant_events to shop_app"),
        new("TEN-A22", "alter role shop_owner login", "alter role shop_owner nologin"),
        new("TEN-A22", "create role somebody login in role shop_owner", "drop role somebody"),
        new("TEN-A08", "create or replace function howdah.guard() returns event_trigger language plpgsql as 'begin end'"),
        new("TEN-B08", "alter table app.notes alter column tenant_id drop not null"),
        new("TEN-B15", "drop function howdah.lift_floor()"),
        new("TEN-B15", "create or replace function howdah.lift_floor() returns regclass[] language sql as 'select ''{}''::regclass[]'"),
        new("TEN-B15", "revoke execute on function howdah.lift_floor() from shop_owner"),
        new("TEN-B15", "revoke usage on schema howdah from shop_owner"),
        new("TEN-B15", "drop function howdah.restore_floor(regclass[])"),
        new("TEN-B15", "revoke execute on function howdah.restore_floor(regclass[]) from shop_owner"),
        new("TEN-B15", "create or replace function howdah.restore_floor(lifted regclass[]) returns void language plpgsql as 'begin end'"),
        new("TEN-C01", "create view app.leak as select * from app.notes; grant select on app.leak to shop_app"),
        new("TEN-C01", "create materialized view app.leak as select * from app.notes; grant select on app.leak to shop_app"),
        new("TEN-C03", "create function app.leak() returns bigint language sql security definer as 'select count(*) from app.notes'"),
        new("TEN-C06", "grant truncate on app.notes to shop_app"),
        // What points at it may not be emptied, and is in the way.
        new("TEN-C06", "alter table app.notes add unique (tenant_id, order_id); create table app.tied (tenant_id uuid, order_id integer, "
            + "foreign key (tenant_id, order_id) references app.notes (tenant_id, order_id)); grant truncate on app.notes to shop_app"),
        new("TEN-C07", "grant references on app.notes to shop_app"),
        new("TEN-C07", "grant trigger on app.notes to shop_app"),
        new("TEN-C10", "create rule leak as on update to app.notes do also nothing"),
        new("TEN-C11", "create sequence app.numbers; grant select on sequence app.numbers to shop_app"),
        new("TEN-C11", "create sequence app.numbers; grant update on sequence app.numbers to shop_app"),
        new("TEN-C12", "select lo_from_bytea(4711, 'x'); grant select on large object 4711 to public"),
        new("TEN-C19", "create table public.copied as select * from app.notes; grant select on public.copied to shop_app; "
            + "grant usage on schema public to shop_app"),
        new("TEN-C21", "grant usage on schema howdah to shop_app; grant select on howdah.tenants to shop_app"),
        new("TEN-C21", "grant usage on schema howdah to public; grant insert on howdah.tenants to shop_app"),
        new("TEN-C21", "grant execute on function howdah.register_tenant(text) to public"),
        new("TEN-C22", "grant create on schema app to shop_app"),
        new("TEN-C22", "grant create on schema public to public"),
        new("TEN-C22", "grant create on database shop to shop_app"),
        new("TEN-C23", "grant update (kind) on app.kinds to shop_app"),
        new("TEN-C23", "grant delete on app.kinds to shop_app"),
        new("TEN-C14", "alter role shop_app replication", "alter role shop_app noreplication"),
        new("TEN-C18", "alter role shop_backup nobypassrls", "alter role shop_backup bypassrls"),
        new("TEN-D01", "alter table app.orders add unique (what, tenant_id, id)"),
        new("TEN-D01", "create unique index on app.orders (what, tenant_id, id)"),
        new("TEN-D02", "delete from app.orders where tenant_id <> "
            + "(select tenant_id from app.orders limit 1); alter table app.orders add unique (id); "
            + "alter table app.notes add foreign key (order_id) references app.orders (id)"),
        new("TEN-D02", "alter table app.orders add unique (tenant_id, id, what); alter table app.notes add other uuid; "
            + "alter table app.notes add foreign key (other, order_id, what) references app.orders (tenant_id, id, what)"),
        new("TEN-E07", "grant temporary on database shop to shop_app"),
        new("TEN-E13", "alter role shop_app set howdah.tenant = '00000000-0000-0000-0000-000000000001'",
            "alter role shop_app reset howdah.tenant"),
    ];

    const string Wrapped = "tenant_id = (select nullif(current_setting('howdah.tenant', true), '')::uuid)";

    // As the floor, but without the sub-select.
    const string Plain = "tenant_id = nullif(current_setting('howdah.tenant', true), '')::uuid";

    static string Floor(string expression, string? check = null) => $"""
        drop policy howdah_floor on app.notes;
        create policy howdah_floor on app.notes as restrictive for all to public using ({expression}) with check ({check ?? expression});
        """;
}
