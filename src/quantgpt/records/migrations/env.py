"""What the migration tool runs: every script on the connection it was handed, inside the caller's transaction."""

from alembic import context

from quantgpt.records.schema import metadata

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    render_as_batch=True,
    transactional_ddl=False,
)
context.run_migrations()
