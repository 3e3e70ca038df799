from .form import TicketForm


class TicketFormJson(TicketForm):
    """A template's form as JSON, for apps that draw it themselves: the rules are those
    of the pages, and the server asks them again when it is sent."""

    def _scrm_form_json(self, template, values):
        """What an app needs to draw a form.

        :param values: field key -> value, what it holds at first
        """
        lines = self._scrm_lines(template, template._scrm_page_lines())
        shown = {line.field_key for line in lines}
        rules = {rule.key: rule for rule in self._scrm_rules(template)}
        return {
            "key": template.key,
            "name": template.name,
            "description": template.description or "",
            "fields": [
                self._scrm_field_json(line, rules[line.field_key])
                for line in lines
                if line.field_key in rules and line.field_id.type != "history"
            ],
            "values": {key: values[key] for key in values if key in shown},
            "state": self._scrm_state(template, values),
        }

    def _scrm_field_json(self, line, rule):
        field = line.field_id
        said = {
            "key": field.key,
            "label": field.name,
            "type": field.type,
            "section": line.section or "",
            "help": field.help or "",
            "format": field.format or field.mask or "",
            "mask": field.mask or "",
            "readonly": not rule.is_editable,
        }
        if field.max_length:
            said["max_length"] = field.max_length
        if field.type in ("choice", "tags"):
            said["options"] = [
                {"key": option.key, "name": option.name} for option in field.option_ids
            ]
        elif field.type == "category":
            said["options"] = [
                {"key": option.key, "name": option.name, "depth": depth}
                for option, depth in field.tree
            ]
        elif field.type in ("record", "stock"):
            said["options"] = [
                {"key": record.id, "name": record.display_name}
                for record in self._scrm_records_of(field)
            ]
        return said

    def _scrm_in_utc(self, template, values):
        """JSON says moments in UTC already."""
        return values

    def _scrm_list_json(self, templates):
        """The forms that may be chosen."""
        return [
            {
                "key": template.key,
                "name": template.name,
                "description": template.description or "",
            }
            for template in templates
        ]

    def _scrm_moment_json(self, moment):
        """A moment in ISO 8601; ours are in UTC."""
        return f"{moment:%Y-%m-%dT%H:%M:%SZ}" if moment else None
