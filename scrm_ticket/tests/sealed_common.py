"""Looking for a word everywhere in the database."""


def leaks(env, *words):
    """The tables in which one of some words stands in any column, as text, bytes or
    escaped: {table: rows}."""
    env.flush_all()
    env.cr.precommit.run()  # what browsers are told is written at the end
    env.flush_all()
    asked = []
    for word in words:
        escaped = word.encode("unicode_escape").decode().replace("\\", "\\\\")
        asked += [word, escaped, word.encode().hex()]
    env.cr.execute(
        "SELECT format('%I.%I', schemaname, tablename) FROM pg_tables"
        " WHERE schemaname NOT IN ('pg_catalog', 'information_schema')"
    )
    found = {}
    for (table,) in env.cr.fetchall():
        env.cr.execute(
            f"SELECT count(*) FROM {table} AS one WHERE one::text ILIKE ANY(%s)",
            [[f"%{one}%" for one in asked]],
        )
        if count := env.cr.fetchone()[0]:
            found[table] = count
    return found
