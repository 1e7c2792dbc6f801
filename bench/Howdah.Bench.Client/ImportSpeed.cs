using System.Diagnostics;

namespace Howdah.Bench.Client;

/// <summary>Many rows: plain COPY into an unprotected table against an import into one under the floor.</summary>
static class ImportSpeed
{
    const int Rows = 200_000, Rounds = 5;
    static readonly string[] Columns = ["tenant_id", "id", "v", "n", "at"], WithTags = [.. Columns, "tags"];

    internal static async Task RunAsync(BenchHome home, Section section)
    {
        await home.Server.ExecuteAsync("""
            create table shop.copied (tenant_id uuid not null, id int not null, v text, n numeric(12, 2), at timestamptz, tags int[],
              primary key (tenant_id, id));
            create table shop.imported (like shop.copied including all);
            alter table shop.imported enable row level security;
            alter table shop.imported force row level security;
            create policy base on shop.imported to app using (true) with check (true);
            create policy floor on shop.imported as restrictive using (tenant_id = (select howdah.current_tenant()));
            grant select, insert on shop.copied, shop.imported to app
            """, home.Database);
        section.Add($"""

            Many rows: {Rows:N0} of them (uuid, int, text, numeric, timestamptz), one primary key, median of {Rounds}:

            | | rows/s | against COPY |
            |---|---|---|
            """);
        foreach (var tags in (bool[])[false, true])
        {
            var (copied, imported) = (new List<double>(), new List<double>());
            for (var round = 0; round <= Rounds; round++)
            {
                await home.Server.ExecuteAsync("truncate shop.copied, shop.imported", home.Database);
                var (copy, import) = (await CopyAsync(home, tags), await ImportAsync(home, tags));
                if (round == 0)
                    continue; // warms up
                copied.Add(Rows / copy);
                imported.Add(Rows / import);
            }
            var ratio = Section.Median(imported.Zip(copied, static (one, other) => one / other));
            var what = tags ? ", with an array column" : "";
            section.Add($"| COPY, unprotected table{what} | {Section.Median(copied):N0} | 1.00 x |");
            section.Add($"| import under the floor{what} | {Section.Median(imported):N0} | {ratio:0.00} x |");
        }
    }

    static async Task<double> CopyAsync(BenchHome home, bool tags)
    {
        await using var source = home.Bare();
        await using var connection = await source.OpenConnectionAsync();
        var watch = Stopwatch.StartNew();
        await using var writer = await connection.BeginBinaryImportAsync(
            $"copy copied ({string.Join(", ", tags ? WithTags : Columns)}) from stdin (format binary)");
        for (var i = 0; i < Rows; i++)
        {
            await writer.StartRowAsync();
            await writer.WriteAsync(BenchHome.Tenant(7));
            await writer.WriteAsync(i);
            await writer.WriteAsync("a value of some length");
            await writer.WriteAsync(i / 100m);
            await writer.WriteAsync(DateTime.UnixEpoch.AddSeconds(i));
            if (tags)
                await writer.WriteAsync<int[]>([i, i + 1, i + 2]);
        }
        await writer.CompleteAsync();
        return watch.Elapsed.TotalSeconds;
    }

    static async Task<double> ImportAsync(BenchHome home, bool tags)
    {
        await using var tenants = home.Bound();
        await using var connection = await tenants.For(BenchHome.Tenant(7)).OpenConnectionAsync();
        var watch = Stopwatch.StartNew();
        await using var writer = await connection.BeginImportAsync("imported", tags ? WithTags : Columns);
        for (var i = 0; i < Rows; i++)
        {
            await writer.StartRowAsync();
            writer.Write(BenchHome.Tenant(7));
            writer.Write(i);
            writer.Write("a value of some length");
            writer.Write(i / 100m);
            writer.Write(DateTime.UnixEpoch.AddSeconds(i));
            if (tags)
                writer.Write<int[]>([i, i + 1, i + 2]);
        }
        await writer.CompleteAsync();
        return watch.Elapsed.TotalSeconds;
    }
}
