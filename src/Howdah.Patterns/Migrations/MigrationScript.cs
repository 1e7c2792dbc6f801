using Howdah.Engine.Planning;

namespace Howdah.Patterns.Migrations;

/// <summary>
/// How a file runs: as the database's owner, inside EXECUTE of an anonymous block. EXECUTE refuses COMMIT and ROLLBACK, so no file can end
/// the
/// transaction that also holds its record. Where tenancy laid a floor it is lifted for this transaction alone: only so does a change of
/// data
/// see every tenant's rows without a login that bypasses, and nobody else ever sees the floor lifted.
/// </summary>
static class MigrationScript
{
    internal static IReadOnlyList<Sql> InTransaction(string owner, string text, bool lift) =>
    [
        // Asked before the role changes: the owner may not look into schema howdah.
        Sql.Of($"select pg_catalog.set_config('howdah.lift', {(lift ? Present : Never)}, true)"),
        Sql.Of($"set local role {new Ident(owner)}"),
        Block(text),
        Sql.Of($"reset role"),
    ];

    static Sql Present => Sql.Of($"(pg_catalog.to_regprocedure('howdah.lift_floor()') is not null)::text");

    static Sql Never => Sql.Of($"'false'");

    internal static Sql Block(string text)
    {
        var body = Sql.Of($"""

            declare
              lifted pg_catalog.regclass[];
            begin
              if pg_catalog.current_setting('howdah.lift') = 'true' then
                execute 'select howdah.lift_floor()' into lifted;
              end if;
              execute {new DollarQuoted("\n" + text.TrimEnd() + "\n")};
              if lifted is not null then
                execute 'select howdah.restore_floor($1)' using lifted;
              end if;
            end
            """);
        return Sql.Of($"do {new DollarQuoted(body + "\n")}");
    }

    /// <summary>Whether indexes are there and valid (or, for a drop, gone): what settles CREATE and DROP INDEX CONCURRENTLY after a
    /// crash.</summary>
    internal static Sql Settled(IReadOnlyList<QName> made, IReadOnlyList<QName> gone)
    {
        var all = made.Select(name => Sql.Of($"""
            exists (select from pg_catalog.pg_index i join pg_catalog.pg_class c on c.oid = i.indexrelid
                    join pg_catalog.pg_namespace n on n.oid = c.relnamespace
                    where n.nspname = {new Literal(name.Schema)} and c.relname = {new Literal(name.Name)} and i.indisvalid)
            """)).Concat(gone.Select(name => Sql.Of($"pg_catalog.to_regclass({new Literal(name.ToString())}) is null")));
        return Sql.Of($"select {Sql.Join(" and ", all)}");
    }
}
