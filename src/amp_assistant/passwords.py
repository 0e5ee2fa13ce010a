"""The administrator's password: only its hash is kept, by scrypt (RFC 7914), with its parameters in the same line of text."""

import hashlib
import hmac
import secrets
from base64 import b64decode, b64encode
from dataclasses import dataclass

from amp_assistant.errors import SettingError, UsageError

FEWEST_CHARACTERS = 12
"""A phrase of three or four words: out of reach where attempts are counted, and slow to try where the hash has leaked."""
MOST_CHARACTERS = 1_000

_NAME = "scrypt"
# 2**15 blocks of 8 in three rounds take 32 MiB and some 0.3 s: what OWASP's password storage sheet gives as equal to its first choice,
# Argon2id.
_COST, _BLOCKS, _PARALLEL = 2**15, 8, 3
_SALT_BYTES, _HASH_BYTES = 16, 32
_MOST_MEMORY = 256 * 2**20


@dataclass(frozen=True, slots=True)
class PasswordHash:
    """A password's hash, its salt, and what it costs to compute."""

    cost: int
    blocks: int
    parallel: int
    salt: bytes
    digest: bytes

    @classmethod
    def of(cls, password: str) -> "PasswordHash":
        """Hash a password with a new salt.

        :raises UsageError: it is too short or too long.
        """
        if not FEWEST_CHARACTERS <= len(password) <= MOST_CHARACTERS:
            raise UsageError(f"Le mot de passe compte {len(password)} caractères : choisissez-en un de {FEWEST_CHARACTERS} ou plus.")
        salt = secrets.token_bytes(_SALT_BYTES)
        return cls(_COST, _BLOCKS, _PARALLEL, salt, _scrypt(password, salt, _COST, _BLOCKS, _PARALLEL))

    @classmethod
    def read(cls, written: str) -> "PasswordHash":
        """Read the line that `written` gives.

        :raises SettingError: it is no such line.
        """
        try:
            name, cost, blocks, parallel, salt, digest = written.strip().split(":")
            read = cls(int(cost), int(blocks), int(parallel), b64decode(salt, validate=True), b64decode(digest, validate=True))
            if name != _NAME or len(read.digest) != _HASH_BYTES or not read.salt:
                raise ValueError(name)
            read.matches("")  # parameters that cannot be computed are told now, not when somebody logs in
        except ValueError as error:
            raise SettingError(
                "Le réglage AMP_ADMIN_PASSWORD_HASH n'est pas une empreinte de mot de passe : "
                "faites-en une avec « amp-assistant password »."
            ) from error
        return read

    @property
    def written(self) -> str:
        """The hash as one line; without a dollar sign, which shells and Compose files would replace."""
        salt, digest = (b64encode(part).decode() for part in (self.salt, self.digest))
        return f"{_NAME}:{self.cost}:{self.blocks}:{self.parallel}:{salt}:{digest}"

    def matches(self, password: str) -> bool:
        """Whether that is the password; takes the same time whichever it is."""
        given = _scrypt(password[:MOST_CHARACTERS], self.salt, self.cost, self.blocks, self.parallel)
        return hmac.compare_digest(given, self.digest)


def _scrypt(password: str, salt: bytes, cost: int, blocks: int, parallel: int) -> bytes:
    text = password.encode("utf-8", "surrogatepass")
    return hashlib.scrypt(text, salt=salt, n=cost, r=blocks, p=parallel, maxmem=_MOST_MEMORY, dklen=_HASH_BYTES)
