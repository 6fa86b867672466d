"""What is secret in the networks' book is sealed with a key derived from the data key, and looked up by keyed digest."""

from __future__ import annotations

import hashlib
import hmac
import json
import os
from dataclasses import dataclass, field
from typing import Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

_NONCE = 12


class BrokenSeal(Exception):
    """It was sealed with another key, or is not what was sealed."""


@dataclass(frozen=True, slots=True)
class Seal:
    _cipher: AESGCM = field(repr=False)
    _digest_key: bytes = field(repr=False)

    @classmethod
    def of(cls, data_key: bytes) -> Seal:
        return cls(AESGCM(_derive(data_key, b"networks: seal")), _derive(data_key, b"networks: look-up"))

    def close(self, value: Any) -> bytes:
        nonce = os.urandom(_NONCE)
        return nonce + self._cipher.encrypt(nonce, json.dumps(value, separators=(",", ":")).encode(), None)

    def open(self, sealed: bytes) -> Any:
        try:
            return json.loads(self._cipher.decrypt(sealed[:_NONCE], sealed[_NONCE:], None))
        except InvalidTag:
            raise BrokenSeal("it does not open with this DATA_KEY") from None

    def digest(self, secret: str) -> bytes:
        """The same secret gives the same digest, and nobody without the key can try them all."""
        return hmac.digest(self._digest_key, secret.encode(), hashlib.sha256)


def _derive(key: bytes, purpose: bytes) -> bytes:
    return hmac.digest(key, purpose, hashlib.sha256)
