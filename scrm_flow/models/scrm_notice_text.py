from odoo import api, models
from odoo.tools import format_date, format_datetime, html2plaintext

from ..engine import notices


class ScrmNoticeText(models.AbstractModel):
    """Says in words of the recipient what happened. Plain names, no expressions."""

    _name = "scrm.notice.text"
    _description = "Texts of Notifications"

    @api.model
    def _words(self) -> dict[str, str]:
        """The names a text may use beside fields of the record, and what they are."""
        _ = self.env._
        return {
            "record": _("name of the record"),
            "node": _("name of the node"),
            "handlers": _("who has the step"),
            "deadline": _("when the step is due"),
            "link": _("address of the record"),
            "rule": _("name of the rule"),
            "recipient": _("who gets the message"),
            "time": _("when it happened"),
        }

    @api.model
    def _message(self, rule, event, record, recipient) -> dict:
        """Subject and texts of a message, in the language of its recipient.

        :param event: ``scrm.notice.event``, or what stands for it in a preview
        :return: {"subject", "body"}, and by kind of channel what templates say
        """
        partner = recipient.partner
        lang = partner.lang or self.env.company.partner_id.lang or "en_US"
        zone = partner.tz or "UTC"
        here = self.with_context(lang=lang, tz=zone)
        rule = rule.with_context(lang=lang, tz=zone)
        record = record.with_context(lang=lang, tz=zone)
        sentence = rule.sentence_ids.filtered(
            lambda one: one.node_key == event.node_key
        )[:1]
        body = sentence.body or rule.body or rule.subject
        subject = rule.subject or rule.name
        names = notices.placeholders(f"{subject} {body}")
        values = {
            name: here._value(name, rule, event, record, recipient) for name in names
        }
        return {
            "subject": notices.fill(subject, values),
            "body": notices.fill(body or "{{ record }}", values)
            if body
            else record.display_name,
        }

    @api.model
    def _from_templates(self, rule, kind, record, recipient) -> dict:
        """What the template of a rule makes of subject and text, if it has one."""
        lang = recipient.partner.lang or self.env.company.partner_id.lang or "en_US"
        if kind == "email" and rule.mail_template_id:
            template = rule.mail_template_id.with_context(lang=lang)
            html = template._render_field("body_html", record.ids)[record.id]
            return {
                "subject": template._render_field("subject", record.ids)[record.id],
                "body": html2plaintext(html),
                "body_html": html,
            }
        if kind in ("sms", "sms_gateway") and rule.sms_template_id:
            template = rule.sms_template_id.with_context(lang=lang)
            return {"body": template._render_field("body", record.ids)[record.id]}
        return {}

    @api.model
    def _value(self, name, rule, event, record, recipient) -> str:
        step = event.step_id
        match name:
            case "record":
                return record.display_name or ""
            case "node":
                return self._node_name(event, recipient)
            case "handlers":
                if not step:
                    return ""
                people = step.done_by_id or step._handlers()
                return ", ".join(people.mapped("name"))
            case "deadline":
                at = step.deadline_at if step else False
                return self._moment(at)
            case "link":
                return self._link(record)
            case "rule":
                return rule.name
            case "recipient":
                return recipient.partner.name or ""
            case "time":
                return self._moment(event.at)
        return self._field_text(record, name)

    @api.model
    def _moment(self, at) -> str:
        """A moment by the clock of the recipient, not of whose process writes it."""
        if not at:
            return ""
        return format_datetime(
            self.env, at, tz=self.env.context.get("tz"), dt_format="short"
        )

    @api.model
    def _node_name(self, event, recipient) -> str:
        if not event.run_id or not event.node_key:
            return ""
        labels = event.run_id.version_id.with_context(lang=self.env.lang)._labels()
        names = labels["customer" if recipient.is_customer else "nodes"]
        return names.get(event.node_key, event.node_key)

    @api.model
    def _link(self, record) -> str:
        """Opens the record, for who may read it: Odoo asks who it is and leads on."""
        return (
            f"{record.get_base_url()}/mail/view?model={record._name}&res_id={record.id}"
        )

    @api.model
    def _field_text(self, record, path) -> str:
        """A field of the record in words."""
        *steps, name = path.split(".")
        for step in steps:
            if step not in record._fields:
                return ""
            record = record[step][:1]
        field = record._fields.get(name)
        if field is None or not record:
            return ""
        value = record[name]
        if field.relational:
            return ", ".join(value.mapped("display_name"))
        if field.type == "selection":
            return dict(field._description_selection(self.env)).get(value, "")
        if field.type == "datetime":
            return self._moment(value)
        if field.type == "date":
            return format_date(self.env, value) if value else ""
        if field.type == "html":
            return html2plaintext(value or "")
        if field.type == "boolean":
            return self.env._("yes") if value else self.env._("no")
        if field.type in ("integer", "float", "monetary"):
            return f"{value:g}" if field.type == "float" else str(value)
        return str(value) if value else ""
