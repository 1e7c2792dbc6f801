namespace Howdah.Patterns.Warehouse;

/// <summary>How the columns of a rollup are named.</summary>
static class RollupColumns
{
    /// <summary>The column for what tells buckets apart: <c>customer.segment</c> is <c>customer_segment</c>.</summary>
    internal static string Name(string by) => by.Replace('.', '_');
}
