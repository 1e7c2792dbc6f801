using System.Text.RegularExpressions;
using Howdah.Prover.Catalogue;
using Xunit;

namespace Howdah.Prover.Tests;

/// <summary>A lint carries the common tables it names, and no others: the server would plan them all.</summary>
public sealed class What_lints_share
{
    const string Text = """
        -- what it is
        with recursive
        -- Letters.
        letter(name) as (
          select 'a'
        ),
        word as materialized (
          select l.name -- not a ) alone
          from letter l
        ),
        -- Alone.
        other(name) as (
          select 1
        )
        """;

    [Theory]
    [InlineData("select 1", "-- what it is\nselect 1")]
    [InlineData("\nselect 1 from other", "-- what it is\nwith recursive\nother(name) as (\n  select 1\n)\nselect 1 from other")]
    [InlineData(",\nmine as (select 1) select from mine", "-- what it is\nwith recursive\n\nmine as (select 1) select from mine")]
    [InlineData(",\nmine as (select 1 from letter) select", "-- what it is\nwith recursive\nletter(name) as (\n  select 'a'\n),\nmine as "
        + "(select 1 from letter) select")]
    public void Only_what_is_named(string body, string whole) => Assert.Equal(whole, Prologue.Parse(Text).Before(body));

    [Fact]
    public void And_what_that_names()
    {
        var whole = Prologue.Parse(Text).Before("select from word");
        Assert.Contains("letter(name) as (", whole, StringComparison.Ordinal);
        Assert.Contains("word as materialized (", whole, StringComparison.Ordinal);
        Assert.DoesNotContain("other", whole, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("")]
    [InlineData("with recursive\n")]
    [InlineData("with recursive\nletter(name) as (\n  select 'a'\n),\nselect 1\n")]
    [InlineData("with recursive\nletter(name) as (select 'a'),\nword as (\n  select 1\n)\n")]
    public void Another_form_of_the_file_is_refused(string text) => Assert.Throws<FormatException>(() => Prologue.Parse(text));

    [Fact]
    public void No_common_table_is_there_for_nothing()
    {
        var lints = LintBook.All.Select(static lint => lint.Sql).ToList();
        using var stream = typeof(LintBook).Assembly.GetManifestResourceStream("Howdah.Prover.Catalogue.Prologue.sql")!;
        using var reader = new StreamReader(stream);
        var names = Prologue.Parse(reader.ReadToEnd()).Names.ToList();
        Assert.Contains("attacker", names);
        Assert.All(names, name => Assert.Contains(lints, sql => Regex.IsMatch(sql, $@"\n{name}[( ]")));
        Assert.DoesNotContain(lints, sql => names.TrueForAll(name => sql.Contains($"\n{name}", StringComparison.Ordinal)));
    }
}
