"""What the assistant is and is not, how it works, what is installed, and what is owed to whoever uses it."""

import logging
import platform
import re
from html import escape
from typing import TYPE_CHECKING, Any

import gradio as gr

from amp_assistant.documents.model import Document
from amp_assistant.index import Index
from amp_assistant.quantities import spaced
from amp_assistant.settings import Settings
from amp_assistant.web.drawing import METHOD, METHOD_STEPS
from amp_assistant.web.library import moment_of
from amp_assistant.web.opening import on_load
from amp_assistant.web.reader import document_address
from amp_assistant.web.sources import one_line

if TYPE_CHECKING:
    from amp_assistant.assistant import Assistant

logger = logging.getLogger(__name__)

UNEXPECTED = "Un incident technique a empêché de lire les chiffres de l’index ; il est noté dans le journal. Réessayez dans un instant."
_EMAIL = re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+")
_CONTACTING = frozenset({"agenda"})
"""The kinds of documents whose e-mail address is that of the service that stands behind the plans."""

IS_AND_IS_NOT = (
    "<h2>Ce qu’il est, ce qu’il n’est pas</h2>"
    "<p>Un assistant qui répond aux questions sur des plans publics de la Métropole Aix-Marseille-Provence. Chaque phrase de ses "
    "réponses est "
    "prouvée par une citation retrouvée mot pour mot dans un document, que vous pouvez ouvrir à sa place.</p><ul>"
    "<li>Ce n’est <strong>pas une décision officielle</strong>, ni un conseil juridique ou financier&nbsp;: les conditions d’une aide "
    "ont pu "
    "changer depuis la date du document.</li>"
    "<li>Il ne connaît <strong>que ses documents</strong>. Ce qu’ils ne disent pas, il le dit&nbsp;; il peut aussi manquer un passage.</li>"
    "<li>Ce qui est <strong>visé</strong>, ce qui est <strong>mesuré</strong>, ce que dit une personne et un futur "
    "<strong>imaginé</strong> "
    "sont montrés comme tels.</li>"
    "<li>Quand deux documents donnent des chiffres différents, les deux sont montrés, avec leur date.</li></ul>"
)
ACCESSIBILITY = (
    "<h2>Accessibilité</h2><p>État&nbsp;: <strong>non évalué par un tiers</strong>. Aucun audit de conformité au RGAA n’a été "
    "fait&nbsp;; cette "
    "page n’est pas une déclaration de conformité.</p><p>Ce qui est vérifié à chaque version, par des essais automatiques dans un "
    "navigateur&nbsp;: "
    "l’usage au clavier seul, l’absence de défaut grave selon axe-core, la lecture à 320 pixels de large. Ce qui ne l’est pas&nbsp;: "
    "l’usage "
    "réel avec un lecteur d’écran. Les images des pages de PDF ont leur texte à côté d’elles&nbsp;; les fichiers d’origine sont ceux "
    "qui ont été "
    "publiés et peuvent ne pas être accessibles.</p><p>Si quelque chose vous arrête, écrivez au service qui héberge cet "
    "assistant&nbsp;: il vous "
    "doit une réponse ou le contenu sous une autre forme. Sans réponse, vous pouvez saisir le Défenseur des droits.</p>"
)


def build_about(assistant: "Assistant") -> None:
    """Lay the page out, inside an open gr.Blocks. The figures are those of the index in use when somebody opens the page."""
    with gr.Column(elem_id="about"):
        gr.Markdown(IS_AND_IS_NOT + METHOD_STEPS)
        gr.Markdown(METHOD, elem_id="method", sanitize_html=False)
        figures = gr.Markdown('<p class="searching">Lecture de l’index…</p>', latex_delimiters=[])
        gr.Markdown(ACCESSIBILITY)
        told = gr.Markdown("", latex_delimiters=[])

    def opened() -> tuple[str, str]:
        try:
            index, settings = assistant.index, assistant.settings
            return figures_html(index, settings), privacy_html(settings) + contact_html(index) + versions_html(index)
        except Exception:  # the outer edge: whatever broke, the visitor gets a sentence and the log the trace
            logger.exception("Les chiffres de l'index n'ont pas pu être montrés.")
            return f'<p class="failed">{UNEXPECTED}</p>', ""

    private: dict[str, Any] = {"show_progress": "hidden", "api_visibility": "private"}
    on_load(opened, [figures, told], **private)


def figures_html(index: Index, settings: Settings) -> str:
    """What the installed index holds, measured when it was built."""
    built = index.built_from
    seconds = sum(built.seconds.values())
    longest, share = max(built.seconds.items(), key=lambda stage: stage[1], default=("", 0.0))
    rows = {
        "Documents": str(built.documents),
        "Passages": spaced(built.passages),
        "Questions préparées à l’avance": spaced(built.questions),
        "Construit le": moment_of(settings),
        "Durée de la construction": f"{seconds:.0f} s, dont {share:.0f} s pour l’étape « {longest} »",
        "Encodeur": built.encoder,
        "Empreinte de ce dont il est fait": built.fingerprint,
        "Modèle de langage": settings.llm or "aucun : les réponses sont les phrases des documents",
    }
    listed = "".join(f"<tr><th scope='row'>{name}</th><td>{one_line(value)}</td></tr>" for name, value in rows.items() if value)
    return (
        f"<h2>L’index installé, en chiffres</h2><table><tbody>{listed}</tbody></table><p>La qualité des réponses est mesurée sur des "
        f"questions "
        "dont la réponse est connue&nbsp;: les chiffres sont dans le fichier README du projet, partie «&nbsp;Figures&nbsp;», la "
        "comparaison avec "
        "d’autres méthodes dans docs/retrieval.md, et «&nbsp;amp-assistant evaluate&nbsp;» les mesure de nouveau ici.</p>"
    )


def privacy_html(settings: Settings) -> str:
    """What is kept of visitors, and for how long."""
    opinions = (
        f"<li>Un avis que vous donnez sur une réponse est gardé {settings.feedback_days} jours, sans votre nom, puis supprimé&nbsp;; les "
        "adresses électroniques, IBAN, SIRET, numéros de téléphone, de sécurité sociale et de carte bancaire qu’il contiendrait sont "
        "masqués.</li>"
    )
    model = (
        f"<li>Un modèle de langage ({one_line(settings.llm)}) reçoit vos questions pour rédiger&nbsp;; adresses électroniques, numéros "
        "de téléphone, de sécurité sociale et de carte bancaire, IBAN et SIRET sont masqués avant l’envoi.</li>"
        if settings.llm
        else "<li>Aucun modèle de langage n’est branché&nbsp;: vos questions ne sont envoyées à personne.</li>"
    )
    return (
        "<h2>Données personnelles</h2><ul><li>Ni compte, ni traceur, ni mesure d’audience&nbsp;; rien n’est chargé depuis un autre "
        "site.</li>"
        f"<li>Vos questions ne sont pas gardées par le serveur ni écrites dans son journal&nbsp;; la conversation reste dans votre "
        f"navigateur.</li>{model}"
        f"{opinions}<li>L’administration pose un témoin de connexion (cookie) pour la seule personne qui y entre, jusqu’à huit "
        f"heures.</li></ul>"
    )


def contact_html(index: Index) -> str:
    """Whom to write to: the service that runs this, and the address that the plans themselves give."""
    found = _address(index)
    given = ""
    if found:
        address, document = found
        given = (
            "<p>Pour le fond des plans, l’adresse donnée par "
            f'<a lang="fr" href="{escape(document_address(document.id, quote=address))}">{one_line(document.short_title)}</a> est '
            f'<a lang="fr" href="mailto:{escape(address)}">{escape(address)}</a>.</p>'
        )
    return f"<h2>Contact</h2><p>Pour le service lui-même, écrivez au service qui héberge cet assistant.</p>{given}"


def versions_html(index: Index) -> str:
    """What is installed."""
    from importlib.metadata import version

    names = {"amp-assistant", "gradio", "fastapi", "langchain", "torch", *index.built_from.versions}
    listed = "".join(f"<li>{name} {escape(version(name))}</li>" for name in sorted(names))
    return f"<details><summary>Versions</summary><ul lang='en'><li>Python {platform.python_version()}</li>{listed}</ul></details>"


def _address(index: Index) -> tuple[str, Document] | None:
    for passage in index.passages:
        document = index.documents[passage.document]
        found = _EMAIL.search(passage.text) if document.kind in _CONTACTING else None
        if found:
            return found[0], document
    return None
