"""Alembic's entry: one online run over the connection that `api/store/migrating.py` hands in."""

from __future__ import annotations

from alembic import context

from migrations import models

context.configure(connection=context.config.attributes["connection"], target_metadata=models.metadata)
with context.begin_transaction():
    context.run_migrations()
