def migrate(cr, version):
    """Why somebody is told is kept by its key and read in the reader's language: what
    was kept as a text stays that text."""
    cr.execute(
        """
        SELECT 1
          FROM information_schema.columns
         WHERE table_name = 'scrm_notice_delivery'
           AND table_schema = current_schema
           AND column_name = 'why'
        """
    )
    if not cr.fetchone():
        return
    cr.execute(
        "ALTER TABLE scrm_notice_delivery ADD COLUMN IF NOT EXISTS reasons jsonb"
    )
    cr.execute(
        """
        UPDATE scrm_notice_delivery
           SET reasons = jsonb_build_array(why)
         WHERE why IS NOT NULL AND reasons IS NULL
        """
    )
    cr.execute("ALTER TABLE scrm_notice_delivery DROP COLUMN why")
