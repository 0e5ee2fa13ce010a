"""The communes of the Métropole, from `corpus/communes.toml`: whether a place that somebody names lies in its territory."""

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from amp_assistant.errors import RegisterError
from amp_assistant.folding import fold

_LETTERS = re.compile(r"[^a-z0-9]+")
_ELSEWHERE = re.compile(
    r"\b(?:[Àà]|[Ss]ur|[Vv]ers|[Dd]ans|[Dd]e) ([A-ZÉÈ][\w'’-]*[a-zéèêçï]\w*(?:[- ](?:[A-ZÉ]|en|sur|les?|la|d[eu])[\w'’-]*)*)"
)
"""A place as people write it: a capital after « à », « sur », « vers », « dans » or « de »."""
_NO_PLACE = frozenset("metropole afrique europe etat region provence mediterranee ca cfe france etranger".split())


@dataclass(frozen=True, slots=True)
class Communes:
    """The communes by their names as people write them, folded, words apart."""

    names: Mapping[str, str]

    @classmethod
    def read(cls, corpus: Path) -> "Communes":
        """Read the list of a corpus folder; there is none where the file is missing.

        :raises RegisterError: the file is not as it should be.
        """
        path = corpus / "communes.toml"
        if not path.is_file():
            return cls({})
        try:
            tables = tomllib.loads(path.read_text(encoding="utf-8"))
            names = {_plain(name): name for name in tables["communes"]}
            names |= {_plain(short): name for short, name in tables.get("short", {}).items()}
        except (tomllib.TOMLDecodeError, KeyError, TypeError, AttributeError, UnicodeDecodeError) as error:
            raise RegisterError(f"{path.name} : la liste des communes est illisible ({error}) : corrigez le fichier.") from error
        return cls(names)

    def place(self, text: str) -> tuple[str | None, bool | None]:
        """The place that a text names, and whether it lies in the territory: None, None where it names none.

        Where it names several, a commune of the territory goes first: people tell where they come from too.
        """
        if found := self.named(text):
            return found[0], True
        others = [match[1] for match in _ELSEWHERE.finditer(text) if not _NO_PLACE.intersection(_plain(match[1]).split())]
        return (others[0], False) if others and self.names else (None, None)

    def named(self, text: str) -> list[str]:
        """The communes of the territory that a text names, in its order, the longer name first where two begin together."""
        words = f" {_plain(text)} "
        found = sorted((words.find(f" {name} "), -len(name), name) for name in self.names if f" {name} " in words)
        return list(dict.fromkeys(self.names[name] for _, _, name in found))


def _plain(name: str) -> str:
    return _LETTERS.sub(" ", fold(name)).strip()
