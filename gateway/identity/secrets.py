"""Passwords (argon2id, RFC 9106), and tokens and keys, of which only the SHA-256 is kept."""

import hashlib
import secrets
from functools import lru_cache

from argon2 import PasswordHasher
from argon2.exceptions import Argon2Error, InvalidHashError

HASHER = PasswordHasher()
"""The library's own parameters: RFC 9106's second recommendation. Tests put a cheap one in its place."""
SESSION_PREFIX, KEY_PREFIX = "hs_", "ht_"


def hashed_password(password: str) -> str:
    """What is kept of a password."""
    return HASHER.hash(password)


def is_password(kept: str | None, password: str) -> bool:
    """Whether `password` is the one kept; takes as long where none is."""
    try:
        HASHER.verify(kept or _nobodys(HASHER), password)
    except (Argon2Error, InvalidHashError):
        return False
    return kept is not None


def is_outdated(kept: str) -> bool:
    """Whether a hash was made with weaker parameters than today's."""
    return HASHER.check_needs_rehash(kept)


@lru_cache(maxsize=4)
def _nobodys(hasher: PasswordHasher) -> str:
    """The hash of a password no one has, made with the same parameters."""
    return hasher.hash(secrets.token_urlsafe(32))


def new_token(prefix: str) -> str:
    """An opaque token of 256 random bits."""
    return prefix + secrets.token_urlsafe(32)


def fingerprint(token: str) -> str:
    """What is kept of a token or key; it has too many bits for a plain hash to be guessed from."""
    return hashlib.sha256(token.encode()).hexdigest()
