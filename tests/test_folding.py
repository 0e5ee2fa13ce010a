"""Text reduced to what makes two writings the same."""

import pytest

from amp_assistant.folding import FoldedText, fold, numbers, tokens

TEXT = "Une hausse de 75 %. Le label Parc+, l'œuvre « régéné-\nration » et 1 200 arbres (dont 12 chênes)."


@pytest.mark.parametrize(
    ("quotation", "found"),
    [
        ("hausse de 75 %", "hausse de 75 %"),
        ("hausse de 75 %.", "hausse de 75 %."),
        ("label parc+", "label Parc+"),
        ("L’OEUVRE «Régénération»", "l'œuvre « régéné-\nration »"),
        ("1200 arbres", "1 200 arbres"),
        ("(dont 12 chênes)", "(dont 12 chênes)"),
        ("hausse de 7", None),
        ("ausse de 75", None),
        ("12 00 arbres", None),
        ("hausse de 57 %", None),
        ("", None),
    ],
)
def test_a_quotation_is_found_word_for_word_or_not_at_all(quotation: str, found: str | None) -> None:
    place = FoldedText.of(TEXT).find(quotation)
    assert (place and TEXT[slice(*place)]) == found


def test_numbers_are_read_as_french_writes_them() -> None:
    assert numbers("1 200 logements, 1,9 million, 40.000 €, 3,75 %, 2022-2027") == [1200, 1.9, 40000, 3.75, 2022, 2027]


def test_tokens_fold_case_accents_ligatures_and_elision() -> None:
    assert tokens("L'Œuvre d'ÉTÉ : 12 500 m²") == ["l", "oeuvre", "d", "ete", "12500", "m2"]
    assert fold("Ça, où ?") == "ca, ou ?"
