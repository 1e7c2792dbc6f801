using Howdah.Patterns.Queries;
using Xunit;

namespace Howdah.Patterns.Tests.Queries;

public sealed class Parameters_in_a_text
{
    [Theory]
    [InlineData("select @a, @b, @a", "select $1::date, $2::text, $1::date")]
    [InlineData("x=@a", "x=$1::date")]
    [InlineData("x <@ab and y @@ z and @@a", "x <@ab and y @@ z and @@a")]
    [InlineData("'@a ''@a' || \"@a\" || @a", "'@a ''@a' || \"@a\" || $1::date")]
    [InlineData("E'\\'@a' || @b", "E'\\'@a' || $2::text")]
    [InlineData("$$@a$$ $t$@a $$ $t$ @b", "$$@a$$ $t$@a $$ $t$ $2::text")]
    [InlineData("-- @a;\n@b /* @a /* ; */ @a */", "-- @a;\n$2::text /* @a /* ; */ @a */")]
    [InlineData("'open @a", "'open @a")]
    [InlineData("select @a;  ", "select $1::date   ")]
    public void Are_those_outside_of_quotes_and_comments(string text, string sql) =>
        Assert.Equal((sql, 1), QueryText.Of(text, ["a", "b"], ["date", "text"]) is var read ? (read.Sql, read.Statements) : default);

    [Fact]
    public void Statements_and_strays_are_counted()
    {
        var read = QueryText.Of(";select @c + @d, '; @e'; select @c", []);
        Assert.Equal((2, "c d"), (read.Statements, string.Join(' ', read.Strays.Order(StringComparer.Ordinal))));
        Assert.Equal(0, QueryText.Of(" ; -- nothing\n /* */ ", []).Statements);
    }
}
