using Howdah.Engine.Planning;

namespace Howdah.Prover.Live;

/// <summary>Tries to lock one row of B: for update, for share and in between. Pure.</summary>
static class Locks
{
    static readonly Words[] Strengths = [new("for update"), new("for no key update"), new("for share"), new("for key share")];

    internal static IEnumerable<Shot> Of(Access access, Stake stake, string a) => !access.Reads || access.Update.Count == 0 ? []
        : Strengths.Select(strength => Shot.Count(LiveAttacks.Lock, "lock a row of B as A", a,
            Sql.Of($"select count(*) from (select 1 from {access.Table.Name} where {stake.Foreign.Where} {strength}) locked")));
}
