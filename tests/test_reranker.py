"""A cross-encoder of one's own: a real one, tiny and untrained, made on disk, puts what was found in its order."""

from pathlib import Path

import pytest

from amp_assistant.assistant import Assistant
from amp_assistant.doctor import examine
from amp_assistant.errors import SettingError
from amp_assistant.reranker import Reranker
from amp_assistant.retrieval import RERANKED, Retriever
from amp_assistant.settings import Settings

QUESTION = "Quelles aides pour créer une entreprise ?"


def cross_encoder(folder: Path, labels: int = 1) -> Path:
    """A CrossEncoder of one layer with random weights, whose words are letters."""
    import torch
    from transformers import BertConfig, BertForSequenceClassification, BertTokenizer

    torch.manual_seed(7)
    letters = "abcdefghijklmnopqrstuvwxyz0123456789"
    folder.mkdir()
    words = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", *letters, *(f"##{letter}" for letter in letters)]
    (folder / "vocab.txt").write_text("\n".join(words), encoding="utf-8")
    BertTokenizer(str(folder / "vocab.txt"), model_max_length=128).save_pretrained(folder)
    config = BertConfig(
        vocab_size=len(words),
        hidden_size=16,
        num_hidden_layers=1,
        num_attention_heads=2,
        intermediate_size=32,
        max_position_embeddings=128,
    )
    config.num_labels = labels
    BertForSequenceClassification(config).save_pretrained(folder)
    return folder


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return cross_encoder(tmp_path_factory.mktemp("models") / "tiny")


def test_none_is_used_by_default(settings: Settings) -> None:
    assert Reranker.open(settings) is None


def test_the_first_hits_come_in_the_order_of_the_model_and_the_others_stay(assistant: Assistant, model: Path) -> None:
    query = assistant.understand(QUESTION)
    reranker = Reranker(str(model))
    plain = Retriever(assistant.index).retrieve(query, 2 * RERANKED)
    reranked = Retriever(assistant.index, reranker).retrieve(query, 2 * RERANKED)
    scores = reranker.scores(query.search_text, [hit.passage.placed_text for hit in reranked[:RERANKED]]).tolist()
    assert scores == sorted(scores, reverse=True)
    assert {hit.passage.id for hit in reranked[:RERANKED]} == {hit.passage.id for hit in plain[:RERANKED]}
    assert [hit.passage.id for hit in reranked[:RERANKED]] != [hit.passage.id for hit in plain[:RERANKED]]
    assert [hit.passage.id for hit in reranked[RERANKED:]] == [hit.passage.id for hit in plain[RERANKED:]]
    assert [hit.score for hit in reranked] == pytest.approx([hit.score for hit in plain])
    assert all(sum(hit.arms.values()) == pytest.approx(hit.score, abs=1e-4) for hit in reranked)


def test_a_part_of_a_plan_that_is_named_stays_first(assistant: Assistant, model: Path) -> None:
    query = assistant.understand("Que prévoit le levier 2 de l'orientation 3 ?")
    hits = Retriever(assistant.index, Reranker(str(model))).retrieve(query, 6)
    assert all({"Levier 2", "Orientation 3"} <= {heading.split(" – ")[0] for heading in hit.passage.heading_path} for hit in hits)


def test_questions_are_answered_with_it(assistant: Assistant, settings: Settings, model: Path) -> None:
    answer = Assistant(assistant.index, None, settings.model_copy(update={"reranker": str(model)})).ask(QUESTION)
    assert answer.hits
    assert "reranker" in answer.hits[0].arms


@pytest.mark.parametrize("what", ["nothing", "an empty folder", "several labels"])
def test_a_model_that_will_not_do_is_told_with_its_setting(tmp_path: Path, what: str) -> None:
    folder = tmp_path / "model"
    if what == "an empty folder":
        folder.mkdir()
    elif what == "several labels":
        cross_encoder(folder, labels=3)
    settings = Settings(reranker=str(folder))
    with pytest.raises(SettingError, match=r"nommé par AMP_RERANKER .*videz AMP_RERANKER"):
        Reranker.open(settings)
    finding = next(finding for finding in examine(settings) if finding.what == "reclassement")
    assert finding.is_fault
    assert "AMP_RERANKER" in finding.remedy


def test_the_doctor_loads_it(model: Path) -> None:
    finding = next(finding for finding in examine(Settings(reranker=str(model))) if finding.what == "reclassement")
    assert finding.is_well
    assert str(model) in finding.told


def test_code_that_comes_with_a_model_is_never_run(tmp_path: Path) -> None:
    folder = cross_encoder(tmp_path / "model")
    ran = tmp_path / "ran"
    (folder / "own.py").write_text(f"open({str(ran)!r}, 'w')\nclass Own: pass\n", encoding="utf-8")
    (folder / "modules.json").write_text('[{"idx": 0, "name": "0", "path": "", "type": "own.Own"}]', encoding="utf-8")
    (folder / "config_sentence_transformers.json").write_text('{"model_type": "CrossEncoder"}', encoding="utf-8")
    with pytest.raises(SettingError, match="AMP_RERANKER"):
        Reranker(str(folder))
    assert not ran.exists()
