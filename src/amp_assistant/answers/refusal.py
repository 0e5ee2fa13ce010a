"""Knowing when not to answer, and helping all the same."""

from collections.abc import Mapping, Sequence

from amp_assistant.citations import Statement
from amp_assistant.lexical import terms
from amp_assistant.retrieval import Hit
from amp_assistant.understanding import Intent, Query, content_words

WEAKEST_NEAR = 0.35
"""Cosine of the nearest known question below which nothing like it was foreseen."""
WEAKEST_COVERAGE = 0.4
"""Share of the question's words below which the best passages speak of something else."""
NEAR_SUBJECTS = 3


class Refuser:
    """Judges whether the hits answer a query; `vocabulary` counts the folded words of the index."""

    def __init__(self, vocabulary: Mapping[str, int]) -> None:
        self._vocabulary = vocabulary

    def judge(self, query: Query, hits: Sequence[Hit]) -> list[Statement]:
        """The statements of a refusal, or none where the hits are good enough to answer."""
        if query.intent is Intent.COURTESY:
            return [Statement(_GREETING[query.language])]
        if hits and (_near(hits) >= WEAKEST_NEAR or self._coverage(query, hits) >= WEAKEST_COVERAGE):
            return []
        subjects = dict.fromkeys(hit.passage.heading_path[-1] for hit in hits if hit.passage.heading_path)
        near = ", ".join(f"« {subject} »" for subject in list(subjects)[:NEAR_SUBJECTS])
        return [Statement(_REFUSAL[query.language] + (_NEAR[query.language].format(near) if near else ""))]

    def _coverage(self, query: Query, hits: Sequence[Hit]) -> float:
        wanted = set(terms(query.search_text))
        there = {term for hit in hits[:3] for term in terms(hit.passage.text)}
        return len(wanted & there) / len(wanted) if wanted and content_words(query.question) else 0.0


def _near(hits: Sequence[Hit]) -> float:
    return max((match.similarity for hit in hits for match in hit.matches), default=0.0)


_GREETING = {
    "fr": "Bonjour. Posez une question sur les plans de la Métropole Aix-Marseille-Provence : aides aux entreprises, actions, objectifs, résultats.",
    "en": "Hello. Ask a question about the plans of the Aix-Marseille-Provence metropolis: business support, actions, targets, results.",
}
_REFUSAL = {
    "fr": "Les documents consultés ne répondent pas à cette question.",
    "en": "The documents do not answer this question.",
}
_NEAR = {"fr": " Sujets les plus proches qu'ils traitent : {}.", "en": " Nearest subjects they cover: {}."}
