"""What a reader of the two documents taken from PDFs would notice: whole sentences, titles above their text, nothing
lost."""

import re
from collections import Counter
from pathlib import Path

import pytest

from amp_assistant.documents.hyphens import Lexicon
from amp_assistant.documents.manifest import read_manifest
from amp_assistant.documents.model import Block, BlockKind, Reading
from amp_assistant.documents.outline import Title
from amp_assistant.documents.plain import read_plain
from amp_assistant.folding import FoldedText, squash

CORPUS = Path(__file__).parent.parent / "corpus"
PCAEM, FABRIQUE = "pcaem-mobilisation", "fabrique-projet-metropolitain-2017"


def text_of(name: str) -> str:
    return (CORPUS / f"{name}.txt").read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def readings() -> dict[str, Reading]:
    manifest = read_manifest(CORPUS)
    return {name: read_plain(text_of(name), manifest[name].outline) for name in (PCAEM, FABRIQUE)}


def texts(reading: Reading, kind: BlockKind | None = None) -> list[str]:
    return [block.text for block in reading.blocks if kind is None or block.kind is kind]


def path_of(reading: Reading, words: str) -> list[str]:
    """The headings above the block that holds the words."""
    path: dict[int, str] = {}
    for block in reading.blocks:
        if block.kind is BlockKind.HEADING:
            path = {level: text for level, text in path.items() if level < block.level} | {block.level: block.text}
        if FoldedText.of(block.text).find(words):
            return [path[level] for level in sorted(path)]
    raise AssertionError(f"not found: {words}")


@pytest.mark.parametrize("name", [PCAEM, FABRIQUE])
def test_no_letter_is_lost_or_invented(readings: dict[str, Reading], name: str) -> None:
    reading = readings[name]
    kept = Counter(squash("".join([*texts(reading), *(left.text for left in reading.left_out)])))
    assert kept == Counter(squash(text_of(name)))


@pytest.mark.parametrize("name", [PCAEM, FABRIQUE])
def test_nearly_every_word_stands_in_the_blocks(readings: dict[str, Reading], name: str) -> None:
    reading = readings[name]
    written = Counter(re.findall(r"\w+", re.sub(r"[-\u2010]\s*\n\s*", "", text_of(name)).replace("-", "")))
    shown = "\n".join([*texts(reading), *(left.text for left in reading.left_out)])
    missing = written - Counter(re.findall(r"\w+", shown.replace("-", "")))
    assert missing.total() <= 0.005 * written.total(), missing


@pytest.mark.parametrize("name", [PCAEM, FABRIQUE])
def test_text_is_clean(readings: dict[str, Reading], name: str) -> None:
    for block in readings[name].blocks:
        assert block.text == block.text.strip() != ""
        assert not re.search(r"[\t\f\uf0b7\u00ad]|  ", block.text), block.text


@pytest.mark.parametrize(
    ("name", "sentence"),
    [
        (
            PCAEM,
            "les avis réglementaires de l’Etat, de la Mission régionale de l’Autorité environnementale"
            " et de la Région et les éléments de réponses de la Métropole.",
        ),
        (PCAEM, "Pour cela, différentes démarches concourent à la mobilisation des élus et des agents"),
        (PCAEM, "représentent 15 % des émissions de gaz à effet de serre de la France. La mobilisation en interne"),
        (
            PCAEM,
            "l’action n°1 du Plan Climat Air Energie Métropolitain : Accompagner les communes",
        ),
        (PCAEM, "67 % des émissions territoriales de GES, et capte 52 % des consommations énergétiques)"),
        (FABRIQUE, "Il y a eu aussi les JO 2024, un véritable catalyseur de projets : réhabilitation des immeubles"),
        (FABRIQUE, "L’élaboration d’un projet métropolitain fait partie des compétences dévolues par la loi"),
        (FABRIQUE, "Avec 1 850 000 habitants, Aix-Marseille-Provence est la 2e Métropole française après Paris."),
        (
            FABRIQUE,
            "Avec près de 7 millions d’habitants, le Grand Paris est sans surprise la métropole la plus peuplée.",
        ),
        (FABRIQUE, "Les grands centres offrent une vie culturelle et artistique foisonnante quand les villages"),
        (FABRIQUE, "Ce document relate et illustre le travail de co-construction, mené tout au long de l’année 2017."),
    ],
)
def test_sentences_cut_by_lines_columns_and_pages_are_whole(
    readings: dict[str, Reading], name: str, sentence: str
) -> None:
    assert any(sentence in text for text in texts(readings[name]))


def test_dated_rows_keep_the_words_in_order(readings: dict[str, Reading]) -> None:
    rows = texts(readings[PCAEM], BlockKind.ROW)
    assert len(rows) == len(re.findall(r"^ ?\d{1,2}/\d{1,2}/20\d\d", text_of(PCAEM), re.MULTILINE))
    assert (
        rows[0] == "19/9/2018 ; Comment réduire l'impact de nos activités sur la santé ? ; Marseille ; Acteurs locaux"
    )
    assert (
        "5/11/2018 ; Comment faire évoluer les pratiques et les productions agricoles ? ; Aubagne ; Acteurs locaux"
        in rows
    )
    assert "07/02/2019 ; Rencontre avec Environnement Industrie ; Martigues ; Entreprises" in rows
    assert all(row.count(" ; ") == 3 for row in rows)


def test_a_figure_at_the_head_of_a_line_is_no_footnote(readings: dict[str, Reading]) -> None:
    assert any("2 MILLIONS D’HABITANTS À L’HORIZON 2030" in text for text in texts(readings[FABRIQUE]))
    assert not texts(readings[FABRIQUE], BlockKind.NOTE)


def test_footnotes_are_notes_and_their_numbers_gone(readings: dict[str, Reading]) -> None:
    assert "ADEME, Elus, l’essentiel à connaître sur les PCAET, 2016" in texts(readings[PCAEM], BlockKind.NOTE)
    assert any(
        "Le 13 septembre 2018 (Comité des partenaires)." in text for text in texts(readings[PCAEM], BlockKind.BULLET)
    )


@pytest.mark.parametrize(
    ("name", "words", "headings"),
    [
        (
            PCAEM,
            "Elle réunit régulièrement les groupes d’acteurs",
            ["ASSEOIR UNE GOUVERNANCE CLIMATIQUE", "L’équipe projet"],
        ),
        (
            PCAEM,
            "Des clubs sectoriels, composés d’entreprises",
            ["LA MOBILISATION DES ACTEURS ECONOMIQUES", "Des Clubs de signataires"],
        ),
        (FABRIQUE, "Sarah a 28 ans", ["LA FABRIQUE DE LA FABRIQUE", "1.5 Le citoyen au Coeur : les 8 personas"]),
        (FABRIQUE, "75% de réduction sur les trains", ["4.4 Le récit des personas"]),
        (FABRIQUE, "leur programme « AMP Logement »", ["4 LA FABRIQUE DE L’ACTION", "4.4 Le récit des personas"]),
        (
            FABRIQUE,
            "ITER aura maximisé ses débouchés",
            ["LA FABRIQUE D’UNE VISION", "3.5 Une vision incarnée dans un récit"],
        ),
        (
            FABRIQUE,
            "Développer le covoiturage",
            ["4.3.3 3 engagements pour… Vivre Mieux", "Démultiplions les alternatives à la voiture en solo"],
        ),
        (
            FABRIQUE,
            "Réhabiliter et renouveler le parc",
            ["Développons une offre résidentielle de qualité à prix maîtrisé"],
        ),
        (
            FABRIQUE,
            "Tripler l’écosystème French Tech",
            ["Horizon 2040 : quelques pistes de projets issues des ateliers"],
        ),
        (
            FABRIQUE,
            "Ce qui compte maintenant, c’est",
            ["L’AUDACE PAR NATURE, DES DÉFIS MULTIPLES, UNE AMBITION À CONSTRUIRE"],
        ),
    ],
)
def test_a_passage_stands_below_its_titles(
    readings: dict[str, Reading], name: str, words: str, headings: list[str]
) -> None:
    path = path_of(readings[name], words)
    assert [heading for heading in path if heading in headings] == headings


def test_a_list_that_names_the_titles_keeps_its_items(readings: dict[str, Reading]) -> None:
    assert "La mobilisation interne" in texts(readings[PCAEM], BlockKind.BULLET)
    assert path_of(readings[PCAEM], "Ateliers thématiques mensuels destinés aux agents")[2] == "LA MOBILISATION INTERNE"


def test_real_commitments_do_not_stand_below_the_imagined_ones(readings: dict[str, Reading]) -> None:
    path = path_of(readings[FABRIQUE], "l’annonce de l’installation du groupe chinois Quechen")
    assert not any("personas" in heading for heading in path)


def test_the_author_of_a_quotation_stays_with_it(readings: dict[str, Reading]) -> None:
    quotation = next(text for text in texts(readings[FABRIQUE]) if "viser les étoiles" in text)
    assert "\nPaul Chaffard — Conseil de Développement" in quotation


@pytest.mark.parametrize(
    ("rule", "example"),
    [
        ("map scale", "0 10 20 km"),
        ("vertical caption", "RC"),
        ("calendar axis", "2018 2019 2020 2021 2022"),
        ("folio", "60"),
    ],
)
def test_debris_is_left_out_by_name(readings: dict[str, Reading], rule: str, example: str) -> None:
    assert example in [left.text for left in readings[FABRIQUE].left_out if left.rule == rule]


def test_a_box_printed_five_times_is_read_once(readings: dict[str, Reading]) -> None:
    written = text_of(FABRIQUE).count("Seulement 10% de la production agricole du territoire est")
    shown = sum(
        "Seulement 10% de la production agricole du territoire est" in text for text in texts(readings[FABRIQUE])
    )
    assert written >= 5 and shown <= 2


@pytest.mark.parametrize(
    ("first", "second", "joined"),
    [
        ("la métropole Aix-Mar-", "seille-Provence", "la métropole Aix-Marseille-Provence"),
        ("la métropole Aix-", "Marseille-Provence", "la métropole Aix-Marseille-Provence"),
        ("une crois-", "sance forte", "une croissance forte"),
        ("un travail de co-", "construction", "un travail de co-construction"),
        ("le Vice-", "Président", "le Vice-Président"),
        ("Maire de La Roque-", "d’Anthéron", "Maire de La Roque-d’Anthéron"),
        ("une nature, celle-", "ci nous oblige", "une nature, celle-ci nous oblige"),
        ("sans trait", "d’union", "sans trait d’union"),
        ("un trait \u00ab -", "et la suite", "un trait \u00ab - et la suite"),
    ],
)
def test_hyphens_at_line_ends(first: str, second: str, joined: str) -> None:
    lexicon = Lexicon.of(["La croissance d’Aix-Marseille-Provence tient à la co-construction du projet."])
    assert lexicon.join(first, second) == joined


def test_form_feeds_number_the_pages() -> None:
    reading = read_plain("Une première page.\n\f\n\fUne troisième page.\n")
    assert reading.blocks == (
        Block(BlockKind.PARAGRAPH, "Une première page.", page=1),
        Block(BlockKind.PARAGRAPH, "Une troisième page.", page=3),
    )
    assert (reading.pages, reading.unreadable_pages) == (3, (2,))


def test_a_title_that_the_file_has_below_its_text_is_put_above() -> None:
    outline = (Title(1, "2.1 Une métropole hors norme", before="Elle ne ressemble"),)
    reading = read_plain("Elle ne ressemble à aucune autre.\n\n2.1 \nUne métropole \nhors norme\n", outline)
    assert [block.text for block in reading.blocks] == [
        "2.1 Une métropole hors norme",
        "Elle ne ressemble à aucune autre.",
    ]


@pytest.mark.parametrize(
    "text", ["", "\n \n", "\f\f", " ", "-", "a", "1\n2\n3\n" * 50, "\u0000\ufffd", "- \n- \n", "«\n»"]
)
def test_odd_text_is_read_without_error(text: str) -> None:
    reading = read_plain(text)
    kept = squash("".join([*texts(reading), *(left.text for left in reading.left_out)]))
    assert Counter(kept) == Counter(squash(text))
