using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;

namespace Howdah.Client.EntityFrameworkCore.Tests;

[DbContext(typeof(PlainShopContext))]
[Migration("20260101000000_First")]
public sealed class FirstMigration : Migration
{
    protected override void Up(MigrationBuilder migrationBuilder) =>
        migrationBuilder.Sql("create table made_by_bundle as select 1 as one");
}
