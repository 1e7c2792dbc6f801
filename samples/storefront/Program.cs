using Howdah.Storefront;

var app = Shop.Build(args);
await app.RunAsync();
