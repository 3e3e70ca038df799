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
    * What a user may not read at the ticket's node is not in anything read, exported
      or copied; what may not be edited is checked by the model's create and write.
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
        if not container:
            return None
        # sudo: the labels of a form are readable by whoever may read the record
        definition = container.sudo()._scrm_form_definition()
        levels = self._levels(record)
        if not levels:
            return definition
        return [
            {**part, "scrm_readonly": True}
            if levels.get(part["name"]) == "read"
            else part
            for part in definition
            if levels.get(part["name"]) != "hidden"
        ]

    def convert_to_export(self, value, record):
        # one property's value comes from what was read already
        if isinstance(value, Property | dict):
            value = self._readable(value, record)
        return super().convert_to_export(value, record)

    def convert_to_write(self, value, record):
        # what a copy takes over; what somebody writes is checked, not left out
        if isinstance(value, Property) and self._levels(record):
            return Property(self._readable(value, record) or {}, self, record)
        return super().convert_to_write(value, record)

    def _readable(self, value, record):
        """The values that the user may read, as a plain dict."""
        levels = self._levels(record)
        return {
            key: one
            for key, one in self.plain(value).items()
            if levels.get(key) != "hidden"
        }

    @staticmethod
    def _levels(record):
        """Rights to single fields; the engine, with sudo, has them all."""
        return {} if record.env.su or not record else record._scrm_form_rights()

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
