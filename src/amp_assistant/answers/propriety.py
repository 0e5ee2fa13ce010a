"""What a question is, whatever the documents hold: an instruction to the program, an insult, a matter of private life, another service.

Patterns over folded text, each for a way in which people write such a thing and not for a word that stands in it: « le contournement
de Martigues », « qui joue le rôle de chef de file », « une nouvelle directive européenne » and « réponds par oui ou non » are questions.
"""

import base64
import binascii
import re

from amp_assistant.folding import fold

SHORTEST_BLOB = 24
"""Letters of a text in base64 that hides a sentence; a word or a code of a public plan is shorter."""

# All patterns are for folded text: lower case, no accents.
_IMPERATIVE = (
    r"(?:^|[.!?;:,»«\"()\]>*-]\s*"
    r"|\b(?:et|puis|and|then|please|stp|svp|merci de|veuillez|tu dois|vous devez|you must|il faut|je veux que tu)\s+)"
)
"""Where an imperative stands: after a subject (« qui joue le rôle de ») the same form tells something."""
_RULES = r"(?:consignes?|instructions?|regles?|rules?|directives?|guidelines|garde-fous?|guardrails|restrictions?|prompt)"
_EARLIER = r"(?:precedent\w*|ci-dessus|anterieur\w*|initial\w*|(?:du )?systeme|d.avant|d.origine|above|previous|prior)"
_DROP = (
    r"(?:ignore[rz]?|oublie[rz]?|neglige[rz]?|desactive[rz]?|contourne[rz]?|outrepasse[rz]?|abandonne[rz]?|passe[rz]? outre"
    r"|disregard|forget|override|bypass|do not follow|stop following|ne (?:tiens|tenez) (?:plus|pas) compte"
    r"|ne (?:respecte|suis|suivez)\w* (?:plus|pas))"
)
_INSTRUCTIONS = {
    "drop the rules": (
        rf"(?<!pas )\b{_DROP}\b.{{0,40}}\b(?:{_RULES}\b.{{0,12}}\b{_EARLIER}|{_EARLIER} {_RULES})\b"
        rf"|{_IMPERATIVE}{_DROP}\b(?!-t).{{0,30}}\b(?:{_RULES}|sources?|documents?|citations?|ci-dessus|ce qui precede|everything|above"
        r"|safety|ce qu\S{1,3}.{0,20} (?:dit|demande|appris|donne|ordonne))\b"
        rf"|\b(?:tes|ton) (?:\w+ )?{_RULES}\b|\b{_RULES} {_EARLIER} (?:sont|est) (?:annul|caduc|leve|suspend)\w+"
        r"|\bregles ne s.appliquent (?:plus|pas)\b.{0,3}(?:$|[:.,;!])|\btu n.as plus (?:besoin|de (?:regles?|limites?|consignes?))\b"
        r"|\bcoupe (?:le|les|ton|tes) (?:controle|verification|filtre|source)s?\b"
        r"|\b(?:ai|assistant|bot|model|you)\b.{0,30}\b(?:no|without) (?:rules|restrictions|filters?)\b"
        rf"|\b(?:nouvel\w*|vraies?|new|real) (?:{_RULES} (?:system\w*|de l.administrateur|pour toi)|(?:consigne|instruction)s? ?:)"
    ),
    "play another part": (
        rf"{_IMPERATIVE}(?:act (?:as|like)|pretend (?:to be|that|you)|role-?play|joue[rz]? le role"
        r"|fai[ts]e?s? (?:comme si (?:tu|vous)|semblant)"
        r"|imagine[rz]? que (?:tu|vous) (?:es|etes|n.as|n.avez)|comporte[- ]toi|agis comme|parle comme"
        r"|mets-toi dans la peau|incarne[rz]?)\b"
        r"|\btu (?:es|seras|deviens) (?:desormais|maintenant|a present|dan\b)"
        r"|\b(?:a partir de maintenant|desormais),? (?:tu|reponds|ecris|parle)\b"
        r"|\btu vas (?:maintenant |desormais )?(?:jouer|incarner|etre|faire semblant)\b|\bje t.ordonne\b|\bi (?:order|command) you\b"
        r"|\byou (?:are|will be) now\b|\bfrom now on,? (?:you|answer|reply)\b|\bjeu de role\b.{0,30}\b(?:tu|vous)\b|\bjailbreak\w*\b"
        r"|\b(?:en|active\w* le) mode (?:dan|developpeur|admin\w*|debug|root|sans (?:filtre|limite))\b"
        r"|\b(?:dan|developer|debug|admin|god) mode\b"
        r"|\bje suis (?:ton|votre) (?:developpeur|administrateur|createur|concepteur)\b|\bi am your (?:developer|creator|admin\w*)\b"
    ),
    "tell what is secret": (
        r"\b(?:system|ton|votre|your|initial|hidden) prompt\b|\bprompt (?:system\w*|initial|cache|injection)\b"
        r"|\b(?:affiche|donne|montre|revele|repete|recopie|ecri[st]|cite|resume|reveal|show|print|repeat|output|what (?:is|are)"
        rf"|quelles? (?:sont|est))\w*\b.{{0,25}}\b(?:tes|vos|ton|votre|ta|your) (?:\w+ )?{_RULES}\b"
        r"|\b(?:repete|recopie|ecri[st]|repeat)\w*\b.{0,40}\b(?:avant m[ao] (?:question|message)|above this|before this)\b"
        r"|\b(?:affiche|repete|recopie|print|repeat|output)\w* (?:everything|all|tout)\b.{0,25}\b(?:above|ci-dessus|precede|avant)\b"
        r"|\b(?:donne|affiche|revele|montre|communique|envoie|give|show|reveal|send|quel(?:le)? est|what is)\w*\b.{0,30}"
        r"\b(?:cles? (?:d.acces|api|secrete)|api keys?|mots? de passe (?:du|des|d.|admin|de la base)|passwords?"
        r"|variables? d.environnement|jetons? d.acces)\b"
    ),
    "say these words": (
        r"\b(?:reponds?|repondez|dis|dites|ecris|ecrivez|reply|respond|answer|say|output|print)\b(?: moi)?"
        r" (?:uniquement|seulement|juste|simplement|toujours|exactement|only|just|exactly|always)\b"
        r"(?: (?:par|avec|que|le mot|les mots|by|with|the words?))* ?:? ?[\"'«]? ?"
        r"(?:(?:oui|non|yes|no|ok|d.accord|pwned|hacked|true|vrai)\b(?! ?[\"'»]? ?(?:ou|or|/))|(?<=[\"'«])|(?<=[\"'«] ))"
        r"|\btu dois (?:toujours )?(?:repondre|dire|ecrire|confirmer|affirmer|obeir)\b"
        r"|\byou must (?:always )?(?:answer|say|reply|comply|obey|confirm)\b"
        r"|\bexecute\w* (?:l.|la |les |cette |ces |the |this )?(?:instruction|commande|command|code)"
        r"|\b(?:reply only|only reply)\b|\bobey\b|\brepond(?:s|ez) (?:oui|non|yes) a tout\b|\brepetez? (?:apres moi|mot)\b"
        rf"|\brepeat after me\b|{_IMPERATIVE}(?:commence|termine|finis|conclus|begin|start|end|finish)\w*"
        r" (?:chaque|ta|tes|votre|vos|toutes|your|each|every) ?(?:\w+ )?(?:reponses?|phrases?|answers?|sentences?|repl\w+)\b"
        r"|\b(?:image markdown|markdown image)\b|!\[[^\]]{0,80}\]\("
    ),
    "do without proof": (
        r"\b(?:reponds?|repondez|ecris|ecrivez|affirme|answer|confirm)\b.{0,60}\b(?:sans|without)"
        r" (?:(?:cit|utilis|consult|donn|us)(?:er|ing) )?(?:de |les? |tes |aucune |any |the |your )?"
        r"(?:regles?|sources?|citations?|documents?|rules?)\b"
        rf"|{_IMPERATIVE}ne cite[rz]? (?:pas|plus|aucune) (?:tes |de |les |vos )?(?:sources?|documents?)\b"
        rf"|\b(?:invente|fabrique)[- ](?:moi|nous)\b|{_IMPERATIVE}(?:invente[rz]? (?:un|une|des)|(?:make up|fabricate) (?:a|some))\b"
    ),
    "marks of the machinery": (
        r"<\|?/?(?:im_start|im_end|system|sys|assistant|user|instructions?|admin|passages?|question|prompt)\b"
        r"|<<\s?/?(?:sys|consigne|instruction|inst\b)|\[/?\s?(?:inst|syst\w*|admin\w*|sys|override)\b[^\]]{0,20}\]"
        r"|#{2,}\s?(?:system\w*|instruction\w*|consigne\w*|assistant)\b|^\s?(?:system|assistant|systeme|admin)\s?:"
        r"|\bconsigne (?:systeme|du systeme|prioritaire|cachee|secrete)\b|\bsystem (?:message|override)\b"
        r"|\b(?:en|in|decode\w*|from|ce) base ?64\b|\bbase ?64\s?:"
        r"|\{\{.{0,40}\}\}|\bor 1 ?= ?1\b|\brm -rf\b|\bdrop table\b"
    ),
}
"""The ways in which a text tells a program what to do, by name."""
_INSTRUCTION = re.compile("|".join(_INSTRUCTIONS.values()))
_BLOB = re.compile(rf"(?<![A-Za-z0-9+/])[A-Za-z0-9+/]{{{SHORTEST_BLOB},}}={{0,2}}")

_PERSON = (
    r"(?:m\.|mme|mr|monsieur|madame|maire|(?:vice-?)?presidente?|elue?|agente?|conseill(?:er|ere) (?:municipal|metropolitain)e?"
    r"|deputee?|ministre|prefete?|direct(?:eur|rice)|employee?|fonctionnaire|voisine?|voisins|collegue|secretaire|patronne?|chef"
    r"|mayor|councill?or|president|employee|officer)"
)
"""One person, by what they are; several (« les agents ») are a subject of the plans."""
_PRIVATE = (
    r"(?:domicile|adresse (?:personnelle|perso|privee)|home address|vie privee|private life|date de naissance|etat de sante"
    r"|dossier medical|situation (?:familiale|conjugale)|religion|orientation sexuelle|casier judiciaire|compte (?:bancaire|en banque)"
    r"|salaire|fiche de paie|numero (?:de )?(?:securite sociale|secu|portable|perso\w*)|portable|whatsapp|ou (?:habite|vit|loge))"
)
_REACH = r"(?:tel|telephone|numero|num|06|e-?mail|mail|courriel|adresse|coordonnees|phone(?: number)?|cell)"
_OF = (
    r"(?: (?:perso\w*|privee?|direct\w*|personal|private|fixe|mail|electronique|de telephone))*"
    r"(?: (?:de|du|des|d|of|a|l|la|le|une?|the|an?|notre|cette?|cet?)\b['’]?)*[ '’]*"
)
_PERSONAL = re.compile(
    rf"\b(?:{_PRIVATE}|{_REACH}){_OF}\b{_PERSON}(?!\w)|\bwhere (?:does|do) .{{2,30}} live\b"
    r"|\b(?:numero (?:de portable|perso\w*)|portable perso\w*|adresse perso\w*|home address)\b"
    rf"|\b{_PERSON}\b.{{0,25}}\b(?:habite|vit|loge)-t-(?:il|elle)\b"
)
_PRIVATE_OF = re.compile(rf"\b{_PRIVATE}{_OF}$")
_FULL_NAME = re.compile(r"\b[A-ZÉÈ][\w-]+ [A-ZÉÈ][\w-]{2,}")
"""Two words in capitals: a person, where what is asked is a home or a pay; the address of such a name may be a service's."""

_INSULT = re.compile(
    r"\b(?:connards?|connasses?|encules?|salop\w*|putes?|putain de (?:merde|machine)|ta gueule|ferme-la|va te faire \w+|nique\w*|ntm"
    r"|fdp|tg|batards?|(?:espece|bande|tas) d[e'’] ?(?:nuls?|nazes?|incapables?|idiots?|cons?|voleurs?|escrocs?|menteurs?|imbeciles?"
    r"|debiles?|cretins?|abrutis?|bons a rien|pourris?|guignols?|clowns?|feignants?|faineants?|merde\w*|connards?|salop\w*)"
    r"|(?:sale|gros|grosse) (?:con|conne|merde|nul|nulle|debile|pede)s?"
    r"|(?:tu|vous) (?:es|etes|sers|servez|pues|vaux|valez) (?:tous |vraiment |trop |qu.une? |a )*"
    r"(?:nul\w*|stupides?|idiot\w*|con|cons|inutiles?|debiles?|rien|merde)|(?:sale |gros |grosse )?\w+ de merde"
    r"|fuck\w*(?: you| off)?|shut up|assholes?|bitch|idiots?|stupid (?:bot|machine|robot)"
    r"|(?:je vais|on va) (?:te|vous|les) (?:tuer|buter|crever|planter))\b"
)
_OTHER_SERVICE = re.compile(
    r"\b(?:recettes? (?:de|d|du|des|pour)|meteo|pleuvoir|pleut|pleuvra|neiger|neigera|quel temps (?:fait|fera)|horoscope|blagues?"
    r"|poemes?|chansons?|traduis|traduire|capitale d[eu]?|score (?:des?|du|final|om)|(?:dernier|prochain) match|psg|qui a gagne"
    r"|ligue des champions"
    r"|dissertation|theoreme|equations?|derivee|resous|exercice de (?:math\w*|francais|physique)|python|javascript|debugg?\w*"
    r"|fievre|symptomes?|medicaments? prendre|ordonnance|paracetamol|doliprane|antibiotiques?|migraine|mal (?:a la|au|aux) \w+"
    r"|lettre de (?:rupture|motivation|demission|licenciement)|divorc\w*|garde (?:alternee|des enfants)|pension alimentaire"
    r"|prud.?hommes?|mon (?:locataire|proprietaire|bail|ex)|testament|bitcoin"
    r"|world cup|coupe du monde|weather|recipe|joke|poem|translate|homework|essay)\b"
)
_ADDRESS = re.compile(
    r"\b(?:(?:numero|num|n°) (?:de )?(?:tel\w*|standard)|telephone|num tel|tel|phone number|e-?mail|courriel|mail|adresse electronique)\b"
)
_ASKING = re.compile(
    r"\b(?:quel\w*|donne\w*|c.est quoi|avez-vous|auriez-vous|ou trouver|cherche|num|numero|what|which|give|svp|stp)\b"
)


def is_instruction(text: str) -> bool:
    """Whether a text, or what it hides in base64, tells a program how to behave rather than asking or stating something."""
    return bool(_INSTRUCTION.search(fold(text))) or any(map(_hides_words, _BLOB.findall(text)))


def is_private(question: str) -> bool:
    """Whether a question asks for the private life or the own address, number or pay of a person; a service is none."""
    if _PERSONAL.search(fold(question)):
        return True
    return any(_PRIVATE_OF.search(fold(question[: name.start()])) for name in _FULL_NAME.finditer(question))


def is_insult(question: str) -> bool:
    """Whether words of abuse stand in a question; it may ask something all the same."""
    return bool(_INSULT.search(fold(question)))


def without_insults(question: str) -> str:
    """The folded question without its words of abuse: what it asks besides."""
    return _INSULT.sub(" ", fold(question))


def wants_other_service(question: str) -> bool:
    """Whether words of a question belong to what others do: the weather, cooking, medicine, homework; some are the plans' too."""
    return bool(_OTHER_SERVICE.search(fold(question)))


def asks_address(question: str) -> bool:
    """Whether a question asks for a telephone number or an e-mail address."""
    folded = fold(question)
    return bool(_ADDRESS.search(folded) and _ASKING.search(folded))


def _hides_words(blob: str) -> bool:
    try:
        text = base64.b64decode(blob + "=" * (-len(blob) % 4), validate=True).decode()
    except (binascii.Error, UnicodeDecodeError):
        return False
    return text.isprintable() and " " in text
