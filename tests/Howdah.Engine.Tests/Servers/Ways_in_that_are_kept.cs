using Howdah.Engine.Servers;
using Howdah.Testing;
using Npgsql;
using Xunit;

namespace Howdah.Engine.Tests.Servers;

/// <summary>A process that stays opens connections to ever new databases, and must not remember all of them.</summary>
public sealed class Ways_in_that_are_kept
{
    [Theory, InlineData(15), InlineData(18)]
    public async Task Are_few_and_what_is_open_stays_open(int major)
    {
        var token = TestContext.Current.CancellationToken;
        var server = await TestServer.GetAsync(major);
        string Way(int number) => new NpgsqlConnectionStringBuilder(server.ConnectionString()) { ApplicationName = $"way {number}" }
            .ConnectionString;
        await using var first = await ServerAccess.OpenAsync(Way(0), token);
        await Parallel.ForEachAsync(Enumerable.Range(1, Sources.Most * 2), token, async (number, canceled) =>
        {
            await using var connection = await ServerAccess.OpenAsync(Way(number), canceled, types: number % 2 == 0);
            await using var command = new NpgsqlCommand("show application_name", connection);
            Assert.Equal($"way {number}", await command.ExecuteScalarAsync(canceled));
        });
        Assert.InRange(Sources.Count, 1, Sources.Most);
        await using var still = new NpgsqlCommand("select 'open'", first);
        Assert.Equal("open", await still.ExecuteScalarAsync(token));
        await first.CloseAsync();
        await using var again = await ServerAccess.OpenAsync(Way(0), token);
    }

    [Fact]
    public async Task Do_not_make_room_for_passwords_that_are_wrong()
    {
        var token = TestContext.Current.CancellationToken;
        var server = await TestServer.GetAsync(18);
        var right = server.ConnectionString();
        var wrong = new NpgsqlConnectionStringBuilder(right) { Password = "a guess" }.ConnectionString;
        await using (await ServerAccess.OpenAsync(right, token))
            Assert.True(Sources.Keeps(right, types: true));
        var refusal = await Assert.ThrowsAsync<PostgresException>(() => ServerAccess.OpenAsync(wrong, token));
        Assert.Equal(PostgresErrorCodes.InvalidPassword, refusal.SqlState);
        Assert.False(Sources.Keeps(wrong, types: true));
    }
}
