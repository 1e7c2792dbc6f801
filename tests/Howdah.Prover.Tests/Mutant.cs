namespace Howdah.Prover.Tests;

/// <summary>
/// A twin broken by hand: <c>Mutants/*.sql</c>. The head says of which twin (<c>-- twin: rows</c>), which attacks must break and no others
/// (<c>-- expect: TEN-A07, TEN-B01</c>), and optionally since which major version it can be made (<c>-- from: 16</c>), whether it needs a
/// server of its own (<c>-- server: own</c>), which logins the check is given (<c>-- logins: app, other_app@other_database</c>), and what
/// only a hand can close after that (<c>-- leaves: TEN-E08</c>); <c>{db}</c> is the database; <c>-- apart</c> parts what cannot run in one
/// transaction, and a part that begins with <c>-- in NAME</c> runs there; what comes after <c>-- undo</c> takes back what is not in the
/// database (roles, settings of roles, databases).
/// </summary>
sealed record Mutant(string Name, string Twin, IReadOnlyList<string> Expect, IReadOnlyList<string> Leaves, int From, bool OwnServer,
    IReadOnlyList<string> Sql, IReadOnlyList<string> Undo, IReadOnlyList<string> Logins)
{
    internal static IReadOnlyList<Mutant> All { get; } = [.. Directory.EnumerateFiles(
        Path.Combine(AppContext.BaseDirectory, "Mutants"), "*.sql",
            SearchOption.AllDirectories).Order(StringComparer.Ordinal).Select(Read)];

    /// <summary>The names of those that are tried on a version. Some mistakes can be made only since a later one.</summary>
    internal static IEnumerable<string> On(int major) => All.Index().Where(each => each.Item.From <= major
        && (each.Item.From > 15 || Testing.Campaign.Takes(each.Index, major))).Select(static each => each.Item.Name);

    /// <summary>Whether it is tried that what is told closes it, too.</summary>
    internal static bool Closed(string name) => Testing.Campaign.Full
        || All.Index().First(each => each.Item.Name == name).Index / 2 % 2 == 0;

    static Mutant Read(string file)
    {
        var text = File.ReadAllText(file);
        var parts = text.Split("-- undo\n");
        return new(Path.GetFileNameWithoutExtension(file), Head(text, "twin") ?? throw new FormatException($"{file}: which twin?"),
            Ids(Head(text, "expect") ?? throw new FormatException($"{file}: what is expected?")), Ids(Head(text, "leaves") ?? ""),
            int.Parse(Head(text, "from") ?? "15", System.Globalization.CultureInfo.InvariantCulture),
            Head(text, "server") == "own", parts[0].Split("-- apart\n"), parts.Length > 1 ? parts[1].Split("-- apart\n") : [],
            Ids(Head(text, "logins") ?? ""));
    }

    /// <summary>Where a part runs.</summary>
    internal static string Place(string sql, string database) => sql.StartsWith("-- in ", StringComparison.Ordinal)
        ? sql[6..sql.IndexOf('\n', StringComparison.Ordinal)].Trim() : database;

    static List<string> Ids(string text) =>
        [.. text.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries).Order(StringComparer.Ordinal)];

    static string? Head(string text, string key) => text.Split('\n')
        .Where(line => line.StartsWith($"-- {key}:", StringComparison.Ordinal)).Select(line => line[(key.Length
            + 4)..].Trim()).FirstOrDefault();
}
