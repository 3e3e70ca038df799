from odoo import fields
from odoo.orm.fields_properties import Property


class FormValues(fields.Properties):
    """Values of a ticket's form: Properties that lose nothing and speak the
    reader's language.

    * A write merges into what is stored, so values of fields that today's form does
      not show survive edits and a change of template.
    * Labels come from the field catalogue in the reader's language; the definition
      stored on the template holds the source terms.
    * The definition belongs to the template's lines: nothing written here changes it.
    """

    def write(self, records, value):
        incoming = self.plain(value)
        result = None
        for record in records:
            stored = record[self.name]._values if record.id else {}
            result = super().write(record, {**stored, **incoming})
        return result

    def _get_properties_definition(self, record):
        container = record[self.definition_record]
        # The labels of a form are readable by whoever may read the record.
        return container.sudo()._scrm_form_definition() if container else None

    @staticmethod
    def plain(value):
        """The values in any format Odoo passes around, as {key: value}.

        :param value: dict, list of definitions with values, Property or nothing
        """
        if not value:
            return {}
        if isinstance(value, Property):
            return dict(value._values)
        if isinstance(value, list):
            return {
                item["name"]: item.get("value")
                for item in value
                if item.get("name") and not item.get("definition_deleted")
            }
        return dict(value)
