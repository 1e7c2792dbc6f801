namespace Howdah.Engine.Files;

/// <summary>Checks what only the whole file shows: that each name referred to is defined, and that no two names fold to one.</summary>
static class References
{
    internal static void Check(Reading reading)
    {
        foreach (var kind in reading.Definitions.GroupBy(definition => definition.Kind))
        {
            foreach (var twins in kind.GroupBy(static definition => definition.Name.ToLowerInvariant()))
            {
                if (twins.Select(static each => each.Name).Distinct().Count() < 2)
                    continue;
                var (first, second) = (twins.First(), twins.Last());
                reading.Error(Codes.FoldedName, second.At, $"the {kind.Key}s `{first.Name}` and `{second.Name}` differ only in case",
                    "unquoted SQL would take one for the other; rename one");
            }
        }
        foreach (var use in reading.References)
        {
            var known = reading.Definitions.Where(definition => definition.Kind == use.Kind).Select(definition => definition.Name).ToList();
            if (known.Contains(use.Name))
                continue;
            var near = Suggestion.Nearest(use.Name, known);
            reading.Error(Codes.BadReference, use.At, $"there is no {use.Kind} `{use.Name}` in this estate",
                near is not null ? $"did you mean `{near}`?"
                : known.Count == 0 ? $"declare it under {use.Kind}s:"
                : $"{use.Kind}s here: {string.Join(", ", known)}");
        }
    }
}
