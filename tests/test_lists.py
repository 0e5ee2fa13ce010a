"""Lists and counts from the register: the coverage is true, every row cited, and plain questions keep their plain answers."""

import re
from pathlib import Path

import pytest

from amp_assistant.answers.model import Answer
from amp_assistant.assistant import Assistant
from amp_assistant.citations import find_quotation
from amp_assistant.documents import read_corpus
from amp_assistant.documents.model import BlockKind
from amp_assistant.evaluation import read_questions, unproved_figures
from amp_assistant.filters import Filters
from amp_assistant.folding import fold, squash
from amp_assistant.settings import Settings

AGENDA = "agenda-developpement-economique-2022"
COVERAGE = re.compile(
    r"^(?P<count>[\d\u202f]+) \w+(?: chiffrés)?, dans (?P<documents>\d) documents? \((?P<years>[\d, ]+)\), "
    r"sur (?P<read>[\d\u202f]+) passages lus\."
)


def coverage(answer: Answer) -> tuple[int, int, list[str], int]:
    """Rows, documents, years and passages read, as the first line says."""
    found = COVERAGE.match(answer.text)
    assert found, answer.text[:200]
    count, read = (int(found[name].replace("\u202f", "")) for name in ("count", "read"))
    return count, int(found["documents"]), found["years"].split(", "), read


def bullets(answer: Answer) -> list[str]:
    return [line for line in answer.text.splitlines() if line.startswith("- ")]


def test_the_targets_of_a_year_are_all_there_with_a_true_coverage(assistant: Assistant) -> None:
    answer = assistant.ask("Quelles cibles pour 2030 ?")
    rows = [row for row in assistant.register.cibles if "2030" in (row.horizon or "") and not row.forecast]
    quotes = {squash(row.proofs[0].quote) for row in rows}
    told = {one for one in quotes if not any(one != other and one in other for other in quotes)}
    count, documents, years, read = coverage(answer)
    assert count == len(told) == len(bullets(answer))
    assert {squash(citation.quote) for citation in answer.citations} == told
    assert documents == len({row.document for row in rows})
    assert years == sorted({row.document_date[:4] for row in rows})
    assert read == len(assistant.index.passages)


@pytest.mark.parametrize(
    "question",
    [
        "liste tous les engagements chiffrés sur l'eau",
        "tous les résultats 2025 sur les déchets",
        "quels engagements de l'orientation 3 ?",
        "quelles actions du levier 3 de l'orientation 2 ?",
        "combien de dispositifs pour la création d'entreprise ?",
        "liste toutes les actions sur l'hydrogène",
    ],
)
def test_every_row_of_a_list_is_cited_word_for_word(assistant: Assistant, question: str) -> None:
    answer = assistant.ask(question)
    count, documents, _, _ = coverage(answer)
    listed = bullets(answer)
    assert all(re.search(r"\[\d+\]$", line) for line in listed)
    assert len(listed) == count or f"{len(listed)} sur " in answer.text
    assert documents >= len({citation.document for citation in answer.citations})
    for citation in answer.citations:
        passage = assistant.passage(citation.passage)
        assert find_quotation(passage, citation.quote) or citation.quote in citation.section
    assert unproved_figures(answer) == []


def test_a_list_on_a_theme_speaks_of_the_theme(assistant: Assistant) -> None:
    answer = assistant.ask("combien d'engagements sur l'hydrogène ?")
    told: dict[str, str] = {}
    for row in assistant.register.engagements:
        quote = row.proofs[0].quote
        told[quote] = told.get(quote, "") + fold(f"{row.what} {quote} {row.section[-1:]}")
    assert 10 <= coverage(answer)[0] <= 20
    assert all("hydrogene" in told[citation.quote] for citation in answer.citations)
    own = [squash(quote) for quote in told if "hydrogene" in fold(quote)]
    assert all(any(quote in squash(citation.quote) for citation in answer.citations) for quote in own)


def test_the_list_of_a_levier_holds_each_of_the_documents_own_bullets(assistant: Assistant, settings: Settings) -> None:
    agenda = next(document for document in read_corpus(settings.corpus).documents if document.id == AGENDA)
    place, wanted = "", []
    for block in agenda.reading.blocks:
        if block.kind is BlockKind.HEADING and (found := re.match(r"(Orientation|Levier) (\d)", block.text)):
            place = found[2] if found[1] == "Orientation" else f"{place[:1]}.{found[2]}"
        elif block.kind is BlockKind.HEADING and block.level <= 1:
            place = ""
        elif block.kind is BlockKind.BULLET and place == "3.3":
            wanted.append(squash(block.text))
    answer = assistant.ask("quels engagements du levier 3 de l'orientation 3 ?")
    told = [squash(citation.quote) for citation in answer.citations]
    left_out = [squash(one.text) for one in assistant.register.left_out]
    assert len(wanted) >= 8
    assert coverage(answer)[0] == len(bullets(answer)), "short enough to be shown whole"
    for bullet in wanted:
        assert any(quote in bullet or bullet in quote for quote in told) or any(one in bullet or bullet in one for one in left_out), bullet


def test_actions_and_leviers_are_counted_by_the_plans_headings(assistant: Assistant) -> None:
    assert coverage(assistant.ask("Combien de leviers compte l'orientation 2 ?"))[0] == 5
    actions = assistant.ask("Combien d'actions compte le levier 3 de l'orientation 2 ?")
    assert coverage(actions)[0] == len(bullets(actions)) == 4
    lost = assistant.ask("Combien d'actions compte le levier 1 de l'orientation 1 ?")
    assert coverage(lost)[0] == 4 and len(bullets(lost)) == 3
    assert "ne porte pas le titre de : orientation 1, levier 1, action 1" in lost.text


def test_filters_bound_the_list_and_what_is_read(assistant: Assistant) -> None:
    answer = assistant.ask("liste tous les engagements sur le climat", filters=Filters(documents=frozenset({AGENDA})))
    _, documents, years, read = coverage(answer)
    assert {citation.document for citation in answer.citations} == {AGENDA}
    assert (documents, years) == (1, ["2022"])
    assert read == sum(passage.document == AGENDA for passage in assistant.index.passages)


def test_a_long_list_says_how_much_is_left_and_where_it_is(assistant: Assistant) -> None:
    answer = assistant.ask("liste tous les engagements de l'Agenda")
    count, *_ = coverage(answer)
    assert count > 500
    assert len(bullets(answer)) <= 40
    assert "/engagements" in answer.text and "amp-assistant register engagements" in answer.text


def test_a_commune_in_the_name_of_another_is_not_the_one(assistant: Assistant) -> None:
    answer = assistant.ask("Quels engagements pour Marseille ?")
    assert coverage(answer)[0] >= 10
    rows = {row.proofs[0].quote: f"{row.what} {row.proofs[0].quote}" for row in assistant.register.engagements}
    for citation in answer.citations:
        assert "marseille" in re.sub("aix.marseille.(provence|universite)", "", fold(rows[citation.quote])), citation.quote
    assert not assistant.ask("quels engagements concernent Martigues ?").framing


def test_only_a_plan_without_the_asked_place_is_told_so(assistant: Assistant) -> None:
    missing = assistant.ask("que prévoit le levier 9 de l'orientation 2 ?")
    assert missing.abstained and "orientation 2, levier 9" in missing.text
    assert "(Action 87)" in assistant.ask("action 87").text, "the Plan climat numbers its actions in one series"


def test_a_follow_up_changes_one_filter(assistant: Assistant) -> None:
    later = assistant.ask("et pour 2027 ?", ["Quelles cibles pour 2030 ?"])
    assert "échéance 2027" in later.text.splitlines()[0]
    other = assistant.ask("et sur les déchets ?", ["Liste les engagements sur l'hydrogène"])
    assert "sur « déchets »" in other.text.splitlines()[0]


@pytest.mark.parametrize(
    "question",
    [
        "Quels sont les six pôles de compétitivité ?",
        "Combien de communes compte la Métropole ?",
        "Combien d'entreprises le CREM doit-il accompagner ?",
        "Combien d'actions compte le Plan de Déplacement de l'Administration ?",
        "Combien d'actions compte l'Agenda ?",
        "Quels sont les objectifs du plan climat ?",
        "Quelles actions pour les jeunes ?",
        "Quelles aides pour l'innovation ?",
        "Tous les engagements ont-ils été tenus ?",
        "Quels objectifs et résultats pour les déchets en 2025 ?",
        "J'ai une start-up. Combien d'aides pour moi ?",
        "Discours d'inauguration : quels résultats 2025 en matière de transports puis-je citer ?",
        "Liste des engagements de la Métropole de Lyon",
        "Où en est l'objectif de clauses environnementales dans les marchés publics ?",
    ],
)
def test_any_other_question_keeps_its_own_answer(assistant: Assistant, question: str) -> None:
    assert not assistant.ask(question).framing


def test_no_question_of_the_set_is_taken_over(assistant: Assistant) -> None:
    questions = read_questions(Path(__file__).parent / "questions", "dev")
    answers = [assistant.ask(one.question, one.history) for one in questions]
    assert [one.question for one in answers if one.framing and "du registre" in one.text] == []
