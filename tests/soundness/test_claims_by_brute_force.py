"""The expected verdicts of the packaged claims against loops written from the definitions.

Nothing of the verifier is used here but the folder of claims: files are read, values enumerated, shares valued and
every property decided anew, slowly and in Fractions.
"""

from __future__ import annotations

import importlib
import tomllib
from fractions import Fraction
from itertools import combinations, combinations_with_replacement, permutations, product

import pytest

from verifier.resources import specs_dir

TOO_LARGE = ("second-price-large",)  # for plain loops


class Setting:
    """A claims file, its type profiles and the outcome at each: a list of (probability, shares, payments)."""

    def __init__(self, table):
        domain, self.subject = table["domain"], table["subject"]
        self.kind, self.agents, self.items = domain["kind"], range(domain["agents"]), domain.get("items", 1)
        self.rates = [Fraction(rate) for rate in domain.get("click_rates", [])]
        grid, width = amounts(domain["values"]), self.items if self.kind == "multi-unit" else 1
        self.types = [tuple(reversed(vector)) for vector in combinations_with_replacement(grid, width)]
        shares = [None, *range(len(self.rates))] if self.rates else range(width + 1)  # all or nothing, if divisible
        if self.kind == "combinatorial":
            shares = range(2 ** domain["goods"])
            self.types = [vector for vector in product(grid, repeat=len(shares) - 1) if grows(vector)]
        self.allocations = [each for each in product(shares, repeat=len(self.agents)) if self.feasible(each)]
        self.outcomes, self.faulty, self.infeasible = {}, False, False
        for profile in product(self.types, repeat=len(self.agents)):
            self.run(profile)

    def call(self, profile):
        subject = self.subject
        module, _, name = subject["call"].partition(":")
        bids = [vector[0] if len(vector) == 1 else vector for vector in profile]
        if subject.get("numbers") == "float":
            bids = [float(bid) for bid in bids]
        arguments = {key: exact(written) for key, written in subject.get("arguments", {}).items()}
        return getattr(importlib.import_module(module), name)(bids, **arguments)

    def run(self, profile):
        try:
            result = self.call(profile)
        except IndexError:
            self.faulty = True
            return
        drawn = result if self.subject.get("returns") == {"randomised": True} else [(1, result)]
        draws = [(chance, shares, [Fraction(paid) for paid in payments]) for chance, (shares, payments) in drawn]
        if all(self.feasible(shares) for _, shares, _ in draws):
            self.outcomes[profile] = draws
        else:
            self.faulty = self.infeasible = True

    def feasible(self, shares):
        if self.rates:
            held = [share for share in shares if share is not None]
            return len(held) == len(set(held))
        if self.kind == "combinatorial":
            return all(first & second == 0 for first, second in combinations(shares, 2))
        most = self.items if self.kind == "multi-unit" else 1
        return sum(shares) <= self.items and all(0 <= share <= most for share in shares)

    def worth(self, vector, share):
        if self.rates:
            return 0 if share is None else vector[0] * self.rates[share]
        if self.kind == "combinatorial":
            return vector[share - 1] if share else 0
        return sum(vector[:share]) if self.kind == "multi-unit" else vector[0] * share

    def joint(self, vector, one, other):
        """What two shares are worth to somebody who holds both."""
        if self.kind in ("slots", "unit-demand"):
            return max(self.worth(vector, one), self.worth(vector, other))
        if self.kind == "combinatorial":
            return self.worth(vector, one | other)
        return self.worth(vector, one + other)

    def gives(self, share):
        return self.rates[share] > 0 if self.rates and share is not None else bool(share)

    def utility(self, vector, draws, place):
        return sum(p * (self.worth(vector, shares[place]) - paid[place]) for p, shares, paid in draws)

    def deal(self, draws, place):
        """What an agent gets for its one number, and pays, in expectation."""
        share = sum(p * self.worth((1,), shares[place]) for p, shares, _ in draws)
        return share, sum(p * paid[place] for p, _, paid in draws)

    def welfare(self, profile, shares):
        return sum(self.worth(vector, share) for vector, share in zip(profile, shares, strict=True))

    def treatment(self, draws, agent):
        """What an agent gets and pays in expectation; getting is described by what it is worth to each type."""
        gets = [sum(p * self.worth(vector, shares[agent]) for p, shares, _ in draws) for vector in self.types]
        return gets, sum(p * paid[agent] for p, _, paid in draws)

    def lies(self):
        """(true type, lie, agent, outcome of the truth, outcome of the lie)."""
        for profile, draws in self.outcomes.items():
            for agent, lie in product(self.agents, self.types):
                other = self.outcomes.get((*profile[:agent], lie, *profile[agent + 1 :]))
                if other is not None:
                    yield profile[agent], lie, agent, draws, other


def grows(vector):
    """Whether no bundle is worth less than a part of it; bundles are numbered from 1, a digit per good."""
    bundles = range(1, len(vector) + 1)
    return all(vector[s - 1] <= vector[b - 1] for s, b in product(bundles, repeat=2) if s & b == s)


def exact(written):
    if isinstance(written, dict):
        return Fraction(written["money"])
    return [exact(item) for item in written] if isinstance(written, list) else written


def amounts(written):
    if isinstance(written, list):
        return [whole(Fraction(item)) for item in written]
    span, _, step = written.partition(" step ")
    low, high = map(Fraction, span.split(".."))
    step = Fraction(step or 1)
    return [whole(low + step * index) for index in range(int((high - low) / step) + 1)]


def whole(amount):
    return int(amount) if amount.denominator == 1 else amount


def feasible(setting):
    return not setting.infeasible


def dsic(setting):
    return all(setting.utility(t, o, i) >= setting.utility(t, other, i) for t, _, i, o, other in setting.lies())


def monotone(setting):
    """(t - d) . (x(t) - x(d)) >= 0, each inner product read off as what a share is worth to a type."""

    def gets(vector, draws, agent):
        return sum(p * setting.worth(vector, shares[agent]) for p, shares, _ in draws)

    return all(
        gets(t, truth, i) - gets(t, lie, i) >= gets(d, truth, i) - gets(d, lie, i)
        for t, d, i, truth, lie in setting.lies()
    )


def ex_post_ir(setting):
    return all(setting.utility(t[i], o, i) >= 0 for t, o in setting.outcomes.items() for i in setting.agents)


def envy_free(setting):
    pairs = list(permutations(setting.agents, 2))
    seats = setting.outcomes.items()
    return all(setting.utility(t[i], o, i) >= setting.utility(t[i], o, j) for t, o in seats for i, j in pairs)


def no_positive_transfers(setting):
    return all(sum(p * paid[i] for p, _, paid in o) >= 0 for o in setting.outcomes.values() for i in setting.agents)


def no_deficit(setting):
    return all(sum(p * sum(paid) for p, _, paid in draws) >= 0 for draws in setting.outcomes.values())


def efficient(setting):
    for types, draws in setting.outcomes.items():
        best = max(setting.welfare(types, shares) for shares in setting.allocations)
        if any(p and setting.welfare(types, shares) < best for p, shares, _ in draws):
            return False
    return True


def critical_payment(setting):
    """Winners of one fixed share pay between the losing and the winning reports, losers nothing."""
    for _, d, i, truth, lie in setting.lies():
        (share, paid), (other, _) = setting.deal(truth, i), setting.deal(lie, i)
        if share == 0:
            good = paid == 0
        elif other == 0:
            good = paid >= d[0] * share
        else:
            good = share == other and 0 <= paid <= d[0] * share
        if not good:
            return False
    return True


def pairwise_strategyproof(setting):
    for truth, draws in setting.outcomes.items():
        for pair in combinations(setting.agents, 2):
            now = [setting.utility(truth[i], draws, i) for i in pair]
            for lies in product(setting.types, repeat=2):
                told = tuple(lies[pair.index(i)] if i in pair else truth[i] for i in setting.agents)
                lying = setting.outcomes.get(told)
                if lying and all(setting.utility(truth[i], lying, i) > u for i, u in zip(pair, now, strict=True)):
                    return False
    return True


def core(setting):
    """Every set of bidders with every allocation to them alone, and the seller."""
    for types, draws in setting.outcomes.items():
        revenue = sum(p * sum(paid) for p, _, paid in draws)
        utilities = [setting.utility(types[i], draws, i) for i in setting.agents]
        for size in range(len(utilities) + 1):
            for group in combinations(setting.agents, size):
                have = revenue + sum(utilities[i] for i in group)
                for shares in setting.allocations:
                    if sum(setting.worth(types[i], shares[i]) for i in group) > have:
                        return False
    return True


def pareto_efficient(setting):
    for types, draws in setting.outcomes.items():
        for shares in setting.allocations:
            gains = [
                setting.worth(types[i], shares[i]) - sum(p * setting.worth(types[i], had[i]) for p, had, _ in draws)
                for i in setting.agents
            ]
            if min(gains) >= 0 and max(gains) > 0:
                return False
    return True


def revenue(draws):
    return sum(p * sum(paid) for p, _, paid in draws)


def zero(setting):
    return tuple(0 for _ in setting.types[0])


def revenue_monotone(setting):
    for profile, draws in setting.outcomes.items():
        for i in setting.agents:
            if revenue(draws) < revenue(setting.outcomes[(*profile[:i], zero(setting), *profile[i + 1 :])]):
                return False
    return True


def false_name_proof(setting):
    """Bundles are joined, items added, of two slots or two items that nobody can use both of the better one counts."""
    for i, k in permutations(setting.agents, 2):
        for profile, draws in setting.outcomes.items():
            for true in setting.types:
                seats = {i: true, k: zero(setting)}
                honest = setting.outcomes[tuple(seats.get(j, bid) for j, bid in enumerate(profile))]
                held = sum(
                    p * (setting.joint(true, shares[i], shares[k]) - paid[i] - paid[k]) for p, shares, paid in draws
                )
                if held > setting.utility(true, honest, i):
                    return False
    return True


def consumer_sovereignty(setting):
    most = max(map(max, setting.types))
    for i in setting.agents:
        for profile in setting.outcomes:
            if sum(max(bid) for j, bid in enumerate(profile) if j != i) < most:
                menu = [setting.outcomes[(*profile[:i], bid, *profile[i + 1 :])] for bid in setting.types]
                if not any(p and setting.gives(shares[i]) for draws in menu for p, shares, _ in draws):
                    return False
    return True


def no_free_riding(setting):
    for profile, draws in setting.outcomes.items():
        for i, j in permutations(setting.agents, 2):
            if profile[i] == zero(setting):
                more = sum(
                    p
                    * (setting.joint(profile[j], shares[j], shares[i]) - setting.worth(profile[j], shares[j]) - paid[i])
                    for p, shares, paid in draws
                )
                if more > 0:
                    return False
    return True


def anonymous(setting):
    for profile, draws in setting.outcomes.items():
        if any(set(first) & set(second) for first, second in combinations(profile, 2)):
            continue  # a tie
        for i, j in combinations(setting.agents, 2):
            place = {i: j, j: i}
            swapped = setting.outcomes[tuple(profile[place.get(agent, agent)] for agent in setting.agents)]
            moved = [(setting.treatment(draws, a), setting.treatment(swapped, place.get(a, a))) for a in setting.agents]
            if any(before != after for before, after in moved):
                return False
    return True


def moved_alike(setting, rule, due):
    """Whether everybody's treatment at the changed profile is the one that is due, as far as the grid goes."""
    for profile, draws in setting.outcomes.items():
        image = tuple(tuple(rule(amount) for amount in bid) for bid in profile)
        for p, shares, paid in draws if image in setting.outcomes else ():
            assert p == 1  # deterministic mechanisms are enough here
            ((_, new_shares, pays),) = setting.outcomes[image]
            units = [int(bool(setting.gives(share))) for share in shares]
            if list(new_shares) != list(shares) or list(pays) != [due(*pair) for pair in zip(paid, units, strict=True)]:
                return False
    return True


def scale_invariant(setting):
    return moved_alike(setting, lambda amount: 2 * amount, lambda paid, units: 2 * paid)


def translation_invariant(setting):
    return moved_alike(setting, lambda amount: amount + 1, lambda paid, units: paid + units)


def losers_irrelevant(setting):
    for bid, lie, i, before, after in setting.lies():
        (_, shares, paid), (_, later, pays) = before[0], after[0]
        assert len(before) == len(after) == 1  # deterministic mechanisms are enough here
        lost = not setting.gives(shares[i]) and all(low <= high for low, high in zip(lie, bid, strict=True))
        moved = list(shares) != list(later) or any(late > early for late, early in zip(pays, paid, strict=True))
        if lost and moved:
            return False
    return True


def null_bidder(setting):
    for profile, ((_, shares, paid),) in setting.outcomes.items():
        for i in setting.agents:
            if any(profile[i]) or setting.gives(shares[i]):
                continue
            (later, pays) = setting.call([bid for agent, bid in enumerate(profile) if agent != i])
            if paid[i] or [*later] != [*shares[:i], *shares[i + 1 :]] or [*pays] != [*paid[:i], *paid[i + 1 :]]:
                return False
    return True


DECIDED_HERE = {
    "null-bidder": null_bidder,
    "losers-irrelevant": losers_irrelevant,
    "feasible": feasible,
    "dsic": dsic,
    "ex-post-ir": ex_post_ir,
    "no-deficit": no_deficit,
    "no-positive-transfers": no_positive_transfers,
    "efficient": efficient,
    "anonymous": anonymous,
    "monotone": monotone,
    "envy-free": envy_free,
    "critical-payment": critical_payment,
    "pairwise-strategyproof": pairwise_strategyproof,
    "core": core,
    "pareto-efficient": pareto_efficient,
    "revenue-monotone": revenue_monotone,
    "false-name-proof": false_name_proof,
    "consumer-sovereignty": consumer_sovereignty,
    "no-free-riding": no_free_riding,
    "scale-invariant": scale_invariant,
    "translation-invariant": translation_invariant,
}
TABLES = {path.stem: tomllib.loads(path.read_text()) for path in sorted((specs_dir() / "claims").glob("*.toml"))}
UNSTABLE = {"property": "deterministic", "expect": "REFUTED"}  # such a subject has no other property to be decided
RANKED = ("house-allocation", "matching", "voting")  # compared in test_checker_agrees_on_rankings
DECIDABLE = [
    name
    for name, table in TABLES.items()
    if UNSTABLE not in table["claim"]
    and name not in TOO_LARGE
    and table["domain"]["kind"] not in RANKED
    and "random" not in table["subject"]  # which needs a scripted source to be run
]


def breaks_its_contract(table):
    """Whether the optimiser, asked about profiles of the grid, once returns another result than the first best."""
    ((optimiser, alternatives),) = [map(function_of, pair) for pair in table["subject"]["contracts"].items()]
    setting, goods = Setting(table), table["domain"]["goods"]
    for profile in product(setting.types, repeat=len(setting.agents)):
        listed = list(alternatives(profile, goods))
        best = max(score for _, score in listed)
        if optimiser(profile, goods) != next(result for result, score in listed if score == best):
            return True
    return False


def function_of(path):
    module, _, name = path.partition(":")
    return getattr(importlib.import_module(module), name)


@pytest.mark.parametrize("name", DECIDABLE)
def test_expected_verdicts_follow_from_the_definitions(name):
    setting = Setting(TABLES[name])
    holds = "ERROR" if setting.faulty else "EXHAUSTED"
    for claim in TABLES[name]["claim"]:
        prop, expected = claim["property"], claim["expect"]
        by_contract = claim.get("engine") == "symbolic" and "contracts" in TABLES[name]["subject"]
        if expected == "ERROR" and by_contract:
            assert breaks_its_contract(TABLES[name])
        elif prop in DECIDED_HERE:
            found = holds if DECIDED_HERE[prop](setting) else "REFUTED"
            if claim.get("engine") == "symbolic" and found == "EXHAUSTED":  # what is true here may be false elsewhere
                found = expected if expected in ("PROVED", "SUPPORTED", "REFUTED") else found
            assert (prop, found) == (prop, expected)
