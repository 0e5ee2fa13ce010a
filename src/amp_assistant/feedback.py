"""What people say of the answers: kept in SQLite for a stated number of days, personal data masked, then deleted.

Nothing tells who wrote: an opinion is a question, a verdict, the quotations it is about and perhaps a comment. Exported, it is a
question in the format that `evaluate` reads.
"""

import json
import sqlite3
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import asdict, dataclass
from enum import StrEnum
from pathlib import Path
from threading import Lock
from time import time
from typing import Any

from amp_assistant.errors import FailureError, UsageError
from amp_assistant.privacy import mask
from amp_assistant.settings import Settings

DAY = 86_400
"""Seconds of a day."""
MOST_A_DAY = 5_000
"""Opinions taken in a day: a metropolis's visitors give fewer, and a program that sends more would fill the disk."""

_SCHEMA = """\
create table if not exists feedback (
    id integer primary key,
    at real not null,
    question text not null,
    history text not null,
    verdict text not null,
    quotes text not null,
    comment text not null
)"""


class Verdict(StrEnum):
    """What a person says: the answer helps, it does not, or one of its sources does not prove what it is cited for."""

    HELPFUL = "utile"
    UNHELPFUL = "inutile"
    UNPROVED = "source"


@dataclass(frozen=True, slots=True)
class Quoted:
    """The words of a document that an opinion is about."""

    document: str
    quote: str


@dataclass(frozen=True, slots=True)
class Opinion:
    """An opinion on the answer to a question; `history` holds the questions before it, `quotes` the answer's quotations, or the one
    that proves nothing."""

    question: str
    verdict: Verdict
    history: tuple[str, ...] = ()
    quotes: tuple[Quoted, ...] = ()
    comment: str = ""

    def record(self, number: int) -> dict[str, Any]:
        """The opinion as a line of questions for `evaluate`: an answer that helped gives its quotations as gold; the gold of the others,
        whose kind says what was wrong, is for a person to find."""
        return {
            "id": f"avis-{number}",
            "question": self.question,
            "history": list(self.history),
            "gold": [asdict(quoted) for quoted in self.quotes] if self.verdict is Verdict.HELPFUL else [],
            "must": [],
            "kind": f"avis {self.verdict}",
            "quotes": [asdict(quoted) for quoted in self.quotes],
            "comment": self.comment,
        }


class FeedbackStore:
    """The opinions in one SQLite file; safe to share between threads. `clock` tells the time in seconds since 1970.

    What is past `days` days is deleted when the store is opened, and each day that something is written.
    """

    def __init__(self, path: Path, days: int, clock: Callable[[], float] = time) -> None:
        self._path = path
        self._days = days
        self._clock = clock
        self._lock = Lock()
        self._purged = 0.0
        if path.exists():
            self.purge()

    @classmethod
    def of(cls, settings: Settings) -> "FeedbackStore":
        """The store of the settings."""
        return cls(settings.feedback, settings.feedback_days)

    def add(self, opinion: Opinion) -> None:
        """Keep an opinion, the personal data in it masked (see `privacy`).

        :raises UsageError: too many were given today.
        :raises FailureError: the file cannot be written.
        """
        now = self._clock()
        if abs(now - self._purged) >= DAY:  # or the clock was set back
            self.purge()
        history = json.dumps([mask(question) for question in opinion.history], ensure_ascii=False)
        quotes = json.dumps([asdict(quoted) for quoted in opinion.quotes], ensure_ascii=False)
        row = (now, mask(opinion.question), history, opinion.verdict, quotes, mask(opinion.comment))
        with self._open() as connection:
            (today,) = connection.execute("select count(*) from feedback where at > ?", (now - DAY,)).fetchone()
            if today >= MOST_A_DAY:
                raise UsageError("Trop d'avis ont été donnés aujourd'hui : celui-ci n'est pas gardé, revenez demain.")
            connection.execute("insert into feedback (at, question, history, verdict, quotes, comment) values (?, ?, ?, ?, ?, ?)", row)

    def purge(self, *, everything: bool = False) -> int:
        """Delete the opinions that are past their time, or all; returns how many.

        Opinions dated in the future were written while the clock was wrong: nobody knows when their time is past, so they go too.

        :raises FailureError: the file cannot be written.
        """
        now = self._clock()
        with self._open() as connection:
            connection.execute("pragma secure_delete = on")
            before = now + 1 if everything else now - self._days * DAY
            deleted = connection.execute("delete from feedback where at < ? or at > ?", (before, now + DAY)).rowcount
        self._purged = now
        return deleted

    def export(self, path: Path) -> int:
        """Write the opinions as questions, one JSON object a line, oldest first; returns how many.

        :raises UsageError: the file cannot be written.
        :raises FailureError: the opinions cannot be read.
        """
        with self._open() as connection:
            lines = [json.dumps(_opinion(row).record(row[0]), ensure_ascii=False) for row in connection.execute(_SELECT)]
        try:
            path.write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")
        except OSError as error:
            raise UsageError(f"Le fichier « {path} » ne peut pas être écrit ({error.strerror}) : donnez un autre chemin.") from error
        return len(lines)

    @contextmanager
    def _open(self) -> Iterator[sqlite3.Connection]:
        """A connection whose changes are kept if all goes well; one at a time."""
        try:
            with self._lock, closing(sqlite3.connect(self._path, timeout=10)) as connection, connection:
                connection.execute(_SCHEMA)
                yield connection
        except sqlite3.Error as error:
            raise FailureError(
                f"Le fichier des avis « {self._path} » ne peut pas être utilisé ({error}) : vérifiez AMP_FEEDBACK et les droits du dossier."
            ) from error


_SELECT = "select id, question, history, verdict, quotes, comment from feedback order by id"


def _opinion(row: Sequence[Any]) -> Opinion:
    _, question, history, verdict, quotes, comment = row
    quoted = tuple(Quoted(**one) for one in json.loads(quotes))
    return Opinion(question, Verdict(verdict), tuple(json.loads(history)), quoted, comment)
