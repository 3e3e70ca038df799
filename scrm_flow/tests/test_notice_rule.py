from odoo.exceptions import ValidationError
from odoo.tests import tagged

from .notice_common import NoticeCase


@tagged("post_install", "-at_install")
class TestNoticeRule(NoticeCase):
    """What a rule refuses when it is made."""

    def test_rules_say_what_is_wrong(self):
        """Nor does a rule reach farther than its author, by path or by template."""
        template = self.env["mail.template"].create(
            {"name": "Users", "model_id": self.env["ir.model"]._get_id("res.users")}
        )
        hidden = "[('partner_id.signup_type', '!=', 'x')]"
        for values, words in (
            ({"mail_template_id": template.id}, "for other records"),
            ({"condition": "[('owner_id.partner_id.signup_type', '!=', 1)]"}, "signup"),
            ({"condition": f"[('owner_id', 'any', {hidden})]"}, "signup_type"),
            ({"key": "Bad Key"}, "Bad Key"),
            ({"condition": "[('nonsense', '=', 1)]"}, "nonsense"),
            ({"condition": "nonsense"}, "no domain"),
            ({"body": "{{ object.env }}"}, "object"),
            ({"body": "{{ 1 + 1 }}"}, "1 . 1"),
            ({"body": "{{ owner_id.name }} {{ secret }}"}, "secret"),
            ({"field_path": "name"}, "leads to nothing"),
            ({"field_path": "scrm_run_id"}, "does not say who"),
            ({"node_keys": "triage, moon"}, "moon"),
            ({"event": "field"}, "choose the field"),
        ):
            with (
                self.subTest(values),
                self.assertRaisesRegex(ValidationError, words),
                self.env.cr.savepoint(),
            ):
                self.env["scrm.notice.rule"].with_user(self.designer).create(
                    {
                        "name": "Rule",
                        "model_id": self.model.id,
                        "flow_id": self.flow.id,
                        **values,
                    }
                )

    def test_a_translation_reaches_no_farther_either(self):
        rule = self.make_rule(body="{{ record }}").with_user(self.designer)
        self.env["res.lang"]._activate_lang("zh_CN")
        rule.update_field_translations("body", {"zh_CN": "记录 {{ record }}"})
        with self.assertRaisesRegex(ValidationError, "signup_type"):
            rule.update_field_translations(
                "body", {"zh_CN": "{{ owner_id.partner_id.signup_type }}"}
            )
