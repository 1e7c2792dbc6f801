using System.Globalization;
using System.Text;
using Npgsql;
using NpgsqlTypes;

namespace Howdah.Client;

/// <summary>
/// Many rows into a tenant's table, as COPY would bring them, which the server refuses where policies hold. They go over the wire column
/// by column as binary arrays, some thousand rows at a time, and into the table through every policy, constraint and trigger: all of them
/// or none. It needs no privilege but to insert. Where a column's values are arrays or ranges, every value is a parameter of its own.
/// </summary>
public sealed class TenantImport : IAsyncDisposable
{
    const int Chunk = 4096;

    /// <summary>In one statement, where values are parameters of their own: the protocol's limit is 65,535.</summary>
    const int Parameters = 16_384;
    readonly TenantConnection connection;
    readonly TenantTransaction? own;
    readonly string insert;
    readonly ImportColumn?[] columns;
    readonly int[] nullsBefore;
    int column, waiting;
    long sent;
    bool ended;

    TenantImport(TenantConnection connection, TenantTransaction? own, string insert, int width)
    {
        this.connection = connection;
        this.own = own;
        this.insert = insert;
        columns = new ImportColumn?[width];
        nullsBefore = new int[width];
        column = width;
    }

    internal static async ValueTask<TenantImport> BeginAsync(TenantConnection connection, string table, IReadOnlyList<string> columns,
        CancellationToken token)
    {
        ArgumentException.ThrowIfNullOrEmpty(table);
        ArgumentOutOfRangeException.ThrowIfZero(columns.Count);
        // Each part is quoted, so that no text can be anything but a name.
        var insert = $"insert into {string.Join('.', table.Split('.').Select(Quoted))} ({string.Join(", ", columns.Select(Quoted))})";
        var own = connection.InTransaction ? null : await connection.BeginTransactionAsync(token).ConfigureAwait(false);
        return new(connection, own, insert, columns.Count);
    }

    /// <summary>Begins a row; sends those before it where enough of them wait.</summary>
    public ValueTask StartRowAsync(CancellationToken cancellationToken = default)
    {
        ThrowUnlessWhole();
        column = 0;
        return waiting < Chunk ? default : SendAsync(cancellationToken);
    }

    /// <summary>Sets the row's next column. Its type is the type of all its values.</summary>
    public void Write<T>(T value) => Add(value, null, null);

    /// <summary>Sets the row's next column, as a certain type of the server.</summary>
    public void Write<T>(T value, NpgsqlDbType type) => Add(value, type, null);

    /// <summary>Sets the row's next column, as a type of the server by its name: an enum of the application's that is written as text,
    /// say, or a domain.</summary>
    public void Write<T>(T value, string type)
    {
        ArgumentException.ThrowIfNullOrEmpty(type);
        Add(value, null, type);
    }

    /// <summary>Sets the row's next column to NULL.</summary>
    public void WriteNull()
    {
        var at = Next();
        if (columns[at] is { } known)
            known.AddNull();
        else
            nullsBefore[at]++;
    }

    /// <summary>
    /// Sends the last rows. Where the import began outside a transaction, all are committed with it; else the transaction goes on.
    /// </summary>
    /// <returns>How many rows there were.</returns>
    public async ValueTask<long> CompleteAsync(CancellationToken cancellationToken = default)
    {
        ThrowUnlessWhole();
        await SendAsync(cancellationToken).ConfigureAwait(false);
        ended = true;
        if (own is not null)
            await own.CommitAsync(cancellationToken).ConfigureAwait(false);
        return sent;
    }

    /// <summary>Ends it. What was not completed is given up: a transaction of its own is rolled back.</summary>
    public ValueTask DisposeAsync()
    {
        ended = true;
        return own?.DisposeAsync() ?? default;
    }

    void Add<T>(T value, NpgsqlDbType? type, string? name)
    {
        var at = Next();
        if (columns[at] is null)
        {
            columns[at] = new ImportColumn<T>(type, name);
            for (; nullsBefore[at] > 0; nullsBefore[at]--)
                columns[at]!.AddNull();
        }
        if (columns[at] is not ImportColumn<T> typed)
            throw new InvalidOperationException($"column {at + 1} began with another type than {typeof(T).Name}");
        if (value is null)
            typed.AddNull();
        else
            typed.Add(value);
    }

    int Next()
    {
        if (ended || column >= columns.Length)
            throw new InvalidOperationException(ended ? "the import has ended" : "the row has all its columns: start the next");
        if (++column == columns.Length)
            waiting++;
        return column - 1;
    }

    void ThrowUnlessWhole()
    {
        if (ended || column < columns.Length)
            throw new InvalidOperationException(ended ? "the import has ended" : $"the row has only {column} of {columns.Length} columns");
    }

    async ValueTask SendAsync(CancellationToken token)
    {
        if (waiting == 0)
            return;
        if (Array.Exists(columns, static each => each is { Alone: true }))
        {
            var most = Math.Max(1, Parameters / columns.Length);
            for (var from = 0; from < waiting; from += most)
                await RunAsync(parameters => Rows(parameters, from, Math.Min(waiting, from + most)), token).ConfigureAwait(false);
        }
        else
        {
            await RunAsync(Arrays, token).ConfigureAwait(false);
        }
        foreach (var each in columns)
            each?.Clear();
        Array.Clear(nullsBefore);
        waiting = 0;
    }

    async ValueTask RunAsync(Func<NpgsqlParameterCollection, string> text, CancellationToken token)
    {
        var command = new TenantCommand(connection);
        await using (command.ConfigureAwait(false))
        {
            command.CommandText = text(command.Parameters);
            sent += await command.ExecuteNonQueryAsync(token).ConfigureAwait(false);
        }
    }

    /// <summary>Row by row, with every value a parameter.</summary>
    string Rows(NpgsqlParameterCollection parameters, int from, int to)
    {
        var text = new StringBuilder(insert).Append(" values ");
        for (var row = from; row < to; row++)
        {
            text.Append(row == from ? "(" : ", (");
            for (var at = 0; at < columns.Length; at++)
            {
                text.Append(at == 0 ? "" : ", ");
                if (columns[at]?.At(row) is not { } value)
                {
                    text.Append("null");
                    continue;
                }
                parameters.Add(value);
                text.Append(CultureInfo.InvariantCulture, $"${parameters.Count}");
            }
            text.Append(')');
        }
        return text.ToString();
    }

    string Arrays(NpgsqlParameterCollection parameters)
    {
        var (select, arrays, names) = (new StringBuilder(), new StringBuilder(), new StringBuilder());
        string Pass(NpgsqlParameter parameter)
        {
            parameters.Add(parameter);
            var number = parameters.Count.ToString(CultureInfo.InvariantCulture);
            arrays.Append(arrays.Length == 0 ? "$" : ", $").Append(number);
            names.Append(names.Length == 0 ? "v" : ", v").Append(number);
            return "v" + number;
        }
        foreach (var each in columns)
        {
            select.Append(select.Length == 0 ? "" : ", ");
            if (each is null)
                select.Append("null");
            else if (each.Nulls is { } nulls)
                select.Append("case when not ").Append(Pass(nulls)).Append(" then ").Append(Pass(each.Values)).Append(" end");
            else
                select.Append(Pass(each.Values));
        }
        return arrays.Length == 0 ? $"{insert} select {select} from pg_catalog.generate_series(1, {waiting})"
            : $"{insert} select {select} from unnest({arrays}) as r ({names})";
    }

    static string Quoted(string name) => "\"" + name.Replace("\"", "\"\"", StringComparison.Ordinal) + "\"";
}
