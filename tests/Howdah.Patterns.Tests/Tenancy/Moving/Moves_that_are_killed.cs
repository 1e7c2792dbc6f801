using Howdah.Patterns.Tenancy.Moving;
using Howdah.Patterns.Tenancy.Registry;
using Howdah.Testing;
using Xunit;

namespace Howdah.Patterns.Tests.Tenancy.Moving;

/// <summary>
/// SIGKILL at a random step of a move, with clients at work; then it is finished or taken back, at times with another kill in between. The
/// seed is in the message; HOWDAH_FULL=1 kills twenty times, HOWDAH_SEED=n begins elsewhere.
/// </summary>
[Collection("moves")]
public sealed class Moves_that_are_killed(ITestOutputHelper output)
{
    [Theory]
    [MemberData(nameof(Campaign.On), 1, MemberType = typeof(Campaign))]
    public async Task End_clean_and_lose_nothing(int major)
    {
        var seed = int.TryParse(Environment.GetEnvironmentVariable("HOWDAH_SEED"), out var given) ? given : 4711 + major;
        var random = new Random(seed);
        using var caravan = await Caravan.OpenAsync(major);
        var tenant = await caravan.FindAsync(Caravan.Traveller);
        await using var riders = new Riders(caravan, tenant.Name, tenant.Id, 2);
        await riders.GoOnAsync();
        for (var round = 0; round < (Campaign.Full ? 20 : 3); round++)
        {
            var before = await caravan.FindAsync(tenant.Name);
            var to = Enum.GetValues<TenancyModel>().Where(model => model != before.Home.Model).ElementAt(random.Next(2));
            var point = random.Next(1, 22);
            var abort = random.Next(2) == 0;
            var (code, points) = await caravan.CrashAsync(TenantRegistry.NameOf(to), "-", point);
            var where = $"seed {seed}, round {round}: {before.Home.Model} to {to}, killed at {(code == 0 ? "no point" : points[^1])}";
            if (code != 0 && random.Next(3) == 0)
                (code, _) = await caravan.CrashAsync(abort && !points.Contains("switched") ? "abort" : "resume", "-", random.Next(1, 4));
            output.WriteLine(where);
            if (code != 0)
                await EndAsync(caravan, tenant.Name, abort, where);
            await riders.GoOnAsync();
            await caravan.CleanAsync();
            var after = await caravan.FindAsync(tenant.Name);
            Assert.True(after.Home.Model == to || after.Home == before.Home, $"{where}; ended in {after.Home}");
            Assert.Equal(after.Home.Model == TenancyModel.Rows ? 0 : 1, await caravan.PlacesAsync());
        }
        await riders.CheckAsync();
    }

    static async Task EndAsync(Caravan caravan, string name, bool abort, string where)
    {
        try
        {
            if (abort)
                try
                {
                    await TenantMove.AbortAsync(caravan.Session, caravan.Home, name, new(), CancellationToken.None);
                    return;
                }
                catch (MoveException late) when (late.Message.Contains("served in its new place already", StringComparison.Ordinal))
                {
                    // Behind the switch there is only forward.
                }
            await TenantMove.ResumeAsync(caravan.Session, caravan.Home, name, new(), CancellationToken.None);
        }
        catch (MoveException over) when (over.Message.StartsWith("no move of", StringComparison.Ordinal))
        {
            // It was killed before it had begun, or after it had ended.
        }
        catch (Exception e)
        {
            throw new InvalidOperationException($"{where}: {e.Message}", e);
        }
    }
}
