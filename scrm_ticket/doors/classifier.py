import logging

import requests

from odoo import api, models
from odoo.tools.translate import LazyTranslate

from . import words

_logger = logging.getLogger(__name__)
_lt = LazyTranslate(__name__)

#: System parameter: key of the classifier in use.
PARAMETER = "scrm_ticket.classifier"
#: System parameter: address of the outside classifier.
URL_PARAMETER = "scrm_ticket.classifier_url"
#: Seconds that an outside classifier has for its answer.
TIMEOUT = 10
#: Parts that one message is split into at most.
PART_LIMIT = 10


class ScrmTicketClassifier(models.AbstractModel):
    """Says which matters a message is about. Addons add
    ``scrm.ticket.classifier.<key>``."""

    _name = "scrm.ticket.classifier"
    _inherit = "scrm.flow.kind"
    _description = "Classifier of Messages"

    @api.model
    def _parts(self, text, templates):
        """A message in parts of one matter each, by the classifier in use.

        Where that one fails, the words of the templates decide.

        :param text: plain text
        :param templates: ``scrm.ticket.template`` that come into question
        :return: list of (template or an empty one, text)
        """
        # sudo: which classifier is in use
        key = self.env["ir.config_parameter"].sudo().get_param(PARAMETER, "keywords")
        known = {template.key: template for template in templates}
        try:
            parts = self._kind(key)._classify(text, templates)
        except (requests.RequestException, ValueError) as error:
            _logger.warning("The classifier %s gave no answer: %s", key, error)
            parts = self._kind("keywords")._classify(text, templates)
        return [(known.get(name, templates.browse()), said) for name, said in parts]

    @api.model
    def _classify(self, text, templates) -> list[tuple[str | None, str]]:
        """What a kind does.

        :return: list of (key of a template or None, text)
        :raise ValueError: it cannot say
        """
        raise NotImplementedError


class ScrmTicketClassifierKeywords(models.AbstractModel):
    """The words of the templates, sentence by sentence."""

    _name = "scrm.ticket.classifier.keywords"
    _inherit = "scrm.ticket.classifier"
    _description = "Classifier by Words"

    _label = _lt("Words of the templates")
    _kind_rank = 10

    @api.model
    def _classify(self, text, templates):
        found = words.split(templates._scrm_words(), text)
        return found[:PART_LIMIT]


class ScrmTicketClassifierHttp(models.AbstractModel):
    """A program elsewhere, such as a language model behind an address.

    It gets {"text", "templates": [{"key", "name", "words"}]} and answers with
    {"parts": [{"text", "template": key or null}]}.
    """

    _name = "scrm.ticket.classifier.http"
    _inherit = "scrm.ticket.classifier"
    _description = "Classifier by HTTP"

    _label = _lt("Outside program")
    _kind_rank = 20

    @api.model
    def _classify(self, text, templates):
        # sudo: the address that an administrator set
        url = self.env["ir.config_parameter"].sudo().get_param(URL_PARAMETER)
        if not url:
            raise ValueError(f"{URL_PARAMETER} is not set")
        asked = {
            "text": text,
            "templates": [
                {"key": template.key, "name": template.name, "words": known}
                for template, known in zip(
                    templates, templates._scrm_words().values(), strict=True
                )
            ],
        }
        answer = requests.post(url, json=asked, timeout=TIMEOUT, allow_redirects=False)
        answer.raise_for_status()
        return self._read(answer.json(), {template.key for template in templates})

    @api.model
    def _read(self, answer, keys):
        """The parts of an answer.

        :raise ValueError: it is not of the form above
        """
        parts = answer.get("parts") if isinstance(answer, dict) else None
        if not isinstance(parts, list) or not 0 < len(parts) <= PART_LIMIT:
            raise ValueError("no parts")
        found = []
        for part in parts:
            said = part.get("text") if isinstance(part, dict) else None
            if not isinstance(said, str) or not said.strip():
                raise ValueError("a part without a text")
            key = part.get("template")
            if key is not None and key not in keys:
                raise ValueError(f"an unknown template: {key}")
            found.append((key, said.strip()))
        return found
