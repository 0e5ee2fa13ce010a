"""The border to language models: one call that gives an object of a known form, or one French sentence that says why not.

LangChain's `init_chat_model` speaks to the provider. What the model writes is read as it comes, so that the first statement can be
checked and shown while the last is being written. A limit of time holds for the whole call, retries included, whatever the
server does; nothing of what is asked or written is logged.
"""

import json
import logging
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from importlib import import_module
from queue import Empty, SimpleQueue
from threading import Event, Thread
from time import monotonic
from typing import Any, Literal, TypeVar

from pydantic import BaseModel, ValidationError

from amp_assistant.errors import LanguageModelError, SettingError
from amp_assistant.model_failures import CUT_OFF, UNWILLING, may_pass, pause, sentence, status_of, translated
from amp_assistant.settings import Settings, has_openai_key

logger = logging.getLogger(__name__)

ATTEMPTS = 3
"""Times that a call is tried where the server is overloaded, broken or out of reach."""
MOST_TOKENS = 2_000
"""Tokens that a model may write in one call: an answer of 150 words with its numbers takes about 500, an enrichment line 1 200."""
CONTEXT_TOKENS = 8_192
"""Tokens that Ollama reads; its own default of 4 096 cuts the passages off without a word."""

Message = tuple[Literal["system", "human", "ai"], str]
Written = TypeVar("Written", bound=BaseModel)

_PACKAGES = {"openai": "langchain_openai", "ollama": "langchain_ollama", "mistralai": "langchain_mistralai"}
_REJECTED = frozenset({400, 404, 415, 422, 501})
"""Status codes with which a server says that it does not know structured output (404: OpenRouter, where no host of the model does)."""
_THOUGHT = re.compile(r"<think>.*?(</think>|$)", re.DOTALL)
_JSON_ONLY = "Réponds uniquement par un objet JSON conforme à ce schéma, sans rien avant ni après :\n{}"


@dataclass(frozen=True, slots=True)
class Usage:
    """What the calls to a model took: its name, tokens read and written (0 where the server does not count), seconds."""

    model: str
    input_tokens: int = 0
    output_tokens: int = 0
    seconds: float = 0.0

    def __add__(self, other: "Usage") -> "Usage":
        return Usage(
            self.model,
            self.input_tokens + other.input_tokens,
            self.output_tokens + other.output_tokens,
            self.seconds + other.seconds,
        )


@dataclass(frozen=True, slots=True)
class Draft:
    """What a model has written so far, as an object; `usage` is there once it is whole."""

    content: dict[str, Any]
    usage: Usage | None = None


class LanguageModel:
    """One model of one provider; safe to share between threads. `seconds` is the longest that a call may take."""

    def __init__(self, chat: Any, name: str, seconds: float) -> None:
        self._chat = chat
        self._structures = True
        self.name = name
        self.seconds = seconds

    @classmethod
    def open(cls, settings: Settings) -> "LanguageModel":
        """The model that the settings name; nothing is sent yet.

        :raises SettingError: AMP_LLM names none, or an unknown provider, or one whose package is not installed.
        :raises LanguageModelError: the provider's client cannot be made, mostly for want of a key.
        """
        provider, _, model = settings.llm.partition(":")
        if provider not in _PACKAGES or not model:
            known = ", ".join(f"{name}:..." for name in _PACKAGES)
            raise SettingError(f"AMP_LLM vaut « {settings.llm} » : donnez un modèle de langage sous la forme {known}.")
        try:
            import_module(_PACKAGES[provider])
        except ImportError as error:
            raise SettingError(
                f"AMP_LLM demande le paquet {_PACKAGES[provider].replace('_', '-')}, qui n'est pas installé. Dans le dossier du projet : "
                f".venv/bin/python -m pip install --constraint constraints.txt --editable '.[{provider}]'"
            ) from error
        from langchain.chat_models import init_chat_model

        try:
            chat = init_chat_model(model, model_provider=provider, **_arguments(provider, settings))
        except Exception as error:  # each provider's client raises its own kinds
            told = "ne peut pas être appelé : la clé de son fournisseur manque (OPENAI_API_KEY, MISTRAL_API_KEY) ou un réglage est faux"
            raise LanguageModelError(sentence(settings.llm, told)) from error
        return cls(chat, settings.llm, settings.llm_seconds)

    def write(self, messages: Sequence[Message], form: type[BaseModel], seconds: float | None = None) -> Iterator[Draft]:
        """What the model writes, as it comes: growing drafts, the last of them whole and with its usage.

        `form` tells the model the object to write; the drafts are not yet checked against it.

        :raises LanguageModelError: the model cannot be reached, is too slow, or writes nothing that can be read to its end.
        """
        begun, limit = monotonic(), seconds or self.seconds
        text = _Text()
        try:
            for chunk in _within(limit, lambda stopped: self._chunks(messages, form, limit, stopped)):
                text.add(chunk)
                if "}" in text.last and (content := text.partial()) is not None:
                    yield Draft(content)
        except Exception as error:  # each provider's client raises its own kinds
            raise translated(error, self.name, limit) from error
        usage = Usage(self.name, text.input_tokens, text.output_tokens, monotonic() - begun)
        logger.info("%s : %d jetons lus, %d écrits, %.1f s", self.name, usage.input_tokens, usage.output_tokens, usage.seconds)
        yield Draft(text.whole(self.name), usage)

    def read(self, messages: Sequence[Message], form: type[Written], seconds: float | None = None) -> tuple[Written, Usage]:
        """What the model writes, whole and of the right form, and what it took.

        :raises LanguageModelError: as `write`, and where the object has another form.
        """
        *_, draft = self.write(messages, form, seconds)
        try:
            return form.model_validate(draft.content), draft.usage or Usage(self.name)
        except ValidationError as error:
            raise LanguageModelError(sentence(self.name, "a écrit une réponse illisible")) from error

    def _chunks(self, messages: Sequence[Message], form: type[BaseModel], seconds: float, stopped: Event) -> Iterator[Any]:
        """The pieces that the model writes; the call is tried again only while none has come."""
        from tenacity import Retrying, retry_if_exception, sleep_using_event, stop_after_attempt, stop_before_delay

        retrying = Retrying(
            retry=retry_if_exception(may_pass),
            wait=pause,
            stop=stop_after_attempt(ATTEMPTS) | stop_before_delay(seconds),
            sleep=sleep_using_event(stopped),
            reraise=True,
        )
        first, rest = retrying(self._begin, messages, form)
        yield from first
        yield from rest

    def _begin(self, messages: Sequence[Message], form: type[BaseModel]) -> tuple[list[Any], Iterator[Any]]:
        """The first piece, if any, and the others to come; as plain text where the server knows no structured output."""
        if self._structures:
            try:
                return _opened(self._structured(messages, form))
            except Exception as error:
                if not isinstance(error, NotImplementedError) and status_of(error) not in _REJECTED:
                    raise
                pieces = _opened(self._plain(messages, form))
                self._structures = False  # only now: where plain text is rejected too, the cause was another
                return pieces
        return _opened(self._plain(messages, form))

    def _structured(self, messages: Sequence[Message], form: type[BaseModel]) -> Iterator[Any]:
        # The schema as a dict, since with the class OpenAI's client reads the answer itself and fails where a word is missing; the
        # model before its parser, since the parser waits for the end.
        structured = self._chat.with_structured_output(form.model_json_schema()).first
        yield from structured.stream(list(messages))

    def _plain(self, messages: Sequence[Message], form: type[BaseModel]) -> Iterator[Any]:
        asked = _JSON_ONLY.format(json.dumps(form.model_json_schema(), ensure_ascii=False))
        yield from self._chat.stream([*messages, ("human", asked)])


class _Text:
    """What was written so far, put together from its pieces."""

    def __init__(self) -> None:
        self.last = ""
        self.input_tokens = 0
        self.output_tokens = 0
        self._text = ""
        self._finish = ""
        self._refusal = False

    def add(self, chunk: Any) -> None:
        calls = getattr(chunk, "tool_call_chunks", None) or ()
        self.last = str(chunk.text) + "".join(call.get("args") or "" for call in calls)
        self._text += self.last
        usage = chunk.usage_metadata or {}
        self.input_tokens = max(self.input_tokens, usage.get("input_tokens", 0))  # some servers tell it in several pieces
        self.output_tokens = max(self.output_tokens, usage.get("output_tokens", 0))
        told = chunk.response_metadata
        self._finish = str(told.get("finish_reason") or told.get("done_reason") or self._finish)
        self._refusal = self._refusal or bool(chunk.additional_kwargs.get("refusal"))

    def partial(self) -> dict[str, Any] | None:
        """The object up to its last closed brace."""
        from langchain_core.utils.json import parse_partial_json

        written = self._object()
        try:
            content = parse_partial_json(written[: written.rfind("}") + 1])
        except ValueError:
            return None
        return content if isinstance(content, dict) else None

    def whole(self, name: str) -> dict[str, Any]:
        """The object.

        :raises LanguageModelError: it is missing, cut off or broken.
        """
        if self._refusal or self._finish in UNWILLING:
            raise LanguageModelError(sentence(name, "a refusé de répondre"))
        if self._finish in CUT_OFF:
            raise LanguageModelError(sentence(name, "a été coupé avant la fin de sa réponse"))
        if not self._text.strip():
            raise LanguageModelError(sentence(name, "n'a rien répondu"))
        try:
            content, _ = json.JSONDecoder().raw_decode(self._object())
        except ValueError as error:
            raise LanguageModelError(sentence(name, "a écrit une réponse illisible")) from error
        return dict(content)

    def _object(self) -> str:
        """The text from its first brace on, without what a reasoning model thinks aloud."""
        said = _THOUGHT.sub("", self._text)
        return said[max(said.find("{"), 0) :]


def _arguments(provider: str, settings: Settings) -> dict[str, Any]:
    """What the provider's client is made with: no chance, no retries of its own, a limit of time and of length."""
    arguments: dict[str, Any] = {"temperature": 0}
    if provider == "ollama":
        arguments |= {"num_predict": MOST_TOKENS, "num_ctx": CONTEXT_TOKENS, "client_kwargs": {"timeout": settings.llm_seconds}}
    else:
        arguments |= {"max_tokens": MOST_TOKENS, "max_retries": 0, "timeout": settings.llm_seconds}
    if provider == "openai":
        arguments["stream_usage"] = True
    if settings.llm_base_url:
        arguments["base_url"] = settings.llm_base_url
        if provider == "openai" and not has_openai_key():
            arguments["api_key"] = "none"  # a server of one's own asks for none, the client does
    return arguments


def _opened(pieces: Iterator[Any]) -> tuple[list[Any], Iterator[Any]]:
    """The first piece in a list, empty where there is none, and the others: until then an error may be tried again."""
    first = [piece for piece in (next(pieces, None),) if piece is not None]
    return first, pieces


def _within(seconds: float, make: Callable[[Event], Iterator[Any]]) -> Iterator[Any]:
    """The items that `make` gives, until the seconds are over.

    They are made in a thread of their own, which is left behind where it hangs: no client's limit holds for a server that sends
    a byte now and then. `make` gets an event that tells when nobody waits any more.

    :raises TimeoutError: the seconds are over.
    """
    end = monotonic() + seconds
    items: SimpleQueue[tuple[str, Any]] = SimpleQueue()
    stopped = Event()

    def work() -> None:
        try:
            for item in make(stopped):
                if stopped.is_set():
                    return
                items.put(("item", item))
            items.put(("end", None))
        except Exception as error:  # noqa: BLE001  it is raised again where the items are read
            items.put(("error", error))

    Thread(target=work, name="language-model", daemon=True).start()
    try:
        while True:
            try:
                kind, item = items.get(timeout=max(end - monotonic(), 0))
            except Empty:
                raise TimeoutError from None
            if kind == "end":
                return
            if kind == "error":
                raise item
            yield item
    finally:
        stopped.set()
