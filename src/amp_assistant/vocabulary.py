"""The everyday words of somebody's situation: sectors, roles, needs and projects, as patterns over plain text.

Plain text is folded, with straight apostrophes. The same patterns read a situation and what a document asks for, so that « coiffeuse »
and « artisans » meet.
"""

import re
from collections.abc import Iterable, Mapping

from amp_assistant.folding import plain


def _patterns(table: Mapping[str, str]) -> Mapping[str, re.Pattern[str]]:
    return {name: re.compile(rf"\b(?:{pattern})") for name, pattern in table.items()}


SECTORS = _patterns(
    {
        "commerce": (
            r"commer[cç]\w+|boutique|magasin|librairi|boulang|patisser|epicer|fleurist|restaura(nt|teur|tion)\b|cafe\b|bakery|shop\b|"
            r"pharmaci|economie (residentielle|presente|de proximite)"
        ),
        "artisanat": (
            r"artisan|boulang|patisser|coiff|garag|menuis|plomb|electricien|macon|bouch(er|ere)\b|coutur|bijouti|carrel|"
            r"ebenist|mecanicien|economie (residentielle|presente|de proximite)"
        ),
        "industrie": r"industri|usine|fabriqu|manufactur|metallurg|chimi|pieces mecaniques|aeronauti|preindustriel",
        "numérique": r"numeri|informati|logiciel|digital|internet|e-?sport|application mobile",
        "agriculture": r"agricult|agricol|maraich|viticult|elev(age|eur)|horticult|arboricult|producteurs|exploitations?\b",
        "ess": r"ess\b|economie sociale|solidaire|insertion|cooperati|scop\b|scic\b|impact social|innovation sociale",
        "tourisme": r"touris|hotel(s|lerie)?\b(?! d'entreprises)|camping|congres\b|evenementi",
        "santé": r"sante\b|bio-?tech|pharma\w*l|medica|medtech|bioproduction",
        "environnement": (
            r"clean-?tech|technologies de l'environnement|sciences de l'environnement|(filiere|secteur) (de l')?energi|"
            r"hydrogene|eco-?entreprise"
        ),
        "maritime": r"nauti|maritime|naval|portuaire|de la mer\b|bluetech",
        "audiovisuel": r"audiovisuel|cinema|tournages?|films?\b|industries (culturelles et )?creatives",
        "logistique": r"logisti|transporteur|entrepots?\b",
        "mode": r"mode-textile|textile|la mode\b|styliste",
        "services": (
            r"cabinet|conseil( en|$)|consult|nettoyage|avocat|comptable|services? a la personne|formateur|"
            r"agence de communication"
        ),
    }
)
"""A sector and the words that tell it."""

ROLES = _patterns(
    {
        "commune": r"communes?\b|mair(ie|e)s?\b|collectivites?\b|territoires desireux|elus?\b",
        "groupement": (
            r""
            r"(associations?|clubs?|groupements?|collectifs?) (d'|des |de |d'une )(entreprises|entrepreneurs|commercants|zones|zae|zac)|"
            r"entreprises (qui s'associent|organisees en)|demarches collectives d'entreprises|entreprises d'une meme"
        ),
        "association": r"associations?\b|acteurs associatifs|structures? (d'aide|d'accompagnement|d'insertion|favorisant)",
        "créateur": (
            r"createurs?|creatrice|porteurs? d('|e )(un )?projets?|creations? d'entreprises?|entrepreneu|"
            r"en amont de la creation|fondateur"
        ),
        "entreprise": (
            r"entreprises?\b|company|pme\b|tpe\b|societes?\b|sarl\b|sasu?\b|eurl\b|boites?\b|start-?ups?\b|industriel|tissu |"
            r"commercants?\b|artisans?\b|commerces?\b|employeurs?\b|filieres?\b|grands comptes|"
            r"activites (economiques|industrielles)|offreuses|producteurs|agricult(eur|rice)s?\b|exploitations?\b|"
            r"cooperatives?\b|acteurs economiques"
        ),
        "demandeur d'emploi": (
            r"demandeurs? d'emploi|sans emploi|chomage|chomeu|eloignees? de l'emploi|publics prioritaires|personnes suivies|"
            r"recherche d'emploi"
        ),
        "jeune": r"jeunes?\b(?! (entreprise|pousse|agricult|societe|boite|maraich))",
        "étudiant": r"etudiant|apprentis?\b",
        "talent étranger": r"etrang(er|ere)s?\b|visa\b|titre de sejour|expatri|talents et entrepreneurs du monde",
        "agent": r"agents (des|de la|publics|territoriaux)",
        "habitant": r"habitants?\b|particuliers?\b|coproprietes?|quartier\b|menages?\b",
        "tous": r"tous types|par tous|tous\b(?! secteurs)|toutes et tous|sans restriction",
    }
)
"""Who somebody is, or whom a dispositif is for, and the words that tell it."""

PEOPLE = frozenset({"demandeur d'emploi", "jeune", "étudiant", "talent étranger", "habitant", "agent"})
"""Roles of a person rather than of a firm or a body."""

NEEDS = _patterns(
    {
        "creation": (
            r"(cree(r|ons)?|lan(cer?|cons)|mont(er?|ons)|ouvr(ir|e|ons)|demarre(r|ons)?|fonde(r|ons)?) (ma|mon|une|un|notre|sa|son)\b|"
            r"me lancer|nous lancer|createurs? d'ent|pas encore (cree|immatricul)|rien n'est cree|creation d|m'installer en|"
            r"idee d('|e )(boite|entreprise|start-?up|societe)|mettre a mon compte"
        ),
        "reprise": r"reprendre (un|une|le|la)\b|repren(eur|d)|reprise|racheter|rachat",
        "implantation": r"(m'|s'|nous )(implant|install)er|implant(er|ation)|transfer|demenag|relocalis|quitt\w+ \w+ pour",
        "local-foncier": r"loca(l|ux)\b|terrain|foncier|batiment|immobilier|bureaux|entrepot|agrandi|pepiniere|surface\b|hangar",
        "financement": r"financ|pret(er|s)?\b|subvention|argent|fonds\b|credit|tresorerie|investi",
        "fiscalite": r"cfe\b|impots?\b|fiscal|exoner|taxe",
        "innovation": r"innov|start-?up|prototype|deep ?tech|technolog|industrie 4|brevet|recherche et developpement|r&d",
        "recrutement": r"recrut|embauch|trouver (des|du) (salaries|personnel|monde)",
        "talents-etrangers": r"etrang(er|ere)s?\b|visa\b|expatri|titre de sejour",
        "formation": r"form(ation|er)\b|(sans )?diplome|accelerat|conseill?(e|er|s)?\b(?! en)|grandir|accelerer|passer un cap",
        "mobilite-salaries": r"mobilite|domicile-travail|trajets?|covoitur|deplacements? (de|des) (mes |nos |leurs )?salaries",
        "international": r"international|export|afri|mediterran|a l'etranger",
        "transition-ecologique": (
            r"climat|ecolog|energ|solaire|photovolt|decarbon|carbone|biodivers|dechets?\b|renouvelable|environnement"
        ),
        "numerique": r"numeri|informatique|digital|site internet|industrie 4|logiciel",
        "commande-publique": (
            r"marches? publics?|appels? d'offres?|(vendre|vend) a la (metropole|mairie)|commande publique|acheteurs? publics?"
        ),
        "reseau": r"reseau|rencontr|partenaires|club\b|accompagnement pour grandir|conseill?(e|er|s)?\b(?! en)|accelerat",
        "travaux-perturbations": (
            r"chantier|travaux (qui|devant|de la|du|dans ma|metropol)|rue (est )?barree|indemnis|par des travaux"
        ),
        "economie-sociale": r"ess\b|solidaire|economie sociale|cooperati|impact social",
        "commerce-artisanat": r"commerc|artisan|boutique|magasin|boulang|coiff|centre-ville|garag",
        "agriculture-alimentation": r"agricult|agricol|maraich|alimenta|exploitation|cantine",
        "insertion": r"insertion|eloignes? de l'emploi|sans diplome|sans emploi|demandeur d'emploi|chomage",
        "commune": r"(^|notre |nous sommes une |je suis )(commune|mairie|maire|ville|collectivite)\b",
    }
)
"""A need of the enrichment's list, and the words that tell it."""

PROJECTS = _patterns(
    {
        "agrandir": r"agrandi|extension|s'etendre|m'etendre|nous etendre|pousser les murs",
        "s'installer": (
            r"(m'|s'|nous )(implant|install)er|implanter|transfer|demenag|relocalis|venant s'installer|nouvelle entreprise|"
            r"quitt\w+ \w+ pour|venir (a|sur)\b"
        ),
        "créer": r"se creer|nouvelle entreprise|creation d'entreprise",
        "investir dans l'immobilier": (
            r"acquisition fonciere|investissement immobilier|acheter (un|le|les|des) (terrain|locaux|local|batiment|murs)|"
            r"achetant un (terrain|batiment|local)|construire|construction|acquerir|agrandi"
        ),
        "rénover": r"renov|rehabilit|requalif|refaire (le|mon|notre)",
    }
)
"""A project, and the words by which a situation or a condition tells it."""


SUBJECTS = _patterns(
    {
        "énergies renouvelables": r"energies? renouvelables?|solaire|photovolt|eolien|methanis|geotherm|bois-energie|biogaz",
        "climat": r"climat|ges\b|gaz a effet de serre|bilan carbone|decarbon",
        "hydrogène": r"hydrogene",
        "deep tech": r"deep ?tech|technologies? de rupture",
        "agriculture urbaine": r"agriculture urbaine|jardins? partage|potager",
        "biodiversité": r"biodivers|nature en ville|vegetalis|plantation",
        "économie circulaire": r"economie circulaire|recycl|reemploi|eit\b|ecologie industrielle",
        "tournage": r"tournage|films?\b|serie televisee",
    }
)
"""What a project is about, and the words that tell it."""


def told(patterns: Mapping[str, re.Pattern[str]], text: str) -> frozenset[str]:
    """The names whose words stand in a plain text."""
    return frozenset(name for name, pattern in patterns.items() if pattern.search(text))


def denied(patterns: Mapping[str, re.Pattern[str]], text: str) -> frozenset[str]:
    """The names that a plain text denies: « je n'agrandis rien », « pas ESS », « sans déménager »."""
    return frozenset(name for name, pattern in patterns.items() if _is_denied(pattern, text))


def _is_denied(pattern: re.Pattern[str], text: str) -> bool:
    return all(_DENIED_BEFORE.search(text[: found.start()]) for found in pattern.finditer(text)) and bool(pattern.search(text))


_DENIED_BEFORE = re.compile(r"(\bn(e |')(\w+ ){0,1}|\bpas (d'|de |une? )?|\bsans |\bni )$")


def of_all(names: Iterable[str], patterns: Mapping[str, re.Pattern[str]]) -> frozenset[str]:
    """The names that some free words name, themselves or by their words."""
    listed = list(names)
    return frozenset(name for name in listed if name in patterns).union(*(told(patterns, plain(name)) for name in listed))
