using System.Text.Json.Nodes;
using Howdah.Engine.Files;

namespace Howdah.Patterns.Partitions.Dividing;

/// <summary>The keys that say how a table is divided by values or by their hash.</summary>
static class DivisionShape
{
    static IReadOnlyDictionary<string, IReadOnlyList<string?>> NoLists { get; } = new Dictionary<string, IReadOnlyList<string?>>();

    /// <summary>How each partition is divided again.</summary>
    internal static Shape<Division> Within { get; } = Shapes.Object<Division>("how partitions are divided again", static keys =>
    {
        var by = keys.Required("by", Shapes.Name, "The column that each partition is divided by.", "tenant_id");
        var division = Keys(keys);
        return values =>
        {
            if (division(values, values.Get(by)) is { } read)
                return read;
            values.Reading.Error(Codes.Unclear, values.Node, "it is not said how partitions are divided again",
                "write `modulus: 4`, or `lists` with the values of each");
            return new(values.Get(by), NoLists, false, 1);
        };
    });

    internal static Func<KeyValues, string, Division?> Keys(KeySet keys)
    {
        var lists = keys.Optional<IReadOnlyDictionary<string, IReadOnlyList<string?>>>("lists",
            Shapes.Map(Shapes.List(new ValueShape(), orSingle: true)), NoLists,
            "By values: those of each partition, by what its name ends in. A value that is added gets a partition of its own.",
            example: "{ iberia: [ES, PT], none: [null] }", sql: "ALTER TABLE t ATTACH PARTITION t_iberia FOR VALUES IN ('ES', 'PT')");
        var rest = keys.Optional("rest", Shapes.Bool, false, "With `lists`: whether a default partition takes values that no list "
            + "declares. It is watched: upkeep and `PAR-12` name them.", "false", sql: "ALTER TABLE t ATTACH PARTITION t_rest DEFAULT");
        var modulus = keys.Optional("modulus", Shapes.OptionalInt(1, 1000), null, "By hash: into how many partitions.", example: "8",
            sql: "ALTER TABLE t ATTACH PARTITION t_h0 FOR VALUES WITH (MODULUS 8, REMAINDER 0)");
        return (values, by) =>
        {
            var division = new Division(by, values.Get(lists), values.Get(rest), values.Get(modulus) ?? 0);
            if (values.Has(lists) && values.Has(modulus))
                values.Reading.Error(Codes.Unclear, values.Node, "`lists` divides by values and `modulus` by their hash", "leave one out");
            if (values.Get(rest) && !values.Has(lists))
                values.Reading.Error(Codes.Unclear, values.Node, "`rest` is what no list declares, and there are none",
                    "leave `rest` out, or write `lists`");
            foreach (var value in division.Twice)
                values.Reading.Error(Codes.Unclear, values.Node, $"{value} stands in several lists", "write each value once");
            return values.Has(lists) || values.Has(modulus) ? division : null;
        };
    }

    /// <summary>A value of the key: its text, or null.</summary>
    sealed class ValueShape : Shape<string?>
    {
        public override string Wants => "a value";

        public override JsonObject ToJsonSchema() => new() { ["type"] = new JsonArray("string", "number", "boolean", "null") };

        public override string? Read(Node node, Reading reading)
        {
            if (node is ScalarNode scalar)
                return scalar.IsNull ? null : scalar.Text;
            reading.Error(Codes.Unclear, node, "a value is wanted here", "write values in brackets: [ES, PT]");
            return null;
        }
    }
}
