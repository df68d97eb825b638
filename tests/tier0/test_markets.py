"""Agents who sell: reverse auctions and exchanges by their theorems, truthfulness of one side, endowments.

Vickrey's auction with the signs turned is truthful; McAfee's trade reduction (1992) is truthful, individually rational
and without deficit but not efficient; the Clarke exchange is truthful and efficient and must run a deficit (Myerson and
Satterthwaite 1983); a price that the buyers' side alone could move is truthful for buyers only.
"""

from __future__ import annotations

import json
import sys
from types import SimpleNamespace

import pytest
from in_process import in_this_process
from jsonschema import Draft202012Validator
from sealing import ABSENT, altered

from verifier import checker
from verifier.adapters import ProtocolFault, Subject
from verifier.audit import ENGINES, audit
from verifier.domains import parse_domain
from verifier.errors import DomainError, SpecError, SubjectError
from verifier.properties import PROPERTIES
from verifier.reporting.coverage import setting
from verifier.reporting.html import page
from verifier.reporting.reading import read as read_report
from verifier.reporting.worked import lines, work
from verifier.resources import reports_dir
from verifier.spec import parse_spec

SOURCE = '''
from fractions import Fraction


def cheapest(costs):
    seller = min(range(len(costs)), key=costs.__getitem__)
    return seller, min(cost for other, cost in enumerate(costs) if other != seller)


def as_asked(costs):
    seller, _ = cheapest(costs)
    return seller, costs[seller]


def net(costs):
    seller, price = cheapest(costs)
    mine = [-int(agent == seller) for agent in range(len(costs))]
    return mine, [price * share for share in mine]


def nobody(costs):
    return None, None


def ranked(bids, asks):
    """Buyers and sellers, the keenest first, how many of them can trade, and the first pair that cannot."""
    buyers = sorted(bids, key=lambda name: -bids[name])
    sellers = sorted(asks, key=lambda name: asks[name])
    count = sum(bids[buyer] >= asks[seller] for buyer, seller in zip(buyers, sellers))
    return buyers, sellers, count


def mcafee(bids, asks):
    buyers, sellers, count = ranked(bids, asks)
    if not count:
        return []
    low, high = asks[sellers[count - 1]], bids[buyers[count - 1]]
    if count < min(len(buyers), len(sellers)):
        price = Fraction(bids[buyers[count]] + asks[sellers[count]], 2)
        if low <= price <= high:
            return [(buyer, seller, price) for buyer, seller in zip(buyers[:count], sellers[:count])]
    return {"paid": {b: high for b in buyers[: count - 1]}, "got": {s: low for s in sellers[: count - 1]}}


def reduced(bids, asks):
    told = mcafee(bids, asks)
    if isinstance(told, dict):
        amounts = {**told["paid"], **told["got"]}
    else:
        amounts = {name: price for buyer, seller, price in told for name in (buyer, seller)}
    return dict.fromkeys(amounts, 1), amounts


def clarke(bids, asks):
    buyers, sellers, count = ranked(bids, asks)
    if not count:
        return {}, {}
    out = bids[buyers[count]] if count < len(buyers) else 0
    into = asks[sellers[count]] if count < len(sellers) else 10**6
    pays = max(asks[sellers[count - 1]], out)
    gets = min(bids[buyers[count - 1]], into)
    due = {**dict.fromkeys(buyers[:count], pays), **dict.fromkeys(sellers[:count], gets)}
    return dict.fromkeys(due, 1), due


def for_buyers(bids, asks):
    """One price for all: what the buyers would have to bid at least, which the last seller may have named."""
    buyers, sellers, count = ranked(bids, asks)
    if not count:
        return []
    out = bids[buyers[count]] if count < len(buyers) else 0
    price = max(asks[sellers[count - 1]], out)
    return [{"buyer": b, "seller": s, "price": price} for b, s in zip(buyers[:count], sellers[:count])]


def uniform(bids, asks):
    trades = for_buyers(bids, asks)
    mine = {name: 1 for trade in trades for name in (trade["buyer"], trade["seller"])}
    return mine, trades[0]["price"] if trades else None


def propose(men, women):
    held, free, left = {}, list(men), {name: list(wishes) for name, wishes in men.items()}
    while free:
        man = free.pop(0)
        while left[man]:
            woman = left[man].pop(0)
            if man not in women[woman]:
                continue
            rival = held.get(woman)
            if rival is None or women[woman].index(man) < women[woman].index(rival):
                held[woman] = man
                free += [rival] if rival else []
                break
    return {man: woman for woman, man in held.items()}


OWNERS = {"ann": "hut", "bob": "inn", "cyd": "den"}


def top_trading_cycles(wishes):
    owner, left, found = {house: name for name, house in OWNERS.items()}, dict(wishes), {}
    while left:
        name = next(iter(left))
        path = []
        while name not in path:
            path.append(name)
            name = owner[next(house for house in left[name] if owner[house] in left)]
        cycle = path[path.index(name):]
        for one in cycle:
            found[one] = next(house for house in left[one] if owner[house] in left)
        for one in cycle:
            del left[one]
    return found
'''
SELLERS = {"kind": "procurement", "agents": ["ann", "bob", "cyd"], "items": 1, "values": "0..3"}
EXCHANGE = {"kind": "two-sided", "buyers": ["ann", "bob"], "sellers": ["sue", "tom"], "values": "0..3"}
WINNER = {"returns": {"allocation_as": "winner", "payments_as": "winner-pays"}}
NAMED = {"bids": "sides", "returns": {"allocation_as": "by-agent", "payments_as": "by-agent"}}
TRADES = {
    "bids": "sides",
    "returns": {"allocation": ".", "payments": ".", "allocation_as": "trades", "payments_as": "trades"},
}
PRICE = {"bids": "sides", "returns": {"allocation_as": "by-agent", "payments_as": "unit-price"}}
OF_SELLERS = ("feasible", "dsic", "ex-post-ir", "efficient", "monotone", "anonymous", "envy-free", "scale-invariant")
OF_BOTH = ("feasible", "dsic", "ex-post-ir", "no-deficit", "efficient", "monotone", "pairwise-strategyproof")
CASES = {  # subject, domain, properties, those that are refuted
    "cheapest": (WINNER, SELLERS, OF_SELLERS, ()),
    "as_asked": (WINNER, SELLERS, OF_SELLERS, ("dsic",)),
    "net": ({"returns": {"sellers": "net"}}, SELLERS, OF_SELLERS, ()),
    "reduced": (NAMED, EXCHANGE, OF_BOTH, ("efficient",)),
    "clarke": (NAMED, EXCHANGE, OF_BOTH, ("no-deficit", "pairwise-strategyproof")),
    "for_buyers": (TRADES, EXCHANGE, OF_BOTH, ("dsic", "pairwise-strategyproof")),
    "uniform": (PRICE, EXCHANGE, OF_BOTH, ("dsic", "pairwise-strategyproof")),
}


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    made = tmp_path_factory.mktemp("markets")
    (made / "some_markets.py").write_text(SOURCE)
    sys.path.append(str(made))
    yield made
    sys.path.remove(str(made))
    sys.modules.pop("some_markets", None)


def spec_of(name, subject, domain, claims):
    written = [{"property": one} if isinstance(one, str) else one for one in claims]
    table = {"title": "t", "subject": {"call": f"some_markets:{name}", **subject}, "domain": domain, "claim": written}
    return parse_spec(table, name="t", properties=PROPERTIES, engines=ENGINES)


def certified(name, subject, domain, claims):
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr("verifier.engines.exhaustive.session.HASH_SEEDS", ())
        patched.setattr("verifier.engines.symbolic.session.HASH_SEEDS", (), raising=False)
        *_, last = audit(spec_of(name, subject, domain, claims))
    return json.loads(json.dumps(last.certificate))


@pytest.fixture(scope="module")
def certificates(folder):
    return {name: certified(name, *case[:3]) for name, case in CASES.items()}


def checked(certificate, folder):
    return checker.check(certificate, [str(folder)], fresh=in_this_process)


def require_confirmed(certificate, folder):
    assert [report for report in checked(certificate, folder) if report["status"] != "CONFIRMED"] == []
    schema = json.loads((reports_dir() / "schema" / "certificate-v1.schema.json").read_text("utf-8"))
    Draft202012Validator(schema).validate(certificate)


@pytest.mark.parametrize("name", CASES)
def test_markets_have_the_properties_that_theory_gives_them_and_the_checker_agrees(name, certificates, folder):
    found = {claim["property"]: claim["verdict"] for claim in certificates[name]["claims"]}
    refuted = {one for one, verdict in found.items() if verdict == "REFUTED"}
    assert refuted == set(CASES[name][3])
    assert set(found.values()) <= {"REFUTED", "EXHAUSTED"}
    require_confirmed(certificates[name], folder)


def test_who_sells_as_it_asked_asks_for_more_and_the_report_says_so(certificates):
    report = read_report(certificates["as_asked"])
    claim = next(claim for claim in report.claims if claim.property == "dsic")
    text = "\n".join(lines(work("dsic", report.domain, claim.witness)))
    assert "sells 1 unit" in text
    assert "to part with a unit is worth" in text
    assert setting(report.domain) == "3 agents, who sell one unit each at most, 1 of them bought"
    assert "sells 1 unit" in page(certificates["as_asked"])


def test_an_exchange_is_shown_with_both_sides(certificates):
    assert setting(read_report(certificates["clarke"]).domain) == "4 agents, buyers and sellers of one unit each"


def test_the_price_of_the_buyers_is_truthful_for_buyers_only(folder):
    claims = [{"property": "dsic", "agents": side} for side in (["ann", "bob"], ["sue"], ["sue", "tom"])]
    certificate = certified("for_buyers", TRADES, EXCHANGE, claims)
    assert [claim["verdict"] for claim in certificate["claims"]] == ["EXHAUSTED", "REFUTED", "REFUTED"]
    require_confirmed(certificate, folder)


def test_deferred_acceptance_is_truthful_for_proposers_only(folder):
    sides = {"kind": "matching", "proposers": ["mo", "ned"], "receivers": ["uma", "vic"], "preferences": "truncated"}
    claims = [{"property": "dsic", "agents": sides[side]} for side in ("proposers", "receivers")]
    certificate = certified("propose", {"bids": "sides"}, sides, [*claims, "stable"])
    assert [claim["verdict"] for claim in certificate["claims"]] == ["EXHAUSTED", "REFUTED", "EXHAUSTED"]
    require_confirmed(certificate, folder)


def test_top_trading_cycles_respect_what_everybody_owns(folder):
    houses = {"kind": "house-allocation", "agents": ["ann", "bob", "cyd"], "objects": ["hut", "inn", "den"]}
    owned = {**houses, "endowment": {"ann": "hut", "bob": "inn", "cyd": "den"}}
    claims = ("dsic", "ex-post-ir", "pareto-efficient", "pairwise-strategyproof")
    certificate = certified("top_trading_cycles", {"bids": "dict"}, owned, claims)
    assert {claim["verdict"] for claim in certificate["claims"]} == {"EXHAUSTED"}
    require_confirmed(certificate, folder)


def test_a_reverse_auction_is_proved_for_all_costs(folder):
    claims = [{"property": one, "engine": "symbolic"} for one in ("dsic", "ex-post-ir", "efficient")]
    two = {**SELLERS, "agents": ["ann", "bob"], "values": "0..2"}
    certificate = certified("cheapest", WINNER, two, claims)
    assert {claim["verdict"] for claim in certificate["claims"]} == {"PROVED"}
    require_confirmed(certificate, folder)


def test_to_buy_less_than_is_needed_is_infeasible(folder):
    certificate = certified("nobody", WINNER, SELLERS, ("feasible", "dsic"))
    assert {fault["kind"] for fault in certificate["faults"]["first"]} == {"infeasible"}
    assert "exactly 1 of the units on offer are bought" in certificate["faults"]["first"][0]["message"]
    assert [claim["verdict"] for claim in certificate["claims"]] == ["REFUTED", "ERROR"]
    require_confirmed(certificate, folder)


@pytest.mark.parametrize(
    ("domain", "complaint"),
    [
        ({**EXCHANGE, "agents": 4}, "name them under these keys"),
        ({"kind": "two-sided", "buyers": 2, "values": "0..1"}, "lacks the key 'sellers'"),
        ({**EXCHANGE, "buyers": 0}, "needs at least one agent"),
        ({**EXCHANGE, "buyers": "ann"}, "buyers must be a count or a list"),
        ({**EXCHANGE, "sellers": ["ann"]}, "share a name"),
        ({**SELLERS, "items": 4}, "there are 3 sellers"),
        ({**SELLERS, "items": 0}, "items must be a whole number"),
    ],
)
def test_a_market_without_its_sides_is_refused(domain, complaint):
    with pytest.raises(DomainError, match=complaint):
        parse_domain(domain)


@pytest.mark.parametrize(
    ("name", "domain"),
    [("revenue-monotone", EXCHANGE), ("no-deficit", SELLERS), ("anonymous", EXCHANGE), ("core", SELLERS)],
)
def test_what_has_no_meaning_where_agents_sell_is_refused(name, domain):
    with pytest.raises(SpecError, match="not defined where agents sell"):
        spec_of("net", {}, domain, (name,))


@pytest.mark.parametrize(
    ("domain", "returns", "complaint"),
    [
        ({"kind": "single-item", "agents": 2, "values": "0..1"}, {"sellers": "net"}, "where agents sell"),
        (EXCHANGE, {"allocation_as": "trades", "sellers": "net"}, 'write sellers = "receive"'),
        (EXCHANGE, {"payments_as": "trades", "sellers": "net"}, 'write sellers = "receive"'),
    ],
)
def test_signs_that_contradict_the_setting_are_refused(domain, returns, complaint):
    spec = spec_of("net", {"returns": returns}, domain, ("dsic",))
    with pytest.raises(SubjectError, match=complaint):
        Subject(spec.subject, spec.domain, len)


def both(result, domain=EXCHANGE):
    """(what the adapter reads, what the checker reads) of trades."""
    spec = spec_of("x", {"returns": TRADES["returns"]}, domain, ("dsic",))
    subject = Subject(spec.subject, spec.domain, lambda bids: result)
    try:
        (draw,) = subject.observe(next(spec.domain.profiles())).draws
        mine = draw.shares, draw.payments
    except ProtocolFault as fault:
        mine = str(fault)
    try:
        told = checker.domain_of(json.loads(json.dumps(spec.domain.to_json())))
        (draw,) = checker.read_draws(result, spec.subject.returns.to_json(), told)
        theirs = draw.shares, draw.payments
    except Exception:
        theirs = "unreadable"
    return mine, theirs


@pytest.mark.parametrize(
    "trade",
    [
        ("bob", "sue", 2),
        [1, 0, 2],
        {"buyer": "bob", "seller": "sue", "price": 2},
        SimpleNamespace(buyer="bob", seller=0, price=2),
    ],
)
def test_a_trade_is_told_by_names_or_by_places_on_each_side(trade):
    expected = ((0, 1, -1, 0), (0, 2, -2, 0))
    assert both([trade]) == (expected, expected)


@pytest.mark.parametrize(
    ("result", "complaint"),
    [
        ([5, 3], "does not say buyer, seller and price; who trades is not guessed"),
        ([(1, 2)], "who trades is not guessed"),
        (["abc"], "who trades is not guessed"),
        ([{"buyer": "ann", "price": 1}], "who trades is not guessed"),
        ([("sue", "ann", 1)], "'sue', who is no agent"),
        ([(None, 0, 1)], "not a number"),
        (7, "not a list of"),
        ({"ann": 1}, "not a list of"),
    ],
)
def test_trades_without_identities_are_not_guessed(result, complaint):
    mine, theirs = both(result)
    assert complaint in mine
    assert theirs == "unreadable"


def test_trades_elsewhere_than_in_an_exchange_are_a_fault():
    mine, theirs = both([], SELLERS)
    assert "declare another form" in mine
    assert theirs == "unreadable"


@pytest.mark.parametrize(
    ("name", "path", "value", "complaint"),
    [
        ("clarke", ("domain", "buyers"), 0, "both sides need somebody"),
        ("clarke", ("domain", "buyers"), 4, "both sides need somebody"),
        ("clarke", ("domain", "buyers"), 1, ""),
        ("cheapest", ("domain", "items"), 4, "more than there are sellers"),
        ("cheapest", ("domain", "items"), 2, ""),
        ("cheapest", ("subject", "returns", "sellers"), ABSENT, "where agents sell"),
        ("cheapest", ("subject", "returns", "sellers"), "net", ""),
        ("cheapest", ("subject", "returns", "payments_as"), "trades", "where buyers and sellers trade"),
        ("for_buyers", ("subject", "returns", "sellers"), "net", "of trades they receive"),
        ("cheapest", ("claims", 0, "property"), "no-deficit", "has no meaning where agents sell"),
        ("as_asked", ("claims", 1, "witness", "runs", 0, "draws", 0, "allocation", 0), "1", ""),
        ("as_asked", ("claims", 1, "worst", "margin"), "-7", "should be"),
    ],
)
def test_a_falsified_certificate_of_a_market_is_refused(name, path, value, complaint, certificates, folder):
    reports = checked(altered(certificates[name], path, value), folder)
    assert "REJECTED" in {report["status"] for report in reports}
    assert complaint in " ".join(reason for report in reports for reason in report["reasons"])
