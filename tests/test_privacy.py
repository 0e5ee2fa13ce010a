"""What is masked before a language model sees a question, and what is not."""

import pytest

from amp_assistant.privacy import mask

MASKED = [
    ("écrivez à jean.dupond+aide@exemple.fr svp", "écrivez à [adresse électronique] svp"),
    ("Contact : A_B@sous.domaine.example.", "Contact : [adresse électronique]."),
    ("mon numéro : 06 12 34 56 78", "mon numéro : [téléphone]"),
    ("tél. 04.91.00.00.01, merci", "tél. [téléphone], merci"),
    ("0491000001", "[téléphone]"),
    ("04-91-00-00-01 ou 04\u00a091\u00a000\u00a000\u00a002", "[téléphone] ou [téléphone]"),
    ("+33 6 12 34 56 78", "[téléphone]"),
    ("+33(0)612345678", "[téléphone]"),
    ("0033 4 91 00 00 01", "[téléphone]"),
    ("appelez le +32 470 12 34 56", "appelez le [téléphone]"),
    ("FR76 3000 6000 0112 3456 7890 189", "[IBAN]"),
    ("iban fr7630006000011234567890189 ok", "iban [IBAN] ok"),
    ("DE89 3704 0044 0532 0130 00", "[IBAN]"),
    ("SIRET 732 829 320 00074", "SIRET [SIRET]"),
    ("73282932000074 est mon siret", "[SIRET] est mon siret"),
    ("je suis a@b.fr, 0612345678, 73282932000074", "je suis [adresse électronique], [téléphone], [SIRET]"),
]

KEPT = [
    "Combien d'entreprises en 2022-2027 ?",
    "un prêt de 12 000 à 50 000 € pour 3 salariés",
    "1,3 milliard d'euros, 100 000 habitants, 1 237 entreprises",
    "un budget de 12 000 000 000 euros",
    "le 19/11/2021 à 14h30",
    "les zones ZA12 avec pour tout dire rien",
    "lignes 535, 83, 84, 85, 86 et A50",
    "06 entreprises, 12 ports",
    "mon SIREN est 732 829 320",
    "Qui est Martine Vassal ?",
    "le compte @ampmetropole",
]


@pytest.mark.parametrize(("text", "masked"), MASKED)
def test_personal_data_is_masked(text: str, masked: str) -> None:
    assert mask(text) == masked


@pytest.mark.parametrize("text", KEPT)
def test_what_is_asked_stays(text: str) -> None:
    assert mask(text) == text


@pytest.mark.parametrize(("text", "masked"), MASKED)
def test_masking_twice_changes_nothing_more(text: str, masked: str) -> None:
    assert mask(mask(text)) == masked
