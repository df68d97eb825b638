"""Outcomes of which only their worth is told: points on a line by their theorems, and the checker's own reading.

The median of an odd number of reported points is strategyproof for utilities -|x - t| (Moulin 1980) and the mean is
not: every report moves it by a third, so that whoever is not where it lies exaggerates.
"""

from __future__ import annotations

import json
import sys
from fractions import Fraction
from types import SimpleNamespace

import pytest
from in_process import in_this_process
from jsonschema import Draft202012Validator
from sealing import altered

from verifier import checker
from verifier.adapters import ProtocolFault, Subject
from verifier.adapters.replies import Reader, Writer
from verifier.audit import ENGINES, audit
from verifier.domains import parse_domain
from verifier.errors import DomainError, SpecError, SubjectError, TooLarge
from verifier.properties import PROPERTIES
from verifier.reporting.coverage import grid_rows, setting
from verifier.reporting.html import page
from verifier.reporting.reading import read as read_report
from verifier.reporting.words import verdict
from verifier.resources import reports_dir
from verifier.spec import parse_spec

SOURCE = '''
from fractions import Fraction
from types import SimpleNamespace

PLACES = range(5)


def worths(point):
    return [-abs(point - place) for place in PLACES]


def median(points):
    return [worths(sorted(points)[len(points) // 2])] * len(points)


def mean(points):
    return [worths(Fraction(sum(points), len(points)))] * len(points)


def by_name(points):
    point = sorted(points.values())[len(points) // 2]
    return {name: {place: -abs(point - place) for place in PLACES} for name in points}


def asked(points):
    point = sorted(points)[len(points) // 2]
    return SimpleNamespace(utility=lambda agent, place: -abs(point - place))


def coin(points):
    """A random dictator: strategyproof, as each dictatorship is."""
    return [(Fraction(1, len(points)), [worths(point)] * len(points)) for point in points]


def louder(words):
    """Who shouts gets its way: everybody shouts."""
    way = "tea" if "TEA" in words else "milk"
    worth = {"tea": int(way == "tea"), "TEA": 2 * int(way == "tea"), "milk": int(way == "milk")}
    return [worth, {"milk": worth["milk"]}]


def public_good(reports):
    """The Clarke mechanism for a project of cost 2, shared by halves, with types 0, 1 and 2."""
    built = sum(reports) >= 2
    net = [report - 1 for report in reports]
    taxes = [abs(net[1 - i]) if (net[1 - i] > 0) != (sum(net) >= 0) and net[1 - i] else 0 for i in (0, 1)]
    value = [[(kind - 1) * built for kind in range(3)]] * 2
    return value, taxes


def tall(points):
    return RESULT


RESULT = 7
'''
LINE = {"kind": "utilities", "agents": ["ann", "bob", "cyd"], "types": "0..4"}
PAIR = {**LINE, "agents": ["ann", "bob"]}
WORDS = {"kind": "utilities", "agents": ["ann", "bob"], "types": {"ann": ["tea", "TEA", "milk"], "bob": ["milk"]}}
PAID = {"returns": {"allocation": "0", "payments": "1", "payments_as": "per-agent"}}
ALL = ("deterministic", "dsic", "ex-post-ir", "pairwise-strategyproof", "no-deficit", "no-positive-transfers")
CASES = {
    "median": ("median", LINE, {}),
    "mean": ("mean", LINE, {}),
    "by_name": ("by_name", LINE, {"bids": "dict", "returns": {"allocation_as": "by-agent"}}),
    "asked": ("asked", LINE, {"returns": {"allocation": "utility", "allocation_as": "asked"}}),
    "asked by name": ("asked", LINE, {"returns": {"allocation": "utility", "allocation_as": "asked-by-name"}}),
    "coin": ("coin", PAIR, {"returns": {"randomised": True}}),
    "floats": ("median", LINE, {"numbers": "float", "bids": "numpy"}),
    "public good": ("public_good", {**PAIR, "types": [0, 1, 2]}, PAID),
}


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    made = tmp_path_factory.mktemp("told")
    (made / "told_outcomes.py").write_text(SOURCE)
    sys.path.append(str(made))
    yield made
    sys.path.remove(str(made))
    sys.modules.pop("told_outcomes", None)


@pytest.fixture(scope="module")
def certificates(folder):
    return {name: certified(*case) for name, case in CASES.items()}


def spec_of(function, domain, subject, names=ALL, **claim):
    call = function if ":" in function else f"told_outcomes:{function}"
    table = {"title": "t", "subject": {"call": call, **subject}, "domain": domain}
    table["claim"] = [{"property": name, **claim} for name in names]
    return parse_spec(table, name="t", properties=PROPERTIES, engines=ENGINES)


def certified(function, domain, subject, names=ALL):
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr("verifier.engines.exhaustive.session.HASH_SEEDS", ())
        *_, last = audit(spec_of(function, domain, subject, names))
    return json.loads(json.dumps(last.certificate))


def checked(certificate, folder):
    return checker.check(certificate, [str(folder)], fresh=in_this_process)


def verdicts(certificate):
    return {claim["property"]: claim["verdict"] for claim in certificate["claims"]}


@pytest.mark.parametrize("name", CASES)
def test_what_is_found_out_by_utilities_alone_is_confirmed(name, certificates, folder):
    reports = checked(certificates[name], folder)
    assert [report for report in reports if report["status"] != "CONFIRMED"] == []
    schema = json.loads((reports_dir() / "schema" / "certificate-v1.schema.json").read_text("utf-8"))
    Draft202012Validator(schema).validate(certificates[name])


@pytest.mark.parametrize("name", ["median", "by_name", "asked", "asked by name", "floats"])
def test_the_median_is_truthful_for_one_and_for_two_however_it_is_told(name, certificates):
    found = verdicts(certificates[name])
    assert found["dsic"] == found["pairwise-strategyproof"] == "EXHAUSTED"
    assert found["ex-post-ir"] == "REFUTED"  # to be away from the point is worth less than nothing


def test_the_mean_of_three_is_moved_by_a_third_of_every_lie(certificates):
    assert verdicts(certificates["mean"])["dsic"] == "REFUTED"
    (claim,) = [claim for claim in certificates["mean"]["claims"] if claim["property"] == "dsic"]
    # the others at 0, an agent at t is 2t/3 above the mean, which it can move by (4 - t)/3: 2/3 at t = 1 and at t = 2
    assert claim["worst"]["margin"] == "-2/3"


def test_a_random_dictator_is_truthful_in_expectation(certificates):
    assert verdicts(certificates["coin"])["dsic"] == "EXHAUSTED"


def test_the_clarke_tax_makes_a_public_project_truthful_and_runs_no_deficit(certificates):
    found = verdicts(certificates["public good"])
    assert found["dsic"] == found["no-deficit"] == found["no-positive-transfers"] == "EXHAUSTED"
    assert found["ex-post-ir"] == "REFUTED"  # who has no use for it pays its half all the same


def test_who_gains_by_another_label_is_named_with_it(folder):
    certificate = certified("louder", WORDS, {}, ("dsic",))
    report = read_report(certificate)
    text = verdict(report, report.claims[0])
    assert "ann gains 1 by reporting TEA when its type is tea" in text
    assert setting(report.domain) == "2 agents, outcomes of which only what they are worth is told"
    assert grid_rows(report.domain) == [("ann", "tea, TEA and milk", 3), ("bob", "milk", 1)]


def test_a_page_shows_labels_and_utilities_and_no_picture(certificates, folder):
    text = page(certificates["mean"])
    assert "Nothing is said about types that are not listed." in text
    assert "utilities (" in text


def test_utilities_come_through_the_pipe_from_a_process_of_its_own():
    spec = spec_of("x:y", PAIR, {})
    rows = [[0, -1, -2, -3, Fraction(-7, 2)], [0, 0, 0, 0, 0]]
    told = Subject(spec.subject, spec.domain, lambda points: rows).observe(next(spec.domain.profiles()))
    writer, reader = Writer(0), Reader(spec.domain, False, 0, 1, 1000)
    writer.add(told)
    assert reader.take(writer.frame()) == [told]


@pytest.mark.parametrize(
    ("change", "complaint"),
    [
        ({"types": "4..0"}, "name no amount at all"),
        ({"types": 3}, "types must be a grid"),
        ({"types": []}, "types must be a grid"),
        ({"types": [1, "a"]}, "types must be a grid"),
        ({"types": [1, 1]}, "repeat a label"),
        ({"types": {"ann": "0..1"}}, "no types are given for agent 'bob'"),
        ({"types": {"dan": "0..1"}}, "'dan', who is no agent"),
        ({"values": "0..1"}, "unknown key 'values'"),
        ({"types": "0..x"}, "not an amount"),
    ],
)
def test_types_that_are_no_labels_are_refused(change, complaint):
    with pytest.raises(DomainError, match=complaint):
        parse_domain({**PAIR, **change})


def test_a_missing_key_and_too_many_profiles_are_refused():
    with pytest.raises(DomainError, match="lacks the key 'types'"):
        parse_domain({"kind": "utilities", "agents": 2})
    with pytest.raises(TooLarge):
        parse_domain(LINE, budget=100)


def test_places_on_a_line_may_be_negative_or_fractions():
    assert parse_domain({**PAIR, "types": "-1..0 step 1/2"}).labels[0][0] == -1


@pytest.mark.parametrize(
    ("name", "engine", "complaint"),
    [
        ("efficient", "exhaustive", "needs more than what the outcome is worth"),
        ("envy-free", "exhaustive", "needs more than what the outcome is worth"),
        ("dsic", "search", "reports are labels here"),
        ("dsic", "symbolic", "reports are labels here"),
    ],
)
def test_what_utilities_cannot_tell_is_refused(name, engine, complaint):
    with pytest.raises(SpecError, match=complaint):
        spec_of("median", LINE, {}, (name,), engine=engine)


@pytest.mark.parametrize(
    ("returns", "complaint"),
    [
        ({"allocation_as": "winner"}, "does not tell utilities"),
        ({"payments_as": "winner-pays"}, "needs amounts of a good"),
    ],
)
def test_a_form_that_tells_no_utilities_is_refused_when_it_is_loaded(returns, complaint):
    spec = spec_of("median", LINE, {"returns": returns})
    with pytest.raises(SubjectError, match=complaint):
        Subject(spec.subject, spec.domain, len)


ROWS = [[0, 1, 2], [5]]
FRAME = SimpleNamespace(iloc=(), columns=("a", "b"), __getitem__=None)


class Table(dict):
    iloc, columns = (), ("a", "b")

    def __getitem__(self, name):
        return {"a": [1, 2], "b": [3, 4]}[name]


def both(result, domain, form):
    """(what the adapter reads, what the checker reads)."""
    spec = spec_of("x:y", domain, {"returns": {"allocation_as": form}})
    subject = Subject(spec.subject, spec.domain, lambda told: result)
    try:
        mine = subject.observe(next(spec.domain.profiles())).draws[0].shares
    except ProtocolFault as fault:
        mine = str(fault)
    try:
        told = checker.domain_of(json.loads(json.dumps(spec.domain.to_json())))
        theirs = checker.read_draws(result, spec.subject.returns.to_json(), told)[0].shares
    except Exception:
        theirs = "unreadable"
    return mine, theirs


def test_rows_end_with_zeros_where_others_have_more_labels():
    assert both(ROWS, WORDS, "shares") == (((0, 1, 2), (5, 0, 0)),) * 2


def test_a_frame_is_a_row_for_every_agent():
    assert both(Table(), {**PAIR, "types": [0, 1]}, "shares") == (((1, 3), (2, 4)),) * 2


@pytest.mark.parametrize(
    ("result", "form", "complaint"),
    [
        (7, "shares", "not a row for every agent"),
        ({"ann": [1]}, "shares", "not a row for every agent"),
        ([[0, 1, 2]], "shares", "1 rows of utilities for 2 agents"),
        (Table(), "shares", "has 3 labels and 2 utilities"),
        ([[0, 1], [5]], "shares", "has 3 labels and 2 utilities"),
        ([{"tea": 1}, [5]], "shares", "not one for each of its labels"),
        (["abc", [5]], "shares", "not one for each of its labels"),
        ([[0, 1, float("nan")], [5]], "shares", "not a finite number"),
        ({"ann": [0, 1, 2]}, "by-agent", "no utilities of bob"),
        (7, "asked", "not callable"),
    ],
)
def test_what_is_no_utility_for_every_label_is_a_fault_to_both(result, form, complaint):
    mine, theirs = both(result, WORDS, form)
    assert complaint in mine
    assert theirs == "unreadable"


def test_a_table_with_too_many_rows_is_a_fault_to_the_checker():
    three = {**PAIR, "agents": 3, "types": [0, 1]}
    assert both(Table(), three, "shares")[1] == "unreadable"


def test_a_recorded_profile_of_labels_is_one_of_the_grid():
    domain = checker.domain_of(json.loads(json.dumps(parse_domain({**PAIR, "types": [0, 1]}).to_json())))
    assert domain.reports([["0", "1"], ["1", "0"]]) == ((0, 1), (1, 0))


def test_a_share_that_is_no_row_of_utilities_means_nothing():
    domain = parse_domain(PAIR)
    assert list(domain.alternatives()) == []
    with pytest.raises(DomainError, match="are not 5 utilities"):
        domain.consumption((0, 1))


WITNESS = ("claims", 1, "witness", "runs", 0, "draws", 0, "allocation")


@pytest.mark.parametrize(
    ("path", "value", "complaint"),
    [
        (("domain", "labels", 0), [{"number": "0"}] * 5, "not distinct ones"),
        (("domain", "labels"), [], "not distinct ones"),
        (("domain", "labels", 0, 0), 5, "is not a label"),
        (("domain", "types", 0, 0), ["0", "1", "0", "0", "0"], "not the unit vectors"),
        (("domain", "upper"), "4", "not of labels"),
        (("domain", "agents"), ["ann", "ann", "cyd"], "must be distinct"),
        (("subject", "returns", "payments_as"), "unit-price", "no good here that has a price"),
        (("subject", "returns", "allocation_as"), "winner", "does not fit here"),
        (("claims", 1, "property"), "efficient", "has no meaning where only utilities are told"),
        ((*WITNESS, 0), ["0"], "has no meaning here"),
        ((*WITNESS, 0), "0", "has no meaning here"),
        ((*WITNESS, 0, 0), "9", "the subject does something else"),
        (("claims", 1, "worst", "margin"), "-5", "should be -2/3"),
    ],
)
def test_a_falsified_certificate_of_utilities_is_refused(path, value, complaint, certificates, folder):
    reports = checked(altered(certificates["mean"], path, value), folder)
    assert "REJECTED" in {report["status"] for report in reports}
    assert complaint in " ".join(reason for report in reports for reason in report["reasons"])


def test_a_row_where_there_are_goods_is_refused(folder):
    auction = {"kind": "single-item", "agents": 2, "values": "0..1"}
    sold = {"returns": {"allocation": ".", "payments_as": "none"}}
    spec = spec_of("x:y", auction, sold, ("dsic",))
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr("verifier.engines.exhaustive.session.HASH_SEEDS", ())
        *_, last = audit(spec, target=lambda bids: [int(bids[1] < bids[0]), int(bids[0] == 0 == bids[1] - 0)])
    certificate = json.loads(json.dumps(last.certificate))
    path = ("claims", 0, "witness", "runs", 0, "draws", 0, "allocation", 0)
    reports = checked(altered(certificate, path, ["0"]), folder)
    assert "has no meaning here: a row of numbers" in reports[0]["reasons"][-1]
