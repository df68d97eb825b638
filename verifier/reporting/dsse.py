"""DSSE envelopes signed with ed25519: who vouches for a statement, and that nobody changed it since.

Definition   The signature is over PAE(type, body) = "DSSEv1 LEN(type) type LEN(body) body", so that neither the payload
             nor what it is taken for can be exchanged. `keyid` (sha256 of the public key in DER) is a hint that nothing
             is decided by. An envelope without a signature is no envelope.
Source       github.com/secure-systems-lab/dsse, protocol.md and envelope.md, version 1.0.0; RFC 8032 for ed25519.

The package `cryptography` (the extra `sign`) is loaded when something is signed or a signature is checked.
"""

from __future__ import annotations

import base64
import hashlib
import json
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING, Any

from verifier.errors import VerifierError

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey


_STANDARD = str.maketrans("-_", "+/")


class SigningError(VerifierError, ValueError):
    """A key or an envelope cannot be used. Give an ed25519 key as a PEM file, and an envelope as it was written."""


def pae(payload_type: str, body: bytes) -> bytes:
    """The pre-authentication encoding: the bytes that are signed."""
    kind = payload_type.encode("utf-8")
    return b"DSSEv1 %d %s %d %s" % (len(kind), kind, len(body), body)


def envelope(payload_type: str, body: bytes, key: Ed25519PrivateKey) -> dict[str, Any]:
    """The signed envelope as JSON data."""
    signature = key.sign(pae(payload_type, body))
    return {
        "payload": base64.b64encode(body).decode("ascii"),
        "payloadType": payload_type,
        "signatures": [{"keyid": key_id(key.public_key()), "sig": base64.b64encode(signature).decode("ascii")}],
    }


def opened(document: object) -> tuple[str, bytes, list[bytes]]:
    """Payload type, payload and signatures of an envelope, none of them checked.

    Raises
    ------
    SigningError : it is no envelope, has no signature, or its base64 is broken.
    """
    try:
        written: Any = document
        kind, payload, signed = written["payloadType"], written["payload"], written["signatures"]
        signatures = [_decoded(one["sig"]) for one in signed]
        body = _decoded(payload)
    except (KeyError, TypeError, AttributeError, ValueError) as error:
        raise SigningError(f"not a DSSE envelope: {type(error).__name__}: {error}") from error
    if not isinstance(kind, str) or not signatures:
        raise SigningError("not a DSSE envelope: it needs a payload type and at least one signature")
    return kind, body, signatures


def is_signed(document: object, key: Ed25519PublicKey) -> bool:
    """Whether the holder of the private key signed this envelope as it stands."""
    from cryptography.exceptions import InvalidSignature

    kind, body, signatures = opened(document)
    for signature in signatures:
        try:
            key.verify(signature, pae(kind, body))
        except InvalidSignature:
            continue
        return True
    return False


def payload(document: object, expected: str) -> dict[str, Any]:
    """The JSON object in an envelope; check its signature first.

    Raises
    ------
    SigningError : another payload type, or no JSON object.
    """
    kind, body, _ = opened(document)
    if kind != expected:
        raise SigningError(f"the payload is {kind!r}, not {expected!r}")
    try:
        held = json.loads(body)
    except (ValueError, RecursionError) as error:
        raise SigningError(f"the payload is no JSON: {error}") from error
    if not isinstance(held, dict):
        raise SigningError("the payload is no JSON object")
    return held


def private_key(path: Path) -> Ed25519PrivateKey:
    """The ed25519 private key in a PEM file that is not encrypted. SigningError where there is none."""
    found = _loaded(path, private=True)
    ed25519 = _ed25519()
    if not isinstance(found, ed25519.Ed25519PrivateKey):
        how = "make one with: openssl genpkey -algorithm ed25519"
        raise SigningError(f"{path}: this key is not ed25519; {how}")
    return found


def public_key(path: Path) -> Ed25519PublicKey:
    """The ed25519 public key in a PEM file. SigningError where there is none."""
    found = _loaded(path, private=False)
    if not isinstance(found, _ed25519().Ed25519PublicKey):
        raise SigningError(f"{path}: this key is not ed25519")
    return found


def key_id(key: Ed25519PublicKey) -> str:
    """The sha256 of a public key in DER (SubjectPublicKeyInfo)."""
    from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

    return hashlib.sha256(key.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)).hexdigest()


def _loaded(path: Path, *, private: bool) -> object:
    _ed25519()  # says what to install before anything is read
    from cryptography.exceptions import UnsupportedAlgorithm
    from cryptography.hazmat.primitives.serialization import load_pem_private_key, load_pem_public_key

    try:
        data = path.read_bytes()
        return load_pem_private_key(data, password=None) if private else load_pem_public_key(data)
    except OSError as error:
        raise SigningError(f"{path}: {error.strerror}") from error
    except TypeError as error:
        raise SigningError(f"{path}: the key is encrypted; give one without a password") from error
    except (ValueError, UnsupportedAlgorithm) as error:
        kind = "private" if private else "public"
        raise SigningError(f"{path}: no {kind} key in PEM ({error})") from error


def _ed25519() -> ModuleType:
    try:
        from cryptography.hazmat.primitives.asymmetric import ed25519
    except ImportError as error:
        raise SigningError(
            "signatures need the package cryptography: pip install 'mechanism-verifier[sign]'"
        ) from error
    module: ModuleType = ed25519
    return module


def _decoded(text: str) -> bytes:
    """Base64, standard or URL-safe: a verifier has to accept both."""
    return base64.b64decode(text.translate(_STANDARD), validate=True)
