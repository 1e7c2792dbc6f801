using CsCheck;

namespace Howdah.Prover.Tests.Random;

/// <summary>Choices from a seed: the same seed, the same choices.</summary>
sealed class Dice(ulong seed)
{
    readonly PCG pcg = new(1, seed);

    /// <summary>From zero to below <paramref name="n"/>.</summary>
    internal int Below(int n) => (int)pcg.Next((uint)n);

    /// <summary>True once in <paramref name="n"/>.</summary>
    internal bool Once(int n) => Below(n) == 0;

    internal T One<T>(IReadOnlyList<T> from) => from[Below(from.Count)];

    /// <summary>Some of them, different ones, in any order.</summary>
    internal List<T> Some<T>(IReadOnlyList<T> from, int count)
    {
        var left = from.ToList();
        var some = new List<T>();
        while (some.Count < count && left.Count > 0)
        {
            var at = Below(left.Count);
            some.Add(left[at]);
            left.RemoveAt(at);
        }
        return some;
    }
}
