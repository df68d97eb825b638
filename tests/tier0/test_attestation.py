"""Attestations: what they say of claims, the published vector of DSSE, and everything that must not pass."""

from __future__ import annotations

import base64
import hashlib
import json
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner
from cryptography.hazmat.primitives.asymmetric import ec, ed25519
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
)

from verifier import certificate as certificates
from verifier.cli import main
from verifier.commands import exits
from verifier.commands.attested import attestation_in
from verifier.reporting import attestation, dsse
from verifier.reporting.dsse import SigningError

SAMPLES = Path(__file__).parents[1] / "samples"
CLAIMS = """\
title = "First price"
[subject]
call = "mechanisms.auctions.single_item:first_price"
[domain]
kind = "single-item"
agents = 2
values = "0..2"
[[claim]]
property = "dsic"
expect = "REFUTED"
[[claim]]
property = "efficient"
"""


def sample(name, **changes):
    certificate = json.loads((SAMPLES / f"{name}.json").read_text("utf-8"))
    return {**certificate, **changes}


def verify(*words):
    return CliRunner().invoke(main, list(words))


def pem(key, encryption=None):
    form = PrivateFormat.PKCS8
    return key.private_bytes(Encoding.PEM, form, encryption or NoEncryption())


@pytest.fixture(scope="module")
def key():
    """The first key of RFC 8032, section 7.1."""
    secret = "9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60"
    return ed25519.Ed25519PrivateKey.from_private_bytes(bytes.fromhex(secret))


@pytest.fixture
def here(tmp_path, monkeypatch, key):
    """A folder with a claims file and a pair of keys."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "mine.toml").write_text(CLAIMS, encoding="utf-8")
    (tmp_path / "secret.pem").write_bytes(pem(key))
    spki = PublicFormat.SubjectPublicKeyInfo
    (tmp_path / "public.pem").write_bytes(key.public_key().public_bytes(Encoding.PEM, spki))
    other = ed25519.Ed25519PrivateKey.from_private_bytes(bytes(range(32))).public_key()
    (tmp_path / "other.pem").write_bytes(other.public_bytes(Encoding.PEM, spki))
    return tmp_path


@pytest.fixture
def signed(here):
    """A signed attestation beside its certificate."""
    result = verify(
        "run", "mine.toml", "--quiet", "--attest", "verify-report/all.dsse.json", "--sign-key", "secret.pem"
    )
    assert result.exit_code == exits.MET, result.output
    return here / "verify-report" / "all.dsse.json"


def test_the_encoding_that_is_signed_is_that_of_the_published_vector():
    """DSSE 1.0.0, protocol.md, Test Vectors."""
    assert dsse.pae("http://example.com/HelloWorld", b"hello world") == (
        b"DSSEv1 29 http://example.com/HelloWorld 11 hello world"
    )


def test_the_published_envelope_is_opened_and_its_signature_is_over_that_encoding():
    """The vector is signed by ECDSA over P-256: opened here, and checked with its key by `cryptography`."""
    document = {
        "payload": "aGVsbG8gd29ybGQ=",
        "payloadType": "http://example.com/HelloWorld",
        "signatures": [
            {"sig": "A3JqsQGtVsJ2O2xqrI5IcnXip5GToJ3F+FnZ+O88SjtR6rDAajabZKciJTfUiHqJPcIAriEGAHTVeCUjW2JIZA=="}
        ],
    }
    kind, body, (signature,) = dsse.opened(document)
    assert body == b"hello world"
    from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
    from cryptography.hazmat.primitives.hashes import SHA256

    x, y = (
        46950820868899156662930047687818585632848591499744589407958293238635476079160,
        5640078356564379163099075877009565129882514886557779369047442380624545832820,
    )
    r, s = (int.from_bytes(part, "big") for part in (signature[:32], signature[32:]))
    published = ec.EllipticCurvePublicNumbers(x, y, ec.SECP256R1()).public_key()
    published.verify(encode_dss_signature(r, s), dsse.pae(kind, body), ec.ECDSA(SHA256()))


def test_lengths_count_bytes_and_not_letters():
    assert dsse.pae("t\N{LATIN SMALL LETTER E WITH ACUTE}", b"") == b"DSSEv1 3 t\xc3\xa9 0 "


def test_an_envelope_is_signed_and_both_alphabets_of_base64_are_read(key):
    body = bytes(range(250, 256)) * 3
    document = dsse.envelope("a/b", body, key)
    assert "+" in document["payload"] or "/" in document["payload"]
    assert dsse.is_signed(document, key.public_key())
    urlsafe = document["payload"].replace("+", "-").replace("/", "_")
    assert dsse.opened({**document, "payload": urlsafe}) == dsse.opened(document)
    nobody = [{"sig": base64.b64encode(bytes(64)).decode()}]
    assert dsse.is_signed({**document, "signatures": nobody + document["signatures"]}, key.public_key())
    assert not dsse.is_signed({**document, "signatures": nobody}, key.public_key())


@pytest.mark.parametrize(
    "change", [{"payloadType": "a/c"}, {"payload": base64.b64encode(b"other").decode()}], ids=["type", "payload"]
)
def test_neither_the_payload_nor_its_type_can_be_exchanged(key, change):
    assert not dsse.is_signed({**dsse.envelope("a/b", b"body", key), **change}, key.public_key())


@pytest.mark.parametrize(
    "document",
    [
        7,
        {},
        {"payload": "", "payloadType": "a/b", "signatures": []},
        {"payload": "", "payloadType": 1, "signatures": [{"sig": ""}]},
        {"payload": "*", "payloadType": "a/b", "signatures": [{"sig": ""}]},
        {"payload": "", "payloadType": "a/b", "signatures": [{}]},
        {"payload": 3, "payloadType": "a/b", "signatures": [{"sig": ""}]},
    ],
)
def test_what_is_no_envelope_is_refused(document):
    with pytest.raises(SigningError, match="not a DSSE envelope"):
        dsse.opened(document)


@pytest.mark.parametrize(
    ("kind", "body", "problem"),
    [("a/c", b"{}", "not 'a/b'"), ("a/b", b"{", "no JSON"), ("a/b", b"[]", "no JSON object")],
)
def test_a_payload_is_a_json_object_of_the_type_that_was_asked_for(key, kind, body, problem):
    with pytest.raises(SigningError, match=problem):
        dsse.payload(dsse.envelope(kind, body, key), "a/b")


def test_keys_are_refused_with_the_reason(tmp_path, key):
    def written(data):
        (tmp_path / "key.pem").write_bytes(data)
        return tmp_path / "key.pem"

    elliptic = ec.generate_private_key(ec.SECP256R1())
    spki = PublicFormat.SubjectPublicKeyInfo
    for read, data, problem in (
        (dsse.private_key, pem(elliptic), "not ed25519; make one with: openssl genpkey"),
        (dsse.public_key, elliptic.public_key().public_bytes(Encoding.PEM, spki), "not ed25519"),
        (dsse.private_key, pem(key, BestAvailableEncryption(b"word")), "the key is encrypted"),
        (dsse.private_key, b"none", "no private key in PEM"),
        (dsse.public_key, pem(key), "no public key in PEM"),
    ):
        with pytest.raises(SigningError, match=problem):
            read(written(data))
    with pytest.raises(SigningError, match="No such file"):
        dsse.public_key(tmp_path / "missing.pem")


def test_without_cryptography_the_message_says_what_to_install(here, monkeypatch):
    monkeypatch.setitem(sys.modules, "cryptography.hazmat.primitives.asymmetric", None)
    result = verify("run", "mine.toml", "--attest", "a.json", "--sign-key", "secret.pem")
    assert result.exit_code == exits.USAGE
    assert "pip install 'mechanism-verifier[sign]'" in result.stderr
    assert not (here / "a.json").exists()


def test_subjects_are_the_source_files_and_the_file_of_the_certificate(tmp_path):
    certificate = sample("first-price")
    certificate["subject"]["source"] = {"auction.py": "ab" * 32}
    certificates.write(certificate, tmp_path / "first-price.json")
    digest = hashlib.sha256((tmp_path / "first-price.json").read_bytes()).hexdigest()
    stated = attestation.statement([certificate])
    assert stated["_type"] == "https://in-toto.io/Statement/v1"
    assert stated["predicateType"] == "https://in-toto.io/attestation/test-result/v0.1"
    assert stated["subject"] == [
        {"name": "auction.py", "digest": {"sha256": "ab" * 32}},
        {"name": "first-price.json", "digest": {"sha256": digest}},
    ]
    assert stated == attestation.statement([certificate])


def test_the_configuration_holds_what_was_asked_with_its_digest():
    (asked,) = attestation.statement([sample("first-price")])["predicate"]["configuration"]
    content = base64.b64decode(asked["content"])
    assert hashlib.sha256(content).hexdigest() == asked["digest"]["sha256"]
    held = json.loads(content)
    assert held["domain"]["kind"] == "single-item"
    assert {"id": "dsic", "property": "dsic", "engine": "exhaustive", "tolerance": "0", "expect": "REFUTED"} in held[
        "claims"
    ]
    assert "witness" not in content.decode()


@pytest.mark.parametrize(
    ("verdict", "expect", "met", "contracts", "kept"),
    [
        ("EXHAUSTED", "EXHAUSTED", True, {}, "passed"),
        ("REFUTED", "REFUTED", True, {}, "passed"),
        ("PROVED", "PROVED", True, {}, "passed"),
        ("PROVED", "PROVED", True, {"a:b": "a:c"}, "warned"),
        ("SUPPORTED", "SUPPORTED", True, {}, "warned"),
        ("UNKNOWN", "EXHAUSTED", False, {}, "failed"),
        ("EXHAUSTED", "PROVED", False, {}, "failed"),
        ("ERROR", "EXHAUSTED", False, {}, "failed"),
    ],
)
def test_a_claim_is_a_test_that_is_named_by_what_it_expects(verdict, expect, met, contracts, kept):
    certificate = sample("first-price")
    certificate["subject"]["contracts"] = contracts
    certificate["claims"] = [{**certificate["claims"][0], "id": "it", "verdict": verdict, "expect": expect, "met": met}]
    predicate = attestation.statement([certificate])["predicate"]
    assert predicate["result"] == kept.upper()
    for name in ("passed", "warned", "failed"):
        assert predicate[f"{name}Tests"] == ([f"first-price#it: {expect}"] if name == kept else [])


def test_nothing_checked_is_a_failure_and_findings_are_no_tests():
    assert attestation.statement([])["predicate"]["result"] == "FAILED"
    certificate = sample("first-price")
    certificate["claims"] = [{**certificate["claims"][0], "expect": None, "verdict": "REFUTED"}]
    predicate = attestation.statement([certificate])["predicate"]
    assert (predicate["result"], predicate["passedTests"], predicate["failedTests"]) == ("FAILED", [], [])


def test_a_signed_attestation_is_confirmed_with_the_key_of_its_signer(signed):
    result = verify("check", str(signed), "--key", "public.pem")
    assert result.exit_code == exits.MET, result.output
    assert "CONFIRMED  signed by the key " in result.stdout
    assert "CONFIRMED  PASSED, as the certificate says" in result.stdout
    document = json.loads(verify("check", str(signed), "--key", "public.pem", "--json").stdout)
    assert document["checks"][0]["status"] == "CONFIRMED"


def test_without_a_key_a_signature_is_not_believed(signed):
    result = verify("check", str(signed))
    assert result.exit_code == exits.INCONCLUSIVE
    assert "PARTLY     the signature was not checked" in result.stdout


def test_the_key_of_somebody_else_rejects_it(signed):
    result = verify("check", str(signed), "--key", "other.pem")
    assert result.exit_code == exits.INTERNAL
    assert "REJECTED   the signature is not of this key, or the content was changed" in result.stdout


def test_a_payload_that_was_changed_is_rejected(signed):
    document = json.loads(signed.read_text("utf-8"))
    body = base64.b64decode(document["payload"]).replace(b"REFUTED", b"PROVED_")
    document["payload"] = base64.b64encode(body).decode()
    signed.write_text(json.dumps(document), encoding="utf-8")
    assert verify("check", str(signed), "--key", "public.pem").exit_code == exits.INTERNAL


def test_a_certificate_that_was_changed_is_another_file(signed):
    path = signed.parent / "mine.json"
    path.write_text(path.read_text("utf-8").replace("First price", "First prize"), encoding="utf-8")
    result = verify("check", str(signed), "--key", "public.pem")
    assert result.exit_code == exits.INTERNAL
    assert f"REJECTED   mine.json: {path} is another file" in result.stdout


def test_files_that_are_elsewhere_are_asked_for(signed):
    (signed.parent / "mine.json").rename(signed.parent.parent / "mine.json")
    result = verify("check", str(signed), "--key", "public.pem")
    assert result.exit_code == exits.INCONCLUSIVE
    assert "PARTLY     mine.json is not at hand (--source DIR says where to look)" in result.stdout
    assert verify("check", str(signed), "--key", "public.pem", "--source", ".").exit_code == exits.MET


def test_an_attestation_that_is_not_signed_is_the_bare_statement(here):
    verify("run", "mine.toml", "--quiet", "--attest", "verify-report/bare.json")
    stated = json.loads((here / "verify-report" / "bare.json").read_text("utf-8"))
    assert stated["predicate"]["result"] == "PASSED"
    assert stated["predicate"]["passedTests"] == ["mine#dsic: REFUTED", "mine#efficient: EXHAUSTED"]
    result = verify("check", "verify-report/bare.json")
    assert result.exit_code == exits.INCONCLUSIVE
    assert "PARTLY     it is not signed\nCONFIRMED  PASSED, as the certificate says" in result.stdout
    assert verify("check", "verify-report/bare.json", "--key", "public.pem").exit_code == exits.INTERNAL


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        ({"predicateType": "https://slsa.dev/provenance/v1"}, "its predicate is 'https://slsa.dev/provenance/v1'"),
        ({"predicate": {}}, "not a statement of test results: KeyError: 'configuration'"),
        ({"subject": [{"name": "../secret.pem", "digest": {"sha256": "0"}}]}, "../secret.pem is not at hand"),
    ],
)
def test_a_statement_of_another_kind_is_not_confirmed(here, change, problem):
    verify("run", "mine.toml", "--quiet", "--attest", "bare.json")
    stated = json.loads((here / "bare.json").read_text("utf-8"))
    (here / "bare.json").write_text(json.dumps({**stated, **change}), encoding="utf-8")
    result = verify("check", "bare.json")
    assert result.exit_code != exits.MET
    assert problem in result.stdout


def test_an_attestation_that_claims_more_than_its_certificates_is_rejected(here, key):
    verify("run", "mine.toml", "--quiet", "--attest", "verify-report/bare.json")
    path = here / "verify-report" / "bare.json"
    stated = json.loads(path.read_text("utf-8"))
    stated["predicate"]["passedTests"].append("mine#dsic: PROVED")
    body = json.dumps(stated).encode()
    path.write_text(json.dumps(dsse.envelope(attestation.PAYLOAD, body, key)), encoding="utf-8")
    result = verify("check", str(path), "--key", "public.pem")
    assert result.exit_code == exits.INTERNAL
    assert "REJECTED   it does not say what its certificates say" in result.stdout


def test_an_envelope_around_something_else_is_rejected(here, key):
    (here / "other.json").write_text(json.dumps(dsse.envelope("text/plain", b"hello", key)), encoding="utf-8")
    result = verify("check", "other.json", "--key", "public.pem")
    assert result.exit_code == exits.INTERNAL
    assert "REJECTED   the payload is 'text/plain'" in result.stdout


def test_a_key_without_an_attestation_is_a_mistake(here):
    result = verify("run", "mine.toml", "--sign-key", "secret.pem")
    assert result.exit_code == exits.USAGE
    assert "say where to with --attest FILE" in result.stderr


@pytest.mark.parametrize("text", ["{", "7", "{}", '{"format": "mechanism-verifier certificate"}'])
def test_other_files_are_left_to_the_checker(tmp_path, text):
    (tmp_path / "it.json").write_text(text, encoding="utf-8")
    assert attestation_in(tmp_path / "it.json") is None
