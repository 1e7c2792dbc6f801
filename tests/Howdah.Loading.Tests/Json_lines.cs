using Xunit;

namespace Howdah.Loading.Tests;

public sealed class Json_lines
{
    [Theory]
    [InlineData(15)]
    [InlineData(18)]
    public async Task Objects_become_rows_and_what_is_none_is_kept(int major)
    {
        var home = await LoadHome.MakeAsync(major,
            "create table t (id int not null, name text, price numeric(6,2), ok bool, more jsonb, line bigint)");
        (string Line, string? Rule)[] lines =
        [
            ("""{"id":1,"name":"a \"b\" \u00e4\n","price":1.50,"ok":true,"more":{"x":[1,2]},"unread":[{}]}""", null),
            ("""{"more":"text","ok":null,"price":null,"name":"","id":2}""", null),
            ("""{"id":3,"name":7,"price":"2.25","ok":false,"more":null} """, null),
            ("""{"id":4}""", Rules.FieldCount),
            ("[1]", Rules.Json), ("""{"id":5,"id":6,"name":"","price":0,"ok":true,"more":0}""", Rules.Json),
            ("{\"id\":7,\"name\":", Rules.Json), ("", Rules.BlankLine),
            ("""{"id":8,"name":"x","price":1.234,"ok":true,"more":0}""", Rules.Scale),
            ("""{"id":9,"name":"\ud800","price":1,"ok":true,"more":0}""", Rules.Encoding),
            ("""{"id":10,"name":"\u0000","price":1,"ok":true,"more":0}""", Rules.ZeroByte),
            ("""{"id":11,"name":{},"price":1,"ok":true,"more":0}""", Rules.Syntax),
            ("""{"id":null,"name":"","price":1,"ok":true,"more":0}""", Rules.NotNull),
            ("""{"id":12,"name":"last","price":1,"ok":true,"more":"\u00e4"}""", null),
        ];

        var counts = await home.LoadAsync(string.Join('\n', lines.Select(static each => each.Line)), new() { Format = FileFormat.Ndjson },
            new("id"), new("name"), new("price"), new("ok"), new("more"), LoadField.Counted("line", Filling.Line));

        Assert.Equal(["(1,\"a \"\"b\"\" ä\n\",1.50,t,\"{\"\"x\"\": [1, 2]}\",1)", "(2,\"\",,,\"\"\"text\"\"\",2)", "(3,7,2.25,f,,3)",
            "(12,last,1.00,t,\"\"\"ä\"\"\",14)"], await home.RowsAsync());
        Assert.Equal(lines.Select(static (each, i) => (each.Rule, (long)i + 1)).Where(static each => each.Rule is not null),
            home.Rejects.Select(static row => ((string?)row.Rule, row.Line)));
        Assert.Equal((lines.Length, 4), ((int)counts.Records, (int)counts.Sent));
    }
}
