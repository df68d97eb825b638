"""The published schema of auction certificates takes what is written, and nothing else."""

from __future__ import annotations

import copy
import json

import jsonschema
import pytest

from verifier.auction_audit import audit_auction
from verifier.domains.instances import catalogue, read_instance
from verifier.domains.packages import auction
from verifier.resources import reports_dir

SCHEMA = json.loads((reports_dir() / "schema" / "auction-certificate-v1.schema.json").read_text(encoding="utf-8"))
CYCLE = auction("ABC", {"x": [("AB", 2)], "y": [("BC", 2)], "z": [("AC", 2)]})


def plain(certificate):
    return json.loads(json.dumps(certificate))


def test_the_schema_is_one():
    jsonschema.Draft202012Validator.check_schema(SCHEMA)


@pytest.mark.parametrize("name", catalogue())
def test_certificates_of_the_catalogue_fit(name):
    path = catalogue()[name]
    instance = read_instance(path.read_text(encoding="utf-8"), str(path))
    expected = (instance.expected.welfare, instance.expected.payments)
    certificate = plain(audit_auction(instance.auction, source=instance.source, expected=expected))
    jsonschema.validate(certificate, SCHEMA)
    assert all(claim["met"] for claim in certificate["claims"])


def test_certificates_of_bad_mechanisms_fit():
    twice, nothing = ([(0,), (0,), ()], [0, 0, 0]), ([()] * 3, [1, 0, 0])
    for mechanism in (lambda sold: 1 / 0, lambda sold: twice, lambda sold: nothing):
        jsonschema.validate(plain(audit_auction(CYCLE, mechanism)), SCHEMA)


def test_what_has_another_form_does_not_fit():
    certificate = plain(audit_auction(CYCLE))
    for change in (
        lambda body: body.update(more=1),
        lambda body: body["auction"]["supply"].__setitem__(0, 0),
        lambda body: body["claims"][0].update(verdict="EXHAUSTED"),
        lambda body: body["claims"][3]["evidence"]["optimum"].update(welfare=2.0),
        lambda body: body["outcome"].pop("payments"),
    ):
        altered = copy.deepcopy(certificate)
        change(altered)
        with pytest.raises(jsonschema.ValidationError):
            jsonschema.validate(altered, SCHEMA)
