"""Matches keep what the system made of them before anybody answered."""

LINK_AT = 60


def migrate(cr, version):
    cr.execute(
        """
        UPDATE scrm_match
           SET found_as = CASE
               WHEN decided_by_id IS NULL AND state = 'linked' THEN 'linked'
               WHEN decided_by_id IS NOT NULL AND score >= %s THEN 'linked'
               ELSE 'suggested' END
         WHERE signals IS NOT NULL AND signals != 'null'::jsonb
           AND signals != '[]'::jsonb
        """,
        [LINK_AT],
    )
