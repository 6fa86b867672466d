"""Corrections by two officers, and who wrote each limit and fee."""

from pathlib import Path

from alembic import op

revision = "0013"
down_revision = "0012"

SQL = Path(__file__).resolve().parent.parent / "0013_two_officers.sql"


def upgrade() -> None:
    op.get_bind().exec_driver_sql(SQL.read_text(encoding="utf-8"))


def downgrade() -> None:
    raise NotImplementedError("what is written in these tables is not thrown away")
