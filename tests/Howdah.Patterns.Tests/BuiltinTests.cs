using Xunit;

namespace Howdah.Patterns.Tests;

public sealed class BuiltinTests
{
    [Fact]
    public void Every_pattern_has_its_own_key() =>
        Assert.Empty(Builtin.All.GroupBy(static pattern => pattern.Key).Where(static group => group.Count() > 1)
            .Select(static group => group.Key));

    [Fact]
    public void Every_attack_has_its_own_id() =>
        Assert.Empty(Builtin.All.SelectMany(static pattern => pattern.Attacks).GroupBy(static attack => attack.Id)
            .Where(static group => group.Count() > 1).Select(static group => group.Key));

    [Fact]
    public void Every_code_has_one_meaning() =>
        Assert.Empty(Builtin.All.SelectMany(static pattern => pattern.Codes).GroupBy(static code => code.Code)
            .Where(static group => group.Distinct().Count() > 1).Select(static group => group.Key));
}
