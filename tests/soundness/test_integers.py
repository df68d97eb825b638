"""Proofs for integers against loops over the whole box: on 0..4 there is nothing that the loops could miss.

So a proof is right exactly if the loops find no violation, and the checker has to repeat it. A proof that needs
integers must not pass for one about reals, whatever else of a certificate is altered.
"""

from __future__ import annotations

import hashlib
import importlib.util
import json
from collections import Counter
from fractions import Fraction
from itertools import product
from pathlib import Path
from random import Random

import pytest
from in_process import in_this_process

from verifier import checker
from verifier.audit import ENGINES, audit
from verifier.certificate import seal
from verifier.properties import PROPERTIES
from verifier.spec import parse_spec

_SPEC = importlib.util.spec_from_file_location(
    "differential", Path(__file__).with_name("test_symbolic_differential.py")
)
differential = importlib.util.module_from_spec(_SPEC)
_SPEC.loader.exec_module(differential)
programs = differential.programs

BOX = range(5)
PROFILES = list(product(BOX, BOX))
BLOCKS, EACH = 8, 40  # 320 programs with all properties each
SHIFTS = ("-3", "-1", "0", "0", "1", "2", "F(1, 2)", "F(-3, 2)", "F(5, 3)")


class _Writer:
    """Programs for two bidders that integers and fractions go through on different ways."""

    def __init__(self, seed):
        self.random = Random(seed)

    def pick(self, *options):
        return self.random.choice(options)

    def form(self, depth=1):
        """A linear form that is seldom whole, or an extreme of two."""
        if depth and self.random.randrange(4) == 0:
            return f"{self.pick('max', 'min')}({self.form(0)}, {self.form(0)})"
        first, second = self.pick("1", "2", "3", "F(1, 2)"), self.pick("-1", "-2", "-3", "0", "1", "F(-1, 3)")
        return f"({first} * b[0] + {second} * b[1] + {self.pick(*SHIFTS)})"

    def condition(self):
        return f"{self.form()} {self.pick('<', '<=', '>', '>=', '==', '!=')} {self.pick('0', '0', self.form())}"

    def price(self):
        step = self.pick("0", "0", "1", "1", "F(1, 2)", "F(1, 3)")
        return self.pick(
            f"b[1 - w] + {step}", f"b[1 - w] + {step}", "b[w]", f"min(b[w], b[1 - w] + {step})", self.form()
        )

    def rule(self):
        """Who wins, at which price."""
        step = self.pick("0", "1", "1", "F(1, 2)", "F(3, 2)", "2")
        first, second = self.pick("01", "10")
        kind = self.random.randrange(4)
        if kind < 2:  # the challenger has to outbid the incumbent by a step
            relation = self.pick(">", ">=")
            yield f"    if b[{first}] {relation} b[{second}] + {step}:"
            yield from (f"        w, p = {first}, b[{second}] + {self.pick(step, step, '1', '0')}", "    else:")
            yield f"        w, p = {second}, max(0, b[{first}] - {self.pick(step, step, '0', '1')})"
            if self.pick(True, False):
                yield from (f"    if {self.condition()}:", f"        p = {self.pick('p', self.form(0))}")
        elif kind == 2:  # a clock
            yield from ("    p, w = 0, 0", f"    while min(b) {self.pick('>', '>=')} p + {self.pick('1', '1', step)}:")
            yield from ("        p = p + 1", "        if p > 6:", "            break")
            yield f"    w = {self.pick('b.index(max(b))', 'int(b[1] > p)', 'int(b[0] <= p)')}"
        else:
            yield from (
                f"    if {self.condition()}:",
                "        w = 0",
                "    else:",
                f"        w = {self.pick('1', '0')}",
            )
            yield f"    if {self.condition()}:"
            yield f"        w = {self.pick('sorted((0, 1), key=lambda i: 2 * b[i] + i)[-1]', '1', '0')}"
            yield f"    p = {self.price()}"

    def source(self):
        lines = ["from fractions import Fraction as F", "", "", "def run(b):", *self.rule()]
        return "\n".join([*lines, "    return [int(i == w) for i in (0, 1)], [p if i == w else 0 for i in (0, 1)]", ""])


def program(seed):
    """One that is written for integers, or one of those for reals."""
    if seed % 4:
        return programs.Program(_Writer(seed).source(), 2, False, 4)
    found = (programs.program(1000 * seed + more) for more in range(100))
    return next(one for one in found if one.agents == 2)


def certified(folder, source, run, names, *, randomised=False, **domain):
    """The certificate of symbolic claims about a function, with its source in a file of its own."""
    settings = {"kind": "single-item", "agents": 2, "values": "0..4", "upper": 4, "amounts": "integers", **domain}
    table = {
        "title": "under test",
        "subject": {"call": "subject:run", "returns": {"randomised": randomised}},
        "domain": {key: value for key, value in settings.items() if value is not None},
        "claim": [{"property": name, "engine": "symbolic", "expect": "PROVED"} for name in names],
    }
    spec = parse_spec(table, name="case", properties=PROPERTIES, engines=ENGINES)
    *_, last = audit(spec, target=run)
    (folder / "subject.py").write_text(source)
    certificate = json.loads(json.dumps(last.certificate))
    certificate["subject"]["source"] = {"subject.py": hashlib.sha256(source.encode()).hexdigest()}
    return sealed(certificate)


def sealed(certificate):
    return seal({key: value for key, value in certificate.items() if key not in ("format", "version", "sha256")})


def checked(folder, certificate):
    return checker.check(certificate, [str(folder)], fresh=in_this_process)


def whole_witness(witness):
    """Every report of a witness, as it is written."""
    for run in witness["runs"]:
        for report in run["bids"]:
            for amount in report:
                assert amount.isdecimal(), witness
                assert int(amount) in BOX, witness


def margin_of(auction, name, witness):
    """The margin of a witness, from its reports alone."""
    runs = [tuple(int(amount) for (amount,) in run["bids"]) for run in witness["runs"]]
    more = tuple(witness["agents"])
    if len(runs) == 2 and name != "anonymous":
        more += tuple(runs[1][i] for i in witness["agents"])
    elif name == "efficient":
        given = [Fraction(share) for share in witness["alternative"]]
        more = (given.index(1) if 1 in given else None,)
    assert runs[-1] == differential.second_run(name, runs[0], more)
    assert differential.fits(auction, name, runs[0], more)
    return differential.MARGINS[name](auction, runs[0], *more)


def examine(seed, folder):
    """All properties of one program; counts of what was said, and of proofs that the reals do not allow."""
    made = program(seed)
    auction, counts = differential.Auction(made), Counter()
    names = list(differential.MARGINS)
    certificate = certified(folder, made.source, made.run(), names, randomised=made.randomised)
    reports = checked(folder, certificate)
    for name, claim, report in zip(names, certificate["claims"], reports, strict=True):
        verdict, where = claim["verdict"], (seed, name, claim["reason"], report, made.source)
        counts[verdict] += 1
        assert report["status"] == "CONFIRMED", where
        broken = differential.violated(auction, name, PROFILES, BOX)
        if verdict == "PROVED":
            assert broken is None, where
        elif verdict == "REFUTED":
            assert broken is not None, where
            assert claim["regret"] is None
            whole_witness(claim["witness"])
            margin = margin_of(auction, name, claim["witness"])
            assert margin < 0, where
            assert name == "feasible" or margin == Fraction(claim["witness"]["margin"]), where
        elif verdict == "ERROR":
            assert "feasible" in claim["reason"] or "given as float" in claim["reason"], where
        else:
            counts["unreached"] += certificate["exploration"]["unreached"] > 0
    return counts, certificate


@pytest.fixture(autouse=True)
def _fewer_probes(monkeypatch):
    monkeypatch.setattr(checker, "MOST_PROBES", 20)
    monkeypatch.setattr(checker, "MIXTURES", 4)


@pytest.mark.parametrize("block", range(BLOCKS))
def test_proofs_for_integers_and_the_whole_box_agree(block, tmp_path):
    total = Counter()
    for seed in range(block * EACH, (block + 1) * EACH):
        counts, _ = examine(seed, tmp_path)
        total += counts
    assert total["PROVED"] > EACH
    assert total["REFUTED"] > EACH
    assert total["UNKNOWN"] < EACH, total


def test_a_path_of_fractions_that_leads_nowhere_is_undecided(tmp_path):
    counts, certificate = examine(1167, tmp_path)
    said = "after 8 paths: a path that only fractional bids would take has no way on"
    open_ones = [claim for claim in certificate["claims"] if claim["verdict"] == "UNKNOWN"]
    assert len(open_ones) == counts["UNKNOWN"] > 0
    assert counts["PROVED"] == 0  # what is refuted is refuted by whole bids all the same
    assert all(claim["reason"].startswith(said) for claim in open_ones)


@pytest.mark.parametrize("seed", range(20))
def test_an_altered_proof_for_integers_is_refused_unless_reals_allow_it(seed, tmp_path):
    """The same lemmas for reals: confirmed only if a proof of its own is found for them."""
    made = program(seed)
    names = list(differential.MARGINS)
    certificate = certified(tmp_path, made.source, made.run(), names, randomised=made.randomised)
    real = certified(tmp_path, made.source, made.run(), names, randomised=made.randomised, amounts="reals")
    true_for_reals = {claim["id"] for claim in real["claims"] if claim["verdict"] == "PROVED"}
    proofs = [claim for claim in certificate["claims"] if claim["verdict"] == "PROVED"]
    assert proofs
    altered = {**certificate, "domain": {**certificate["domain"], "amounts": "reals"}, "claims": proofs}
    accepted = {report["claim"] for report in checked(tmp_path, sealed(altered)) if report["status"] == "CONFIRMED"}
    assert accepted <= true_for_reals, (seed, made.source)


OUTBID = """
def run(b):
    if b[1] > b[0]:
        return [0, 1], [0, b[0] + 1]
    return [1, 0], [b[1], 0]
"""


def defined(source):
    namespace = {}
    exec(compile(source, "<program>", "exec"), namespace)
    return namespace["run"]


@pytest.fixture
def outbidding(tmp_path):
    """A proof that needs integers, of claims that are all false for reals."""
    certificate = certified(tmp_path, OUTBID, defined(OUTBID), ["dsic", "ex-post-ir", "envy-free", "critical-payment"])
    assert {claim["verdict"] for claim in certificate["claims"]} == {"PROVED"}
    assert {report["status"] for report in checked(tmp_path, certificate)} == {"CONFIRMED"}
    return certificate


def test_none_of_it_passes_for_reals(outbidding, tmp_path):
    for upper in ("4", "9", None):
        domain = {**outbidding["domain"], "amounts": "reals", "upper": upper}
        reports = checked(tmp_path, sealed({**outbidding, "domain": domain}))
        assert {report["status"] for report in reports} == {"REJECTED"}


def test_a_proof_for_a_box_passes_for_no_larger_one(outbidding, tmp_path):
    """It would hold there too, but its lemmas may lean on the end of the box; smaller is what it never is either."""
    for upper, statuses in (("3", {"REJECTED"}), ("4", {"CONFIRMED"})):
        reports = checked(tmp_path, sealed({**outbidding, "domain": {**outbidding["domain"], "upper": upper}}))
        assert {report["status"] for report in reports} == statuses  # 3: the grid goes up to 4


def test_a_grid_with_fractions_has_no_integers(outbidding, tmp_path):
    domain = {**outbidding["domain"], "types": [[["0"], ["1/2"]], [["0"], ["1"]]]}
    method = {**outbidding["method"], "profiles": 4, "evaluated": 4}
    reports = checked(tmp_path, sealed({**outbidding, "domain": domain, "method": method}))
    assert {*map(tuple, (report["reasons"] for report in reports))} == {("domain.types has a value that is not whole",)}


@pytest.mark.parametrize(
    ("price", "truthful"),
    [
        ("b[0] + F(1, 2)", True),  # any price between the two bids at which the second wins and loses
        ("b[0]", True),
        ("b[0] + 2", False),
        ("b[0] + F(4, 3)", False),
        ("b[0] - F(1, 3)", False),
        ("b[1]", False),
    ],
)
def test_a_price_that_lies_are_good_for_is_not_confirmed(outbidding, tmp_path, price, truthful):
    source = "from fractions import Fraction as F\n" + OUTBID.replace("b[0] + 1", price)
    (tmp_path / "subject.py").write_text(source)
    subject = {**outbidding["subject"], "source": {"subject.py": hashlib.sha256(source.encode()).hexdigest()}}
    (claim,) = [claim for claim in outbidding["claims"] if claim["id"] == "dsic"]
    auction = differential.Auction(programs.Program(source, 2, False, 4))
    assert (differential.violated(auction, "dsic", PROFILES, BOX) is None) == truthful
    same = sealed({**outbidding, "subject": subject, "claims": [claim]})
    anew = certified(tmp_path, source, defined(source), ["dsic"])
    assert [checked(tmp_path, one)[0]["status"] for one in (same, anew)] == ["REJECTED", "CONFIRMED"]
    assert anew["claims"][0]["verdict"] == ("PROVED" if truthful else "REFUTED")


CLOCK = """
def run(b):
    active, p = [0, 1, 2], 0
    while len(active) > 1:
        staying = [i for i in active if b[i] RELATION p + 1]
        if not staying:
            break
        active = staying
        if len(active) > 1:
            p = p + 1
    return [int(i == active[0]) for i in (0, 1, 2)], [p + EXTRA if i == active[0] else 0 for i in (0, 1, 2)]
"""


@pytest.mark.parametrize("relation", [">=", ">", "=="])
@pytest.mark.parametrize("extra", ["0", "1", "(b[0] > 0)", "min(b)"])
def test_clocks_for_three_bidders_and_the_whole_box_agree(relation, extra, tmp_path):
    source = CLOCK.replace("RELATION", relation).replace("EXTRA", extra)
    box = range(3)
    made = programs.Program(source, 3, False, 2)
    auction = differential.Auction(made)
    names = list(differential.MARGINS)
    certificate = certified(tmp_path, source, made.run(), names, agents=3, values="0..2", upper=2)
    assert {report["status"] for report in checked(tmp_path, certificate)} == {"CONFIRMED"}
    for name, claim in zip(names, certificate["claims"], strict=True):
        broken = differential.violated(auction, name, list(product(box, repeat=3)), box)
        if claim["verdict"] == "UNKNOWN":  # three bidders that are all at 0 or 1 have a tie, which no lemma can say
            assert (name, relation, broken) == ("anonymous", ">", None)
        else:
            assert claim["verdict"] == ("PROVED" if broken is None else "REFUTED"), (name, broken, source)
