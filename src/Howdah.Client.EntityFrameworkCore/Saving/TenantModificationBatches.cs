using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Storage;
using Microsoft.EntityFrameworkCore.Update;
using Npgsql;
using Npgsql.EntityFrameworkCore.PostgreSQL.Infrastructure.Internal;
using Npgsql.EntityFrameworkCore.PostgreSQL.Update.Internal;

namespace Howdah.Client.EntityFrameworkCore.Saving;

/// <summary>
/// The provider's batches, with one difference: it counts changed rows by a statement's place in the reader, and there the tenant's
/// context may stand in front.
/// </summary>
sealed class TenantModificationBatches(ModificationCommandBatchFactoryDependencies dependencies, IDbContextOptions options)
    : IModificationCommandBatchFactory
{
    readonly int size = options.FindExtension<NpgsqlOptionsExtension>()?.MaxBatchSize ?? 1000;

    public ModificationCommandBatch Create() => new Batch(dependencies, size);

    sealed class Batch(ModificationCommandBatchFactoryDependencies dependencies, int size)
        : NpgsqlModificationCommandBatch(dependencies, size)
    {
        IReadOnlyList<IReadOnlyModificationCommand>? shifted;

        public override IReadOnlyList<IReadOnlyModificationCommand> ModificationCommands => shifted ?? base.ModificationCommands;

        protected override void Consume(RelationalDataReader reader)
        {
            var front = Shift(reader);
            try
            {
                base.Consume(reader);
            }
            finally
            {
                Restore(front);
            }
        }

        protected override async Task ConsumeAsync(RelationalDataReader reader, CancellationToken cancellationToken = default)
        {
            var front = Shift(reader);
            try
            {
                await base.ConsumeAsync(reader, cancellationToken).ConfigureAwait(false);
            }
            finally
            {
                Restore(front);
            }
        }

        /// <summary>The context counts as one row, as a statement without a result that changed one: what the first of the user's
        /// statements would be, it is looked at as, and passes.</summary>
        bool Shift(RelationalDataReader reader)
        {
#pragma warning disable CS0618 // the provider itself has nothing else to tell the rows of each statement by
            var statements = ((NpgsqlDataReader)reader.DbDataReader).Statements.Count;
#pragma warning restore CS0618
            var commands = base.ModificationCommands;
            if (statements != commands.Count + 1)
                return false;
            shifted = [commands[0], .. commands];
            ResultSetMappings.Insert(0, ResultSetMapping.NoResults);
            return true;
        }

        void Restore(bool front)
        {
            if (!front)
                return;
            shifted = null;
            ResultSetMappings.RemoveAt(0);
        }
    }
}
