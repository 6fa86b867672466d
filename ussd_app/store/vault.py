"""What is secret is sealed before it is stored, and found again only through a keyed fingerprint."""

from __future__ import annotations

import hmac
import os

from cryptography.hazmat.primitives.ciphers.aead import AESGCM

_NONCE = 12  # bytes, NIST SP 800-38D


class Vault:
    """AES-256-GCM for values and HMAC-SHA-256 for look-ups, with a key of its own for every purpose."""

    def __init__(self, data_key: bytes) -> None:
        self._root = data_key
        self._ciphers: dict[str, AESGCM] = {}

    def _key(self, purpose: str) -> bytes:
        return hmac.digest(self._root, b"bam:" + purpose.encode(), "sha256")

    def _cipher(self, purpose: str) -> AESGCM:
        if purpose not in self._ciphers:
            self._ciphers[purpose] = AESGCM(self._key("seal:" + purpose))
        return self._ciphers[purpose]

    def seal(self, purpose: str, value: str) -> bytes:
        nonce = os.urandom(_NONCE)
        return nonce + self._cipher(purpose).encrypt(nonce, value.encode(), purpose.encode())

    def open(self, purpose: str, sealed: bytes) -> str:
        """Raises cryptography's InvalidTag when the key or the value is not the one it was sealed with."""
        return self._cipher(purpose).decrypt(sealed[:_NONCE], sealed[_NONCE:], purpose.encode()).decode()

    def fingerprint(self, purpose: str, value: str) -> bytes:
        """The same value gives the same 32 bytes; without the key they say nothing."""
        return hmac.digest(self._key("find:" + purpose), value.encode(), "sha256")
