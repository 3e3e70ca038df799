from odoo.tests.common import tagged

from .common import SettlementCommon


@tagged("post_install", "-at_install")
class TestPack(SettlementCommon):
    """Sections pricelists, prices, settlement and company.chart."""
