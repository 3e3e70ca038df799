"""A small pack, and users who may and may not import it."""

import copy
from unittest.mock import patch

from odoo.addons.base.tests.common import BaseCommon

from ..models.scrm_flow import ScrmFlow

PACK = {
    "format": "scrm-pack/1",
    "key": "small",
    "name": {"en_US": "Small business", "zh_CN": "小生意"},
    "requires": ["scrm_flow"],
    "roles": [
        {
            "key": "small_engineer",
            "name": {"en_US": "Small Engineer", "zh_CN": "小工程师"},
            "implies": ["scrm_flow.group_user"],
        }
    ],
    "partners": [
        {"key": "small_customer", "name": "Lotus", "email": "lotus@example.com"},
        {
            "key": "small_office",
            "name": "Lotus Office",
            "parent": "small_customer",
            "coordinates": ["31.2304", "121.4737"],
        },
    ],
    "users": [
        {
            "key": "small_li",
            "login": "small_li",
            "name": "Li Engineer",
            "password": "small_li_secret",
            "email": "li@example.com",
            "roles": ["small_engineer"],
            "tz": "Asia/Shanghai",
            "lang": "en_US",
        },
        {
            "key": "small_portal",
            "login": "small_portal",
            "name": "Lotus",
            "portal": True,
            "password": "small_portal_secret",
            "partner": "small_customer",
        },
    ],
    "flows": [
        {
            "key": "small_flow",
            "name": {"en_US": "Small flow", "zh_CN": "小流程"},
            "model": "res.partner",
            "reopen_days": 7,
            "boards_by_post": True,
            "nodes": [
                {"key": "start", "name": "Start", "type": "start"},
                {
                    "key": "visit",
                    "name": {"en_US": "Visit", "zh_CN": "上门"},
                    "type": "user_task",
                    "handler": {"role": "small_engineer"},
                    "auto_condition": "[('ref', '=', 'paid')]",
                    "must_accept": True,
                    "release": "small_engineer",
                    "position": [150, 40],
                },
                {
                    "key": "check",
                    "name": "Check",
                    "type": "user_task",
                    "private": True,
                    "handler": {"people": ["small_li"]},
                },
                {"key": "end", "name": "End", "type": "end"},
            ],
            "transitions": [
                {"key": "begin", "source": "start", "target": "visit"},
                {
                    "key": "visited",
                    "source": "visit",
                    "target": "check",
                    "name": {"en_US": "Visited", "zh_CN": "已上门"},
                },
                {"key": "checked", "source": "check", "target": "end"},
            ],
        }
    ],
    "decision_tables": [
        {
            "key": "small_table",
            "name": "Small table",
            "model": "res.partner",
            "rules": [
                {
                    "name": "Ours",
                    "when": [
                        {"dimension": "company", "operator": "in", "value": "A, B"}
                    ],
                    "result": {"kind": "partner", "key": "small_office"},
                },
                {
                    "name": "Others",
                    "result": {"kind": "partner", "key": "small_customer"},
                },
            ],
        }
    ],
    "scenarios": [
        {
            "key": "small_scenario",
            "name": "Li looks at the customer",
            "steps": [
                {
                    "as": "small_li",
                    "door": "json2",
                    "do": "call",
                    "with": {
                        "model": "res.partner",
                        "method": "search_read",
                        "arguments": {
                            "domain": [["name", "=", "Lotus"]],
                            "fields": ["name", "comment"],
                        },
                    },
                    "save": {"customer": "answer.0.id"},
                    "expect": [
                        {
                            "that": "record",
                            "model": "res.partner",
                            "id": "${customer}",
                            "as": "small_li",
                            "fields": {"email": "lotus@example.com", "comment": False},
                        }
                    ],
                }
            ],
        }
    ],
}

#: Rights in addons that need scrm_flow, where they are installed.
OTHERS = (
    "scrm_ticket.group_manager",
    "scrm_settlement.group_manager",
    "scrm_opportunity.group_manager",
    "stock.group_stock_manager",
)


class PackCase(BaseCommon):
    """Partners can have flows here: scrm_flow alone brings no model that can."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["res.lang"]._activate_lang("zh_CN")
        models = patch.object(ScrmFlow, "_flow_models", lambda flow: ["res.partner"])
        cls.startClassPatcher(models)
        cls.manager = cls._user("pack_manager", "scrm_flow.group_manager", rights=True)
        cls.plain_user = cls._user("pack_user", "scrm_flow.group_user")

    @classmethod
    def _user(cls, login, group, rights=False):
        groups = cls.env.ref(group)
        if rights:  # what entering people by hand takes as well
            groups |= cls.env.ref("base.group_erp_manager")
            groups |= cls.env.ref("base.group_partner_manager")
            for name in OTHERS:  # an export reads what their addons keep, too
                groups |= cls.env.ref(name, raise_if_not_found=False) or groups
        return cls.env["res.users"].create(
            {"name": login, "login": login, "group_ids": groups.ids}
        )

    def setUp(self):
        super().setUp()
        self.pack = copy.deepcopy(PACK)
        self.packs = self.env["scrm.pack"].with_user(self.manager)

    def faults(self):
        """{path: message} of what is wrong with ``self.pack``."""
        rows = self.packs.check_pack(self.pack)
        return {row["path"]: row["message"] for row in rows}
