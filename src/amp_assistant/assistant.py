"""The façade: one object that answers questions over the index in use, whichever that is."""

import logging
import math
from collections.abc import Container, Iterable, Iterator, Sequence
from dataclasses import replace
from functools import cached_property, partial
from itertools import islice
from threading import Lock
from time import monotonic, perf_counter

from amp_assistant.acronyms import Acronyms
from amp_assistant.answers.advised import Advised
from amp_assistant.answers.aids import Adviser
from amp_assistant.answers.doubt import Doubter, Reason
from amp_assistant.answers.extractive import ExtractiveAnswerer, Sentence
from amp_assistant.answers.generated import Generated, GeneratedAnswerer
from amp_assistant.answers.listing import Lister, Listing
from amp_assistant.answers.model import Answer
from amp_assistant.answers.notices import notices, spelled_out
from amp_assistant.answers.recorded import Recorder
from amp_assistant.answers.refusal import UNSEARCHED, Refuser, near_subjects
from amp_assistant.answers.suggestions import Suggester
from amp_assistant.building import ensure_index
from amp_assistant.builds import current_build, stamp
from amp_assistant.citations import Quotation, Statement, number_statements
from amp_assistant.communes import Communes
from amp_assistant.errors import AssistantError, StoreAwayError
from amp_assistant.filters import EVERYTHING, Filters, check_filters
from amp_assistant.index import Index, open_index
from amp_assistant.language_model import LanguageModel
from amp_assistant.passages import Passage
from amp_assistant.privacy import mask
from amp_assistant.progress import Progress, no_progress
from amp_assistant.register import Register, Suivi
from amp_assistant.reranker import Reranker
from amp_assistant.retrieval import Hit, Retriever
from amp_assistant.rewriting import rewrite
from amp_assistant.settings import Settings, close_network, read_settings
from amp_assistant.speech.workshop import Workshop
from amp_assistant.telemetry import observed
from amp_assistant.understanding import Intent, Query, leans, located, pointed_at, understand

logger = logging.getLogger(__name__)

SHOWN_HITS = 10
SUGGESTED = 3
AWAY_SECONDS = 30
"""Time between two tries to open a new index whose server is away."""
TRIED = 30
"""Questions looked at to find so many: a third leans on another or is in another language, most of the rest are answered."""


class Assistant:
    """Answers questions; safe to share between threads. Without a language model the answers are the documents' own sentences.

    Opened by `open`, it follows the index: once another is in use, the next question is answered over that one, while those that are
    being answered keep theirs.
    """

    def __init__(self, index: Index, model: LanguageModel | None = None, settings: Settings | None = None) -> None:
        self._settings = settings or read_settings()
        self._model = model
        self._reranker = Reranker.open(self._settings)
        self._expert = Expert(index, model, self._settings, self._reranker)
        self._earlier = Shelf(())
        self._stamp: tuple[int, int] | None = None
        self._next_try = 0.0
        self._is_following = False
        self._loading = Lock()

    @classmethod
    def open(cls, settings: Settings | None = None, progress: Progress = no_progress) -> "Assistant":
        """Open the assistant over the index of the settings, building the index where it is missing or stale.

        :raises AssistantError: a setting is wrong, or the index cannot be built or read.
        """
        close_network()
        settings = settings or read_settings()
        model = LanguageModel.open(settings) if settings.llm else None
        opened = cls(ensure_index(settings, progress), model, settings)
        opened._is_following = True
        return opened

    def ask(self, question: str, history: Sequence[str] = (), filters: Filters = EVERYTHING) -> Answer:
        """Answer a question; `history` holds the earlier questions of the conversation, oldest first, `filters` what may be found.

        :raises QuestionError: the question is empty, too long or not text, or a filter names what does not exist.
        """
        *_, answer = self.stream(question, history, filters)
        return answer

    def stream(self, question: str, history: Sequence[str] = (), filters: Filters = EVERYTHING) -> Iterator[Answer]:
        """The answer as it grows: with a language model one more proved statement each time; the last is the whole answer.

        :raises QuestionError: as `ask` does.
        """
        answers = self.expert.stream(question, history, filters)
        yield from observed(question, answers, with_text=self._settings.log_questions)

    def suggestions(self, answer: Answer, intents: Container[Intent] = (), filters: Filters = EVERYTHING) -> list[str]:
        """Questions to ask after an answer, at most SUGGESTED, all of which are answered; those of some kinds come first."""
        return self.expert.suggestions(answer, intents, filters)

    def understand(self, question: str, history: Sequence[str] = (), filters: Filters = EVERYTHING) -> Query:
        """What a question asks, seen with the conversation before it.

        :raises QuestionError: as `ask` does.
        """
        return self.expert.understand(question, history, filters)

    def find(self, query: Query) -> list[Hit]:
        """The best passages for a query."""
        return self.expert.find(query)

    def signs(self, query: Query) -> dict[str, float]:
        """What speaks for and against the documents' answering a query, by name (see `answers.doubt`); empty where nothing is found."""
        return self.expert.signs(query)

    def passage(self, identifier: str) -> Passage:
        """The passage of that id, in the index in use or the one before, so that what was just cited can be shown.

        :raises KeyError: there is none.
        """
        return self._shelf_of(identifier).passage(identifier)

    def around(self, identifier: str) -> tuple[Passage | None, Passage | None]:
        """The passages before and after the one of that id in its document, None where it is the first or the last.

        :raises KeyError: there is none of that id.
        """
        return self._shelf_of(identifier).around(identifier)

    @property
    def settings(self) -> Settings:
        """Where its documents and its index are, and what else was chosen."""
        return self._settings

    @property
    def index(self) -> Index:
        """The index in use."""
        return self.expert.index

    @property
    def register(self) -> Register:
        """The register of the index in use, built on first use.

        :raises RegisterError: a quotation of its files is not in its document.
        """
        return self.expert.register

    @property
    def adviser(self) -> Adviser:
        """What tells which aids fit a situation, built on first use."""
        return self.expert.adviser

    @property
    def workshop(self) -> Workshop:
        """What makes speeches, opened on first use."""
        return self.expert.workshop

    @property
    def expert(self) -> "Expert":
        """What answers over the index in use. Where another was put in use, one caller opens it; the others do not wait for it."""
        is_other = self._is_following and monotonic() >= self._next_try and stamp(self._settings.index) != self._stamp
        if is_other and self._loading.acquire(blocking=False):
            try:
                self._follow()
            finally:
                self._loading.release()
        return self._expert

    def _shelf_of(self, identifier: str) -> "Shelf":
        return self._earlier if identifier in self._earlier and identifier not in self._expert.shelf else self._expert.shelf

    def _follow(self) -> None:
        self._stamp = stamp(self._settings.index)  # taken before, so that a later change is seen, and a damaged index is tried once
        build = current_build(self._settings.index)
        if build is None or build.name == self._expert.index.built_from.fingerprint:
            return
        try:
            expert = Expert(open_index(self._settings), self._model, self._settings, self._reranker)
            expert.adviser  # noqa: B018 -- built now, so that nobody waits for the register
        except AssistantError as error:
            if isinstance(error, StoreAwayError):
                self._stamp, self._next_try = None, monotonic() + AWAY_SECONDS
            logger.warning("Le nouvel index ne peut pas être lu, l'ancien reste en service. %s", error)
            return
        self._earlier, self._expert = self._expert.shelf, expert


class Shelf:
    """The passages of one index, by id and by place; `rows` gives the row of each by its id."""

    def __init__(self, passages: Sequence[Passage]) -> None:
        self._passages = passages
        self.rows = {passage.id: row for row, passage in enumerate(passages)}

    def __contains__(self, identifier: str) -> bool:
        """Whether there is a passage of that id."""
        return identifier in self.rows

    def passage(self, identifier: str) -> Passage:
        """The passage of that id; raises KeyError where there is none."""
        return self._passages[self.rows[identifier]]

    def around(self, identifier: str) -> tuple[Passage | None, Passage | None]:
        """The passages before and after it in its document, None where it is the first or the last."""
        row, document = self.rows[identifier], self.passage(identifier).document
        before, after = self._passages[max(0, row - 1) : row], self._passages[row + 1 : row + 2]
        return _of(before, document), _of(after, document)


def _of(passages: Sequence[Passage], document: str) -> Passage | None:
    return next((passage for passage in passages if passage.document == document), None)


class Expert:
    """Answers questions over one index."""

    def __init__(self, index: Index, model: LanguageModel | None, settings: Settings, reranker: Reranker | None) -> None:
        self.index = index
        self.shelf = Shelf(index.passages)
        self._settings = settings
        self._model = model
        self._retriever = Retriever(index, reranker)
        self._rarity = _rarity(index)
        self._answerer = ExtractiveAnswerer(index.encoder, self._rarity, index.passages, self.shelf.rows)
        self._doubter = Doubter(index, self.shelf.rows, self._rarity)
        self._refuser = Refuser(index.passages, index.documents)
        self._understood: dict[str, Query] = {}
        self._answered: dict[str, bool] = {}

    def stream(self, question: str, history: Sequence[str] = (), filters: Filters = EVERYTHING) -> Iterator[Answer]:
        """The answer as it grows: with a language model one more proved statement each time; the last is the whole answer.

        :raises QuestionError: as `ask` does.
        """
        begun = perf_counter()
        query = self.understand(question, history, filters)
        of_parts = self._of_parts(query)
        hits = self._joined(query, of_parts)
        judged = self._answerer.judge(query, hits)
        reason = self._doubter.reason(query, hits, judged)
        listing = self._listing(query, history, judged, reason)
        if listing:
            yield self._listed(question, query, listing, hits, begun)
            return

        def answer(statements: Sequence[Statement], written: Generated | None, told: Iterable[str] = ()) -> Answer:
            text, citations = number_statements(statements, self.index.documents)
            return Answer(
                question=question,
                text=text,
                abstained=reason is not None,
                engine=written.usage.model if written and (written.statements or written.refused) else "extractive",
                citations=citations,
                hits=tuple(hits),
                notices=tuple(told),
                seconds=perf_counter() - begun,
                usage=written.usage if written else None,
            )

        written = None
        if not reason and self._model:
            proved: list[Statement] = []
            writing = GeneratedAnswerer(self._model).stream(query, hits, self.index.documents, self._model.seconds - perf_counter() + begun)
            while written is None:
                try:
                    proved.append(next(writing))
                    yield answer(proved, None)
                except StopIteration as end:
                    written = end.value
        if written and written.refused:
            reason = Reason.NO_EVIDENCE
        is_searched = reason is not None and reason not in UNSEARCHED
        near = near_subjects(query, judged) if is_searched else []
        suggested = self._near_questions(query, near) if is_searched else ()
        outcome = None if reason else self._outcome(query)
        if reason:
            statements = self._refuser.statements(query, reason, near, self._doubter.silence(query), proposes=bool(suggested))
        elif written and written.statements:
            statements = list(written.statements)
        else:
            statements = self._extracted(query, judged, of_parts, outcome)
        whole = answer([one for one in statements if self._admits(query, one.quotations)], written)
        told = (*(written.notices if written else ()), *self._notices(question, query, whole, outcome))
        proposal = self._refuser.proposal(query, suggested)
        text = f"{whole.text}\n{proposal}" if proposal else whole.text
        yield replace(whole, text=text, notices=told, suggested=suggested, proposal=proposal, seconds=perf_counter() - begun)

    def understand(self, question: str, history: Sequence[str] = (), filters: Filters = EVERYTHING) -> Query:
        """What a question asks, seen with the conversation before it.

        :raises QuestionError: as `ask` does.
        """
        check_filters(filters, self.index.documents)
        subject = self._pointed_at(question, history, filters)
        query = _filtered(self._understood_here(question, [subject] if subject else history), filters)
        rewritten = rewrite(self._model, query.question, history) if self._model else None
        if not rewritten:
            return query
        alone = _filtered(self._understood_here(rewritten), filters)
        return replace(alone, steps=(f"La question prolonge la précédente : elle est comprise comme « {rewritten} ».", *alone.steps))

    def _understood_here(self, question: str, history: Sequence[str] = ()) -> Query:
        """What a question asks of this index."""
        query = understand(question, history, self.index.vocabulary, self.index.documents.values(), self.index.acronyms)
        return located(query, self._retriever.outline) if query.references else query

    def _pointed_at(self, question: str, history: Sequence[str], filters: Filters) -> str:
        """What the last answer quoted in the place that a question points at (« le deuxième »); empty where it points at none.

        The last answer is made anew: nothing of a conversation is kept but its questions.
        """
        place = pointed_at(question)
        if place is None or not history:
            return ""
        *_, answer = self.stream(history[-1], history[:-1], filters)
        quoted = [citation.quote for citation in answer.citations]
        return quoted[place] if -len(quoted) <= place < len(quoted) else ""

    @cached_property
    def register(self) -> Register:
        """The register of the index, built on first use.

        :raises RegisterError: a quotation of its files is not in its document.
        """
        return Register.of(self.index, self._settings)

    @cached_property
    def adviser(self) -> Adviser:
        """What tells which aids fit a situation, built on first use."""
        return Adviser(self.index, self.register, self._settings)

    @cached_property
    def workshop(self) -> Workshop:
        """What makes speeches, opened on first use."""
        return Workshop(self.index, self.register, Communes.read(self._settings.corpus), self._model)

    @cached_property
    def _acronyms(self) -> Acronyms:
        """The acronyms that the documents themselves spell out, not the enrichment alone."""
        return self.index.acronyms.told_in(passage.text for passage in self.index.passages)

    @cached_property
    def _suggester(self) -> Suggester:
        return Suggester(self.index)

    @cached_property
    def _recorder(self) -> Recorder:
        return Recorder(self.register, self.shelf.passage, self._rarity)

    @cached_property
    def _advised(self) -> Advised:
        return Advised(self.adviser, self.shelf.passage)

    @cached_property
    def _lister(self) -> Lister:
        return Lister(self.register, self.index, Communes.read(self._settings.corpus), self.shelf.passage)

    def _listing(self, query: Query, history: Sequence[str], judged: Sequence[Sentence], reason: Reason | None) -> Listing | None:
        """The list that answers a question, whatever the sentences found lack; None where it asks for none, or is none for the documents.

        Somebody who comes from another place may ask for the aids of this one.
        """
        if reason in UNSEARCHED - {Reason.FILTERED}:
            return None
        listed = None if reason is Reason.ELSEWHERE else self._lister.listing(query, history)
        trusted = () if reason else judged
        return listed or self._advised.listing(query, history, partial(self._answerer.beside, query, trusted, self.index.documents))

    def _listed(self, question: str, query: Query, listing: Listing, hits: Sequence[Hit], begun: float) -> Answer:
        """The answer that is a list of the register's rows."""
        text, citations = number_statements(listing.statements, self.index.documents)
        answer = Answer(
            question=query.question,
            text=text,
            abstained=listing.is_empty,
            engine="extractive",
            citations=citations,
            hits=tuple(hits),
            notices=(),
            seconds=0.0,
            framing=listing.framing,
        )
        told = (*listing.notices, *self._notices(question, query, answer, None))
        return replace(answer, notices=told, seconds=perf_counter() - begun)

    def _extracted(
        self, query: Query, judged: Sequence[Sentence], of_parts: Sequence[Sequence[Hit]], outcome: Suivi | None
    ) -> list[Statement]:
        """What the register knows of the question, and the documents' own sentences that it does not hold already."""
        recorded = self._recorder.followed(outcome) if outcome else self._lister.aids(query)
        told = [quotation for statement in recorded for quotation in statement.quotations]
        parts = [self._answerer.judge(part, hits) for part, hits in zip(query.parts, of_parts, strict=True)]
        found = self._answerer.statements(query, judged, self.index.documents, told=told, parts=parts)
        return [*recorded, *found]

    def _outcome(self, query: Query) -> Suivi | None:
        """What came of the aim that is asked about, where the filters let through all that proves it."""
        outcome = self._recorder.outcome(query)
        if not outcome:
            return None
        proofs = [*outcome.cible.proofs, *(outcome.resultat.proofs if outcome.resultat else ())]
        return outcome if all(self._admits_passage(query, self.shelf.passage(proof.passage)) for proof in proofs) else None

    def _admits(self, query: Query, quotations: Iterable[Quotation]) -> bool:
        return all(self._admits_passage(query, quotation.passage) for quotation in quotations)

    def _admits_passage(self, query: Query, passage: Passage) -> bool:
        return query.filters.admit(passage, self.index.documents[passage.document])

    def _notices(self, question: str, query: Query, answer: Answer, outcome: Suivi | None) -> Iterator[str]:
        if query.filters:
            yield f"La recherche était limitée à : {query.filters.told(self.index.documents)}."
        if mask(question) != question:
            yield "Les coordonnées et les numéros personnels de votre question ont été masqués : ils n'ont pas servi à la recherche."
        if not answer.abstained:
            yield from notices(query, answer.citations, self.index.documents)
            if outcome:
                yield outcome.caution
            yield from self._recorder.disagreements(answer.citations)
        yield from spelled_out(answer.text, self._acronyms)

    def suggestions(self, answer: Answer, intents: Container[Intent] = (), filters: Filters = EVERYTHING) -> list[str]:
        """Questions to ask after an answer, at most SUGGESTED, all of which are answered; those of some kinds come first."""
        language = understand(answer.question, (), self.index.vocabulary).language
        return self._answered_among(self._suggester.candidates(answer), language, filters, intents)

    def _near_questions(self, query: Query, near: Sequence[Quotation]) -> tuple[str, ...]:
        """Questions near one that is refused, at most SUGGESTED, all of which are answered."""
        candidates = self._suggester.nearest(query.search_text, [quotation.passage.id for quotation in near])
        return tuple(self._answered_among(candidates, query.language, query.filters))

    def _answered_among(self, candidates: Iterator[str], language: str, filters: Filters, intents: Container[Intent] = ()) -> list[str]:
        alone = (text for text in islice(candidates, TRIED) if not leans(text))
        queries = [replace(self._understood_alone(text), filters=filters) for text in alone]
        first = sorted((query for query in queries if query.language == language), key=lambda query: query.intent not in intents)
        return [query.question for query in islice(filter(self._is_answered, first), SUGGESTED)]

    def _understood_alone(self, text: str) -> Query:
        """What a question of the enrichment asks; each is read once, since they come back with every visitor."""
        if text not in self._understood:
            self._understood[text] = understand(text, (), self.index.vocabulary)
        return self._understood[text]

    def _is_answered(self, query: Query) -> bool:
        """Whether a question of the enrichment gets an answer; searched once, unless the search is limited."""
        if not query.filters and query.question in self._answered:
            return self._answered[query.question]
        hits = self.find(query)
        answered = self._doubter.reason(query, hits, self._answerer.judge(query, hits)) is None
        if not query.filters:
            self._answered[query.question] = answered
        return answered

    def find(self, query: Query) -> list[Hit]:
        """The best passages for a query, with the best of each question that it joins among the first."""
        return self._joined(query, self._of_parts(query))

    def _of_parts(self, query: Query) -> list[list[Hit]]:
        """The best passages for each question that a query joins."""
        return [self._retriever.retrieve(part, SHOWN_HITS) for part in query.parts]

    def _joined(self, query: Query, of_parts: Sequence[Sequence[Hit]]) -> list[Hit]:
        """The best passages for a query, with the first of each of its parts."""
        found = self._retriever.retrieve(query, SHOWN_HITS)
        ordered = [*found[:1], *(hits[0] for hits in of_parts if hits), *found]
        return list({hit.passage.id: hit for hit in ordered}.values())[:SHOWN_HITS]

    def signs(self, query: Query) -> dict[str, float]:
        """What speaks for and against the documents' answering a query, by name; empty where nothing is found."""
        hits = self.find(query)
        judged = self._answerer.judge(query, hits)
        return self._doubter.signs(query, hits, judged) if judged else {}


def _filtered(query: Query, filters: Filters) -> Query:
    """The query and its parts, with what may be found."""
    return replace(query, filters=filters, parts=tuple(replace(part, filters=filters) for part in query.parts))


def _rarity(index: Index) -> dict[str, float]:
    """The inverse document frequency (Spärck Jones 1972) of each term of the passages and their enrichment."""
    return {term: math.log(1 + len(index.passages) / count) for term, count in index.lexical.frequencies().items()}
