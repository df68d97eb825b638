"""The checker runs what draws at random over coins of its own, agrees with the audit, and refuses what is falsified."""

from __future__ import annotations

import hashlib
import importlib.util
import json
import random
import sys
import types
from fractions import Fraction
from pathlib import Path

import pytest
from in_process import in_this_process
from jsonschema import Draft202012Validator

from verifier import checker
from verifier.adapters.coins import every_branch
from verifier.adapters.injection import Coins as Scripting
from verifier.adapters.scripted import ScriptedRandom
from verifier.adapters.scripted_numpy import ScriptedGenerator, ScriptedRandomState
from verifier.audit import audit
from verifier.chance import Chance
from verifier.resources import reports_dir

_SPEC = importlib.util.spec_from_file_location("drawing_samples", Path(__file__).with_name("drawing.py"))
samples = importlib.util.module_from_spec(_SPEC)
_SPEC.loader.exec_module(samples)
ARGUMENT, DRAWING, SOURCE, spec_of = samples.ARGUMENT, samples.DRAWING, samples.SOURCE, samples.spec_of


@pytest.fixture(scope="module", autouse=True)
def folder(tmp_path_factory):
    made = tmp_path_factory.mktemp("checked_drawing")
    (made / "drawing.py").write_text(SOURCE)
    sys.path.insert(0, str(made))
    importlib.invalidate_caches()
    sys.modules.pop("drawing", None)
    yield made
    sys.path.remove(str(made))
    sys.modules.pop("drawing", None)


def certified(subject, monkeypatch, *names):
    monkeypatch.setattr("verifier.engines.exhaustive.session.HASH_SEEDS", ())
    *_, last = audit(spec_of(subject, *names))
    return json.loads(json.dumps(last.certificate))


def checked(certificate, folder):
    body = {key: value for key, value in certificate.items() if key != "sha256"}
    text = json.dumps(body, sort_keys=True, separators=(",", ":"), ensure_ascii=True)
    sealed = {**body, "sha256": hashlib.sha256(text.encode()).hexdigest()}
    return checker.check(sealed, [str(folder)], fresh=in_this_process)


CREATED = {"call": "drawing:Seller", "create": True, "method": "run", "fresh": True}
MORE = {
    "threshold": {"call": "drawing:threshold", "random": ARGUMENT},
    "seeded default": {"call": "drawing:by_seeded_default", "random": {"how": "module", "kind": "numpy-generator"}},
    "real seeds": {"call": "drawing:seeded", "random": {"how": "seed", "parameter": "seed", "seeds": [1, 2, 3]}},
}


@pytest.mark.parametrize("subject", [*DRAWING.values(), *MORE.values()], ids=[*DRAWING, *MORE])
def test_the_checker_confirms_what_was_decided_about_draws(subject, folder, monkeypatch):
    certificate = certified(subject, monkeypatch)
    schema = json.loads((reports_dir() / "schema" / "certificate-v1.schema.json").read_text())
    Draft202012Validator(schema).validate(certificate)
    assert {report["status"] for report in checked(certificate, folder)} == {"CONFIRMED"}


@pytest.mark.parametrize(
    ("name", "change", "complaint"),
    [
        ("argument", {"how": "module"}, "random: not a way to module"),
        ("argument", {"kind": None}, "random: not a way to argument"),
        ("argument", {"seeds": [1]}, "random: seeds for a seed alone"),
        ("argument", {"kind": "coins"}, "kind"),
        ("seeds", {"seeds": [0, 0]}, "random: a seed is listed twice"),
    ],
)
def test_a_falsified_source_is_refused(name, change, complaint, folder, monkeypatch):
    certificate = certified(DRAWING[name], monkeypatch)
    certificate["subject"]["random"].update(change)
    reports = checked(certificate, folder)
    assert {report["status"] for report in reports} == {"REJECTED"}
    assert complaint in reports[0]["reasons"][0]


@pytest.mark.parametrize(
    ("change", "complaint"),
    [
        ({"returns": {"randomised": True}}, "what draws returns one outcome"),
        ({"arguments": {"rng": 1}}, "the parameter is among the arguments"),
        ({"create": True}, "has to be created for every run"),
    ],
)
def test_a_source_that_contradicts_the_subject_is_refused(change, complaint, folder, monkeypatch):
    certificate = certified(DRAWING["argument"], monkeypatch)
    for key, value in change.items():
        held = certificate["subject"][key]
        certificate["subject"][key] = {**held, **value} if isinstance(value, dict) else value
    assert complaint in checked(certificate, folder)[0]["reasons"][0]


def test_other_seeds_are_another_claim(folder, monkeypatch):
    certificate = certified(DRAWING["seeds"], monkeypatch, "anonymous")
    assert certificate["claims"][0]["verdict"] == "EXHAUSTED"
    certificate["subject"]["random"]["seeds"] = [0]
    (report,) = checked(certificate, folder)
    assert report["status"] == "REJECTED"


def test_a_falsified_probability_is_refused(folder, monkeypatch):
    certificate = certified(DRAWING["argument"], monkeypatch, "efficient")
    for key in ("witness", "worst"):
        for run in certificate["claims"][0][key]["runs"]:
            run["draws"] = [{**run["draws"][0], "probability": chance} for chance in ("1/3", "2/3")]
    (report,) = checked(certificate, folder)
    assert report["status"] == "REJECTED"


def tossed(draw, make):
    """Results with chances, in the order of the draws, as the checker enumerates them; or the kind of failure."""
    found, given = [], []
    while given is not None:
        coins = checker.Coins(given)
        try:
            result = draw(make(coins))
        except Exception as error:
            return "refused" if coins.refused else type(error).__name__
        if coins.refused or len(found) == checker.MOST_BRANCHES:
            return "refused"
        chance = Fraction(1)
        for chances, came in coins.tosses:
            chance *= chances[came]
        found.append((chance, result))
        given = coins.after()
    return found


def scripted(draw, make):
    """The same as the audit enumerates them."""
    try:
        return [(chance, result) for _, chance, result in every_branch(lambda script: draw(make(script)))]
    except Exception as error:
        return "refused" if type(error).__name__ == "Unscripted" else type(error).__name__


def listed(draw):
    return lambda rng: [str(one) for one in draw(rng)]


def mixed(rng, kind=list):
    items = kind((1, 2, 3))
    rng.shuffle(items)
    return [*map(int, items)]


def arrays(rng):
    items = importlib.import_module("numpy").array([1, 2, 3])
    rng.shuffle(items)
    return [*map(int, items)]


PLAIN = [
    mixed,
    lambda rng: mixed(rng, tuple),
    lambda rng: rng.sample("abc", 2),
    lambda rng: rng.sample("ab", 1, counts=[2, 1]),
    lambda rng: rng.sample({1, 2}, 1),
    lambda rng: rng.sample("ab", 3),
    lambda rng: rng.randrange(3),
    lambda rng: rng.randrange(1, 9, 3),
    lambda rng: rng.randrange(0),
    lambda rng: rng.randrange(10**30),
    lambda rng: rng.randint(-1, 1),
    lambda rng: rng.choice("abcd"),
    lambda rng: rng.choice([]),
    lambda rng: rng.getrandbits(3),
    lambda rng: rng.getrandbits(200),
    lambda rng: rng.getrandbits(-1),
    lambda rng: rng.randbytes(1),
    lambda rng: rng.choices("ab", k=2),
    lambda rng: rng.choices("abc", [1, 0, 3]),
    lambda rng: rng.choices("ab", cum_weights=[1, 3]),
    lambda rng: rng.choices("ab", [0, 0.5]),
    lambda rng: rng.choices("ab", [1]),
    lambda rng: rng.choices("ab", [0, 0]),
    lambda rng: rng.choices("ab", [2, -1]),
    lambda rng: rng.random(),
    lambda rng: rng.gauss(0, 1),
    lambda rng: rng.seed(1),
    lambda rng: rng.getstate(),
    lambda rng: [rng.randrange(2) for _ in range(13)],
    lambda rng: rng.randrange(3) if rng.randrange(2) else 9,
]
ARRAYED = [
    mixed,
    arrays,
    lambda rng: rng.shuffle({}),
    lambda rng: rng.shuffle([1], axis=1),
    lambda rng: rng.random(),
    lambda rng: rng.unheard_of(),
    lambda rng: rng.__len__(),
    listed(lambda rng: rng.permutation(3)),
    listed(lambda rng: rng.permutation(["a", "b"])),
    lambda rng: rng.permutation([1], axis=1),
    lambda rng: rng.choice(2),
    lambda rng: str(rng.choice(["a", "b"], p=[0.25, 0.75])),
    listed(lambda rng: rng.choice(3, 2, replace=False)),
    listed(lambda rng: rng.choice(2, (1, 2)).ravel()),
    lambda rng: rng.choice([1, 2], 2, False, [0.5, 0.5]),
    lambda rng: rng.choice(2, p=[1]),
    lambda rng: int(rng.integers(3) if hasattr(rng, "integers") else rng.randint(3)),
    lambda rng: type((rng.integers if hasattr(rng, "integers") else rng.randint)(3)).__name__,
    lambda rng: int((rng.integers if hasattr(rng, "integers") else rng.randint)(1, 4)),
    lambda rng: (rng.integers if hasattr(rng, "integers") else rng.randint)(0),
    listed(lambda rng: (rng.integers if hasattr(rng, "integers") else rng.randint)(2, size=2)),
    listed(lambda rng: (rng.integers if hasattr(rng, "integers") else rng.randint)(2, size=(1, 2), dtype="int8")[0]),
]


@pytest.mark.parametrize("draw", PLAIN)
def test_the_two_enumerations_of_a_random_agree(draw):
    assert tossed(draw, checker.Randoms) == scripted(draw, ScriptedRandom)


@pytest.mark.parametrize("draw", ARRAYED)
@pytest.mark.parametrize(("name", "make"), [("Generator", ScriptedGenerator), ("RandomState", ScriptedRandomState)])
def test_the_two_enumerations_of_numpys_sources_agree(draw, name, make):
    assert tossed(draw, lambda coins: checker.Arrays(coins, name)) == scripted(draw, make)


def test_a_mechanism_that_draws_otherwise_after_equal_draws_is_a_fault(folder, monkeypatch):
    certificate = certified(DRAWING["argument"], monkeypatch)
    subject = checker.Subject(certificate["subject"], checker.domain_of(certificate["domain"]), drawing())
    told = iter((2, 3))
    subject.target = lambda bids, rng: ([rng.randrange(next(told)), 0], [0, 0])
    assert subject.observe(((1,), (1,))) == "protocol"
    lengths = iter((1, 0))
    subject.target = lambda bids, rng: ([sum(rng.randrange(2) for _ in range(next(lengths))), 0], [0, 0])
    assert subject.observe(((1,), (1,))) == "protocol"
    subject.target = lambda bids, rng: ([0 * sum(rng.randrange(2) for _ in range(13)), 0], [0, 0])
    assert subject.observe(((1,), (1,))) == "protocol"


def drawing():
    return checker.Place("drawing", ".", list(sys.path), ["drawing"])


def test_a_borrowed_function_that_is_kept_asks_the_real_one():
    borrowed = checker.Borrowed({"how": "module", "kind": "random"})
    keeping = types.ModuleType("keeping")
    keeping.choice, sys.modules["keeping"] = random.choice, keeping
    try:
        with borrowed.replaced():
            kept = keeping.choice
            assert kept is not random.Random.choice
    finally:
        del sys.modules["keeping"]
    assert kept([7]) == 7
    assert keeping.choice is random.choice


def test_both_replace_the_same_functions():
    for kind in ("random", "numpy-random-state", "numpy-generator"):
        theirs = set(checker.Borrowed({"how": "module", "kind": kind}).real)
        assert theirs == set(Scripting(Chance("module", None, kind))._stand_ins)


def taped(monkeypatch, call="apart"):
    domain = {"kind": "single-item", "agents": ["ann"], "values": "0..1"}
    monkeypatch.setattr("verifier.engines.exhaustive.session.HASH_SEEDS", ())
    subject = {"call": f"drawing:{call}", "random": ARGUMENT}
    *_, last = audit(spec_of(subject, "universally-truthful", domain=domain))
    return json.loads(json.dumps(last.certificate))


@pytest.mark.parametrize("call", ["apart", "deeper", "broken_at_one"])
def test_what_was_decided_about_tapes_is_confirmed(call, folder, monkeypatch):
    certificate = taped(monkeypatch, call)
    schema = json.loads((reports_dir() / "schema" / "certificate-v1.schema.json").read_text())
    Draft202012Validator(schema).validate(certificate)
    assert [report["status"] for report in checked(certificate, folder)] == ["CONFIRMED"]


EVEN, ODD = {"of": 2, "value": 0}, {"of": ["3/4", "1/4"], "value": 1}


@pytest.mark.parametrize(
    ("tapes", "complaint"),
    [
        ((None, None), "tape: only where it matters"),
        (([EVEN], None), "tape: only where it matters"),
        (([{**EVEN, "value": 1}], [ODD]), "the subject does something else"),
        (([EVEN], [{**ODD, "value": 0}]), "the subject does something else"),
        (([EVEN], []), "the subject does something else"),
        (([EVEN], [{**EVEN, "value": 1}]), "one tape cannot give both runs"),
        (([{**EVEN, "value": 2}], [ODD]), "no such option"),
        (([{**EVEN, "of": 0}], [ODD]), "no such option"),
        (([{**EVEN, "of": 10**9}], [ODD]), "too many options"),
        (([{**EVEN, "of": "2"}], [ODD]), "tape"),
        (([{"of": 2}], [ODD]), "tape"),
    ],
)
def test_falsified_draws_are_refused(tapes, complaint, folder, monkeypatch):
    certificate = taped(monkeypatch)
    for key in ("witness", "worst"):
        for run, tape in zip(certificate["claims"][0][key]["runs"], tapes, strict=True):
            run["tape"] = tape
            if tape is None:
                del run["tape"]
    (report,) = checked(certificate, folder)
    assert (report["status"], complaint in report["reasons"][0]) == ("REJECTED", True), report


def test_a_table_of_tapes_is_counted_again(folder, monkeypatch):
    certificate = taped(monkeypatch)
    certificate["claims"][0]["table"]["rows"][0]["violations"] = 2
    (report,) = checked(certificate, folder)
    assert (report["status"], report["reasons"][0][:11]) == ("REJECTED", "table.rows ")


def test_tapes_without_scripted_draws_are_refused(folder, monkeypatch):
    certificate = taped(monkeypatch)
    del certificate["subject"]["random"]
    (report,) = checked(certificate, folder)
    assert "only where draws are scripted" in report["reasons"][0]


@pytest.mark.parametrize("engine", ["search", "sampling"])
def test_no_part_of_the_cases_decides_about_tapes(engine, folder, monkeypatch):
    certificate = taped(monkeypatch)
    certificate["claims"][0].update(engine=engine, table=None)
    (report,) = checked(certificate, folder)
    assert report["status"] == "REJECTED"
