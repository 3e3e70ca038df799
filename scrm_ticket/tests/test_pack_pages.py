import inspect

from odoo.tests import TransactionCase, tagged

from odoo.addons.scrm_flow.packs import registry

NOTICE = {
    "key": "test_delays",
    "name": "Delays",
    "model": "helpdesk.ticket",
    "when": "surge",
    "count": {"hours": "24", "percent": "15", "least": 3},
    "channels": ["inbox"],
    "page_notice": {"en_US": "Two days longer", "zh_CN": "延迟两天"},
    "page_templates": ["test_parcel"],
}


@tagged("post_install", "-at_install")
class TestPackPages(TransactionCase):
    def test_round_trip(self):
        """A notice on the pages of forms comes with its pack, and goes with it."""
        self.env["res.lang"]._activate_lang("zh_CN")
        packs = self.env["scrm.pack"]
        pack = {
            "format": "scrm-pack/1",
            "key": "test_pages",
            "name": "Pages",
            "requires": ["scrm_ticket"],
            "templates": [{"key": "test_parcel", "name": "Parcel"}],
            "notices": [NOTICE],
        }
        for _twice in range(2):
            packs.import_pack(pack)
        rule = self.env["scrm.notice.rule"].search([("key", "=", "test_delays")])
        self.assertEqual(rule.page_template_ids.key, "test_parcel")
        self.assertEqual(rule.with_context(lang="zh_CN").page_notice, "延迟两天")
        [dumped] = [
            one for one in packs.export_pack()["notices"] if one["key"] == "test_delays"
        ]
        for key in ("page_notice", "page_templates", "count"):
            self.assertEqual(dumped[key], NOTICE[key])

    def test_sections_ask_their_extensions(self):
        """No key that an addon adds to a section is accepted and then left out."""
        sections = {section.key: section for section in registry.sections()}
        asked = {"vals": "extra_vals", "load": "extra_load"}
        for extension in registry.extensions():
            source = inspect.getsource(inspect.getmodule(sections[extension.section]))
            for method, call in asked.items():
                own = getattr(type(extension), method)
                if own is not getattr(registry.Extension, method):
                    with self.subTest(extension=type(extension).__qualname__):
                        self.assertRegex(
                            source, rf'{call}\(\s*pack, "{extension.kind}"'
                        )
