using Howdah.Engine.Planning;

namespace Howdah.Prover.Live;

/// <summary>Tries that keep a statement over <c>SET ROLE</c>: what was prepared as one role is executed as another. Pure.</summary>
static class Turns
{
    internal static IEnumerable<Shot> Of(Access access, Stake stake, Place own, string a)
    {
        if (!access.Reads)
            yield break;
        var read = Sql.Of($"select count(*) from {access.Table.Name} where {own.Where}");
        foreach (var role in access.Turns)
        {
            // There and back: more rows than the same query shows when it is asked anew is a break.
            var (stay, turn) = (Sql.Of($"reset role"), Sql.Of($"set local role {new Ident(role)}"));
            foreach (var (name, first, second) in new[]
            {
                ($"execute as {role} what was prepared as {access.Role.Name}", stay, turn),
                ($"execute as {access.Role.Name} what was prepared as {role}", turn, stay),
            })
            {
                yield return new(LiveAttacks.Prepared, name, a, Sql.Of($"{first}; prepare p as {read}; execute p; {second}; execute p"),
                    Sql.Of($"""
                    declare anew pg_catalog.int8; begin
                    begin execute 'deallocate howdah_p'; exception when others then null; end;
                    {first}; execute {new DollarQuoted($"prepare howdah_p as {read}")}; execute 'execute howdah_p' into n;
                    {second};
                    begin execute {new DollarQuoted(read.ToString())} into anew; exception when others then anew := 0; end;
                    begin execute 'execute howdah_p' into n; exception when others then n := 0; end;
                    execute 'deallocate howdah_p'; n := greatest(n - anew, 0); end;
                    """));
            }
        }
    }
}
