from odoo import SUPERUSER_ID, api, fields, models, tools
from odoo.tools import SQL


class ResUsers(models.Model):
    """People as flows see them: how much they can take, and in which roles."""

    _inherit = "res.users"

    scrm_load_limit = fields.Integer(
        string="Open Steps at Most",
        groups="scrm_flow.group_manager",
        help="Who has so many open steps in hand gets no more from flows; 0: as many "
        "as come. People may still hand steps over, and take them.",
    )

    _scrm_load_limit_positive = models.Constraint(
        "CHECK (scrm_load_limit >= 0)", "The number of open steps cannot be negative."
    )

    def write(self, vals):
        # sudo: flow managers set this one value, and nothing else of users
        is_limit = set(vals) == {"scrm_load_limit"}
        if is_limit and self.env.user.has_group("scrm_flow.group_manager"):
            self.check_access("read")
            self = self.sudo()
        return super().write(vals)

    # What flows know of people -----------------------------------------------

    @api.model_create_multi
    def create(self, vals_list):
        users = super().create(vals_list)
        self.env.registry.clear_cache()  # a role may have got a member
        return users

    @api.model
    def _get_invalidation_fields(self):
        return super()._get_invalidation_fields() | {
            "name",
            "partner_id",
            "scrm_load_limit",
        }

    @api.model
    @tools.ormcache("group_ids")
    def _scrm_members(self, group_ids: tuple[int, ...]) -> tuple:
        """The members of any of these groups, as :meth:`_scrm_staff` tells of them.

        Kept like the rights of users, and forgotten with them: who does what next
        is asked at every step of every flow.
        """
        return self._scrm_staff("members", group_ids)

    @api.model
    def _scrm_staff(self, whom: str, ids: tuple[int, ...]) -> tuple:
        """Facts about people who come into question for a step.

        :param whom: ``ids`` of users, or ``members`` of groups, without the machine
        :return: tuples (id, name, is active, load limit, ids of companies), by id
        """
        if whom == "members":
            found = SQL(
                """
                ARRAY(SELECT uid
                        FROM res_groups_users_rel
                       WHERE gid = ANY(%s)
                         AND uid != %s)
                """,
                list(ids),
                SUPERUSER_ID,
            )
            self.flush_model(["group_ids"])
        else:
            found = SQL("%s", list(ids))
        self.flush_model(["active", "company_ids", "partner_id", "scrm_load_limit"])
        self.env["res.partner"].flush_model(["name"])
        return tuple(
            self.env.execute_query(
                SQL(
                    """
                    SELECT person.id, partner.name, person.active,
                           person.scrm_load_limit,
                           ARRAY(SELECT company.cid
                                   FROM res_company_users_rel company
                                  WHERE company.user_id = person.id)
                      FROM res_users person
                      JOIN res_partner partner ON partner.id = person.partner_id
                     WHERE person.id = ANY(%s)
                     ORDER BY person.id
                    """,
                    found,
                )
            )
        )
