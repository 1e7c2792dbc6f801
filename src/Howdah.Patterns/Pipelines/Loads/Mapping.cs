using System.Security.Cryptography;
using System.Text;

namespace Howdah.Patterns.Pipelines;

/// <summary>What makes of one content the same rows: the pipeline as declared, but for when it runs and how much it may refuse.</summary>
static class Mapping
{
    internal static string Of(PipelineWish wish)
    {
        var text = new StringBuilder();
        foreach (var part in (object?[])[wish.Into?.Plain, wish.Call?.Plain, wish.Mode, string.Join(',', wish.Key), wish.LastWins,
            wish.BatchColumn, wish.Format with { Nulls = [] }, string.Join('\u0001', wish.Format.Nulls)])
            text.Append(part).Append('\n');
        foreach (var (name, column) in wish.Columns)
        {
            text.Append(name).Append('=').Append(column with { Lookup = null }).Append('\n');
            if (column.Lookup is { } lookup)
                text.Append(lookup.Table.Plain).Append(' ').Append(lookup.Take).Append(' ').Append(lookup.Missing).Append(' ')
                    .AppendJoin(',', lookup.By.Select(static each => $"{each.Key}:{each.Value}")).Append('\n');
        }
        return Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text.ToString())));
    }
}
