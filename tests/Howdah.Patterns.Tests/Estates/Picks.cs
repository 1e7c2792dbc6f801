using CsCheck;

namespace Howdah.Patterns.Tests.Estates;

/// <summary>Picking from what there is.</summary>
static class Picks
{
    internal static Gen<T> One<T>(IReadOnlyList<T> from) => Gen.Int[0, from.Count - 1].Select(i => from[i]);

    /// <summary>One to <paramref name="most"/> different ones.</summary>
    internal static Gen<IReadOnlyList<T>> Some<T>(IReadOnlyList<T> from, int most) =>
        Gen.Int[0, from.Count - 1].Array[1, most].Select(IReadOnlyList<T> (picks) => [.. picks.Distinct().Select(i => from[i])]);

    /// <summary>Any of them, in their order; perhaps none.</summary>
    internal static Gen<IReadOnlyList<T>> Any<T>(IReadOnlyList<T> from) =>
        Gen.Bool.Array[from.Count].Select(IReadOnlyList<T> (flags) => [.. from.Where((_, i) => flags[i])]);

    /// <summary>True once in <paramref name="n"/>.</summary>
    internal static Gen<bool> Once(int n) => Gen.Int[1, n].Select(static i => i == 1);
}
