using System.Text.Json.Nodes;
using Howdah.Testing;
using Xunit;

namespace Howdah.Cli.Tests;

/// <summary>The verbs of <c>howdah tenant</c> as they are typed: what they print, what they refuse, and with which exit code.</summary>
public sealed class The_life_of_tenants
{
    const string Yaml = """
        howdah: 1
        estate: life
        SERVERS
        roles:
          life_owner: {}
          life_app: { login: true, password: "${generated}", settings: { search_path: [app] } }
        databases:
          life:
            owner: life_owner
            schemas: [app]
            migrations: migrations/
            grants:
              - { to: life_app, on: { database: true }, privileges: [connect] }
              - { to: life_app, on: { schema: app }, privileges: [usage] }
              - { to: life_app, on: { tables: [app.orders] }, privileges: [select, insert, update, delete] }
              - { to: life_app, on: { tables: [app.kinds] }, privileges: [select] }
            tenancy: { model: schemas, roles: [life_app], tables: [app.orders], shared: [app.kinds] }
            data:
              - { file: data/orders.csv, steps: data/orders.sql }
        """;

    const string Tables = """
        create table app.kinds (kind text primary key);
        create table app.orders (tenant_id uuid not null, id int not null, kind text, primary key (tenant_id, id));
        """;

    // Registers tenants and fills home's tables, as a load does, whatever the model.
    const string Load = """
        insert into app.kinds select distinct kind from staging;
        insert into app.orders select howdah.register_tenant(tenant), id::int, kind from staging;
        """;

    [Fact]
    public async Task From_the_first_load_to_the_last_certificate()
    {
        var server = await TestServer.StartOwnAsync(18);
        await server.ExecuteAsync("alter system set wal_level = logical");
        await server.StopAsync("fast");
        await server.StartAsync();
        using var estate = new EstateHarness(server, Yaml);
        estate.Write("migrations/0001_tables.sql", Tables);
        estate.Write("data/orders.csv", "tenant,id,kind\nada,1,a\nada,2,b\nbob,1,a\n");
        estate.Write("data/orders.sql", Load);

        // What a load registered is placed as the estate says.
        var (exit, _, told) = await Tool.RunAsync("up", estate.Folder);
        Assert.True(exit is 0 or 4, told);
        Assert.Contains("2 tenants of life were loaded into rows and moved into schemas", told, StringComparison.Ordinal);
        Assert.Equal(["ada schemas active", "bob schemas active"], await ListAsync(estate));
        var plan = JsonNode.Parse(await DoneAsync(estate, "plan", estate.Folder, "--json", "--check"))!;
        Assert.Equal(2, plan["tenants"]![0]!["places"]![0]!["tenants"]!.GetValue<int>());
        Assert.Equal("schemas", plan["tenants"]![0]!["places"]![0]!["model"]!.GetValue<string>());

        // create, show, suspend, resume, rename
        var made = JsonNode.Parse(await TenantAsync(estate, "create", "cyd", "--model", "databases", "--json"))![0]!;
        Assert.Equal("databases", made["model"]!.GetValue<string>());
        Assert.Equal(made["id"]!.GetValue<string>() + "\n", await TenantAsync(estate, "create", "cyd"));
        await RefusedAsync(estate, 1, "is there already, in databases: howdah tenant move takes it elsewhere", "create", "cyd", "--model",
            "rows");
        await RefusedAsync(estate, 1, "cannot be made on the server `nowhere`", "create", "dora", "--model", "databases", "--server",
            "nowhere");
        await RefusedAsync(estate, 64, "sideways", "create", "dora", "--model", "sideways");
        await RefusedAsync(estate, 1, "there is no tenant `nobody`: howdah tenant list names them", "show", "nobody");
        Assert.Equal("suspended", await StateAsync(estate, "suspend", "cyd", "--json"));
        Assert.Equal("suspended", await StateAsync(estate, "suspend", "cyd", "--json"));
        Assert.Equal("active", await StateAsync(estate, "resume", "cyd", "--json"));
        await TenantAsync(estate, "rename", "cyd", "cyril", "--json");
        await RefusedAsync(estate, 1, "the name `bob` is taken by another tenant", "rename", "cyril", "bob");
        Assert.Equal("cyril", JsonNode.Parse(await TenantAsync(estate, "show", "cyril", "--json"))![0]!["name"]!.GetValue<string>());

        // export and import
        var archive = Path.Combine(estate.Folder, "ada.zip");
        var exported = JsonNode.Parse(await TenantAsync(estate, "export", "ada", "--out", archive, "--json"))![0]!;
        Assert.Equal(("exported", "2"), (exported["outcome"]!.GetValue<string>(), exported["rows"]!.GetValue<string>()));
        await RefusedAsync(estate, 1, "is there already: name another file with --out", "export", "ada", "--out", archive);
        await RefusedAsync(estate, 1, "is not the archive that was noted", "import", archive, "--as", "eve", "--sha256",
            new string('0', 64));
        var imported = JsonNode.Parse(await TenantAsync(estate, "import", archive, "--as", "eve", "--to", "databases", "--json"))![0]!;
        Assert.Equal("imported", imported["outcome"]!.GetValue<string>());
        await RefusedAsync(estate, 1, "no import of `fay` is under way", "import", archive, "--as", "fay", "--abort");

        // move, one and all
        await RefusedAsync(estate, 64, "say where to", "move", "ada");
        await RefusedAsync(estate, 64, "name a tenant, or say --all", "move", "--to", "rows");
        await RefusedAsync(estate, 64, "opposites", "move", "ada", "--resume", "--abort");
        await RefusedAsync(estate, 1, "no move of ada is under way", "move", "ada", "--resume");
        var moves = JsonNode.Parse(await TenantAsync(estate, "move", "--all", "--to", "rows", "--json"))!["moves"]!.AsArray();
        Assert.Equal(["ada", "bob", "cyril", "eve"], moves.Select(static move => move!["tenant"]!.GetValue<string>()));
        Assert.All(moves, static move => Assert.Equal("moved", move!["outcome"]!.GetValue<string>()));
        Assert.Equal(["ada rows active", "bob rows active", "cyril rows active", "eve rows active"], await ListAsync(estate));
        var again = JsonNode.Parse(await TenantAsync(estate, "move", "--all", "--to", "rows", "--json"))!["moves"]!.AsArray();
        Assert.All(again, static move => Assert.Equal("there", move!["outcome"]!.GetValue<string>()));

        // Drift fails a check, in schemas and in databases; a shared table's copies are brought up by apply.
        await TenantAsync(estate, "move", "bob", "--to", "databases", "--no-prove");
        var bob = (await server.ScalarAsync<string>("select place from howdah.tenants where name = 'bob'", "life"))!;
        await server.ExecuteAsync("insert into app.kinds values ('z')", "life");
        var (differs, seen, _) = await Tool.RunAsync("plan", estate.Folder, "--check", "--json");
        Assert.Equal(2, differs);
        Assert.Contains("app.kinds", JsonNode.Parse(seen)!["tenants"]![0]!["drift"]![0]!["difference"]!.GetValue<string>(),
            StringComparison.Ordinal);
        Assert.Contains("databases of bob", (await Tool.RunAsync("apply", estate.Folder)).Error, StringComparison.Ordinal);
        Assert.Equal(3L, await server.ScalarAsync<long>("select count(*) from app.kinds", bob));
        await DoneAsync(estate, "plan", estate.Folder, "--check");

        // erase
        var certificate = Path.Combine(estate.Folder, "eve.json");
        await RefusedAsync(estate, 3, "would be erased, for good; nothing was done: say --yes", "erase", "eve");
        Assert.Contains("\"eve\"", await TenantAsync(estate, "erase", "eve", "--yes", "--json", "--certificate", certificate),
            StringComparison.Ordinal);
        await TenantAsync(estate, "erase", certificate, "--verify");
        await File.WriteAllTextAsync(certificate,
            (await File.ReadAllTextAsync(certificate, TestContext.Current.CancellationToken)).Replace("eve", "eva",
            StringComparison.Ordinal),
            TestContext.Current.CancellationToken);
        Assert.Equal(2, (await Tool.RunAsync("tenant", "erase", certificate, "--verify", "--dir", estate.Folder)).Exit);

        // A place that is born open is said to be, by the exit code, too.
        await server.ExecuteAsync("alter default privileges for role life_owner grant usage on schemas to public; "
            + "alter default privileges for role life_owner grant select on tables to public", "life");
        var (broken, id, why) = await Tool.RunAsync("tenant", "create", "open", "--dir", estate.Folder);
        Assert.True(broken == 2, $"{broken}: {why}");
        Assert.True(Guid.TryParse(id.Trim(), out _), id);
        Assert.Contains("its proof is broken: howdah tenant suspend it", why, StringComparison.Ordinal);
        await server.StopAsync();
    }

    static async Task<string> DoneAsync(EstateHarness estate, params string[] words)
    {
        var (exit, output, error) = await Tool.RunAsync(words);
        Assert.True(exit == 0, $"{string.Join(' ', words)}: exit {exit}\n{error}{output}");
        return output;
    }

    static Task<string> TenantAsync(EstateHarness estate, params string[] words) =>
        DoneAsync(estate, ["tenant", .. words, "--dir", estate.Folder]);

    static async Task RefusedAsync(EstateHarness estate, int code, string sentence, params string[] words)
    {
        var (exit, _, error) = await Tool.RunAsync(["tenant", .. words, "--dir", estate.Folder]);
        Assert.True(exit == code && error.Contains(sentence, StringComparison.Ordinal), $"{string.Join(' ', words)}: exit {exit}\n{error}");
        Assert.DoesNotContain("   at ", error, StringComparison.Ordinal);
    }

    static async Task<string> StateAsync(EstateHarness estate, params string[] words) =>
        JsonNode.Parse(await TenantAsync(estate, words))![0]!["state"]!.GetValue<string>();

    static async Task<IEnumerable<string>> ListAsync(EstateHarness estate) =>
        JsonNode.Parse(await TenantAsync(estate, "list", "--json"))!.AsArray().Select(static row =>
            $"{row!["name"]} {row["model"]} {row["state"]}");
}
