from odoo import SUPERUSER_ID
from odoo.tools import SQL


class Staff:
    """What is known of the users that come into question, read once for one move.

    ``staff[user_id]`` is their name, whether they are active, their load limit and
    the ids of their companies. Who was deleted since is not ``in`` it.
    """

    def __init__(self, env):
        self.env = env
        self._known = {}

    def __contains__(self, user_id):
        return user_id in self._known

    def __getitem__(self, user_id):
        return self._known[user_id]

    def load(self, ids):
        """Get to know these users, with one query if any is new."""
        missing = sorted(set(ids) - self._known.keys())
        if missing:
            self._read(SQL("%s", missing))

    def members(self, group):
        """The members of a role, inactive ones included, without the machine.

        :return: ``res.users`` in the order of their ids
        """
        # sudo: who is a member of a role is asked by the flow, not by the user
        users = self.env["res.users"].sudo().with_context(active_test=False)
        members = SQL(
            """
            ARRAY(SELECT uid
                    FROM res_groups_users_rel
                   WHERE gid = ANY(%s)
                     AND uid != %s)
            """,
            group.sudo().all_implied_by_ids.ids,  # sudo: as above
            SUPERUSER_ID,
        )
        return users.browse(self._read(members))

    def _read(self, ids):
        """Read the facts about users; ``ids`` is an array in SQL."""
        self.env["res.users"].flush_model(["active", "partner_id", "scrm_load_limit"])
        self.env["res.partner"].flush_model(["name"])
        rows = self.env.execute_query(
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
                ids,
            )
        )
        self._known.update((user_id, facts) for user_id, *facts in rows)
        return [row[0] for row in rows]
