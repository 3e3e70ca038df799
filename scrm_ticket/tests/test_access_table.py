"""Who may do what with every model of ours, and with the records of a ticket.

`TABLE` has a line for each model of scrm_flow and scrm_ticket: a new model without one
fails. Customers and visitors get at none of them, but where the line says so.
"""

from odoo.exceptions import AccessError, UserError
from odoo.tests import new_test_user, tagged
from odoo.tools import mute_logger

from .common import TicketCase

OPERATIONS = {"r": "read", "w": "write", "c": "create", "u": "unlink"}
#: Model -> what (any colleague, a ticket user, a manager) may do: read, write, create,
#: unlink; "follows": of the tickets only that one may read; "customers": these too.
TABLE = """
scrm.appointment                   r    r    r    follows customers
scrm.appointment.book              -    rwcu rwcu
scrm.appointment.slot              -    rwcu rwcu
scrm.care                          -    rw   rwcu
scrm.care.member                   -    rwc  rwcu
scrm.care.plan                     -    r    rwcu
scrm.care.stage                    -    r    rwcu
scrm.chat.message                  -    -    -   
scrm.coupon                        -    r    rwcu
scrm.coupon.campaign               -    r    rwcu
scrm.customer.channel              -    r    rwcu
scrm.customer.merge                -    -    rwcu
scrm.customer.tag.mark             -    -    ru
scrm.customer.tag.rule             -    r    rwcu
scrm.decision.condition            -    r    rwcu
scrm.decision.rule                 -    r    rwcu
scrm.decision.table                -    r    rwcu
scrm.device.reading                -    rwc  rwcu
scrm.door.chat                     -    -    rwcu
scrm.door.event                    -    -    rwcu
scrm.door.event.entry              -    -    rw
scrm.door.event.value              -    -    rwcu
scrm.door.mini                     -    -    rwcu
scrm.door.mini.session             -    -    ru
scrm.door.quota                    -    -    -   
scrm.door.webhook                  -    -    rwcu
scrm.door.webhook.secret           -    -    rwcu
scrm.door.wecom                    -    -    rwcu
scrm.door.wecom.token              -    -    -   
scrm.flow                          r    r    rwcu
scrm.flow.backup.pool              r    r    rwcu
scrm.flow.block.insert             -    -    rwcu
scrm.flow.block.save               -    -    rwcu
scrm.flow.bpmn.import              -    -    rwcu
scrm.flow.clock                    r    r    r    follows
scrm.flow.clock.report             r    r    r    follows
scrm.flow.incident                 -    r    r    follows
scrm.flow.log                      -    r    r    follows
scrm.flow.migration                -    -    rwcu
scrm.flow.migration.line           -    -    rwcu
scrm.flow.migration.run            -    -    rwcu follows
scrm.flow.node                     r    r    rwcu
scrm.flow.node.check               r    r    rwcu
scrm.flow.node.handler             r    r    rwcu
scrm.flow.node.rung                r    r    rwcu
scrm.flow.pause.reason             r    r    rwcu
scrm.flow.repair                   -    -    rwcu
scrm.flow.replay                   -    -    rwcu
scrm.flow.replay.line              -    -    rwcu
scrm.flow.roster                   r    r    rwcu
scrm.flow.roster.member            r    r    rwcu
scrm.flow.roster.rotation          r    r    rwcu
scrm.flow.roster.shift             r    r    rwcu
scrm.flow.run                      r    r    r    follows
scrm.flow.run.report               r    r    r    follows
scrm.flow.sandbox.wizard           -    -    rwcu
scrm.flow.sandbox.wizard.choice    -    -    rwcu
scrm.flow.sandbox.wizard.line      -    -    rwcu
scrm.flow.step                     r    r    r    follows
scrm.flow.step.report              r    r    r    follows
scrm.flow.temporary.node           -    -    rwcu
scrm.flow.test.case                -    -    rwcu
scrm.flow.test.line                -    -    rwcu
scrm.flow.timer                    r    r    r    follows
scrm.flow.transition               r    r    rwcu
scrm.flow.version                  r    r    rwcu
scrm.flow.version.publish          -    -    rwcu
scrm.flow.vote                     r    r    r    follows
scrm.form.field                    r    r    rwcu
scrm.form.option                   r    r    rwcu
scrm.form.right                    -    r    rwcu
scrm.guard.case                    -    -    -
scrm.guard.copy                    -    -    -
scrm.guard.limit                   -    -    -
scrm.guard.use                     -    -    -
scrm.handover                      -    -    r   
scrm.handover.line                 -    -    r   
scrm.improvement.raise             -    rwcu rwcu
scrm.look.through                  -    -    r   
scrm.notice.channel                r    r    rwc 
scrm.notice.delivery               r    r    r    follows
scrm.notice.event                  -    r    r    follows
scrm.notice.level                  r    r    rwcu
scrm.notice.preview                -    -    rwcu
scrm.notice.rule                   r    r    rwcu
scrm.notice.sentence               r    r    rwcu
scrm.pack                          -    -    rwcu
scrm.pack.export                   -    -    rwcu
scrm.pack.import                   -    -    rwcu
scrm.pack.scenario                 -    -    rwcu
scrm.part.find                     -    rwcu rwcu
scrm.part.line                     r    rwcu rwcu follows
scrm.part.operation                -    rwcu rwcu
scrm.repair.plan                   r    r    rwcu
scrm.repair.plan.part              r    r    rwcu
scrm.reply                         r    r    rwcu
scrm.sealed.key                    -    -    -
scrm.service.part                  r    r    rwcu
scrm.service.plan                  r    r    rwcu
scrm.start                         -    -    rwcu
scrm.start.line                    -    -    rwcu
scrm.store                         r    r    rwcu
scrm.store.board                   r    r    r   
scrm.temporary.right               -    -    rwc 
scrm.ticket.case                   -    -    -   
scrm.ticket.change                 -    -    -   
scrm.ticket.feedback               r    r    r    follows
scrm.ticket.part.report            r    r    r    follows
scrm.ticket.report                 r    r    r    follows
scrm.ticket.template               r    r    rwcu
scrm.ticket.template.line          r    r    rwcu
scrm.ticket.template.part          r    r    rwcu
scrm.ticket.template.revision      -    -    r   
scrm.ticket.template.variant       r    r    rwcu
scrm.ticket.trace                  -    r    r    follows
scrm.wecom.draft                   -    -    -   
scrm.work.entry                    -    -    -
"""
LINES = {line.split()[0]: line.split()[1:] for line in TABLE.split("\n") if line}
CUSTOMERS = {model for model, line in LINES.items() if "customers" in line}
FOLLOWING = {model for model, line in LINES.items() if "follows" in line}


def letters(text):
    return set(text) - {"-"}


class AccessCase:
    """A ticket of the East store, under way, with everything that belongs to it."""

    @classmethod
    def make_people_of_the_table(cls):
        def person(login, *groups):
            return new_test_user(
                cls.env, login=f"test_table_{login}", groups=",".join(groups)
            )

        west = cls.env["scrm.store"].create({"key": "test_west", "name": "West"})
        others = cls.env["helpdesk.ticket.team"].create({"name": "Others"})
        own, team = "scrm_ticket.group_user", "helpdesk_mgmt.group_helpdesk_user_team"
        cls.lead = person("lead", own, team)
        cls.other_lead = person("other_lead", own, team)
        cls.branch = person("branch", "scrm_ticket.group_store")
        cls.other_branch = person("other_branch", "scrm_ticket.group_store")
        cls.team.user_ids += cls.lead
        others.user_ids = cls.other_lead
        cls.store.manager_id = cls.branch
        west.manager_id = cls.other_branch
        cls.visitor = cls.env.ref("base.public_user")
        cls.ticket = cls.submit()
        # a note that the system writes, and one that a colleague does
        cls.notes = cls.ticket.message_post(
            body="For the colleagues", subtype_xmlid="mail.mt_note"
        ) + cls.ticket.with_user(cls.dora).message_post(
            body="Careful with them", subtype_xmlid="mail.mt_note"
        )
        cls.file = cls.env["ir.attachment"].create(
            {
                "name": "plan.txt",
                "raw": b"a secret plan",
                "res_model": "helpdesk.ticket",
                "res_id": cls.ticket.id,
            }
        )

    #: Who may read, and who may write the ticket at its first node.
    @property
    def readers(self):
        return self.pia | self.paul | self.lead | self.branch | self.manager | self.dora

    @property
    def writers(self):
        return self.lead | self.branch | self.manager | self.dora

    @property
    def colleagues(self):
        return (
            self.egon
            | self.lead
            | self.other_lead
            | self.branch
            | self.other_branch
            | self.dora
            | self.manager
        )

    @property
    def outsiders(self):
        return self.pia | self.paul | self.quentin | self.visitor

    def records_of_ticket(self, model):
        """The records of a model that belong to the ticket."""
        records = self.env[model].sudo()
        run = self.ticket.scrm_run_id
        for name, value in (
            ("ticket_id", self.ticket.id),
            ("run_id", run.id),
            ("step_id", run.step_ids.ids),
        ):
            if name in records._fields:
                domain = [(name, "in" if isinstance(value, list) else "=", value)]
                return records.search(domain)
        if "res_id" in records._fields:
            return records.search(
                [("res_model", "=", "helpdesk.ticket"), ("res_id", "=", self.ticket.id)]
            )
        return records


@tagged("post_install", "-at_install")
class TestAccessTable(AccessCase, TicketCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.make_people_of_the_table()
        export = cls.env.ref("base.group_allow_export")
        export.user_ids += cls.lead + cls.other_lead + cls.other_branch + cls.egon

    def test_every_model_has_a_line(self):
        """A model of ours that nobody thought of fails here."""
        ours = {
            name
            for name, model in self.env.registry.models.items()
            if (model._original_module or "") in ("scrm_flow", "scrm_ticket")
            and not model._abstract
        }
        self.assertEqual(ours ^ LINES.keys(), set())

    def test_rights_to_models(self):
        """What each may do at most, as the table says; outsiders next to nothing."""
        for model, (clerk, user, manager, *_follows) in LINES.items():
            for person, expected in (
                (self.clerk, clerk),
                (self.egon, user),
                (self.manager, manager),
                (self.pia, "r" if model in CUSTOMERS else "-"),
                (self.visitor, "-"),
            ):
                records = self.env[model].with_user(person)
                may = {
                    letter
                    for letter, operation in OPERATIONS.items()
                    if records.has_access(operation)
                }
                with self.subTest(model=model, person=person.login):
                    self.assertEqual(may, letters(expected))

    def attempt(self, act):
        """Whether somebody is allowed to do it; nothing of it stays."""
        try:
            with self.env.cr.savepoint(flush=True) as point:
                act()
                self.env.flush_all()
                point.rollback()
        except (AccessError, UserError):
            return False
        finally:
            self.env.invalidate_all()
        return True

    @mute_logger("odoo.models.unlink")
    def test_records_follow_their_ticket(self):
        """By id, by search, grouped, exported, written, deleted: as the ticket.

        Covers in part: R01, R17
        """
        self.assertLessEqual({"scrm.flow.run", "scrm.part.line"}, FOLLOWING)
        seen = set()
        for model in sorted(FOLLOWING):
            found = self.records_of_ticket(model)
            if found:
                seen.add(model)
            for person in self.colleagues | self.outsiders:
                column = 2 if person == self.manager else 1
                may = letters(LINES[model][column])
                if person in self.outsiders:
                    shared = model in CUSTOMERS and person != self.visitor
                    may = {"r"} if shared else set()
                reads = "r" in may and person in self.readers
                mine = found.with_user(person)
                with self.subTest(model=model, person=person.login):
                    self.check_reading(mine, reads)
                    if not found:
                        continue
                    kept = may if person in self.writers else set()
                    self.check_changing(mine[:1], kept)
        self.assertLessEqual(
            {"scrm.flow.run", "scrm.flow.step", "scrm.flow.log", "scrm.part.line"}, seen
        )

    def check_changing(self, record, may):
        """Nobody writes or deletes a record beyond these letters.

        What one may is tried elsewhere, model by model: each has its own conditions.
        """
        name = next(
            name
            for name, field in record._fields.items()
            if field.store and name not in ("id", "create_uid")
        )
        value = record.sudo().read([name], load=False)[0][name]
        if "w" not in may:
            self.assertFalse(self.attempt(lambda: record.write({name: value})))
        if "u" not in may:
            self.assertFalse(self.attempt(record.unlink))
        if "c" not in may:
            vals = record.sudo().copy_data()[0]
            self.assertFalse(self.attempt(lambda: record.create(vals)))

    def check_reading(self, records, expected):
        """Reading some records by every way agrees."""
        ids = records.ids
        records.invalidate_model()

        def search():
            return records.search([("id", "in", ids)]).ids

        def group():
            return records._read_group([("id", "in", ids)], [], ["__count"])[0][0]

        if expected:
            self.assertCountEqual(search(), ids)
            self.assertEqual(group(), len(ids))
            records.read(["display_name"])
            return
        for way in (search, group):
            try:
                self.assertFalse(way())
            except AccessError:
                continue  # no right to the model at all
        if ids:
            for way in (
                lambda: records.read(["display_name"]),
                lambda: records.export_data(["display_name"]),
                lambda: records.export_data(["id"]),
                lambda: records[:1].copy(),
            ):
                self.assertFalse(self.attempt(way), (records, records.env.user.login))

    def test_ticket_messages_and_files(self):
        """The ticket, its notes and its files: by id and by relation.

        Covers in part: R01
        """
        for person in self.colleagues | self.outsiders:
            self.check_ticket(person)

    def check_ticket(self, person):
        reads, inside = person in self.readers, person in self.colleagues
        writes = person in self.writers
        ticket = self.ticket.with_user(person)
        notes, file = self.notes.with_user(person), self.file.with_user(person)
        new_file = {
            "name": "x",
            "res_model": "helpdesk.ticket",
            "res_id": ticket.id,
        }
        for what, way, expected in (
            ("read", lambda: ticket.read(["number", "scrm_values"]), reads),
            ("search", lambda: ticket.search([("id", "in", ticket.ids)]).ids[0], reads),
            ("notes", lambda: ticket.message_ids.ids[0], reads and inside),
            ("write", lambda: ticket.write({"name": "mine"}), writes),
            ("unlink", ticket.unlink, False),
            ("note", lambda: notes[0].read(["body"]), reads and inside),
            ("other note", lambda: notes[1].read(["body"]), reads and inside),
            # customers open files by the links of their page
            ("file", lambda: file.read(["raw"]), reads and inside),
            ("write file", lambda: file.write({"name": "x"}), writes),
            ("new file", lambda: file.create(new_file), writes),
        ):
            self.env.invalidate_all()
            with self.subTest(person=person.login, what=what):
                try:
                    done = self.attempt(way)
                except IndexError:
                    done = False
                self.assertEqual(done, expected, (person.login, what))

    def test_export_of_guessed_ids(self):
        """No external id comes into being for a ticket that one may not read."""
        made = [("model", "=", "helpdesk.ticket"), ("res_id", "=", self.ticket.id)]
        xmlids = self.env["ir.model.data"]
        for person in (self.egon, self.other_lead):
            with self.subTest(person=person.login):
                with self.assertRaises(AccessError):
                    self.ticket.with_user(person).export_data(["id"])
                self.assertFalse(xmlids.search_count(made))
        self.ticket.with_user(self.lead).export_data(["id"])
        self.assertTrue(xmlids.search_count(made))

    def test_by_relation(self):
        """What one may read leads to no record that one may not read."""
        line = self.ticket.part_line_ids
        for person in (self.egon, self.other_lead, self.other_branch):
            partner = self.customer.with_user(person)
            template = self.template.with_user(person)
            with self.subTest(person=person.login):
                self.assertNotIn(
                    self.ticket, partner.search([]).mapped("helpdesk_ticket_ids")
                )
                products = self.bracket.with_user(person)
                found = products.env["scrm.part.line"].search(
                    [("product_id", "=", products.id)]
                )
                self.assertNotIn(line, found)
                for model, path in (
                    ("scrm.ticket.template", "ticket_ids.number"),
                    ("helpdesk.ticket.team", "ticket_ids.number"),
                    ("scrm.flow.version", "run_ids.res_id"),
                ):
                    records = template.env[model]
                    if path.split(".")[0] not in records._fields:
                        continue
                    value = self.ticket.id if "res_id" in path else self.ticket.number
                    self.assertFalse(records.search([(path, "=", value)]), path)
