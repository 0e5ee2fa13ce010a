"""Texts to vectors: an encoder trained on the corpus while indexing, or any sentence-transformers model named in the settings.

The default is a static model: a table of token vectors, averaged (`StaticEmbedding` of sentence-transformers, Aarsen 2025),
trained from nothing with the multiple negatives ranking loss (Henderson et al. 2017, arXiv 1705.00652) on pairs of the enrichment.
Training takes sentence-transformers and torch; encoding with the trained table takes numpy and tokenizers only, so that a question
is answered without loading torch. Beside `reranker` this is the only module that imports either.
"""

from collections.abc import Callable, Iterator, Sequence
from functools import partial
from itertools import chain, pairwise
from math import ceil
from pathlib import Path
from random import Random
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from amp_assistant.enrichment import Unit
from amp_assistant.errors import EncoderError, SettingError
from amp_assistant.passages import Passage

Vectors = NDArray[np.float32]

DIMENSIONS = 256
VOCABULARY = 12_000
"""Tokens of the trained tokenizer: the corpus and its enrichment hold about 20 000 distinct words, half of them once."""
EPOCHS = 4
"""A fifth and sixth bring nothing measurable and cost ten seconds each."""
MOST_SHOWN = 440_000
"""Pairs shown in all: from 110 000 pairs on each is shown less often, which costs nothing measurable and keeps training under a minute."""
BATCH = 256
LEARNING_RATE = 0.02
DROPPED_WORDS = 0.3
"""Share of the words left out of a pair, others in each epoch, so that no single word carries a pair."""
WARM_SHARE = 0.1
"""The part of the steps over which the learning rate rises."""
LARGEST_GRADIENT = 1.0
SEED = 13
THREADS = 1
"""The matrices are small: a second thread costs five times the processor time and brings nothing, less than nothing under load."""

Pair = tuple[str, str]
_Tokens = list[int]
_TokenPair = tuple[_Tokens, _Tokens]
Progress = Callable[[int, int], None]


class Encoder(Protocol):
    """Turns texts into unit vectors whose dot product says how close their meanings are."""

    name: str

    def encode_passages(self, texts: Sequence[str]) -> Vectors:
        """Vectors of texts of documents, shape (len(texts), dimensions)."""

    def encode_queries(self, texts: Sequence[str]) -> Vectors:
        """Vectors of questions, shape (len(texts), dimensions)."""


class StaticEncoder:
    """The trained table: a text's vector is the mean of its tokens' vectors, brought to length 1."""

    def __init__(self, tokenizer: Any, table: Vectors) -> None:
        self.name = "entraîné sur le corpus"
        self.table = table
        self._tokenizer = tokenizer

    @classmethod
    def load(cls, folder: Path) -> "StaticEncoder":
        """Open the encoder that `train_encoder` left in a folder.

        :raises EncoderError: the folder does not hold one.
        """
        from safetensors.numpy import load_file
        from tokenizers import Tokenizer

        try:
            tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
            table = load_file(folder / "model.safetensors")["embedding.weight"]
        except Exception as error:  # tokenizers raises bare Exception
            raise EncoderError(
                f"L'encodeur de l'index ({folder}) est illisible : reconstruisez l'index (amp-assistant index --force)."
            ) from error
        tokenizer.no_padding()
        return cls(tokenizer, table)

    def encode_passages(self, texts: Sequence[str]) -> Vectors:
        """Vectors of shape (len(texts), DIMENSIONS); a text without a known token gives zeros."""
        vectors = np.zeros((len(texts), self.table.shape[1]), dtype=np.float32)
        for row, ids in enumerate(self.token_ids(texts)):
            if ids:
                vectors[row] = self.table[ids].mean(axis=0)
        return normalised(vectors)

    encode_queries = encode_passages

    def token_ids(self, texts: Sequence[str]) -> list[list[int]]:
        """The tokens of some texts, as rows of the `table`."""
        return [encoding.ids for encoding in self._tokenizer.encode_batch(list(texts), add_special_tokens=False)]


def normalised(vectors: Vectors) -> Vectors:
    """The vectors brought to length 1; zeros stay zeros."""
    lengths = np.maximum(np.linalg.norm(vectors, axis=1, keepdims=True), np.float32(1e-9))
    return np.asarray(vectors / lengths, dtype=np.float32)


class NamedEncoder:
    """A sentence-transformers model of the hub or of a folder, with its own prompts for questions and passages."""

    def __init__(self, name: str) -> None:
        """Load the model.

        :raises SettingError: it is not there, or is not a sentence-transformers model.
        """
        try:
            from sentence_transformers import SentenceTransformer

            self._model = SentenceTransformer(name, trust_remote_code=False)
        except Exception as error:  # the hub, torch and the model's own files each raise their own
            raise SettingError(
                f"Le modèle « {name} » nommé par AMP_ENCODER ne peut pas être chargé ({type(error).__name__}) : donnez le dossier d'un "
                "modèle sentence-transformers, ou videz AMP_ENCODER pour l'encodeur entraîné sur le corpus. Pour un modèle à "
                "télécharger, posez HF_HUB_OFFLINE=0."
            ) from error
        self.name = name

    def encode_passages(self, texts: Sequence[str]) -> Vectors:
        """Vectors of shape (len(texts), dimensions of the model)."""
        return normalised(np.asarray(self._model.encode_document(list(texts), show_progress_bar=False), dtype=np.float32))

    def encode_queries(self, texts: Sequence[str]) -> Vectors:
        """Vectors of shape (len(texts), dimensions of the model)."""
        return normalised(np.asarray(self._model.encode_query(list(texts), show_progress_bar=False), dtype=np.float32))


def training_pairs(passages: Sequence[Passage], units: Sequence[Unit]) -> list[Pair]:
    """Texts that mean the same: each question with its passage, its unit's summary and the stretch that answers it; summaries
    and search words with their passage; neighbouring questions of a unit; headings with the passage below them."""
    pairs: list[Pair] = []
    for unit in units:
        passage = passages[unit.stretch.passage]
        pairs += [(unit.summary, passage.placed_text), (unit.words, passage.placed_text), (unit.words, unit.summary)]
        for question in unit.questions:
            stretch = question.stretch or unit.stretch
            answering = passages[stretch.passage]
            pairs += [(question.text, answering.placed_text), (question.text, unit.summary)]
            if question.stretch:
                pairs.append((question.text, answering.text[stretch.start : stretch.end]))
        pairs += [(one.text, other.text) for one, other in pairwise(unit.questions)]
    pairs += [(passage.heading_path[-1], passage.text) for passage in passages if passage.heading_path]
    return [(one, other) for one, other in pairs if one.strip() and other.strip()]


def train_encoder(pairs: Sequence[Pair], folder: Path, progress: Progress = lambda done, total: None) -> None:
    """Train the default encoder on pairs and leave it in a folder; `progress` gets the steps done and their number.

    Takes about a minute for 100 000 pairs on one core. The same pairs give the same encoder, up to rounding. The loop is our own: the
    library's trainer reads every text anew in every epoch, which took as long again as learning from it.

    :raises EncoderError: there is nothing to train on.
    """
    if len(pairs) < 2:
        raise EncoderError(
            "Le corpus est trop petit pour entraîner un encodeur : ajoutez des documents ou nommez un modèle dans AMP_ENCODER."
        )
    import torch
    from sentence_transformers import SentenceTransformer
    from sentence_transformers.sentence_transformer.losses import MultipleNegativesRankingLoss
    from sentence_transformers.sentence_transformer.modules import StaticEmbedding

    torch.manual_seed(SEED)
    torch.set_num_threads(THREADS)
    tokenizer = _train_tokenizer(pairs)
    table = torch.randn(tokenizer.get_vocab_size(), DIMENSIONS) / DIMENSIONS**0.5
    static = StaticEmbedding(tokenizer, embedding_weights=table)
    model = SentenceTransformer(modules=[static], device="cpu")
    loss = MultipleNegativesRankingLoss(model, directions=("query_to_doc", "doc_to_query"), partition_mode="per_direction")
    optimizer = torch.optim.AdamW(model.parameters(), lr=LEARNING_RATE, weight_decay=0.0, fused=True)
    total = ceil(min(EPOCHS * len(pairs), MOST_SHOWN) / BATCH)
    schedule = torch.optim.lr_scheduler.LambdaLR(optimizer, partial(_rate, total=total))
    for step, batch in enumerate(_batches(pairs, tokenizer), 1):
        optimizer.zero_grad()
        loss([_features(texts) for texts in zip(*batch, strict=True)], None).backward()
        torch.nn.utils.clip_grad_norm_(model.parameters(), LARGEST_GRADIENT)
        optimizer.step()
        schedule.step()
        progress(step, total)
    folder.mkdir(parents=True, exist_ok=True)
    static.save(str(folder))


def _rate(step: int, total: int) -> float:
    """The share of LEARNING_RATE at a step: it rises over the first part and falls to nothing over the rest."""
    warm = ceil(WARM_SHARE * total)
    return step / warm if step < warm else (total - step) / (total - warm)


def _train_tokenizer(pairs: Sequence[Pair]) -> Any:
    """Byte-pair encoding (Sennrich et al. 2016) of folded words, so that a misspelt word keeps most of its pieces."""
    from tokenizers import Regex, Tokenizer, normalizers, pre_tokenizers
    from tokenizers.models import BPE
    from tokenizers.trainers import BpeTrainer

    tokenizer = Tokenizer(BPE())
    tokenizer.normalizer = normalizers.Sequence(
        [normalizers.Replace("œ", "oe"), normalizers.NFKD(), normalizers.StripAccents(), normalizers.Lowercase()]
    )
    tokenizer.pre_tokenizer = pre_tokenizers.Split(Regex("[a-z]+|[0-9]+"), "removed", invert=True)
    trainer = BpeTrainer(vocab_size=VOCABULARY, min_frequency=2, special_tokens=["[PAD]"], show_progress=False)
    tokenizer.train_from_iterator((text for pair in pairs for text in pair), trainer)
    return tokenizer


def _batches(pairs: Sequence[Pair], tokenizer: Any) -> Iterator[Sequence[_TokenPair]]:
    """The batches of all epochs, in one random order; other words are dropped in each epoch. A word is tokenised once: its tokens are
    the same wherever it stands."""
    import torch

    words = list({word for pair in pairs for text in pair for word in text.split()})
    tokens = dict(zip(words, (encoding.ids for encoding in tokenizer.encode_batch(words, add_special_tokens=False)), strict=True))
    read = [([tokens[word] for word in one.split()], [tokens[word] for word in other.split()]) for one, other in pairs]
    random = Random(SEED)
    shown: list[_TokenPair] = []
    for _ in range(EPOCHS):
        epoch = [(_thinned(one, random), _thinned(other, random)) for one, other in read]
        random.shuffle(epoch)
        shown += epoch
    order = torch.randperm(len(shown), generator=torch.Generator().manual_seed(SEED)).tolist()[:MOST_SHOWN]
    for start in range(0, len(order), BATCH):
        yield [shown[at] for at in order[start : start + BATCH]]


def _thinned(words: Sequence[_Tokens], random: Random) -> _Tokens:
    kept = [word for word in words if random.random() >= DROPPED_WORDS]
    return list(chain.from_iterable(kept or words))


def _features(texts: Sequence[_Tokens]) -> dict[str, Any]:
    """Tokenised texts as a StaticEmbedding takes them: all their tokens, and where each begins."""
    import torch

    offsets = np.cumsum([0, *map(len, texts[:-1])])
    return {"input_ids": torch.tensor(list(chain.from_iterable(texts))), "offsets": torch.from_numpy(offsets)}
