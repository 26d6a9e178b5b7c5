"""What Alembic compares, and where: on the connection that `service.store.migration` hands in."""

from sqlalchemy import Connection
from sqlmodel import SQLModel

import service.store.audit_tables
import service.store.derivation_tables
import service.store.index_tables
import service.store.tables  # noqa: F401  (all declare tables on SQLModel.metadata)
from alembic import context

connection = context.config.attributes.get("connection")
if not isinstance(connection, Connection):
    raise SystemExit("Migrations run through the service: python -m service migrate.")

context.configure(
    connection=connection,
    target_metadata=SQLModel.metadata,
    compare_server_default=True,
    transaction_per_migration=False,
)
context.run_migrations()
