"""Which aids fit: situations read from sentences, verdicts with their reasons, on the real corpus."""

from pathlib import Path

import pytest

from amp_assistant.answers.aids import Adviser, Aid
from amp_assistant.answers.conditions import place
from amp_assistant.answers.eligibility import NOT_STATED
from amp_assistant.assistant import Assistant
from amp_assistant.communes import Communes
from amp_assistant.errors import UsageError
from amp_assistant.evaluation_register import GoldSituation, judge_situations, read_lines
from amp_assistant.quantities import Bounds, in_digits, read_bounds
from amp_assistant.settings import Settings
from amp_assistant.situation import Fields, Situation, read_situation

SITUATIONS = Path(__file__).parent / "register" / "situations.jsonl"
CORPUS = Path(__file__).parents[1] / "corpus"


@pytest.fixture(scope="module")
def adviser(assistant: Assistant, settings: Settings) -> Adviser:
    return Adviser.of(assistant.index, settings)


def read(sentence: str, **fields: object) -> Situation:
    return read_situation(sentence, Fields.model_validate(fields), Communes.read(CORPUS))


def aid(adviser: Adviser, sentence: str, name: str) -> Aid:
    return next(one for one in adviser.advise(sentence).aids if name in one.dispositif.name)


def test_the_92_communes_are_there() -> None:
    names = Communes.read(CORPUS).names
    assert len(set(names.values())) == 92
    assert {"Pertuis", "Saint-Zacharie", "Port-Saint-Louis-du-Rhône", "La Roque-d'Anthéron"} <= set(names.values())
    assert "arles" not in names


@pytest.mark.parametrize(
    ("sentence", "employees", "age", "turnover", "commune"),
    [
        ("j'ai 6 salariés et 400 k€ de CA, je veux agrandir mon atelier à Vitrolles", 6, None, 400_000, "Vitrolles"),
        ("on est quatre, créée depuis 2 ans", 4, 2, None, None),
        ("trente-deux employés, chiffre d'affaires de 1,2 M€, à Fos", 32, None, 1_200_000, "Fos-sur-Mer"),
        ("auto-entrepreneur depuis dix-huit mois, sans salarié, 35 000 euros de chiffre d'affaires", 0, 1.5, 35_000, None),
        ("une douzaine de salariés, CA : 5 000 000 €", 12, None, 5_000_000, None),
        ("J'emploie 18 personnes, l'entreprise a 10 ans", 18, 10, None, None),
        ("la rue est barrée depuis trois mois par des travaux", None, None, None, None),
    ],
)
def test_figures_of_a_sentence(
    sentence: str, employees: int | None, age: float | None, turnover: float | None, commune: str | None
) -> None:
    situation = read(sentence)
    assert (situation.employees, situation.age_years, situation.turnover, situation.commune) == (employees, age, turnover, commune)


@pytest.mark.parametrize(
    ("sentence", "stage"),
    [
        ("je veux créer ma boîte", "création"),
        ("on monte une start-up, pas encore immatriculée", "création"),
        ("je voudrais reprendre un garage", "reprise"),
        ("j'ai une petite entreprise", "entreprise"),
        ("notre association cherche un local", None),
        ("j'ai 22 ans, je suis sans emploi", None),
    ],
)
def test_the_stage_of_a_sentence(sentence: str, stage: str | None) -> None:
    assert read(sentence).stage == stage


def test_a_place_outside_is_known_and_an_unknown_one_is_not_judged() -> None:
    assert read("mon entrepôt est à Arles").in_territory is False
    assert read("je quitte Lyon pour Istres").commune == "Istres"
    assert read("un atelier à Trifouillis").in_territory is None
    assert read("", commune="Trifouillis").in_territory is None


def test_fields_go_before_the_sentence() -> None:
    situation = read("j'ai 6 salariés à Arles", employees=12, commune="Aubagne")
    assert (situation.employees, situation.commune, situation.in_territory) == (12, "Aubagne", True)


def test_a_denied_project_is_refused() -> None:
    situation = read("je ne déménage pas et je n'agrandis rien")
    assert {"s'installer", "agrandir"} <= set(situation.refused)
    assert not situation.projects


@pytest.mark.parametrize(
    ("words", "bounds"),
    [
        ("entreprises de plus de trois ans", Bounds(3, None, True)),
        ("de 10 à 49 salariés", Bounds(10, 49)),
        ("un chiffre d'affaires compris entre 2 et 5 millions d'euros", Bounds(2, 5)),
        ("moins de 40h", Bounds(None, 40, True)),
        ("au moins 5 salariés", Bounds(5, None)),
        ("tous secteurs d'activités confondus", None),
    ],
)
def test_bounds_are_read_from_the_words(words: str, bounds: Bounds | None) -> None:
    assert read_bounds(words.replace("à", "a")) == bounds


def test_bounds_take_in_what_their_words_take_in() -> None:
    assert not Bounds(3, None, True).hold(3) and Bounds(3, None, True).hold(3.1)
    assert Bounds(10, 49).hold(10) and Bounds(10, 49).hold(49) and not Bounds(10, 49).hold(50)
    assert not Bounds(None, 40, True).hold(40)


def test_numbers_in_words() -> None:
    assert in_digits("vingt-deux ans, une dizaine, trente et un, un seul, 1 200") == "22 ans, une 10, 31, un seul, 1200"


def test_a_zone_is_met_only_where_the_situation_is_in_it() -> None:
    communes = Communes.read(CORPUS)
    assert place("dans les QPV", read("je suis à Marseille"), communes) == "unknown"
    assert place("dans les QPV", read("je suis dans un QPV à Marseille"), communes) == "met"
    assert place("Istres", read("je suis à Marseille"), communes) == "not_met"
    assert place("autour d'Aubagne", read("je suis à Marseille"), communes) == "unknown"


@pytest.mark.parametrize("with_flags", [False, True])
def test_the_situations_get_their_expected_verdicts(adviser: Adviser, with_flags: bool) -> None:
    situations = read_lines(SITUATIONS, GoldSituation)
    judged = judge_situations(situations, adviser.advise, with_flags=with_flags)
    wrong = [(one.situation.id, one.expected.name, one.expected.verdict, one.given) for one in judged if not one.is_right]
    assert len(situations) == 40
    assert wrong == []


def test_each_criterion_is_stated_by_its_sentence(adviser: Adviser) -> None:
    advice = adviser.advise("j'ai 6 salariés et 400 k€ de CA, je veux agrandir mon atelier à Vitrolles")
    for one in advice.aids:
        quotes = {proof.quote for proof in one.dispositif.proofs}
        for criterion in one.criteria:
            assert criterion.quote in quotes or criterion.text == NOT_STATED
    accelerator = aid(adviser, advice.situation.text, "Accélérateur de petites entreprises")
    by_name = {criterion.criterion: criterion for criterion in accelerator.criteria}
    assert accelerator.verdict == "no"
    assert by_name["effectif"].text == "de 10 à 49 salariés" and by_name["effectif"].verdict == "not_met"
    assert by_name["anciennete"].verdict == "unknown"


def test_what_the_document_does_not_ask_is_said_and_decides_nothing(adviser: Adviser) -> None:
    exemption = aid(adviser, "j'ai 6 salariés, je veux agrandir mon atelier à Vitrolles", "Exonération de CFE")
    staff = next(criterion for criterion in exemption.criteria if criterion.criterion == "effectif")
    assert (exemption.verdict, staff.text, staff.verdict) == ("match", NOT_STATED, "unknown")


def test_those_that_match_come_first_and_the_nearest_first_of_all(adviser: Adviser) -> None:
    advice = adviser.advise("j'ai 6 salariés et 400 k€ de CA, je veux agrandir mon atelier à Vitrolles")
    verdicts = [one.verdict for one in advice.aids]
    assert verdicts == sorted(verdicts, key=("match", "confirm", "no").index)
    assert advice.aids[0].dispositif.name == "Exonération de CFE"
    assert len(advice.aids) < 100, "what has nothing to do with it is left out"


def test_a_creator_without_a_firm_is_served(adviser: Adviser) -> None:
    advice = adviser.advise("je veux créer ma boîte à Aubagne")
    assert next(one.dispositif.name for one in advice.aids if one.verdict == "match") == "Exonération de CFE"
    assert "Quel est votre secteur d'activité ?" in advice.questions


def test_notices_tell_date_and_contact(adviser: Adviser) -> None:
    advice = adviser.advise("je cherche un prêt pour mon entreprise")
    assert any("juin 2022" in notice and "à vérifier" in notice for notice in advice.notices)
    assert advice.contact and "economie@ampmetropole.fr" in advice.contact.quote
    assert any("economie@ampmetropole.fr" in notice for notice in advice.notices)
    assert len(advice.questions) <= 3


def test_nothing_is_advised_where_nothing_is_told(adviser: Adviser) -> None:
    advice = adviser.advise("quelle heure est-il ?")
    assert advice.aids == ()
    assert "Rien dans cette phrase" in advice.notices[0]
    with pytest.raises(UsageError, match="Décrivez la situation"):
        adviser.advise("  ")
    with pytest.raises(UsageError, match="Le besoin « argent » n'existe pas"):
        adviser.advise("", Fields(needs=("argent",)))


def test_the_record_has_the_contract_and_the_text_names_the_first_aid(adviser: Adviser) -> None:
    advice = adviser.advise("", Fields(employees=25, age_years=8, turnover=3_200_000, needs=("formation",), commune="Aubagne"))
    record = advice.record()
    assert {"situation", "aids", "questions", "notices"} <= record.keys()
    first = record["aids"][0]
    assert {"name", "acronym", "verdict", "criteria", "citations"} <= first.keys()
    assert first["verdict"] == "match" and first["name"] == "Accélérateur de petites entreprises"
    assert {"criterion", "text", "verdict", "quote"} == first["criteria"][0].keys()
    assert "Accélérateur de petites entreprises" in advice.text()
