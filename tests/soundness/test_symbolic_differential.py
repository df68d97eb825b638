"""The symbolic engine against loops over a grid, on random programs: neither may contradict the other.

What decides here is written from the definitions and computes in Fractions; nothing of the engines' properties is used.
Proofs are examined in three more ways: every profile of the grid lies on exactly one path with the outcome that the
path says, every lemma adds up, and every pair of paths of a proved property is put to z3 anew, without any lemma.
"""

from __future__ import annotations

from collections import Counter
from fractions import Fraction
from functools import cache
from itertools import combinations, permutations, product

import programs
import pytest
import z3
from in_process import drained

from verifier.adapters import Subject
from verifier.domains import parse_domain
from verifier.engines.exhaustive import ExhaustiveSession
from verifier.engines.symbolic import SymbolicSession
from verifier.engines.symbolic.explore import Exploration, explore
from verifier.engines.symbolic.oracle import Oracle, OracleFailed
from verifier.engines.symbolic.proving import Broken, prove
from verifier.evidence import Verdict
from verifier.properties import find_property
from verifier.returns import Returns
from verifier.spec import SubjectSpec

BLOCKS, EACH = 10, 30  # 300 programs with eleven properties each
SMALL = 14  # paths; squared, the pairs that are put to z3 one by one


class Auction:
    """A program run on numbers: expected amounts and payments at a profile, and whether the allocation is feasible."""

    def __init__(self, program):
        self.program, self.run, self.agents = program, program.run(), range(program.agents)
        self.at = cache(self._at)

    def draws(self, profile):
        result = self.run(list(profile))
        return result if self.program.randomised else [(1, result)]

    def _at(self, profile):
        draws = self.draws(profile)
        gets = [sum(Fraction(p) * shares[i] for p, (shares, _) in draws) for i in self.agents]
        pays = [sum(Fraction(p) * payments[i] for p, (_, payments) in draws) for i in self.agents]
        fits = all(set(shares) <= {0, 1} and sum(shares) <= 1 for _, (shares, _) in draws)
        return gets, pays, fits

    def utility(self, value, profile, agent):
        gets, pays, _ = self.at(profile)
        return value * gets[agent] - pays[agent]


def changed(profile, agent, report):
    return (*profile[:agent], report, *profile[agent + 1 :])


def exchanged(profile, i, j):
    return changed(changed(profile, i, profile[j]), j, profile[i])


def dsic(auction, profile, i, lie):
    return auction.utility(profile[i], profile, i) - auction.utility(profile[i], changed(profile, i, lie), i)


def monotone(auction, profile, i, lie):
    return (profile[i] - lie) * (auction.at(profile)[0][i] - auction.at(changed(profile, i, lie))[0][i])


def ex_post_ir(auction, profile, i):
    return auction.utility(profile[i], profile, i)


def no_positive_transfers(auction, profile, i):
    return auction.at(profile)[1][i]


def no_deficit(auction, profile):
    return sum(auction.at(profile)[1])


def efficient(auction, profile, other):
    """`other` would have the item; None: nobody."""
    welfare = sum(value * amount for value, amount in zip(profile, auction.at(profile)[0], strict=True))
    return welfare - (0 if other is None else profile[other])


def envy_free(auction, profile, i, j):
    gets, pays, _ = auction.at(profile)
    return (profile[i] * gets[i] - pays[i]) - (profile[i] * gets[j] - pays[j])


def anonymous(auction, profile, i, j):
    before, after = auction.at(profile), auction.at(exchanged(profile, i, j))
    place = {i: j, j: i}
    return -sum(abs(before[k][a] - after[k][place.get(a, a)]) for k in (0, 1) for a in auction.agents)


def feasible(auction, profile):
    return 0 if auction.at(profile)[2] else -1


def critical_payment(auction, profile, i, lie):
    (share, other), pays = [auction.at(seen)[0][i] for seen in (profile, changed(profile, i, lie))], auction.at(profile)
    price = pays[1][i]
    if share == 0:
        return -abs(price)
    if other == 0:
        return price - lie * share
    return min(lie * share - price, price) if share == other else -abs(share - other) * (profile[i] + lie)


def pairwise_strategyproof(auction, profile, i, j, *lies):
    together = changed(changed(profile, i, lies[0]), j, lies[1])
    return max(auction.utility(profile[k], profile, k) - auction.utility(profile[k], together, k) for k in (i, j))


MARGINS = {
    "dsic": dsic,
    "monotone": monotone,
    "ex-post-ir": ex_post_ir,
    "no-positive-transfers": no_positive_transfers,
    "no-deficit": no_deficit,
    "efficient": efficient,
    "envy-free": envy_free,
    "anonymous": anonymous,
    "feasible": feasible,
    "critical-payment": critical_payment,
    "pairwise-strategyproof": pairwise_strategyproof,
}
ONE_LIAR = ("dsic", "monotone", "critical-payment")


def cases(name, agents, profile, grid):
    """What beside the profile a case of the property names."""
    if name in ONE_LIAR:
        return list(product(agents, grid))
    if name == "pairwise-strategyproof":
        return [(*pair, *lies) for pair in combinations(agents, 2) for lies in product(grid, repeat=2)]
    if name in ("ex-post-ir", "no-positive-transfers"):
        return [(i,) for i in agents]
    if name == "efficient":
        return [(None,), *((i,) for i in agents)]
    if name == "envy-free":
        return list(permutations(agents, 2))
    if name == "anonymous":
        return list(combinations(agents, 2)) if len(set(profile)) == len(profile) else []
    return [()]


def second_run(name, profile, more):
    """The profile of the second run of a case; the first one again where it has one run."""
    if name in ONE_LIAR:
        return changed(profile, *more)
    if name == "pairwise-strategyproof":
        i, j, *lies = more
        return changed(changed(profile, i, lies[0]), j, lies[1])
    return exchanged(profile, *more) if name == "anonymous" else profile


def fits(auction, name, profile, more):
    """Whether the profiles that a case compares have feasible allocations; `feasible` itself looks at all."""
    if name == "feasible":
        return True
    return auction.at(profile)[2] and auction.at(second_run(name, profile, more))[2]


def violated(auction, name, profiles, grid):
    """The first case of the grid that breaks the property, None where there is none."""
    for profile in profiles:
        for more in cases(name, auction.agents, profile, grid):
            if fits(auction, name, profile, more) and MARGINS[name](auction, profile, *more) < 0:
                return profile, more
    return None


def subject_of(program):
    spec = SubjectSpec("programs:run", returns=Returns(randomised=program.randomised))
    return Subject(spec, parse_domain(program.domain()), program.run())


def witnessed(auction, name, witness, upper):
    """The margin of a witness, from the reports alone."""
    profiles = [tuple(report for (report,) in run.reports) for run in witness.runs]
    assert all(amount >= 0 and (upper is None or amount <= upper) for profile in profiles for amount in profile)
    profile, more = profiles[0], witness.agents
    if name in (*ONE_LIAR, "pairwise-strategyproof"):
        more = (*more, *(profiles[1][i] for i in more))
    elif name == "anonymous":
        assert len(set(profile)) == len(profile)
    elif name == "efficient":
        assert sum(witness.alternative) <= 1
        more = (witness.alternative.index(1) if 1 in witness.alternative else None,)
    assert profiles[-1] == second_run(name, profile, more)
    assert fits(auction, name, profile, more)
    return MARGINS[name](auction, profile, *more)


def assert_one_path_each(auction, paths, profiles):
    """Every profile takes one path, and there the path's outcome is what the program does."""
    for profile in profiles:
        point = dict(enumerate(profile))
        (path,) = [path for path in paths if all(fact.holds_at(point) for fact in path.atoms)]
        gets, pays, _ = auction.at(profile)
        assert [amount for (amount,) in path.consumptions] == gets
        assert [valued(form, profile) for form in path.payments] == pays


def valued(form, values):
    terms, constant = form
    return constant + sum(coefficient * values[variable] for variable, coefficient in terms)


def examine(seed):
    """All properties of one program; counts of what the symbolic engine said."""
    program = programs.program(seed)
    auction, counts = Auction(program), Counter()
    grid = programs.GRIDS[program.agents]
    profiles = list(product(grid, repeat=program.agents))
    session, exhaustive = SymbolicSession(subject_of(program), importable=False), None
    for name in MARGINS:
        finding = drained(session.decide(find_property(name), 0))
        counts[name, finding.verdict] += 1
        broken = violated(auction, name, profiles, grid)
        if finding.verdict is Verdict.PROVED:
            assert broken is None, (seed, name, broken, program.source)
        elif finding.verdict is Verdict.REFUTED:
            margin = witnessed(auction, name, finding.witness, program.upper)
            assert margin < 0, (seed, name, program.source)
            assert name == "feasible" or margin == finding.witness.margin, (seed, name, program.source)
        elif finding.verdict is Verdict.ERROR:
            assert "feasible" in finding.reason, (seed, name, finding.reason, program.source)
        if broken is None and seed % 3:
            continue
        exhaustive = exhaustive or ExhaustiveSession(subject_of(program), importable=False)
        second = drained(exhaustive.decide(find_property(name), 0)).verdict
        assert (second is Verdict.REFUTED) == (broken is not None), (seed, name, second, broken, program.source)
        assert {second, finding.verdict} != {Verdict.PROVED, Verdict.REFUTED}, (seed, name, program.source)
    explored = session._found
    assert isinstance(explored, Exploration), (seed, explored, program.source)
    assert_one_path_each(auction, explored.paths, profiles)
    return counts


@pytest.mark.parametrize("block", range(BLOCKS))
def test_the_symbolic_engine_and_a_grid_never_contradict_each_other(block):
    counts = sum((examine(seed) for seed in range(block * EACH, (block + 1) * EACH)), Counter())
    total = Counter()
    for (_, verdict), number in counts.items():
        total[verdict] += number
    assert sum(total.values()) == EACH * len(MARGINS)
    assert total[Verdict.PROVED] > EACH
    assert total[Verdict.REFUTED] > EACH
    assert total[Verdict.UNKNOWN] < EACH / 5, counts


@pytest.mark.parametrize("seed", [10100, 10925])
def test_programs_that_once_were_refuted_at_a_tie(seed):
    examine(seed)


def z3_form(form, names):
    """A payment as z3's arithmetic."""
    terms, constant = form
    return z3.Sum([z3.RealVal(str(constant)), *(z3.RealVal(str(c)) * z3.Real(f"x{names.get(v, v)}") for v, c in terms)])


def z3_atom(fact, names):
    total = z3_form((fact.terms, fact.constant), names)
    return total < 0 if fact.strict else total <= 0


def z3_violation(name, first, second, agents, more, names):
    """That the margin is negative when the truth takes `first` and the second run takes `second`."""
    x = [z3.Real(f"x{i}") for i in agents]
    gets = [[z3.RealVal(str(amount)) for (amount,) in path.consumptions] for path in (first, second)]
    pays = [[z3_form(form, renaming) for form in path.payments] for path, renaming in ((first, {}), (second, names))]
    if name == "dsic":
        (i,) = more
        return gets[0][i] * x[i] - pays[0][i] < gets[1][i] * x[i] - pays[1][i]
    if name == "monotone":
        (i,) = more
        return (x[i] - z3.Real(f"x{len(agents)}")) * (first.consumptions[i][0] - second.consumptions[i][0]) < 0
    if name == "critical-payment":
        return z3_not_critical(gets[0][more[0]], gets[1][more[0]], pays[0][more[0]], x[more[0]], len(agents))
    if name == "pairwise-strategyproof":
        return z3.And(*(gets[0][i] * x[i] - pays[0][i] < gets[1][i] * x[i] - pays[1][i] for i in more))
    if name == "ex-post-ir":
        return gets[0][more[0]] * x[more[0]] < pays[0][more[0]]
    if name == "no-positive-transfers":
        return pays[0][more[0]] < 0
    if name == "no-deficit":
        return z3.Sum(pays[0]) < 0
    if name == "efficient":
        return z3.Sum([g * v for g, v in zip(gets[0], x, strict=True)]) < (0 if more[0] is None else x[more[0]])
    if name == "envy-free":
        i, j = more
        return gets[0][i] * x[i] - pays[0][i] < gets[0][j] * x[i] - pays[0][j]
    i, j = more
    place = {i: j, j: i}
    return z3.Or(
        *(
            difference
            for a in agents
            for difference in (
                gets[0][a] != gets[1][place.get(a, a)],
                pays[0][a] != pays[1][place.get(a, a)],
            )
        )
    )


def z3_not_critical(share, other, price, value, lie):
    lie = z3.Real(f"x{lie}")
    both = z3.If(share == other, z3.Or(price > share * lie, price < 0), value + lie > 0)
    return z3.If(share == 0, price != 0, z3.If(other == 0, price < share * lie, both))


def assert_no_pair_breaks_it(name, program, paths):
    """Put every pair of paths to z3: the conditions of both, admissible bids, and a negative margin."""
    agents = range(program.agents)
    for more in cases(name, agents, tuple(agents), [None]):
        liars = more[: {**dict.fromkeys(ONE_LIAR, 1), "pairwise-strategyproof": 2}.get(name, 0)]
        names, two_runs = {i: program.agents + k for k, i in enumerate(liars)}, liars or name == "anonymous"
        more = liars or more
        if name == "anonymous":
            names = {more[0]: more[1], more[1]: more[0]}
        solver = z3.Solver()
        for variable in range(program.agents + 2):
            solver.add(z3.Real(f"x{variable}") >= 0)
            if program.upper is not None:
                solver.add(z3.Real(f"x{variable}") <= program.upper)
        if name == "anonymous":
            solver.add(z3.Distinct(*(z3.Real(f"x{i}") for i in agents)))
        for first in paths:
            solver.push()
            solver.add(*(z3_atom(fact, {}) for fact in first.atoms))
            for second in paths if two_runs else [first]:
                solver.push()
                solver.add(*(z3_atom(fact, names) for fact in second.atoms))
                solver.add(z3_violation(name, first, second, agents, more, names))
                assert solver.check() == z3.unsat, (name, more, program.source, solver.model())
                solver.pop()
            solver.pop()


def recheck(seed):
    """Every proof about one program again, pair by pair; how many pairs of property and program."""
    program = programs.program(seed)
    subject = subject_of(program)
    explored = drained(explore(subject, Oracle(), 1000))
    if len(explored.paths) > SMALL or any(path.slack < 0 for path in explored.paths):
        return 0
    proved = 0
    for name in MARGINS:
        if name == "feasible":
            continue
        try:
            proofs = drained(prove(find_property(name), 0, subject.domain, explored.paths, Oracle()))
        except OracleFailed:  # undecided: nothing is claimed
            continue
        if isinstance(proofs, Broken):
            continue
        proved += 1
        for proof in proofs:
            names = proof.family.second or {}
            assert all(lemma.is_sound(names) for lemma in proof.lemmas), (seed, name)
        assert_no_pair_breaks_it(name, program, explored.paths)
    return proved


@pytest.mark.parametrize("block", range(4))
def test_every_pair_of_paths_of_a_proved_property_is_free_of_violations(block):
    seeds = range(5000 + block * 30, 5000 + (block + 1) * 30)
    assert sum(map(recheck, seeds)) > len(seeds)
