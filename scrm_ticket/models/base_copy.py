from odoo import models


class Base(models.AbstractModel):
    """An export of customer data needs a right and is counted, from whatever records
    it starts: those of a quotation lead to its customer's phone."""

    # one responsibility a file
    # pylint: disable-next=consider-merging-classes-inherited
    _inherit = "base"

    def export_data(self, fields_to_export):
        if self.env["scrm.guard.use"]._is_watched():
            self.check_access("read")  # what one may not read is not counted either
            self._scrm_count_export(fields_to_export)
        return super().export_data(fields_to_export)

    def _scrm_count_export(self, field_names):
        """:raise AccessError: without the right, or too many"""
        guarded = {}
        for name in field_names:
            records, steps = self, name.split("/")
            for place, step in enumerate(steps):
                step = "id" if step == ".id" else step
                if hasattr(records, "_scrm_tells") and records._scrm_tells([step]):
                    found = guarded.get(records._name, records.browse())
                    guarded[records._name] = found | records
                field = records._fields.get(step)
                if field is None or not field.relational or place == len(steps) - 1:
                    break
                records = records[step]
        for records in guarded.values():
            if records:
                self.env["scrm.guard.use"]._on_copy("export", records, field_names)
