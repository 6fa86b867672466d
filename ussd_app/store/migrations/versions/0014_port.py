"""What providers say of holders and of what they took back; no hold ends by a clock."""

from pathlib import Path

from alembic import op

revision = "0014"
down_revision = "0013"

SQL = Path(__file__).resolve().parent.parent / "0014_port.sql"


def upgrade() -> None:
    op.get_bind().exec_driver_sql(SQL.read_text(encoding="utf-8"))


def downgrade() -> None:
    raise NotImplementedError("what is written in these tables is not thrown away")
