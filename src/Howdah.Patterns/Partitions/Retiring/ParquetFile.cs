using System.Globalization;
using System.Text.RegularExpressions;
using Howdah.Engine.Planning;
using Howdah.Loading;
using Howdah.Loading.Parquet;
using Npgsql;

namespace Howdah.Patterns.Partitions.Retiring;

/// <summary>
/// The rows of a partition as Parquet. Types that Parquet has stay what they are; all others (arrays, intervals, enums, numbers without a
/// declared precision) stand there as PostgreSQL's own text, which gives the same value back.
/// </summary>
static partial class ParquetFile
{
    internal const string Extension = ".parquet";

    /// <summary>Writes the rows of a table.</summary>
    /// <exception cref="FormatException">A value that no column of its type can hold: an infinity among dates, a decimal NaN.</exception>
    internal static async Task WriteAsync(Work work, QName table, IReadOnlyList<ArchivedColumn> columns, Stream to, CancellationToken token)
    {
        WrittenColumn[] written = [.. columns.Select(Of)];
        var names = Sql.Join(", ", written.Select(static column => Sql.Of($"t.{new Ident(column.Name)}{(column.Type is WrittenType.Text
            or WrittenType.Json or WrittenType.Numeric ? Sql.Of($"::pg_catalog.text") : null)}")));
        var rows = await work.Connection.BeginRawBinaryCopyAsync(
            Sql.Of($"copy (select {names} from {table} t) to stdout (format binary)").ToString(), token);
        try
        {
            await ParquetWriting.WriteAsync(rows, written, to, token);
        }
        catch (Exception failed) when (failed is not NpgsqlException)
        {
            // What the server has yet to send is not waited for.
            await rows.CancelAsync();
            throw;
        }
        await rows.DisposeAsync();
    }

    /// <summary>Reads them into a table that has these columns.</summary>
    /// <exception cref="FormatException">It is not the file that was written.</exception>
    internal static async Task LoadAsync(Work work, string path, LeafManifest manifest, Sql table, CancellationToken token)
    {
        // By way of a table of types that the reader knows; the server makes of texts what they were.
        const string Name = "howdah_parquet";
        var kinds = manifest.Columns.Select(static column => (column, Kind: Of(column).Type)).ToList();
        await work.RunAsync(Sql.Of($"""
            create temporary table {new Ident(Name)} ({Sql.Join(", ", kinds.Select(static each => Sql.Of(
                $"{new Ident(each.column.Name)} {(each.Kind is WrittenType.Text or WrittenType.Json ? Sql.Of($"text")
                    : Sql.Written(each.column.Type))}")))}) on commit drop
            """), token);
        var schema = (await work.ReadAsync(Sql.Of($"select n.nspname::text from pg_catalog.pg_namespace n "
            + $"where n.oid = pg_catalog.pg_my_temp_schema()"), static row => row.GetString(0), token))[0];
        var reading = new Reading
        {
            Reader = ParquetFiles.Reader, MayBeEmpty = true, NotFinite = true, MaxFieldBytes = int.MaxValue, MaxRecordBytes = int.MaxValue,
        };
        var job = new LoadJob(await CopyTarget.ReadAsync(work.Connection, schema, Name, token),
            [.. manifest.Columns.Select(static column => new LoadField(column.Name))], reading) { MaxRejected = 0 };
        try
        {
            await CopyLoad.RunAsync([work.Connection], LoadInput.File(path), job, (batch, _) => throw new FormatException(
                $"{path} holds what is no value of its column: {batch.Rows[0].Message}; take an unchanged copy"), null, token);
        }
        catch (LoadException wrong)
        {
            throw new FormatException($"{wrong.Message}; take an unchanged copy", wrong);
        }
        var names = Sql.List(manifest.Columns.Select(static column => new Ident(column.Name)));
        await work.RunAsync(Sql.Of($"""
            insert into {table} ({names}) overriding system value
            select {Sql.Join(", ", kinds.Select(static each => Sql.Of(
                $"p.{new Ident(each.column.Name)}::{Sql.Written(each.column.Type)}")))} from pg_temp.{new Ident(Name)} p
            """), token);
        await work.RunAsync(Sql.Of($"drop table pg_temp.{new Ident(Name)}"), token);
    }

    static WrittenColumn Of(ArchivedColumn column)
    {
        if (Decimal().Match(column.Type) is { Success: true } match)
        {
            var (precision, scale) = (Number(match.Groups[1]), Number(match.Groups[2]));
            return precision <= 38 && scale <= precision ? new(column.Name, WrittenType.Numeric, precision, scale)
                : new(column.Name, WrittenType.Text);
        }
        return new(column.Name, Precision().Replace(column.Type, "") switch
        {
            "boolean" => WrittenType.Boolean,
            "smallint" => WrittenType.SmallInt,
            "integer" => WrittenType.Integer,
            "bigint" => WrittenType.BigInt,
            "real" => WrittenType.Real,
            "double precision" => WrittenType.DoublePrecision,
            "date" => WrittenType.Date,
            "timestamp without time zone" => WrittenType.Timestamp,
            "timestamp with time zone" => WrittenType.TimestampTz,
            "uuid" => WrittenType.Uuid,
            "bytea" => WrittenType.Bytea,
            "json" or "jsonb" => WrittenType.Json,
            _ => WrittenType.Text,
        });
    }

    static int Number(Group group) => int.Parse(group.ValueSpan, NumberStyles.None, CultureInfo.InvariantCulture);

    [GeneratedRegex(@"^numeric\(([0-9]+),([0-9]+)\)$")]
    private static partial Regex Decimal();

    // timestamp(3) with time zone
    [GeneratedRegex(@"(?<=^timestamp)\([0-6]\)")]
    private static partial Regex Precision();
}
