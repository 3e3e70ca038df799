from odoo import SUPERUSER_ID, api
from odoo.tools import SQL, html2plaintext

from odoo.addons.scrm_ticket.guard.sealing import DIGEST
from odoo.addons.scrm_ticket.models.helpdesk_ticket_sealed import TALKS


def migrate(cr, version):
    """Chat records that are there already are sealed, and tickets that were called by
    the first words of their message get a name without them."""
    env = api.Environment(cr, SUPERUSER_ID, {})
    _rename(env)
    _keep_digests(env)
    for _done in env["scrm.sealed"]._seal():
        pass


def _rename(env):
    cr = env.cr
    cr.execute(
        "SELECT id, name, description FROM helpdesk_ticket"
        " WHERE scrm_door IN %s AND name != '' AND description != ''",
        [TALKS],
    )
    said = [
        (id_, name)
        for id_, name, description in cr.fetchall()
        if _is_of(name, html2plaintext(description, include_references=False))
    ]
    known = env["helpdesk.ticket"].with_context(active_test=False)
    for id_, name in said:
        ticket = known.browse(id_)
        ticket = ticket.with_context(tz=ticket.company_id.partner_id.tz)
        fresh = ticket._scrm_talk_name(
            ticket.template_id.name, ticket.partner_id.display_name, ticket.create_date
        )
        cr.execute(
            SQL("UPDATE helpdesk_ticket SET name = %s WHERE id = %s", fresh, id_)
        )
        # what the ticket was called when it was changed
        cr.execute(
            SQL(
                "UPDATE scrm_ticket_change"
                " SET before = CASE before WHEN %(old)s THEN %(new)s ELSE before END,"
                "     after = CASE after WHEN %(old)s THEN %(new)s ELSE after END"
                " WHERE ticket_id = %(id)s AND field = 'name'",
                old=SQL("to_jsonb(%s::text)", name),
                new=SQL("to_jsonb(%s::text)", fresh),
                id=id_,
            )
        )
    env.invalidate_all()


def _keep_digests(env):
    """Words of finished cases become digests."""
    env.cr.execute(
        "SELECT id, words FROM scrm_ticket_case"
        " WHERE words != '' AND NOT starts_with(words, %s)",
        [DIGEST],
    )
    cases = env["scrm.ticket.case"]
    for id_, words in env.cr.fetchall():
        env.cr.execute(
            "UPDATE scrm_ticket_case SET words = %s WHERE id = %s",
            [cases._kept(words.split(" ")), id_],
        )


def _is_of(name, said):
    """Whether a ticket is called by what was said."""
    first = name.split(" · ")[0].strip()
    return bool(first) and " ".join(first.split()) in " ".join(said.split())
