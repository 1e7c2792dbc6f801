using System.Text;
using Howdah.Patterns.Tenancy.Archiving;
using Xunit;

namespace Howdah.Patterns.Tests.Tenancy.Archiving;

public sealed class Row_gate
{
    static readonly Guid Mine = new("11111111-2222-3333-4444-555555555555");
    static readonly Guid Other = new("aaaaaaaa-bbbb-cccc-dddd-eeeeeeeeeeee");

    [Fact]
    public void Lets_this_tenants_rows_through_in_any_pieces_and_writes_the_other_id_over()
    {
        var rows = $"{Mine}\t1\ta\\tb\n{Mine}\t2\t\\N\n{Mine}\t\t\n";
        for (var size = 1; size <= rows.Length; size++)
        {
            var gate = new RowGate("t", Mine, Other, alone: false);
            Assert.Equal(rows.Replace(Mine.ToString(), Other.ToString(), StringComparison.Ordinal), Through(gate, rows, size));
            Assert.Equal(3, gate.Rows);
        }
        Assert.Equal($"{Other}\n{Other}\n", Through(new("t", Mine, Other, alone: true), $"{Mine}\n{Mine}\n", 7));
        Assert.Equal("", Through(new("t", Mine, Other, alone: false), "", 1));
    }

    [Theory]
    [InlineData("OTHER\tx\n")]
    [InlineData("MINE\tx\nOTHER\tx\n")]
    [InlineData("MINEx\n")]
    [InlineData("MINE\n")]
    [InlineData("MINE\tx\n\\.\n")]
    [InlineData("MINE\tx\rOTHER\tx\n")]
    [InlineData("MINE\tx\n\nMINE\tx\n")]
    [InlineData("MINE\tx")]
    [InlineData("MI")]
    [InlineData("\\N\tx\n")]
    [InlineData(" MINE\tx\n")]
    public void Stops_at_what_is_not_a_whole_row_of_this_tenant(string rows)
    {
        rows = rows.Replace("MINE", Mine.ToString(), StringComparison.Ordinal).Replace("OTHER", Other.ToString(), StringComparison.Ordinal)
            .Replace("MI", Mine.ToString()[..9], StringComparison.Ordinal);
        for (var size = 1; size <= rows.Length; size++)
            Assert.Throws<ArchiveException>(() => Through(new("t", Mine, Mine, alone: false), rows, size));
    }

    static string Through(RowGate gate, string rows, int size)
    {
        var bytes = Encoding.UTF8.GetBytes(rows);
        for (var at = 0; at < bytes.Length; at += size)
            gate.Pass(bytes.AsSpan(at, Math.Min(size, bytes.Length - at)));
        gate.End();
        return Encoding.UTF8.GetString(bytes);
    }
}
