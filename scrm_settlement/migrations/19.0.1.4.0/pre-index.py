def migrate(cr, version):
    """Only records on a statement are in the index of statements now; Odoo makes an
    index that is missing, and leaves one of another shape alone."""
    cr.execute("DROP INDEX IF EXISTS scrm_settlement_record__statement_id_index")
