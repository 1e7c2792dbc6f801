using YamlDotNet.Core;
using YamlDotNet.Core.Events;

namespace Howdah.Engine.Files;

/// <summary>
/// Turns YAML text into nodes with places. Strict on purpose: what YAML would silently accept and a person would not mean (two documents,
/// duplicate keys, merge keys across files, endless aliases) is reported.
/// </summary>
sealed class YamlTree
{
    const int MaxDepth = 64;
    const int MaxBytes = 10 * 1024 * 1024;
    const int MaxNodes = 1_000_000; // after aliases are followed: a "billion laughs" stops here

    readonly string file;
    readonly Reading reading;
    readonly Dictionary<string, Func<string, int, Node?>> anchors = [];
    int nodes;

    YamlTree(string file, Reading reading)
    {
        this.file = file;
        this.reading = reading;
    }

    /// <summary>Reads one document; null where the text is not YAML or not a mapping (reported).</summary>
    internal static MapNode? Read(string file, string text, Reading reading)
    {
        var start = new ScalarNode("", new(file, 1, 1), "", true);
        if (System.Text.Encoding.UTF8.GetByteCount(text) > MaxBytes)
        {
            reading.Error(Codes.NoFile, start, $"the file is larger than {MaxBytes / 1024 / 1024} MB");
            return null;
        }
        var events = new List<ParsingEvent>();
        try
        {
            var parser = new Parser(new StringReader(text));
            while (parser.MoveNext())
                events.Add(parser.Current!);
            var documents = events.OfType<DocumentStart>().Skip(1).FirstOrDefault();
            if (documents is not null)
            {
                var at = new Place(file, (int)documents.Start.Line, (int)documents.Start.Column);
                reading.Error(Codes.NotYaml, start with { Place = at }, "a second document begins here; an estate is one document",
                    "remove the line ---");
                return null;
            }
            var first = events.FindIndex(e => e is DocumentStart) + 1;
            if (first <= 0 || first >= events.Count || events[first] is DocumentEnd or Scalar { Value: "" })
            {
                reading.Error(Codes.NoFile, start, "the file is empty", "howdah init writes one to start from");
                return null;
            }
            var position = first;
            var root = new YamlTree(file, reading).Node(events, ref position, "", 0);
            if (root is MapNode map)
                return map;
            if (root is not null)
                reading.Error(Codes.WrongType, root, $"an estate is a mapping of keys, not {NodeWords.Of(root)}");
            return null;
        }
        catch (YamlException wrong)
        {
            var lines = text.Split('\n');
            var (line, column) = (Math.Max(1, (int)wrong.Start.Line), Math.Max(1, (int)wrong.Start.Column));
            string? hint = null;
            // The parser names the line where the mapping began, not the one with the tab.
            if (Array.FindIndex(lines, static each => each[..^each.TrimStart().Length].Contains('\t')) is >= 0 and var tab)
                (line, column, hint) = (tab + 1, lines[tab].IndexOf('\t', StringComparison.Ordinal) + 1,
                    "indent with blanks: YAML allows no tabs");
            else if (lines.ElementAtOrDefault(line - 1)?.Contains(": ${", StringComparison.Ordinal) == true)
                hint = "in braces a reference needs quotes: \"${env:NAME}\"";
            reading.Error(Codes.NotYaml, start with { Place = new(file, line, column) }, $"this is not YAML: {Sentence(wrong)}", hint);
            return null;
        }
        // The scanner gives this for some texts it cannot read, without a place.
        catch (InvalidOperationException)
        {
            var (line, column) = events.Count == 0 ? (1, 1) : ((int)events[^1].End.Line, (int)events[^1].End.Column);
            reading.Error(Codes.NotYaml, start with { Place = new(file, Math.Max(1, line), Math.Max(1, column)) },
                "this is not YAML: it cannot be read from here on");
            return null;
        }
    }

    Node? Node(List<ParsingEvent> events, ref int position, string path, int depth)
    {
        var current = events[position];
        if (depth > MaxDepth || ++nodes > MaxNodes)
        {
            throw new YamlException(current.Start, current.End,
                depth > MaxDepth ? $"nested deeper than {MaxDepth}" : "too many nodes; do aliases nest?");
        }
        if (current is AnchorAlias alias)
        {
            position++;
            if (anchors.TryGetValue(alias.Value.Value, out var again))
                return again(path, depth);
            var nothing = new ScalarNode(path, Place(alias), "", true);
            reading.Error(Codes.NotYaml, nothing, $"there is no anchor `{alias.Value}` above this line");
            return nothing;
        }
        var start = position;
        if (current is NodeEvent { Anchor.IsEmpty: false } anchored)
        {
            var name = anchored.Anchor.Value;
            anchors.Remove(name); // an alias inside its own anchor refers to nothing
            var read = Content(events, ref position, path, depth);
            // The depth is counted where the alias stands, else a chain of aliases would nest without end.
            anchors[name] = (otherPath, otherDepth) =>
            {
                var from = start;
                return Content(events, ref from, otherPath, otherDepth);
            };
            return read;
        }
        return Content(events, ref position, path, depth);
    }

    Node? Content(List<ParsingEvent> events, ref int position, string path, int depth)
    {
        var current = events[position++];
        switch (current)
        {
            case Scalar scalar:
                return new ScalarNode(path, Place(scalar), scalar.Value, scalar.Style == ScalarStyle.Plain);
            case SequenceStart:
                var items = new List<Node>();
                while (events[position] is not SequenceEnd)
                {
                    if (Node(events, ref position, $"{path}[{items.Count}]", depth + 1) is { } item)
                        items.Add(item);
                }
                position++;
                return new ListNode(path, Place(current), items);
            case MappingStart:
                return Map(events, ref position, current, path, depth);
            default:
                throw new YamlException(current.Start, current.End, "unexpected content");
        }
    }

    MapNode Map(List<ParsingEvent> events, ref int position, ParsingEvent begin, string path, int depth)
    {
        var entries = new List<MapEntry>();
        var seen = new Dictionary<string, Place>();
        while (events[position] is not MappingEnd)
        {
            if (events[position] is not Scalar key)
            {
                var odd = Node(events, ref position, path, depth + 1);
                Node(events, ref position, path, depth + 1);
                if (odd is not null)
                    reading.Error(Codes.WrongType, odd, "a key must be a plain word");
                continue;
            }
            position++;
            var keyPath = path.Length == 0 ? key.Value : $"{path}.{key.Value}";
            var keyNode = new ScalarNode(keyPath, Place(key), key.Value, key.Style == ScalarStyle.Plain);
            var value = Node(events, ref position, keyPath, depth + 1);
            if (key is { Value: "<<", Style: ScalarStyle.Plain })
                reading.Error(Codes.NotYaml, keyNode, "merge keys (<<) are not read",
                    "use an alias (*name) as a whole value, or write the keys out");
            else if (!seen.TryAdd(key.Value, keyNode.Place))
            {
                var first = seen[key.Value].Line;
                reading.Error(Codes.DuplicateKey, keyNode, $"`{key.Value}` stands here twice; it stood first in line {first}", "keep one");
            }
            else if (value is not null)
                entries.Add(new(keyNode, value));
        }
        position++;
        return new(path, Place(begin), entries);
    }

    Place Place(ParsingEvent at)
    {
        var oneLine = at.End.Line == at.Start.Line;
        var length = at is Scalar or AnchorAlias && oneLine ? Math.Max(1, (int)(at.End.Column - at.Start.Column)) : 1;
        return new(file, (int)at.Start.Line, (int)at.Start.Column, length);
    }

    // The parser's messages begin with the place, which is told apart already.
    static string Sentence(YamlException wrong)
    {
        var text = wrong.Message;
        var end = text.IndexOf("): ", StringComparison.Ordinal);
        text = end > 0 && text.StartsWith('(') ? text[(end + 3)..] : text;
        return text.Length > 0 ? char.ToLowerInvariant(text[0]) + text[1..].TrimEnd('.') : "unreadable";
    }
}
