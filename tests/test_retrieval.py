"""Finding on the real corpus: the right passage whatever words people use, in an order that can be explained."""

from collections.abc import Sequence
from pathlib import Path
from statistics import median
from time import perf_counter

import numpy as np
import pytest

from amp_assistant.assistant import Assistant
from amp_assistant.evaluation import holds
from amp_assistant.langchain_bridge import AssistantRetriever, LangChainEncoder, vector_store
from amp_assistant.lexical import LexicalIndex
from amp_assistant.retrieval import Hit, Retriever
from amp_assistant.settings import Settings

READ = 5
"""Hits that a person reads."""
SLOWEST_MILLISECONDS = 250
"""Ten times the median asked for, so that a busy machine fails no test; what was measured is printed."""

AGENDA = "agenda-developpement-economique-2022"
RAPPORT = "rapport-developpement-durable-2025"
FABRIQUE = "fabrique-projet-metropolitain-2017"
PCAEM = "pcaem-mobilisation"
SPASER = "spaser-communique-2021"

NURSERIES = "Douze pépinières d'entreprises et huit hôtels d'entreprises maillent le territoire métropolitain."
PORT = "le GPMM génère à lui seul 45 000 emplois directs et indirects"
CABLES = "99% du trafic mondial de données (Internet et téléphonie) est assuré par des câbles sous-marins."
HYDROGEN = "En 2021, la Métropole a adopté sa stratégie hydrogène avec une feuille de route associée"

FOUND = {
    "typing errors": ("Combien de peppinières d'entreprize dans la métropole ?", AGENDA, NURSERIES),
    "no accents, no verb": ("hydrogene strategie feuille de route", AGENDA, HYDROGEN),
    "capitals": ("PÉPINIÈRES ET HÔTELS D'ENTREPRISES : COMBIEN ?", AGENDA, NURSERIES),
    "acronym": ("Combien d'emplois grâce au GPMM ?", AGENDA, PORT),
    "acronym's long form": ("Combien d'emplois grâce au grand port maritime de Marseille ?", AGENDA, PORT),
    "bare keywords": ("cables sous marins marseille trafic donnees", AGENDA, CABLES),
    "one rare word": ("Medellín", FABRIQUE, "Medellin est une ancienne ville industrielle marquée par de très fortes inégalités"),
    "English": ("How much is invested in the cycling plan?", AGENDA, "100 M€ investis dans le Plan Vélo en 5 ans"),
    "everyday words, heat": (
        "Peut-on nous aider à planter des arbres dans la cour de notre immeuble ?",
        RAPPORT,
        "Pour lutter contre les îlots de chaleur urbains, la Métropole finance l'accompagnement des copropriétés privées.",
    ),
    "everyday words, transport": (
        "Y aura-t-il plus de cars et de bus rapides entre nos villes ?",
        FABRIQUE,
        "la création d’un réseau MétroExpress, de 100 Km de voies réservées aux bus",
    ),
    "who": (
        "Qui s'occupe du plan climat au quotidien ?",
        PCAEM,
        "L’équipe projet assure le suivi et la mise en œuvre du Plan Climat au quotidien.",
    ),
    "a figure": ("Combien la Métropole achète-t-elle par an ?", SPASER, "un montant d'achats annuel de 1,3 milliard d'euros"),
}
"""A way of asking: the question, and the document and words that answer it."""


def found(assistant: Assistant, question: str, history: Sequence[str] = ()) -> list[Hit]:
    return assistant.find(assistant.understand(question, history))


@pytest.mark.parametrize(("question", "document", "words"), FOUND.values(), ids=FOUND.keys())
def test_the_passage_that_answers_is_among_those_a_person_reads(assistant: Assistant, question: str, document: str, words: str) -> None:
    hits = found(assistant, question)[:READ]
    assert any(hit.passage.document == document and holds(hit.passage.text, words) for hit in hits)


def test_a_following_question_is_found_with_its_subject(assistant: Assistant) -> None:
    hits = found(assistant, "Et combien d'hôtels ?", ["Combien y a-t-il de pépinières d'entreprises dans la Métropole ?"])
    assert any(holds(hit.passage.text, NURSERIES) for hit in hits[:READ])


def test_hits_are_distinct_passages_of_the_index_best_first(assistant: Assistant) -> None:
    hits = found(assistant, "Que fait la Métropole pour l'emploi des jeunes ?")
    assert len({hit.passage.id for hit in hits}) == len(hits) == 10
    assert all(assistant.passage(hit.passage.id) == hit.passage for hit in hits)
    scores = [hit.score for hit in hits]
    assert scores == sorted(scores, reverse=True)


def test_the_arms_explain_the_score(assistant: Assistant) -> None:
    for hit in found(assistant, "Quelle est la stratégie hydrogène ?"):
        assert sum(hit.arms.values()) == pytest.approx(hit.score, abs=1e-4)


def test_the_nearest_questions_of_a_hit_come_first(assistant: Assistant) -> None:
    best = found(assistant, "Quelle est la stratégie hydrogène ?")[0]
    similarities = [match.similarity for match in best.matches]
    assert similarities == sorted(similarities, reverse=True)
    assert "hydrogène" in best.matches[0].question.text


def test_asking_again_finds_the_same(assistant: Assistant) -> None:
    question = "Quelles aides pour reprendre une ferme ?"
    assert found(assistant, question) == found(assistant, question)


def test_a_longer_list_begins_with_the_shorter(assistant: Assistant) -> None:
    retriever, query = Retriever(assistant.index), assistant.understand("éolien flottant")
    everything = retriever.retrieve(query, len(assistant.index.passages) + 1)
    assert len(everything) == len(assistant.index.passages)
    assert retriever.retrieve(query, 3) == everything[:3]


@pytest.mark.alone
def test_finding_takes_milliseconds(assistant: Assistant) -> None:
    milliseconds = []
    for question, *_ in [*FOUND.values(), *FOUND.values()]:
        begun = perf_counter()
        found(assistant, question)
        milliseconds.append(1000 * (perf_counter() - begun))
    print(f"median {median(milliseconds):.1f} ms, slowest {max(milliseconds):.1f} ms")
    assert median(milliseconds) < SLOWEST_MILLISECONDS


def test_langchain_retrieves_what_the_assistant_finds(assistant: Assistant) -> None:
    question, document, words = FOUND["acronym"]
    documents = AssistantRetriever(assistant=assistant, limit=READ).invoke(question)
    hits = found(assistant, question)[:READ]
    assert [one.page_content for one in documents] == [hit.passage.text for hit in hits]
    assert set(documents[0].metadata) == {"passage", "document", "section", "page", "score"}
    assert [one.metadata["passage"] for one in documents] == [hit.passage.id for hit in hits]
    assert any(one.metadata["document"] == document and holds(one.page_content, words) for one in documents)


def test_langchain_searches_the_store_with_the_vectors_of_the_index(assistant: Assistant, settings: Settings) -> None:
    store = vector_store(settings)
    passage = assistant.index.passages[0]
    best, distance = store.similarity_search_with_score(passage.placed_text, k=1)[0]
    assert best.page_content == passage.text
    assert distance == pytest.approx(0, abs=1e-4)


def test_langchain_gets_the_encoders_vectors(assistant: Assistant) -> None:
    encoder = LangChainEncoder(assistant.index.encoder)
    assert encoder.embed_query("éolien flottant") == encoder.embed_documents(["éolien flottant"])[0]
    assert len(encoder.embed_query("éolien flottant")) == assistant.index.passage_vectors.shape[1]


def test_what_is_pointed_at_is_what_the_last_answer_told_in_that_place(assistant: Assistant) -> None:
    first = "Quels sont les dispositifs pour financer la création d'entreprise ?"
    told = assistant.ask(first).citations
    for question, place in (("le deuxième, il finance quoi ?", 1), ("Et la première ?", 0), ("the last one?", -1)):
        assert told[place].quote[:40] in assistant.understand(question, [first]).search_text


def test_an_ordinal_with_a_noun_of_its_own_points_at_nothing(assistant: Assistant) -> None:
    query = assistant.understand("La première phase de la Fabrique du projet a duré combien de temps ?", ["Qu'est-ce que le PAT ?"])
    assert "PAT" not in query.search_text


@pytest.mark.parametrize(
    ("question", "named"),
    [
        ("Quel était l'objectif du SPASER et où en est-on ?", {"spaser-communique-2021", "rapport-developpement-durable-2025"}),
        (
            "Que disent l'Agenda et la Fabrique sur l'emploi ?",
            {"agenda-developpement-economique-2022", "fabrique-projet-metropolitain-2017"},
        ),
        ("Combien de créations d'entreprises l'INSEE a-t-il comptées en 2021 ?", set()),
        ("Et en 2025 ?", set()),
    ],
)
def test_documents_that_a_question_names_are_known_and_a_year_alone_names_none(
    assistant: Assistant, question: str, named: set[str]
) -> None:
    query = assistant.understand(question)
    assert set(query.documents) == named
    assert named <= {hit.passage.document for hit in assistant.find(query)[:5]}


def test_groups_of_letters_that_most_texts_hold_are_not_looked_up_and_the_rest_are(tmp_path: Path) -> None:
    texts = ["Le vélo électrique", "Le vélo cargo", "Un vélo, deux vélos", "Le bus de nuit"]
    LexicalIndex.build(texts).save(tmp_path / "lexical")
    index = LexicalIndex.load(tmp_path / "lexical")
    assert not index.scores("grams", "vélo").any()
    assert np.flatnonzero(index.scores("grams", "un vélo électrik")).tolist() == [0]
    assert np.flatnonzero(index.scores("terms", "vélo")).tolist() == [0, 1, 2], "whole words are looked up, however common"
