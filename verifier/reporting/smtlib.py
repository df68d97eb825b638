"""The lemmas of a proof as SMT-LIB 2, so that any solver can repeat them: from a certificate to texts.

A text holds one family of cases, e.g. the lies of one agent. Every lemma is a block from push to pop, with a
check-sat that has to answer unsat.

What is not there: the cuts of the tree of choices. A certificate holds their multipliers, but the inequalities that
these multiply are the comparisons of the mechanism; they are had by running it on symbols, as the checker does. For the
same reason no solver can tell from a certificate alone that the lemmas cover every pair of paths.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from verifier.errors import CertificateError, VerifierError, nearest
from verifier.exact import money, show
from verifier.properties.cases import Over
from verifier.reporting.reading import ClaimEntry, Report, read

if TYPE_CHECKING:
    from verifier.domains import Domain
    from verifier.engines.symbolic.goals import Family

# what the facts of the first and of the second run are called
_RUNS = {
    Over.DEVIATIONS: ("known of the run with the truth", "known of the run with the lie"),
    Over.COALITIONS: ("known of the run with the truth", "known of the run with the common lie"),
    Over.SWAPS: ("known of the run", "known of the run with the two reports exchanged"),
}
_ONE_RUN = ("known of the run", "known of the same run")


@dataclass(frozen=True, slots=True)
class Script:
    """One text: the claim that it is about, the number of its family from 1, and how many answers it asks for."""

    claim: str
    family: int
    lemmas: int
    text: str


def scripts(certificate: Mapping[str, Any], claim: str | None = None) -> list[Script]:
    """A text for every family of a proved claim that needs lemmas.

    Parameters
    ----------
    claim : the id of the only claim to write; by default all that are proved

    Raises
    ------
    CertificateError : no such claim or no proof of it, or a lemma that is none.
    """
    report = read(certificate)
    ids = [entry.id for entry in report.claims]
    if len(set(ids)) < len(ids) or not all(re.fullmatch("[a-z0-9-]+", one) for one in ids):
        raise CertificateError(f"certificate {report.name!r}: the ids of its claims cannot name files")
    if claim is not None:
        _require_proof(report, claim)
    found: list[Script] = []
    for entry, written in zip(report.claims, certificate["claims"], strict=True):
        if entry.proof is not None and claim in (None, entry.id):
            try:
                found += _of_claim(report, entry, written["proof"]["families"])
            except (AttributeError, IndexError, KeyError, TypeError, ValueError, VerifierError) as error:
                where = f"certificate {report.name!r}, claim {entry.id!r}"
                raise CertificateError(f"{where}: its proof cannot be read ({error})") from error
    return found


def _require_proof(report: Report, name: str) -> None:
    claims = {claim.id: claim for claim in report.claims}
    if name not in claims:
        raise CertificateError(f"certificate {report.name!r}: no claim {name!r}{nearest(name, list(claims))}")
    if claims[name].proof is None:
        verdict = claims[name].verdict
        raise CertificateError(f"certificate {report.name!r}: claim {name!r} is {verdict}, and only a proof has lemmas")


def _of_claim(report: Report, claim: ClaimEntry, written: list[list[Any]]) -> Iterator[Script]:
    from verifier.engines.symbolic.goals import families
    from verifier.properties import find_property

    prop = find_property(claim.property)
    blocks = list(families(prop, report.domain))
    if len(blocks) != len(written):
        raise CertificateError(f"it has {len(written)} families, not {len(blocks)}")
    for place, (family, lemmas) in enumerate(zip(blocks, written, strict=True), start=1):
        if lemmas:
            about = _about(report.domain, family, f"{place} of {len(blocks)}")
            head = [*_title(report, claim), about, *_reading(claim), *_rounding(report.domain)]
            head += [f"The paths are those of the program {claim.ground}."] if claim.ground else []
            lines = [*(f"; {' '.join(line.split())}" for line in head), "(set-logic QF_LRA)"]
            names = _names(report.domain, family, prop.over)
            lines += _declared(report.domain, names)
            runs = _RUNS.get(prop.over, _ONE_RUN)
            for number, lemma in enumerate(lemmas, start=1):
                lines += ["", f"; lemma {number} of {len(lemmas)}", *_lemma(lemma, names, family.second or {}, runs)]
            yield Script(claim.id, place, len(lemmas), "\n".join(["(set-info :smt-lib-version 2.6)", *lines, ""]))


def _title(report: Report, claim: ClaimEntry) -> list[str]:
    call, tolerance = report.subject["call"], f", tolerance {show(claim.tolerance)}" if claim.tolerance else ""
    return [f"{report.title}: {call}", f"Claim {claim.id}{tolerance}: {claim.statement}", f"Margin: {claim.formula}"]


def _about(domain: Domain, family: Family, place: str) -> str:
    """Which cases the file is about."""
    if family.alternative is not None:
        return f"Family {place}: against the allocation ({', '.join(map(str, family.alternative))})."
    people = " and ".join(f"agent {agent + 1} ({domain.agents[agent]})" for agent in family.agents)
    return f"Family {place}: {people or 'all agents together'}."


def _reading(claim: ClaimEntry) -> list[str]:
    return [
        f"Certificate says {claim.verdict}. Each lemma takes inequalities that hold on some paths of the program and,",
        "where it has a goal, what a negative margin would mean there. It asserts that they contradict each other:",
        "every check-sat must answer unsat. That the lemmas leave no case out is not asserted here, since that takes",
        "the program: `verify check` runs it. Solvers may want a flag for push and pop, as in cvc5 --incremental.",
    ]


def _rounding(domain: Domain) -> list[str]:
    """Why integers are declared as reals."""
    text = "Bids are integers: bounds are rounded to integers here, after which even reals contradict each other."
    return [text] if domain.whole else []


def _names(domain: Domain, family: Family, over: Over) -> dict[int, str]:
    """A readable name for every variable: bid_2 or bid_2_0 (agents from 1, coordinates from 0), and the lie."""
    n, d = len(domain.agents), domain.dimension
    owners = [("bid", agent) for agent in range(n)]
    if over in (Over.DEVIATIONS, Over.COALITIONS):
        owners += [("lie", agent) for agent in family.agents]
    return {
        place * d + c: f"{word}_{agent + 1}" + (f"_{c}" if d > 1 else "")
        for place, (word, agent) in enumerate(owners)
        for c in range(d)
    }


def _declared(domain: Domain, names: Mapping[int, str]) -> Iterator[str]:
    for name in names.values():
        agent = domain.agents[int(name.split("_")[1]) - 1]
        yield f"(declare-const {name} Real) ; {' '.join(agent.split())}"


def _lemma(
    lemma: Mapping[str, Any], names: Mapping[int, str], moved: Mapping[int, int], runs: tuple[str, str]
) -> Iterator[str]:
    """The second run's facts are written in its own variables, which `moved` takes to those of the file."""
    yield "(push 1)"
    parts = [
        (runs[0], lemma["first"], {}),
        (runs[1], lemma["second"], moved),
        ("the goal: the margin is too low", lemma["goal"], {}),
    ]
    for words, atoms, places in parts:
        if atoms:
            yield f"; {words}"
        for atom in atoms:
            yield f"(assert {_formula(atom, names, places)})"
    yield from ("(check-sat)", "(pop 1)")


def _formula(atom: list[Any], names: Mapping[int, str], moved: Mapping[int, int]) -> str:
    """Text of sum + constant < 0, with the negative parts on the other side: no number is negative."""
    terms, constant, strict = atom
    sides: tuple[list[str], list[str]] = [], []
    for variable, coefficient in terms:
        if type(coefficient) is not int or not coefficient:
            raise CertificateError(f"{coefficient!r} is no coefficient")
        name = names[moved.get(variable, variable)]
        size = abs(coefficient)
        sides[coefficient < 0].append(name if size == 1 else f"(* {size} {name})")
    rest = Fraction(money(constant))
    if rest:
        sides[rest < 0].append(_number(abs(rest)))
    return f"({'<' if strict else '<='} {_sum(sides[0])} {_sum(sides[1])})"


def _number(amount: Fraction) -> str:
    return str(amount) if amount.denominator == 1 else f"(/ {amount.numerator} {amount.denominator})"


def _sum(parts: list[str]) -> str:
    return f"(+ {' '.join(parts)})" if len(parts) > 1 else parts[0] if parts else "0"
