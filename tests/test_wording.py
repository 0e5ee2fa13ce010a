"""How an answer reads: what is asked for first, documents and dates named, pronouns resolved, nothing that the quotations do not prove."""

import re

import pytest

from amp_assistant.answers.extractive import sentences
from amp_assistant.answers.given import figure_asked, tells_of_another
from amp_assistant.answers.model import Answer
from amp_assistant.answers.pronouns import resolved
from amp_assistant.assistant import Assistant
from amp_assistant.citations import Quotation
from amp_assistant.evaluation import unproved_figures
from amp_assistant.passages import Nature, Passage


def passage(text: str, nature: Nature = Nature.DESCRIPTION) -> Passage:
    return Passage(id="d:1", document="d", position=0, text=text, heading_path=("Titre",), nature=nature)


def last(text: str, nature: Nature = Nature.DESCRIPTION) -> Quotation:
    """The last sentence of a passage."""
    return list(sentences(passage(text, nature)))[-1]


def first_line(answer: Answer) -> str:
    return answer.text.splitlines()[0]


@pytest.mark.parametrize(
    ("question", "sentence", "figure"),
    [
        ("Quelle part du territoire est raccordée ?", "En outre, 82 % du territoire est raccordé.", "82 %"),
        ("Combien de demandeurs sont suivis ?", "Les PLIE suivent près de 6 050 demandeurs d'emploi par an.", "près de 6 050 demandeurs"),
        ("Combien de logements ?", "Livrée en 2018, l'opération compte 1265 logements.", "1265 logements"),
        ("Quel budget est prévu ?", "Il dispose de 1,3 milliard d'euros pour 207 opérations.", "1,3 milliard d'euros"),
        ("Combien de temps dure le programme ?", "Un programme de douze mois pour 20 entreprises.", "douze mois"),
        ("Quand a-t-elle ouvert ?", "Elle a ouvert ses portes en septembre 2021.", "en septembre 2021"),
        ("Combien d'arbres ?", "Un cœur de quartier avec 46 arbres.", "46 arbres"),
        ("Quelle part, sachant qu'on visait 30 % ?", "La part atteint 39 %.", "39 %"),
    ],
)
def test_the_one_figure_that_is_asked_for_is_found_in_the_words_of_the_sentence(question: str, sentence: str, figure: str) -> None:
    assert figure_asked(question, sentence) == figure
    assert figure in sentence


@pytest.mark.parametrize(
    ("question", "sentence"),
    [
        ("Quelle part des marchés ?", "94 % ont une clause environnementale, 39 % une clause sociale."),
        ("Combien d'entreprises ?", "Le schéma compte 207 opérations."),
        ("Combien de voies, et combien d'aiguillages ?", "Le projet renouvelle 11 voies et 18 aiguillages."),
        ("Qui dirige le comité ?", "Le comité réunit 12 élus."),
        ("Combien de communes dans le club ?", "Six nouvelles communes l'ont rejoint, portant à 11 le nombre de communes."),
    ],
)
def test_no_figure_opens_an_answer_where_it_might_be_the_wrong_one(question: str, sentence: str) -> None:
    assert figure_asked(question, sentence) == ""


@pytest.mark.parametrize(
    ("question", "told", "is_of_another"),
    [
        ("Combien de voyageurs sur le BHNS B5 ?", "BHNS B4 : 30 000 voyageurs par jour.", True),
        ("Combien de voyageurs sur le BHNS B4 ?", "BHNS B4 : 30 000 voyageurs par jour.", False),
        ("Combien de véhicules électriques a la flotte ?", "Un parc de 2 500 véhicules.", True),
        ("Combien de véhicules compte la flotte ?", "Un parc de 2 500 véhicules que compte la flotte.", False),
        ("Quelle part des achats a été passée en 2025 ?", "Schéma 2021 : 5 % des achats.", True),
        ("De combien d'hectares Clésud va-t-elle s'agrandir ?", "100 ha dans la zone de Distriport.", True),
    ],
)
def test_the_figure_of_another_line_year_or_kind_is_known(question: str, told: str, is_of_another: bool) -> None:
    assert tells_of_another(question, told) is is_of_another


@pytest.mark.parametrize("question", ["Combien d'arbres plantés ?", "Combien de véhicules électriques dans la flotte ?"])
def test_no_figure_opens_an_answer_where_quotations_differ_or_tell_of_more(assistant: Assistant, question: str) -> None:
    answer = assistant.ask(question)
    assert answer.abstained or first_line(answer).startswith("Selon « ")


def test_a_figure_question_is_answered_by_its_figure_first(assistant: Assistant) -> None:
    answer = assistant.ask("Combien de logements l'opération des Docks Libres comprend-elle ?")
    assert first_line(answer).startswith("1265 logements, selon « La Fabrique du projet » : « ")
    assert "1265 logements" in answer.citations[0].quote
    assert unproved_figures(answer) == []


def test_a_yes_or_no_is_left_to_the_reader(assistant: Assistant) -> None:
    answer = assistant.ask("La Métropole a-t-elle un fonds d'amorçage pour les start-up ?")
    assert not answer.abstained
    assert first_line(answer).startswith("Voici ce qu'en dit « ")


def test_an_english_question_gets_an_english_frame_around_the_french_words(assistant: Assistant) -> None:
    answer = assistant.ask("How many international bodies does the Métropole want to attract by 2030?")
    assert first_line(answer).startswith("5 organismes internationaux, according to « Agenda économique »: « ")


def test_an_evolution_is_told_from_the_oldest_document_on(assistant: Assistant) -> None:
    answer = assistant.ask(
        "Quel objectif de considérations environnementales le Spaser fixait-il pour les marchés d'ici 2025, et quelle part des marchés a "
        "une clause environnementale en 2025 ?"
    )
    dates = [citation.date for citation in answer.citations]
    assert dates == sorted(dates)
    assert len(set(dates)) > 1
    assert "100 %" in answer.text
    assert "94 %" in answer.text


@pytest.mark.parametrize(
    "question",
    [
        "Combien de logements l'opération des Docks Libres comprend-elle ?",
        "Que dit le Spaser des entreprises solidaires ?",
        "Comment la Métropole soutient-elle les entreprises innovantes ?",
    ],
)
def test_marks_of_quotation_are_paired_and_every_document_named(assistant: Assistant, question: str) -> None:
    answer = assistant.ask(question)
    for line in answer.text.splitlines():
        quoted = line[line.rindex("« ") :]
        assert quoted.count("«") == quoted.count("»") == 1, line
    named = set(re.findall(r"(?:[Ss]elon|dit) « ([^»]+) »", answer.text))
    assert len(named) == len({citation.document for citation in answer.citations})


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("Le comité technique est animé par les services. Il réunit les partenaires.", "Il [le comité technique] réunit les partenaires."),
        (
            "La Métropole soutient également l'économie sociale. Elle a conventionné avec une association.",
            "Elle [la Métropole] a conventionné avec une association.",
        ),
        (
            "Les grandes transitions constituent la matrice du plan. Elles mobilisent tous les acteurs publics.",
            "Elles [les grandes transitions] mobilisent tous les acteurs publics.",
        ),
        (
            "- Centrale de Mallemort : Elle est en service. Avec ses panneaux, elle couvre la consommation du village.",
            "[Centrale de Mallemort :] Avec ses panneaux, elle couvre la consommation du village.",
        ),
    ],
)
def test_a_pronoun_is_resolved_in_brackets(text: str, told: str) -> None:
    assert resolved(last(text)) == told


@pytest.mark.parametrize(
    "text",
    [
        "Le plan prévoit un label pour les entreprises. Il récompense les meilleures actions.",  # the plan or the label
        "La Métropole a créé un comité. Il se réunit chaque mois.",
        "Le comité technique est animé par les services. Il convient de le réunir souvent.",
        "Le projet associe les communes. Il est nécessaire de les consulter.",
        "Les communes sont associées. Elle met en œuvre le plan climat.",
    ],
)
def test_a_pronoun_that_is_not_certain_is_left_alone(text: str) -> None:
    quotation = last(text)
    assert resolved(quotation) == quotation.text


def test_a_story_keeps_its_pronouns() -> None:
    quotation = last("La congestion est un mauvais souvenir. Elle est devenue un récit pour enfants.", Nature.RECIT)
    assert resolved(quotation) == quotation.text


def test_what_is_in_brackets_stands_in_the_passage(assistant: Assistant) -> None:
    told = 0
    for one in assistant.index.passages:
        for quotation in sentences(one):
            words = resolved(quotation)
            if words != quotation.text:
                told += 1
                bracket = re.search(r"\[(.+?)(?: :)?\]", words)
                assert bracket and bracket[1].lower() in " ".join(one.text.split()).lower(), words
                assert words.replace(bracket[0], "", 1).split() == quotation.text.split()
    assert told >= 20


def test_a_date_or_half_a_title_is_no_sentence_of_its_own() -> None:
    dated = passage("Le 18 novembre 2019. Ce comité technique est intervenu après l'adoption du plan.")
    assert [one.text for one in sentences(dated)] == [dated.text]
    title = passage("UNE GRANDE OUVERTURE SUR\nLE MONDE ET LA MER\nLa suite du texte est une phrase.")
    assert [one.text for one in sentences(title)] == ["UNE GRANDE OUVERTURE SUR LE MONDE ET LA MER", "La suite du texte est une phrase."]
