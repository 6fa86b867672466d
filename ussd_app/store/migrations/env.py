"""How Alembic reaches the database: over the connection it is handed by ussd_app.store.schema."""

from alembic import context

connection = context.config.attributes["connection"]
context.configure(connection=connection, transaction_per_migration=True)
with context.begin_transaction():
    context.run_migrations()
