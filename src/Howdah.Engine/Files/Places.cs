namespace Howdah.Engine.Files;

/// <summary>Finds where in the file a path stands.</summary>
static class Places
{
    /// <summary>The place of the path's node, or of the nearest node above it.</summary>
    internal static Place Find(MapNode root, string path)
    {
        Node best = root;
        Place? key = null;
        Walk(root);
        return key ?? best.Place;

        void Walk(Node node)
        {
            switch (node)
            {
                case MapNode map:
                    foreach (var entry in map.Entries.Where(entry => Leads(entry.Key.Path)))
                    {
                        best = entry.Value;
                        key = entry.Value is ScalarNode { IsNull: false } ? entry.Value.Place : entry.Key.Place;
                        Walk(entry.Value);
                    }
                    break;
                case ListNode list:
                    foreach (var item in list.Items.Where(item => Leads(item.Path)))
                    {
                        best = item;
                        key = item.Place;
                        Walk(item);
                    }
                    break;
            }
        }

        bool Leads(string candidate) =>
            path == candidate || (path.StartsWith(candidate, StringComparison.Ordinal) && path[candidate.Length] is '.' or '[');
    }
}
