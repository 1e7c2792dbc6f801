using Howdah.Engine.Planning;

namespace Howdah.Patterns.Pipelines.Streaming;

/// <summary>
/// Where the rows of one load stand until its transaction takes them: unlogged tables in a schema that is called after that transaction.
/// Once the transaction is over they are nobody's, however it ended, so nothing but its number is needed to know what was left behind.
/// </summary>
/// <param name="Transaction">The number of the load's transaction.</param>
readonly record struct Staging(long Transaction)
{
    const string Prefix = "howdah_load_";
    const string Mark = "Howdah: rows of a load under way; dropped with it, or by the next load";

    internal Ident Schema => new(Prefix + Transaction.ToString(System.Globalization.CultureInfo.InvariantCulture));

    /// <summary>Rows as they came.</summary>
    internal QName Rows => new(SchemaName, "staged");

    /// <summary>What the reader refused, as it will stand in the quarantine.</summary>
    internal QName Refused => new(SchemaName, "refused");

    string SchemaName => Prefix + Transaction.ToString(System.Globalization.CultureInfo.InvariantCulture);

    /// <summary>Makes the schema and its tables, for the role that makes them alone.</summary>
    /// <param name="columns">The staged columns.</param>
    internal Sql Create(Sql columns) => Sql.Of($"""
        create schema {Schema};
        comment on schema {Schema} is {new Literal(Mark)};
        create unlogged table {Rows} ({columns}) with (autovacuum_enabled = false);
        create unlogged table {Refused} (batch bigint, line bigint, byte_offset bigint, column_name text, rule text, sqlstate text,
          message text, raw bytea) with (autovacuum_enabled = false)
        """);

    internal Sql Drop() => Sql.Of($"drop schema if exists {Schema} cascade");

    /// <summary>Whom default privileges let in: 0 is everybody.</summary>
    internal Sql Guests() => Sql.Of($"""
        select distinct a.grantee::pg_catalog.int8 from pg_catalog.pg_namespace n cross join lateral pg_catalog.aclexplode(n.nspacl) a
        where n.nspname = {new Literal(SchemaName)} and a.grantee <> n.nspowner
        """);

    /// <summary>The transactions whose staging was left behind. One that is newer than the one that asks is another's to judge: it may be
    /// under way, whatever a snapshot says.</summary>
    internal static Sql Left() => Sql.Of($"""
        select x.number from (
          select case when n.nspname ~ {new Literal($"^{Prefix}[1-9][0-9]{{0,17}}$")}
            then pg_catalog.substr(n.nspname::pg_catalog.text, {Prefix.Length + 1})::pg_catalog.int8 end as number
          from pg_catalog.pg_namespace n
          where n.nspname ~ {new Literal($"^{Prefix}")} and pg_catalog.obj_description(n.oid, 'pg_namespace') = {new Literal(Mark)}
            and pg_catalog.pg_has_role(n.nspowner, 'USAGE')
        ) x
        where x.number is not null and case
          when x.number::pg_catalog.text::pg_catalog.xid8 < pg_catalog.pg_current_xact_id()
          then pg_catalog.pg_xact_status(x.number::pg_catalog.text::pg_catalog.xid8) is distinct from 'in progress' else false end
        order by x.number
        """);
}
