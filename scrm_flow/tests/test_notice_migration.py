import importlib.util
from pathlib import Path

from odoo.modules import get_module_path
from odoo.tests import tagged
from odoo.tools import sql

from .notice_common import MONDAY, NoticeCase


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
        folder = Path(get_module_path("scrm_flow")) / "migrations" / "19.0.1.1.0"
        spec = importlib.util.spec_from_file_location(
            "migration", folder / "pre-migration.py"
        )
        module = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(module)
        for _time in range(2):
            module.migrate(self.env.cr, "19.0.1.0.0")
            self.env.invalidate_all()
            self.assertEqual(old.why, "处理该步骤")
            self.assertEqual(old.with_context(lang="zh_CN").why, "处理该步骤")
        columns = sql.table_columns(self.env.cr, "scrm_notice_delivery")
        self.assertNotIn("why", columns)
