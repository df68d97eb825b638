"""`certify`: a mechanism in, a sealed certificate out, and nothing in it that was not run."""

from __future__ import annotations

import functools
from collections.abc import Callable
from fractions import Fraction
from typing import Any

import pytest

import verifier
from verifier.certificate import seal
from verifier.domains import DEFAULT_BUDGET
from verifier.engines.exhaustive import session
from verifier.errors import SpecError, SubjectError
from verifier.evidence import Verdict
from verifier.library import certify, path_of
from verifier.properties import PROPERTIES

SETTING: dict[str, Any] = {"kind": "single-item", "agents": 2, "values": "0..4"}


def second_price(bids, reserve=0):
    winner = bids.index(max(bids))
    sold = bids[winner] >= reserve
    price = max([reserve, *bids[:winner], *bids[winner + 1 :]])
    won = [int(sold and agent == winner) for agent in range(len(bids))]
    return won, [price * share for share in won]


def first_price(bids):
    won, _ = second_price(bids)
    return won, [bid * share for bid, share in zip(bids, won, strict=True)]


def second_price_as_a_dict(bids):
    won, paid = second_price(list(bids.values()))
    return {"winner": won.index(1), "price": sum(paid)}


class Auction:
    """Second price with a reserve, as an object."""

    def __init__(self, reserve=0):
        self.reserve = reserve

    def __call__(self, bids):
        return second_price(bids, self.reserve)

    def run(self, bids):
        return second_price(bids, self.reserve)

    @classmethod
    def plain(cls, bids):
        return cls().run(bids)


def impatient(bids):
    raise KeyboardInterrupt


def with_reserve(reserve: int) -> Callable[..., object]:
    def run(bids):
        return second_price(bids, reserve)

    return run


def swapped(mechanism: Callable[..., object]) -> Callable[..., object]:
    @functools.wraps(mechanism)
    def run(bids):
        return first_price(bids)

    return run


replaced = second_price
kept_by_name_only = swapped(second_price)


@pytest.fixture(autouse=True)
def _no_processes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(session, "HASH_SEEDS", ())


def verdicts(certificate: dict[str, Any]) -> dict[str, str]:
    return {claim["id"]: claim["verdict"] for claim in certificate["claims"]}


def test_a_function_is_certified_under_its_own_name() -> None:
    certificate: Any = certify(second_price, "dsic", **SETTING)
    assert verdicts(certificate) == {"dsic": "EXHAUSTED"}
    assert certificate["name"] == "second_price"
    assert certificate["subject"]["call"] == f"{__name__}:second_price"
    assert certificate["budget"] == {"profiles": DEFAULT_BUDGET, "paths": 20_000, "queries": 100_000}


def test_the_certificate_is_sealed() -> None:
    certificate = certify(first_price, "dsic", "efficient", **SETTING)
    body = {key: value for key, value in certificate.items() if key != "sha256"}
    assert seal(body) == certificate


def test_without_properties_all_of_them_are_decided() -> None:
    assert list(verdicts(certify(second_price, **SETTING))) == [
        name for name, prop in PROPERTIES.items() if "money" in prop.settings and prop.over != "tapes"
    ]


def test_a_path_names_the_same_mechanism_as_the_object() -> None:
    by_path: Any = certify("mechanisms.auctions.single_item:first_price", "dsic", "efficient", **SETTING)
    from mechanisms.auctions import single_item

    by_object: Any = certify(single_item.first_price, "dsic", "efficient", **SETTING)
    assert by_path["claims"] == by_object["claims"]
    assert by_path["subject"] == by_object["subject"]


def test_expectation_tolerance_and_name_go_into_the_certificate() -> None:
    certificate: Any = certify(
        first_price, "dsic", expect=Verdict.REFUTED, tolerance=Fraction(1, 2), name="mine", **SETTING
    )
    (claim,) = certificate["claims"]
    assert (claim["expect"], claim["tolerance"], claim["met"], certificate["name"]) == ("REFUTED", "1/2", True, "mine")


def test_the_arguments_in_the_certificate_are_those_that_the_mechanism_got() -> None:
    """A reserve of 3 keeps the item from a bidder who values it at 1: the efficient allocation is worth 1 more."""
    certificate: Any = certify(second_price, "efficient", subject={"arguments": {"reserve": 3}}, **SETTING)
    (claim,) = certificate["claims"]
    assert (claim["verdict"], claim["witness"]["margin"]) == ("REFUTED", "-1")
    assert certificate["subject"]["arguments"] == {"reserve": 3}


@pytest.mark.parametrize("method", [None, "run"])
def test_a_class_is_made_first(method: str | None) -> None:
    how: dict[str, object] = {"create": True, "arguments": {"reserve": {"money": "5/2"}}}
    if method:
        how["method"] = method
    certificate: Any = certify(Auction, "dsic", "efficient", subject=how, **SETTING)
    assert verdicts(certificate) == {"dsic": "EXHAUSTED", "efficient": "REFUTED"}


def test_a_class_method_has_a_path_of_its_own() -> None:
    certificate: Any = certify(Auction.plain, "dsic", **SETTING)
    assert (certificate["subject"]["call"], verdicts(certificate)) == (
        f"{__name__}:Auction.plain",
        {"dsic": "EXHAUSTED"},
    )


def test_returns_and_bids_are_declared_as_in_a_claims_file() -> None:
    how = {
        "bids": "dict",
        "returns": {
            "allocation": "winner",
            "payments": "price",
            "allocation_as": "winner",
            "payments_as": "winner-pays",
        },
    }
    assert verdicts(certify(second_price_as_a_dict, "dsic", subject=how, **SETTING)) == {"dsic": "EXHAUSTED"}


def test_the_call_of_the_certificate_is_that_of_the_mechanism() -> None:
    certificate: Any = certify(second_price, "dsic", subject={"call": "somebody:else"}, **SETTING)
    assert certificate["subject"]["call"] == f"{__name__}:second_price"


def test_what_stays_in_this_process_names_no_hash_seeds(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(session, "HASH_SEEDS", (0, 1))
    certificate: Any = certify(second_price, "deterministic", **SETTING)
    assert certificate["method"]["hash_seeds"] == []


def test_ctrl_c_gives_a_partial_certificate() -> None:
    certificate: Any = certify(impatient, "dsic", **SETTING)
    assert certificate["interrupted"] is True
    assert verdicts(certificate) == {"dsic": "UNKNOWN"}


@pytest.mark.parametrize(
    ("mechanism", "properties", "settings", "says"),
    [
        (second_price, ["dsci"], {}, "unknown property 'dsci'; did you mean 'dsic'?"),
        (second_price, ["dsic"], {"expect": "yes"}, "unknown expect 'yes'; known: "),
        (second_price, ["dsic"], {"engine": "magic"}, "unknown engine 'magic'; known: "),
        (second_price, ["dsic"], {"tolerance": 0.5}, '0.5 is a binary float; write "0.5"'),
        (second_price, ["dsic"], {"values": [0, 0.5]}, '0.5 is a binary float; write "0.5"'),
        (second_price, ["dsic"], {"agnets": 2}, "unknown key 'agnets' in the domain; did you mean 'agents'?"),
        (second_price, ["dsic"], {"subject": {"argument": {}}}, "unknown key 'argument' in [subject]; did you mean"),
        (second_price, ["dsic"], {"budget": 24}, "the grid has 25 profiles and the budget allows 24; "),
        (second_price, ["dsic"], {"agents": 20}, "the grid has 95,367,431,640,625 profiles and the budget allows "),
        ("single_item.second_price", ["dsic"], {}, "call 'single_item.second_price' is no path to a mechanism; "),
    ],
)
def test_a_question_that_makes_no_sense_is_refused_in_one_sentence(
    mechanism: Any, properties: list[str], settings: dict[str, Any], says: str
) -> None:
    with pytest.raises(SpecError) as caught:
        certify(mechanism, *properties, **{**SETTING, **settings})
    assert str(caught.value).startswith(says)


@pytest.mark.parametrize(
    ("mechanism", "settings", "says"),
    [
        ("no.such:thing", {}, "module 'no.such' does not import: ModuleNotFoundError: "),
        ("mechanisms.auctions.single_item:nothing", {}, "'mechanisms.auctions.single_item:nothing': no attribute"),
        (second_price, {"method": "run"}, f"{__name__}:second_price has no method 'run'; "),
        (Auction, {"create": True, "arguments": {"limit": 1}}, f"{__name__}:Auction has no parameter 'limit' "),
        (second_price, {"returns": {"allocation_as": "order"}}, 'allocation_as = "order" lists agents by slot; '),
    ],
)
def test_a_mechanism_that_does_not_load_is_told_before_anything_runs(
    mechanism: Any, settings: dict[str, Any], says: str
) -> None:
    with pytest.raises(SubjectError) as caught:
        certify(mechanism, "dsic", subject=settings, **SETTING)
    assert str(caught.value).startswith(says)


NAMELESS = {
    "a lambda": lambda bids: bids,
    "a closure": with_reserve(1),
    "a partial": functools.partial(second_price, reserve=1),
    "an instance": Auction(),
}


@pytest.mark.parametrize("mechanism", NAMELESS.values(), ids=NAMELESS.keys())
def test_what_has_no_name_cannot_be_certified(mechanism: Callable[..., object]) -> None:
    with pytest.raises(SubjectError, match="has no name of its own; give a function defined at the top of a module"):
        certify(mechanism, "dsic", **SETTING)


@pytest.mark.parametrize("mechanism", [Auction(1).run, kept_by_name_only], ids=["bound", "decorated"])
def test_what_its_name_does_not_lead_to_cannot_be_certified(mechanism: Callable[..., object]) -> None:
    """The certificate would speak of Auction.run without its reserve, or of the function under the decorator."""
    with pytest.raises(SubjectError, match="is not the object that was passed"):
        path_of(mechanism)


def test_another_name_for_the_same_function_does_no_harm() -> None:
    assert path_of(replaced) == f"{__name__}:second_price"


def test_a_module_that_nobody_loaded_is_taken_at_its_word() -> None:
    """Code run by exec, as in a notebook's cell, may have no module behind it."""
    space: dict[str, Any] = {"__name__": "a_cell"}
    exec("def run(bids):\n    return [1, 0], [0, 0]\n", space)
    certificate: Any = certify(space["run"], "no-deficit", **SETTING)
    assert (certificate["subject"]["call"], certificate["subject"]["source"]) == ("a_cell:run", {})


@pytest.mark.parametrize("name", verifier.__all__)
def test_every_public_name_is_there(name: str) -> None:
    assert getattr(verifier, name) is not None
    assert name in dir(verifier)


def test_a_name_that_is_not_public_is_missing_as_usual() -> None:
    with pytest.raises(AttributeError, match="module 'verifier' has no attribute 'certfy'"):
        _ = verifier.certfy
