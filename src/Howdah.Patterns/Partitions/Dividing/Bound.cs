using Howdah.Engine.Planning;

namespace Howdah.Patterns.Partitions.Dividing;

/// <summary>What one partition takes, as SQL.</summary>
abstract record Bound
{
    /// <summary>What follows ATTACH PARTITION.</summary>
    internal abstract Sql Values { get; }

    /// <summary>The condition that its rows meet; null where it has none that can be written down.</summary>
    internal abstract Sql? Holds(Ident key);

    /// <summary>In words, for the plan.</summary>
    internal abstract string Words { get; }
}

/// <summary>A range: from the first value up to one that is not in it.</summary>
/// <param name="Low">The first value; null for the least there is.</param>
/// <param name="High">The first value that is not in it; null where it has no end.</param>
sealed record RangeBound(string? Low, string? High) : Bound
{
    internal override Sql Values => Sql.Of($"for values from ({(Low is null ? Sql.Of($"minvalue") : Sql.Of($"{new Literal(Low)}"))}) "
        + $"to ({(High is null ? Sql.Of($"maxvalue") : Sql.Of($"{new Literal(High)}"))})");

    internal override Sql Holds(Ident key) => Sql.Of($"{key} is not null"
        + $"{(Low is null ? null : Sql.Of($" and {key} >= {new Literal(Low)}"))}"
        + $"{(High is null ? null : Sql.Of($" and {key} < {new Literal(High)}"))}");

    /// <summary>Its ends in words, where the values say little.</summary>
    internal (string Low, string High)? Said { get; init; }

    internal override string Words => Said is var (low, high) ? $"from {low} to {high}"
        : $"from {Low ?? "the beginning"} to {High ?? "the end"}";
}

/// <summary>Some values.</summary>
/// <param name="Taken">The values; null is the server's.</param>
sealed record ListBound(IReadOnlyList<string?> Taken) : Bound
{
    internal override Sql Values => Sql.Of($"for values in ({Sql.Join(", ", Taken.Select(static value =>
        value is null ? Sql.Of($"null") : Sql.Of($"{new Literal(value)}")))})");

    internal override Sql Holds(Ident key)
    {
        var values = Taken.OfType<string>().Select(static value => Sql.Of($"{new Literal(value)}")).ToList();
        var among = values.Count > 0 ? Sql.Of($"{key} in ({Sql.Join(", ", values)})") : null;
        return !Taken.Contains(null) ? Sql.Of($"{key} is not null and {among}")
            : among is null ? Sql.Of($"{key} is null") : Sql.Of($"({key} is null or {among})");
    }

    internal override string Words => string.Join(", ", Taken.Select(static value => value ?? "NULL"));
}

/// <summary>A share of all hashes.</summary>
/// <param name="Modulus">Of how many.</param>
/// <param name="Remainder">Which, from 0.</param>
sealed record HashBound(int Modulus, int Remainder) : Bound
{
    internal override Sql Values => Sql.Of($"for values with (modulus {Modulus}, remainder {Remainder})");

    internal override Sql? Holds(Ident key) => null;

    internal override string Words => $"remainder {Remainder} of {Modulus}";
}

/// <summary>What no other partition takes.</summary>
sealed record RestBound : Bound
{
    internal override Sql Values => Sql.Of($"default");

    internal override Sql? Holds(Ident key) => null;

    internal override string Words => "what no other partition takes";
}
