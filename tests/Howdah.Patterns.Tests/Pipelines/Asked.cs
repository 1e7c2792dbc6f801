using Howdah.Testing;

namespace Howdah.Patterns.Tests.Pipelines;

/// <summary>A harbor with another server beside it, of the other version, whose rows a pipeline <c>crm</c> asks for.</summary>
sealed class Asked : IDisposable
{
    const string Table = """
        create table crm (id integer primary key, words text, at timestamptz, day date, amount numeric(12,2), ok boolean, code uuid,
          share double precision, doc jsonb, raw bytea, clock time)
        """;

    Asked(Harbor harbor, TestServer other, string database)
    {
        Harbor = harbor;
        Other = other;
        Database = database;
    }

    internal Harbor Harbor { get; }
    internal TestServer Other { get; }
    internal string Database { get; }

    internal static async Task<Asked> OpenAsync(int major)
    {
        var other = await TestServer.GetAsync(major == 18 ? 15 : 18);
        var database = await other.CreateDatabaseAsync();
        await other.ExecuteAsync(Table, database);
        var asked = new Asked(await Harbor.OpenAsync(major), other, database);
        asked.Harbor.Estate.Write("crm.url", other.ConnectionString(database));
        await asked.Harbor.Server.ExecuteAsync($"set role shop_owner; {Table}", asked.Harbor.Database);
        return asked;
    }

    /// <summary>Declares the pipeline.</summary>
    internal Asked Ask(string sql, string timeout = "1m", string name = "crm", string more = "")
    {
        Harbor.Declare($$"""
            {{name}}:
              query: { connection: "${file:crm.url}", sql: "{{sql}}", timeout: {{timeout}} }
              columns: { id: integer, words: text, at: timestamptz, day: date, amount: "numeric(12,2)", ok: boolean, code: uuid,
                share: double precision, doc: jsonb, raw: bytea, clock: time }
              into: public.crm
              mode: upsert
              key: [id]
              {{more}}
            """);
        return this;
    }

    internal Task ThereAsync(string sql) => Other.ExecuteAsync(sql, Database);

    internal static string Rows => "select coalesce(string_agg(c::text, E'\\n' order by id), '') from crm c";

    public void Dispose() => Harbor.Dispose();
}
