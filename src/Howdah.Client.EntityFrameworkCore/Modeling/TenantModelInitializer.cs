using System.Linq.Expressions;
using System.Reflection;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Diagnostics;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Metadata;
using Microsoft.EntityFrameworkCore.Metadata.Internal;

namespace Howdah.Client.EntityFrameworkCore.Modeling;

/// <summary>
/// Gives every entity that has a tenant the filter <c>tenant = the context's</c>. Here and not by convention, because compiled models
/// refuse to be made of models with filters. The database holds without it; it lets the planner prune and estimate.
/// </summary>
sealed class TenantModelInitializer(ModelRuntimeInitializerDependencies dependencies,
    RelationalModelRuntimeInitializerDependencies relationalDependencies, TenantProperties properties)
    : RelationalModelRuntimeInitializer(dependencies, relationalDependencies)
{
    const string Done = "Howdah:Filtered";
    static readonly Lock Sync = new();
    static readonly MethodInfo IdOf = typeof(TenantModelInitializer).GetMethod(nameof(TenantOf),
        BindingFlags.Static | BindingFlags.NonPublic)!;
    static readonly MethodInfo Property = typeof(EF).GetMethod(nameof(EF.Property))!.MakeGenericMethod(typeof(Guid));

    public override IModel Initialize(IModel model, bool designTime = true,
        IDiagnosticsLogger<DbLoggerCategory.Model.Validation>? validationLogger = null)
    {
        var made = base.Initialize(model, designTime, validationLogger);
        // What queries are made of; the tools of EF Core want it without.
        if (EF.IsDesignTime || model.FindRuntimeAnnotationValue(CoreAnnotationNames.ReadOnlyModel) is not RuntimeModel read
            || read.FindRuntimeAnnotation(Done) is not null)
        {
            return made;
        }
        lock (Sync)
        {
            if (read.FindRuntimeAnnotation(Done) is null)
            {
                foreach (var entity in ((IModel)read).GetEntityTypes())
                {
                    if (entity.BaseType is null && !entity.IsOwned() && properties.Of(entity) is { } property)
                        Filter(entity, property);
                }
                read.AddRuntimeAnnotation(Done, true);
            }
        }
        return made;
    }

    static void Filter(IEntityType entity, IReadOnlyProperty tenant)
    {
        var row = Expression.Parameter(entity.ClrType, "row");
        // EF Core puts the context of each execution in the place of anything of a context's type: null is never looked at.
        Expression body = Expression.Equal(Expression.Call(Property, row, Expression.Constant(tenant.Name)),
            Expression.Call(IdOf, Expression.Constant(null, typeof(DbContext))));
        var filters = entity.GetDeclaredQueryFilters().ToList();
        // An anonymous filter of the application's stands alone in the collection; a named one does not.
        if (filters.Find(static filter => filter.IsAnonymous) is { Expression: { } own })
        {
            body = Expression.AndAlso(body, new Renaming(own.Parameters[0], row).Visit(own.Body));
            filters = [new RuntimeQueryFilter(null, Expression.Lambda(body, row))];
        }
        else
        {
            filters.Add(new RuntimeQueryFilter(TenantFilter.Name, Expression.Lambda(body, row)));
        }
        ((RuntimeEntityType)entity).SetAnnotation(CoreAnnotationNames.QueryFilter, new QueryFilterCollection(filters));
    }

    static Guid TenantOf(DbContext context) => context.GetTenant().Id;

    sealed class Renaming(ParameterExpression from, ParameterExpression to) : ExpressionVisitor
    {
        protected override Expression VisitParameter(ParameterExpression node) => node == from ? to : base.VisitParameter(node);
    }
}
