from collections import defaultdict

from odoo import api, models, tools

#: Tables with so many columns that a whole row costs more than the few that a view of
#: tickets shows of it; with what the name of a record is made of.
WIDE = {
    "res.company": (),
    "res.partner": (
        "company_name",
        "commercial_company_name",
        "display_name",
        "is_company",
        "name",
        "parent_id",
        "type",
    ),
    "res.users": ("active", "partner_id"),
}
#: Properties of a ticket: those of its template, and those of its team.
FORMS = ("scrm_values", "properties")
#: By what it is seen that another contact is the same customer.
TWIN = ("commercial_partner_id", "email_normalized", "partner_share", "phone_sanitized")


class HelpdeskTicket(models.Model):
    """What a view or a save of tickets looks at, read in few queries.

    Nothing is decided here: who may read what is asked where it always is. What is
    left out is read when somebody asks for it.
    """

    # one responsibility a file
    # pylint: disable-next=consider-merging-classes-inherited
    _inherit = "helpdesk.ticket"

    def _scrm_fetch_with_form(self):
        """Have the columns and the forms at hand; Odoo reads Properties by a query of
        their own."""
        tickets = self.sudo()._origin  # sudo: only kept at hand, see above
        known = self._fields["scrm_values"]._get_cache(self.env)
        tickets = tickets.browse(id_ for id_ in tickets._ids if id_ not in known)
        if tickets:
            # what ``fetch`` does, for fields that need not be sorted out first
            tickets._fetch_query(tickets._as_query(ordered=False), self._scrm_columns())

    @api.model
    @tools.ormcache()
    def _scrm_columns(self):
        """The columns that are read together, with those of the forms."""
        return (
            *(
                field
                for field in self._fields.values()
                if field.prefetch is True and field.column_type
            ),
            *(self._fields[name] for name in FORMS),
        )

    def _fetch_query(self, query, fields_to_fetch):
        if not self.env.su and any(field.column_type for field in fields_to_fetch):
            known = {field.name for field in fields_to_fetch}
            fields_to_fetch = [
                *fields_to_fetch,
                *(self._fields[name] for name in sorted(self._scrm_of_rules() - known)),
            ]
        return super()._fetch_query(query, fields_to_fetch)

    def _scrm_of_rules(self):
        """Columns that the rules look at when they ask for these tickets once more;
        one that is missing then would bring all columns of all of them."""
        rules = self.env["ir.rule"]._compute_domain(self._name, "read")
        names = {
            condition.field_expr.partition(".")[0]
            for condition in rules.iter_conditions()
        }
        return {name for name in names - {"id"} if self._fields[name].column_type}

    @api.model
    def _scrm_shown_of(self):
        return super()._scrm_shown_of() | {
            "scrm_circumstances": ["scrm_circumstances_html"],
            "scrm_track": ["scrm_track_html"],
        }

    def web_save(self, vals, specification, next_id=None):
        self._scrm_fetch_with_form()  # the answer shows it
        return super().web_save(vals, specification, next_id=next_id)

    @api.readonly
    def web_read(self, specification):
        """Ask nothing about the records behind fields that are known to be empty."""
        return super().web_read(
            {
                name: {} if shown and self._scrm_leads_nowhere(name) else shown
                for name, shown in specification.items()
            }
        )

    def _scrm_leads_nowhere(self, name):
        field = self._fields.get(name)
        if not field or field.type != "many2one" or (field.compute and field.store):
            return False  # what waits to be computed is not known yet
        known = field._get_cache(self.env)
        return all(known.get(id_, 0) is None for id_ in self._ids)

    def _read_format(self, fnames, load="_classic_read"):
        self._scrm_fetch_linked(fnames)
        return super()._read_format(fnames, load=load)

    def _scrm_fetch_linked(self, names):
        """Read contacts, users and companies of these tickets, each table once and
        only what the fields show of it.

        :param names: names of the fields that are read
        """
        shown, columns = self._scrm_linked(tuple(names))
        if not shown:
            return
        tickets = self.sudo()  # sudo: only kept at hand, see above
        linked = {model: tickets.env[model] for model in WIDE}
        for name, model in shown:
            linked[model] |= tickets[name]
        users = linked["res.users"]
        if "user_ids" in names:
            team = tickets.team_id.with_context(active_test=False)
            linked["res.users"] |= team.user_ids.with_env(users.env)
        for model in ("res.users", "res.company", "res.partner"):
            if model == "res.partner":
                linked[model] |= users.partner_id
            if linked[model] and columns[model]:
                linked[model].fetch([*columns[model]])

    @api.model
    @tools.ormcache("names")
    def _scrm_linked(self, names):
        """Which fields lead to which wide table, and what is read there.

        :param names: tuple of names of fields
        :return: list of (name, model), and model -> names of its fields
        """
        shown, columns = [], defaultdict(set)
        for name in names:
            field = self._fields[name]
            if field.type == "many2one" and field.store and field.comodel_name in WIDE:
                shown.append((name, field.comodel_name))
                columns[field.comodel_name].update(WIDE[field.comodel_name])
                if field.comodel_name == "res.users":
                    columns["res.partner"].update(WIDE["res.partner"])
            elif field.related and not field.store:
                first, _dot, rest = field.related.partition(".")
                way = self._fields[first]
                if way.type == "many2one" and way.store and way.comodel_name in WIDE:
                    shown.append((first, way.comodel_name))
                    columns[way.comodel_name].add(rest.partition(".")[0])
        if "scrm_twin_ids" in names:
            columns["res.partner"].update(TWIN)
        return shown, columns
