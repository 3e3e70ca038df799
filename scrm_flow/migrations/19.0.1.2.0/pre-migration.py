def migrate(cr, version):
    """Why a message did not arrive is kept by its key and read in the reader's
    language: what was kept as a text stays that text."""
    for table, column in (
        ("scrm_notice_delivery", "error"),
        ("scrm_notice_channel", "failure"),
    ):
        cr.execute(
            """
            SELECT 1
              FROM information_schema.columns
             WHERE table_name = %s
               AND table_schema = current_schema
               AND column_name = %s
            """,
            [table, column],
        )
        if not cr.fetchone():
            continue
        cr.execute(f"ALTER TABLE {table} ADD COLUMN IF NOT EXISTS problem jsonb")
        cr.execute(
            f"""
            UPDATE {table}
               SET problem = to_jsonb({column})
             WHERE {column} != '' AND problem IS NULL
            """
        )
        cr.execute(f"ALTER TABLE {table} DROP COLUMN {column}")
