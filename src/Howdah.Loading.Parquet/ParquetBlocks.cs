using Howdah.Loading.Inputs;
using Howdah.Loading.Parquet.Columns;
using ParquetSharp;
using ParquetSharp.Schema;

namespace Howdah.Loading.Parquet;

/// <summary>A Parquet file as blocks of rows: of the columns that are loaded, one row group after the other, page by page, so that memory
/// hangs on pages, however large row groups are.</summary>
sealed class ParquetBlocks : IBlockSource, IDisposable
{
    const int HeapPerBlock = 1 << 20;
    readonly ParquetContent content;
    readonly LoadJob job;
    readonly int[] leaves;
    readonly List<ColumnCursor> cursors = [];
    RowGroupReader? open;
    int group = -1;
    long inGroup, groupRows, first;

    internal ParquetBlocks(ParquetContent content, LoadJob job)
    {
        (this.content, this.job, content.Reading) = (content, job, this);
        var schema = content.File.FileMetaData.Schema;
        Names = [.. schema.GroupNode.Fields.Select(static field => field.Name)];
        var wanted = job.Fields.Where(static field => field.Filled == Filling.File).Select(static field => field.From).ToHashSet();
        Unused = [.. Names.Where(name => !wanted.Contains(name))];
        var byName = new Dictionary<string, (ColumnDescriptor Column, int Leaf)>();
        for (var i = 0; i < schema.NumColumns; i++)
        {
            var column = schema.Column(i);
            byName.TryAdd(column.Path.ToDotVector()[0], (column, i));
        }
        Types = [.. Names.Select((name, i) => wanted.Contains(name)
            ? ParquetType.Of(byName.GetValueOrDefault(name).Column, (Node)schema.GroupNode.Field(i), content.Name) : null)];
        leaves = [.. Names.Select((name, i) => Types[i] is null ? -1 : byName[name].Leaf)];
    }

    /// <summary>The file's columns.</summary>
    internal IReadOnlyList<string> Names { get; }

    /// <summary>Their types; null for those that nobody wants.</summary>
    internal IReadOnlyList<ParquetType?> Types { get; }

    /// <summary>Columns that no field reads.</summary>
    internal IReadOnlyList<string> Unused { get; }

    public long Lines => 0;
    public bool MixedLineEnds => false;
    public bool EndsInNewline => true;

    RecordBlock IBlockSource.Make() => new ColumnBlock(Names, Types, job);

    public bool Fill(RecordBlock block)
    {
        var into = (ColumnBlock)block;
        into.Clear();
        while (inGroup == groupRows)
        {
            if (!Next())
                return false;
        }
        try
        {
            var rows = (int)Math.Min(groupRows - inGroup, ColumnCursor.Batch);
            long heap = 0;
            foreach (var cursor in cursors)
                rows = Math.Min(rows, cursor.Ready());
            // Long texts make short blocks; the first column that is over its share says how short.
            foreach (var cursor in cursors)
                rows = cursor.Within(rows, HeapPerBlock, ref heap, job.Reading.MaxFieldBytes);
            foreach (var cursor in cursors)
                cursor.Take(rows, into.Values[cursor.Column]!, job.Reading.MaxFieldBytes);
            into.Begin(first + inGroup, group, inGroup, rows);
            inGroup += rows;
            content.Passed(rows);
            return true;
        }
        catch (Exception broken) when (broken is ParquetException or OverflowException or IOException or EndOfStreamException)
        {
            throw ParquetContent.Broken(content.Name, $"row group {group + 1} cannot be read after its row {inGroup}", broken);
        }
    }

    bool Next()
    {
        Close();
        first += groupRows;
        if (++group >= content.File.FileMetaData.NumRowGroups)
            return false;
        try
        {
            open = content.File.RowGroup(group);
            (inGroup, groupRows) = (0, open.MetaData.NumRows);
            for (var i = 0; i < leaves.Length; i++)
            {
                if (leaves[i] >= 0)
                    cursors.Add(ColumnCursor.Over(open.Column(leaves[i]), i, Types[i]!));
            }
            return true;
        }
        catch (Exception broken) when (broken is ParquetException or OverflowException or IOException)
        {
            throw ParquetContent.Broken(content.Name, $"row group {group + 1} cannot be opened", broken);
        }
    }

    /// <summary>Goes to a row further on.</summary>
    /// <returns>False where there is none.</returns>
    internal bool Seek(long row)
    {
        while (row >= first + groupRows)
        {
            if (!Next())
                return false;
        }
        if (row < first + inGroup)
            throw new InvalidOperationException("rows are read in order");
        try
        {
            foreach (var cursor in cursors)
                cursor.Skip(row - first - inGroup);
        }
        catch (ParquetException broken)
        {
            throw ParquetContent.Broken(content.Name, $"row group {group + 1} cannot be read after its row {inGroup}", broken);
        }
        inGroup = row - first;
        return true;
    }

    void Close()
    {
        foreach (var cursor in cursors)
            cursor.Dispose();
        cursors.Clear();
        open?.Dispose();
        open = null;
    }

    public void Dispose() => Close();
}
