"""Passages of the Markdown documents: sizes, places, identity, and no word lost."""

import re
from collections import Counter
from functools import cache
from pathlib import Path

import pytest

from amp_assistant.documents.markdown import read_markdown
from amp_assistant.documents.model import Block, BlockKind, Document, Reading
from amp_assistant.folding import tokens
from amp_assistant.passages import Nature, Passage, split_document

CORPUS = Path(__file__).parent.parent / "corpus"
AGENDA = "agenda-developpement-economique-2022"
NAMES = [AGENDA, "rapport-developpement-durable-2025", "spaser-communique-2021"]


def document(reading: Reading, name: str = "essai", title: str = "Essai") -> Document:
    return Document(name, title, title, "plan", "Métropole", "2022", "", "fr", "", f"{name}.md", "", reading)


def of_blocks(*blocks: Block) -> list[Passage]:
    return split_document(document(Reading(blocks)))


@cache
def passages(name: str) -> list[Passage]:
    return split_document(document(read_markdown((CORPUS / f"{name}.md").read_text(encoding="utf-8")), name))


def heading(text: str, level: int = 1) -> Block:
    return Block(BlockKind.HEADING, text, level)


def paragraph(words: int, end: str = ".") -> Block:
    return Block(BlockKind.PARAGRAPH, " ".join(["Mot", *["mot"] * (words - 1)]) + end)


def sentences(*sizes: int) -> Block:
    return Block(BlockKind.PARAGRAPH, " ".join(paragraph(size).text for size in sizes))


def sizes(found: list[Passage]) -> list[int]:
    return [len(passage.text.split()) for passage in found]


@pytest.mark.parametrize("name", NAMES)
def test_sizes_are_within_bounds(name: str) -> None:
    outside = [size for size in sizes(passages(name)) if not 40 <= size <= 160]

    assert len(outside) <= max(2, 0.01 * len(passages(name))), outside


@pytest.mark.parametrize("name", NAMES)
def test_every_word_of_the_blocks_stands_in_a_passage_or_its_path(name: str) -> None:
    blocks = read_markdown((CORPUS / f"{name}.md").read_text(encoding="utf-8")).blocks
    written = Counter(tokens("\n".join(block.text for block in blocks if block.kind is not BlockKind.HEADING)))

    lost = written - Counter(tokens("\n".join(passage.text for passage in passages(name))))

    assert not lost


@pytest.mark.parametrize("name", NAMES)
def test_a_passage_is_verbatim_and_ends_with_a_whole_sentence_or_block(name: str) -> None:
    blocks = [block.text for block in read_markdown((CORPUS / f"{name}.md").read_text(encoding="utf-8")).blocks]

    for passage in passages(name):
        for line in passage.text.splitlines():
            words = re.sub(r"^\s*- ", "", line)
            assert any(words in text for text in blocks)
        assert passage.text.rstrip()[-1] in ".!?…»)”" or any(text.endswith(words) for text in blocks)


def test_identities_are_distinct_and_follow_the_content() -> None:
    identities = [passage.id for passage in passages(AGENDA)]

    assert len(set(identities)) == len(identities)
    assert all(re.fullmatch(rf"{AGENDA}:[0-9a-f]{{10}}(-\d+)?", identity) for identity in identities)
    assert [passage.position for passage in passages(AGENDA)] == list(range(len(identities)))


def test_the_identity_of_a_passage_does_not_depend_on_its_neighbours() -> None:
    alone = of_blocks(heading("B"), paragraph(80))
    after_another = of_blocks(heading("A"), paragraph(90), heading("B"), paragraph(80))

    assert alone[0].id == after_another[1].id


def test_a_repeated_text_has_an_identity_of_its_own() -> None:
    found = of_blocks(heading("A"), paragraph(80), heading("B"), paragraph(90), heading("A"), paragraph(80))

    assert found[2].id == f"{found[0].id}-2"


def test_an_action_of_the_agenda_has_its_whole_path() -> None:
    found = next(passage for passage in passages(AGENDA) if "Fonds Aix-Marseille-Provence Amorçage au service" in passage.text)

    assert [title.partition(" –")[0] for title in found.heading_path] == ["Orientation 1", "Levier 1", "Action 2"]
    assert found.nature is Nature.DESCRIPTION


def test_a_passage_never_crosses_a_heading() -> None:
    found = of_blocks(heading("A"), paragraph(60), heading("B"), paragraph(60))

    assert [passage.heading_path for passage in found] == [("A",), ("B",)]


def test_the_title_of_the_document_is_not_in_the_path() -> None:
    assert of_blocks(heading("ESSAI"), heading("Partie", 2), paragraph(60))[0].heading_path == ("Partie",)


def test_a_long_section_is_cut_evenly_between_blocks() -> None:
    assert sizes(of_blocks(*[paragraph(40) for _ in range(6)])) == [120, 120]


def test_a_long_paragraph_is_cut_between_sentences() -> None:
    found = of_blocks(sentences(50, 50, 50, 50))

    assert sizes(found) == [100, 100]
    assert all(passage.text.endswith("mot.") for passage in found)


def test_a_sentence_that_is_too_long_stays_whole() -> None:
    assert sizes(of_blocks(paragraph(200))) == [200]


def test_what_introduces_bullets_stays_with_the_first() -> None:
    bullet = Block(BlockKind.BULLET, paragraph(45).text)
    found = of_blocks(paragraph(115), paragraph(10, " :"), bullet, bullet)

    assert not any(passage.text.endswith(":") for passage in found)


def test_bullets_are_marked_by_their_depth() -> None:
    outer, inner = Block(BlockKind.BULLET, paragraph(30).text), Block(BlockKind.BULLET, paragraph(30).text, 1)

    assert [line[:5] for line in of_blocks(outer, inner)[0].text.splitlines()] == ["- Mot", "  - M"]


def test_small_siblings_are_merged_under_their_parent_with_their_headings() -> None:
    found = of_blocks(heading("A"), heading("Un", 2), paragraph(20), heading("Deux", 2), paragraph(30))

    assert [passage.heading_path for passage in found] == [("A",)]
    assert [line for line in found[0].text.splitlines() if "ot" not in line] == ["Un", "Deux"]


def test_a_small_section_without_a_fitting_sibling_stays_alone() -> None:
    assert len(of_blocks(heading("A"), paragraph(20), heading("B"), paragraph(150))) == 2


def test_pages_are_those_of_the_blocks() -> None:
    first, last = Block(BlockKind.PARAGRAPH, paragraph(40).text, page=3), Block(BlockKind.PARAGRAPH, paragraph(40).text, page=4)

    assert [(passage.first_page, passage.last_page) for passage in of_blocks(first, last)] == [(3, 4)]


@pytest.mark.parametrize("sentences", [2, 8])  # a block that stays whole, and one that is cut sentence by sentence
def test_a_passage_knows_where_its_page_turns(sentences: int) -> None:
    said = [f"La Métropole agit pour le climat et pour ses communes, voici l’action {number}." for number in range(sentences)]
    text = " ".join(said)
    turn = text.index("climat", len(text) // 2)
    (passage,) = of_blocks(Block(BlockKind.BULLET, text, page=3, turns=((turn, 4),)))
    assert [passage.page_at(passage.text.index(said[0])), passage.page_at(passage.text.index(said[-1]) + len(said[-1]) - 1)] == [3, 4]
    assert passage.pages == ((0, 3), (passage.text.index(text[turn:]), 4))
    assert (passage.first_page, passage.last_page) == (3, 4)


def test_a_document_without_blocks_has_no_passages() -> None:
    assert of_blocks() == []
