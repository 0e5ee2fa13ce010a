"""The assistant's search as LangChain's own parts: a retriever, embeddings, a vector store.

What is built with LangChain finds with them what the assistant finds::

    chain = AssistantRetriever(assistant=Assistant.open()) | format_documents | prompt | model
"""

import weakref
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from langchain_core.callbacks import CallbackManagerForRetrieverRun
from langchain_core.documents import Document
from langchain_core.embeddings import Embeddings
from langchain_core.retrievers import BaseRetriever
from pydantic import ConfigDict, Field

from amp_assistant.assistant import SHOWN_HITS, Assistant
from amp_assistant.encoder import Encoder
from amp_assistant.index import open_index
from amp_assistant.retrieval import Hit
from amp_assistant.settings import Settings, close_network
from amp_assistant.store import copy_of, names_on_server, write_store

if TYPE_CHECKING:
    from langchain_chroma import Chroma


class AssistantRetriever(BaseRetriever):
    """The assistant's passages for a question, best first, at most `limit` of them.

    A document holds the passage's own words; its metadata are ``passage`` (the id), ``document`` (the id), ``section`` (the headings
    above, outermost first), ``page`` (from 1, None where it is not known) and ``score`` (the higher the better).
    """

    model_config = ConfigDict(arbitrary_types_allowed=True)

    assistant: Assistant
    limit: int = Field(default=SHOWN_HITS, ge=1, le=SHOWN_HITS)

    def _get_relevant_documents(self, query: str, *, run_manager: CallbackManagerForRetrieverRun) -> list[Document]:
        """Raises QuestionError where the question is empty, too long or not text."""
        hits = self.assistant.find(self.assistant.understand(query))
        return [_document(hit) for hit in hits[: self.limit]]


class LangChainEncoder(Embeddings):
    """An encoder of the assistant, the trained one or a named one, as LangChain's embeddings."""

    def __init__(self, encoder: Encoder) -> None:
        self._encoder = encoder

    def embed_documents(self, texts: list[str]) -> list[list[float]]:
        """The vectors of texts of documents, each of length 1."""
        vectors: list[list[float]] = self._encoder.encode_passages(texts).tolist()
        return vectors

    def embed_query(self, text: str) -> list[float]:
        """The vector of a question, of length 1."""
        vector: list[float] = self._encoder.encode_queries([text])[0].tolist()
        return vector


def vector_store(settings: Settings) -> "Chroma":
    """The passages of the index in use as LangChain's Chroma store, searched by the encoder that made their vectors. It is a copy: what is
    changed in it changes no index.

    :raises StoreError: there is no index, or it is damaged.
    """
    from langchain_chroma import Chroma

    close_network()
    index = open_index(settings)
    folder = settings.index / index.built_from.fingerprint / "chroma"
    scratch: TemporaryDirectory[str]
    if names_on_server(folder):
        scratch = TemporaryDirectory(prefix="amp-assistant-")
        write_store(Path(scratch.name, "chroma"), index.passages, index.passage_vectors, index.passage_vectors[:0])
        place = str(Path(scratch.name, "chroma"))
    else:
        scratch = copy_of(folder)
        place = scratch.name
    store = Chroma(
        collection_name="passages",
        embedding_function=LangChainEncoder(index.encoder),
        persist_directory=place,
        create_collection_if_not_exists=False,
    )
    weakref.finalize(store, scratch.cleanup)
    return store


def _document(hit: Hit) -> Document:
    passage = hit.passage
    return Document(
        page_content=passage.text,
        metadata={
            "passage": passage.id,
            "document": passage.document,
            "section": list(passage.heading_path),
            "page": passage.first_page,
            "score": hit.score,
        },
    )
