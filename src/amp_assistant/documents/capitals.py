"""Titles set in capitals: recognised, and written small as the sentences of the document write their words."""

import re
from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from amp_assistant.folding import fold

_WORD = re.compile(r"[^\W\d_]+")
# Inside a sentence a capital letter belongs to the word, not to its place.
_WORD_INSIDE_SENTENCE = re.compile(r"(?:(?<=[a-zà-öø-ÿ,)] )|(?<=['’]))[^\W\d_]+")
# An unknown word in capitals up to this length may be an acronym and stays as it is.
_LONGEST_ACRONYM = 4
# « A » in capitals is « à » unless a participle makes it the verb.
_PREPOSITION = re.compile(r"\bA\b(?! \w+[ÉIU]\b)")
# A spelling that is rarer than this among those of the same letters is another word or a slip.
_SHARE_OF_A_SPELLING = 0.1
# An ordinal (« 1er ») or a slip of the scan leaves a few small letters in a title set in capitals.
_SHARE_OF_CAPITALS = 0.9


def is_capitals(text: str) -> bool:
    """Whether a line is set in capitals; fewer than three letters are not enough to tell."""
    letters = [character for character in text if character.isalpha()]
    return len(letters) >= 3 and sum(map(str.isupper, letters)) >= _SHARE_OF_CAPITALS * len(letters)


@dataclass(frozen=True, slots=True)
class Spelling:
    """How the sentences of a document write each word, by its folded letters, with counts."""

    forms: dict[str, Counter[str]]

    @classmethod
    def of(cls, texts: Sequence[str]) -> "Spelling":
        """Learn from the texts that are not set in capitals."""
        forms: defaultdict[str, Counter[str]] = defaultdict(Counter)
        for text in texts:
            if not is_capitals(text):
                for word in _WORD_INSIDE_SENTENCE.findall(text):
                    forms[fold(word)][word] += 1
        return cls(dict(forms))

    def small(self, title: str) -> str:
        """A title in capitals written small; acronyms, and short words the document never writes small, stay as they are."""
        if not is_capitals(title):
            return title
        title = _PREPOSITION.sub("À", title)
        small = _WORD.sub(lambda match: self._small_word(match.group()), title)
        return small[:1].upper() + small[1:]

    def _small_word(self, word: str) -> str:
        forms = self.forms.get(fold(word), Counter())
        same = {form: count for form, count in forms.items() if form.lower() == word.lower()}
        if not word.isascii():
            return max(same, key=same.__getitem__, default=word.lower())
        # Capitals may have dropped an accent: « ENERGETIQUE » is written as the sentences write it, slips of the scan apart.
        candidates = same if sum(same.values()) >= _SHARE_OF_A_SPELLING * sum(forms.values()) else forms
        return max(candidates, key=candidates.__getitem__, default=word if len(word) <= _LONGEST_ACRONYM else word.lower())
