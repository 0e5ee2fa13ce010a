"""The communes of the Métropole, from `corpus/communes.toml`: whether a place that somebody names lies in its territory."""

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from amp_assistant.errors import RegisterError
from amp_assistant.folding import fold

_LETTERS = re.compile(r"[^a-z0-9]+")


@dataclass(frozen=True, slots=True)
class Communes:
    """The communes by their names as people write them, folded, words apart; `others` lie outside the territory."""

    names: Mapping[str, str]
    others: Mapping[str, str] = field(default_factory=dict)

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
            others = {_plain(name): name for name in tables.get("elsewhere", [])}
        except (tomllib.TOMLDecodeError, KeyError, TypeError, AttributeError, UnicodeDecodeError) as error:
            raise RegisterError(f"{path.name} : la liste des communes est illisible ({error}) : corrigez le fichier.") from error
        return cls(names, others)

    def place(self, text: str) -> tuple[str | None, bool | None]:
        """The place that a text names, and whether it lies in the territory: None, None where it names none.

        Where it names several, a commune of the territory goes first: people tell where they come from too.
        """
        if found := _named(text, self.names):
            return found[0], True
        if found := _named(text, self.others):
            return found[0], False
        return None, None

    def named(self, text: str) -> list[str]:
        """The communes of the territory that a text names, in its order."""
        return _named(text, self.names)


def _named(text: str, names: Mapping[str, str]) -> list[str]:
    """The names that stand in a text, in its order; of one that stands in another (« Châteauneuf-les-Martigues ») only the longer."""
    if not names:
        return []
    longest_first = "|".join(sorted(map(re.escape, names), key=len, reverse=True))
    return list(dict.fromkeys(names[found[0]] for found in re.finditer(rf"\b(?:{longest_first})\b", _plain(text))))


def _plain(name: str) -> str:
    return _LETTERS.sub(" ", fold(name)).strip()
