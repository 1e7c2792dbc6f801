using Npgsql;
using NpgsqlTypes;

namespace Howdah.Client;

/// <summary>The values of one column that wait to be sent.</summary>
abstract class ImportColumn
{
    readonly List<bool> nulls = [];
    bool any;

    /// <summary>The values as an array; some value where one is null.</summary>
    internal abstract NpgsqlParameter Values { get; }

    /// <summary>Which of them are null; none where no value is.</summary>
    internal NpgsqlParameter? Nulls => any ? new NpgsqlParameter<List<bool>> { TypedValue = nulls } : null;

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
}

/// <summary>The values of one column of a type.</summary>
sealed class ImportColumn<T>(NpgsqlDbType? type) : ImportColumn
{
    readonly List<T> values = [];

    internal override NpgsqlParameter Values
    {
        get
        {
            var parameter = new NpgsqlParameter<List<T>> { TypedValue = values };
            if (type is { } known)
                parameter.NpgsqlDbType = NpgsqlDbType.Array | known;
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
}
