using System.Diagnostics;
using System.Text.Json.Nodes;

namespace Howdah.Patterns.Tests.Estates;

/// <summary>Makes a failing story shorter for as long as it still fails.</summary>
static class Shrinking
{
    internal static async Task<(Story Least, string Wrong)> ShrinkAsync(Story story, string wrong, int major, TimeSpan patience)
    {
        var clock = Stopwatch.StartNew();
        for (var found = true; found && clock.Elapsed < patience;)
        {
            found = false;
            foreach (var shorter in Shorter(story).TakeWhile(_ => clock.Elapsed < patience))
            {
                if (shorter.IsRefused || await shorter.LiveAsync(major) is not { } still || Kind(still) != Kind(wrong))
                    continue;
                (story, wrong, found) = (shorter, still, true);
                break;
            }
        }
        return (story, wrong);
    }

    // The same failure says the same but for names and numbers.
    static string Kind(string wrong) =>
        string.Join(' ', wrong.Split('\n')[0].Split(' ').Skip(3).Where(static word => word.All(char.IsLetter)));

    static IEnumerable<Story> Shorter(Story story)
    {
        for (var i = story.Chapters.Count - 1; i >= 0; i--)
        {
            if (i > 0 && story.Chapters.Count > 1)
                yield return story with { Chapters = [.. story.Chapters.Where((_, at) => at != i)] };
            var chapter = story.Chapters[i];
            for (var d = 0; d < chapter.Drifts.Count; d++)
                yield return With(story, i, chapter with { Drifts = [.. chapter.Drifts.Where((_, at) => at != d)] });
        }
        foreach (var thing in story.Ground.Things.Where(static each => each.Name.Name != Ground.Orders))
            yield return story with { Ground = story.Ground with { Things = [.. story.Ground.Things.Where(each => each != thing)] } };
        foreach (var file in story.Chapters.Select(static chapter => chapter.File).OfType<JsonObject>().Distinct())
        {
            foreach (var path in Paths(file, []).OrderBy(static path => path.Count))
            {
                var smaller = (JsonObject)file.DeepClone();
                Remove(smaller, path);
                yield return story with
                {
                    Chapters = [.. story.Chapters.Select(each => each.File == file ? each with { File = smaller } : each)],
                };
            }
        }
    }

    static Story With(Story story, int at, Chapter chapter) =>
        story with { Chapters = [.. story.Chapters.Select((each, i) => i == at ? chapter : each)] };

    static IEnumerable<IReadOnlyList<object>> Paths(JsonNode? node, IReadOnlyList<object> path) => node switch
    {
        JsonObject map => map.SelectMany(each => Paths(each.Value, [.. path, each.Key]).Prepend([.. path, each.Key])),
        JsonArray list => list.SelectMany((each, i) => Paths(each, [.. path, i]).Prepend([.. path, i])),
        _ => [],
    };

    static void Remove(JsonNode root, IReadOnlyList<object> path)
    {
        var parent = path.Take(path.Count - 1).Aggregate(root, static (node, part) => part is string key ? node[key]! : node[(int)part]!);
        if (path[^1] is string name)
            parent.AsObject().Remove(name);
        else
            parent.AsArray().RemoveAt((int)path[^1]);
    }
}
