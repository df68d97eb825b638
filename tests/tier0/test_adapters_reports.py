"""Reports that are no plain numbers: named fields, agents that stay away, objects that a hook builds."""

from __future__ import annotations

import json
import sys
from dataclasses import replace

import pytest
from in_process import in_this_process
from jsonschema import Draft202012Validator
from sealing import ABSENT, altered

from verifier import checker
from verifier.adapters import ProtocolFault, Subject
from verifier.audit import ENGINES, audit
from verifier.domains import parse_domain
from verifier.errors import DomainError, SpecError, SubjectError, TooLarge
from verifier.properties import PROPERTIES
from verifier.reporting.reading import read as read_report
from verifier.resources import reports_dir
from verifier.spec import parse_spec, subject_from_json

SOURCE = '''
from dataclasses import dataclass


@dataclass
class Order:
    """As a stranger's package has it: two fields, checked when it is made."""

    who: str
    quantity: int
    price: int

    def __post_init__(self):
        if self.price > 2:
            raise ValueError("nobody pays more than 2")


def orders(bids):
    return [Order(who, quantity, price) for who, (quantity, price) in bids.items()]


def filled(orders, items=2):
    """Greedy by price at the highest price that is left out, or 0: with quantities a truthful rule it is not."""
    left, mine = items, {}
    orders.sort(key=lambda order: -order.price)
    for order in orders:
        mine[order.who] = min(left, order.quantity)
        left -= mine[order.who]
    price = max([order.price for order in orders if mine[order.who] < order.quantity], default=0)
    return mine, {who: price * units for who, units in mine.items()}


def by_fields(bids, items=2):
    class Plain:
        def __init__(self, who, bid):
            self.who, self.quantity, self.price = who, bid["quantity"], bid["price"]

    return filled([Plain(who, bid) for who, bid in bids.items()], items)


def by_pairs(bids):
    names = ["ann", "bob"]
    return by_fields({who: {"quantity": bid[0], "price": bid[1]} for who, bid in zip(names, bids) if bid})


class Bid:
    def __init__(self, amount):
        self.amount = amount


def objects(bids):
    return {name: Bid(amount) for name, amount in bids.items()}


def second_price(book):
    ranked = sorted(book, key=lambda name: -book[name].amount)
    price = book[ranked[1]].amount if len(ranked) > 1 else 0
    book.clear()
    return {ranked[0]: 1}, {ranked[0]: price}


def present(bids):
    """The second-price auction among those who take part."""
    here = {name: bid for name, bid in bids.items() if bid is not None}
    if any(not bid for bid in here.values()):
        raise ValueError("a bid of nothing should not come at all")
    if not here:
        return {}, {}
    return second_price(objects(here))


def present_in_a_row(bids):
    return present(dict(zip(["ann", "bob"], bids)))


def plurality(ballots):
    if any(not ballot for ballot in ballots):
        raise ValueError("who abstains is not heard of")
    tops = [ballot[0] for ballot in ballots] or ["ada"]
    return max(["ada", "ben"], key=tops.count)


def marry(men, women):
    pairs, taken = [], set()
    for man, wishes in men.items():
        woman = next((one for one in wishes if one not in taken and man in women.get(one, [])), None)
        taken.add(woman)
        pairs.append((man, woman))
    return pairs


def told(labels):
    """Who stays away is no label."""
    return [[0, 1]] * len(labels)


def open_door(*bids):
    """The first agent gets it for nothing."""
    return [1, 0], [0, 0]


def dictator(bids):
    return [1, 0], [0, 0]


not_callable = 5


def picky(bids):
    raise RuntimeError("no bids please")
'''
FLAT = {"kind": "multi-unit", "agents": ["ann", "bob"], "items": 2, "values": "0..2", "marginals": "flat"}
ITEM = {"kind": "single-item", "agents": ["ann", "bob"], "values": "0..2"}
VOTE = {"kind": "voting", "agents": ["ann", "bob"], "candidates": ["ada", "ben"], "preferences": "truncated"}
SIDES = {"kind": "matching", "proposers": ["mo"], "receivers": ["uma", "vic"], "preferences": "truncated"}
NAMED = {"returns": {"allocation_as": "by-agent", "payments_as": "by-agent"}}
HOOK = {"bids": "hook", "hook": "told_reports:objects", **NAMED}
ORDERS = {"bids": "hook", "hook": "told_reports:orders", **NAMED}
FIELDS = {"fields": ["quantity", "price"], **NAMED}
LABELS = {"kind": "utilities", "agents": 2, "types": [0, 1]}
CASES = {  # function, domain, subject, property, verdict
    "hook": ("second_price", ITEM, HOOK, "dsic", "EXHAUSTED"),
    "orders": ("filled", FLAT, ORDERS, "dsic", "REFUTED"),
    "fields": ("by_fields", FLAT, {"bids": "dict", **FIELDS}, "dsic", "REFUTED"),
    "pairs": ("by_pairs", FLAT, NAMED, "dsic", "REFUTED"),
    "one field": ("hook_of_fields", ITEM, {**HOOK, "fields": ["amount"]}, "dsic", "ERROR"),
    "missing": ("present", ITEM, {"bids": "dict", "absent": "missing", **NAMED}, "dsic", "EXHAUSTED"),
    "none": ("present", ITEM, {"bids": "dict", "absent": "none", **NAMED}, "dsic", "EXHAUSTED"),
    "none in a row": ("present_in_a_row", ITEM, {"bids": "tuple", "absent": "none", **NAMED}, "dsic", "EXHAUSTED"),
    "empty": ("present", ITEM, {"bids": "dict", **NAMED}, "dsic", "ERROR"),
    "who abstains": ("plurality", VOTE, {"absent": "missing"}, "dsic", "EXHAUSTED"),
    "left single": (
        "marry",
        SIDES,
        {"bids": "sides", "absent": "missing", "returns": {"allocation_as": "pairs"}},
        "dsic",
        "EXHAUSTED",
    ),
    "labels": ("told", LABELS, {"absent": "missing", "bids": "dict"}, "dsic", "EXHAUSTED"),
}


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    made = tmp_path_factory.mktemp("reports")
    (made / "told_reports.py").write_text(SOURCE + "\n\nhook_of_fields = second_price\n")
    (made / "elsewhere").mkdir()
    (made / "elsewhere" / "other_hooks.py").write_text("def hook(bids):\n    return bids\n")
    sys.path += [str(made), str(made / "elsewhere")]
    yield made
    sys.path.remove(str(made))
    sys.path.remove(str(made / "elsewhere"))
    sys.modules.pop("told_reports", None)
    sys.modules.pop("other_hooks", None)


def spec_of(function, domain, subject, claim="dsic", engine="exhaustive"):
    table = {"title": "t", "subject": {"call": f"told_reports:{function}", **subject}, "domain": domain}
    table["claim"] = [{"property": claim, "engine": engine}]
    return parse_spec(table, name="t", properties=PROPERTIES, engines=ENGINES)


def certified(*case, engine="exhaustive"):
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr("verifier.engines.exhaustive.session.HASH_SEEDS", ())
        *_, last = audit(spec_of(*case, engine=engine))
    return json.loads(json.dumps(last.certificate))


def checked(certificate, folder):
    return checker.check(certificate, [str(folder)], fresh=in_this_process)


def require_confirmed(certificate, folder):
    assert [report for report in checked(certificate, folder) if report["status"] != "CONFIRMED"] == []
    schema = json.loads((reports_dir() / "schema" / "certificate-v1.schema.json").read_text("utf-8"))
    Draft202012Validator(schema).validate(certificate)


@pytest.mark.parametrize("name", CASES)
def test_every_form_of_a_report_reaches_the_mechanism_and_the_checker(name, folder):
    function, domain, subject, claim, verdict = CASES[name]
    certificate = certified(function, domain, subject, claim)
    assert [one["verdict"] for one in certificate["claims"]] == [verdict], certificate["faults"]
    require_confirmed(certificate, folder)
    spec = spec_of(function, domain, subject, claim)
    assert subject_from_json(certificate["subject"]) == spec.subject
    assert read_report(certificate).domain == spec.domain


def test_less_demand_at_the_margin_lowers_the_price_of_what_is_left(folder):
    (claim,) = certified("by_fields", FLAT, {"bids": "dict", **FIELDS})["claims"]
    truth, lie = (run["bids"][claim["witness"]["agents"][0]] for run in claim["witness"]["runs"])
    assert truth != lie  # demand reduction, as in every uniform price auction (Ausubel et al. 2014)


def test_a_hook_that_refuses_a_bid_is_a_validation_layer_of_the_subject(folder):
    certificate = certified("filled", {**FLAT, "values": "1..3"}, ORDERS, "feasible")
    assert "nobody pays more than 2" in certificate["faults"]["first"][0]["message"]
    assert [claim["verdict"] for claim in certificate["claims"]] == ["ERROR"]
    require_confirmed(certificate, folder)


def test_a_hook_may_carry_symbolic_numbers_into_objects(folder):
    certificate = certified("second_price", ITEM, HOOK, "ex-post-ir", engine="symbolic")
    assert certificate["claims"][0]["verdict"] == "PROVED"
    require_confirmed(certificate, folder)


@pytest.mark.parametrize("bids", ["dict", "list", "arguments"])
def test_one_field_may_carry_symbolic_numbers_to_the_checker(bids, folder):
    certificate = certified("open_door", ITEM, {"bids": bids, "fields": ["amount"]}, "dsic", engine="symbolic")
    assert certificate["claims"][0]["verdict"] == "PROVED"
    require_confirmed(certificate, folder)


def test_fields_may_carry_symbolic_numbers(folder):
    units = {key: value for key, value in FLAT.items() if key != "marginals"}
    subject = {"bids": "dict", "fields": ["first", "second"], "returns": {"payments_as": "none", "allocation": "."}}
    spec = spec_of("x", units, subject, "no-deficit", "symbolic")
    *_, last = audit(spec, target=lambda bids: [int(bids["ann"]["first"] >= bids["bob"]["first"]), 0])
    assert [claim["verdict"] for claim in last.certificate["claims"]] == ["PROVED"]


@pytest.mark.parametrize(
    ("subject", "complaint"),
    [
        ({"bids": "hook"}, "go together"),
        ({"hook": "told_reports:objects"}, "go together"),
        ({"bids": "hook", "hook": "objects"}, 'must be "module:callable"'),
        ({"bids": "hook", "hook": "a:b", "call": "exec:node x.js"}, "for a mechanism in Python"),
        ({"fields": "quantity"}, "must be a list of names"),
        ({"fields": ["a", "a"]}, "repeat a name"),
        ({"absent": "away"}, "unknown absent"),
    ],
)
def test_a_way_to_report_that_makes_no_sense_is_refused(subject, complaint):
    with pytest.raises(SpecError, match=complaint):
        spec_of("present", ITEM, subject)


@pytest.mark.parametrize(
    ("domain", "subject", "complaint"),
    [
        (ITEM, {"bids": "hook", "hook": "told_reports:nothing"}, "hook: .*no attribute 'nothing'"),
        (ITEM, {"bids": "hook", "hook": "told_reports:not_callable"}, "is a int; name a function"),
        (ITEM, {"bids": "hook", "hook": "other_hooks:hook"}, "does not lie where the mechanism is"),
        (ITEM, {"fields": ["a", "b"]}, "names 2 parts of a bid, which has 1 here"),
        (VOTE, {"fields": ["a", "b"]}, "names 2 parts of a bid, which has 1 here"),
        (FLAT, {"fields": ["a"]}, "names 1 parts of a bid, which has 2 here"),
        (ITEM, {"absent": "missing"}, "leaves places empty that say who bids"),
        (ITEM, {"absent": "none", "bids": "numpy"}, "cannot hold such bids"),
        (ITEM, {"absent": "none", "bids": "sides"}, "cannot hold such bids"),
    ],
)
def test_a_way_to_report_that_the_subject_does_not_have_is_refused_when_it_is_loaded(
    domain, subject, complaint, folder
):
    with pytest.raises(SubjectError, match=complaint):
        list(audit(spec_of("present", domain, subject)))


def test_a_hook_without_bids_of_that_kind_is_refused_in_a_spec_that_was_made_by_hand():
    spec = spec_of("present", ITEM, {})
    with pytest.raises(SubjectError, match="go together"):
        Subject(replace(spec.subject, hook="told_reports:objects"), spec.domain, len)


def test_who_stays_away_cannot_be_told_from_a_symbolic_number(folder):
    spec = spec_of("present", ITEM, {"bids": "dict", "absent": "none", **NAMED}, engine="symbolic")
    with pytest.raises(SubjectError, match="leave `absent` out of a proof"):
        list(audit(spec))


def test_a_mechanism_that_changes_a_bid_with_fields_is_at_fault():
    def change(bids):
        bids[0]["amount"] = 0

    spec = spec_of("x", ITEM, {"fields": ["amount"]})
    with pytest.raises(ProtocolFault, match="changed the caller's bids"):
        Subject(spec.subject, spec.domain, change).observe(((1,), (2,)))


@pytest.mark.parametrize(
    ("change", "complaint"),
    [({"marginals": "round"}, 'must be "decreasing" or "flat"'), ({"kind": "unit-demand"}, "unknown key 'marginals'")],
)
def test_marginal_values_of_another_kind_are_refused(change, complaint):
    with pytest.raises(DomainError, match=complaint):
        parse_domain({**FLAT, **change})


def test_flat_values_are_counted_before_they_are_built_and_are_decided_on_grids():
    with pytest.raises(TooLarge):
        parse_domain(FLAT, budget=10)
    with pytest.raises(SpecError, match="here they are flat"):
        spec_of("by_pairs", FLAT, NAMED, engine="search")
    assert parse_domain({**FLAT, "values": "1..1"}).types[0] == ((1, 0), (1, 1))


@pytest.mark.parametrize(
    ("name", "path", "value", "complaint"),
    [
        ("hook", ("subject", "hook"), ABSENT, "with bids of that kind"),
        ("hook", ("subject", "hook"), "objects", "no module:function"),
        ("hook", ("subject", "hook"), "told_reports:nothing", "cannot be loaded"),
        ("hook", ("subject", "hook"), "other_hooks:hook", "does not list module other_hooks"),
        ("hook", ("subject", "hook"), "told_reports:picky", ""),
        ("fields", ("subject", "fields"), ["price", "quantity"], ""),
        ("pairs", ("domain", "flat"), ABSENT, ""),
        ("pairs", ("domain", "types", 0, 4), ["2", "1"], "are not flat"),
        ("missing", ("subject", "absent"), ABSENT, ""),
        ("missing", ("subject", "bids"), "list", "who is left out of a row cannot be told"),
        ("none", ("subject", "bids"), "numpy", "no such container here"),
    ],
)
def test_a_falsified_way_to_report_is_refused(name, path, value, complaint, folder):
    certificate = certified(*CASES[name][:4])
    reports = checked(altered(certificate, path, value), folder)
    assert "REJECTED" in {report["status"] for report in reports}
    assert complaint in " ".join(reason for report in reports for reason in report["reasons"])


def test_the_checker_does_not_prove_anything_of_who_stays_away(folder):
    certificate = certified("dictator", ITEM, {}, "ex-post-ir", engine="symbolic")
    reports = checked(altered(certificate, ("subject", "absent"), "none"), folder)
    assert "cannot be told from a symbolic number" in reports[0]["reasons"][0]
