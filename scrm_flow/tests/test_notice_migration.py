from odoo.tests import tagged
from odoo.tools import sql

from .notice_common import MONDAY, NoticeCase
from .upgrade_script import upgrade_script


@tagged("post_install", "-at_install")
class TestNoticeMigration(NoticeCase):
    """What an upgrade does with messages that earlier versions kept."""

    def test_reasons_stay_readable(self):
        """Reasons kept as a text stay that text; an upgrade that begins anew changes
        nothing."""
        self.make_rule()
        order = self.begin()
        self.run_crons(MONDAY)
        old = self.deliveries(order)
        self.assertEqual(old.why, "handles the step")
        self.env.flush_all()
        self.env.cr.execute("ALTER TABLE scrm_notice_delivery ADD COLUMN why varchar")
        self.env.cr.execute(
            "UPDATE scrm_notice_delivery SET why = '处理该步骤', reasons = NULL "
            "WHERE id = %s",
            [old.id],
        )
        migrate = upgrade_script("scrm_flow", "19.0.1.1.0", "pre")
        for _time in range(2):
            migrate(self.env.cr, "19.0.1.0.0")
            self.env.invalidate_all()
            self.assertEqual(old.why, "处理该步骤")
            self.assertEqual(old.with_context(lang="zh_CN").why, "处理该步骤")
        columns = sql.table_columns(self.env.cr, "scrm_notice_delivery")
        self.assertNotIn("why", columns)

    def test_problems_stay_readable(self):
        """Why a message did not arrive stays the text that it was, and a channel's last
        failure too; an upgrade that begins anew changes nothing."""
        self.make_rule()
        order = self.begin()
        self.run_crons(MONDAY)
        old = self.deliveries(order)
        channel = old.channel_id
        self.env.flush_all()
        tables = {"scrm_notice_delivery": "error", "scrm_notice_channel": "failure"}
        for (table, column), record in zip(tables.items(), (old, channel), strict=True):
            self.env.cr.execute(f"ALTER TABLE {table} ADD COLUMN {column} varchar")
            self.env.cr.execute(
                f"UPDATE {table} SET {column} = '没有电话', problem = NULL "
                "WHERE id = %s",
                [record.id],
            )
        migrate = upgrade_script("scrm_flow", "19.0.1.2.0", "pre")
        for _time in range(2):
            migrate(self.env.cr, "19.0.1.1.0")
            self.env.invalidate_all()
            self.assertEqual((old.error, channel.failure), ("没有电话", "没有电话"))
        self.assertFalse(channel.search([("id", "!=", channel.id)], limit=1).failure)
        for table, column in tables.items():
            self.assertNotIn(column, sql.table_columns(self.env.cr, table))
