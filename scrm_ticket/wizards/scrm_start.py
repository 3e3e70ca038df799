import json
from pathlib import Path

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.modules import get_module_path

#: More services than this at once are no good beginning.
MANY = 5
#: What a pack has for demonstrations only.
ONLY_SHOWN = ("scenarios", "stock", "opportunities")


class ScrmStart(models.TransientModel):
    """Five questions, and a business runs: its forms, flows, teams and roles come from
    a scenario pack like it, and what was answered is put in."""

    _name = "scrm.start"
    _inherit = "scrm.wizard.mixin"
    _description = "Start with SCRM"

    state = fields.Selection(
        [("ask", "Questions"), ("done", "Running")], default="ask", readonly=True
    )
    preset = fields.Selection(
        selection="_selection_preset",
        string="Which business is most like yours?",
    )
    about = fields.Text(compute="_compute_about")
    line_ids = fields.One2many(
        "scrm.start.line",
        "start_id",
        string="Which services come first?",
        compute="_compute_line_ids",
        store=True,
        readonly=False,
    )
    is_many = fields.Boolean(compute="_compute_is_many")
    company_name = fields.Char(
        string="What is your business called?",
        default=lambda self: self.env.company.name,
    )
    user_ids = fields.Many2many(
        "res.users",
        string="Who does the work to begin with?",
        domain=[("share", "=", False)],
        default=lambda self: self.env.user,
        help="They get all roles of the flow; change that later under Users.",
    )
    on_portal = fields.Boolean(
        string="May customers send requests on the portal?", default=True
    )
    template_ids = fields.Many2many("scrm.ticket.template", readonly=True)

    # Packs -------------------------------------------------------------------

    @api.model
    def _scrm_preset_files(self):
        """Key of a pack -> its file: of the installed addons, and beside them."""
        home = Path(get_module_path("scrm_ticket"))
        folders = [home.parent / "data", home.parent / "data" / "presets"]
        folders += [
            Path(path) / "presets"
            for path in map(get_module_path, self.env.registry._init_modules)
            if path
        ]
        files = [file for folder in folders for file in sorted(folder.glob("*.json"))]
        return {file.stem: file for file in files}

    @api.model
    def _scrm_presets(self):
        """Key -> pack as a dict, of those whose addons are all installed."""
        installed = self.env.registry._init_modules
        found = {}
        for key, file in self._scrm_preset_files().items():
            pack = json.loads(file.read_text(encoding="utf-8"))
            needs = set(pack.get("requires", ()))
            if pack.get("templates") and needs <= installed:
                found[key] = pack
        return found

    @api.model
    def _scrm_words(self, text):
        """A text of a pack in the reader's language."""
        if isinstance(text, dict):
            return text.get(self.env.lang) or text.get("en_US") or ""
        return text or ""

    @api.model
    def _selection_preset(self):
        names = {
            key: self._scrm_words(pack["name"])
            for key, pack in self._scrm_presets().items()
        }
        return sorted(names.items(), key=lambda item: item[1].casefold())

    @api.depends("preset")
    @api.depends_context("lang")
    def _compute_about(self):
        for start in self:
            pack = self._scrm_presets().get(start.preset, {})
            start.about = self._scrm_words(pack.get("description"))

    @api.depends("preset")
    def _compute_line_ids(self):
        for start in self:
            pack = self._scrm_presets().get(start.preset, {})
            start.line_ids = [fields.Command.clear()] + [
                fields.Command.create(
                    {
                        "key": template["key"],
                        "name": self._scrm_words(template["name"]),
                        "about": self._scrm_words(template.get("description")),
                        "chosen": number < MANY,
                    }
                )
                for number, template in enumerate(pack.get("templates", ()))
            ]

    @api.depends("line_ids.chosen")
    def _compute_is_many(self):
        for start in self:
            start.is_many = len(start.line_ids.filtered("chosen")) > MANY

    # Starting ----------------------------------------------------------------

    def action_start(self):
        """Make the business of the answers, all of it or nothing.

        :raise UserError: something was not answered
        """
        self.ensure_one()
        if not self.env.user.has_group("scrm_ticket.group_manager"):
            raise AccessError(self.env._("Only a ticket manager starts a business."))
        chosen = self.line_ids.filtered("chosen").mapped("key")
        if not self.preset or not chosen:
            raise UserError(
                self.env._("Choose a business, and at least one service to begin with.")
            )
        if not self.user_ids:
            raise UserError(self.env._("Choose who does the work to begin with."))
        pack = self._scrm_pack_of_answers()
        self.env["scrm.pack"].import_pack(pack)
        keys = [template["key"] for template in pack["templates"]]
        templates = self.env["scrm.ticket.template"].with_context(active_test=False)
        templates = templates.search([("key", "in", keys)])
        first = templates.filtered(lambda template: template.key in chosen)
        (templates - first).active = False
        first.active = True
        first.portal_published = self.on_portal
        self._scrm_give_roles(pack, templates)
        self.write({"template_ids": first.ids, "state": "done"})
        return self._scrm_reopen()

    def _scrm_pack_of_answers(self):
        """The pack without its demonstration, with what was answered."""
        pack = self._scrm_presets()[self.preset]
        pack = {name: part for name, part in pack.items() if name not in ONLY_SHOWN}
        company = dict(pack.get("company", {}))
        for name in ("logo", "street", "city", "name"):
            company.pop(name, None)
        if self.company_name:
            company["name"] = self.company_name
        pack["company"] = company
        # nobody can log in as the people of the example: they have no passwords
        pack["users"] = [
            {name: part for name, part in user.items() if name != "password"}
            | {"login": self._scrm_free_login(pack, user)}
            for user in pack.get("users", ())
        ]
        self._scrm_add_flow(pack)
        return pack

    def _scrm_free_login(self, pack, user):
        """The login of an example, or another one where a colleague has it."""
        # sudo: whether the login is taken
        users = self.env["res.users"].sudo().with_context(active_test=False)
        other = users.search([("login", "=", user["login"])])
        known = self.env.ref(
            f"__scrm_pack__.user__{user['key']}", raise_if_not_found=False
        )
        if not other or other == known:
            return user["login"]
        return f"{pack['key']}.{user['login']}"

    def _scrm_add_flow(self, pack):
        """Templates without a flow get the simplest one, to be drawn further later."""
        _ = self.env._
        lacking = [one for one in pack["templates"] if not one.get("flow")]
        if not lacking:
            return
        role, flow = f"{pack['key']}_team", f"{pack['key']}_flow"
        pack["templates"] = [
            {**one, "flow": one.get("flow", flow)} for one in pack["templates"]
        ]
        pack["roles"] = [
            *pack.get("roles", ()),
            {
                "key": role,
                "name": _("Service Team"),
                "implies": ["scrm_ticket.group_user"],
            },
        ]
        work = {"type": "user_task", "handler": {"role": role}}
        pack["flows"] = [
            *pack.get("flows", ()),
            {
                "key": flow,
                "name": pack["name"],
                "model": "helpdesk.ticket",
                "nodes": [
                    {"key": "start", "name": _("Received"), "type": "start"},
                    {"key": "work", "name": _("Take Care of It"), **work},
                    {"key": "end", "name": _("Done"), "type": "end"},
                ],
                "transitions": [
                    {"key": "received", "source": "start", "target": "work"},
                    {"key": "done", "source": "work", "target": "end"},
                ],
            },
        ]

    def _scrm_give_roles(self, pack, templates):
        """Make the people of the fourth answer members of all roles and teams."""
        keys = [role["key"] for role in pack.get("roles", ())]
        groups = self.env["res.groups"].search([("scrm_key", "in", keys)])
        self.user_ids.write(
            {"group_ids": [fields.Command.link(group.id) for group in groups]}
        )
        for team in templates.team_id:
            team.user_ids |= self.user_ids

    def _scrm_reopen(self):
        return self._stay_open(self.env._("Quick Start"))

    # What next ---------------------------------------------------------------

    def action_first_ticket(self):
        """Open the first ticket of the first service."""
        self.ensure_one()
        template = self.template_ids[:1]
        return {
            "type": "ir.actions.act_window",
            "name": template.name,
            "res_model": "helpdesk.ticket",
            "view_mode": "form",
            "context": {"default_template_id": template.id},
        }

    def action_design_form(self):
        """Go on with the form of the first service."""
        return self.template_ids[:1].action_design_form()

    def action_design_flow(self):
        """Go on with the flow of the first service."""
        return self.template_ids[:1].flow_id.action_design()


class ScrmStartLine(models.TransientModel):
    """A service that a business can begin with."""

    _name = "scrm.start.line"
    _description = "Service to Start With"

    start_id = fields.Many2one("scrm.start", required=True, ondelete="cascade")
    key = fields.Char(required=True)
    name = fields.Char(string="Service", required=True, readonly=True)
    about = fields.Char(readonly=True)
    chosen = fields.Boolean(string="First")
