"""What somebody who tells a situation and asks for aids is answered, on the real corpus."""

import pytest

from amp_assistant.assistant import Assistant
from amp_assistant.citations import faults
from amp_assistant.evaluation import evaluate, read_questions
from amp_assistant.settings import ROOT
from amp_assistant.situation import Situation, in_words

BAKER = "je suis boulanger à Aubagne, 12 salariés, boîte créée il y a 2 ans, 800 000 euros de chiffre d'affaires, quelles aides pour moi ?"
GROWN = "Je dirige une entreprise de 15 personnes, 3 millions de CA, 6 ans d'existence, qu'est-ce que vous proposez pour nous ?"


def test_a_situation_gets_the_aids_that_fit_it_and_those_that_its_figures_shut_out(assistant: Assistant) -> None:
    answer = assistant.ask(BAKER)
    assert not answer.abstained
    assert answer.text.startswith("D'après votre situation (")
    assert "12 salariés" in answer.text.splitlines()[0] and "Aubagne" in answer.text.splitlines()[0]
    shut_out = answer.text.split("**Ne convient pas, d'après ce que vous dites**")[1]
    assert "(contraire : ancienneté, chiffre d'affaires)" in shut_out and "de plus de trois ans, de 10 à 49 salariés" in shut_out


def test_another_firm_gets_that_very_aid_first(assistant: Assistant) -> None:
    lines = [line for line in assistant.ask(GROWN).text.splitlines() if line.startswith("- ")]
    assert "Accélérateur de petites entreprises" in lines[0] and "contraire" not in lines[0]


@pytest.mark.parametrize(
    ("question", "wanted"),
    [
        ("Ma boutique a perdu du chiffre à cause des travaux du tram, je peux être indemnisé ?", "d'indemnisation à l'amiable"),
        ("Je veux créer ma boîte à Marseille, à quoi j'ai droit ?", "Exonération de CFE"),
        ("Quelles aides pour créer une entreprise ?", "Exonération de CFE"),
        ("Je reprends la menuiserie de mon patron à Martigues, on m'aide ?", "création-reprise"),
        ("start-up deeptech 3 personnes Aix quel accompagnement", "incubateur"),
        ("Nous sommes une entreprise allemande qui veut s'implanter ici, qui nous aide ?", "Provence Promotion"),
        ("Je suis maire d'une petite commune, quelles aides pour mon centre-ville ?", "Envie de Ville"),
    ],
)
def test_people_find_the_aid_that_is_meant_for_them(assistant: Assistant, question: str, wanted: str) -> None:
    answer = assistant.ask(question)
    assert answer.framing and wanted in answer.text


@pytest.mark.parametrize("question", [BAKER, GROWN, "Étudiant à Aix, je veux lancer ma boîte, quel accompagnement ?"])
def test_every_figure_and_name_stands_in_its_quotation(assistant: Assistant, question: str) -> None:
    answer = assistant.ask(question)
    quotes = {citation.number: citation.quote for citation in answer.citations}
    listed = answer.text.split("**Aussi dans les documents**")[0]
    stated = [line for line in listed.splitlines() if line.startswith("- ")]
    assert len(stated) >= 2
    for line in stated:
        number = int(line.rsplit("[", 1)[1].rstrip("]"))
        name = line.removeprefix("- ").split("« ")[0].split(") ")[-1].strip(" :")
        assert quotes[number] in line and not faults(name, [quotes[number]])


@pytest.mark.parametrize(
    "question",
    [
        "Combien prête l'AMPA à ma start-up ?",
        "Jusqu'à quand puis-je demander l'aide à l'immobilier ?",
        "Qui finance les aides à mon entreprise ?",
        "Quelle aide au recrutement le centre de relation entreprises proposera-t-il ?",
        "Je suis boulanger à Toulon, quelles aides pour moi ?",
        "Quelles aides ?",
    ],
)
def test_one_fact_another_territory_or_no_situation_is_not_answered_so(assistant: Assistant, question: str) -> None:
    assert not assistant.ask(question).text.startswith("D'après votre situation")


def test_a_conversation_goes_on(assistant: Assistant) -> None:
    before = "Je dirige une entreprise de 15 salariés à Marseille, 6 ans d'existence, quelles aides pour nous ?"
    answer = assistant.ask("et si j'ai 3 salariés ?", [before])
    assert "3 salariés" in answer.text.splitlines()[0] and "6 ans d'existence" in answer.text.splitlines()[0]


def test_questions_whose_answers_are_known_lose_nothing_by_it(assistant: Assistant) -> None:
    """No unanswerable question of the development half is answered by a list of aids, and those it answers hold what they must."""
    questions = [one for one in read_questions(ROOT / "tests" / "questions", "dev") if one.kind in ("aid", "unanswerable")]
    listed = [one for one in evaluate(questions, assistant.ask) if one.answer.text.startswith("D'après votre situation")]
    assert listed and all(one.question.gold and one.must == 1 for one in listed)


def test_a_situation_in_words() -> None:
    situation = Situation(employees=1, age_years=0.5, turnover=800_000, commune="Aubagne", roles=("entreprise",), sectors=("commerce",))
    assert in_words(situation) == "entreprise, commerce, 1 salarié, 6 mois d'existence, 800\u202f000\u00a0€ de chiffre d'affaires, Aubagne"
    assert in_words(Situation()) == ""
