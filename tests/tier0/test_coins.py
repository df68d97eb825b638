"""Scripted randomness: exact lotteries out of every way in which the draws of a mechanism can come out."""

from __future__ import annotations

import importlib.util
import math
import random
import sys
from collections import Counter
from dataclasses import replace
from fractions import Fraction
from itertools import permutations
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest

from verifier.adapters.coins import Script, Unscripted, every_branch
from verifier.adapters.faults import ProtocolFault
from verifier.adapters.injection import Coins
from verifier.adapters.limits import Isolation
from verifier.adapters.scripted import ScriptedRandom
from verifier.adapters.scripted_numpy import ScriptedGenerator, ScriptedRandomState
from verifier.adapters.subject import Subject, load
from verifier.audit import ENGINES, audit
from verifier.chance import Chance, Flip, flip_from_json
from verifier.commands.replay import observed_again
from verifier.errors import SpecError, SubjectError
from verifier.evidence import Witness
from verifier.library import certify
from verifier.properties import PROPERTIES
from verifier.reporting import reading
from verifier.reporting.coverage import not_covered
from verifier.reporting.worked import work
from verifier.resources import specs_dir
from verifier.spec import load_spec, subject_from_json

HALF = Fraction(1, 2)


def law(draw, make=ScriptedRandom, most=5_000):
    """The distribution of what `draw` makes of a scripted source."""
    found = Counter()
    for _, chance, result in every_branch(lambda script: draw(make(script)), most):
        found[result] += chance
    assert sum(found.values()) == 1
    return dict(found)


def even(results):
    results = list(results)
    return dict.fromkeys(results, Fraction(1, len(results)))


def shuffled(rng, items="abc"):
    order = list(items)
    rng.shuffle(order)
    return "".join(order)


@pytest.mark.parametrize(
    ("draw", "expected"),
    [
        (shuffled, even(map("".join, permutations("abc")))),
        (lambda rng: tuple(rng.sample("abc", 2)), even(permutations("abc", 2))),
        (lambda rng: rng.sample("ab", 1, counts=[2, 1])[0], {"a": Fraction(2, 3), "b": Fraction(1, 3)}),
        (lambda rng: rng.randrange(3), even(range(3))),
        (lambda rng: rng.randrange(1, 9, 3), even((1, 4, 7))),
        (lambda rng: rng.randint(-1, 1), even((-1, 0, 1))),
        (lambda rng: rng.choice("abcd"), even("abcd")),
        (lambda rng: rng.getrandbits(3), even(range(8))),
        (lambda rng: rng.randbytes(1), even(bytes([k]) for k in range(256))),
        (lambda rng: "".join(rng.choices("ab", k=2)), even(("aa", "ab", "ba", "bb"))),
        (lambda rng: rng.choices("abc", [1, 0, 3])[0], {"a": Fraction(1, 4), "c": Fraction(3, 4)}),
        (lambda rng: rng.choices("ab", cum_weights=[1, 3])[0], {"a": Fraction(1, 3), "b": Fraction(2, 3)}),
        (lambda rng: rng.choices("ab", [0, 0.5])[0], {"b": 1}),
        (lambda rng: rng.choices("ab", [0.25, 0.25])[0], even("ab")),
        (lambda rng: rng._randbelow(1), {0: 1}),
        (lambda rng: rng._randbelow(2), even(range(2))),
    ],
)
def test_every_draw_of_a_random_is_exact(draw, expected):
    assert law(draw) == expected


@pytest.mark.parametrize(
    ("draw", "expected"),
    [
        (lambda rng: int(rng.integers(3)), even(range(3))),
        (lambda rng: int(rng.integers(1, 2, endpoint=True)), even((1, 2))),
        (lambda rng: tuple(map(int, rng.integers(2, size=2))), even(((0, 0), (0, 1), (1, 0), (1, 1)))),
        (lambda rng: tuple(map(int, rng.integers(2, size=(1, 1)).ravel())), even(((0,), (1,)))),
        (lambda rng: tuple(map(int, rng.permutation(3))), even(permutations(range(3)))),
        (lambda rng: "".join(rng.permutation(["a", "b"])), even(("ab", "ba"))),
        (shuffled, even(map("".join, permutations("abc")))),
        (lambda rng: rng.choice(2), even(range(2))),
        (lambda rng: str(rng.choice(["a", "b"], p=[0.25, 0.75])), {"a": Fraction(1, 4), "b": Fraction(3, 4)}),
        (lambda rng: tuple(map(int, rng.choice(3, 2, replace=False))), even(permutations(range(3), 2))),
        (lambda rng: tuple(map(int, rng.choice(2, (1, 2)).ravel())), even(((0, 0), (0, 1), (1, 0), (1, 1)))),
    ],
)
def test_every_draw_of_a_generator_is_exact(draw, expected):
    assert law(draw, ScriptedGenerator) == expected


def test_draws_have_the_types_of_numpys():
    script = Script()
    new, old = ScriptedGenerator(script), ScriptedRandomState(script)
    real, legacy = np.random.default_rng(0), np.random.RandomState(0)
    for draw in (
        lambda rng: rng.choice(3),
        lambda rng: rng.choice([1, 2]),
        lambda rng: rng.permutation(3),
        lambda rng: rng.choice(3, size=2),
        lambda rng: rng.choice([(1, 2), (3, 4)]) if hasattr(rng, "integers") else 0,
        lambda rng: rng.integers(3) if hasattr(rng, "integers") else rng.randint(3),
        lambda rng: rng.integers(3, dtype=np.int8) if hasattr(rng, "integers") else rng.randint(3, dtype=np.int8),
    ):
        for one, two in ((new, real), (old, legacy)):
            assert type(draw(one)) is type(draw(two))
            assert getattr(draw(one), "dtype", None) == getattr(draw(two), "dtype", None)


def test_an_array_is_shuffled_along_its_first_axis():
    def draw(rng):
        grid = np.array([[1, 2], [3, 4]])
        rng.shuffle(grid)
        return tuple(map(int, grid.ravel()))

    assert law(draw, ScriptedRandomState) == even(((1, 2, 3, 4), (3, 4, 1, 2)))


@pytest.mark.parametrize(
    ("draw", "complaint"),
    [
        (lambda rng: rng.random(), "a continuum"),
        (lambda rng: rng.uniform(0, 1), "a continuum"),
        (lambda rng: rng.gauss(0, 1), "a continuum"),
        (lambda rng: rng.seed(3), "it seeds its source"),
        (lambda rng: rng.getstate(), "copies the state"),
        (lambda rng: rng.setstate(()), "sets the state"),
        (lambda rng: rng.randrange(10_000), "one draw has 10,000 outcomes"),
        (lambda rng: rng.getrandbits(10**6), "at least 2^10000 outcomes"),
        (lambda rng: [rng.randrange(2) for _ in range(13)], "more than 5,000 ways"),
    ],
)
def test_what_cannot_be_enumerated_is_refused(draw, complaint):
    with pytest.raises(Unscripted, match="sampled") as caught:
        law(lambda rng: str(draw(rng)))
    assert complaint in str(caught.value)


@pytest.mark.parametrize(
    "draw",
    [
        lambda rng: rng.random(),
        lambda rng: rng.normal(size=3),
        lambda rng: rng.shuffle({}),
        lambda rng: rng.shuffle([1], axis=1),
        lambda rng: rng.permutation([1], axis=1),
        lambda rng: rng.choice([1, 2], 2, False, [0.5, 0.5]),
    ],
)
def test_what_a_generator_cannot_enumerate_is_refused(draw):
    with pytest.raises(Unscripted):
        law(draw, ScriptedGenerator)


@pytest.mark.parametrize(
    ("draw", "error"),
    [
        (lambda rng: rng.choice([]), IndexError),
        (lambda rng: rng.randrange(0), ValueError),
        (lambda rng: rng.getrandbits(-1), ValueError),
        (lambda rng: rng.choices("ab", [1], k=1), ValueError),
        (lambda rng: rng.choices("ab", [1, 2], cum_weights=[1, 2]), TypeError),
        (lambda rng: rng.choices("ab", [0, 0]), ValueError),
        (lambda rng: rng.sample({1, 2}, 1), TypeError),
        (lambda rng: rng.sample("ab", 3), ValueError),
    ],
)
def test_a_wrong_draw_is_the_error_that_it_is_in_the_library(draw, error):
    with pytest.raises(error):
        law(draw)
    with pytest.raises((error, AttributeError)):
        draw(random.Random(0))


@pytest.mark.parametrize(
    ("draw", "error"),
    [
        (lambda rng: rng.integers(0), ValueError),
        (lambda rng: rng.choice([]), ValueError),
        (lambda rng: rng.choice(2, p=[1]), ValueError),
        (lambda rng: rng.choice(2, 3, replace=False), ValueError),
        (lambda rng: rng.randint(2), AttributeError),
    ],
)
def test_a_wrong_draw_is_the_error_that_it_is_in_numpy(draw, error):
    with pytest.raises(error):
        law(draw, ScriptedGenerator)
    with pytest.raises(error):
        draw(np.random.default_rng(0))


@pytest.mark.parametrize("weights", [[2, -1], ["x", 1]])
def test_weights_are_numbers_of_at_least_zero(weights):
    with pytest.raises(ValueError, match="weight"):
        law(lambda rng: rng.choices("ab", weights))


def test_a_refusal_that_the_mechanism_swallows_stands():
    def swallow(rng):
        try:
            return rng.random()
        except Exception:
            return 0

    def turn_into_another(rng):
        try:
            return rng.random()
        except Exception as error:
            raise KeyError from error

    for draw in (swallow, turn_into_another):
        with pytest.raises(Unscripted):
            law(draw)


def test_a_mechanism_that_draws_otherwise_after_equal_draws_is_refused():
    ranges, counts = iter((2, 3)), iter((1, 0, 0))
    with pytest.raises(Unscripted, match="otherwise"):
        law(lambda rng: rng.randrange(next(ranges)))
    with pytest.raises(Unscripted, match="otherwise"):
        law(lambda rng: [rng.randrange(2) for _ in range(next(counts))] and 0)


def test_an_interruption_is_never_taken_for_a_refusal():
    def interrupted(script):
        script.refuse("no")
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        list(every_branch(interrupted))


def test_draws_that_depend_on_draws_have_the_chance_of_their_path():
    assert law(lambda rng: rng.randrange(3) if rng.randrange(2) else 9) == {
        9: HALF,
        **dict.fromkeys(range(3), Fraction(1, 6)),
    }
    flips = [flips for flips, _, _ in every_branch(lambda script: script.weighted([1, 0, 3]))]
    chances = (Fraction(1, 4), Fraction(0), Fraction(3, 4))
    assert flips == [(Flip(chances, 0),), (Flip(chances, 2),)]


_SPEC = importlib.util.spec_from_file_location("drawing_samples", Path(__file__).with_name("drawing.py"))
samples = importlib.util.module_from_spec(_SPEC)
_SPEC.loader.exec_module(samples)
ARGUMENT, DRAWING, SOURCE, spec_of = samples.ARGUMENT, samples.DRAWING, samples.SOURCE, samples.spec_of


@pytest.fixture(scope="module", autouse=True)
def folder(tmp_path_factory):
    made = tmp_path_factory.mktemp("drawing")
    (made / "drawing.py").write_text(SOURCE)
    sys.path.append(str(made))
    yield made
    sys.path.remove(str(made))
    sys.modules.pop("drawing", None)


@pytest.mark.parametrize("subject", DRAWING.values(), ids=DRAWING)
def test_a_posted_price_in_random_order_is_an_exact_lottery(subject, monkeypatch):
    monkeypatch.setattr("verifier.engines.exhaustive.session.HASH_SEEDS", ())
    spec = spec_of(subject)
    outcome = load(spec.subject, spec.domain).observe(((2,), (2,)))
    assert {draw.shares: draw.probability for draw in outcome.draws} == {(1, 0): HALF, (0, 1): HALF}
    assert all(draw.payments == tuple(2 * share for share in draw.shares) for draw in outcome.draws)
    *_, last = audit(spec)
    verdicts = [claim["verdict"] for claim in last.certificate["claims"]]
    assert verdicts == ["EXHAUSTED", "REFUTED", "EXHAUSTED"]
    again = subject_from_json(last.certificate["subject"])
    assert (again.chance, again.calling) == (spec.subject.chance, spec.subject.calling)


def test_a_module_has_its_own_functions_after_the_run():
    spec = spec_of(DRAWING["module"])
    real = random.shuffle
    subject = load(spec.subject, spec.domain)
    subject.observe(((2,), (2,)))
    assert random.shuffle is real is sys.modules["drawing"].mix


def test_a_stand_in_that_is_kept_asks_the_real_function():
    import types

    coins = Coins(Chance("module", None, "random"))
    keeping = types.ModuleType("keeping")
    keeping.choice, sys.modules["keeping"] = random.choice, keeping
    try:
        coins.branches(lambda drawn: setattr(keeping, "stand_in", keeping.choice))
    finally:
        del sys.modules["keeping"]
    assert keeping.choice is random.choice is not keeping.stand_in
    assert keeping.stand_in([7]) == 7


@pytest.mark.parametrize("call", ["threshold", "by_seeded_default"])
def test_a_draw_that_is_not_enumerated_is_an_error_that_says_so(call, monkeypatch):
    monkeypatch.setattr("verifier.engines.exhaustive.session.HASH_SEEDS", ())
    chance = ARGUMENT if call == "threshold" else {"how": "module", "kind": "numpy-generator"}
    *_, last = audit(spec_of({"call": f"drawing:{call}", "random": chance}))
    assert all(claim["verdict"] == "ERROR" for claim in last.certificate["claims"])
    assert "how many are to be sampled" in last.certificate["claims"][0]["reason"]


def test_branches_add_up_to_one_and_exist_only_where_something_is_drawn():
    spec = spec_of(DRAWING["argument"])
    found = load(spec.subject, spec.domain).branches(((2,), (2,)))
    assert [branch.flips for branch in found] == [(Flip(2, 0),), (Flip(2, 1),)]
    assert math.fsum(branch.probability for branch in found) == 1
    sure = spec_of({"call": "drawing:borrowed"})
    with pytest.raises(SubjectError, match=r"no table \[subject.random\]"):
        load(sure.subject, sure.domain).branches(((2,), (2,)))


def test_a_parameter_that_the_mechanism_does_not_have_is_refused():
    with pytest.raises(SubjectError, match=r"no parameter 'gen' that \[subject.random\] could set"):
        list(audit(spec_of({"call": "drawing:given", "random": {**ARGUMENT, "parameter": "gen"}})))


@pytest.mark.parametrize(
    ("chance", "more", "complaint"),
    [
        ("coins", {}, "random must be a table"),
        ({"how": "magic"}, {}, "how must be one of"),
        ({"how": "argument"}, {}, 'needs the name of the parameter; add parameter = "rng"'),
        ({"how": "module", "parameter": "rng"}, {}, "a module has none"),
        ({"how": "argument", "parameter": "r n g"}, {}, "must be the name of a parameter"),
        ({**ARGUMENT, "kind": "nump"}, {}, "unknown kind 'nump'"),
        ({**ARGUMENT, "seed": 1}, {}, "unknown key 'seed'"),
        ({**ARGUMENT, "seeds": [1]}, {}, "seeds go with"),
        ({"how": "seed", "parameter": "seed"}, {}, "list at least one seed"),
        ({"how": "seed", "parameter": "seed", "seeds": [1, 1]}, {}, "each once"),
        ({"how": "seed", "parameter": "seed", "seeds": [-1]}, {}, "whole numbers of at least 0"),
        ({"how": "seed", "parameter": "seed", "seeds": [1], "kind": "random"}, {}, "kind is about sources"),
        (ARGUMENT, {"returns": {"randomised": True}}, "leave out randomised"),
        (ARGUMENT, {"call": "exec:node run.js"}, "cannot be scripted"),
        (ARGUMENT, {"create": True}, "add fresh = true"),
        (ARGUMENT, {"arguments": {"rng": 3}}, "set by arguments too"),
    ],
)
def test_a_source_that_contradicts_itself_is_refused(chance, more, complaint):
    with pytest.raises(SpecError) as caught:
        spec_of({"call": "drawing:given", "random": chance, **more})
    assert complaint in str(caught.value)


def test_what_draws_is_not_proved_about():
    with pytest.raises(SpecError, match="not run on symbols"):
        spec_of(DRAWING["argument"], "dsic", engine="symbolic")


RANDOMISED = sorted((specs_dir() / "claims").glob("randomised-*.toml"))


@pytest.mark.parametrize("path", RANDOMISED, ids=lambda path: path.stem)
def test_theory_is_met_in_expectation_and_under_every_tape(path, monkeypatch):
    monkeypatch.setattr("verifier.engines.exhaustive.session.HASH_SEEDS", ())
    *_, last = audit(load_spec(path, properties=PROPERTIES, engines=ENGINES))
    assert all(claim["met"] for claim in last.certificate["claims"])
    named = {claim["property"] for claim in last.certificate["claims"]}
    assert named >= {"dsic" if "sampled" in last.certificate["subject"]["random"] else "universally-truthful"}


def judged(call, domain, monkeypatch, *names, **chance):
    monkeypatch.setattr("verifier.engines.exhaustive.session.HASH_SEEDS", ())
    *_, last = audit(spec_of({"call": f"drawing:{call}", "random": chance or ARGUMENT}, *names, domain=domain))
    return {claim["property"]: claim for claim in last.certificate["claims"]}


ONE = {"kind": "single-item", "agents": ["ann"], "values": "0..1"}


def test_draws_over_other_ranges_do_not_go_together(monkeypatch):
    found = judged("apart", ONE, monkeypatch, "dsic", "universally-truthful")
    assert [claim["verdict"] for claim in found.values()] == ["EXHAUSTED", "REFUTED"]
    truth, lie = found["universally-truthful"]["witness"]["runs"]
    assert (truth["tape"], lie["tape"]) == ([{"of": 2, "value": 0}], [{"of": ["3/4", "1/4"], "value": 1}])


def test_a_further_draw_of_the_truth_goes_with_the_same_first_draw_of_the_lie(monkeypatch):
    found = judged("deeper", ONE, monkeypatch, "dsic", "universally-truthful")
    assert [claim["verdict"] for claim in found.values()] == ["EXHAUSTED", "EXHAUSTED"]


@pytest.mark.parametrize(("name", "said"), [("argument", "every way in which its draws"), ("seeds", "listed seeds")])
def test_a_report_says_what_was_tried_of_the_draws(name, said, monkeypatch):
    monkeypatch.setattr("verifier.engines.exhaustive.session.HASH_SEEDS", ())
    *_, last = audit(spec_of(DRAWING[name], "dsic"))
    assert said in " ".join(not_covered(reading.read(last.certificate)))


def test_a_worked_witness_names_the_draws(monkeypatch):
    claim = judged("apart", ONE, monkeypatch, "universally-truthful")["universally-truthful"]
    domain = spec_of(DRAWING["argument"], domain=ONE).domain
    witness = Witness.from_json(claim["witness"])
    assert [run.heading.partition(" (")[2] for run in work("universally-truthful", domain, witness).runs] == [
        "its draws come out as option 1 of 2)",
        "its draws come out as option 2 of 2)",
    ]
    silent = replace(witness, runs=tuple(replace(run, tape=()) for run in witness.runs))
    assert work("universally-truthful", domain, silent).runs[0].heading.endswith("(it draws nothing)")


def test_a_witness_is_replayed_under_its_draws(monkeypatch):
    claim = judged("apart", ONE, monkeypatch, "universally-truthful")["universally-truthful"]
    spec = spec_of(DRAWING["argument"] | {"call": "drawing:apart"}, domain=ONE)
    witness = Witness.from_json(claim["witness"])
    entry = SimpleNamespace(property="universally-truthful")
    assert observed_again(load(spec.subject, spec.domain), entry, witness) == witness


def test_the_witness_of_a_tape_is_the_worst_case_under_it(monkeypatch):
    claim = judged("apart", ONE, monkeypatch, "universally-truthful")["universally-truthful"]
    assert (claim["witness"]["margin"], claim["table"]["rows"][0]["least_margin"]) == ("-1", "-1")
    assert claim["table"]["rows"][0] == {"agent": 0, "cases": 4, "violations": 1, "least_margin": "-1"}


def test_profiles_without_an_outcome_are_left_out_of_the_tapes(monkeypatch):
    claim = judged("broken_at_one", ONE, monkeypatch, "universally-truthful")["universally-truthful"]
    assert (claim["verdict"], claim["table"]["skipped"]) == ("ERROR", 3)


@pytest.mark.parametrize("reply", ["crash", "another"])
def test_a_refutation_that_does_not_happen_again_is_an_error(reply, monkeypatch):
    def under_tape(subject, profile, flips):
        if reply == "crash":
            raise ProtocolFault("crash", "gone")
        return subject.branches(profile)[-1].outcome

    monkeypatch.setattr(Subject, "under_tape", under_tape)
    claim = judged("apart", ONE, monkeypatch, "universally-truthful")["universally-truthful"]
    assert claim["verdict"] == "ERROR"


def test_a_subject_that_fails_only_when_its_tapes_are_read_is_an_error(monkeypatch):
    calls = iter(range(10_000))
    real = Subject.branches

    def branches(subject, profile, read=None):
        if read is None:
            raise ProtocolFault("crash", "gone")
        next(calls)
        return real(subject, profile, read)

    monkeypatch.setattr(Subject, "branches", branches)
    claim = judged("apart", ONE, monkeypatch, "universally-truthful")["universally-truthful"]
    assert (claim["verdict"], claim["table"]) == ("ERROR", None)


def test_a_run_can_be_repeated_under_its_draws():
    spec = spec_of(DRAWING["argument"])
    subject = load(spec.subject, spec.domain)
    assert subject.under_tape(((2,), (2,)), (Flip(2, 0),)).draws[0].shares == (0, 1)
    assert subject.under_tape(((2,), (2,)), (Flip(2, 1),)).draws[0].shares == (1, 0)
    for flips in ((), (Flip(2, 0), Flip(2, 0)), (Flip(3, 0),)):
        with pytest.raises(Unscripted, match="it draws"):
            subject.under_tape(((2,), (2,)), flips)
    sure = spec_of({"call": "drawing:borrowed"})
    with pytest.raises(SubjectError, match="nothing of it is scripted"):
        load(sure.subject, sure.domain).under_tape(((2,), (2,)), ())


def test_tapes_need_draws_the_grid_and_no_isolation():
    with pytest.raises(SpecError, match="declare them in"):
        spec_of({"call": "drawing:borrowed"}, "universally-truthful")
    with pytest.raises(SpecError, match='write engine = "exhaustive"'):
        spec_of(DRAWING["argument"], "universally-truthful", engine="search")
    with pytest.raises(SubjectError, match="do not come out of isolation"):
        list(audit(spec_of(DRAWING["argument"], "universally-truthful"), isolation=Isolation()))


@pytest.mark.parametrize("flip", [Flip(3, 2), Flip((Fraction(1, 4), Fraction(3, 4)), 1)])
def test_a_draw_goes_to_a_certificate_and_back(flip):
    assert flip_from_json(flip.to_json()) == flip


def test_all_that_means_something_for_a_subject_that_draws_is_claimed_unless_told(monkeypatch):
    monkeypatch.setattr("verifier.engines.exhaustive.session.HASH_SEEDS", ())
    certificate = certify("drawing:given", subject={"random": ARGUMENT}, **ONE)
    assert "universally-truthful" in {claim["property"] for claim in certificate["claims"]}
