"""Tickets, chosen languages, temporary PINs, helpers, hand-outs, and who looked at whose record."""

from pathlib import Path

from alembic import op

revision = "0002"
down_revision = "0001"

SQL = Path(__file__).resolve().parent.parent / "0002_dialogues.sql"


def upgrade() -> None:
    op.get_bind().exec_driver_sql(SQL.read_text(encoding="utf-8"))


def downgrade() -> None:
    raise NotImplementedError("tickets and consents are not taken back")
