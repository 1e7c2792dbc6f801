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
        .. ((string[])["TEN-B01", "TEN-B02", "TEN-B03", "TEN-B04", "TEN-B10", "TEN-B11", "TEN-B12", "TEN-C09", "TEN-E05"])
            .Select(static attack => new Sabotage(attack, Unfloored)),
        new("TEN-B01", Floor("true")),
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
        new("TEN-B08", "alter table app.notes alter column tenant_id drop not null"),
        new("TEN-B15", "drop function howdah.lift_floor()"),
        new("TEN-B15", "create or replace function howdah.lift_floor() returns regclass[] language sql as 'select ''{}''::regclass[]'"),
        new("TEN-C01", "create view app.leak as select * from app.notes; grant select on app.leak to shop_app"),
        new("TEN-C01", "create materialized view app.leak as select * from app.notes; grant select on app.leak to shop_app"),
        new("TEN-C03", "create function app.leak() returns bigint language sql security definer as 'select count(*) from app.notes'"),
        new("TEN-C06", "grant truncate on app.notes to shop_app"),
        new("TEN-C07", "grant references on app.notes to shop_app"),
        new("TEN-C07", "grant trigger on app.notes to shop_app"),
        new("TEN-C10", "create rule leak as on update to app.notes do also nothing"),
        new("TEN-C11", "create sequence app.numbers; grant select on sequence app.numbers to shop_app"),
        new("TEN-C11", "create sequence app.numbers; grant update on sequence app.numbers to shop_app"),
        new("TEN-C14", "alter role shop_app replication", "alter role shop_app noreplication"),
        new("TEN-C18", "alter role shop_backup nobypassrls", "alter role shop_backup bypassrls"),
        new("TEN-D01", "alter table app.orders add unique (what, tenant_id, id)"),
        new("TEN-D01", "create unique index on app.orders (what, tenant_id, id)"),
        new("TEN-D02", "delete from app.orders where tenant_id <> "
            + "(select tenant_id from app.orders limit 1); alter table app.orders add unique (id); "
            + "alter table app.notes add foreign key (order_id) references app.orders (id)"),
        new("TEN-E07", "grant temporary on database shop to shop_app"),
        new("TEN-E13", "alter role shop_app set howdah.tenant = '00000000-0000-0000-0000-000000000001'",
            "alter role shop_app reset howdah.tenant"),
    ];

    // As the floor, but without the sub-select.
    const string Plain = "tenant_id = nullif(current_setting('howdah.tenant', true), '')::uuid";

    static string Floor(string expression) => $"""
        drop policy howdah_floor on app.notes;
        create policy howdah_floor on app.notes as restrictive for all to public using ({expression}) with check ({expression});
        """;
}
