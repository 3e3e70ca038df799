from odoo import fields, models

from ..matching import offers


class ScrmKeywordsMixin(models.AbstractModel):
    """Something that comes up where its words are spoken of.

    Who reads and who has written need not share a language: the words of all languages
    count.
    """

    _name = "scrm.keywords.mixin"
    _description = "Comes Up by Keywords"

    keywords = fields.Text(translate=True)

    def _words(self):
        """The keywords of all installed languages, each once, as a tuple."""
        self.ensure_one()
        langs = [code for code, _name in self.env["res.lang"].get_installed()]
        said = [self.with_context(lang=lang).keywords for lang in langs]
        return tuple(
            dict.fromkeys(word for text in said for word in offers.words(text))
        )

    def _speaks(self, text):
        """Whether a text holds one of the keywords, in any case."""
        said = (text or "").casefold()
        return any(word.casefold() in said for word in self._words())
