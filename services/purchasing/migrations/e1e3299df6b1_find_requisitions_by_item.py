"""Find requisitions by item"""

from alembic import op

revision = "e1e3299df6b1"
down_revision = "c8787325e349"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index(op.f("ix_requisitions_company_item_id"), "requisitions", ["company", "item_id"], unique=False)


def downgrade() -> None:
    op.drop_index(op.f("ix_requisitions_company_item_id"), "requisitions")
