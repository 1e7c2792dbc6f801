using System.Globalization;
using Howdah.Engine;
using Howdah.Engine.Upkeep;

namespace Howdah.Patterns.Tenancy.Sparing;

/// <summary>What makes databases ahead again when tenants have taken some, for whoever runs chores.</summary>
static class SparesChore
{
    internal static IEnumerable<Chore> Of(TenancySpec spec) => spec.Wanted.Spares == 0 ? [] :
    [
        new($"databases made ahead for {spec.Database}", spec.Server, (session, token) => RunAsync(spec, session, token))
        {
            Database = spec.Database, Kind = "spares", Every = TimeSpan.FromMinutes(1),
        },
    ];

    static async Task<ChoreDone> RunAsync(TenancySpec spec, Session session, CancellationToken token)
    {
        await using var home = await session.Servers[spec.Server].OpenPlainAsync(spec.Database, token);
        var done = await new SpareShelf(session, spec, home).RefillAsync(wait: false, token);
        if (done is not var (made, dropped))
            return "another is at it";
        return new(made + dropped == 0 ? "nothing to do" : string.Create(CultureInfo.InvariantCulture, $"{made} made, {dropped} dropped"))
        {
            Counts = new Dictionary<string, long> { ["made"] = made, ["dropped"] = dropped },
        };
    }
}
