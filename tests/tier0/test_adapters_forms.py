"""Forms of outcomes as public code has them: names, frames, matrices, methods, a price whose payer is kept elsewhere.

Every form tells the same second-price auction; the audit must find it truthful, and the checker must read the same.
"""

from __future__ import annotations

import json
import sys
from types import SimpleNamespace

import pytest
from in_process import in_this_process
from jsonschema import Draft202012Validator

from verifier import checker
from verifier.adapters import ProtocolFault, Subject
from verifier.audit import ENGINES, audit
from verifier.errors import SpecError
from verifier.properties import PROPERTIES
from verifier.resources import reports_dir
from verifier.spec import parse_spec

SOURCE = '''
from types import SimpleNamespace

import numpy as np


def decided(bids):
    bids = list(bids)
    winner = max(range(len(bids)), key=bids.__getitem__)
    return winner, max([0, *(bid for agent, bid in enumerate(bids) if agent != winner)])


class Column:
    """The least of a pandas Series."""

    def __init__(self, labels, values):
        self.labels, self.values = list(labels), list(values)

    iloc = property(lambda self: self.values)

    def __getitem__(self, label):
        return self.values[self.labels.index(label)]

    def __iter__(self):
        return iter(self.values)

    def to_dict(self):
        return dict(zip(self.labels, self.values))


class Frame:
    """The least of a pandas DataFrame; its columns also have names that are methods."""

    def __init__(self, columns, index):
        self.data, self.index = columns, list(index)

    columns = property(lambda self: list(self.data))
    iloc = property(lambda self: [Column(self.data, row) for row in zip(*self.data.values())])

    def __getitem__(self, name):
        return Column(self.index, self.data[name])

    def count(self):
        raise RuntimeError("a method, no column")


NAMES = ["ann", "bob"]


def name_of_winner(bids):
    winner, price = decided(bids)
    return SimpleNamespace(winner=SimpleNamespace(id=NAMES[winner]), price=price)


def names_of_winners(bids):
    winner, price = decided(bids)
    return [NAMES[winner]], price


def by_place(bids):
    winner, price = decided(bids)
    return {np.int64(winner): 1}, {winner: price}


def of(winner, price):
    return [int(agent == winner) for agent in range(2)], [price * (agent == winner) for agent in range(2)]


def frame(bids):
    won, paid = of(*decided(bids))
    return Frame({"count": won, "paid": paid}, NAMES)


def unordered_frame(bids):
    won, paid = of(*decided(bids))
    return Frame({"who": NAMES[::-1], "count": won[::-1], "paid": paid[::-1]}, [7, 8])


def row_of_frame(bids):
    winner, price = decided(bids)
    return Frame({"winner": [NAMES[winner]], "price": [price]}, [0])


def records(bids):
    won, paid = of(*decided(bids))
    return [{"who": who, "won": one, "paid": two} for who, one, two in zip(NAMES, won, paid)][::-1]


def objects(bids):
    return [SimpleNamespace(**record) for record in records(bids)]


def matrix(bids):
    won, paid = of(*decided(bids))
    return [[one] for one in won], paid


def array(bids):
    won, paid = of(*decided(bids))
    return np.array(won, dtype=bool).reshape(2, 1), np.array(paid)


def matrix_frame(bids):
    won, paid = of(*decided(bids))
    return Frame({"item": won}, NAMES), paid


class Result:
    def __init__(self, bids):
        self.winner, self.price = decided(bids)

    def value(self, who):
        return (NAMES.index(who) if isinstance(who, str) else who) == self.winner

    def pay(self, who):
        return self.price if self.value(who) else None

    def get_winner(self):
        return self.winner


class Keeper:
    """Returns a price alone, and keeps who has to pay it."""

    def run(self, bids):
        self.winner, price = decided(bids)
        return price


class Loop:
    """A clock that goes up until one bidder at most is left."""

    def __init__(self):
        self.bids = {}

    def clear(self):
        self.bids, self.clock, self.over, self.ranked = {}, 0, False, None

    def register(self, name, bid):
        self.bids[name] = bid

    def load(self, bids):
        self.bids = dict(zip(NAMES, bids))

    def step(self):
        self.ranked = sorted(self.bids.values())
        self.over = self.clock >= self.ranked[-2]
        self.clock += not self.over
        return self.over

    def done(self):
        return self.over

    def never(self):
        return False

    def outcome(self):
        winner = max(self.bids, key=self.bids.get)
        return {winner: 1}, {winner: self.clock}


def pairs(bids):
    return 7
'''
WINNER = {"allocation_as": "winner", "payments_as": "winner-pays"}
NAMED = {"allocation_as": "by-agent", "payments_as": "by-agent"}
LOOP = {"call": "formed_auctions:Loop", "create": True, "reset": "clear"}
FORMS = {
    "name_of_winner": {"returns": {"allocation": "winner.id", "payments": "price", **WINNER}},
    "names_of_winners": {"returns": {"allocation_as": "winners", "payments_as": "winner-pays"}},
    "by_place": {"returns": NAMED},
    "frame": {"returns": {"allocation": "count", "payments": "paid", **NAMED}},
    "frame in order": {"call": "formed_auctions:frame", "returns": {"allocation": "count", "payments": "paid"}},
    "unordered_frame": {"returns": {"allocation": "count@who", "payments": "paid@who", **NAMED}},
    "row_of_frame": {"returns": {"allocation": "0.winner", "payments": "0.price", **WINNER}},
    "records": {"returns": {"allocation": "won@who", "payments": "paid@who", **NAMED}},
    "objects": {"returns": {"allocation": "won@who", "payments": "paid@who", **NAMED}},
    "matrix": {"returns": {"allocation_as": "matrix"}},
    "array": {"returns": {"allocation_as": "matrix"}},
    "matrix_frame": {"returns": {"allocation_as": "matrix"}},
    "value() and pay()": {
        "call": "formed_auctions:Result",
        "returns": {"allocation": "value", "payments": "pay", "allocation_as": "asked", "payments_as": "asked"},
    },
    "value(name) and pay(name)": {
        "call": "formed_auctions:Result",
        "returns": {"allocation": "value", "payments": "pay"}
        | {"allocation_as": "asked-by-name", "payments_as": "asked-by-name"},
    },
    "methods": {
        "call": "formed_auctions:Result",
        "returns": {"allocation": "get_winner()", "payments": "price", **WINNER},
    },
    "a price only": {
        "call": "formed_auctions:Keeper",
        "create": True,
        "method": "run",
        "result": "with-object",
        "returns": {"allocation": "1.winner", "payments": "0", **WINNER},
    },
    "a loop until a method says so": {
        **LOOP,
        "bids": "dict",
        "each": "register",
        "then": "outcome",
        "step": "step",
        "until": "done",
        "returns": NAMED,
    },
    "a loop until an attribute says so": {
        **LOOP,
        "method": "load",
        "then": "outcome",
        "step": "step",
        "until": "over",
        "returns": NAMED,
    },
    "a loop until a step says so, read from the object": {
        **LOOP,
        "method": "load",
        "step": "step",
        "until": "result",
        "result": "with-object",
        "returns": {"allocation": "1.outcome().0", "payments": "1.outcome().1", **NAMED},
    },
}
DOMAIN = {"kind": "single-item", "agents": ["ann", "bob"], "values": "0..2"}


@pytest.fixture(scope="module", autouse=True)
def folder(tmp_path_factory):
    made = tmp_path_factory.mktemp("forms")
    (made / "formed_auctions.py").write_text(SOURCE)
    sys.path.append(str(made))
    yield made
    sys.path.remove(str(made))
    sys.modules.pop("formed_auctions", None)


@pytest.fixture(autouse=True)
def in_one_process(monkeypatch):
    monkeypatch.setattr("verifier.engines.exhaustive.session.HASH_SEEDS", ())


def certified(subject, domain=DOMAIN, claims=("dsic", "ex-post-ir", "efficient")):
    table = {"title": "t", "subject": subject, "domain": domain, "claim": [{"property": name} for name in claims]}
    *_, last = audit(parse_spec(table, name="t", properties=PROPERTIES, engines=ENGINES))
    return json.loads(json.dumps(last.certificate))


def verdicts(certificate):
    return {claim["property"]: claim["verdict"] for claim in certificate["claims"]}


def require_confirmed(certificate, folder):
    schema = json.loads((reports_dir() / "schema" / "certificate-v1.schema.json").read_text("utf-8"))
    Draft202012Validator(schema).validate(certificate)
    reports = checker.check(certificate, [str(folder)], fresh=in_this_process)
    assert [report for report in reports if report["status"] != "CONFIRMED"] == []


def subject_of(name):
    return {"call": f"formed_auctions:{name}", **FORMS[name]}


@pytest.mark.parametrize("name", FORMS)
def test_every_form_tells_the_same_truthful_auction_and_the_checker_reads_it(name, folder):
    certificate = certified(subject_of(name))
    assert set(verdicts(certificate).values()) == {"EXHAUSTED"}, certificate["faults"]
    require_confirmed(certificate, folder)


@pytest.mark.parametrize(("name", "form"), [("a loop until a method says so", "never")])
def test_a_loop_without_an_end_is_a_crash_and_the_checker_ends_it_too(name, form, folder, monkeypatch):
    monkeypatch.setattr("verifier.adapters.styles.MOST_YIELDS", 5)
    monkeypatch.setattr(checker, "MOST_YIELDS", 5)
    certificate = certified({**subject_of(name), "until": form})
    assert {fault["kind"] for fault in certificate["faults"]["first"]} == {"crash"}
    assert certificate["faults"]["count"] == 9
    require_confirmed(certificate, folder)


@pytest.mark.parametrize(
    ("change", "complaint"),
    [
        ({"until": None}, "step and until go together"),
        ({"step": None}, "step and until go together"),
        ({"then": None}, "step gives no result"),
        ({"method": None}, "then follows each, or a loop after the method"),
    ],
)
def test_a_loop_that_is_not_all_there_is_refused(change, complaint):
    table = {**subject_of("a loop until an attribute says so"), **change}
    with pytest.raises(SpecError) as caught:
        certified({key: value for key, value in table.items() if value is not None})
    assert complaint in str(caught.value)


@pytest.mark.parametrize(
    ("change", "complaint"),
    [({"until": None}, "step and until go together"), ({"step": None, "until": None}, "each and then go together")],
)
def test_the_checker_refuses_half_a_loop(change, complaint, folder):
    certificate = certified(subject_of("a loop until an attribute says so"))
    calling = {**certificate["subject"]["calling"], **change}
    certificate["subject"]["calling"] = {key: value for key, value in calling.items() if value or key in ("each",)}
    certificate["subject"]["calling"] |= {"fresh": False, "each": None}
    reports = checker.check(sealed(certificate), [str(folder)], fresh=in_this_process)
    assert complaint in reports[0]["reasons"][0]


def sealed(certificate):
    from verifier.certificate import seal

    return seal({key: value for key, value in certificate.items() if key not in ("sha256", "format", "version")})


def read(result, domain, **returns):
    """(what the adapter reads, what the checker reads): shares and payments, or the message and "unreadable"."""
    table = {
        "title": "t",
        "subject": {"call": "x:y", "returns": {"payments_as": "none", "allocation": ".", **returns}},
        "domain": domain,
        "claim": [{"property": "feasible"}],
    }
    spec = parse_spec(table, name="t", properties=PROPERTIES, engines=ENGINES)
    subject = Subject(spec.subject, spec.domain, lambda *bids: result)
    try:
        (draw,) = subject.observe(next(spec.domain.profiles())).draws
        mine = draw.shares, draw.payments
    except ProtocolFault as fault:
        mine = str(fault)
    written = json.loads(json.dumps(spec.subject.returns.to_json()))
    try:
        (draw,) = checker.read_draws(result, written, checker.domain_of(json.loads(json.dumps(spec.domain.to_json()))))
        theirs = draw.shares, draw.payments
    except BaseException:
        theirs = "unreadable"
    return mine, theirs


UNITS = {"kind": "multi-unit", "agents": ["ann", "bob"], "items": 2, "values": "0..1"}
DEMAND = {"kind": "unit-demand", "agents": ["ann", "bob"], "items": 2, "values": "0..1"}
GOODS = {"kind": "combinatorial", "agents": ["ann", "bob"], "goods": 2, "values": "0..1"}
SLOTS = {"kind": "slots", "agents": ["ann", "bob"], "click_rates": [2, 1], "values": "0..1"}
PART = {"kind": "divisible", "agents": ["ann", "bob"], "values": "0..1"}
HOUSES = {"kind": "house-allocation", "agents": ["ann", "bob"], "objects": ["hut", "inn"], "preferences": "truncated"}
SIDES = {"kind": "matching", "proposers": ["ann", "bob"], "receivers": ["xia", "yue"]}


@pytest.mark.parametrize(
    ("domain", "matrix", "shares"),
    [
        (UNITS, [[1, 1], [0, 0]], (2, 0)),
        (DEMAND, [[0, 1], [1, 0]], (1, 1)),
        (GOODS, [[1, 0], [0, 1]], (1, 2)),
        (GOODS, [[1.0, True], [0, 0]], (3, 0)),
        (SLOTS, [[0, 1], [0, 0]], (1, None)),
        (PART, [[0.5], [0.25]], (0.5, 0.25)),
        (HOUSES, [[0, 1], [0, 0]], (1, None)),
        (SIDES, [[0, 1], [1, 0]], (1, 0, 1, 0)),
    ],
)
def test_a_matrix_is_read_by_what_its_columns_are(domain, matrix, shares):
    mine, theirs = read(matrix, domain, allocation_as="matrix")
    assert mine == theirs == (shares, (0,) * len(shares))


@pytest.mark.parametrize(
    ("domain", "matrix", "says"),
    [
        (UNITS, [[1, 0], [1, 0]], "item 0 is given out 2 times"),
        (UNITS, [[1, -1], [0, 0]], "item 1 is given out -1 times"),
        (UNITS, [[1, 0]], "no matrix of 2 agents by 2 items"),
        (UNITS, [[1], [0]], "no matrix of 2 agents by 2 items"),
        (UNITS, [1, 0], "one list, not a matrix"),
        (UNITS, {"ann": [1, 0]}, "not a matrix"),
        (UNITS, 7, "not a matrix"),
        (UNITS, [{"a": 1}, {"b": 0}], "not a matrix"),
        (GOODS, [["1", 0], [0, 1]], "not a number"),
        (GOODS, [[0.5, 0], [0, 1]], "no entry of an allocation of different items"),
        (SLOTS, [[1, 1], [0, 0]], "no choice among 2"),
        (HOUSES, [[1, 0, 0], [0, 1, 0]], "no choice among 2"),
        (HOUSES, [[1, 0]], "1 rows for 2 agents"),
        (HOUSES, [[2, 0], [0, 1]], "no entry of an allocation of different items"),
    ],
)
def test_a_matrix_of_another_shape_is_a_fault_to_both(domain, matrix, says):
    mine, theirs = read(matrix, domain, allocation_as="matrix")
    assert says in mine
    assert theirs == "unreadable"


@pytest.mark.parametrize(
    ("result", "returns", "says"),
    [
        ([{"who": "ann", "won": 1}, {"who": "ann", "won": 0}], {"allocation": "won@who"}, "two rows have the same who"),
        ([{"who": "ann"}], {"allocation": "won@who"}, "nothing at 'won@who' (KeyError)"),
        (SimpleNamespace(), {"allocation": "won()"}, "nothing at 'won()' (AttributeError)"),
        ({"ann": 1, 0: 1}, {}, "allocation names ann twice"),
        ({"dan": 1}, {}, "who is no agent"),
        ({None: 1}, {}, "is not a number"),
        ({7: 1}, {}, "7 is no index of an agent"),
        (SimpleNamespace(to_dict=lambda: 5), {}, "not a mapping from agent names"),
    ],
)
def test_what_names_agents_twice_or_not_at_all_is_a_fault_to_both(result, returns, says):
    mine, theirs = read(result, DOMAIN, allocation_as="by-agent", **returns)
    assert says in mine
    assert theirs == "unreadable"


def test_frames_of_pandas_are_read_where_it_is_installed():
    pandas = pytest.importorskip("pandas")
    frame = pandas.DataFrame({"who": ["bob", "ann"], "count": [0, 1]})
    assert read(frame, DOMAIN, allocation="count@who", allocation_as="by-agent")[0] == ((1, 0), (0, 0))
    assert read(frame.set_index("who"), DOMAIN, allocation="count", allocation_as="by-agent")[0] == ((1, 0), (0, 0))
    assert read(frame, DOMAIN, allocation="1.who", allocation_as="winner")[0] == ((1, 0), (0, 0))
    assert read(frame[["count"]], DOMAIN, allocation_as="matrix")[0] == ((0, 1), (0, 0))
