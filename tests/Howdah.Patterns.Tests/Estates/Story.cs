using System.Text;
using System.Text.Json.Nodes;
using CsCheck;
using Howdah.Engine.Applying;
using Howdah.Engine.Files;
using Howdah.Engine.Planning;
using Howdah.Testing;

namespace Howdah.Patterns.Tests.Estates;

/// <summary>What happens to an estate in one go: a file is written, and things are done by hand.</summary>
/// <param name="File">The file but its servers; null where it stays.</param>
/// <param name="Drifts">What is done by hand after a plan was saved.</param>
sealed record Chapter(JsonObject? File, IReadOnlyList<Drift> Drifts);

/// <summary>An estate's life: after each chapter one apply must bring the databases to what the file says.</summary>
sealed record Story(Ground Ground, IReadOnlyList<Chapter> Chapters)
{
    internal static Gen<Story> Of(int major) =>
        from ground in RandomEstates.Grounds
        from first in RandomEstates.On(ground, major)
        from second in RandomEstates.On(ground, major)
        from early in RandomDrift.In(ground, first, major).Array[1, 6]
        from late in RandomDrift.In(ground, second, major).Array[1, 6]
        from atOnce in RandomDrift.In(ground, first, major).Array[0, 3]
        select new Story(ground, [new(first, []), new(null, early), new(second, atOnce), new(null, late), new(first, [])]);

    /// <summary>Lives it on a server of its own; null where all went well.</summary>
    internal async Task<string?> LiveAsync(int major)
    {
        var server = await TestServer.StartOwnAsync(major);
        try
        {
            using var estate = new EstateHarness(server, "");
            for (var i = 0; i < Ground.Things.Count; i++)
                estate.Write($"migrations/{i + 1:0000}_thing.sql", Ground.Things[i].Statement + ";\n");
            var ends = new Dictionary<JsonObject, SortedDictionary<string, string>>();
            JsonObject? now = null;
            foreach (var (chapter, number) in Chapters.Select(static (each, i) => (each, i)))
            {
                now = chapter.File ?? now;
                estate.Write(Yaml(now!));
                if (await TurnAsync(estate, now!, chapter) is { } wrong)
                    return $"in chapter {number + 1}: {wrong}";
                var end = await Mended.ReadAsync(server, now!);
                // The same file means the same databases, whatever was between.
                if (!ends.TryAdd(now!, end) && Mended.Differences(ends[now!], end).ToList() is { Count: > 0 } differences)
                    return $"in chapter {number + 1}, not as when this file was applied before:\n{string.Join('\n', differences)}";
            }
            return null;
        }
        catch (Exception failed) when (failed is not OutOfMemoryException)
        {
            return failed.ToString();
        }
        finally
        {
            await server.StopAsync();
            Directory.Delete(server.Folder, recursive: true);
        }
    }

    /// <summary>Whether a file is none: so it may be after something was taken out of it.</summary>
    internal bool IsRefused => Chapters.Select(static chapter => chapter.File).OfType<JsonObject>().Any(static file => EstateReader
        .ReadText("estate.yaml", Yaml(file).Replace("SERVERS", "servers: { main: { connection: \"${env:X}\" } }", StringComparison.Ordinal),
            null, Builtin.All).Diagnostics.Any(static wrong => wrong.Severity == Severity.Error && wrong.Code != "HOW0501"));

    // Plan, drift, refuse the stale plan, apply, plan is empty.
    static async Task<string?> TurnAsync(EstateHarness estate, JsonObject file, Chapter chapter)
    {
        if (estate.Load() is { Estate: null } wrong)
            return $"the file is refused: {string.Join('\n', wrong.Diagnostics)}";
        if (chapter.Drifts.Count > 0)
        {
            var saved = PlanFile.Read(PlanFile.Write(await estate.PlanAsync(rehearse: false)));
            var before = await Mended.ReadAsync(estate.Server, file);
            foreach (var drift in chapter.Drifts)
                await DriftAsync(estate.Server, drift);
            var plan = await estate.PlanAsync(rehearse: false);
            if (plan.Fingerprint == saved.Fingerprint && Mended.Differences(before, await Mended.ReadAsync(estate.Server, file))
                .ToList() is { Count: > 0 } unseen)
                return $"the fingerprint does not notice:\n{string.Join('\n', unseen)}";
            var known = saved.Steps.ToDictionary(static step => step.Id, static step => step.Sql);
            var stale = plan.Fingerprint != saved.Fingerprint && (plan.Steps.Count >= known.Count
                || plan.Steps.Any(step => known.GetValueOrDefault(step.Id) != step.SqlText));
            if (stale && plan.Steps.Count > 0 && await estate.ApplyAsync(new() { Saved = saved }) is var old
                && (old.Outcome != ApplyOutcome.Refused || !old.Message.Contains("stale", StringComparison.Ordinal)))
                return $"a stale plan is not refused: {old.Outcome} {old.Message}";
        }
        var result = await estate.ApplyAsync();
        if (result.Outcome is not (ApplyOutcome.Done or ApplyOutcome.NothingToDo))
            return $"{result.Outcome}: {result.Message}\nat {result.At?.SqlText}\nleft:\n{Text(await estate.PlanAsync(rehearse: false))}";
        var left = await estate.PlanAsync();
        return left.Steps.Count == 0 ? null : $"the plan is not empty: {Text(left)}";
    }

    static string Text(Plan plan) => string.Join('\n', plan.Steps.Select(static step => $"{step.Id}: {step.SqlText}"));

    static async Task DriftAsync(TestServer server, Drift drift)
    {
        try
        {
            await server.ExecuteAsync(drift.Sql, drift.Database);
        }
        catch (Npgsql.PostgresException)
        {
            // Not everything that can be written can be done; then nothing was.
        }
    }

    static string Yaml(JsonObject file) => "howdah: 1\nestate: random\nSERVERS\n" + BlockYaml.Write(file);

    public override string ToString()
    {
        var text = new StringBuilder();
        foreach (var thing in Ground.Things)
            text.Append(thing.Statement).Append(";\n");
        foreach (var (chapter, number) in Chapters.Select(static (each, i) => (each, i)))
        {
            text.Append($"--- chapter {number + 1}\n").Append(chapter.File is null ? "" : Yaml(chapter.File));
            foreach (var drift in chapter.Drifts)
                text.Append($"in {drift.Database}: {drift.Sql}\n");
        }
        return text.ToString();
    }
}
