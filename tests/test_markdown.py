"""The Markdown reader on the three Markdown documents of the corpus: structure whole, words whole, debris out."""

import re
from collections import Counter
from functools import cache
from pathlib import Path

import pytest

from amp_assistant.documents.markdown import read_markdown
from amp_assistant.documents.markup import clean_markup
from amp_assistant.documents.model import BlockKind, Reading
from amp_assistant.folding import squash, tokens

CORPUS = Path(__file__).parent.parent / "corpus"
AGENDA = "agenda-developpement-economique-2022"
RAPPORT = "rapport-developpement-durable-2025"
SPASER = "spaser-communique-2021"


@cache
def source(name: str) -> str:
    return (CORPUS / f"{name}.md").read_text(encoding="utf-8")


@cache
def reading(name: str) -> Reading:
    return read_markdown(source(name))


def headings(name: str) -> list[tuple[int, str]]:
    return [(block.level, block.text) for block in reading(name).blocks if block.kind is BlockKind.HEADING]


def texts(name: str) -> list[str]:
    return [block.text for block in reading(name).blocks if block.kind is not BlockKind.HEADING]


def agenda_actions() -> list[tuple[str, str, str]]:
    """Orientation, levier and action of each action of the Agenda, in order."""
    path = ["", "", ""]
    found = []
    for level, text in headings(AGENDA):
        if level <= 3:
            path[level - 1 :] = [text, *[""] * (3 - level)]
        if text.startswith("Action "):
            found.append((path[0], path[1], path[2]))
    return found


def test_the_agenda_has_five_orientations_of_five_leviers() -> None:
    leviers: dict[str, list[str]] = {}
    for orientation, levier, _ in agenda_actions():
        leviers.setdefault(orientation.partition(" –")[0], []).append(levier.partition(" –")[0])

    assert {name: list(dict.fromkeys(found)) for name, found in leviers.items()} == {
        f"Orientation {number}": [f"Levier {levier}" for levier in range(1, 6)] for number in range(1, 6)
    }


def test_an_orientation_is_named_with_its_number_and_its_words() -> None:
    assert (1, "Orientation 2 – Une Métropole plurielle et inclusive, proche de ses habitants") in headings(AGENDA)


def test_every_action_line_of_the_agenda_is_a_heading() -> None:
    lines = re.findall(r"^\W*ACTION (\d+)", source(AGENDA), re.MULTILINE)

    assert [action.split()[1] for _, _, action in agenda_actions()] == lines


def test_a_title_keeps_its_number_where_the_first_action_has_none() -> None:
    first = [action for orientation, levier, action in agenda_actions() if "Orientation 1" in orientation and "Levier 1" in levier]

    assert [action.partition(" –")[0] for action in first] == ["Action 2", "Action 3", "Action 4"]


def test_text_drawn_into_a_title_is_cut_off() -> None:
    assert (3, "Action 2 – Accompagner et accélérer la transition numérique") in headings(AGENDA)


@pytest.mark.parametrize(
    "title",
    [
        "Action 2 – Recréer de la mixité dans les cœurs de ville par le développement de nouvelles solutions immobilières",
        "Action 2 – Affirmer le rôle de « porte de l'Europe »",
        "Action 2 – Requalifier et densifier les ZAE",
    ],
    ids=["over four lines and bold", "without separator", "with an acronym"],
)
def test_a_title_is_found_however_it_is_set(title: str) -> None:
    assert (3, title) in headings(AGENDA)


def test_sub_headings_stand_below_their_action() -> None:
    found = headings(AGENDA)
    action = next(index for index, (_, text) in enumerate(found) if text.startswith("Action 4 – Impulser"))

    assert [text for level, text in found[action + 1 : action + 4] if level == 4] == [
        "Santé",
        "Aéronautique et mécanique",
        "Maritime et logistique",
    ]


def test_lists_of_leviers_are_no_structure() -> None:
    leviers = [text for _, text in headings(AGENDA) if "Renforcer l'animation des écosystèmes territoriaux" in text]

    assert len(leviers) == 1


def test_what_follows_the_last_orientation_is_not_inside_it() -> None:
    assert {"Synthèse des orientations", "Annexes", "Remerciements"} <= {text for level, text in headings(AGENDA) if level == 1}


def test_the_parts_of_the_rapport_stand_side_by_side() -> None:
    parts = [(level, text) for level, text in headings(RAPPORT) if text.startswith("Partie")]

    assert [level for level, _ in parts] == [1, 1, 1, 1]
    assert (2, "3. Du Géo Atlas à la Réserve : préserver le vivant") in headings(RAPPORT)
    assert (3, "c. Gestion des massifs et sensibilisation") in headings(RAPPORT)


def test_a_key_figure_set_as_a_heading_stays_with_its_sentence() -> None:
    assert (
        "74 % du territoire sanctuarisés avec l'adoption du Schéma de Cohérence Territoriale (SCoT), qui protège 234 000 hectares "
        "d'espaces naturels, agricoles et forestiers." in texts(RAPPORT)
    )


def test_titles_without_any_mark_are_found() -> None:
    assert (2, "Une politique d'achats cohérente avec les actions menées dont le plan climat") in headings(SPASER)


@pytest.mark.parametrize(
    "sentence",
    [
        "Les autres pépinières du territoire accompagnent",
        "La Métropole ambitionne d'écrire une nouvelle page du déploiement",
        "la plus haute falaise de France (cap Canaille)",
        "Il s'agira également de favoriser l'usage de la marche",
        "tels que « Why Invest in Aix-Marseille-Provence» édité par EY",
        "incubateurs et accélérateurs) travaillent collectivement",
        "L'objectif pour la Métropole est de réussir la reconversion",
        "sur l'énergie (thalassothermie, éolien flottant, microalgues)",
    ],
    ids=["hyphen", "bullet", "capital", "caption between", "compound", "hyphen and bracket", "link", "bracket"],
)
def test_a_sentence_cut_by_the_page_is_joined(sentence: str) -> None:
    assert any(sentence in text for text in texts(AGENDA))


def test_a_row_has_its_title_and_its_cells() -> None:
    assert "PÔLES DE COMPÉTITIVITÉ : CAPENERGIES" in "\n".join(texts(AGENDA))
    assert any(text.startswith("1. Taux de chômage (Pôle emploi)") and "11. Taux de valorisation" in text for text in texts(AGENDA))


def test_the_headers_of_a_table_are_repeated_in_each_row() -> None:
    table = "| Zone | Surface |\n|---|---|\n| Les Paluds | 12 ha |\n| Athélia | 8 ha |"

    assert [block.text for block in read_markdown(table).blocks] == [
        "Zone : Les Paluds ; Surface : 12 ha",
        "Zone : Athélia ; Surface : 8 ha",
    ]


@pytest.mark.parametrize(
    ("markup", "words"),
    [
        ("**Objectif** : 1^{er} port, 3^e place", "Objectif : 1er port, 3e place"),
        ("2 900 m<sup>2</sup> et CO<sub>2</sub>", "2 900 m2 et CO2"),
        ("les circuits courts** et [L'objectif](#)", "les circuits courts et L'objectif"),
        ('<ul style="list-style-type: none"> Outils&nbsp;de por\u00adtage<br>Acceptation', "Outils de portage Acceptation"),
        ("une plus grande ampleur. —", "une plus grande ampleur."),
        ("A*MIDEX 3.0", "A*MIDEX 3.0"),
        ("port de Méditerranée<sup>1</sup>", "port de Méditerranée ¹"),
    ],
)
def test_markup_goes_and_words_stay(markup: str, words: str) -> None:
    assert clean_markup(markup) == words


@pytest.mark.parametrize("name", [AGENDA, RAPPORT, SPASER])
def test_no_word_of_the_document_is_lost(name: str) -> None:
    """Every word stands in a block or in what was left out; a word cut by a hyphen at a line end may count as lost."""
    written = Counter(tokens(re.sub(r"\(#\)|<(?!http)[^>]*>", "", source(name))))
    kept = Counter(tokens("\n".join([*(block.text for block in reading(name).blocks), *(item.text for item in reading(name).left_out)])))

    lost = written - kept

    assert lost.total() <= 0.005 * written.total(), dict(lost)


@pytest.mark.parametrize("name", [AGENDA, RAPPORT, SPASER])
def test_no_markup_is_left(name: str) -> None:
    pattern = re.compile(r"\*\*|<[a-z/]|\^[{\w]|\]\(|&[a-z]+;|[\u00a0\u00ad\u202f\t]|^#|  +|\|")

    assert [block.text for block in reading(name).blocks if pattern.search(block.text)] == []


def test_the_description_of_a_picture_and_running_heads_are_left_out_by_name() -> None:
    rules = Counter(item.rule for item in reading(AGENDA).left_out)

    assert rules["description of a picture"] == 1
    assert rules["running head"] == 7
    assert not any("aerial photograph" in text for text in texts(AGENDA))


def test_no_sentence_is_left_out() -> None:
    left_out = [item for item in reading(AGENDA).left_out if item.rule not in ("table of contents", "description of a picture")]

    assert all(len(item.text.split()) <= 20 and not item.text.endswith(".") for item in left_out)


def test_the_bibliography_stands_under_its_own_heading() -> None:
    path = ""
    for block in reading(AGENDA).blocks:
        if block.kind is BlockKind.HEADING and block.level == 1:
            path = block.text
        if "Récupéré sur" in block.text:
            assert path == "Remerciements"


def test_plain_text_without_structure_is_read_as_paragraphs() -> None:
    blocks = read_markdown("Une première phrase.\nSa suite.\n\nUne seconde phrase.").blocks

    assert [(block.kind, block.text) for block in blocks] == [
        (BlockKind.PARAGRAPH, "Une première phrase. Sa suite."),
        (BlockKind.PARAGRAPH, "Une seconde phrase."),
    ]


def test_quotes_rules_and_fences_are_markup() -> None:
    blocks = read_markdown("Titre\n=====\n\n> Une phrase citée qui dit bien quelque chose ici.\n\n---\n\n```\nUne autre.\n```").blocks

    assert [block.text for block in blocks] == ["Titre", "Une phrase citée qui dit bien quelque chose ici.", "Une autre."]


def test_an_empty_text_has_no_blocks() -> None:
    assert read_markdown("").blocks == ()


def test_a_heading_keeps_the_letters_of_the_document() -> None:
    letters = squash(clean_markup(source(AGENDA).replace("\n", " ")))

    lost = [text for _, text in headings(AGENDA) if squash(re.sub(r"^\w+ \d+ – ", "", text)) not in letters]

    assert lost == []
