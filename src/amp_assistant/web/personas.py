"""Who asks: examples, the page where their task is done, the kinds of questions proposed first. What is true does not change."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from html import escape

from amp_assistant.typography import unbroken
from amp_assistant.understanding import Intent
from amp_assistant.web.sources import one_line


@dataclass(frozen=True, slots=True)
class Persona:
    """A kind of visitor: `name` as shown, `title` above their examples, `path` and `invitation` of their page, `intents` that come
    first among the questions proposed."""

    name: str
    title: str = ""
    examples: tuple[str, ...] = ()
    path: str = ""
    invitation: str = ""
    intents: frozenset[Intent] = frozenset()


EVERYONE = "tous"
PERSONAS: Mapping[str, Persona] = {
    EVERYONE: Persona("Tout le monde"),
    "entreprise": Persona(
        "Entreprise",
        "Pour une entreprise",
        (
            "Puis-je être exonéré de CFE si j’installe mon entreprise sur le territoire ?",
            "J’ai 15 salariés et 3 millions d’euros de chiffre d’affaires : quel programme pour accélérer ma croissance ?",
            "Je crée mon entreprise : existe-t-il un prêt d’honneur, et de quel montant ?",
        ),
        "aides",
        "Trouver vos aides, critère par critère",
        frozenset({Intent.AIDS, Intent.CONTACT}),
    ),
    "agent": Persona(
        "Agent",
        "Pour un agent",
        (
            "Combien d’entreprises le CREM doit-il accompagner par an ?",
            "Quelle part des marchés publics contient une clause environnementale, et quel était l’objectif ?",
            "Comment le Plan climat mobilise-t-il les communes ?",
        ),
        "engagements",
        "Voir tous les engagements et leur suivi",
        frozenset({Intent.COMMITMENT, Intent.COMPARISON, Intent.LIST}),
    ),
    "élu": Persona(
        "Élu",
        "Pour un élu",
        (
            "Quelle part du territoire le SCoT protège-t-il ?",
            "Combien la Métropole a-t-elle investi contre les inondations en 2025 ?",
            "Quels arguments pour une place financière tournée vers la Méditerranée et l’Afrique ?",
        ),
        "discours",
        "Préparer un discours, chaque chiffre sourcé",
        frozenset({Intent.FIGURE, Intent.SPEECH}),
    ),
}
"""By the value that the browser remembers."""


def examples_html(persona: str) -> str:
    """The examples of a persona and the way to their page; those of all for everyone."""
    shown = [one for key, one in PERSONAS.items() if one.examples and persona in (key, EVERYONE)]
    groups = "".join(
        f'<section class="group"><h3>{escape(one.title)}</h3>{"".join(map(question_button, one.examples))}{_way(one)}</section>'
        for one in shown
    )
    return f'<div class="groups">{groups}</div>'


def next_steps_html(questions: Sequence[str], persona: str, title: str = "Pour continuer") -> str:
    """Questions to ask next, as buttons, and the page where a persona's task is done; nothing where there is neither."""
    buttons = "".join(f'<li lang="fr">{question_button(question)}</li>' for question in questions)
    listed = f"<h3>{title}</h3><ul>{buttons}</ul>" if questions else ""
    way = _way(PERSONAS[persona])
    return f'<div class="next">{listed}{way}</div>' if listed or way else ""


def question_button(question: str) -> str:
    """A question as a button that asks it; the page's script does."""
    return f'<button type="button" class="ask">{one_line(unbroken(question))}</button>'


def _way(persona: Persona) -> str:
    return f'<p class="way"><a href="/{persona.path}">{escape(persona.invitation)}</a></p>' if persona.path else ""
