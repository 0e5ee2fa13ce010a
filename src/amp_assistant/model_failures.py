"""What goes wrong between us and a language model: whether to try again, and the French sentence that a person gets.

Each provider's client has errors of its own; they share status codes and the names of their classes, by which they are told here, so
that no client needs to be imported.
"""

from typing import Any

from amp_assistant.errors import LanguageModelError

FIRST_PAUSE = 0.5
"""Seconds before the second attempt, doubled before the third, where the server asks for no other."""
_OUT_OF_REACH = frozenset({"ConnectionError", "APIConnectionError", "TransportError"})
_TOO_SLOW = frozenset({"TimeoutError", "TimeoutException", "APITimeoutError"})
CUT_OFF = frozenset({"length", "max_tokens", "LengthFinishReasonError"})
UNWILLING = frozenset({"content_filter", "ContentFilterFinishReasonError"})


def may_pass(error: BaseException) -> bool:
    """Whether the same call may well succeed a moment later."""
    status = status_of(error)
    if status is not None:
        return status == 429 or status >= 500
    return bool(_kinds(error) & _OUT_OF_REACH) and not _kinds(error) & _TOO_SLOW


def pause(state: Any) -> float:
    """Seconds before the next attempt: what the server asks for, else twice as long each time."""
    response = getattr(state.outcome.exception(), "response", None)
    asked = str(getattr(response, "headers", {}).get("retry-after", ""))
    return float(asked) if asked.isdigit() else float(FIRST_PAUSE * 2 ** (state.attempt_number - 1))


def status_of(error: BaseException) -> int | None:
    """The status code of the server's answer, where an error carries one."""
    for holder in (error, getattr(error, "response", None)):
        code = getattr(holder, "status_code", None)
        if isinstance(code, int):
            return code
    return None


def _kinds(error: BaseException) -> set[str]:
    """The names of an error's classes and of those it comes from: providers share the names, not the classes."""
    names: set[str] = set()
    link: BaseException | None = error
    while link is not None:
        names |= {kind.__name__ for kind in type(link).__mro__}
        link = link.__cause__
    return names


def translated(error: Exception, name: str, seconds: float) -> LanguageModelError:
    """Any error of a provider as one French sentence; its own words stay in the log's trace, they may hold what was asked."""
    if isinstance(error, LanguageModelError):
        return error
    status, kinds = status_of(error), _kinds(error)
    if status in (401, 403):
        told = "refuse la clé d'accès : vérifiez la variable de son fournisseur (OPENAI_API_KEY, MISTRAL_API_KEY)"
    elif status == 404:
        told = "est inconnu du serveur : vérifiez AMP_LLM et AMP_LLM_BASE_URL"
    elif status == 429:
        told = "est trop sollicité en ce moment : réessayez dans une minute"
    elif status is not None:
        told = f"ne peut pas traiter la demande (erreur {status} du serveur)"
    elif kinds & _TOO_SLOW:
        told = f"n'a pas fini dans le temps imparti ({seconds:.0f} s)"
    elif kinds & CUT_OFF:
        told = "a été coupé avant la fin de sa réponse"
    elif kinds & UNWILLING:
        told = "a refusé de répondre"
    elif kinds & _OUT_OF_REACH:
        told = "ne peut pas être joint : vérifiez que son serveur fonctionne, et AMP_LLM_BASE_URL"
    else:
        told = f"a échoué ({type(error).__name__})"
    return LanguageModelError(sentence(name, told))


def sentence(name: str, told: str) -> str:
    """The sentence that says of a model what it did or cannot do."""
    return f"Le modèle de langage « {name} » {told}."
