"""The register of the real corpus: every row proved, the Agenda complete, forecasts and other cities kept apart, corrections."""

import json
import re
import shutil
from collections import Counter
from pathlib import Path
from time import process_time

import pytest

from amp_assistant.assistant import Assistant
from amp_assistant.citations import find_quotation
from amp_assistant.documents import read_corpus
from amp_assistant.documents.model import BlockKind
from amp_assistant.errors import RegisterError
from amp_assistant.evaluation_register import GoldRow, compare, read_lines
from amp_assistant.folding import squash
from amp_assistant.passages import Nature
from amp_assistant.register import TABLES, Register
from amp_assistant.settings import Settings

AGENDA = "agenda-developpement-economique-2022"
GOLD = Path(__file__).parent / "register" / "gold.jsonl"


@pytest.fixture(scope="module")
def register(assistant: Assistant, settings: Settings) -> Register:
    return Register.of(assistant.index, settings)


@pytest.fixture
def corpus(tmp_path: Path, settings: Settings) -> Settings:
    """A folder for the files that the register reads besides the index, empty."""
    folder = tmp_path / "corpus"
    folder.mkdir()
    return settings.model_copy(update={"corpus": folder})


def test_every_row_is_proved_word_for_word(assistant: Assistant, register: Register) -> None:
    for table in TABLES:
        for row in register.table(table):
            assert row.proofs, row.id
            assert [proof.number for proof in row.proofs] == list(range(1, len(row.proofs) + 1))
            for proof in row.proofs:
                passage = assistant.passage(proof.passage)
                headings = [*passage.heading_path, assistant.index.documents[passage.document].title]
                is_heading = any(squash(proof.quote) in squash(heading) for heading in headings)
                assert find_quotation(passage, proof.quote) or is_heading, (row.id, proof.quote)


def test_ids_are_unique_and_the_same_when_built_again(assistant: Assistant, settings: Settings, register: Register) -> None:
    again = Register.of(assistant.index, settings)
    for table in TABLES:
        ids = [row.id for row in register.table(table)]
        assert len(ids) == len(set(ids))
        assert ids == [row.id for row in again.table(table)]


@pytest.mark.alone
def test_built_in_about_a_second(assistant: Assistant, settings: Settings) -> None:
    begun = process_time()
    Register.of(assistant.index, settings)
    assert process_time() - begun < 3  # half a second on a machine that does nothing else


def test_gold_rows_read_from_the_documents_are_found(assistant: Assistant, register: Register) -> None:
    figures = {one.table: one for one in compare(register, assistant.index, read_lines(GOLD, GoldRow))}
    assert set(figures) == {"dispositifs", "engagements", "cibles", "resultats"}
    for one in figures.values():
        print(f"{one.table} : rappel {one.recall:.3f}, précision {one.precision:.3f}")
        assert one.recall >= 0.90, [row.quote for row in one.missing]
        assert one.precision >= 0.95, [row.id for row in one.wrong]


def test_every_action_bullet_of_the_agenda_is_an_engagement_or_left_out_with_a_reason(settings: Settings, register: Register) -> None:
    agenda = next(document for document in read_corpus(settings.corpus).documents if document.id == AGENDA)
    bullets, is_below_levier = [], False
    for block in agenda.reading.blocks:
        if block.kind is BlockKind.HEADING and block.level <= 2:
            is_below_levier = bool(re.match(r"Levier \d", block.text))
        elif block.kind is BlockKind.BULLET and is_below_levier:
            bullets.append(squash(block.text))
    told = "".join(squash(proof.quote) + "\n" for row in register.engagements for proof in row.proofs)
    left_out = {squash(one.text): one.reason for one in register.left_out}
    reasons: Counter[str] = Counter()
    for bullet in bullets:
        quoted = any(quote and (quote in bullet or bullet in quote) for quote in told.split("\n"))
        reason = next((why for text, why in left_out.items() if text in bullet or bullet in text), None)
        assert quoted or reason, bullet
        reasons["engagement" if quoted else str(reason)] += 1
    print(dict(reasons))
    assert len(bullets) > 300
    assert reasons["engagement"] / len(bullets) > 0.85


def test_all_25_leviers_have_engagements(register: Register) -> None:
    leviers = {(row.orientation, row.levier) for row in register.engagements if row.levier}
    assert leviers == {(orientation, levier) for orientation in range(1, 6) for levier in range(1, 6)}


def test_headings_that_are_announced_as_engagements_are_rows(register: Register) -> None:
    ours = [row for row in register.engagements if row.document.startswith("fabrique")]
    axes = Counter(row.axis for row in ours)
    assert any(row.what.startswith("Redonnons envie d’habiter en ville") for row in ours)
    assert sum(1 for row in ours if row.what == row.axis) == 12, axes


def test_a_dispositif_told_in_several_places_is_one_row(register: Register) -> None:
    by_acronym = {row.acronym: row for row in register.dispositifs if row.acronym}
    assert len(by_acronym["AMPA"].proofs) >= 4
    assert len(by_acronym["CMIA"].proofs) == 2
    africalink = [row for row in register.dispositifs if "africalink" in squash(row.name)]
    assert len(africalink) == 1 and len(africalink[0].proofs) == 2
    young = [row for row in register.dispositifs if "jeunes" in row.name and "Fonds" in row.name]
    assert len(young) == 1 and {proof.document for proof in young[0].proofs} == {AGENDA, "rapport-developpement-durable-2025"}


def test_what_shares_an_acronym_by_chance_stays_apart(register: Register) -> None:
    names = {row.name for row in register.dispositifs}
    assert "Med'Innovant Africa" in names
    assert any(row.acronym == "MIA" for row in register.dispositifs)


def test_expected_figures_are_forecasts_and_measured_ones_are_not(register: Register) -> None:
    forecasts = {row.indicator for row in register.resultats if row.forecast}
    assert any("Docks Libres" in indicator for indicator in forecasts), "livrée fin 2018, told in 2017"
    assert all(row.forecast for row in register.resultats if "projection" in row.indicator.lower())
    measured = next(row for row in register.resultats if row.value == 106 and "audités" in row.indicator)
    assert not measured.forecast
    assert 0 < len(forecasts) < 0.05 * len(register.resultats)


def test_no_figure_of_another_city_or_of_an_imagined_future(register: Register) -> None:
    indicators = " ".join(row.indicator for table in ("cibles", "resultats") for row in register.table(table))  # type: ignore[attr-defined]
    for city in ("Vancouver", "Medellín", "Busan", "Turin", "Helsinki", "Brest"):
        assert city not in indicators
    assert all(row.nature is not Nature.RECIT for table in TABLES for row in register.table(table))
    assert any("par rapport au Grand Lyon" in row.indicator for row in register.resultats), "a comparison is the Métropole's"


def test_conflicts_hold_the_known_disagreements(register: Register) -> None:
    values = [{figure.value for figure in conflict.figures} for conflict in register.conflicts]
    for known in ({1200, 1237}, {700, 730}, {2, 3}, {1050, 1450}):
        assert any(known <= found for found in values), known
    for conflict in register.conflicts:
        assert len(conflict.figures) > 1
        assert all(figure.proofs for figure in conflict.figures)


def test_a_row_knows_its_conflicts(register: Register) -> None:
    row = next(row for row in register.resultats if row.value == 1237)
    assert any({figure.value for figure in conflict.figures} >= {1200, 1237} for conflict in register.conflicts_of(row))


def test_suivi_pairs_a_target_with_its_result(register: Register) -> None:
    row = next(row for row in register.suivi if row.id == "suivi:achats-environnement-spaser-2021")
    assert (row.cible.value, row.cible.horizon, row.status, row.gap) == (100, "2025", "non atteint", -6)
    assert row.resultat and row.resultat.value == 94
    assert row.caution
    assert {proof.document for proof in row.proofs} == {"spaser-communique-2021", "rapport-developpement-durable-2025"}


def test_a_quotation_that_is_not_in_its_document_fails_with_file_and_line(assistant: Assistant, corpus: Settings) -> None:
    pair = {"id": "x", "theme": "t", "indicator": "i", "cible": {"document": AGENDA, "quote": "mille licornes d'ici 2030"}}
    line = json.dumps({**pair, "resultat": None, "status": "en cours", "comparability": "", "comparable": False})
    (corpus.corpus / "suivi.jsonl").write_text(f"\n{line}\n", encoding="utf-8")
    with pytest.raises(RegisterError, match=r"suivi\.jsonl, ligne 2 .*licornes"):
        Register.of(assistant.index, corpus)


def test_corrections_hide_change_and_add(assistant: Assistant, register: Register, corpus: Settings) -> None:
    hidden, changed = register.cibles[0], next(row for row in register.cibles if row.value == 700)
    (corpus.corpus / "corrections.toml").write_text(
        f"""
[[hide]]
row = "{hidden.id}"
reason = "essai"

[[change]]
row = "{changed.id}"
field = "value"
value = 730
quote = "l'équivalent de 730 ha en 2027"

[[add]]
type = "resultat"
document = "{AGENDA}"
indicator = "pôles de compétitivité"
value = 6
quote = "6 pôles de compétitivité"
""",
        encoding="utf-8",
    )
    corrected = Register.of(assistant.index, corpus)
    assert hidden.id not in {row.id for row in corrected.cibles}
    after = next(row for row in corrected.cibles if row.id == changed.id)
    assert after.value == 730
    assert "730 ha" in after.proofs[0].quote and changed.proofs[0].quote in {proof.quote for proof in after.proofs}
    assert any(row.indicator == "pôles de compétitivité" and row.value == 6 for row in corrected.resultats)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ('[[hide]]\nrow = "cible:0000000000"\nreason = "x"\n', r"ligne 1 : aucune ligne du registre"),
        ('\n\n[[hide]]\nrow = "cible:0000000000"\n', r"ligne 3 : « reason »"),
        ('[[add]]\ntype = "cible"\ndocument = "x"\nindicator = "y"\nquote = "z"\n', r"ligne 1 : la citation « z »"),
        ("[[efface]]\n", r"« efface » n'est pas une correction"),
        ("[[hide]\n", r"n'est pas du TOML .*line 1"),
    ],
)
def test_a_wrong_correction_names_its_line(assistant: Assistant, corpus: Settings, text: str, message: str) -> None:
    (corpus.corpus / "corrections.toml").write_text(text, encoding="utf-8")
    with pytest.raises(RegisterError, match=rf"corrections\.toml.*{message}"):
        Register.of(assistant.index, corpus)


def test_a_change_must_be_proved_by_its_quotation(assistant: Assistant, register: Register, corpus: Settings) -> None:
    row = next(row for row in register.cibles if row.value == 700)
    text = f'[[change]]\nrow = "{row.id}"\nfield = "value"\nvalue = 999\nquote = "l\'équivalent de 730 ha en 2027"\n'
    (corpus.corpus / "corrections.toml").write_text(text, encoding="utf-8")
    with pytest.raises(RegisterError, match="999 n'est pas dans la citation"):
        Register.of(assistant.index, corpus)


def test_correcting_the_register_leaves_the_index_current(assistant: Assistant, settings: Settings, tmp_path: Path) -> None:
    from amp_assistant.fingerprint import fingerprint

    copy = settings.model_copy(update={"corpus": tmp_path / "corpus"})
    shutil.copytree(settings.corpus, copy.corpus)
    before = fingerprint(copy)
    (copy.corpus / "corrections.toml").write_text("", encoding="utf-8")
    assert fingerprint(copy) == before
