using System.Text.Json.Nodes;

namespace Howdah.Engine.Files;

/// <summary>
/// What may stand at a place of the estate file. One value serves the reader (with every mistake reported at once), the JSON Schema and
/// <c>howdah explain</c>, so the three cannot disagree. No reflection: a shape is built from functions.
/// </summary>
public abstract class Shape
{
    /// <summary>What is wanted, in words, for messages: <c>true or false</c>, <c>a list</c>.</summary>
    public abstract string Wants { get; }

    /// <summary>The JSON Schema (draft-07) of the same thing.</summary>
    public abstract JsonObject ToJsonSchema();

    /// <summary>The keys of an object shape (else empty), for <c>explain</c> and for suggestions.</summary>
    public virtual IReadOnlyList<KeyInfo> Keys => [];

    /// <summary>What a list's items or a map's values are (else null), so that <c>explain</c> can walk down.</summary>
    public virtual Shape? Inner => null;
}

/// <summary>A shape that reads into a <typeparamref name="T"/>.</summary>
public abstract class Shape<T> : Shape
{
    /// <summary>
    /// Reads a node. A wrong node is reported to <paramref name="reading"/> and gives the default of <typeparamref name="T"/>; the caller
    /// goes on, so that all mistakes are told at once, and nobody uses the value once there are errors.
    /// </summary>
    public abstract T? Read(Node node, Reading reading);
}

/// <summary>What is known of one key, for <c>explain</c> and the JSON Schema.</summary>
/// <param name="Name">The key.</param>
/// <param name="About">One or two sentences.</param>
/// <param name="Shape">What stands under it.</param>
/// <param name="Required">Whether it must be there.</param>
/// <param name="Default">The default as YAML; null where there is none.</param>
/// <param name="Example">An example as YAML; null where the default says it.</param>
/// <param name="Sql">The SQL it leads to, in general form; null where it leads to none.</param>
public sealed record KeyInfo(string Name, string About, Shape Shape, bool Required, string? Default, string? Example, string? Sql);
