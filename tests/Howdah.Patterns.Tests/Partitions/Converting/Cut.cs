namespace Howdah.Patterns.Tests.Partitions.Converting;

/// <summary>One way to divide the table of a <see cref="Ledger"/>, and how its clients write then.</summary>
/// <param name="Name">What tests call it.</param>
/// <param name="Declared">What the estate says.</param>
/// <param name="Made">What the table has more than by time.</param>
/// <param name="Numbered">The columns of its numbered key.</param>
/// <param name="Extra">A column more that a client copies with a row; empty for none.</param>
/// <param name="Move">What an update sets so that rows move between partitions.</param>
sealed record Cut(string Name, string Declared, string Made, string Numbered, string Extra, string Move)
{
    internal static Cut Time { get; } = new("time", "{ by: at, every: month, zone: Europe/Madrid, premake: 2 }", "", "number, at", "", "");

    /// <summary>By the identity that is the primary key; with room for what clients write meanwhile, for nobody looks after it.</summary>
    internal static Cut Number { get; } = new("number", "{ by: id, step: 2500, premake: 12 }",
        "alter table app.events drop constraint events_number_at, add constraint events_number_at unique (number, at, id);",
        "number, at, id", "", "");

    internal static Cut Uuid { get; } = new("uuid", "{ by: uid, as: uuidv7, every: month, zone: Europe/Madrid, premake: 2 }", """
        create function app.uid(at timestamptz) returns uuid language sql volatile as $$
          select (substr(h, 1, 8) || '-' || substr(h, 9, 4) || '-7' || substr(r, 1, 3) || '-a' || substr(r, 4, 3)
            || '-' || substr(r, 7, 12))::uuid
          from (select lpad(to_hex((extract(epoch from $1) * 1000)::bigint), 12, '0') h, md5(random()::text) r) s $$;
        alter table app.events add column uid uuid not null default app.uid('2026-02-14'::timestamptz + random() * interval '60 days');
        alter table app.events drop constraint events_number_at, add constraint events_number_at unique (number, at, uid);
        """, "number, at, uid", ", uid", ", uid = default");

    internal static Cut List { get; } = new("list", "{ by: region, lists: { iberia: [ES, PT], france: [FR] }, rest: true }", """
        create function app.region() returns text language sql volatile as $$
          select (array['ES', 'PT', 'FR', 'it''s', 'DE'])[1 + floor(random() * 5)::int] $$;
        alter table app.events add column region text not null default app.region();
        alter table app.events drop constraint events_number_at, add constraint events_number_at unique (number, at, region);
        """, "number, at, region", ", region", ", region = default");

    /// <summary>By a serial column that is not in the primary key.</summary>
    internal static Cut Hash { get; } = new("hash", "{ by: number, modulus: 4 }", "", "number, at", "", ", number = default");

    internal static Cut Of(string name) => new[] { Time, Number, Uuid, List, Hash }.Single(each => each.Name == name);
}
