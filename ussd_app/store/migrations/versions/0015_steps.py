"""What moved at a provider, step by step, also where two steps were written at one moment."""

from pathlib import Path

from alembic import op

revision = "0015"
down_revision = "0014"

SQL = Path(__file__).resolve().parent.parent / "0015_steps.sql"


def upgrade() -> None:
    op.get_bind().exec_driver_sql(SQL.read_text(encoding="utf-8"))


def downgrade() -> None:
    raise NotImplementedError("what is written in these tables is not thrown away")
