"""Acronyms and their long forms: what is harvested, and that either finds the passages of the other."""

from pathlib import Path

import pytest

from amp_assistant.acronyms import Acronym, Acronyms, harvest, spells
from amp_assistant.assistant import Assistant
from amp_assistant.building import build_index
from amp_assistant.folding import fold
from amp_assistant.index import open_index
from amp_assistant.passages import Passage
from amp_assistant.settings import Settings

BESIDE = {
    "long, short in brackets": ("Le grand port maritime de Marseille (GPMM) emploie.", ("GPMM", "grand port maritime de Marseille")),
    "short, long in brackets": ("Le GPMM (Grand Port Maritime de Marseille) emploie.", ("GPMM", "Grand Port Maritime de Marseille")),
    "short, dash, long": ("PLIE – Plan local pour l'insertion et l'emploi", ("PLIE", "Plan local pour l'insertion et l'emploi")),
    "two letters of a word": ("Le schéma de cohérence territoriale (SCoT) fixe.", ("SCoT", "schéma de cohérence territoriale")),
    "a digit": ("L'École de la 2e Chance (E2C) accueille.", ("E2C", "École de la 2e Chance")),
}
OTHERS = {
    "other letters": "Le conseil des communes (GPMM) se réunit.",
    "an aside": "La Métropole (voir la carte) agit.",
    "a word in capitals": "Une grande fête (FÊTE) a lieu.",
    "a word left out": "Le grand projet port maritime de Marseille et Fos (GPMM) emploie.",
}


def passage(text: str, position: int = 0) -> Passage:
    return Passage(f"d-{position}", "d", position, text, ())


@pytest.mark.parametrize(("text", "pair"), BESIDE.values(), ids=BESIDE.keys())
def test_forms_side_by_side_make_a_pair_where_the_letters_agree(text: str, pair: tuple[str, str]) -> None:
    assert harvest([passage(text)], []).pairs == (Acronym(*pair),)


@pytest.mark.parametrize("text", OTHERS.values(), ids=OTHERS.keys())
def test_other_brackets_make_none(text: str) -> None:
    assert harvest([passage(text)], []).pairs == ()


def test_forms_that_come_together_in_several_passages_make_a_pair_and_once_may_be_chance() -> None:
    apart = "Les ZAE sont saturées. Les zones d'activités économiques seront densifiées."
    assert harvest([passage(apart)], []).pairs == ()
    assert harvest([passage(apart, 0), passage(f"{apart} Encore.", 1)], []).pairs == (Acronym("ZAE", "zones d'activités économiques"),)


def test_every_pair_of_the_corpus_spells_its_acronym(assistant: Assistant) -> None:
    pairs = assistant.index.acronyms.pairs
    assert len(pairs) > 80
    for pair in pairs:
        words = [word for word in fold(pair.long).replace("’", " ").replace("'", " ").replace("-", " ").replace(",", " ").split() if word]
        assert spells(pair.short, words, given=3), pair


@pytest.mark.parametrize(
    ("asked", "form", "other"),
    [
        ("Que dit le spaser ?", "SPASER", "Schéma de promotion des achats socialement et écologiquement responsables"),
        ("les zones d'activité économique sont-elles pleines ?", "zones d'activité économiques", "ZAE"),
        ("Et les gaz à effet de serre ?", "gaz à effet de serre", "GES"),
    ],
)
def test_the_other_form_is_searched_and_told(assistant: Assistant, asked: str, form: str, other: str) -> None:
    query = assistant.understand(asked)
    assert other in query.forms
    assert any(step.endswith(f"est cherché aussi comme « {other} ».") and fold(form) in fold(step) for step in query.steps)


def test_a_question_that_has_both_forms_gets_none() -> None:
    known = Acronyms([Acronym("ZAE", "zones d'activités économiques")])
    assert known.others("Les zones d'activités économiques (ZAE)") == []


@pytest.mark.parametrize(
    ("asked", "held"),
    [
        ("Qui anime le comité des fêtes municipales ?", "Le CFM est animé par"),
        ("Où siège le CFM ?", "Le comité des fêtes municipales siège"),
    ],
)
def test_without_enrichment_either_form_finds_a_passage_that_has_only_the_other(tmp_path: Path, asked: str, held: str) -> None:
    corpus = tmp_path / "corpus"
    corpus.mkdir()
    filler = "Les rues sont balayées chaque matin par les équipes de la propreté, sauf le dimanche et les jours fériés du calendrier."
    parts = {
        "Sigles": "Le comité des fêtes municipales (CFM) existe.",
        "Animation": "Le CFM est animé par des bénévoles du quartier depuis longtemps déjà.",
        "Adresse": "Le comité des fêtes municipales siège place du marché, au premier étage.",
        **{f"Rue {number}": f"{filler} Numéro {number}." for number in range(12)},
    }
    text = "\n\n".join(f"## {title}\n\n{body} {filler}" for title, body in parts.items())
    (corpus / "fetes.md").write_text(f"# Les fêtes\n\n{text}\n", encoding="utf-8")
    settings = Settings(corpus=corpus, index=tmp_path / "index")
    build_index(settings)
    assistant = Assistant(open_index(settings), settings=settings)
    assert any(held in hit.passage.text for hit in assistant.find(assistant.understand(asked))[:3])


def test_an_answer_spells_out_once_what_its_words_leave_unexplained(assistant: Assistant) -> None:
    known = Acronyms([Acronym("GPMM", "grand port maritime de Marseille"), Acronym("ESS", "économie sociale et solidaire")])
    assert [pair.short for pair in known.unexplained("Le GPMM, avec l'ESS (économie sociale et solidaire), et le GPMM.")] == ["GPMM"]
    assert not known.unexplained("Le gpmm et l'essor.")
    answer = assistant.ask("Quel était l'objectif de foncier économique et où en est-on ?")
    (told,) = (notice for notice in answer.notices if notice.startswith("Sigles : "))
    for pair in told.removeprefix("Sigles : ").removesuffix(".").split(" ; "):
        short, _, long = pair.partition(" = ")
        assert short in answer.text and fold(long) not in fold(answer.text)
        assert any(fold(long) in fold(passage.text) for passage in assistant.index.passages)


def test_only_what_the_documents_spell_out_is_told() -> None:
    known = Acronyms([Acronym("ESS", "économie sociale et solidaire"), Acronym("TGV", "train à grande vitesse")])
    assert [pair.short for pair in known.told_in(["L'Économie sociale et solidaire emploie.", "Le TGV passe."]).pairs] == ["ESS"]
