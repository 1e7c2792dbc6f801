using System.Reflection;
using System.Runtime.Loader;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Design;
using Microsoft.EntityFrameworkCore.Design.Internal;
using Microsoft.EntityFrameworkCore.Diagnostics;
using Microsoft.EntityFrameworkCore.Metadata;
using Xunit;

namespace Howdah.Client.EntityFrameworkCore.Tests;

/// <summary>What the tools of EF Core do without a tenant: compiled models, and the update that a migrations bundle runs.</summary>
[Collection(nameof(OneForTheProcess))]
public sealed class ToolTests
{
    /// <summary>EF.IsDesignTime is: nothing else runs meanwhile.</summary>
    [CollectionDefinition(nameof(OneForTheProcess), DisableParallelization = true)]
    public sealed class OneForTheProcess;

    /// <summary>How the tools come to a context: no tenant anywhere.</summary>
    public sealed class Factory : IDesignTimeDbContextFactory<PlainShopContext>
    {
        public PlainShopContext CreateDbContext(string[] args) =>
            new(new DbContextOptionsBuilder<PlainShopContext>().UseNpgsql("Host=design").UseHowdah()
                .ConfigureWarnings(static warnings => warnings.Ignore(RelationalEventId.PendingModelChangesWarning)).Options);
    }

    [Fact]
    public async Task A_compiled_model_filters_fills_in_and_checks_like_the_other()
    {
        var model = Compile();
        await using var shop = await Shop.MakeAsync(18);
        var options = new DbContextOptionsBuilder<PlainShopContext>().UseModel(model).UseHowdah().Options;
        foreach (var tenant in (Tenant[])[shop.Acme, shop.Bolt])
        {
            await using var context = new PlainShopContext(options).UseTenant(tenant);
            Assert.Contains("tenant_id = @", context.Orders.ToQueryString(), StringComparison.Ordinal);
            Assert.All(await context.Orders.Include(static order => order.Lines).ToListAsync(),
                order => Assert.Equal(tenant.Id, order.TenantId));
            context.Add(new Note { Text = "compiled" });
            Assert.Equal(1, await context.SaveChangesAsync());
            context.Add(new Note { Owner = Guid.NewGuid(), Text = "planted" });
            await Assert.ThrowsAsync<ForeignTenantException>(() => context.SaveChangesAsync());
        }
        Assert.Equal(2, await shop.AskAsync<long>("select count(distinct tenant_id) from shop.notes where text = 'compiled'"));
    }

    /// <summary>As <c>dotnet ef dbcontext optimize</c> does it, into memory.</summary>
    static IModel Compile()
    {
        var folder = Directory.CreateTempSubdirectory("howdah-model-").FullName;
        try
        {
            var assembly = typeof(ToolTests).Assembly;
            using (DesignTime())
            {
                new DbContextOperations(new OperationReporter(null), assembly, assembly, folder, folder, "Compiled", "C#", true, [])
                    .Optimize(folder, "Compiled", nameof(PlainShopContext), suffix: null, scaffoldModel: true, precompileQueries: false,
                        nativeAot: false);
            }
            var trees = Directory.EnumerateFiles(folder, "*.cs").Select(static file => CSharpSyntaxTree.ParseText(File.ReadAllText(file)));
            var references = ((string)AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES")!).Split(Path.PathSeparator)
                .Select(static file => MetadataReference.CreateFromFile(file));
            using var stream = new MemoryStream();
            // The model reaches what is not public the way EF Core's own would in the application's assembly.
            var made = CSharpCompilation.Create("Howdah.Client.EntityFrameworkCore.Tests.Model", trees, references,
                new(OutputKind.DynamicallyLinkedLibrary, nullableContextOptions: NullableContextOptions.Enable)).Emit(stream);
            Assert.True(made.Success, string.Join('\n', made.Diagnostics));
            stream.Position = 0;
            var type = AssemblyLoadContext.Default.LoadFromStream(stream).GetType("Compiled.PlainShopContextModel")!;
            return (IModel)type.GetProperty("Instance", BindingFlags.Public | BindingFlags.Static)!.GetValue(null)!;
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    [Fact]
    public async Task A_bundle_migrates_as_the_owner_and_without_a_tenant()
    {
        await using var shop = await Shop.MakeAsync(18);
        var assembly = typeof(ToolTests).Assembly;
        using (DesignTime())
        {
            new MigrationsOperations(new OperationReporter(null), assembly, assembly, "", "", "C#", true, [])
                .UpdateDatabase(null, shop.Home.Server.ConnectionString(shop.Home.Database), nameof(PlainShopContext));
        }
        Assert.Equal(1, await shop.AskAsync<long>("select count(*) from made_by_bundle"));
        // At run time, a tenant's context does not.
        await using var context = new PlainShopContext(new DbContextOptionsBuilder<PlainShopContext>().UseHowdah().Options)
            .UseTenant(shop.Acme);
        await Assert.ThrowsAnyAsync<Exception>(() => context.Database.MigrateAsync());
        Assert.Equal(1, await shop.AskAsync<long>("select count(*) from made_by_bundle"));
    }

    static Flag DesignTime()
    {
        EF.IsDesignTime = true;
        return new();
    }

    sealed class Flag : IDisposable
    {
        public void Dispose() => EF.IsDesignTime = false;
    }
}
