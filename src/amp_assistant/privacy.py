"""Personal data taken out of a text before it is searched, kept or seen by a language model.

A person may type an e-mail address, a telephone number, an IBAN, a SIRET, a social security or a card number into a question; none of
them helps to find a passage. Only what has an unmistakable form is masked: a name or an address cannot be told from the names and places
of the documents by rules.
"""

import re

_MASKED = re.compile(r"\[(?:adresse électronique|IBAN|numéro de sécurité sociale|carte bancaire|SIRET|téléphone)\]")
_ANNOUNCED = re.compile(
    r"(?:\b(?:mon|ma|mes|notre|my|our)\s+)?\b(?:adresse|e-?mails?|mails?|courriels?|iban|rib|siret|num[ée]ros?|t[ée]l(?:[ée]phone)?|portable"
    r"|s[ée]cu(?:rit[ée] sociale)?|carte|je suis|i am|rappel\w+|appel\w+|[ée]cri(?:s|vez)|r[ée]pond\w*|joindre)\b"
    rf"[^.?!;\[]{{0,40}}{_MASKED.pattern}",
    re.IGNORECASE,
)
"""How people announce such a thing, which says no more than the thing itself: « mon IBAN pour le virement : »."""
_FEWEST_IBAN_DIGITS = 12
"""A French IBAN has 20 or more; words that happen to look like one (« ZA12 avec pour tout ») have few."""

_EMAIL = re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+")
_IBAN = re.compile(r"\b[A-Z]{2}\d{2}(?:[ .-]?[A-Z0-9]{4}){3,7}(?:[ .-]?[A-Z0-9]{1,3})?\b", re.IGNORECASE)
_GAP = r"[ .\u00a0\u202f\u2009-]?"
_NIR = re.compile(
    rf"(?<!\d)[12]{_GAP}\d\d{_GAP}(?:0[1-9]|1[0-2]|[2-9]\d){_GAP}(?:\d\d|2[AB]){_GAP}\d{{3}}{_GAP}\d{{3}}(?:{_GAP}\d\d)?(?!\d)",
    re.IGNORECASE,
)
"""Sex, year, month, department, commune, order and key (INSEE)."""
_CARD = re.compile(rf"(?<!\d)[3-6]\d{{3}}(?:{_GAP}\d{{4}}){{3}}(?!\d)")
_SIRET = re.compile(rf"(?<!\d)(?:\d{{3}}{_GAP}){{3}}\d{{5}}(?!\d)")
_TELEPHONE = re.compile(
    rf"(?<![\d+])(?:(?:\+|00)33{_GAP}(?:\(0\){_GAP})?[1-9]|0[1-9])(?:{_GAP}\d\d){{4}}(?!\d)"  # French
    rf"|(?<!\d)\+[1-9](?:{_GAP}\d){{7,13}}(?!\d)"  # from abroad, ITU-T E.164
)


def without(text: str) -> str:
    """The text with none of these, nor the words that announce them: what is searched of a question."""
    masked = mask(text)
    return " ".join(_MASKED.sub(" ", _ANNOUNCED.sub(" ", masked)).split()).lstrip(".,;:!- ") if masked != text else text


def mask(text: str) -> str:
    """The text with each e-mail address, IBAN, social security, card, SIRET and telephone number replaced by its kind in square brackets.

    Amounts, years and dates stay as they are; masking twice changes nothing more.
    """
    masked = _EMAIL.sub("[adresse électronique]", text)
    masked = _IBAN.sub(lambda found: "[IBAN]" if sum(map(str.isdigit, found[0])) >= _FEWEST_IBAN_DIGITS else found[0], masked)
    masked = _NIR.sub("[numéro de sécurité sociale]", masked)
    masked = _CARD.sub(lambda found: "[carte bancaire]" if _passes_luhn(found[0]) else found[0], masked)
    masked = _SIRET.sub("[SIRET]", masked)
    return _TELEPHONE.sub("[téléphone]", masked)


def gives_address(text: str) -> bool:
    """Whether an e-mail address or a telephone number stands in a text."""
    return bool(_EMAIL.search(text) or _TELEPHONE.search(text))


def addresses(text: str) -> list[str]:
    """The e-mail addresses and telephone numbers of a text, in order of their kinds."""
    return [found[0] for pattern in (_EMAIL, _TELEPHONE) for found in pattern.finditer(text)]


def _passes_luhn(number: str) -> bool:
    """Whether the digits end with their own check digit (ISO/IEC 7812-1)."""
    digits = [int(digit) for digit in number if digit.isdigit()][::-1]
    return (sum(digits[::2]) + sum(sum(divmod(2 * digit, 10)) for digit in digits[1::2])) % 10 == 0
