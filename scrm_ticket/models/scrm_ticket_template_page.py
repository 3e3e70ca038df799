from dataclasses import dataclass

from odoo import models, tools


@dataclass(frozen=True)
class PageOption:
    """One option of a field, in the reader's language."""

    key: str
    name: str


@dataclass(frozen=True)
class PageField:
    """What a page shows of a field; the names are those of ``scrm.form.field``.

    :param tree: the options from top to bottom: (option, depth)
    """

    id: int
    key: str
    name: str
    type: str
    help: str
    format: str
    mask: str
    max_length: int
    option_ids: tuple
    tree: tuple


@dataclass(frozen=True)
class PageLine:
    """One line of a form on a page."""

    field_id: PageField
    section: str
    required: bool

    @property
    def field_key(self):
        return self.field_id.key


class ScrmTicketTemplate(models.Model):
    """The form as pages show it: read once, and kept until it changes."""

    # one responsibility a file
    # pylint: disable-next=consider-merging-classes-inherited
    _inherit = "scrm.ticket.template"

    def _scrm_page_lines(self):
        """The lines of the form, in the language of env.

        :return: tuple of :class:`PageLine`
        """
        self.ensure_one()
        if not isinstance(self.id, int):  # not saved yet
            return self._scrm_compile_page_lines()
        return self._scrm_cached_page_lines(self.env.lang)

    @tools.ormcache("self.id", "lang")
    def _scrm_cached_page_lines(self, lang):
        return self.with_context(lang=lang)._scrm_compile_page_lines()

    def _scrm_compile_page_lines(self):
        return tuple(
            PageLine(self._scrm_page_field(line.field_id), line.section, line.required)
            for line in self.line_ids.sorted()
        )

    @staticmethod
    def _scrm_page_field(field):
        names = ("id", "key", "name", "type", "help", "format", "mask", "max_length")
        shown = {
            option: PageOption(option.key, option.name) for option in field.option_ids
        }
        tree = field.option_ids._scrm_tree() if field.type == "category" else ()
        return PageField(
            **{name: field[name] for name in names},
            option_ids=tuple(shown.values()),
            tree=tuple((shown[option], depth) for option, depth in tree),
        )
