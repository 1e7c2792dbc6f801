using System.Globalization;
using Howdah.Engine;
using Howdah.Engine.Applying;
using Howdah.Engine.Planning;
using Howdah.Patterns.Tenancy.Placing;

namespace Howdah.Patterns.Tenancy.Sparing;

/// <summary>Says how many databases are to be made ahead, and how many go because they are too many or of a former structure.</summary>
static class SparesDiffer
{
    internal static IEnumerable<Step> Diff(TenancySpec spec, SparesFacts facts)
    {
        // Once the plan is done, every migration of the folder has run.
        var version = spec.Files.Select(static file => file.Name).Append(facts.Latest).Max(StringComparer.Ordinal)!;
        var servers = Spare.Servers(spec);
        var good = facts.All.Where(spare => spare.Ready && spare.Version == version).GroupBy(spare => spare.Server ?? spec.Server)
            .Where(group => servers.Contains(group.Key)).ToDictionary(static group => group.Key,
                group => Math.Min(group.Count(), spec.Wanted.Spares));
        var lacking = servers.Sum(server => spec.Wanted.Spares - good.GetValueOrDefault(server));
        var dropped = facts.All.Count - good.Values.Sum();
        if (lacking == 0 && dropped == 0)
            yield break;
        yield return new()
        {
            Id = $"tenancy/{spec.Database}/spares",
            Server = spec.Server,
            Database = spec.Database,
            Pattern = TenancySpec.Key,
            Object = "databases made ahead for tenants",
            Action = lacking > 0 ? StepAction.Create : StepAction.Drop,
            Detail = string.Join("; ", ((string?[])[Words(lacking, "to be made"),
                Words(dropped, "to be dropped, being too many, unfinished or of a former structure")]).OfType<string>()),
            Transactional = false,
            Limits = Limits.Concurrent,
            Sql = [lacking > 0
                ? Sql.Of($"create database {new Ident("t_…")} with template {new Ident(TemplateDatabase.NameOf(spec))} "
                    + $"owner {new Ident(spec.Owner)} allow_connections false")
                : Sql.Of($"drop database {new Ident("t_…")}")],
            Done = Done(spec, servers, version),
            Work = (session, options, token) => WorkAsync(spec, session, options, token),
        };
    }

    static string? Words(int count, string what) => count == 0 ? null : string.Create(CultureInfo.InvariantCulture, $"{count} {what}");

    static Sql Done(TenancySpec spec, IReadOnlyList<string> servers, string version) => Sql.Of($"""
        select (select count(*) from howdah.tenant_spares) = {servers.Count * spec.Wanted.Spares}
          and not exists (select from howdah.tenant_spares where structure is null or version <> {new Literal(version)})
        """);

    static async Task WorkAsync(TenancySpec spec, Session session, ApplyOptions options, CancellationToken token)
    {
        await using var home = await session.Servers[spec.Server].OpenPlainAsync(spec.Database, token);
        try
        {
            await new SpareShelf(session, spec, home) { Fault = options.Fault }.RefillAsync(wait: true, token);
        }
        catch (ArgumentException cannot)
        {
            throw new ApplyStop(ApplyOutcome.Failed, $"no databases can be made ahead: {cannot.Message}", cannot);
        }
    }
}
