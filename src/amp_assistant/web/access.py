"""Who administers: a password that may be tried a few times, then a session that the server remembers.

A session is a random number of 256 bits that the browser keeps in a cookie and the server, as its hash, in memory: it ends with its
time, with the server, or when it is closed.
"""

import hashlib
import hmac
import ipaddress
import secrets
from collections import deque
from collections.abc import Callable
from threading import Lock
from time import monotonic

from amp_assistant.passwords import PasswordHash

ATTEMPTS = 5
ATTEMPT_SECONDS = 15 * 60
"""So many wrong passwords in so much time, from one client; then it has to wait."""
MOST_CLIENTS = 10_000
"""Clients whose failures are remembered; beyond, all wait, since only an attack has so many."""
SESSION_SECONDS = 8 * 3600
"""A working day."""


class TooManyAttempts(Exception):  # noqa: N818 -- told by a page of its own
    """The password was tried too often; `seconds` is how long to wait."""

    def __init__(self, seconds: int) -> None:
        super().__init__(seconds)
        self.seconds = seconds


class Door:
    """The password and the open sessions; safe to share between threads. `clock` tells the time in seconds."""

    def __init__(self, password: PasswordHash, clock: Callable[[], float] = monotonic) -> None:
        self._password = password
        self._clock = clock
        self._lock = Lock()
        self._failures: dict[str, deque[float]] = {}
        self._sessions: dict[str, float] = {}

    def enter(self, password: str, address: str) -> str | None:
        """Open a session if that is the password; None if it is not.

        Passwords are tried one at a time, so that neither many at once nor many clients make trying faster.

        :raises TooManyAttempts: this client, or everybody together, has tried too often.
        """
        if not self._lock.acquire(timeout=1):
            raise TooManyAttempts(1)
        try:
            client = client_of(address)
            self._check_attempts(client)
            if not self._password.matches(password):
                self._failures.setdefault(client, deque(maxlen=ATTEMPTS)).append(self._clock())
                return None
            self._failures.pop(client, None)
            session = secrets.token_urlsafe(32)
            now = self._clock()
            self._sessions = {known: end for known, end in self._sessions.items() if end > now}
            self._sessions[_hash(session)] = now + SESSION_SECONDS
            return session
        finally:
            self._lock.release()

    def is_open(self, session: str) -> bool:
        """Whether that session was opened here and has not ended."""
        return self._sessions.get(_hash(session), 0) > self._clock()

    def close(self, session: str) -> None:
        """End a session."""
        self._sessions.pop(_hash(session), None)

    def _check_attempts(self, client: str) -> None:
        now = self._clock()
        self._failures = {known: times for known, times in self._failures.items() if times[-1] > now - ATTEMPT_SECONDS}
        times = self._failures.get(client, deque())
        if len(times) >= ATTEMPTS and times[0] > now - ATTEMPT_SECONDS:
            raise TooManyAttempts(int(times[0] + ATTEMPT_SECONDS - now) + 1)
        if client not in self._failures and len(self._failures) >= MOST_CLIENTS:
            raise TooManyAttempts(ATTEMPT_SECONDS)


def token_of(session: str) -> str:
    """What the forms of a session carry, so that no other site's form is taken for one of ours."""
    return _hash(f"form {session}")


def is_token(given: str, session: str) -> bool:
    """Whether a form carries the session's token."""
    return hmac.compare_digest(given.encode("utf-8", "replace"), token_of(session).encode())


def client_of(address: str) -> str:
    """Who is at an address: of IPv6 the first half, since a client has all of the other."""
    try:
        known = ipaddress.ip_address(address)
    except ValueError:
        return address
    return str(ipaddress.ip_network((known, 64), strict=False)) if known.version == 6 else address


def _hash(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "replace")).hexdigest()
