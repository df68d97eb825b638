"""No altered proof is accepted that is not itself a proof: thousands of alterations, sealed again.

Proofs are written by the engine and altered at random: lemmas dropped, swapped, moved and bent, choices of the tree
changed, other claims, tolerances and suprema, another mechanism under the same proof. What the checker still accepts is
put before a referee that shares nothing with it: z3 on every pair of paths, and sums of fractions.
"""

from __future__ import annotations

import ast
import hashlib
import json
import random
from collections.abc import Iterator
from fractions import Fraction
from functools import cache, partial
from pathlib import Path
from types import ModuleType

import pytest
import z3
from in_process import in_this_process
from sealing import sealed

import mechanisms
from verifier import checker
from verifier.adapters import load
from verifier.audit import ENGINES, audit
from verifier.engines.symbolic.explore import explore
from verifier.engines.symbolic.explorer import Explorer
from verifier.engines.symbolic.goals import families, violations
from verifier.engines.symbolic.leaves import admissible
from verifier.engines.symbolic.oracle import Oracle
from verifier.properties import PROPERTIES, find_property
from verifier.spec import parse_spec

FILE = "subject.py"
NAMES = tuple(name for name, prop in PROPERTIES.items() if prop.on_symbols)
RATES = {"click_rates": [1, {"money": "1/2"}]}
# the single bidder wins against the sum of the two others: choices that are no differences, some of them impossible
SUMS = """
def run(bids):
    one, two, pair = bids
    if one + two >= 2 * pair:
        if one < pair and two < pair:
            return [0, 0, 1], [0, 0, one]
        return ([1, 0, 0], [two, 0, 0]) if one >= two else ([0, 1, 0], [0, one, 0])
    if one > pair and two > pair:
        return [1, 1, 1], [0, 0, 0]
    return [0, 0, 1], [0, 0, 0]
"""
CASES = {
    "second price": ("single_item:second_price", {"kind": "single-item", "agents": 3}, {}),
    "VCG for slots": ("slots:vcg", {"kind": "slots", "agents": 3, "click_rates": [1, "1/2"]}, RATES),
    "Vickrey, two units": ("multi_unit:vickrey", {"kind": "multi-unit", "agents": 2, "items": 2}, {"items": 2}),
    "combinatorial": ("combinatorial:vcg", {"kind": "combinatorial", "agents": 2, "goods": 2}, {"goods": 2}),
    "generalized second price": (
        "slots:generalized_second_price",
        {"kind": "slots", "agents": 3, "click_rates": [1, "1/2"], "upper": 1},
        RATES,
    ),
    "first price": ("single_item:first_price", {"kind": "single-item", "agents": 3, "upper": 1}, {}),
    "sums": ("sums:run", {"kind": "single-item", "agents": 3, "upper": 2}, {}),
}


# --- what is altered


def copied(value):
    return json.loads(json.dumps(value))


def digest(source):
    return hashlib.sha256(source.encode()).hexdigest()


def whole_source(module):
    """A module of auctions in one file, with what it imports from its neighbour: quick to load."""
    auctions = Path(mechanisms.__file__).parent / "auctions"
    texts = [(auctions / f"{name}.py").read_text() for name in ("outcome", module)]
    imported = ("from __future__", "from mechanisms")
    lines = [line for text in texts for line in text.splitlines() if not line.startswith(imported)]
    return "\n".join(["from __future__ import annotations", *lines])


class Case:
    """A mechanism with the engine's certificate about it, in a directory of its own."""

    def __init__(self, name: str, folder: Path) -> None:
        call, domain, self.arguments = CASES[name]
        self.folder = folder
        module, self.function = call.split(":")
        self.source = SUMS if module == "sums" else whole_source(module)
        self.domain = {**domain, "values": [0, 1]}
        (folder / FILE).write_text(self.source)
        vectors = domain["kind"] in ("multi-unit", "combinatorial")
        self.names = [name for name in NAMES if not (vectors and PROPERTIES[name].single_parameter)]
        self.spec = self.spec_of("symbolic", [0, 1], self.names)
        self.certificate = self.audited(self.spec, self.source)
        self.certificate["subject"]["source"] = {FILE: digest(self.source)}
        self.certificate = sealed(self.certificate)
        self.claims = {claim["property"]: claim for claim in self.certificate["claims"]}
        self.proved = [claim for claim in self.certificate["claims"] if claim["verdict"] == "PROVED"]

    def spec_of(self, engine, values, names):
        return parse_spec(
            {
                "title": "case",
                "subject": {"call": f"subject:{self.function}", "arguments": self.arguments},
                "domain": {**self.domain, "values": values},
                "claim": [{"property": name, "engine": engine} for name in names],
            },
            name="case",
            properties=PROPERTIES,
            engines=ENGINES,
        )

    def target(self, source):
        """The mechanism that a source text defines, with its arguments."""
        module = ModuleType("altered")
        exec(compile(source, FILE, "exec"), vars(module))
        return partial(getattr(module, self.function), **checker.plain(self.arguments))

    def audited(self, spec, source):
        *_, last = audit(spec, target=self.target(source))
        return copied(last.certificate)

    def with_claim(self, claim, **changes):
        """The certificate with this claim alone."""
        return sealed({**self.certificate, "claims": [claim], **changes})

    def accepts(self, certificate):
        reports = checker.check(certificate, [str(self.folder)], fresh=in_this_process)
        assert {report["status"] for report in reports} <= {"CONFIRMED", "REJECTED"}, reports
        return {report["status"] for report in reports} == {"CONFIRMED"}

    @property
    def referee(self):
        return _referee(self)


@pytest.fixture(scope="module")
def cases(tmp_path_factory):
    """The case of a name, made once."""
    return cache(lambda name: Case(name, tmp_path_factory.mktemp("case")))


@pytest.fixture
def case(request, cases):
    return cases(request.param)


@pytest.fixture(autouse=True)
def _fewer_probes(monkeypatch):
    """The subject is the same for most alterations; that it keeps its word with numbers is tested elsewhere."""
    monkeypatch.setattr(checker, "MOST_PROBES", 6)
    monkeypatch.setattr(checker, "MIXTURES", 2)


each_case = pytest.mark.parametrize("case", CASES, indirect=True)


# --- who judges


class Referee:
    """Judges proofs about one mechanism by z3, over paths that the engine explored anew."""

    def __init__(self, case: Case) -> None:
        self.spec, self.case = case.spec, case
        subject = load(case.spec.subject, case.spec.domain, case.target(case.source))
        self.domain = subject.domain
        exploring, self.choices = explore(subject, Oracle(), 1000), []
        plain = Explorer._opened

        def opened(explorer, asked):
            possible = [option for option in asked if explorer._bounds.with_atoms(option) is not None]
            self.choices.append(([*explorer.assumptions, *explorer._atoms], possible))
            return plain(explorer, asked)

        Explorer._opened = opened
        try:
            while True:
                next(exploring)
        except StopIteration as end:
            self.found = end.value
        finally:
            Explorer._opened = plain
        self.paths = self.found.paths
        self._entailed: dict[str, bool] = {}

    def knows(self, place, fact, off_ties):
        """Whether whatever takes the path satisfies the fact."""
        key = json.dumps([place, fact, off_ties])
        if key not in self._entailed:
            solver = z3.Solver()
            solver.add(*(formula(atom) for atom in (*admissible(self.domain), *self.paths[place].atoms)))
            if off_ties:
                d = self.domain.dimension
                pairs = [(a, b) for a in range(len(self.domain.agents) * d) for b in range(a // d * d)]
                solver.add(*(z3.Real(f"x{a}") != z3.Real(f"x{b}") for a, b in pairs))
            solver.add(z3.Not(formula(fact)))
            self._entailed[key] = solver.check() == z3.unsat
        return self._entailed[key]

    def proves(self, name, tolerance, written, *, only=None, strict=True):
        """Whether the lemmas are sound and leave no pair of paths at which a margin could be too low."""
        prop = find_property(name)
        every = list(families(prop, self.domain))
        blocks = every if only is None else [every[only]]
        if len(written) != len(blocks):
            return False
        for family, lemmas in zip(blocks, written, strict=True):
            names = family.second or {}
            useful = [lemma for lemma in lemmas if is_contradiction(lemma, names)]
            for one, path in enumerate(self.paths):
                for two, other in enumerate(self.paths if family.second is not None else [path]):
                    if min(path.slack, other.slack) < 0 and name != "feasible":
                        continue
                    for violation in violations(prop, family, tolerance, path, other, strict=strict):
                        goal = list(map(as_json, violation.goal))
                        second = two if family.second is not None else None
                        if not any(self._covers(lemma, one, second, goal, family.off_ties) for lemma in useful):
                            return False
        return True

    def _covers(self, lemma, one, two, goal, off_ties):
        return (
            all(part in goal for part in lemma["goal"])
            and (two is not None or not lemma["second"])
            and all(self.knows(one, fact, off_ties) for fact in lemma["first"])
            and all(self.knows(two, fact, off_ties) for fact in lemma["second"])
        )

    def allows_claim(self, claim):
        """Whether a claim of PROVED comes with a proof."""
        return claim["verdict"] == "PROVED" and self.proves(
            claim["property"], Fraction(claim["tolerance"]), claim["proof"]["families"]
        )

    def allows_regret(self, regret):
        """Whether the supremum is bounded by the lemmas and approached at the point."""
        supremum = Fraction(regret["supremum"])
        bounded = self.proves("dsic", supremum, [regret["lemmas"]], only=regret["agent"], strict=regret["attained"])
        if not supremum:
            return bounded and regret["attained"] and not regret["paths"]
        family = list(families(find_property("dsic"), self.domain))[regret["agent"]]
        one, two = (self.paths[place] for place in regret["paths"])
        inside, limit = (dict(enumerate(map(Fraction, regret[key]))) for key in ("inside", "limit"))
        atoms = [*admissible(self.domain), *one.atoms]
        atoms += [atom.renamed(family.second) for atom in (*admissible(self.domain), *two.atoms)]
        (violation,) = violations(find_property("dsic"), family, supremum, one, two, strict=False)
        terms, constant = violation.excess
        return (
            bounded
            and all(atom.holds_at(inside) and atom._replace(strict=False).holds_at(limit) for atom in atoms)
            and constant + sum(c * limit[v] for v, c in terms) == 0
            and (not regret["attained"] or inside == limit)
        )

    def allows_tree(self, tree):
        """Whether the tree opens the options that can be taken, and shows for each other one that it is empty."""
        if len(tree) != len(self.choices):
            return False
        for token, honest, (known, options) in zip(tree, self.found.tree, self.choices, strict=True):
            entries = [None] * token if isinstance(token, int) else token
            if [entry is None for entry in entries] != [entry is None for entry in honest]:
                return False
            for entry, option in zip(entries, options, strict=True):
                atoms = [*known, *option]
                if entry is not None and not adds_up([(as_json(atoms[place]), weight) for place, weight in entry]):
                    return False
        return True


_referee = cache(Referee)


def as_json(atom):
    return [[list(term) for term in atom.terms], str(atom.constant), atom.strict]


def formula(atom):
    terms, constant, strict = atom
    total = z3.Sum([z3.Q(*Fraction(constant).as_integer_ratio()), *(int(c) * z3.Real(f"x{v}") for v, c in terms)])
    return total < 0 if strict else total <= 0


def adds_up(weighted):
    """Whether positive multiples of half-spaces add up to a contradiction."""
    total, constant, strict = {}, Fraction(0), False
    for (terms, offset, sharp), weight in weighted:
        if weight <= 0:
            return False
        for variable, coefficient in terms:
            total[variable] = total.get(variable, 0) + weight * coefficient
        constant, strict = constant + weight * Fraction(offset), strict or sharp
    return not any(total.values()) and (constant > 0 or (strict and constant == 0))


def is_contradiction(lemma, names):
    second = [[[[names.get(v, v), c] for v, c in terms], offset, sharp] for terms, offset, sharp in lemma["second"]]
    atoms = [*lemma["first"], *second, *lemma["goal"]]
    weights = lemma["multipliers"]
    return len(atoms) == len(weights) and adds_up(list(zip(atoms, weights, strict=True)))


# --- how it is altered


def alter_atom(draw, atom):
    """Another half-space, most of them in normal form."""
    terms, constant, strict = copied(atom)
    way = draw.randrange(6)
    if way == 0:
        strict = not strict
    elif way == 1:
        constant = str(Fraction(constant) + draw.choice([1, -1, Fraction(1, 2), Fraction(-1, 2), 10**30]))
    elif way == 2:
        constant = str(-Fraction(constant))
    elif way == 3:
        place = draw.randrange(len(terms))
        terms[place][1] += draw.choice([1, -1, -2 * terms[place][1]])
    elif way == 4:
        place = draw.randrange(len(terms))
        terms[place][0] = draw.randrange(8)
        terms.sort()
    else:
        terms = [[v, -c] for v, c in terms]
    return [terms, constant, strict]


def renumbered(draw, lemma):
    """The lemma about other variables, everywhere alike."""
    variables = list(range(9))
    draw.shuffle(variables)

    def renamed(atom):
        return [sorted([variables[v % 9], c] for v, c in atom[0]), *atom[1:]]

    return {**lemma, **{side: list(map(renamed, lemma[side])) for side in ("first", "second", "goal")}}


def alter_lemma(draw, lemma):
    lemma = copied(lemma)
    atoms = [(side, place) for side in ("first", "second") for place in range(len(lemma[side]))]
    weights = lemma["multipliers"]
    way = draw.randrange(9)
    if way == 0 and atoms:  # a fact less, with or without its multiplier
        side, place = draw.choice(atoms)
        del lemma[side][place]
        if draw.random() < 0.7:
            del weights[place + (len(lemma["first"]) if side == "second" else 0)]
    elif way == 1 and weights:
        place = draw.randrange(len(weights))
        weights[place] = draw.choice([weights[place] + 1, weights[place] - 1, 2 * weights[place], 0, 10**40])
    elif way == 2:
        lemma["multipliers"] = [2 * weight for weight in weights]  # as good as before
    elif way == 3:
        lemma["first"], lemma["second"] = lemma["second"], lemma["first"]
    elif way == 4:
        lemma["goal"] = []
        if draw.random() < 0.7:
            lemma["multipliers"] = weights[:-1]
    elif way == 5 and lemma["goal"]:
        if draw.random() < 0.5:
            lemma["goal"] = [alter_atom(draw, part) for part in lemma["goal"]]
        else:  # the goal as a fact: a true contradiction, but nobody knows its parts
            place, count = len(lemma["first"]), len(lemma["goal"])
            lemma["first"], lemma["goal"] = [*lemma["first"], *lemma["goal"]], []
            lemma["multipliers"] = [*weights[:place], *weights[-count:], *weights[place:-count]]
    elif way == 6:
        lemma = renumbered(draw, lemma)
    elif atoms:
        side, place = draw.choice(atoms)
        lemma[side][place] = alter_atom(draw, lemma[side][place])
    return lemma


def alter_lemmas(draw, lemmas, others):
    """Another list of lemmas."""
    lemmas = copied(lemmas)
    place = draw.randrange(len(lemmas)) if lemmas else 0
    way = draw.randrange(8)
    if way == 0:
        return lemmas[:place] + lemmas[place + 1 :]
    if way == 1:
        return [*lemmas, *lemmas[place : place + 1]]
    if way == 2 and lemmas:
        draw.shuffle(lemmas)
        return lemmas[:-1]
    if way == 3 and others:
        lemmas[place : place + 1] = [copied(draw.choice(others))]
        return lemmas
    if lemmas:
        lemmas[place] = alter_lemma(draw, lemmas[place])
    return lemmas


def alter_claim(draw, case, claim):
    """Another claim of PROVED: mostly other lemmas, at times another question with the same lemmas."""
    claim = copied(claim)
    blocks = claim["proof"]["families"]
    everything = [lemma for other in case.proved for block in other["proof"]["families"] for lemma in block]
    way = draw.randrange(12)
    if way == 0:
        draw.shuffle(blocks)
    elif way == 1:
        blocks.pop(draw.randrange(len(blocks)))
    elif way == 2:
        blocks.insert(draw.randrange(len(blocks)), copied(draw.choice(blocks)))
    elif way == 3:
        claim["tolerance"] = draw.choice(["1", "1/2", "1/1000", "100"])
    elif way == 4:
        law = checker.LAWS[name := draw.choice(NAMES)]
        claim.update(id=name, property=name, statement=law.statement, formula=law.formula)
    elif way == 5:
        claim["verdict"] = draw.choice(sorted(checker.VERDICTS))
    elif way == 6:
        draw.choice(blocks).clear()
    else:
        for _ in range(draw.choice([1, 1, 2])):
            place = draw.randrange(len(blocks))
            blocks[place] = alter_lemmas(draw, blocks[place], everything)
    return claim


def alter_tree(draw, exploration):
    """Another tree, or another number of paths."""
    exploration = copied(exploration)
    tree = exploration["tree"]
    place = draw.randrange(len(tree))
    cuts = [at for at, token in enumerate(tree) if isinstance(token, list)]
    way = draw.randrange(9)
    if way == 0:
        exploration["paths"] = max(0, exploration["paths"] + draw.choice([-2, -1, 1]))
    elif way == 1:
        del tree[place]
    elif way == 2:
        tree.insert(place, copied(draw.choice(tree)))
    elif way == 3:
        other = draw.randrange(len(tree))
        tree[place], tree[other] = tree[other], tree[place]
    elif way == 4 and isinstance(tree[place], int):  # an option that can be taken is cut, with something like a reason
        size = tree[place]
        reason = [[draw.randrange(9), draw.randrange(1, 3)] for _ in range(draw.randrange(4))]
        tree[place] = [reason if option == draw.randrange(size) else None for option in range(size)]
        exploration["paths"] = max(0, exploration["paths"] - draw.randrange(4))
    elif way == 5 and isinstance(tree[place], int):
        tree[place] = max(1, tree[place] + draw.choice([1, -1]))
    elif cuts:
        token = tree[draw.choice(cuts)]
        proof = token[draw.choice([at for at, proof in enumerate(token) if proof is not None])]
        at = draw.randrange(len(proof)) if proof else 0
        if way == 6:
            draw.shuffle(token)
        elif way == 7 and proof:
            proof[at][draw.randrange(2)] += draw.choice([1, 2])
        elif proof and draw.random() < 0.5:
            del proof[at]
        else:
            proof[:] = [[spot, 2 * weight] for spot, weight in proof]  # as good as before
    return exploration


def alter_regret(draw, regrets):
    """Another bound, or another reason for it."""
    regrets = copied(regrets)
    regret = draw.choice(regrets)
    way = draw.randrange(10)
    if way == 0:
        change = draw.choice([Fraction(1, 1000), Fraction(-1, 1000), 1, Fraction(-1, 2)])
        regret["supremum"] = str(Fraction(regret["supremum"]) + change)
    elif way == 1:
        regret["attained"] = not regret["attained"]
    elif way == 2:
        regret["paths"] = draw.choice([regret["paths"][::-1], [], [place + 1 for place in regret["paths"]], [0, 0]])
    elif way in (3, 4):
        side = regret[draw.choice(["inside", "limit"])]
        if side:
            place = draw.randrange(len(side))
            side[place] = str(Fraction(side[place]) + draw.choice([Fraction(1, 8), Fraction(-1, 8)]))
    elif way == 5:
        regret["inside"] = regret["limit"]
    elif way == 6:
        regret["agent"], regrets[0]["agent"] = regrets[0]["agent"], regret["agent"]
        draw.shuffle(regrets)
    elif way == 7:
        regret.update(supremum="0", attained=True, paths=[], inside=[], limit=[])
    else:
        regret["lemmas"] = alter_lemmas(draw, regret["lemmas"], [lemma for one in regrets for lemma in one["lemmas"]])
    return regrets


SWAPPED = {
    ast.Lt: (ast.LtE, ast.Gt), ast.LtE: (ast.Lt,), ast.Gt: (ast.GtE, ast.Lt), ast.GtE: (ast.Gt,),
    ast.Eq: (ast.NotEq,), ast.NotEq: (ast.Eq,), ast.Add: (ast.Sub,), ast.Sub: (ast.Add,), ast.And: (ast.Or,),
    ast.Or: (ast.And,),
}  # fmt: skip


def alter_source(source) -> Iterator[str]:
    """Programs that differ in one place: a comparison, an operation, a number, max for min, a condition reversed."""
    for place, node in enumerate(ast.walk(ast.parse(source))):
        changes = []
        if isinstance(node, ast.Compare):
            changes = [("ops", [other()]) for other in SWAPPED.get(type(node.ops[0]), ()) if len(node.ops) == 1]
        elif isinstance(node, ast.BinOp | ast.BoolOp):
            changes = [("op", other()) for other in SWAPPED.get(type(node.op), ())]
        elif isinstance(node, ast.Constant) and type(node.value) is int:
            changes = [("value", node.value + 1), ("value", node.value - 1)]
        elif isinstance(node, ast.Constant) and type(node.value) is bool:
            changes = [("value", not node.value)]
        elif isinstance(node, ast.Name) and node.id in ("max", "min"):
            changes = [("id", "min" if node.id == "max" else "max")]
        elif isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub):
            changes = [("op", ast.UAdd())]
        for field, value in changes:
            tree = ast.parse(source)
            setattr(list(ast.walk(tree))[place], field, value)
            yield ast.unparse(tree)


# --- the tests


@each_case
def test_the_referee_agrees_with_the_proofs_as_they_were_written(case):
    assert len(case.proved) >= 2
    assert case.accepts(case.certificate)
    for claim in case.proved:
        assert case.referee.allows_claim(claim)
        empty = {**claim, "proof": {"families": [[] for _ in claim["proof"]["families"]]}}
        assert case.referee.allows_claim(empty) == (not any(claim["proof"]["families"]))
    assert case.referee.allows_tree(case.certificate["exploration"]["tree"])
    for regret in case.claims["dsic"]["regret"] or ():
        assert case.referee.allows_regret(regret)
        assert not case.referee.allows_regret({**regret, "lemmas": []})


@each_case
def test_an_altered_proof_is_refused_unless_it_is_one(case):
    draw = random.Random(1)
    refused = accepted = 0
    for claim in case.proved:
        for _ in range(40):
            altered = alter_claim(draw, case, claim)
            if case.accepts(case.with_claim(altered)):
                accepted += 1
                assert case.referee.allows_claim(altered), altered
            else:
                refused += 1
    assert refused > accepted > 0
    assert refused > 60


@each_case
def test_an_altered_tree_is_refused_unless_it_shows_the_same_paths(case):
    draw = random.Random(2)
    refused = 0
    for _ in range(80):
        exploration = alter_tree(draw, case.certificate["exploration"])
        altered = case.with_claim(draw.choice(case.proved), exploration=exploration)
        if case.accepts(altered):
            assert exploration["paths"] == case.certificate["exploration"]["paths"]
            assert case.referee.allows_tree(exploration["tree"]), exploration
        else:
            refused += 1
    assert refused >= 30


@pytest.mark.parametrize("case", ["generalized second price", "first price", "sums"], indirect=True)
def test_an_altered_regret_is_refused_unless_it_is_the_exact_one(case):
    draw = random.Random(3)
    claim, refused = case.claims["dsic"], 0
    honest = [(regret["supremum"], regret["attained"]) for regret in claim["regret"]]
    for _ in range(200):
        regrets = alter_regret(draw, claim["regret"])
        if case.accepts(case.with_claim({**claim, "regret": regrets})):
            assert [(regret["supremum"], regret["attained"]) for regret in regrets] == honest
            assert [regret["agent"] for regret in regrets] == list(range(len(regrets)))
            assert all(map(case.referee.allows_regret, regrets)), regrets
        else:
            refused += 1
    assert refused > 100


@each_case
def test_a_proof_about_another_mechanism_is_refused(case):
    """An altered program may still have the property: then a finer grid has no violation either."""
    refused = 0
    few = case.domain["kind"] == "combinatorial"
    values = [0, "1/3", "2/3", 1] if "upper" in case.domain else [0, 1, 2] if few else [0, 1, 2, 3]
    fine = case.spec_of("exhaustive", values, case.names)
    try:
        for source in alter_source(case.source):
            (case.folder / FILE).write_text(source)
            subject = {**case.certificate["subject"], "source": {FILE: digest(source)}}
            certificate = sealed({**case.certificate, "claims": case.proved, "subject": subject})
            reports = checker.check(certificate, [str(case.folder)], fresh=in_this_process)
            accepted = {report["claim"] for report in reports if report["status"] == "CONFIRMED"}
            refused += not accepted
            if accepted:
                found = {claim["id"]: claim["verdict"] for claim in case.audited(fine, source)["claims"]}
                assert {found[name] for name in accepted} == {"EXHAUSTED"}, source
    finally:
        (case.folder / FILE).write_text(case.source)
    assert refused >= 2
