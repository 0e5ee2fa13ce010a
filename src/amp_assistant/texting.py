"""The style of text messages written out in words: « c koi », « cb », « pr ». General knowledge of French, nothing of any document."""

import re

_SHORTENED = {
    "ac": "avec", "ajd": "aujourd'hui", "auj": "aujourd'hui", "avk": "avec", "bcp": "beaucoup", "bjr": "bonjour",
    "bsr": "bonsoir", "c": "c'est", "cad": "c'est-à-dire", "cb": "combien", "cbien": "combien", "cbn": "combien", "cest": "c'est",
    "chui": "je suis", "cki": "c'est qui", "cko": "c'est quoi", "ckoi": "c'est quoi", "cmb": "combien", "cmbien": "combien",
    "cmt": "comment", "cmnt": "comment", "coman": "comment", "comen": "comment", "dc": "donc", "dvpt": "développement",
    "devpt": "développement", "ds": "dans", "dsl": "désolé", "esk": "est-ce que", "eske": "est-ce que", "g": "j'ai",
    "jai": "j'ai", "jamé": "jamais", "jpe": "je peux", "jpeu": "je peux", "jpeux": "je peux", "jsuis": "je suis", "jv": "je vais",
    "jveu": "je veux", "jveux": "je veux", "kan": "quand", "kand": "quand", "kdo": "cadeau", "ke": "que", "kel": "quel",
    "kelle": "quelle", "kels": "quels", "kelles": "quelles", "kes": "qu'est-ce", "kesk": "qu'est-ce que", "keske": "qu'est-ce que",
    "keskil": "qu'est-ce qu'il", "keskon": "qu'est-ce qu'on", "ki": "qui", "kil": "qu'il", "koi": "quoi", "kom": "comme", "kon": "qu'on",
    "lol": "", "mdr": "", "ptdr": "", "mnt": "maintenant", "mtn": "maintenant", "nb": "nombre", "nbre": "nombre",
    "ns": "nous", "nvx": "nouveaux", "ojd": "aujourd'hui", "oci": "aussi", "ok": "", "pb": "problème", "pcq": "parce que",
    "pck": "parce que", "pdt": "pendant", "pk": "pourquoi", "pkoi": "pourquoi", "pq": "pourquoi", "pourkoi": "pourquoi", "pls": "plusieurs",
    "pr": "pour", "prk": "pourquoi", "qd": "quand", "qq": "quelque", "qqc": "quelque chose",
    "qqch": "quelque chose", "qqn": "quelqu'un", "qqs": "quelques", "quil": "qu'il", "rdv": "rendez-vous", "slt": "salut", "snn": "sinon",
    "ss": "sans", "stp": "s'il te plaît", "svp": "s'il vous plaît", "tjr": "toujours", "tjrs": "toujours", "tjs": "toujours",
    "tkt": "", "tps": "temps", "ts": "tous", "tt": "tout", "tte": "toute", "ttes": "toutes", "vrmt": "vraiment", "vs": "vous",
    "wsh": "", "ya": "il y a", "yatil": "y a-t-il", "yora": "il y aura",
}  # fmt: skip
"""What is shortened, in lower case, and what it stands for; empty where it says nothing."""
_WORD = re.compile(rf"(?<![\w'’.-])(?<!\d )(?:{'|'.join(sorted(_SHORTENED, key=len, reverse=True))})(?![\w'’-]|\.\w)")


def written_out(question: str) -> str:
    """The question with what is shortened in it written out; what has capitals is left as it is, since that may be an acronym, and so
    is a question that would have no word left."""
    return " ".join(_WORD.sub(lambda match: _SHORTENED[match[0]], question).split()) or question
