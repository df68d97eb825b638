"""What stands in front of a mechanism belongs to it: the certificate and its page say which entry point was judged."""

from __future__ import annotations

import json
import sys

import pytest
from in_process import in_this_process

from verifier import checker
from verifier.audit import ENGINES, audit
from verifier.certificate import seal
from verifier.properties import PROPERTIES
from verifier.reporting.html import page
from verifier.reporting.junit import document
from verifier.spec import parse_spec

SOURCE = '''
def core(bids):
    """A second-price auction that is wrong above 2: there the winner pays its own bid."""
    winner = max(range(len(bids)), key=bids.__getitem__)
    price = bids[winner] if bids[winner] > 2 else min(bids)
    mine = [int(agent == winner) for agent in range(len(bids))]
    return mine, [price * share for share in mine]


def capped(bids):
    """The door: no bid above 2 gets in; it is cut to the budget."""
    return core([min(bid, 2) for bid in bids])


def with_reserve(bids):
    """The door: bids below 1 are thrown out, and 1 is the least price."""
    if max(bids) < 1:
        return [0, 0], [0, 0]
    mine, _ = core([min(bid, 2) for bid in bids])
    winner = mine.index(1)
    return mine, [max(1, min(min(bids), 2)) * share for share in mine]


class House:
    def sell(self, bids):
        return capped(bids)


def plain(bids):
    return dict(bids)
'''
DOMAIN = {"kind": "single-item", "agents": ["ann", "bob"], "values": "0..3"}


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    made = tmp_path_factory.mktemp("doors")
    (made / "guarded_auctions.py").write_text(SOURCE)
    sys.path.append(str(made))
    yield made
    sys.path.remove(str(made))
    sys.modules.pop("guarded_auctions", None)


def certified(name, **subject):
    call = {"call": f"guarded_auctions:{name}", **subject}
    table = {"title": "t", "subject": call, "domain": DOMAIN, "claim": [{"property": "dsic"}]}
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr("verifier.engines.exhaustive.session.HASH_SEEDS", ())
        *_, last = audit(parse_spec(table, name="t", properties=PROPERTIES, engines=ENGINES))
    return json.loads(json.dumps(last.certificate))


@pytest.mark.parametrize(
    ("name", "verdict"), [("core", "REFUTED"), ("capped", "EXHAUSTED"), ("with_reserve", "EXHAUSTED")]
)
def test_the_inner_function_alone_would_be_a_false_alarm_and_the_entry_point_is_named(name, verdict, folder):
    certificate = certified(name)
    assert certificate["claims"][0]["verdict"] == verdict
    assert certificate["subject"]["call"] == f"guarded_auctions:{name}"
    assert f"<dt>Called</dt><dd><code>guarded_auctions:{name}</code>" in page(certificate)
    assert f"guarded_auctions:{name}" in document([certificate])


def test_a_certificate_of_the_door_is_none_of_what_lies_behind_it(folder):
    certificate = certified("capped")
    certificate["subject"]["call"] = "guarded_auctions:core"
    forged = seal({key: value for key, value in certificate.items() if key not in ("sha256", "format", "version")})
    (report,) = checker.check(forged, [str(folder)], fresh=in_this_process)
    assert report["status"] == "REJECTED"


def test_a_page_says_how_the_mechanism_was_reached(folder):
    class_style = {"create": True, "fresh": True, "method": "sell"}
    text = page(certified("House", **class_style))
    assert "by its method <code>sell</code>" in text
    assert "<dt>Style</dt><dd><code>fresh = True</code>" in text
    hooked = {"bids": "hook", "hook": "guarded_auctions:plain", "fields": ["amount"], "absent": "missing"}
    text = page(certified("capped", **hooked))
    assert "hook <code>guarded_auctions:plain</code>" in text
    assert "with the fields amount; a report of nothing is left out" in text


def test_a_page_names_the_packages_that_were_wrapped(folder):
    certificate = certified("capped")
    entry = {"module": "kit", "name": "auctionkit", "version": "1.2", "files": {}}
    certificate["subject"]["packages"] = [entry]
    named = seal({key: value for key, value in certificate.items() if key not in ("sha256", "format", "version")})
    assert "<dt>Packages</dt><dd>auctionkit 1.2</dd>" in page(named)
