using Howdah.Patterns.Tenancy.Archiving;
using Howdah.Patterns.Tenancy.Erasing;
using Howdah.Patterns.Tenancy.Registry;
using Xunit;

namespace Howdah.Patterns.Tests.Tenancy.Leaves;

/// <summary>Who applies is no superuser, and the context has to be signed: whoever moves, exports, imports or erases signs it.</summary>
[Collection("moves")]
public sealed class Appliers_without_power
{
    [Theory]
    [InlineData(15, false)]
    [InlineData(18, true)]
    public async Task Create_move_export_import_and_erase_under_a_signed_floor(int major, bool partitioned)
    {
        using var grove = await Grove.PlainAsync(major, partitioned, ", signed: true");
        Assert.False(await grove.Main.ScalarAsync<bool>("select rolsuper from pg_roles where rolname = 'applier'"));
        foreach (var model in Enum.GetValues<TenancyModel>())
            await grove.MakeAsync(model.ToString(), model);
        var tenant = await grove.MakeAsync("a", TenancyModel.Rows);
        using var folder = new Howdah.Testing.TempFolder();
        foreach (var (model, server) in ((TenancyModel, string?)[])[(TenancyModel.Rows, null), (TenancyModel.Schemas, null),
            (TenancyModel.Databases, "second"), (TenancyModel.Databases, "main"), (TenancyModel.Rows, null)])
        {
            if (model != (await grove.FindAsync("a")).Home.Model || server is not null)
                Assert.True((await grove.MoveAsync("a", model, server)).Verified);
            Assert.Equal((model, server ?? "main"), ((await grove.FindAsync("a")).Home.Model, (await grove.FindAsync("a")).Home.Server));
            Assert.Equal("20, 20", await grove.RowsAsync("a"));

            var path = Path.Combine(folder.Path, $"{Guid.NewGuid()}.zip");
            Assert.Equal(40, (await TenantExport.RunAsync(grove.Session, grove.Home, "a", path, new(), default)).Rows);
            await TenantImport.RunAsync(grove.Session, grove.Home, path, "copy", model, server, new(), default);
            Assert.Equal("20, 20", await grove.RowsAsync("copy"));
            var erased = await TenantErase.RunAsync(grove.Session, grove.Home, "copy", new(), default);
            Assert.Equal(40, erased.Rows);
        }
        Assert.Equal(tenant.Id, (await grove.FindAsync("a")).Id);
        await using var tenants = await grove.TenantsAsync();
        await tenants.SuspendAsync("Databases", default);
        await tenants.ResumeAsync("Databases", default);
        foreach (var model in Enum.GetValues<TenancyModel>())
            Assert.Equal("20, 20", await grove.RowsAsync(model.ToString()));
        await grove.SettledAsync();
    }
}
