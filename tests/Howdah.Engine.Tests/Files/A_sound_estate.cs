using Howdah.Engine.Files;
using Xunit;

namespace Howdah.Engine.Tests.Files;

public sealed class A_sound_estate
{
    [Fact]
    public void Reads_without_a_word()
    {
        var loaded = TestEstates.Read(TestEstates.Good);
        Assert.Empty(loaded.Diagnostics);
        Assert.Equal(18, loaded.Estate!.Servers["main"].Embedded);
        var database = loaded.Estate.Databases[0];
        Assert.Equal(("shop", "main", "shop_owner"), (database.Name, database.Server, database.Owner));
    }

    [Fact]
    public void Takes_its_server_from_the_environment()
    {
        var loaded = TestEstates.Read(TestEstates.Good, "production");
        Assert.Empty(loaded.Diagnostics);
        Assert.Null(loaded.Estate!.Servers["main"].Embedded);
        Assert.Equal(new SecretRef("env", "SHOP_URL"), loaded.Estate.Servers["main"].Connection);
    }
}
