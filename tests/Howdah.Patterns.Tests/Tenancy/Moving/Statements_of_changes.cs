using Howdah.Engine.Planning;
using Howdah.Patterns.Tenancy.Moving;
using Xunit;

namespace Howdah.Patterns.Tests.Tenancy.Moving;

/// <summary>What a change at the source becomes at the target: without any server.</summary>
public sealed class Statements_of_changes
{
    const string Mine = "11111111-1111-1111-1111-111111111111";
    const string Other = "22222222-2222-2222-2222-222222222222";

    static readonly QName Source = new("app", "notes");
    static readonly MovedTable Table = new(Source, Source, new("t_1", "notes"), "tenant_id",
    [
        new("tenant_id", "uuid", false, false, true), new("id", "integer", false, false, true), new("body", "text", false, false, true),
        new("length", "integer", true, false, true), new("serial", "bigint", false, true, true),
    ], ["tenant_id", "id"]);

    static readonly Relation Keyed = new(Source, ["tenant_id", "id", "body", "serial"], [true, true, false, false], false);
    static readonly Relation Whole = Keyed with { Key = [true, true, true, true], Full = true };
    static readonly ChangeSql Sql = new(new Dictionary<QName, MovedTable> { [Source] = Table }, Guid.Parse(Mine));

    [Fact]
    public void An_insert_names_its_columns_and_keeps_identities()
    {
        var statement = Sql.For(new(ChangeKind.Insert, Keyed, New: Row(Mine, "1", null, "7")))!;
        Assert.Contains("insert into \"t_1\".\"notes\" (\"tenant_id\", \"id\", \"body\", \"serial\") overriding system value",
            statement.Text,
            StringComparison.Ordinal);
        Assert.Equal([Mine, "1", null, "7"], statement.Values);
    }

    [Fact]
    public void An_update_finds_its_row_by_the_key_and_leaves_what_was_not_sent()
    {
        var row = Row(Mine, "1", null, "7").ToArray();
        row[2] = new(null, Kept: true);
        var statement = Sql.For(new(ChangeKind.Update, Keyed, New: row))!;
        Assert.Equal("update \"t_1\".\"notes\" set \"tenant_id\" = $1, \"id\" = $2 where \"tenant_id\" = $3 and \"id\" = $4",
            statement.Text);
        Assert.Equal([Mine, "1", Mine, "1"], statement.Values);
    }

    [Fact]
    public void A_changed_key_is_found_by_the_old_one()
    {
        var statement = Sql.For(new(ChangeKind.Update, Keyed, Row(Mine, "1", null, null), Row(Mine, "2", "b", "7")))!;
        Assert.Equal([Mine, "2", "b", Mine, "1"], statement.Values);
        Assert.Equal([Mine, "1"], Sql.Left(new(ChangeKind.Update, Keyed, Row(Mine, "1", null, null), Row(Mine, "2", "b", "7")))!.Value.Key);
    }

    [Fact]
    public void A_full_identity_is_found_by_the_primary_key_only()
    {
        var statement = Sql.For(new(ChangeKind.Delete, Whole, Row(Mine, "1", "b", "7")))!;
        Assert.Equal("delete from \"t_1\".\"notes\" where \"tenant_id\" = $1 and \"id\" = $2", statement.Text);
    }

    [Fact]
    public void A_truncate_takes_this_tenants_rows_only_and_may_find_any_number()
    {
        var statement = Sql.For(new(ChangeKind.Truncate, Keyed))!;
        Assert.Equal("delete from \"t_1\".\"notes\" where \"tenant_id\" = $1", statement.Text);
        Assert.False(statement.One);
    }

    [Fact]
    public void A_row_of_another_tenant_stops_the_move() =>
        Assert.Contains("not this tenant's", Assert.Throws<MoveException>(() =>
            Sql.For(new(ChangeKind.Insert, Keyed, New: Row(Other, "1", "b", "7")))).Message, StringComparison.Ordinal);

    [Fact]
    public void Other_columns_stop_the_move() =>
        Assert.Contains("got other columns", Assert.Throws<MoveException>(() => Sql.For(new(ChangeKind.Insert,
            Keyed with { Columns = ["tenant_id", "id", "body", "serial", "new"], Key = [true, true, false, false, false] },
            New: [.. Row(Mine, "1", "b", "7"), new("x")]))).Message, StringComparison.Ordinal);

    [Fact]
    public void Touched_rows_are_known_by_old_and_new_key_once()
    {
        var touched = new TouchedRows();
        touched.Note(Sql, new(ChangeKind.Update, Keyed, Row(Mine, "1", null, null), Row(Mine, "2", "b", "7")));
        touched.Note(Sql, new(ChangeKind.Insert, Keyed, New: Row(Mine, "1", "c", "8")));
        Assert.Equal(2, touched.Of(Table).Count);
        Assert.True(touched.Complete);
        touched.Note(Sql, new(ChangeKind.Truncate, Keyed));
        Assert.False(touched.Complete);
    }

    static IReadOnlyList<Cell> Row(params string?[] values) => [.. values.Select(static value => new Cell(value))];
}
