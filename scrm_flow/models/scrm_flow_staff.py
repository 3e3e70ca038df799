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
        missing = set(ids) - self._known.keys()
        if missing:
            rows = self.env["res.users"]._scrm_staff("ids", tuple(sorted(missing)))
            self._remember(rows)

    def members(self, group):
        """The members of a role, inactive ones included, without the machine.

        :return: ``res.users`` in the order of their ids
        """
        # sudo: who is a member of a role is asked by the flow, not by the user
        users = self.env["res.users"].sudo().with_context(active_test=False)
        groups = group.sudo().all_implied_by_ids  # sudo: as above
        return users.browse(self._remember(users._scrm_members(tuple(groups.ids))))

    def _remember(self, rows):
        self._known.update((user_id, facts) for user_id, *facts in rows)
        return [row[0] for row in rows]
