using System.Text.Json;
using Howdah.Testing;
using Xunit;

namespace Howdah.Cli.Tests;

public sealed class A_proof_of_signed_contexts
{
    const string Yaml = """
        howdah: 1
        estate: sealed
        SERVERS
        roles:
          sealed_owner: {}
          sealed_app: { login: true, password: "${generated}" }
        databases:
          sealed:
            owner: sealed_owner
            schemas: [app]
            migrations: migrations/
            grants:
              - { to: sealed_app, on: { database: true }, privileges: [connect] }
              - { to: sealed_app, on: { schema: app }, privileges: [usage] }
              - { to: sealed_app, on: { tables: [app.notes] }, privileges: [select, insert, update, delete] }
            tenancy: { model: rows, roles: [sealed_app], tables: [app.notes], signed: true }
        """;

    [Theory]
    [MemberData(nameof(Campaign.On), 1, MemberType = typeof(Campaign))]
    public async Task enters_two_tenants_and_forges_them(int major)
    {
        var server = await TestServer.StartOwnAsync(major);
        using var estate = new EstateHarness(server, Yaml);
        estate.Write("migrations/0001_notes.sql",
            "create table app.notes (tenant_id uuid not null, id integer not null, what text, primary key (tenant_id, id));");
        var apply = await Tool.RunAsync("apply", estate.Folder);
        Assert.True(apply.Exit == 0, apply.Out + apply.Error);
        var (_, proof, error) = await Tool.RunAsync("prove", estate.Folder, "--json");
        Assert.True(proof.Length > 0, error);
        using var json = JsonDocument.Parse(proof);
        var told = json.RootElement.GetProperty("findings").EnumerateArray()
            .Select(static each => $"{each.GetProperty("pattern").GetString()} {each.GetProperty("id").GetString()} "
                + $"{each.GetProperty("verdict").GetString()}").ToHashSet();
        // Without a context of its own, no attack that begins with an own row could be made.
        foreach (var attack in (string[])["TEN-B02", "TEN-E08", "TEN-E09", "TEN-F09", "TEN-F10", "TEN-F13"])
            Assert.True(told.Contains($"isolation {attack} held"), $"{attack}: {string.Join('\n', told.Order(StringComparer.Ordinal))}");
        Assert.DoesNotContain(told, static line => line.EndsWith(" broken", StringComparison.Ordinal));
    }
}
