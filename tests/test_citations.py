"""Statements and quotations: what is true of the real corpus is accepted, what was changed in it is caught."""

import random
import re
from collections.abc import Iterator
from functools import cache

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from amp_assistant.citations import faults, find_quotation
from amp_assistant.documents import read_corpus
from amp_assistant.figures import Figure, read_figures
from amp_assistant.folding import FoldedText, tokens
from amp_assistant.passages import Passage, split_document
from amp_assistant.sentences import split_sentences
from amp_assistant.settings import Settings

CAUGHT = 0.99
"""Share of the changed figures and names that must be caught."""

UNITS = ("%", "ha", "hectares", "km", "m2", "ans", "mois", "millions", "milliards", "million", "milliard", "euros", "M€", "€", "tonnes")
CAPITALISED = re.compile(r"\b[A-ZÀ-Ý][\w-]{2,}")
unhurried = settings(max_examples=300, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow])


@cache
def passages() -> list[Passage]:
    return [passage for document in read_corpus(Settings().corpus).documents for passage in split_document(document)]


@cache
def true_sentences() -> list[str]:
    return [passage.text[start:end] for passage in passages() for start, end in split_sentences(passage.text)]


@cache
def affirming_sentences() -> list[str]:
    """Those with a verb that a denial can be put around, and no word that denies."""
    denials = {"ne", "n", "pas", "sans", "ni", "aucun", "aucune", "jamais", "rien"}
    return [s for s in true_sentences() if re.search(r" (?:est|sont|sera|a|ont) ", s) and denials.isdisjoint(tokens(s))]


@cache
def names() -> list[str]:
    """Words of the corpus that stand with a capital inside a sentence and nowhere without one."""
    ordinary = {token for sentence in true_sentences() for word in re.findall(r"\b[a-zà-ÿ]+\b", sentence) for token in tokens(word)}
    found_in = ((found, sentence[: found.start()]) for sentence in true_sentences() for found in CAPITALISED.finditer(sentence))
    inside = {found[0] for found, before in found_in if re.search(r"[\w,]\s$", before)}
    return sorted(name for name in inside if ordinary.isdisjoint(tokens(name)))


def changed_digits(chance: random.Random) -> Iterator[tuple[str, str]]:
    for sentence in true_sentences():
        for found in re.finditer(r"(?<![^\W_])\d+", sentence):
            at = chance.randrange(found.start(), found.end())
            digit = chance.choice([digit for digit in "0123456789" if digit != sentence[at]])
            yield sentence, sentence[:at] + digit + sentence[at + 1 :]


def changed_years(chance: random.Random) -> Iterator[tuple[str, str]]:
    for sentence in true_sentences():
        for found in re.finditer(r"\b(?:19|20)\d\d\b", sentence):
            year = str(chance.randrange(1950, 2060))
            if year not in sentence:
                yield sentence, sentence[: found.start()] + year + sentence[found.end() :]


def changed_units(chance: random.Random) -> Iterator[tuple[str, str]]:
    written = "|".join(map(re.escape, UNITS))
    for sentence in true_sentences():
        for found in re.finditer(rf"(?<=\d)\s?({written})(?!\w)", sentence):
            unit = chance.choice([unit for unit in UNITS if measure(unit) != measure(found[1])])
            yield sentence, f"{sentence[: found.start()]} {unit}{sentence[found.end() :]}"


def measure(unit: str) -> tuple[str, str]:
    figure: Figure = read_figures(f"3 {unit}")[0]
    return figure.scale, figure.unit


def changed_names(chance: random.Random) -> Iterator[tuple[str, str]]:
    known = set(names())
    for sentence in true_sentences():
        for found in CAPITALISED.finditer(sentence):
            other = chance.choice(names())
            if found[0] in known and not set(tokens(other)) <= set(tokens(sentence)):
                yield sentence, sentence[: found.start()] + other + sentence[found.end() :]


def test_no_true_sentence_is_refused() -> None:
    refused = {sentence: found for sentence in true_sentences() if (found := faults(sentence, [sentence]))}
    assert len(true_sentences()) > 3000
    assert refused == {}


@pytest.mark.parametrize("change", [changed_digits, changed_years, changed_units, changed_names], ids=lambda change: change.__name__)
def test_changed_figures_and_names_are_caught(change: object) -> None:
    pairs = list(change(random.Random(2022)))  # type: ignore[operator]
    missed = [changed for sentence, changed in pairs if not faults(changed, [sentence])]
    share = 1 - len(missed) / len(pairs)
    print(f"{change.__name__}: {len(pairs)} changed, {share:.2%} caught")  # type: ignore[attr-defined]
    assert len(pairs) > 200
    assert share >= CAUGHT, missed[:10]


@given(st.data())
@unhurried
def test_a_true_sentence_is_proved_by_itself_however_it_is_set(data: st.DataObject) -> None:
    sentence = data.draw(st.sampled_from(true_sentences()))
    space = data.draw(st.sampled_from([" ", "\u00a0", "\u202f", "  "]))
    others = data.draw(st.lists(st.sampled_from(true_sentences()), max_size=2))
    assert faults(sentence, [sentence.replace(" ", space)]) == []
    assert "le nombre" not in " ".join(faults(sentence, [*others, sentence]))


@given(st.data())
@unhurried
def test_an_added_denial_is_caught(data: st.DataObject) -> None:
    sentence = data.draw(st.sampled_from(affirming_sentences()))
    assert "la négation" in faults(re.sub(r" (est|sont|sera|a|ont) ", r" ne \1 pas ", sentence, count=1), [sentence])


@given(st.data())
@unhurried
def test_two_quotations_spliced_are_found_nowhere(data: st.DataObject) -> None:
    passage = data.draw(st.sampled_from([passage for passage in passages() if len(split_sentences(passage.text)) > 3]))
    spans = split_sentences(passage.text)
    first = data.draw(st.integers(0, len(spans) - 3))
    last = data.draw(st.integers(first + 2, len(spans) - 1))
    spliced = f"{passage.text[slice(*spans[first])]} {passage.text[slice(*spans[last])]}"
    found = find_quotation(passage, spliced)
    assert found is None or FoldedText.of(found.text).letters == FoldedText.of(spliced).letters


@given(st.data())
@unhurried
def test_a_quotation_with_a_changed_letter_or_digit_is_not_found(data: st.DataObject) -> None:
    passage = data.draw(st.sampled_from(passages()))
    start, end = data.draw(st.sampled_from(split_sentences(passage.text)))
    words = passage.text[start:end]
    at = data.draw(st.sampled_from([at for at, character in enumerate(words) if character.isalnum()]))
    changed = words[:at] + ("w" if words[at].isalpha() and words[at] not in "wW" else "7" if words[at] != "7" else "8") + words[at + 1 :]
    assert find_quotation(passage, words) is not None
    found = find_quotation(passage, changed)
    assert found is None or tokens(found.text) == tokens(changed)


QUOTE = "Avec un montant d'achats annuel de 1,3 milliard d'euros, la Métropole vise 30 % des marchés d'ici 2025, dont 12 à 15 communes."


@pytest.mark.parametrize(
    "statement",
    [
        "La Métropole achète pour 1,3 Md€ par an.",
        "La Métropole achète pour 1,3 milliard d’euros.",
        "30 pour cent des marchés en 2025 [1].",
        "De 12 à 15 communes sont concernées.",
        "L'objectif est fixé à 2025.",
        "Accompagner 15 communes.",
    ],
)
def test_another_wording_of_what_is_quoted_is_accepted(statement: str) -> None:
    assert faults(statement, [QUOTE]) == []


@pytest.mark.parametrize(
    ("statement", "fault"),
    [
        ("La Métropole achète pour 1,4 milliard d'euros.", "le nombre 1.4"),
        ("La Métropole achète pour 1,3 million d'euros.", "l'unité de « 1.3 million € »"),
        ("La Métropole achète pour 1,3 euro.", "l'unité de « 1.3 € »"),
        ("La Métropole vise 30 communes.", "l'unité de « 30 »"),
        ("La Métropole vise 15 entreprises.", "ce que compte « 15 entreprises »"),
        ("La Métropole de Lyon vise 2025.", "le nom « Lyon »"),
        ("Toulon vise 2025.", "le nom « Toulon »"),
        ("Le SPASER vise 2025.", "le nom « SPASER »"),
        ("La Métropole ne vise pas 30 % des marchés.", "la négation"),
        ("De 15 à 30 % des marchés.", "l'intervalle de 15 à 30"),
        ("La Métropole vise 2025, en novembre.", "le mois « novembre »"),
        ("Quatre communes sont visées.", "le nombre 4"),
    ],
)
def test_what_the_quotation_does_not_say_is_named(statement: str, fault: str) -> None:
    assert fault in faults(statement, [QUOTE])


def test_headings_prove_names_and_no_figures() -> None:
    assert faults("Le SPASER vise 2025.", [QUOTE], context=["Le SPASER 2026"]) == []
    assert faults("Le SPASER vise 2026.", [QUOTE], context=["Le SPASER 2026"]) == ["le nombre 2026"]


def test_a_date_in_figures_is_the_date_in_words() -> None:
    assert faults("Adopté le 19/11/2021.", ["Adopté le 19 novembre 2021."]) == []
    assert faults("Adopté le 19/12/2021.", ["Adopté le 19 novembre 2021."]) != []
