using Howdah.Engine.Catalogs;

namespace Howdah.Engine.Planning;

/// <summary>
/// The schema <c>howdah</c> in each managed database: journal, objects owned, accepted spec. Made by the first step in that database, so
/// that
/// every later step is recorded together with its effect.
/// </summary>
static class Memory
{
    internal static readonly CatalogQuery Script = CatalogQuery.Load(typeof(Memory), "memory.sql");

    /// <summary>The pattern name under which its step stands in plans.</summary>
    internal const string Key = "howdah";

    internal static IEnumerable<Step> Steps(string server, string? database, Catalog catalog)
    {
        if (catalog.Owned.HasMemory)
            yield break;
        yield return new()
        {
            Id = StepId(server, database),
            Server = server,
            Database = database,
            Pattern = Key,
            Object = "schema howdah",
            Action = StepAction.Create,
            Detail = "journal, owned objects",
            Sql = [Script.AsSql()],
            After = database is null ? [] : [$"databases/{server}/{database}/create", $"databases/{server}/{database}/close"],
        };
    }

    internal static string StepId(string server, string? database) => $"howdah/{server}/{database ?? "-"}/memory";
}
