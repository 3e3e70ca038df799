from dataclasses import replace

from odoo import models, tools
from odoo.exceptions import ValidationError

from ..forms import conditions, rights
from ..forms.rules import check


class ScrmTicketTemplate(models.Model):
    """The form of a template: compiled once, asked at every door."""

    # one responsibility a file
    # pylint: disable-next=consider-merging-classes-inherited
    _inherit = "scrm.ticket.template"

    def _scrm_form_definition(self):
        """Property definitions of the form, labels in the language of env."""
        return self._scrm_cached_definition(self.env.lang)

    @tools.ormcache("self.id", "lang")
    def _scrm_cached_definition(self, lang):
        return tuple(self.with_context(lang=lang)._scrm_compile_definition())

    def _scrm_compile_definition(self):
        self.ensure_one()
        found = []
        for line in self.line_ids.sorted():
            definition = line.field_id._scrm_definition()
            if definition:
                definition.update(
                    scrm_required=line.required,
                    scrm_section=line.section or "",
                    scrm_type=line.field_id.type,
                    scrm_readonly=line.field_id.type == "formula",
                )
                found.append(definition)
        return found

    def _scrm_rules(self):
        """The form as the evaluator knows it: a list of ``forms.rules.FieldRule``."""
        if not isinstance(self.id, int):  # not saved yet
            return list(self._scrm_compile())
        return list(self._scrm_cached_rules())

    @tools.ormcache("self.id")
    def _scrm_cached_rules(self):
        return self._scrm_compile()

    def _scrm_compile(self):
        currency = (self.company_id or self.env.ref("base.main_company")).currency_id
        rules = []
        for line in self.line_ids.sorted():
            rule = line._scrm_rule()
            if rule and rule.type == "money":
                rule = line.field_id._scrm_rule(
                    required=rule.required,
                    shown_when=rule.shown_when,
                    required_when=rule.required_when,
                    digits=currency.decimal_places,
                )
            if rule:
                rules.append(rule)
        return tuple(rules)

    def _scrm_lines_of(self, *kinds):
        """The lines whose fields are of some types, in the form's order.

        Few forms have any of them: no need to read all lines to know that.
        """
        if not isinstance(self.id, int):  # not saved yet
            return self.line_ids.filtered(lambda line: line.field_id.type in kinds)
        lines = self.env["scrm.ticket.template.line"]
        return lines.browse(self._scrm_cached_lines_of(kinds))

    @tools.ormcache("self.id", "kinds")
    def _scrm_cached_lines_of(self, kinds):
        # sudo: IDs of the form of a template that the user works with
        lines = self.sudo().line_ids.sorted()
        return lines.filtered(lambda line: line.field_id.type in kinds).ids

    def _scrm_lines_telling(self):
        """The lines of fields below which stands what the chosen record says."""
        if not isinstance(self.id, int):
            return self.line_ids.filtered(lambda line: line.field_id._scrm_is_telling())
        lines = self.env["scrm.ticket.template.line"]
        return lines.browse(self._scrm_cached_lines_telling())

    @tools.ormcache("self.id")
    def _scrm_cached_lines_telling(self):
        lines = self.sudo().line_ids.sorted()  # sudo: as above
        return lines.filtered(lambda line: line.field_id._scrm_is_telling()).ids

    def _scrm_lines_with_default(self):
        """The lines that fill their fields in at first."""
        if not isinstance(self.id, int):
            return self.line_ids.filtered("default_kind")
        lines = self.env["scrm.ticket.template.line"]
        return lines.browse(self._scrm_cached_lines_with_default())

    @tools.ormcache("self.id")
    def _scrm_cached_lines_with_default(self):
        return self.sudo().line_ids.filtered("default_kind").ids  # sudo: as above

    @tools.ormcache("self.id")
    def _scrm_brings(self):
        """Names of the fields by which the template gives its tickets something."""
        # sudo: only whether there is anything
        names = ("part_ids", "service_ids")
        return frozenset(name for name in names if self.sudo()[name])

    @tools.ormcache("self.id")
    def _scrm_is_steady(self):
        """Whether the form looks the same whatever is filled in."""
        if self._scrm_lines_telling():  # they say something of the answer
            return False
        lines = self._scrm_lines_with_default()
        if any(line.default_kind == "record" for line in lines):  # filled in by it
            return False
        return not any(
            rule.shown_when or rule.required_when or rule.formula is not None
            for rule in self._scrm_rules()
        )

    def _scrm_keys(self, kind):
        """The keys of the form's fields of one type."""
        return [rule.key for rule in self._scrm_rules() if rule.type == kind]

    def _scrm_check_circles(self):
        """Refuse fields that wait for each other to be shown or computed.

        :raise ValidationError: naming one of them
        """
        self.ensure_one()
        rules = {rule.key: rule for rule in self._scrm_compile()}
        asks = {
            key: {
                *conditions.keys_of(rule.shown_when),
                *(rule.formula.names if rule.formula else ()),
            }
            & rules.keys()
            for key, rule in rules.items()
        }
        while asks:
            free = {key for key, names in asks.items() if not names & asks.keys()}
            if not free:
                key = next(iter(asks))
                line = self.line_ids.filtered(
                    lambda line, key=key: line.field_id.key == key
                )
                raise ValidationError(
                    self.env._(
                        "“%s” depends on itself, by way of other fields of the form.",
                        line.field_id.name,
                    )
                )
            asks = {key: names for key, names in asks.items() if key not in free}

    def _scrm_check_values(self, values, complete=True, rules=None, **context):
        """Ask the evaluator and put its faults into words.

        :param values: field key -> value
        :param complete: whether required fields must have a value
        :param rules: the form for a certain person, else for everybody
        :param context: ``stored`` and ``outside`` of the evaluator
        :return: (``forms.rules.Checked``, field key -> what is wrong with it)
        :raise ValidationError: when the values are no mapping at all
        """
        self.ensure_one()
        if rules is None:
            rules = self._scrm_rules()
        try:
            checked = check(rules, values, complete=complete, **context)
        except TypeError as error:
            raise ValidationError(
                self.env._("The values of a form must be given by field key.")
            ) from error
        if not checked.faults:
            return checked, {}
        labels = {line.field_id.key: line.field_id.name for line in self.line_ids}
        hidden = {rule.key for rule in rules if rule.right == "hidden"}
        return checked, {
            fault.key: self._scrm_fault_message(
                fault, fault.key if fault.key in hidden else labels.get(fault.key)
            )
            for fault in checked.faults
        }

    def _scrm_first_rights(self, user):
        """What a user may do with the form before a ticket is there.

        :param user: ``res.users``
        :return: field key -> hidden, read or required
        """
        version = self.sudo().flow_id.published_version_id  # sudo: of its own flow
        if version.id not in self.env["scrm.form.right"]._scrm_versions():
            return {}
        start = version._frozen_graph().start
        return rights.rights(
            {start.key: start.data.get("form_rights", {})},
            self.env["scrm.form.right"]._scrm_person(user),
        )

    def _scrm_rules_for(self, user, ticket=None, node_key=None):
        """The form as the evaluator knows it, for one person.

        :param user: ``res.users``
        :param ticket: the ticket in question, empty for a new one
        :param node_key: see ``helpdesk.ticket._scrm_form_rights``
        """
        allowed = (
            ticket._scrm_form_rights(user, node_key)
            if ticket
            else self._scrm_first_rights(user)
        )
        kinds = (ticket or self.env["helpdesk.ticket"]).with_user(user)._scrm_masks()
        if not allowed and not kinds:
            return self._scrm_rules()
        found = []
        for rule in self._scrm_rules():
            if rule.key in allowed or rule.key in kinds:
                rule = replace(
                    rule,
                    right=allowed.get(rule.key, rule.right),
                    is_masked=rule.key in kinds,
                )
            found.append(rule)
        return found
