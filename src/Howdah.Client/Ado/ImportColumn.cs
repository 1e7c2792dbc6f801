using System.Collections;
using Npgsql;
using NpgsqlTypes;

namespace Howdah.Client;

/// <summary>The values of one column that wait to be sent.</summary>
abstract class ImportColumn
{
    readonly List<bool> nulls = [];
    bool any;

    /// <summary>Whether every value has to be a parameter of its own: the server would take an array of arrays apart into single values,
    /// and a list of ranges is a multirange to Npgsql, a list of bytes a bytea.</summary>
    internal abstract bool Alone { get; }

    /// <summary>The values as an array; some value where one is null.</summary>
    internal abstract NpgsqlParameter Values { get; }

    /// <summary>Which of them are null; none where no value is.</summary>
    internal NpgsqlParameter? Nulls => any ? new NpgsqlParameter<List<bool>> { TypedValue = nulls } : null;

    /// <summary>One value; null where it is null.</summary>
    internal NpgsqlParameter? At(int row) => nulls[row] ? null : One(row);

    internal void AddNull()
    {
        any = true;
        nulls.Add(true);
        AddDefault();
    }

    internal virtual void Clear()
    {
        any = false;
        nulls.Clear();
    }

    private protected void Add() => nulls.Add(false);

    private protected abstract void AddDefault();

    private protected abstract NpgsqlParameter One(int row);
}

/// <summary>The values of one column of a type.</summary>
/// <param name="type">The server's type, where it does not follow from the values'.</param>
/// <param name="name">The same by name.</param>
sealed class ImportColumn<T>(NpgsqlDbType? type, string? name) : ImportColumn
{
    readonly List<T> values = [];

    internal override bool Alone { get; } = (typeof(IEnumerable).IsAssignableFrom(typeof(T)) && typeof(T) != typeof(string)
        && typeof(T) != typeof(byte[])) || typeof(T) == typeof(byte)
        || (typeof(T).IsGenericType && typeof(T).GetGenericTypeDefinition() == typeof(NpgsqlRange<>));

    internal override NpgsqlParameter Values
    {
        get
        {
            var parameter = new NpgsqlParameter<List<T>> { TypedValue = values };
            if (type is { } known)
                parameter.NpgsqlDbType = NpgsqlDbType.Array | known;
            else if (name is not null)
                parameter.DataTypeName = name + "[]";
            return parameter;
        }
    }

    internal void Add(T value)
    {
        Add();
        values.Add(value);
    }

    internal override void Clear()
    {
        base.Clear();
        values.Clear();
    }

    private protected override void AddDefault() => values.Add(default!);

    private protected override NpgsqlParameter One(int row)
    {
        var parameter = new NpgsqlParameter<T> { TypedValue = values[row] };
        if (type is { } known)
            parameter.NpgsqlDbType = known;
        else if (name is not null)
            parameter.DataTypeName = name;
        return parameter;
    }
}
