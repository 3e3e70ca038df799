from odoo import api, fields, models
from odoo.tools import SQL

from ..engine import recall

#: Words of a question that are looked for, the rarest ones.
WORD_LIMIT = 16
#: Texts that are compared word by word.
TEXT_LIMIT = 300
#: From here on it does not matter how many texts have a word.
COUNT_LIMIT = 2000


class ScrmWordsMixin(models.AbstractModel):
    """Texts that are found by what they speak of, in any language.

    The words of a text, and of languages without spaces its pairs of signs, stand in
    a column with an index: what a question costs depends on the texts that have its
    rarest words, not on how many texts there are.
    """

    _name = "scrm.words.mixin"
    _description = "Found by What It Says"

    words = fields.Text(readonly=True, groups=fields.NO_ACCESS, prefetch=False)

    _words_idx = models.Index("USING gin (string_to_array(words, ' '))")

    @api.model
    def _near(self, asked, where):
        """The texts that say most of what is asked.

        :param asked: set of words, see ``engine.likeness``
        :param where: SQL condition on the table, which is named ``one``
        :return: [(id, share of what is asked, set of words in common)]
        """
        self.flush_model()
        asked = sorted(asked)
        if not asked:
            return []
        table = SQL.identifier(self._table)
        counts = dict(
            self.env.execute_query(
                SQL(
                    """
                    SELECT word, (
                           SELECT COUNT(*) FROM (
                                  SELECT FROM %(table)s
                                   WHERE string_to_array(words, ' ') @> ARRAY[word]
                                   LIMIT %(limit)s) few)
                      FROM unnest(%(asked)s::text[]) word
                    """,
                    table=table,
                    asked=asked,
                    limit=COUNT_LIMIT,
                )
            )
        )
        ((total,),) = self.env.execute_query(
            SQL(
                "SELECT COUNT(*) FROM (SELECT FROM %s LIMIT %s) few",
                table,
                COUNT_LIMIT,
            )
        )
        heavy = recall.weights(counts, total)
        rare = sorted(heavy, key=lambda word: (-heavy[word], word))[:WORD_LIMIT]
        if not rare:
            return []
        rows = self.env.execute_query(
            SQL(
                """
                SELECT one.id, one.words
                  FROM %(table)s one
                 WHERE string_to_array(one.words, ' ') && %(rare)s::text[]
                   AND %(where)s
                 ORDER BY cardinality(ARRAY(
                          SELECT unnest(string_to_array(one.words, ' '))
                          INTERSECT SELECT unnest(%(rare)s::text[]))) DESC,
                          one.id DESC
                 LIMIT %(limit)s
                """,
                table=table,
                rare=rare,
                where=where,
                limit=TEXT_LIMIT,
            )
        )
        known = {id_: set(words.split(" ")) for id_, words in rows}
        asked = set(asked)
        return [
            (id_, share, asked & known[id_])
            for id_, share in recall.rank(asked, known, heavy)
        ]
