from odoo import api, models
from odoo.tools import SQL


class ScrmReportMixin(models.AbstractModel):
    """A report that is a query, not a table: it can ask the product's clock and the
    reader's timezone.

    Addons add what they want to filter and group by: a field of the report, its
    column in :meth:`_report_columns`, the table it comes from in
    :meth:`_report_joins`.
    """

    _name = "scrm.report.mixin"
    _description = "Report by a Query"

    @property
    def _table_query(self):
        columns = self._report_columns()
        return SQL(
            "SELECT %s FROM %s WHERE %s",
            SQL(", ").join(
                SQL("%s AS %s", expression, SQL.identifier(name))
                for name, expression in columns.items()
            ),
            SQL(" ").join(self._report_joins()),
            self._report_where(),
        )

    @api.model
    def _report_columns(self) -> dict[str, SQL]:
        """Expression of each field by its name."""
        return {}

    @api.model
    def _report_joins(self) -> list[SQL]:
        """The tables of the report, each with how it is joined."""
        return []

    @api.model
    def _report_where(self) -> SQL:
        """Which rows of these tables are in the report."""
        return SQL("TRUE")
