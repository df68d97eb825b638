"""The independent checker: one file, the standard library, no solver, nothing of the rest of this package.

    python -I checker.py CERT.json [--source DIR ...] [--claim ID] [--json]

It reads a certificate, believes nothing in it, runs the subject (the mechanism that the certificate is about) again on
every profile of the grid, recomputes every number in exact fractions and compares. It has its own loader, its own
domains, its own statement of every property; what it shares with the program that wrote the certificate is the format.

What you trust   CPython and its standard library, this file, and that the subject's source, which you may read, is a
                 mechanism and does not attack the process that runs it, together with the libraries that it imports
                 from outside its own package. The seal (sha256) shows damage, not authorship; nothing rests on it.
CONFIRMED means  the subject's files have the recorded digests, and the verdict, the table, the witnesses and the faults
                 are what running them gives. UNKNOWN claims nothing and is confirmed as such. For PROVED and exact
                 regrets: the subject, run on linear forms, takes the paths of the tree and no others, fractions add up
                 for every pair of paths, and it was seen to do the same with numbers, whole, fractional and large ones,
                 on the grid, on many paths and in fresh processes. A subject made to tell a form from a number, and to
                 cheat at numbers that nobody tries, is not found by running it: read it. Under a contract ("this
                 function returns the first best of those alternatives") the function was taken at its word on forms,
                 and compared with it at every call with numbers; the report says so.
                 A sample is drawn again from its seed, and the bounds follow from its counts.
PARTLY means     what was recorded agrees with itself, but something could not be looked at (no source at hand, the run
                 loaded a file that the certificate does not list, a solver is trusted, or a search met nothing, which
                 is not repeated here); the report says what.
REJECTED means   something in the certificate is false or malformed; the report says what. One bad claim is rejected
                 alone; a broken seal, field, digest or list of faults rejects all.
Not checked      title, name, versions, seed, budget, arithmetic, outcomes, batch_*, repeat_sample, and the texts of
                 reasons and messages: they tell how a result was obtained. That a witness is the smallest one. Names
                 of agents are labels, and so is `upper` where nothing is proved, unless the subject sees them. `expect`
                 and `tolerance` are what the author asked for; that they are fulfilled is checked. How much a search
                 looked at, and how many profiles it or a sample ran again. Of an exploration
                 the counts of replays, of compared calls and of paths that no bids are known to take, and the hash
                 seeds; all of it where nothing is proved by it.
An auction       A certificate about the outcome of one auction needs no subject: optima are proved by covers of all
                 choices of bids, whose prices are added up here. Not checked: that the mechanism gave this outcome.

Exit: 0 all confirmed, 4 something rejected, 3 only partly checked, 2 usage or unreadable file.

In this order: forms (what a certificate may look like), domains, properties, reading and running the subject, tables,
proofs, judging (by engine, see `JUDGES`), the whole certificate, auctions, the command.
"""

from __future__ import annotations

import builtins
import hashlib
import importlib
import json
import math
import os
import random
import re
import sys
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, MutableSequence, Sequence
from collections.abc import Set as AbstractSet
from contextlib import contextmanager, redirect_stdout
from copy import deepcopy
from decimal import Decimal
from fractions import Fraction
from functools import partial, update_wrapper
from itertools import combinations, islice, pairwise, permutations, product
from operator import index as whole
from operator import is_, mul
from pathlib import Path
from types import ModuleType
from typing import Any, NamedTuple, TypeAlias

CONFIRMED, PARTLY, REJECTED = "CONFIRMED", "PARTLY", "REJECTED"
MOST_FAULTS = 5  # that a certificate lists
HASH_SEEDS = (0, 1, 2, 3)  # of fresh processes, besides those that the certificate names
SAMPLE = 200  # profiles that fresh processes repeat when determinism itself is not claimed
LONGEST = 4_000  # bits of a number that a subject returns
SEARCHED = "a search that met no violation is not repeated here; that there is none is not claimed"
FINENESS = 1_000_000  # bounds on a share are multiples of one over this
ONE_STEP = Fraction(1, FINENESS)
TRUSTED = "z3 is trusted here; beyond the grid, which has no violation, there is nothing that can be repeated"
MOST_PROBES = 1000  # paths that are also run with numbers, off the grid
MOST_YIELDS = 100_000  # of a generator
MOST_SAMPLED = 20_000  # runs of a sample at one profile
MOST_BRANCHES = 5_000  # ways in which the draws at one profile can come out
MIXTURES = 64  # and points between profiles of the grid
BUILTINS = {name: value for name, value in vars(builtins).items() if not name.startswith("_")}

Json: TypeAlias = Any
Number: TypeAlias = int | Fraction
Vector: TypeAlias = tuple[Number, ...]  # a type, or what an agent consumes; worth = inner product
Toss: TypeAlias = tuple[tuple[Fraction, ...], int]  # the chances of the options of a draw, and which one came out
Deal: TypeAlias = tuple[Vector, Number]  # what one agent gets and what it pays, in expectation


class Refused(Exception):
    """The certificate is not sound."""


class Missing(Exception):
    """Something needed for the whole check is not at hand."""


def require(condition: object, otherwise: str) -> None:
    """The one place where a certificate is refused."""
    if not condition:
        raise Refused(otherwise)


# --- forms
# A form is a dict (exactly these keys; one that ends in "?" may be left out), [form] (a list of such), (form,) (null or
# such), a frozenset of texts, or the name of a plain form.


def is_rational(value: Json) -> bool:
    """Whether it is "p" or "p/q" in lowest terms."""
    if type(value) is not str or not re.fullmatch(r"(0|-?[1-9][0-9]*)(/[1-9][0-9]*)?", value):
        return False
    above, slash, below = value.partition("/")
    try:
        whole, parts = int(above), int(below or 1)
    except ValueError:  # more digits than Python converts
        return False
    return not slash or math.gcd(whole, parts) == 1 < parts


def is_plain(value: Json, depth: int = 100) -> bool:
    """Whether it is JSON without floats, and not nested so deeply that whoever reads it runs out of stack."""
    inner = value if type(value) is list else value.values() if type(value) is dict else ()
    known = type(value) in (str, int, bool, type(None), list, dict)
    return known and depth > 0 and all(is_plain(item, depth - 1) for item in inner)


def is_source(value: Json) -> bool:
    """Whether it maps relative paths to sha256 digests."""
    return type(value) is dict and all(
        re.fullmatch(r"(?!.*(^|/)\.\.?/)[^/\\:][^\\:]*\.py", path) and re.fullmatch("[0-9a-f]{64}", str(digest))
        for path, digest in value.items()
    )


def is_contracts(value: Json) -> bool:
    """Whether it maps functions to functions, by module:function."""
    names = [*value, *value.values()] if type(value) is dict else [None]
    return all(type(one) is str and one.count(":") == 1 and is_dotted(one.replace(":", ".")) for one in names)


def is_dotted(value: str) -> bool:
    """Whether it is one name, or several joined by dots."""
    return all(part.isidentifier() for part in value.split("."))


def is_compared(value: Json) -> bool:
    """Whether it maps names to counts of calls, and of those of them that rounded."""
    return type(value) is dict and all(
        type(one) is dict
        and one.keys() == {"calls", "rounded"}
        and all(type(count) is int for count in one.values())
        and 0 <= one["rounded"] <= one["calls"]
        for one in value.values()
    )


def is_atom(value: Json) -> bool:
    """Whether it is [[[variable, coefficient], ...], constant, strict]."""
    return (
        type(value) is list
        and list(map(type, value)) == [list, str, bool]
        and all(type(term) is list and list(map(type, term)) == [int, int] and term[0] >= 0 for term in value[0])
        and is_rational(value[1])
    )


def is_token(value: Json) -> bool:
    """Whether it is a number of open options, or a list with null or [[place, multiplier], ...] for each."""
    if type(value) is int:
        return value > 0
    pairs = [pair for proof in value if proof is not None for pair in proof] if type(value) is list else [None]
    return all(type(pair) is list and list(map(type, pair)) == [int, int] and min(pair) >= 0 for pair in pairs)


def is_map(value: Json, fitting: Callable[[Json], bool]) -> bool:
    """Whether it maps whole numbers, as texts, to what fits."""
    numbers = type(value) is dict and all(re.fullmatch("0|[1-9][0-9]{0,8}", key) for key in value)
    return numbers and all(map(fitting, value.values()))


def is_share(value: Json) -> bool:
    """Whether it is what an agent gets: an amount, a row of utilities, or null."""
    return value is None or is_rational(value) or (type(value) is list and all(map(is_rational, value)))


def is_label(value: Json) -> bool:
    """Whether it is a text, or {"number": amount}."""
    return type(value) is str or (type(value) is dict and [*value] == ["number"] and is_rational(value["number"]))


def is_split(value: Json) -> bool:
    """Whether it is the number of a price vector, -1, or a pair (bidder, place)."""
    if type(value) is list:
        return list(map(type, value)) == [int, int]
    return type(value) is int and value >= -1


class Loose(NamedTuple):
    """A form whose objects may have more keys, those of `more`."""

    form: Json
    more: Json


TEXT, FLAG, COUNT, RATIONAL = "a text", "true or false", "a whole number of at least 0", "a rational in lowest terms"
OBJECT, SOURCE, ONE = "an object without floats, or too deep", "a map from files to sha256 digests", "the version 1"
ATOM, TOKEN = "an atom", "a choice of the tree"
CONTRACTS, COMPARED = "a map from functions to functions", "a map to counts of calls"
SHARE, LABEL = "a share", "a label"
UNITS, PRICES, SPLIT = "a map from goods to units", "a map from rows to prices", "a split or a leaf of a cover"
PLAIN: dict[str, Callable[[Json], bool]] = {
    TEXT: lambda value: type(value) is str,
    FLAG: lambda value: type(value) is bool,
    COUNT: lambda value: type(value) is int and value >= 0,
    RATIONAL: is_rational,
    OBJECT: lambda value: type(value) is dict and is_plain(value),
    SOURCE: is_source,
    ONE: lambda value: type(value) is int and value == 1,
    ATOM: is_atom,
    TOKEN: is_token,
    CONTRACTS: is_contracts,
    COMPARED: is_compared,
    UNITS: lambda value: is_map(value, lambda units: type(units) is int and units > 0),
    PRICES: lambda value: is_map(value, lambda price: is_rational(price) and not price.startswith("-")),
    SPLIT: is_split,
    SHARE: is_share,
    LABEL: is_label,
}
POSITIVE = ("UNKNOWN", "SUPPORTED", "EXHAUSTED", "PROVED")  # ascending in strength
VERDICTS = frozenset({*POSITIVE, "REFUTED", "ERROR"})
DOMAIN: Json = {
    "kind": TEXT,
    "agents": [TEXT],
    "types": [[[RATIONAL]]],
    "upper": (RATIONAL,),
    "amounts": frozenset({"reals", "integers"}),
}
DOMAINS: Json = {
    "single-item": DOMAIN,
    "unit-demand": {**DOMAIN, "items": COUNT},
    "multi-unit": {**DOMAIN, "items": COUNT, "flat?": FLAG},
    "slots": {**DOMAIN, "click_rates": [RATIONAL]},
    "combinatorial": {**DOMAIN, "goods": COUNT},
    "divisible": DOMAIN,
    "two-sided": {**DOMAIN, "buyers": COUNT},
    "procurement": {**DOMAIN, "items": COUNT},
    "utilities": {**DOMAIN, "labels": [[LABEL]]},
}
RANKED: Json = {**DOMAIN, "lists": frozenset({"complete", "truncated"})}
ORDINAL: Json = {
    "house-allocation": {
        **RANKED,
        "objects": [TEXT],
        "capacities": [COUNT],
        "priorities": [[COUNT]],
        "endowment": [COUNT],
    },
    "matching": {**RANKED, "proposers": COUNT},
    "voting": {**RANKED, "candidates": [TEXT]},
}
WITNESS: Json = {
    "agents": [COUNT],
    "runs": [
        {
            "bids": [[RATIONAL]],
            "draws": [{"probability": RATIONAL, "allocation": [SHARE], "payments": [RATIONAL]}],
            "tape?": [OBJECT],
        }
    ],
    "margin": RATIONAL,
    "alternative": ([(RATIONAL,)],),
    "repeat": (TEXT,),
    "rounding": FLAG,
    "rounded_to?": TEXT,
}
PART: Json = {"part": COUNT, "whole": COUNT}
TABLE: Json = {
    "rows": [{"agent": (COUNT,), "cases": COUNT, "violations": COUNT, "least_margin": (RATIONAL,)}],
    "skipped": COUNT,
    "truth_best": (PART,),
    "unequal_ties": (PART,),
}
LEMMA: Json = {"first": [ATOM], "second": [ATOM], "goal": [ATOM], "multipliers": [COUNT]}
REGRET: Json = {
    "agent": COUNT,
    "supremum": RATIONAL,
    "attained": FLAG,
    "paths": [COUNT],
    "inside": [RATIONAL],
    "limit": [RATIONAL],
    "lemmas": [LEMMA],
}
CLAIM: Json = {
    **dict.fromkeys(("id", "property", "statement", "formula", "engine"), TEXT),
    "tolerance": RATIONAL,
    "expect": VERDICTS,
    "verdict": VERDICTS,
    "met": FLAG,
    "reason": (TEXT,),
    "table": (TABLE,),
    "witness": (WITNESS,),
    "worst": (WITNESS,),
    "proof": ({"families": [[LEMMA]]},),
    "regret": ([REGRET],),
    "estimate?": (OBJECT,),
}
ESTIMATES: Json = {  # what was searched or sampled, by engine
    "search": {
        "kind": frozenset({"search"}),
        **dict.fromkeys(("seed", "cases", "failed", "targeted", "profiles", "repeated"), COUNT),
    },
    "sampling": {
        "kind": frozenset({"sampling"}),
        **dict.fromkeys(("seed", "drawn", "cases", "failed", "violations", "repeated"), COUNT),
        **dict.fromkeys(("confidence", "lower", "upper", "at_most", "anytime"), RATIONAL),
    },
}
SUBJECT: Json = {
    "call": TEXT,
    "create": FLAG,
    "method": (TEXT,),
    "arguments": OBJECT,
    "source": SOURCE,
    "bids": frozenset({"list", "tuple", "dict", "numpy", "arguments", "sides", "hook"}),
    "numbers": frozenset({"exact", "float", "decimal"}),
    "returns": {
        "allocation": TEXT,
        "payments": TEXT,
        "randomised": FLAG,
        "sellers?": frozenset({"receive", "net"}),
        "allocation_as": frozenset(
            {"shares", "winner", "winners", "by-agent", "order", "elected", "pairs", "matrix", "asked", "asked-by-name"}
            | {"trades"}
        ),
        "payments_as": frozenset(
            {"per-agent", "by-agent", "winner-pays", "unit-price", "none", "asked", "asked-by-name", "trades"}
        ),
    },
    "contracts": CONTRACTS,
}
ABSENT = frozenset({"none", "missing"})  # how a report of nothing is handed over
PACKAGE: Json = {"module": TEXT, "name": TEXT, "version": TEXT, "files": SOURCE}
CALLING: Json = {
    "fresh": FLAG,
    "reset": (TEXT,),
    "each": (TEXT,),
    "then": (TEXT,),
    "result": frozenset({"direct", "awaited", "yielded", "generated", "with-object"}),
    "step?": TEXT,
    "until?": TEXT,
}
CHANCE: Json = {
    "how": frozenset({"argument", "seed", "module"}),
    "parameter": (TEXT,),
    "kind": (frozenset({"random", "numpy-generator", "numpy-random-state"}),),
    "seeds": [COUNT],
    "sampled?": COUNT,
    "payments_within?": [RATIONAL],
}
METHOD: Json = {
    "engine": TEXT,
    "scope": frozenset({"grid"}),
    "profiles": COUNT,
    "evaluated": COUNT,
    "hash_seeds": [COUNT],
    "arithmetic": frozenset({"int64", "fractions"}),
    "outcomes": frozenset({"scalar", "batch"}),
    "batch_sample": COUNT,
    "batch_refused": (TEXT,),
    "repeat_sample": COUNT,
}
WALLS = frozenset({"namespace", "not isolated", "allowed"})
ISOLATION: Json = {
    "cpu_seconds": COUNT,
    "wall_seconds": COUNT,
    "memory": COUNT,
    "file_size": COUNT,
    "open_files": COUNT,
    "processes_limit": COUNT,
    "output_bytes": COUNT,
    "network": WALLS,
    "processes": WALLS,
}
EXPLORATION: Json = {
    "paths": COUNT,
    "unreached": COUNT,
    "tree": [TOKEN],
    "stopped": (TEXT,),
    "rounded": COUNT,
    "hash_seeds": [COUNT],
    "replays": {"exact": COUNT, "fraction": COUNT, "float": COUNT},
    "contracts": COMPARED,
}
FAULT: Json = {
    "bids": [[RATIONAL]],
    "kind": frozenset({"crash", "protocol", "infeasible", "unstable"}),
    "message": TEXT,
}
CERTIFICATE: Json = {
    "format": frozenset({"mechanism-verifier certificate"}),
    "version": ONE,
    "name": TEXT,
    "title": TEXT,
    "versions": OBJECT,
    "seed": COUNT,
    "budget": {"profiles": COUNT, "paths": COUNT, "queries": COUNT, "examples?": COUNT, "samples?": COUNT},
    "subject": Loose(
        SUBJECT,
        {
            "calling": CALLING,
            "random": CHANCE,
            "hook": TEXT,
            "fields": [TEXT],
            "absent": ABSENT,
            "speaks": frozenset({"argv", "stdin", "prompts"}),
            "packages": [PACKAGE],
        },
    ),
    "domain": OBJECT,
    "method": METHOD,
    "interrupted": FLAG,
    "faults": {"count": COUNT, "first": [FAULT]},
    "exploration": (EXPLORATION,),
    "claims": [Loose(CLAIM, {"agents": [TEXT]})],
    "sha256": TEXT,
}

AUCTION: Json = {
    "goods": [TEXT],
    "supply": [COUNT],
    "bidders": [
        {"name": TEXT, "language": frozenset({"xor", "or"}), "bids": [{"units": UNITS, "value": RATIONAL}]},
    ],
}
OPTIMUM: Json = {
    "welfare": RATIONAL,
    "choice": [[COUNT]],
    "cover": {"prices": [{"goods": PRICES, "bidders": PRICES}], "tree": [SPLIT]},
}
AUCTION_CERTIFICATE: Json = {
    "format": frozenset({"mechanism-verifier auction certificate"}),
    "version": ONE,
    "name": TEXT,
    "title": TEXT,
    "source": TEXT,
    "mechanism": {"call": (TEXT,), "files": SOURCE},
    "versions": OBJECT,
    "auction": AUCTION,
    "outcome": ({"choice": [[COUNT]], "payments": [RATIONAL]},),
    "claims": [
        {
            "id": TEXT,
            "verdict": VERDICTS,
            "expect": (VERDICTS,),
            "met": FLAG,
            "reason": TEXT,
            "evidence": OBJECT,
        }
    ],
    "interrupted": FLAG,
    "sha256": TEXT,
}
EVIDENCE: Json = {  # what a decided claim about an outcome rests on
    "feasible": {},
    "efficient": {"optimum": OPTIMUM},
    "individually-rational": {},
    "no-deficit": {},
    "vcg-payments": {"optimum": OPTIMUM, "without": [OPTIMUM]},
    "core": {"lowered": (OPTIMUM,)},
    "as-worked": {"welfare": RATIONAL, "payments": [RATIONAL]},
}


MIXED: Json = [[RATIONAL]]  # for each player the probabilities of its actions
GAME_CERTIFICATE: Json = {
    "format": frozenset({"mechanism-verifier game certificate"}),
    "version": ONE,
    "name": TEXT,
    "title": TEXT,
    "source": TEXT,
    "versions": OBJECT,
    "game": {"title": TEXT, "players": [TEXT], "actions": [[TEXT]], "payoffs": [[RATIONAL]], "revenue": ([RATIONAL],)},
    "claims": [
        {
            "id": TEXT,
            "kind": TEXT,
            "statement": TEXT,
            "verdict": VERDICTS,
            "expect": (VERDICTS,),
            "met": FLAG,
            "reason": TEXT,
            "evidence": OBJECT,
        }
    ],
    "findings": [TEXT],
    "interrupted": FLAG,
    "sha256": TEXT,
}
BOX: Json = {"supports": [[COUNT]], "centre": [RATIONAL], "radius": RATIONAL, "preconditioner": [[RATIONAL]]}
CORRELATED: Json = {
    "concept": frozenset({"correlated", "coarse correlated"}),
    "sense": frozenset({"least", "greatest"}),
    "value": RATIONAL,
    "distribution": [{"profile": [COUNT], "probability": RATIONAL}],
    "prices": [{"player": COUNT, "action": (COUNT,), "deviation": COUNT, "price": RATIONAL}],
}
ANARCHY: Json = {
    "concept": frozenset({"truthful", "pure", "mixed", "correlated", "coarse correlated"}),
    "line": frozenset({"truthful", "pure", "mixed", "correlated", "coarse correlated", "witness"}),
    "played": ([[COUNT]],),
    "optimum": [COUNT],
    "worst": (MIXED,),
    "best": (MIXED,),
    "bounds": [CORRELATED],
    "anarchy": (TEXT,),
    "stability": (TEXT,),
    "gate": (RATIONAL,),
}
SMOOTH: Json = {
    "form": frozenset({"A", "B", "C", "D"}),
    "parameters": [RATIONAL],
    "deviations": MIXED,
    "slack": RATIONAL,
    "profile": [COUNT],
    "bound": (RATIONAL,),
    "charges": ([RATIONAL],),
    "played": ([[COUNT]],),
}
CLASS_BOUND: Json = {
    "objective": frozenset({"cost", "welfare"}),
    "players": COUNT,
    "functions": [[RATIONAL]],
    "worth": ([[RATIONAL]],),
    "share": RATIONAL,
    "multiplier": RATIONAL,
    "loads": [{"equilibrium": COUNT, "both": COUNT, "optimum": COUNT, "function": COUNT, "weight": RATIONAL}],
    "price": RATIONAL,
    "gate": (RATIONAL,),
}
PLAY_EVIDENCE: Json = {  # what a decided claim about a game rests on
    "class-bound": CLASS_BOUND,
    "smooth": SMOOTH,
    "price-of-anarchy": ANARCHY,
    "pure-equilibria": {"profiles": [[COUNT]]},
    "extreme-equilibria": {"equilibria": [MIXED]},
    "mixed-equilibria": {"profiles": [MIXED], "boxes": [BOX]},
    "nash": {"profile": MIXED, "gains": [RATIONAL]},
    "dominant": {"profile": [COUNT]},
    "correlated-welfare": {"bounds": [CORRELATED]},
    "extreme-count": {"count": COUNT},
    "pure-count": {"count": COUNT, "profiles": [[COUNT]]},
}
NODE: Json = {"player": (COUNT,), "infoset": TEXT, "moves": [TEXT], "chances": [RATIONAL], "payoffs": [RATIONAL]}
TREE_CERTIFICATE: Json = {
    **{key: form for key, form in GAME_CERTIFICATE.items() if key != "game"},
    "format": frozenset({"mechanism-verifier tree certificate"}),
    "tree": {"title": TEXT, "players": [TEXT], "nodes": [NODE]},
    "strategies": ([[[(COUNT,)]]],),
}
TREE_EVIDENCE: Json = {  # what a decided claim about an extensive game rests on
    "subgame-perfect-equilibria": {"plans": [[COUNT]]},
    "value": {"value": RATIONAL, "behaviour": MIXED},
    "pure-equilibria": {"profiles": [[COUNT]]},
    "extreme-equilibria": {"equilibria": [MIXED]},
    "nash": {"behaviour": MIXED, "gains": [RATIONAL]},
    "subgame-perfect": {"behaviour": MIXED, "gains": [[RATIONAL]]},
    "pure-count": {"count": COUNT, "profiles": [[COUNT]]},
}


def fit(value: Json, form: Json, where: str) -> None:
    """Refuse a value that does not have the form."""
    if isinstance(form, Loose):
        present = {key: inner for key, inner in form.more.items() if type(value) is dict and key in value}
        fit(value, {**form.form, **present}, where)
    elif isinstance(form, dict):
        require(type(value) is dict, f"{where} is no object")
        forms = {key: form[key] if key in form else form.get(f"{key}?") for key in value}
        for key in [*value, *form] if value.keys() != form.keys() else ():
            require(forms.get(key, key), f"{where} has the unknown key {key!r}")
            require(key in value or key.endswith("?"), f"{where} lacks the key {key!r}")
        for key, inner in forms.items():
            fit(value[key], inner, f"{where}.{key}")
    elif isinstance(form, list):
        require(type(value) is list, f"{where} is no list")
        for place, item in enumerate(value):
            fit(item, form[0], f"{where}[{place}]")
    elif isinstance(form, tuple):
        if value is not None:
            fit(value, form[0], where)
    elif isinstance(form, frozenset):
        require(type(value) is str and value in form, f"{where} is none of {', '.join(sorted(form))}")
    else:
        require(PLAIN[form](value), f"{where} is not {form}")


def number(written: str) -> Number:
    """A rational that passed its form; whole ones as int, which are fast."""
    return int(written) if written.isdecimal() else simplest(Fraction(written))


def simplest(value: Number) -> Number:
    """The same, as int if it is whole."""
    return value.numerator if value.denominator == 1 else value


def is_whole(value: Number) -> bool:
    """Whether it is a whole number."""
    return value.denominator == 1


def gap(one: Number, two: Number) -> Number:
    """How far apart two numbers are."""
    return max(one - two, two - one)


# --- domains


class Draw(NamedTuple):
    """One outcome of a lottery (the only one, with probability 1, where nothing is random)."""

    probability: Number
    shares: tuple[Number | None, ...]
    payments: Vector


class Outcome(NamedTuple):
    """What happened at a profile: the draws, every agent's deal in expectation, the least slack of the constraints."""

    draws: tuple[Draw, ...]
    deals: tuple[Deal, ...]
    slack: Number


MARKETS = ("two-sided", "procurement")  # where agents sell: then shares and payments are below zero


class Domain:
    """Agents, their types, what a share gives, what is feasible. Profiles are numbered, the last agent fastest."""

    ordinal = False

    def __init__(self, written: Json) -> None:
        self.kind = str(written.get("kind"))
        require(self.kind in DOMAINS, f"domain.kind {self.kind!r} is unknown")
        fit(written, DOMAINS[self.kind], "domain")
        self.names: list[str] = written["agents"]
        self.n = len(self.names)
        self.rates = tuple(number(rate) for rate in written.get("click_rates", ()))
        self.supply: int = written.get("items", 1)
        self.goods: int = written.get("goods", 1)
        self.flat: bool = written.get("flat", False)
        self.sells = range(written.get("buyers", 0) if self.kind in MARKETS else self.n, self.n)  # who sells
        self.dimension = self.supply if self.kind == "multi-unit" else 2 ** min(self.goods, 16) - 1
        self.types = [tuple(tuple(map(number, type_)) for type_ in types) for types in written["types"]]
        self.upper = None if written["upper"] is None else number(written["upper"])
        self.whole = written["amounts"] == "integers"
        self._require_sense(written["upper"])
        self.sizes = [len(types) for types in self.types]
        self.size = math.prod(self.sizes)
        self.strides: list[int] = [math.prod(self.sizes[agent + 1 :]) for agent in range(self.n)]
        self.places = [{type_: place for place, type_ in enumerate(types)} for types in self.types]
        self._known: dict[tuple[Draw, ...], Outcome] = {}

    def _require_sense(self, upper: str | None) -> None:
        require(self.supply >= 1, "domain.items must be at least 1")
        require(1 <= self.goods <= 16, "domain.goods must be 1 to 16")
        require(self.names and len(set(self.names)) == self.n, "domain.agents must be distinct, and at least one")
        require(len(self.types) == self.n and all(self.types), "domain.types needs a grid for every agent")
        require(not self.whole or is_whole(self.upper or 0), "domain.upper is not whole")
        traders = 1 <= self.sells.start < self.n if self.kind == "two-sided" else True
        require(traders, "domain.buyers: both sides need somebody")
        require(self.kind != "procurement" or self.supply <= self.n, "domain.items: more than there are sellers")
        if self.kind == "slots":
            require(self.rates and min(self.rates) >= 0, "domain.click_rates must be non-negative, and at least one")
            require(list(self.rates) == sorted(self.rates, reverse=True), "domain.click_rates must not increase")
        for types in self.types:
            for type_ in types:
                require(len(type_) == self.dimension, f"a type has {len(type_)} coordinates, not {self.dimension}")
                require(min(type_) >= 0, "domain.types has a negative value")
                require(upper is None or max(type_) <= number(upper), "domain.types exceeds domain.upper")
                if self.kind == "combinatorial":
                    parts = [(s, b) for b in range(1, 2**self.goods) for s in range(1, b) if s & b == s]
                    grows = all(type_[s - 1] <= type_[b - 1] for s, b in parts)
                    require(grows, "a bundle in domain.types is worth less than a part of it")
                else:
                    require(list(type_) == sorted(type_, reverse=True), "marginal values in domain.types increase")
                    require(not self.flat or {*type_} <= {0, type_[0]}, "marginal values in domain.types are not flat")
                require(not self.whole or all(map(is_whole, type_)), "domain.types has a value that is not whole")
            order = [(sum(type_), type_) for type_ in types]
            require(order == sorted(set(order)), "domain.types must be distinct and ordered, smallest first")

    def profile(self, place: int) -> tuple[Vector, ...]:
        """The profile with that number."""
        return tuple(t[place // s % len(t)] for t, s in zip(self.types, self.strides, strict=True))

    def reports(self, bids: Json) -> tuple[Vector, ...]:
        """A recorded profile of admissible types, on the grid or not."""
        reports = tuple(tuple(map(number, report)) for report in bids)
        right = len(reports) == self.n and all(len(report) == self.dimension for report in reports)
        require(right, f"bids {bids} are not one report per agent")
        values = [amount for report in reports for amount in report]
        kind = not self.whole or all(map(is_whole, values))
        require(kind and all(atom.true_at(values) for atom in admissible(self)), f"bids {bids} are not admissible")
        return reports

    def moved(self, k: int, to: Mapping[int, int]) -> int:
        """The number of the profile after some agents report what lies at other places of their grids."""
        for agent, place in to.items():
            k += (place - k // self.strides[agent] % self.sizes[agent]) * self.strides[agent]
        return k

    def place(self, bids: Json) -> int:
        """The number of a recorded profile."""
        reports = [tuple(map(number, report)) for report in bids]
        require(len(reports) == self.n, f"bids {bids} are not one report per agent")
        on_grid = all(report in places for report, places in zip(reports, self.places, strict=True))
        require(on_grid, f"bids {bids} are not on the grid")
        return sum(p[r] * s for r, p, s in zip(reports, self.places, self.strides, strict=True))

    def share(self, value: Number | None) -> Number | None:
        """The share itself; ValueError where it means nothing in this domain."""
        if self.kind == "slots":
            if value is not None and (type(value) is not int or not 0 <= value < len(self.rates)):
                raise ValueError(f"{value} is no slot")
        elif value is None:
            raise ValueError("no amount")
        elif self.kind == "combinatorial" and (type(value) is not int or not 0 <= value < 2**self.goods):
            raise ValueError(f"{value} is no bundle")
        return value

    def consumes(self, share: Number | None) -> Vector:
        """What a share gives: clicks for a slot, how much of each unit for identical items, else the amount."""
        if self.kind == "slots":
            return (0 if share is None else self.rates[int(share)],)
        amount: Number = share or 0
        if self.kind == "combinatorial":
            return tuple(int(bundle == amount) for bundle in range(1, 2**self.goods))
        if self.kind == "multi-unit":
            return tuple(max(0, min(1, amount - unit)) for unit in range(self.supply))
        return (amount,)

    def together(self, outcome: Outcome, one: int, two: int) -> Vector:
        """What somebody has in expectation who holds the shares of two agents."""
        total: list[Number] = [0] * self.dimension
        for draw in outcome.draws:
            first, second = draw.shares[one], draw.shares[two]
            if self.kind == "combinatorial":
                gets = self.consumes(int(first or 0) | int(second or 0))
            elif self.kind in ("slots", "unit-demand"):  # nobody can use more than one
                gets = max(self.consumes(first), self.consumes(second))
            else:
                gets = self.consumes((first or 0) + (second or 0))
            total = [sum_ + draw.probability * amount for sum_, amount in zip(total, gets, strict=True)]
        return tuple(total)

    def slack(self, shares: Sequence[Number | None]) -> Number:
        """By how much the tightest constraint holds; negative: by how much one is broken."""
        if self.kind == "slots":  # a slot has at most one holder
            return 1 - max(sum(share == slot for share in shares) for slot in range(len(self.rates)))
        if self.kind == "combinatorial":  # a good has at most one owner
            return 1 - max(sum(int(share or 0) >> good & 1 for share in shares) for good in range(self.goods))
        amounts = [share or 0 for share in shares]
        slacks: list[Number] = [self.supply - sum(amounts)]  # no more than there is
        if self.kind in MARKETS:  # the units add up, and everybody has one at most, sellers to give away
            both = -sum(amounts) if self.kind == "two-sided" else -gap(-sum(amounts), self.supply)
            unit = [-1 if agent in self.sells else 1 for agent in range(self.n)]
            return min(both, *(-min(gap(x, 0), gap(x, one)) for x, one in zip(amounts, unit, strict=True)))
        for amount in amounts:
            if self.kind == "multi-unit":  # whole and not negative
                slacks += [amount, -min(amount % 1, -amount % 1)]
            elif self.kind == "divisible":  # any part of the good
                slacks.append(amount)
            else:  # all of a unit or nothing
                slacks.append(-min(gap(amount, 0), gap(amount, 1)))
        return min(slacks)

    def alternatives(self) -> Iterator[tuple[Number | None, ...]]:
        """Feasible allocations, of those that give out as much as somebody could want (and nothing, for one item)."""
        if self.kind == "slots":
            slots = len(self.rates)
            seats = permutations(range(max(slots, self.n)), self.n)
            yield from {tuple(seat if seat < slots else None for seat in taken): None for taken in seats}
        elif self.kind == "combinatorial":
            for owners in product(range(self.n), repeat=self.goods):
                yield tuple(sum(1 << g for g, owner in enumerate(owners) if owner == a) for a in range(self.n))
        elif self.kind in MARKETS:
            for shares in product(*([-1, 0] if agent in self.sells else [0, 1] for agent in range(self.n))):
                if sum(shares) == (0 if self.kind == "two-sided" else -self.supply):
                    yield shares
        elif self.kind == "multi-unit":  # bars between the items: how many go to each agent
            for bars in combinations(range(self.supply + self.n - 1), self.n - 1):
                edges = (-1, *bars, self.supply + self.n - 1)
                yield tuple(edges[agent + 1] - edges[agent] - 1 for agent in range(self.n))
        else:
            if self.kind == "single-item":
                yield (0,) * self.n
            for winners in combinations(range(self.n), min(self.supply, self.n)):
                yield tuple(int(agent in winners) for agent in range(self.n))

    def zeros(self) -> dict[int, int]:
        """Agents whose grid has the type of zeros, with its place."""
        nothing = (0,) * self.dimension
        return {agent: places[nothing] for agent, places in enumerate(self.places) if nothing in places}

    def menus(self, agent: int) -> Iterator[int]:
        """Profiles with the agent's first report, at which it can report more than all others together do."""
        most = max(max(type_) for type_ in self.types[agent])
        for k, profile in enumerate(product(*self.types)):
            others = sum(max(type_) for other, type_ in enumerate(profile) if other != agent)
            if k // self.strides[agent] % self.sizes[agent] == 0 and others < most:
                yield k

    def swaps(self) -> Iterator[tuple[int, int, int, int, bool]]:
        """(profile, the profile with two reports exchanged, the two agents, whether any two agents tie)."""
        for one, two in combinations(range(self.n), 2):
            for here, profile in enumerate(product(*self.types)):
                first, second = profile[one], profile[two]
                if second in self.places[one] and first in self.places[two]:
                    there = here + (self.places[one][second] - self.places[one][first]) * self.strides[one]
                    there += (self.places[two][first] - self.places[two][second]) * self.strides[two]
                    yield here, there, one, two, tied(profile)

    def outcome(self, draws: tuple[Draw, ...]) -> Outcome:
        """The outcome made of these draws; equal draws give the same object."""
        if draws not in self._known:
            self._known[draws] = Outcome(draws, self.deals(draws), self.least_slack(draws))
        return self._known[draws]

    def deals(self, draws: Sequence[Draw]) -> tuple[Deal, ...]:
        """What every agent gets and pays in expectation."""
        deals = []
        for agent in range(self.n):
            gets = [[draw.probability * x for x in self.consumes(draw.shares[agent])] for draw in draws]
            pays = sum(draw.probability * draw.payments[agent] for draw in draws)
            deals.append((tuple(map(sum, zip(*gets, strict=True))), pays))
        return tuple(deals)

    def least_slack(self, draws: Sequence[Draw]) -> Number:
        """The least slack of all draws."""
        return min(self.slack(draw.shares) for draw in draws)

    def written_share(self, share: Json) -> Any:
        """The share that a certificate writes; ValueError where it means nothing here."""
        if isinstance(share, list):
            raise ValueError("a row of numbers")
        return self.share(None if share is None else number(share))

    def recorded(self, draws: Json) -> Outcome:
        """The outcome that a certificate records."""
        made = []
        for draw in draws:
            require(len(draw["allocation"]) == len(draw["payments"]) == self.n, "a draw is not for all agents")
            try:
                shares = tuple(map(self.written_share, draw["allocation"]))
            except ValueError as error:
                raise Refused(f"a recorded allocation has no meaning here: {error}") from error
            made.append(Draw(number(draw["probability"]), shares, tuple(map(number, draw["payments"]))))
        lottery = made and min(draw.probability for draw in made) > 0 and sum(draw.probability for draw in made) == 1
        require(lottery, "recorded probabilities are not positive or do not add up to 1")
        return self.outcome(tuple(made))


class Ranking(Domain):
    """A domain in which types are rankings: k for the best of k listed alternatives, 1 for the last; nobody pays.

    What is not listed is worth -1, less than the 0 of having nothing; in a vote, where somebody is elected anyway, 0.
    Where agents own objects, types are shifted so that an agent's own one is worth 0.
    """

    ordinal = True

    def __init__(self, written: Json) -> None:
        self.kind = written["kind"]
        fit(written, ORDINAL[self.kind], "domain")
        self.names = written["agents"]
        self.n = len(self.names)
        self.complete = written["lists"] == "complete"
        self.first: int = written.get("proposers", 0)
        self.things: list[str] = written.get("objects", written.get("candidates", []))
        self.capacities: list[int] = written.get("capacities", [])
        self.priorities: list[list[int]] = written.get("priorities", [])
        self.owned: list[int] = written.get("endowment", [])
        if self.kind == "matching":
            require(1 <= self.first < self.n, "domain.proposers: both sides need somebody")
        self.facing = [self._facing(agent) for agent in range(self.n)]
        self.dimension = max(map(len, self.facing), default=0)
        self.types = [tuple(tuple(map(number, type_)) for type_ in types) for types in written["types"]]
        self.upper, self.whole, self.sells, self.flat = None, False, range(0), False
        self._require_order(written)
        self.sizes = [len(types) for types in self.types]
        self.size = math.prod(self.sizes)
        self.strides = [math.prod(self.sizes[agent + 1 :]) for agent in range(self.n)]
        self.places = [{type_: place for place, type_ in enumerate(types)} for types in self.types]
        self._known = {}
        self.doubts = list(self._doubts())

    def _facing(self, agent: int) -> list[str]:
        """The names that an agent ranks."""
        if self.kind != "matching":
            return self.things
        return self.names[self.first :] if agent < self.first else self.names[: self.first]

    def _require_order(self, written: Json) -> None:
        require(self.names and len(set(self.names)) == self.n, "domain.agents must be distinct, and at least one")
        require(written["upper"] is None and written["amounts"] == "reals", "domain.upper, amounts: not of rankings")
        require(self.kind == "matching" or self.things, "domain: there is nothing to rank")
        require(len(set(self.things)) == len(self.things), "domain: two alternatives share a name")
        things = len(self.things)
        if self.kind == "house-allocation":
            require(len(self.capacities) == things and min(self.capacities) > 0, "domain.capacities: not one for each")
            require(len(self.priorities) in (0, things), "domain.priorities: not for all objects")
            orders = all(sorted(order) == list(range(self.n)) for order in self.priorities)
            require(orders, "domain.priorities: not orders of all agents")
            require(len(self.owned) in (0, self.n), "domain.endowment: not for all agents")
            fits = all(one < things and self.owned.count(one) <= self.capacities[one] for one in self.owned)
            require(fits, "domain.endowment: more owners than an object serves")
            require(self.complete or not self.owned, "domain.lists: owners rank everything")
        require(len(self.types) == self.n and all(self.types), "domain.types needs a grid for every agent")
        for agent, types in enumerate(self.types):
            require(len(set(types)) == len(types), "domain.types must be distinct")
            for type_ in types:
                require(self._is_ranking(agent, type_), f"a type of {self.names[agent]} is no ranking")

    def _is_ranking(self, agent: int, type_: Vector) -> bool:
        count = len(self.facing[agent])
        if len(type_) != self.dimension or any(type_[count:]):
            return False
        ranks = [worth_ - min(type_[:count]) + 1 for worth_ in type_[:count]] if self.owned else type_[:count]
        if self.owned and type_[self.owned[agent]] != 0:
            return False
        listed = sorted(worth_ for worth_ in ranks if worth_ > 0)
        rest = {worth_ for worth_ in ranks if worth_ <= 0}
        whole = listed == list(range(1, len(listed) + 1))
        return whole and rest <= (set() if self.complete else {0 if self.kind == "voting" else -1})

    def reports(self, bids: Json) -> tuple[Vector, ...]:
        """A recorded profile; every admissible one is on the grid."""
        return self.profile(self.place(bids))

    def ballots(self, profile: Sequence[Vector]) -> list[list[str]]:
        """The reports as the subject sees them: names, the best first."""
        made = []
        for names, type_ in zip(self.facing, profile, strict=True):
            best_first = sorted(zip(type_, names, strict=False), key=lambda pair: -pair[0])
            made.append([name for worth_, name in best_first if self.complete or worth_ > 0])
        return made

    def share(self, value: Number | None) -> Number | None:
        """The place of an alternative; None only where somebody can have nothing."""
        if value is None and (self.kind == "voting" or self.owned):
            raise ValueError("nothing is had by nobody here")
        if value is not None and (type(value) is not int or not 0 <= value < self.dimension):
            raise ValueError(f"{value} is no alternative")
        return value

    def consumes(self, share: Number | None) -> Vector:
        """The unit vector of an alternative."""
        return tuple(int(place == share) for place in range(self.dimension))

    def slack(self, shares: Sequence[Number | None]) -> Number:
        """Negative where an object serves too many, a match is one-sided, or not the same is elected for all."""
        if self.kind == "voting":
            return 1 - len(set(shares))
        if self.kind == "house-allocation":
            return min(room - list(shares).count(place) for place, room in enumerate(self.capacities))
        meets = {(agent, self._mate(agent, share)) for agent, share in enumerate(shares) if share is not None}
        return 0 if all((other, agent) in meets for agent, other in meets) else -1

    def _mate(self, agent: int, share: Number) -> int:
        """The agent at a place of the other side; -1 where it has no such place."""
        if share >= len(self.facing[agent]):
            return -1
        return int(share) + (self.first if agent < self.first else 0)

    def alternatives(self) -> Iterator[tuple[Number | None, ...]]:
        """Every feasible allocation."""
        if self.kind == "voting":
            yield from ((place,) * self.n for place in range(self.dimension))
            return
        nothing: tuple[Number | None, ...] = () if self.owned else (None,)
        rows = self.first or self.n
        options = [*range(len(self.facing[0])), *nothing]
        rooms = self.capacities or [1] * len(self.facing[0])
        for chosen in product(options, repeat=rows):
            if all(chosen.count(place) <= room for place, room in enumerate(rooms)):
                yield tuple(chosen) + self._answers(chosen)

    def _answers(self, chosen: Sequence[Number | None]) -> tuple[Number | None, ...]:
        """Whom the receivers have if the proposers have those."""
        places = range(self.n - self.first) if self.first else ()
        return tuple(chosen.index(place) if place in chosen else None for place in places)

    def _doubts(self) -> Iterator[Doubt]:
        """All that could speak against stability."""
        for agent in range(self.n if self.kind != "voting" else 0):
            alone: dict[int, Number | None] = {agent: self.owned[agent] if self.owned else None}
            yield Doubt(alone, None)
            for place, room in enumerate(self.capacities):
                if place == alone[agent]:
                    continue
                order = self.priorities[place] if self.priorities else []
                others = [other for other in range(self.n) if other != agent]
                ahead = order[: order.index(agent)] if order else others
                yield Doubt({agent: place}, (place, room, ahead))
            for place in range(len(self.facing[agent])) if agent < self.first else ():
                yield Doubt({agent: place, self.first + place: agent}, None)

    def doubt(self, agents: Sequence[int], shares: Sequence[Number | None]) -> Doubt:
        """The objection that a witness describes."""
        for one in self.doubts:
            written = [one.wants.get(agent) for agent in range(self.n)]
            if list(one.wants) == list(agents) and written == list(shares):
                return one
        raise Refused("alternative: no such objection")

    def read(self, value: Json, form: str) -> tuple[Number | None, ...]:
        """Every agent's share in what the subject returned; any exception means that it is not there."""
        if form == "elected":
            return (self.share(place_of(value, self.things)),) * self.n
        shares: list[Number | None] = [None] * self.n
        if form == "shares":
            shares = [place_of(item, names) for item, names in zip(per_agent(value, self), self.facing, strict=True)]
        elif form == "pairs":
            for one, two in [] if isinstance(value, str | bytes | Mapping) else value:
                left, right = place_of(one, self.names[: self.first]), place_of(two, self.names[self.first :])
                if left is not None and right is not None:
                    if shares[left] is not None or shares[self.first + right] is not None:
                        raise ValueError("somebody is in two pairs")
                    shares[left], shares[self.first + right] = right, left
            if isinstance(value, str | bytes | Mapping):
                raise ValueError("no pairs")
        else:
            if form == "matrix":
                table = matrix(value)
                if len(table) != (self.first or self.n):
                    raise ValueError("not a row for everybody")
                told: Json = {agent: chosen(row, len(self.facing[agent])) for agent, row in enumerate(table)}
            else:
                told = told_of(value, self)
            for agent, item in told.items():
                shares[agent] = place_of(item, self.facing[agent])
            for agent in [agent for agent in told if self.first and shares[agent] is not None]:
                mate = self._mate(agent, shares[agent] or 0)
                if mate not in told and shares[mate] is None:
                    shares[mate] = agent if agent < self.first else agent - self.first
        return tuple(map(self.share, shares))


class Told(Domain):
    """A domain in which a type is a label, and of what comes out it is told what it is worth under every label.

    The k-th label of an agent is the k-th unit vector; a share is the row of utilities, with zeros at its end.
    """

    def __init__(self, written: Json) -> None:
        self.kind = written["kind"]
        fit(written, DOMAINS[self.kind], "domain")
        self.names = written["agents"]
        self.n = len(self.names)
        self.labels = [
            [one if isinstance(one, str) else number(one["number"]) for one in own] for own in written["labels"]
        ]
        self.dimension = max(map(len, self.labels), default=0)
        self.types = [tuple(tuple(map(number, type_)) for type_ in types) for types in written["types"]]
        self.upper, self.whole, self.rates, self.sells, self.flat = None, False, (), range(0), False
        require(written["upper"] is None and written["amounts"] == "reals", "domain.upper, amounts: not of labels")
        require(self.names and len(set(self.names)) == self.n, "domain.agents must be distinct, and at least one")
        full = len(self.labels) == self.n and all(own and len({*own}) == len(own) for own in self.labels)
        require(full, "domain.labels: not distinct ones for every agent")
        units = [tuple(self.consumes_label(place) for place in range(len(own))) for own in self.labels]
        require(self.types == units, "domain.types: not the unit vectors of the labels")
        self.sizes = [len(types) for types in self.types]
        self.size = math.prod(self.sizes)
        self.strides = [math.prod(self.sizes[agent + 1 :]) for agent in range(self.n)]
        self.places = [{type_: place for place, type_ in enumerate(types)} for types in self.types]
        self._known = {}

    def consumes_label(self, place: int) -> Vector:
        """The unit vector of a label."""
        return tuple(int(other == place) for other in range(self.dimension))

    def reports(self, bids: Json) -> tuple[Vector, ...]:
        """A recorded profile; every admissible one is on the grid."""
        return self.profile(self.place(bids))

    def written_share(self, share: Json) -> Any:
        """A recorded row of utilities."""
        if not isinstance(share, list) or len(share) != self.dimension:
            raise ValueError("not one utility for each label")
        return tuple(map(number, share))

    def consumes(self, share: Any) -> Vector:
        """The row itself."""
        return tuple(share)

    def slack(self, shares: Sequence[Any]) -> Number:
        """Whatever comes out is possible."""
        return 0

    def alternatives(self) -> Iterator[tuple[Number | None, ...]]:
        """None that is known."""
        return iter(())

    def told(self, profile: Sequence[Vector], convert: Any) -> list[Any]:
        """The labels that a profile stands for, numbers as the subject wants them."""
        labels = [own[type_.index(1)] for own, type_ in zip(self.labels, profile, strict=True)]
        return [one if isinstance(one, str) or convert is None else convert(one) for one in labels]

    def read(self, value: Json, form: str) -> tuple[Any, ...]:
        """A row of utilities for every agent in what the subject returned; any exception means that it is not there."""
        if form in ("asked", "asked-by-name"):
            who: Sequence[Any] = self.names if form != "asked" else range(self.n)
            rows = [[value(one, label) for label in own] for one, own in zip(who, self.labels, strict=True)]
        elif form == "by-agent":
            told = told_of(value, self)
            rows = [told[agent] for agent in range(self.n)]
        elif hasattr(value, "iloc"):
            rows = matrix(value)
        else:
            rows = per_agent(value, self)
        if len(rows) != self.n:
            raise ValueError("not a row for every agent")
        return tuple(self._row(row, own) for row, own in zip(rows, self.labels, strict=True))

    def _row(self, row: Json, own: Sequence[Any]) -> Vector:
        if isinstance(row, Mapping):
            told = {key if isinstance(key, str) else exact(key): item for key, item in row.items()}
            if len(told) != len(row) or {*told} != {*own}:
                raise ValueError("not a utility for every label")
            row = [told[label] for label in own]
        if isinstance(row, str | bytes) or len(amounts := list(map(exact, row))) != len(own):
            raise ValueError("not a utility for every label")
        return (*amounts, *(0 for _ in range(self.dimension - len(own))))


class Doubt(NamedTuple):
    """Who wants what instead of what it has, and (alternative, capacity, who goes before) where others have a say."""

    wants: dict[int, Number | None]
    seat: tuple[int, int, Sequence[int]] | None


def place_of(value: Json, names: Sequence[str]) -> int | None:
    """The place of a name among some, or a place itself; ValueError where it is neither."""
    if value is None:
        return None
    place = names.index(value) if isinstance(value, str) else exact(value)
    if not isinstance(place, int) or not 0 <= place < len(names):
        raise ValueError(f"{value!r} is neither a name nor a place")
    return place


def domain_of(written: Json) -> Domain:
    """The domain of a certificate."""
    kind = str(written.get("kind"))
    return Ranking(written) if kind in ORDINAL else Told(written) if kind == "utilities" else Domain(written)


# --- properties
# Each property is a margin that must not be negative. `over` says what the margin is a function of:
#   profiles      all types, the outcome                        agents   one agent's type, its deal
#   alternatives  all types, the outcome, another allocation    pairs    one agent's type, its deal, another's deal
#   deviations    true type, report, deal when truthful, deal when lying: same agent, same reports of the others
#   coalitions    two true types, two deals when truthful, two deals when lying: same reports of the others
#   withdrawals   the outcome with an agent and the one where it reports zero for everything
#   false-names   true type, deal when truthful with the second name at zero, deal of both names together
#   idlers        what an agent pays at a report of zero; another's type, what it has, and would have with both shares
#   objections    types, deals and wishes of those who object, and whether these can be had
#   menus         what an agent gets for each of its reports, the others reporting less in all than it can
#   swaps, repeats  two outcomes that should be equal, and the weight of a unit of the good against money
#   replacements  the report of an agent and another one, what it gets, the outcomes for all, and that weight
#   absences      what an agent that reports zero gets, and the outcomes for all with it and without it
#   tapes         as deviations, for two runs in which draws at the same place over the same range came out the same
#   transforms    the outcomes before and after every amount was changed by a rule, and that weight


class Law(NamedTuple):
    """A property: what it quantifies over, its published sentence and formula, its margin."""

    over: str
    statement: str
    formula: str
    margin: Callable[..., Number]


def worth(type_: Vector, amounts: Vector) -> Number:
    """What consuming the amounts is worth to that type."""
    total: Number = sum(map(mul, type_, amounts))
    return total


def utility(type_: Vector, deal: Deal) -> Number:
    """What a deal is worth to that type, after paying."""
    return worth(type_, deal[0]) - deal[1]


def sameness(one: Sequence[Deal], two: Sequence[Deal], unit: int = 1) -> Number:
    """Minus the distance of two outcomes."""
    total: Number = 0
    for (gets, pays), (gets_too, pays_too) in zip(one, two, strict=True):
        total -= gap(pays, pays_too)
        for amount, amount_too in zip(gets, gets_too, strict=True):
            total -= unit * gap(amount, amount_too)
    return total


def rescaled(before: Sequence[Deal], after: Sequence[Deal], unit: int = 1) -> Number:
    """Minus the distance of an outcome from another one with doubled payments."""
    return sameness([(gets, 2 * pays) for gets, pays in before], after, unit)


def shifted(before: Sequence[Deal], after: Sequence[Deal], unit: int = 1) -> Number:
    """Minus the distance of an outcome from another one in which every unit costs one more."""
    return sameness([(gets, pays + unit * sum(gets)) for gets, pays in before], after, unit)


def swayed(
    report: Vector, other: Vector, gets: Vector, before: Sequence[Deal], after: Sequence[Deal], unit: int = 1
) -> Number:
    """Minus what a loser's lower report changes: in what anybody gets, or as an increase in what anybody pays."""
    if any(gets) or any(two > one for one, two in zip(report, other, strict=True)):
        return 0
    dearer = sum(max(late[1] - early[1], 0) for early, late in zip(before, after, strict=True))
    return sameness([(got, 0) for got, _ in before], [(got, 0) for got, _ in after], unit) - dearer


def unmissed(gets: Vector, present: Sequence[Deal], absent: Sequence[Deal]) -> Number:
    """Minus the distance of what happens with an agent that gets nothing and without it."""
    return 0 if any(gets) else sameness(present, absent)


def critical(type_: Vector, report: Vector, truthful: Deal, lying: Deal) -> list[Number]:
    """Amounts that a critical payment keeps from being negative: the least of them is the margin."""
    ((share,), pays), ((other,), _) = truthful, lying
    if not share:
        return [pays, -pays]
    if not other:
        return [pays - report[0] * share]
    if share != other:
        return [-gap(share, other) * (type_[0] + report[0])]
    return [report[0] * share - pays, pays]


def losses(types: Sequence[Vector], truthful: Sequence[Deal], lying: Sequence[Deal]) -> tuple[Number, ...]:
    """What everybody loses by a common lie: the largest of them is the margin."""
    return tuple(utility(t, one) - utility(t, two) for t, one, two in zip(types, truthful, lying, strict=True))


def objections(types: Sequence[Vector], outcome: Outcome, other: Sequence[Vector]) -> Number:
    """What is paid, less what those would have more in another allocation who have more there."""
    paid: Number = sum(pays for _, pays in outcome.deals)
    leads = (utility(t, deal) - worth(t, gets) for t, deal, gets in zip(types, outcome.deals, other, strict=True))
    return paid + sum(lead for lead in leads if lead < 0)


def domination(types: Sequence[Vector], outcome: Outcome, other: Sequence[Vector]) -> Number:
    """Minus what another allocation adds to welfare, if nobody has less there."""
    deals = zip(types, outcome.deals, other, strict=True)
    losses_ = [worth(type_, deal[0]) - worth(type_, gets) for type_, deal, gets in deals]
    return 0 if max(losses_) > 0 else sum(losses_)


def dominance(type_: Vector, report: Vector, truthful: Deal, lying: Deal) -> Number:
    """The least difference of chances, truth less lie, of something at least as good as a level; nothing is at 0."""
    changes = [one - two for one, two in zip(truthful[0], lying[0], strict=True)]
    ranked = [*zip(type_, changes, strict=True), (0, -sum(changes))]
    return min(sum(change for worth_, change in ranked if worth_ >= level) for level, _ in ranked)


def is_top(place: int, type_: Vector) -> bool:
    """Whether an alternative is worth more than each other one."""
    return all(type_[place] > worth_ for other, worth_ in enumerate(type_) if other != place)


def beats_all(place: int, types: Sequence[Vector]) -> bool:
    """Whether an alternative wins every vote between it and another one."""
    rivals_ = [other for other in range(len(types[0])) if other != place]
    return all(
        sum(type_[place] > type_[other] for type_ in types) > sum(type_[place] < type_[other] for type_ in types)
        for other in rivals_
    )


def elects(right: bool, outcome: Outcome, place: int) -> Number:
    """0 where nothing speaks for a candidate, or it is elected; else -1."""
    return outcome.deals[0][0][place] - 1 if right else 0


LAWS = {
    "feasible": Law(
        "profiles",
        "The allocation never breaks a constraint of the domain.",
        "for all b: x(b) is feasible",
        lambda types, outcome: outcome.slack,
    ),
    "deterministic": Law(
        "repeats",
        "The same bids gave the same outcome every time.",
        "for all b and repetitions: (x, p)(b) = (x', p')(b)",
        sameness,
    ),
    "dsic": Law(
        "deviations",
        "No agent can gain by misreporting its type, whatever the others report.",
        "for all i, t, d, b_-i: u_i(t; t, b_-i) >= u_i(t; d, b_-i)",
        lambda type_, report, truthful, lying: utility(type_, truthful) - utility(type_, lying),
    ),
    "ex-post-ir": Law(
        "agents",
        "No agent that reports its type ends up worse off than if it had stayed away.",
        "for all i, t: u_i(t_i; t) >= 0",
        utility,
    ),
    "no-deficit": Law(
        "profiles",
        "The payments of all agents never add up to less than zero.",
        "for all b: sum_i p_i(b) >= 0",
        lambda types, outcome: sum(pays for _, pays in outcome.deals),
    ),
    "no-positive-transfers": Law(
        "agents",
        "No agent is ever paid by the mechanism.",
        "for all i, b: p_i(b) >= 0",
        lambda type_, deal: deal[1],
    ),
    "efficient": Law(
        "alternatives",
        "With truthful reports no feasible allocation is worth more to the agents in total.",
        "for all t and feasible y: sum_i v_i(t_i, x_i(t)) >= sum_i v_i(t_i, y_i)",
        lambda types, outcome, other: (
            sum(worth(type_, gets) for type_, (gets, _) in zip(types, outcome.deals, strict=True))
            - sum(map(worth, types, other))
        ),
    ),
    "anonymous": Law(
        "swaps",
        "Off ties, exchanging the reports of two agents exchanges what they get and pay and changes nothing else.",
        "for all i, j and b without ties: (x, p)(b with b_i, b_j exchanged) = (x, p)(b) with i, j exchanged",
        sameness,
    ),
    "monotone": Law(
        "deviations",
        "Reporting a higher value never gets an agent less.",
        "for all i, t, d, b_-i: (t - d) . (x_i(t, b_-i) - x_i(d, b_-i)) >= 0",
        lambda type_, report, truthful, lying: (
            worth(type_, truthful[0]) - worth(type_, lying[0]) - worth(report, truthful[0]) + worth(report, lying[0])
        ),
    ),
    "envy-free": Law(
        "pairs",
        "No agent that reports its type would rather have another agent's share and payment.",
        "for all i, j, t: v_i(t_i, x_i(t)) - p_i(t) >= v_i(t_i, x_j(t)) - p_j(t)",
        lambda type_, own, others: utility(type_, own) - utility(type_, others),
    ),
    "critical-payment": Law(
        "deviations",
        "Winners pay the least report with which they would win, losers pay nothing.",
        "for all i, t, d, b_-i: x_i(t) > 0 = x_i(d) implies p_i(t) >= d x_i(t); "
        "x_i(t) = x_i(d) > 0 implies 0 <= p_i(t) <= d x_i(t); x_i(t) = 0 implies p_i(t) = 0",
        lambda *case: min(critical(*case)),
    ),
    "pairwise-strategyproof": Law(
        "coalitions",
        "No two agents can both gain by misreporting their types together, whatever the others report.",
        "for all i, j, t_i, t_j, d_i, d_j, b: u_k(t_k; t_i, t_j, b) >= u_k(t_k; d_i, d_j, b) for k = i or k = j",
        lambda *case: max(losses(*case)),
    ),
    "core": Law(
        "alternatives",
        "With truthful reports no set of agents can, together with the seller, have more among themselves.",
        "for all t, S and feasible y within S: sum_i p_i(t) + sum_{i in S} u_i(t) >= sum_{i in S} v_i(t_i, y_i)",
        objections,
    ),
    "pareto-efficient": Law(
        "alternatives",
        "With truthful reports no feasible allocation is worth more to one agent and no less to any other.",
        "for all t and feasible y: v_i(t_i, y_i) >= v_i(t_i, x_i(t)) for all i implies equality for all i",
        domination,
    ),
    "revenue-monotone": Law(
        "withdrawals",
        "The payments of all agents never add up to less because one more agent bids.",
        "for all i, b: sum_j p_j(b) >= sum_j p_j(0, b_-i)",
        lambda present, absent: sum(pays for _, pays in present.deals) - sum(pays for _, pays in absent.deals),
    ),
    "false-name-proof": Law(
        "false-names",
        "No agent can gain by bidding under a second name, in a place that would otherwise bid zero.",
        "for all i, k, t, d_i, d_k, b: u_i(t; t, 0_k, b) >= v_i(t, x_i and x_k) - p_i - p_k at (d_i, d_k, b)",
        lambda type_, truthful, both: utility(type_, truthful) - utility(type_, both),
    ),
    "consumer-sovereignty": Law(
        "menus",
        "An agent that can report more than all others together report gets something by one of its reports.",
        "for all i and b_-i with sum_j max b_j < max of i's reports there is d: x_i(d, b_-i) > 0",
        lambda menu: 0 if any(sum(gets) > 0 for gets in menu) else -1,
    ),
    "no-free-riding": Law(
        "idlers",
        "Who receives something for a report of zero pays no less than it would add to what any other agent has.",
        "for all i, j, b: p_i(0, b_-i) >= v_j(b_j, x_j and x_i) - v_j(b_j, x_j)",
        lambda pays, type_, alone, both: pays + worth(type_, alone) - worth(type_, both),
    ),
    "scale-invariant": Law(
        "transforms",
        "Doubling all reports doubles all payments and leaves the allocation as it is.",
        "for all b: x(2b) = x(b) and p(2b) = 2 p(b)",
        rescaled,
    ),
    "translation-invariant": Law(
        "transforms",
        "One more in all reports adds one per unit to every payment and leaves the allocation as it is.",
        "for all i, b: x(b + 1) = x(b) and p_i(b + 1) = p_i(b) + sum_c x_ic(b)",
        shifted,
    ),
    "losers-irrelevant": Law(
        "replacements",
        "When an agent that gets nothing lowers its report, nobody gets anything else and nobody pays more.",
        "for all i, b with x_i(b) = 0 and d <= b_i: x(d, b_-i) = x(b) and p(d, b_-i) <= p(b)",
        swayed,
    ),
    "null-bidder": Law(
        "absences",
        "An agent that reports zero and gets nothing pays nothing, and without it all others fare the same.",
        "for all i, b with b_i = 0 and x_i(b) = 0: p_i(b) = 0 and (x, p)_-i(b) = (x, p)(b_-i)",
        unmissed,
    ),
    "stable": Law(
        "objections",
        "With truthful reports nobody, and no two who could do so together, would rather leave what they have.",
        "for all t there is no objection (S, y) that S can carry out with y_i >_i x_i(t) for all i in S",
        lambda types, deals, gets, free: (
            max(worth(t, deal[0]) - worth(t, y) for t, deal, y in zip(types, deals, gets, strict=True)) if free else 0
        ),
    ),
    "sd-strategyproof": Law(
        "deviations",
        "Whatever an agent could report instead, the truth gives at least the chance of something as good.",
        "for all i, t, d, b_-i, a: P(x_i(t, b_-i) >=_t a) >= P(x_i(d, b_-i) >=_t a)",
        dominance,
    ),
    "universally-truthful": Law(
        "tapes",
        "However its draws come out, no agent can gain by misreporting its type, whatever the others report.",
        "for all w, i, t, d, b_-i: u_i(t; t, b_-i; w) >= u_i(t; d, b_-i; w)",
        lambda type_, report, truthful, lying: utility(type_, truthful) - utility(type_, lying),
    ),
    "unanimous": Law(
        "alternatives",
        "A candidate whom all voters like best is elected.",
        "for all b and c: (c >_i a for all i and a != c) implies x(b) = c",
        lambda types, outcome, other: elects(
            all(is_top(other[0].index(1), type_) for type_ in types), outcome, other[0].index(1)
        ),
    ),
    "condorcet": Law(
        "alternatives",
        "A candidate who beats each other one in a vote between the two is elected.",
        "for all b and c: (|{i: c >_i a}| > |{i: a >_i c}| for all a != c) implies x(b) = c",
        lambda types, outcome, other: elects(beats_all(other[0].index(1), types), outcome, other[0].index(1)),
    ),
}
RULES: dict[str, Callable[[Number], Number]] = {  # how a transform changes every amount
    "scale-invariant": lambda amount: amount + amount,
    "translation-invariant": lambda amount: amount + 1,
}
ON_RANKINGS = {  # which properties have a meaning in an ordinal domain; where there are lotteries only the last
    "house-allocation": ("dsic", "ex-post-ir", "pareto-efficient", "pairwise-strategyproof", "envy-free", "stable"),
    "matching": ("dsic", "ex-post-ir", "pareto-efficient", "pairwise-strategyproof", "stable"),
    "voting": ("dsic", "pareto-efficient", "pairwise-strategyproof", "unanimous", "condorcet"),
}
ON_MARKETS = {
    kind: (
        *("feasible", "deterministic", "dsic", "ex-post-ir", "pairwise-strategyproof", "efficient", "monotone"),
        *("scale-invariant", "translation-invariant", "universally-truthful", *others),
    )
    for kind, others in (("two-sided", ("no-deficit",)), ("procurement", ("anonymous", "envy-free")))
}
ON_UTILITIES = ("deterministic", "dsic", "ex-post-ir", "pairwise-strategyproof", "no-deficit", "no-positive-transfers")
OF_LOTTERIES = ("feasible", "deterministic", "sd-strategyproof", "universally-truthful")


ON_GRIDS = (
    "core",
    "pareto-efficient",
    "revenue-monotone",
    "false-name-proof",
    "consumer-sovereignty",
    "no-free-riding",
    "scale-invariant",
    "translation-invariant",
    "losers-irrelevant",
    "null-bidder",
    "stable",
    "sd-strategyproof",
    "unanimous",
    "condorcet",
    "universally-truthful",
)


def exchanged(things: Sequence[Any], one: int, two: int) -> tuple[Any, ...]:
    """The same in another order: two exchanged."""
    moved = list(things)
    moved[one], moved[two] = moved[two], moved[one]
    return tuple(moved)


def tied(profile: Sequence[Vector]) -> bool:
    """Whether two agents report an equal amount somewhere."""
    return any(set(one) & set(two) for one, two in combinations(profile, 2))


def cases(over: str, types: Sequence[Vector], one: Outcome, alternatives: Sequence[Json]) -> Iterator[tuple[Any, Any]]:
    """The cases of a single run: the row each belongs to, and what its margin is a function of."""
    if over == "profiles":
        yield None, (types, one)
    elif over == "alternatives":
        yield from ((None, (types, one, other)) for other in alternatives)
    elif over == "agents":
        yield from enumerate(zip(types, one.deals, strict=True))
    else:  # pairs
        for agent, other in permutations(range(len(types)), 2):
            yield agent, (types[agent], one.deals[agent], one.deals[other])


# --- reading the subject


def exact(value: Json) -> Number:
    """What the subject returned as a number, exactly; a double is the binary fraction it holds. ValueError if none."""
    if isinstance(value, Form):
        return value  # type: ignore[return-value]
    if type(value) is int:
        return short(value)
    if isinstance(value, bool | str | bytes):
        raise ValueError(f"{value!r} is no number")
    if isinstance(value, Decimal) and value.is_finite() and abs(value.adjusted()) > LONGEST:
        raise ValueError("a number of too many digits")
    if isinstance(value, Fraction | Decimal):
        found = Fraction(value)  # refuses NaN and infinities, as it does for floats below
    elif hasattr(value, "__index__"):
        found = Fraction(int(value.__index__()))
    else:
        found = Fraction(float(value.__float__()))
    return short(found)


def short(value: Number) -> Number:
    """The number, as int if it is whole; ValueError for one of too many digits."""
    if max(value.numerator.bit_length(), value.denominator.bit_length()) > LONGEST:
        raise ValueError("a number of too many digits")
    return simplest(value)


def forms_of(domain: Domain) -> tuple[str, ...]:
    """In which forms an allocation can be told in that domain."""
    if domain.ordinal:
        ranked = {"voting": ("elected",), "house-allocation": ("by-agent", "shares", "matrix")}
        return ranked.get(domain.kind, ("by-agent", "pairs", "shares", "matrix"))
    if domain.kind == "utilities":
        return ("shares", "by-agent", "asked", "asked-by-name")
    asked: tuple[str, ...] = ("shares", "by-agent", "matrix", "asked", "asked-by-name")
    if domain.kind == "two-sided":
        asked = (*asked, "trades")
    return (*asked, "order") if domain.kind == "slots" else (*asked, "winner", "winners")


def follow(path: str, result: Json) -> Json:
    """What lies at a declared path: "." the result, else steps: place in a sequence, key of a mapping, attribute."""
    for step in [] if path == "." else path.split("."):
        result = stepped(result, step)
    return result


def stepped(held: Json, step: str) -> Json:
    """One step of a path; "name()" calls a method, "what@who" pairs two columns of a table, what by who."""
    framed = hasattr(held, "iloc")  # a data frame, or a column of one
    if step.isdigit():
        return held.iloc[int(step)] if framed else held[int(step)]
    if step.endswith("()"):
        return getattr(held, step[:-2])()
    what, at, who = step.partition("@")
    if at:
        names = list(held[who]) if framed else [stepped(row, who) for row in held]
        items = list(held[what]) if framed else [stepped(row, what) for row in held]
        if len(names) != len(items) or len({*names}) < len(names):
            raise ValueError("two rows of the same")
        return dict(zip(names, items, strict=True))
    return held[step] if framed or isinstance(held, Mapping) else getattr(held, step)


NO_ROW = (str, bytes, Mapping, AbstractSet)  # can be gone through, but not in the order of the agents


def per_agent(values: Json, domain: Domain) -> list[Json]:
    """One entry for every agent, in their order."""
    if isinstance(values, NO_ROW) or len(listed := list(values)) != domain.n:
        raise ValueError("not one entry per agent")
    return listed


def told_of(values: Json, domain: Domain) -> dict[int, Json]:
    """What a mapping tells of the agents, who are there by name or by number; a labelled column is one too."""
    pairs = values if isinstance(values, Mapping) else values.to_dict() if hasattr(values, "to_dict") else None
    if not isinstance(pairs, Mapping):
        raise ValueError("no mapping from agents")
    found = {read_agent(name, domain): item for name, item in pairs.items()}
    if len(found) < len(pairs):
        raise ValueError("an agent is named twice")
    return found


def by_name(values: Json, domain: Domain, missing: Json) -> list[Json]:
    """One entry for every agent out of a mapping."""
    told = told_of(values, domain)
    return [told.get(agent, missing) for agent in range(domain.n)]


def matrix(value: Json) -> list[list[Json]]:
    """The rows of a matrix; ValueError where there are none."""
    if hasattr(value, "iloc") and hasattr(value, "columns"):
        return list(map(list, zip(*(value[name] for name in value.columns), strict=True)))
    if isinstance(value, str | bytes | Mapping) or any(isinstance(row, str | bytes | Mapping) for row in value):
        raise ValueError("no matrix")
    return [list(row) for row in value]


def plain_amount(value: Json) -> Number:
    """A number; truth values count as 0 and 1."""
    return int(value) if type(value).__name__ in ("bool", "bool_") else exact(value)


def chosen(row: Sequence[Json], options: int) -> int | None:
    """The option that a row of zeros and at most one 1 chooses."""
    entries = list(map(plain_amount, row))
    if len(entries) != options or not {0, 1}.issuperset(entries) or sum(entries) > 1:
        raise ValueError("a row that chooses nothing of these")
    return entries.index(1) if 1 in entries else None


def read_matrix(value: Json, domain: Domain) -> tuple[Number | None, ...]:
    """Every agent's share in a matrix, agents by items."""
    table = [list(map(plain_amount, row)) for row in matrix(value)]
    items = {"slots": len(domain.rates), "combinatorial": domain.goods}.get(domain.kind, domain.supply)
    if len(table) != domain.n or any(len(row) != items for row in table):
        raise ValueError("not a row for every agent, with an entry for every item")
    for place in range(items):
        column = [row[place] for row in table]
        if sum(column) > 1 or min(column) < 0:
            raise ValueError("an item is given out more than once")
    if domain.kind == "slots":
        return tuple(chosen(row, items) for row in table)
    if domain.kind == "combinatorial":
        if any(entry not in (0, 1) for row in table for entry in row):
            raise ValueError("a part of an item")
        return tuple(sum(2**good for good, entry in enumerate(row) if entry) for row in table)
    return tuple(simplest(sum(row)) for row in table)


def read_share(value: Json, domain: Domain) -> Number | None:
    """One agent's share."""
    return domain.share(None if value is None else plain_amount(value))


def read_agent(value: Json, domain: Domain) -> int:
    """The index of an agent, who may be told by name."""
    index = domain.names.index(value) if isinstance(value, str) else exact(value)
    if not isinstance(index, int) or not 0 <= index < domain.n:
        raise ValueError(f"{value!r} is no agent")
    return index


def read_shares(value: Json, form: str, domain: Domain) -> tuple[Number | None, ...]:
    """Every agent's share, from the declared form of an allocation."""
    if isinstance(domain, Ranking | Told):
        return domain.read(value, form)
    nothing = None if domain.kind == "slots" else 0
    if form == "shares":
        return tuple(read_share(item, domain) for item in per_agent(value, domain))
    if form == "by-agent":
        return tuple(read_share(item, domain) for item in by_name(value, domain, nothing))
    if form == "matrix":
        return tuple(map(domain.share, read_matrix(value, domain)))
    if form == "trades":
        trades = read_trades(value, domain)
        return tuple(sum(agent in trade[:2] for trade in trades) for agent in range(domain.n))
    if form in ("asked", "asked-by-name"):
        return tuple(read_share(value(who), domain) for who in (domain.names if form != "asked" else range(domain.n)))
    shares: list[Any] = [nothing] * domain.n
    if form == "order":
        if isinstance(value, NO_ROW):
            raise ValueError("not in the order of the slots")
        for slot, holder in enumerate(value):
            if holder is not None:
                agent = read_agent(holder, domain)
                if shares[agent] is not None:
                    raise ValueError("an agent in two slots")
                shares[agent] = domain.share(slot)
        return tuple(shares)
    if form == "winners" and isinstance(value, Mapping):
        raise ValueError("not a list of winners")
    for winner in value if form == "winners" else () if value is None else (value,):
        shares[read_agent(winner, domain)] += 1
    return tuple(shares)


def read_trades(value: Json, domain: Domain) -> list[tuple[int, int, Number]]:
    """(buyer, seller, price) of every trade, both sides named or numbered by themselves."""
    if isinstance(value, str | bytes | Mapping) or domain.kind != "two-sided":
        raise ValueError("no list of trades")
    found, names = [], ("buyer", "seller", "price")
    for trade in value:
        if isinstance(trade, str | bytes):
            raise ValueError("no trade")
        if isinstance(trade, Mapping):
            parts = [trade[name] for name in names]
        else:
            parts = [getattr(trade, name) for name in names] if all(hasattr(trade, n) for n in names) else list(trade)
        buyer, seller, price = parts
        first = domain.sells.start
        own = [place_of(one, side) for one, side in ((buyer, domain.names[:first]), (seller, domain.names[first:]))]
        if own[0] is None or own[1] is None:
            raise ValueError("a trade of nobody")
        found.append((own[0], first + own[1], exact(price)))
    return found


def read_payments(value: Json, form: str, domain: Domain, shares: Sequence[Number | None]) -> Vector:
    """Every agent's payment, from the declared form."""
    if form == "none":
        return (0,) * domain.n
    if form == "per-agent":
        return tuple(map(exact, per_agent(value, domain)))
    if form == "by-agent":
        return tuple(map(exact, by_name(value, domain, 0)))
    if form == "trades":
        trades = read_trades(value, domain)
        return tuple(sum(trade[2] for trade in trades if agent in trade[:2]) for agent in range(domain.n))
    if form in ("asked", "asked-by-name"):
        due = [value(who) for who in (domain.names if form != "asked" else range(domain.n))]
        return tuple(0 if amount is None else exact(amount) for amount in due)
    price = 0 if value is None else exact(value)
    amounts = [sum(domain.consumes(share)) for share in shares]
    if form == "unit-price":
        return tuple(price * amount for amount in amounts)
    winners = [agent for agent, share in enumerate(shares) if any(domain.consumes(share))]
    if len(winners) > 1 or (not winners and price):
        raise ValueError("not one winner who pays")
    return tuple(price if agent in winners else 0 for agent in range(domain.n))


def read_draws(result: Json, returns: Json, domain: Domain) -> tuple[Draw, ...]:
    """The lottery in what the subject returned; any exception means that it is not there."""
    lottery: list[tuple[Number, Json]] = [(1, result)]
    if returns["randomised"]:
        lottery = [(exact(probability), drawn) for probability, drawn in result]
        if any(probability < 0 for probability, _ in lottery) or sum(p for p, _ in lottery) != 1:
            raise ValueError("no probabilities")
    draws = []
    for probability, drawn in lottery:
        if probability:
            shares = read_shares(follow(returns["allocation"], drawn), returns["allocation_as"], domain)
            form = returns["payments_as"]
            paid = None if form == "none" else follow(returns["payments"], drawn)
            payments = read_payments(paid, form, domain, shares)
            if returns.get("sellers") == "receive":
                turned = [(-(share or 0), -due) for share, due in zip(shares, payments, strict=True)]
                kept = list(zip(shares, payments, strict=True))
                deals = [turned[agent] if agent in domain.sells else kept[agent] for agent in range(domain.n)]
                shares, payments = (tuple(column) for column in zip(*deals, strict=True))
            draws.append(Draw(probability, shares, payments))
    return tuple(draws)


def read_outcome(result: Json, returns: Json, domain: Domain) -> Outcome:
    """The outcome in what the subject returned."""
    return domain.outcome(read_draws(result, returns, domain))


# --- running the subject


class Place(NamedTuple):
    """Where the source lies: the subject's module, its directory, the import path to use, packages of its own."""

    module: str
    root: str
    path: list[str]
    tops: list[str]


def locate(subject: Json, sources: Sequence[str]) -> Place:
    """Find the source and compare every recorded digest, before any of it is run."""
    module, _, attributes = subject["call"].partition(":")
    dotted = is_dotted(module) and is_dotted(attributes)
    require(dotted, f"subject.call {subject['call']!r} is not package.module:attribute")
    source: dict[str, str] = subject["source"]
    contracts: dict[str, str] = subject["contracts"]
    hook = [subject["hook"]] if "hook" in subject else []
    require(all(is_contracts({one: one}) for one in hook), "subject.hook is no module:function")
    modules = [module, *(name.partition(":")[0] for name in (*hook, *contracts, *contracts.values()))]
    tops = [name.partition(".")[0] for name in modules]
    places = [[f"{name.replace('.', '/')}{end}" for end in (".py", "/__init__.py")] for name in modules]
    for name, top, files in zip(modules, tops, places, strict=True):
        require(not source or any(file in source for file in files), f"subject.source does not list module {name}")
        if top == "__main__" or top in sys.stdlib_module_names:
            raise Missing(f"{name} names a part of Python, not a file")
    files = places[0]
    for root in [*sources, *(entry or "." for entry in sys.path)]:
        if any(Path(root, file).is_file() for file in files):
            break
    else:
        raise Missing(f"no directory given by --source, and none on the import path, holds {files[0]}")
    for file, digest in source.items():
        require(Path(root, file).is_file(), f"source differs: {file} is not below {root}")
        found = hashlib.sha256(Path(root, file).read_bytes()).hexdigest()
        require(found == digest, f"source differs: {file} is not the file that was certified")
    return Place(module, str(Path(root).resolve()), [*map(os.path.abspath, sources), *sys.path], tops)


def strange_packages(subject: Json, sources: Sequence[str]) -> list[str]:
    """Which installed packages that the subject uses are not the recorded ones here; none of them is imported for it.

    Another version is another thing, of which nothing was certified; other files of the same version are refused.
    """
    from importlib import metadata

    said = []
    for one in subject.get("packages", []):
        name, recorded = one["name"], one["version"]
        try:
            here = metadata.version(name)
        except metadata.PackageNotFoundError:
            said.append(f"{name} {recorded} is not installed here")
            continue
        if here != recorded:
            said.append(f"{name} is {here} here, not {recorded}")
            continue
        places = [Path(root or ".") for root in (*sources, *sys.path)]
        roots = [root for root in places if any((root / file).is_file() for file in one["files"])]
        for file, digest in one["files"].items() if roots else ():
            there = roots[0] / file
            require(there.is_file(), f"{name} {recorded} differs: there is no {file}")
            same = hashlib.sha256(there.read_bytes()).hexdigest() == digest
            require(same, f"{name} {recorded} differs: {file} is not the file that was certified")
        if one["files"] and not roots:
            said.append(f"the files of {name} {recorded} are not found here")
    return said


def require_builtins() -> None:
    """Refuse a subject that replaces max, sorted or others: this file runs in the same process."""
    replaced = [name for name, value in BUILTINS.items() if getattr(builtins, name, None) is not value]
    require(not replaced, f"the subject replaces {', '.join(replaced)}")


@contextmanager
def alone(place: Place) -> Iterator[None]:
    """Import the subject's packages anew from their source, never from bytecode; afterwards all is as it was."""
    before = sys.path, sys.dont_write_bytecode, sys.pycache_prefix
    sys.path, sys.dont_write_bytecode, sys.pycache_prefix = [place.root, *place.path], True, os.devnull
    mine = {name: sys.modules.pop(name) for name in list(sys.modules) if name.partition(".")[0] in place.tops}
    importlib.invalidate_caches()
    try:
        with redirect_stdout(sys.stderr):
            yield
        require_builtins()
    finally:
        vars(builtins).update(BUILTINS)
        for name in [name for name in sys.modules if name.partition(".")[0] in place.tops]:
            del sys.modules[name]
        sys.modules.update(mine)
        sys.path, sys.dont_write_bytecode, sys.pycache_prefix = before


def unlisted(place: Place, source: Mapping[str, str]) -> list[str]:
    """Files of the subject's packages that were loaded although the certificate does not list them."""
    mine = [module for name, module in list(sys.modules.items()) if name.partition(".")[0] in place.tops]
    files = [getattr(module, "__file__", None) for module in mine]
    known = {str(Path(place.root, file).resolve()) for file in source}
    return sorted(file for file in files if file and str(Path(file).resolve()) not in known)


def plain(written: Json) -> Json:
    """An argument as the subject gets it: {"money": "5/2"} is an exact number."""
    if isinstance(written, list):
        return [plain(item) for item in written]
    if isinstance(written, dict):
        if set(written) == {"money"}:
            return number(str(written["money"]))
        return {key: plain(item) for key, item in written.items()}
    return written


def start(written: Json, target: Json, given: Json) -> Json:
    """(what gives the object for a run, the arguments of the call that gives the result)."""
    style = written["calling"]
    looped = "step" in style
    require(looped == ("until" in style), "calling: step and until go together")
    require(looped or (style["each"] is None) == (style["then"] is None), "calling: each and then go together")
    require(style["each"] is None or written["bids"] == "dict", "calling: each needs bids by name")
    require(written["create"] or not style["fresh"], "calling: only what is created can be fresh")
    if not written["create"]:
        return (lambda: target), given
    made = target(**given, **(specimen(written) if style["fresh"] else {}))
    return (partial(target, **given) if style["fresh"] else lambda: made), {}


def in_style(written: Json, started: Json, *bids: Json, **drawn: Json) -> Json:
    """One run of a mechanism that is made or reset first, is told bids one by one, or answers later."""
    style, (make, given) = written["calling"], started
    body = make(**drawn) if style["fresh"] else make()
    given = given if style["fresh"] else {**given, **drawn}
    if style["reset"] is not None:
        getattr(body, style["reset"])()
    call = body if written["method"] is None else getattr(body, written["method"])
    result: Json = None
    if style["each"] is not None:
        for name, bid in bids[0].items():
            getattr(body, style["each"])(name, bid)
    else:
        result, given = call(*bids, **given), {}
    if "step" in style:
        take_steps(body, style["step"], style["until"])
    if style["then"] is not None:
        result = getattr(body, style["then"])(**given)
    if style["result"] == "with-object":
        return result, body
    if style["result"] == "awaited":
        return waited_for(result)
    if style["result"] == "direct":
        return result
    value, count, steps = None, 0, iter(result)
    while True:
        try:
            value = next(steps)
        except StopIteration as end:
            if style["result"] == "yielded" and not count:
                raise ValueError("nothing is yielded") from end
            return value if style["result"] == "yielded" else end.value
        count += 1
        if count > MOST_YIELDS:
            raise ValueError("too many values")


def take_steps(body: Json, step: str, until: str) -> None:
    """One step after the other, until it is over: what says so is asked first, unless that is what a step returns."""
    for _ in range(MOST_YIELDS):
        over = False if until == "result" else getattr(body, until)
        over = over() if callable(over) else over
        if over or (getattr(body, step)() and until == "result"):
            return
    raise ValueError("too many steps")


def waited_for(result: Json) -> Json:
    """What a coroutine gives in the end."""
    import asyncio

    async def wait() -> Json:
        return await result

    return asyncio.run(wait())


# --- chance
# A subject that draws at random is run for every way in which its draws can come out. One run is a list of draws,
# each the chances of its options and the one that came out; the next run repeats them up to the last draw that has
# another option. A draw from a continuum, from too many options, or otherwise after equal draws, is a fault.


class Coins:
    """The draws of one run: those given first, then always the first option."""

    def __init__(self, given: Sequence[Toss] = ()) -> None:
        self.given, self.tosses, self.refused = given, list[Toss](), False

    def refuse(self, *_: Json, **__: Json) -> Any:
        """The answer to every draw that is not enumerated; kept, since the subject may swallow any exception."""
        self.refused = True
        raise ValueError("this draw is not enumerated")

    def even(self, count: int) -> int:
        """One of so many options, all as likely."""
        if count > MOST_BRANCHES:
            self.refuse()
        return 0 if count == 1 else self._toss((Fraction(1, count),) * count)

    def uneven(self, weights: Json) -> int:
        """One option, as likely as its share of the weights."""
        exact_ = [Fraction(exact(weight)) for weight in weights]
        if min(exact_) < 0 or not any(exact_):
            raise ValueError("no weights")
        chances = tuple(weight / sum(exact_) for weight in exact_)
        return chances.index(1) if 1 in chances else self._toss(chances)

    def _toss(self, chances: tuple[Fraction, ...]) -> int:
        k = len(self.tosses)
        toss = self.given[k] if k < len(self.given) else (chances, next(j for j, one in enumerate(chances) if one))
        if toss[0] != chances:
            self.refuse()
        self.tosses.append(toss)
        return toss[1]

    def after(self) -> list[Toss] | None:
        """The draws that the next run is to begin with; None after the last run."""
        for k in reversed(range(len(self.tosses))):
            chances, came = self.tosses[k]
            for other in range(came + 1, len(chances)):
                if chances[other]:
                    return [*self.tosses[:k], (chances, other)]
        return None


class Randoms(random.Random):
    """The interface of random.Random over coins."""

    def __init__(self, coins: Coins) -> None:
        self.coins, self.gauss_next = coins, None
        self.random = self.seed = self.getstate = self.setstate = coins.refuse  # type: ignore[method-assign]

    def _randbelow(self, n: int) -> int:
        return self.coins.even(n)

    def getrandbits(self, k: int) -> int:
        """Fair coins."""
        return self.coins.even(1 << min(k, 99))

    def randrange(self, start: int, stop: int | None = None, step: int = 1) -> int:
        """One of a range."""
        values = range(start) if stop is None else range(start, stop, step)
        if not values:
            raise ValueError("nothing to draw from")
        return values[self.coins.even((values[-1] - values[0]) // values.step + 1)]

    def choices(self, population: Json, weights: Json = None, *, cum_weights: Json = None, k: int = 1) -> list[Any]:
        """Some of them, each drawn anew."""
        if cum_weights is not None:
            weights = [two - one for one, two in pairwise([0, *cum_weights])]
        if weights is not None and len(weights) != len(population):
            raise ValueError("other weights")
        size = len(population)
        return [population[self.coins.even(size) if weights is None else self.coins.uneven(weights)] for _ in range(k)]

    def shuffle(self, x: Json) -> None:
        """Every order as likely: the last place first."""
        for last in range(len(x) - 1, 0, -1):
            k = self.coins.even(last + 1)
            x[last], x[k] = x[k], x[last]

    def sample(self, population: Json, k: int, *, counts: Json = None) -> list[Any]:
        """Some of them, none twice."""
        if not isinstance(population, Sequence):
            raise TypeError("no sequence")
        rest = [
            one for one, count in zip(population, counts or [1] * len(population), strict=True) for _ in range(count)
        ]
        if not 0 <= k <= len(rest):
            raise ValueError("too many are drawn")
        return [rest.pop(self.coins.even(len(rest))) for _ in range(k)]


class Arrays:
    """The interface of numpy's Generator and RandomState over coins; what is not here is refused."""

    def __init__(self, coins: Coins, name: str) -> None:
        self.coins, self.numpy = coins, importlib.import_module("numpy")
        self.like = getattr(self.numpy.random, name)

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__") or not hasattr(self.like, name):
            raise AttributeError(name)
        return self._between if name in ("integers", "randint") else self.coins.refuse

    def _order(self, count: int) -> list[int]:
        rest = list(range(count))
        return [rest.pop(self.coins.even(len(rest))) for _ in range(count)]

    def shuffle(self, x: Json, axis: int = 0) -> None:
        """Every order as likely."""
        if axis or not isinstance(x, self.numpy.ndarray | MutableSequence):
            self.coins.refuse()
        order = self._order(len(x))
        x[:] = x[order] if isinstance(x, self.numpy.ndarray) else [x[k] for k in order]

    def permutation(self, x: Json, axis: int = 0) -> Any:
        """A copy in any order."""
        if axis:
            self.coins.refuse()
        return (items := self._items(x))[self._order(len(items))]

    def _items(self, a: Json) -> Any:
        return self.numpy.arange(a) if self.numpy.ndim(a) == 0 else self.numpy.array(a)

    def _between(
        self, low: Json, high: Json = None, size: Json = None, dtype: Json = None, endpoint: bool = False
    ) -> Any:
        first, end = (0, whole(low) + endpoint) if high is None else (whole(low), whole(high) + endpoint)
        if end <= first:
            raise ValueError("nothing to draw from")
        kind = dtype or ("int64" if hasattr(self.like, "integers") else int)
        shape = () if size is None else size if isinstance(size, tuple) else (size,)
        drawn = [first + self.coins.even(end - first) for _ in range(math.prod(shape))]
        if size is None and kind is int:
            return int(drawn[0])
        made = self.numpy.array(drawn, dtype=kind).reshape(shape)
        return made[()] if size is None else made

    def choice(self, a: Json, size: Json = None, replace: bool = True, p: Json = None) -> Any:
        """Some of them, or one."""
        items = self._items(a)
        shape = () if size is None else size if isinstance(size, tuple) else (size,)
        rest, count = list(range(len(items))), math.prod(shape)
        if p is not None and len(p) != len(rest):
            raise ValueError("other chances")
        if p is not None and count > 1 and not replace:
            self.coins.refuse()
        drawn = []
        for _ in range(count):
            k = self.coins.even(len(rest)) if p is None else self.coins.uneven(list(p))
            drawn.append(rest[k] if replace else rest.pop(k))
        if size is None:
            return drawn[0] if self.numpy.ndim(a) == 0 else items[drawn[0]]
        return items[drawn].reshape(*shape, *items.shape[1:])


CLASSES = {"numpy-generator": "Generator", "numpy-random-state": "RandomState"}


def sampled_source(chance: Json, draw: int) -> Any:
    """What the subject draws from in one run of a sample: a real source, or a seed."""
    seed = int(hashlib.sha256(f"draw/{draw}".encode("ascii")).hexdigest()[:8], 16)
    if chance["how"] == "seed":
        return seed
    home: Any = importlib.import_module("random" if chance["kind"] == "random" else "numpy.random")
    if chance["kind"] == "random":
        return home.Random(seed)
    return home.default_rng(seed) if chance["kind"] == "numpy-generator" else home.RandomState(seed)


def source_of(chance: Json, coins: Coins) -> Any:
    """What the subject draws from, or the seed that it gets."""
    if "sampled" in chance:
        return sampled_source(chance, 0)
    if chance["how"] == "seed":
        return chance["seeds"][coins.even(len(chance["seeds"]))]
    return Randoms(coins) if chance["kind"] == "random" else Arrays(coins, CLASSES[chance["kind"]])


def specimen(written: Json) -> dict[str, Any]:
    """A first source, for what is created once to see that it can be."""
    chance = written.get("random")
    return {} if chance is None or chance["how"] == "module" else {chance["parameter"]: source_of(chance, Coins())}


class Borrowed:
    """The functions of a module that draw, replaced while the subject runs."""

    def __init__(self, chance: Json) -> None:
        self.source: Any = None
        self.sampled = "sampled" in chance
        self.spots: list[tuple[Any, str, Any]] = []
        self.loaded = 0
        self.real: dict[int, Any] = {}
        if chance["how"] != "module":
            return
        home: Any = importlib.import_module("random" if chance["kind"] == "random" else "numpy.random")
        owner = random.Random if chance["kind"] == "random" else home.RandomState
        drawing = [one for one in vars(home).values() if isinstance(getattr(one, "__self__", None), owner)]
        for one in [home.default_rng] if chance["kind"] == "numpy-generator" else drawing:
            self.real[id(one)] = one

    @contextmanager
    def replaced(self) -> Iterator[None]:
        """Under every name that a loaded module has for them."""
        if self.real and self.loaded != len(sys.modules):
            modules = [module for module in list(sys.modules.values()) if issubclass(type(module), ModuleType)]
            spaces = [object.__getattribute__(module, "__dict__") for module in modules]
            named = [(space, name, one) for space in spaces for name, one in list(space.items())]
            self.spots = [spot for spot in named if id(spot[2]) in self.real]
            self.loaded = len(sys.modules)
        for space, name, one in self.spots:
            space[name] = partial(self.ask, one)
        try:
            yield
        finally:
            self.source = None
            for space, name, one in self.spots:
                space[name] = one

    def ask(self, real: Any, *args: Json, **more: Json) -> Any:
        """What is drawn; where the subject does not run, by the real function."""
        if self.source is None:
            return real(*args, **more)
        if real.__name__ != "default_rng":
            return getattr(self.source, real.__name__)(*args, **more)
        seeds = [one for one in (*args, *more.values()) if one is not None and one is not self.source]
        if seeds and self.sampled:
            return real(*args, **more)
        return self.source.coins.refuse() if seeds else self.source


class Subject:
    """The mechanism under test, loaded as the certificate says."""

    def __init__(self, written: Json, domain: Domain, place: Place) -> None:
        self.domain, self.written = domain, written
        form = written["returns"]["allocation_as"]
        require(form in forms_of(domain), f"allocation_as {form} does not fit here")
        self.named = [bool(written.get(key)) for key in ("hook", "fields", "absent")]
        require(
            self.named[0] == (written["bids"] == "hook"), "subject.hook: with bids of that kind, and with no others"
        )
        left_out = written.get("absent") == "missing" and domain.kind != "voting"
        by_name_ = written["bids"] in ("dict", "sides", "hook")
        require(by_name_ or not left_out, "subject.absent: who is left out of a row cannot be told")
        require(not any(self.named) or written["bids"] != "numpy", "bids: no such container here")
        shapes = {"sides"} if domain.kind not in ("matching", "two-sided") else set()
        mine = written["returns"]
        require(("sellers" in mine) == (domain.kind in MARKETS), "returns.sellers: where agents sell, and nowhere else")
        traded = "trades" in (mine["allocation_as"], mine["payments_as"])
        require(not traded or domain.kind == "two-sided", "payments_as trades: where buyers and sellers trade")
        require(not traded or mine["sellers"] == "receive", "returns.sellers: of trades they receive")
        require(
            written["bids"] not in shapes | ({"numpy"} if domain.ordinal else set()), "bids: no such container here"
        )
        silent = written["returns"]["payments_as"] == "none"
        require(silent or not domain.ordinal, "payments_as: nobody pays where agents only rank")
        sold = written["returns"]["payments_as"] in ("winner-pays", "unit-price")
        require(not sold or domain.kind != "utilities", "payments_as: there is no good here that has a price")
        chance = written.get("random")
        require_chance(written, chance)
        self.borrowed = None if chance is None else Borrowed(chance)
        try:
            target: Any = importlib.import_module(place.module)
            if written["bids"] == "numpy":
                importlib.import_module("numpy")
            for name in written["call"].partition(":")[2].split("."):
                target = getattr(target, name)
            given = plain(written["arguments"])
            self.hook = function_at(written["hook"]) if "hook" in written else None
            if "calling" in written:
                target, given = partial(in_style, written, start(written, target, given)), {}
            elif written["create"]:
                target, given = target(**given), {}
            if written["method"] is not None and "calling" not in written:
                target = getattr(target, written["method"])
        except KeyboardInterrupt:
            raise
        except ImportError as error:
            raise Missing(f"{place.module} cannot be imported here: {error}") from error
        except BaseException as error:  # a stranger's code may raise anything, SystemExit too
            raise Refused(f"subject.call {written['call']!r} cannot be loaded: {error!r}") from error
        require_builtins()
        require(callable(target), f"subject.call {written['call']!r} cannot be called")
        self.target = partial(target, **given)
        self.stand_ins: list[StandIn] = []

    @contextmanager
    def watched(self) -> Iterator[None]:
        """For the time of the block a stand-in takes the place of every optimiser under contract."""
        self.stand_ins = [StandIn(*names) for names in self.written["contracts"].items()]
        exchange([(one.real, one) for one in self.stand_ins])
        try:
            yield
        finally:
            exchange([(one, one.real) for one in self.stand_ins])

    def offer(self, profile: Sequence[Vector], numbers: str = "") -> Json:
        """The bids as the subject wants them, made anew for each call; `numbers`: of another kind than it declares."""
        if isinstance(self.domain, Ranking) and not any(self.named):
            return self._rankings(self.domain, profile)
        kinds: Json = {"float": float, "decimal": lambda amount: Decimal(amount.numerator) / amount.denominator}
        convert = {**kinds, "fraction": Fraction}.get(numbers or self.written["numbers"])
        if any(self.named) or self.domain.flat:
            return self._composed(profile, convert or (lambda amount: amount))
        reports = [tuple(map(convert, report)) for report in profile] if convert else list(profile)
        bids: list[Any] = reports if self.domain.dimension > 1 else [report[0] for report in reports]
        if isinstance(self.domain, Told):
            bids = self.domain.told(profile, convert)
            reports = [(label,) for label in bids]
        shape = self.written["bids"]
        if shape == "dict":
            return dict(zip(self.domain.names, bids, strict=True))
        if shape == "sides":
            pairs, first = list(zip(self.domain.names, bids, strict=True)), self.domain.sells.start
            return dict(pairs[:first]), dict(pairs[first:])
        if shape == "numpy":
            numpy = importlib.import_module("numpy")
            amounts = [amount for report in reports for amount in report]
            small = all(type(amount) is int and amount < 2**63 for amount in amounts)
            doubles = all(type(amount) is float for amount in amounts)
            return numpy.array(bids, dtype="int64" if small else float if doubles else object)
        return bids if shape == "list" else tuple(bids)

    def _composed(self, profile: Sequence[Vector], convert: Any) -> Json:
        """Bids with named fields, without those who report nothing, or as a hook makes them."""
        domain, fields, absent = self.domain, self.written.get("fields", []), self.written.get("absent")
        told: dict[str, Any] = {}
        ballots = domain.ballots(profile) if isinstance(domain, Ranking) else []
        labels = domain.told(profile, convert) if isinstance(domain, Told) else []
        for agent, (name, report) in enumerate(zip(domain.names, profile, strict=True)):
            amounts = (sum(worth_ > 0 for worth_ in report), report[0]) if domain.flat else report
            numbers = tuple(map(convert, amounts))
            nothing = bool(absent) and not isinstance(domain, Told) and not (ballots[agent] if ballots else any(report))
            if fields and not ballots and not labels:
                bid: Any = dict(zip(fields, numbers, strict=True))
            else:
                bid = (ballots or labels)[agent] if ballots or labels else numbers if len(numbers) > 1 else numbers[0]
            if not nothing or absent == "none":
                told[name] = None if nothing else bid
        if self.hook is not None:
            return self.hook(told)
        shape, first = self.written["bids"], domain.names[: getattr(domain, "first", domain.sells.start)]
        if shape == "sides":
            return tuple({one: bid for one, bid in told.items() if (one in first) == side} for side in (True, False))
        return told if shape == "dict" else list(told.values()) if shape == "list" else tuple(told.values())

    def _rankings(self, domain: Ranking, profile: Sequence[Vector]) -> Json:
        """Lists of names in the declared container."""
        told = domain.ballots(profile)
        named = list(zip(domain.names, told, strict=True))
        if self.written["bids"] == "sides":
            return dict(named[: domain.first]), dict(named[domain.first :])
        return (
            dict(named) if self.written["bids"] == "dict" else told if self.written["bids"] == "list" else tuple(told)
        )

    def observe(self, profile: Sequence[Vector], numbers: str = "") -> Outcome | str:
        """Run it once, or for all that it can draw: an outcome, or the kind of fault."""
        if self.borrowed is None:
            return self._once(profile, numbers, {})
        found = self.branches(profile, numbers)
        if isinstance(found, str):
            return found
        chances: dict[Any, Number] = {}
        for tosses, outcome in found:
            (draw,) = outcome.draws
            chance = math.prod((of[came] for of, came in tosses), start=Fraction(1))
            chances[draw[1:]] = chances.get(draw[1:], 0) + chance
        return self.domain.outcome(tuple(Draw(simplest(chance), *drawn) for drawn, chance in chances.items()))

    def branches(self, profile: Sequence[Vector], numbers: str = "") -> list[tuple[list[Toss], Outcome]] | str:
        """Every way in which its draws can come out, with the outcome; or the kind of the first fault."""
        assert self.borrowed is not None
        if "sampled" in self.written["random"]:
            return self.sample(profile, numbers)
        found = list[tuple[list[Toss], Outcome]]()
        given: list[Toss] | None = []
        with self.borrowed.replaced():
            while given is not None:
                coins = Coins(given)
                seen = self.toss(profile, numbers, coins)
                if isinstance(seen, str) or len(found) == MOST_BRANCHES:
                    return seen if isinstance(seen, str) else "protocol"
                found.append((coins.tosses, seen))
                given = coins.after()
        return found

    def sample(self, profile: Sequence[Vector], numbers: str) -> list[tuple[list[Toss], Outcome]] | str:
        """The runs of a sample, each as likely as any other, their payments in the range; or the first fault."""
        chance = self.written["random"]
        count, (low, high) = chance["sampled"], map(number, chance["payments_within"])
        every = (Fraction(1, count),) * count
        found = list[tuple[list[Toss], Outcome]]()
        assert self.borrowed is not None
        with self.borrowed.replaced():
            for k in range(count):
                self.borrowed.source = source = sampled_source(chance, k)
                seen = self._once(profile, numbers, {} if chance["how"] == "module" else {chance["parameter"]: source})
                if isinstance(seen, str):
                    return seen
                if not all(low <= payment <= high for draw in seen.draws for payment in draw.payments):
                    return "protocol"
                found.append(([(every, k)], seen))
        return found

    def toss(self, profile: Sequence[Vector], numbers: str, coins: Coins) -> Outcome | str:
        """One run with these coins."""
        chance = self.written["random"]
        source = source_of(chance, coins)
        assert self.borrowed is not None
        self.borrowed.source = source
        seen = self._once(profile, numbers, {} if chance["how"] == "module" else {chance["parameter"]: source})
        if coins.refused or (isinstance(seen, Outcome) and len(coins.tosses) < len(coins.given)):
            return "protocol"
        return seen

    def _once(self, profile: Sequence[Vector], numbers: str, drawn: Json) -> Outcome | str:
        """Run it once: an outcome, or the kind of fault."""
        bids: Json = None
        spread_out = self.written["bids"] in ("arguments", "sides")
        try:
            bids = self.offer(profile, numbers)
            result = self.target(*bids, **drawn) if spread_out else self.target(bids, **drawn)
        except KeyboardInterrupt:
            raise
        except BaseException:
            return "crash"
        try:
            changed = self.hook is None and bids != self.offer(profile, numbers)
            if changed if isinstance(changed, bool) else changed.any():
                return "protocol"
            return read_outcome(result, self.written["returns"], self.domain)
        except KeyboardInterrupt:
            raise
        except BaseException:
            return "protocol"

    def draws(self, bids: Sequence[Any]) -> tuple[Draw, ...]:
        """Run it once on symbolic bids; Refused where that does not work."""
        offered = self.offer(bids)
        try:
            spread = self.written["bids"] in ("arguments", "sides")
            result = self.target(*offered) if spread else self.target(offered)
            if self.hook is None:
                told, again = self.values(offered), self.values(self.offer(bids))
                require(len(told) == len(again) and all(map(is_, told, again)), "the subject changes its bids")
            draws = read_draws(result, self.written["returns"], self.domain)
            fixed = [amount for draw in draws for amount in (draw.probability, *draw.shares)]
            require(not any(isinstance(amount, Form) for amount in fixed), "a share or probability is symbolic")
            return draws
        except (KeyboardInterrupt, Refused):
            raise
        except BaseException as error:
            raise Refused(f"the subject does not run on symbolic bids: {type(error).__name__}") from error

    def values(self, offered: Json) -> list[Json]:
        """What a container of bids holds, down to the single numbers."""
        held = offered.tolist() if hasattr(offered, "tolist") else offered
        if not isinstance(held, dict | list | tuple):
            return [held]
        return [one for part in (held.values() if isinstance(held, dict) else held) for one in self.values(part)]


def require_chance(written: Json, chance: Json) -> None:
    """Refuse a table of chance that contradicts itself or the rest of the subject."""
    if chance is None:
        return
    how, named = chance["how"], chance["parameter"] is not None
    require(named == (how != "module") and (chance["kind"] is None) == (how == "seed"), f"random: not a way to {how}")
    sampled = "sampled" in chance
    require(sampled == ("payments_within" in chance), "random: a sample needs a range of payments")
    require(bool(chance["seeds"]) == (how == "seed" and not sampled), "random: seeds for a seed alone")
    require(len(set(chance["seeds"])) == len(chance["seeds"]), "random: a seed is listed twice")
    require(not written["returns"]["randomised"], "random: what draws returns one outcome")
    fresh = "calling" in written and written["calling"]["fresh"]
    require(not named or fresh or not written["create"], "random: what gets a source has to be created for every run")
    require(chance["parameter"] not in written["arguments"], "random: the parameter is among the arguments")


class StandIn:
    """Takes the place of an optimiser: with numbers it asks the real one and compares, on a walk the contract answers.

    The contract lists pairs (result, score); the optimiser must return the first result of largest score, and leave its
    arguments alone. A breach is kept, since the subject may swallow any exception.
    """

    def __init__(self, name: str, listed: str) -> None:
        self.real, self.listed = map(function_at, (name, listed))
        require(self.real is not self.listed, f"subject.contracts: {name} is its own list of alternatives")
        update_wrapper(self, self.real)
        self.name, self.listed_by = name, listed
        self.walk: Walk | None = None
        self.busy, self.compared, self.walked, self.breach = False, 0, 0, ""

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        return getattr(self.real, name)

    def __deepcopy__(self, memo: Json) -> StandIn:
        return self

    def __call__(self, *args: Json, **more: Json) -> Json:
        if self.busy:  # it calls itself, or its alternatives do
            return self.real(*args, **more)
        self.busy = True
        try:
            return self._compared(args, more) if self.walk is None else self._walked(self.walk, args, more)
        finally:
            self.busy = False

    def _pairs(self, args: Json, more: Json) -> list[tuple[Json, Json]]:
        pairs = [(result, exact(score)) for result, score in self.listed(*args, **more)]
        if not pairs:
            raise ValueError("no alternatives")
        return pairs

    def _walked(self, walk: Walk, args: Json, more: Json) -> Json:
        self.walked += 1
        before, walk.denied = walk.denied, False
        try:
            pairs = self._pairs(*deepcopy((args, more)))
            chosen, _ = pairs[first_least(walk, [-score for _, score in pairs])]
        except BaseException:
            walk.denied = True  # the subject may swallow this
            raise
        walk.denied = walk.denied or before  # the alternatives may have swallowed something too
        return chosen

    def _compared(self, args: Json, more: Json) -> Json:
        self.compared += 1
        given = args, more
        kept = unless_it_fails(lambda: deepcopy(given), None)
        comparable = kept is not None and alike(kept, given)
        before, self.breach = self.breach, self.breach or "it raises an exception"
        result = self.real(*args, **more)
        changed = comparable and not alike(kept, given)
        self.breach = before or unless_it_fails(lambda: self._wrong(kept, changed, result), f"{self.listed_by} fails")
        return result

    def _wrong(self, kept: Json, changed: bool, result: Json) -> str:
        """What is not as the contract says; nothing where all is."""
        if kept is None or changed:
            return "it changes its arguments" if changed else "its arguments cannot be copied"
        pairs = self._pairs(*kept)
        best = max(score for _, score in pairs)
        first = next(one for one, score in pairs if score == best)
        return "" if alike(result, first) else f"{self.listed_by} puts another result first"


def unless_it_fails(do: Callable[[], Json], otherwise: Json) -> Json:
    """What is computed, or something else where a stranger's code raises anything."""
    try:
        return do()
    except KeyboardInterrupt:
        raise
    except BaseException:
        return otherwise


def function_at(path: str) -> Any:
    """The function at module:name."""
    module, _, name = path.partition(":")
    try:
        found = getattr(importlib.import_module(module), name)
    except ImportError as error:
        raise Missing(f"{module} cannot be imported here: {error}") from error
    except Exception as error:
        raise Refused(f"subject.contracts: {path} cannot be loaded: {error!r}") from error
    require(callable(found) and not isinstance(found, type), f"subject.contracts: {path} is no function")
    return found


def exchange(swaps: Sequence[tuple[Any, Any]]) -> None:
    """Put another object in the place of each, under every name that a loaded module has for it."""
    new = {id(old): one for old, one in swaps}
    modules = [module for module in list(sys.modules.values()) if issubclass(type(module), ModuleType)] if swaps else []
    for namespace in [object.__getattribute__(module, "__dict__") for module in modules]:
        for name, value in list(namespace.items()):
            if id(value) in new:
                namespace[name] = new[id(value)]


def alike(one: Json, two: Json) -> bool:
    """Whether two results are equal, lists and the like entry by entry; False where they cannot be compared."""
    if type(one) is type(two) and isinstance(one, list | tuple):
        return len(one) == len(two) and all(map(alike, one, two))
    if type(one) is type(two) is dict:
        return one.keys() == two.keys() and all(alike(one[key], two[key]) for key in one)
    try:
        equal = one == two
        return equal if isinstance(equal, bool) else bool(equal.all())
    except Exception:
        return False


Answers: TypeAlias = dict[int, Outcome | str]  # by number of the profile
Fresh: TypeAlias = Callable[[Json, Sequence[int]], list[Json]]


def fresh_processes(question: Json, seeds: Sequence[int]) -> list[Json]:
    """Put the question to this file in one new process per hash seed. Not with -I, which would ignore the seed."""
    import subprocess
    from concurrent.futures import ThreadPoolExecutor

    command = [sys.executable, "-s", "-P", "-B", str(Path(__file__).resolve()), "--answer"]
    clean = {name: value for name, value in os.environ.items() if not name.startswith("PYTHON")}

    def ask(seed: int) -> Json:
        environment = {**clean, "PYTHONHASHSEED": str(seed)}
        done = subprocess.run(command, input=json.dumps(question), capture_output=True, text=True, env=environment)
        last = (done.stderr.strip().splitlines() or ["no message"])[-1]
        require(done.returncode == 0, f"a fresh process under PYTHONHASHSEED={seed} died: {last}")
        return json.loads(done.stdout)

    with ThreadPoolExecutor(os.cpu_count()) as pool:
        return list(pool.map(ask, seeds))


def answer(question: Json) -> Json:
    """The other side of `fresh_processes`: distinct outcomes, and for each profile which one it is, or the fault.

    Backwards, so that a state that every first pass through the grid would build up in the same way shows.
    """
    domain, place = domain_of(question["domain"]), Place(*question["place"])
    with alone(place):
        subject = Subject(question["subject"], domain, place)
        profiles = [*map(domain.profile, question["profiles"]), *map(domain.reports, question["bids"])]
        seen = [subject.observe(profile) for profile in reversed(profiles)][::-1]
    distinct: dict[tuple[Draw, ...], int] = {}
    answers = [one if isinstance(one, str) else distinct.setdefault(one.draws, len(distinct)) for one in seen]
    return {"outcomes": [[draw_json(draw) for draw in draws] for draws in distinct], "answers": answers}


def draw_json(draw: Draw) -> Json:
    """A draw as a certificate writes it."""
    shares: list[Json] = [
        [*map(str, share)] if isinstance(share, tuple) else None if share is None else str(share)
        for share in draw.shares
    ]
    return {"probability": str(draw.probability), "allocation": shares, "payments": [*map(str, draw.payments)]}


class Observed:
    """Everything that was seen: the whole grid forwards, again backwards, and backwards in fresh processes.

    Where no claim is about the whole grid, a part of it that shows whether the subject repeats itself.
    """

    def __init__(self, certificate: Json, domain: Domain, place: Place, fresh: Fresh) -> None:
        self.domain, self.certificate, self.source = domain, certificate, place
        declared: list[int] = certificate["method"]["hash_seeds"]
        wanted = range(0, domain.size, -(-domain.size // SAMPLE))
        grid = product(*domain.types) if needs_grid(certificate) else iter(())
        with alone(place):
            self.subject = subject = Subject(certificate["subject"], domain, place)
            with subject.watched():
                self.answers = [subject.observe(profile) for profile in grid]
                first = dict(enumerate(self.answers)) or {k: subject.observe(domain.profile(k)) for k in wanted}
                backwards = {k: subject.observe(domain.profile(k)) for k in reversed(first)}
            self.tapes: dict[int, list[tuple[list[Toss], Outcome]]] = {}
            if any(LAWS[claim["property"]].over == "tapes" for claim in certificate["claims"]):
                self._read_tapes(domain)
            self.absent: dict[tuple[int, int], Outcome] = {}
            if any(LAWS[claim["property"]].over == "absences" for claim in certificate["claims"]):
                self._read_absences(domain)
            self.unlisted = unlisted(place, certificate["subject"]["source"])
        if any(claim["property"] == "deterministic" for claim in certificate["claims"]):
            wanted = range(domain.size)
        profiles = sorted({*wanted, *(domain.place(fault["bids"]) for fault in certificate["faults"]["first"])})
        self._seeds = [*declared, *(seed for seed in HASH_SEEDS if seed not in declared)]
        self._fresh = fresh
        children = [dict(zip(profiles, told, strict=True)) for told in self.afresh(profiles, [])]
        self.repeats: list[Answers] = [backwards, *children[: len(declared)]]  # those that the certificate counts
        pairs = [(k, first[k], again[k]) for again in (backwards, *children) for k in again]
        self.unstable = {k for k, one, two in pairs if one != two}
        self.apart = {k for k, one, two in pairs if getattr(one, "deals", one) != getattr(two, "deals", two)}
        self.faults = [(k, kind) for k, kind in enumerate(map(self._fault, self.answers)) if kind]

    def _read_tapes(self, domain: Domain) -> None:
        """Every way in which the draws can come out, where there is a valid outcome."""
        for k, outcome in enumerate(self.answers):
            if isinstance(outcome, Outcome) and outcome.slack >= 0:
                found = self.subject.branches(domain.profile(k))
                require(not isinstance(found, str), "the subject does not repeat itself")
                self.tapes[k] = list(found)  # type: ignore[arg-type]

    def _read_absences(self, domain: Domain) -> None:
        """What happens without one agent that would report zero, written down as if it got and paid nothing."""
        written = self.certificate["domain"]
        nothing = None if domain.kind == "slots" else 0
        for i, zero in domain.zeros().items() if domain.n > 1 else ():
            left = {key: [*written[key][:i], *written[key][i + 1 :]] for key in ("agents", "types")}
            smaller = domain_of({**written, **left})
            subject = Subject(self.certificate["subject"], smaller, self.source)
            for k in range(domain.size):
                profile = domain.profile(k)
                if domain.places[i][profile[i]] != zero:
                    continue
                seen = subject.observe((*profile[:i], *profile[i + 1 :]))
                if isinstance(seen, Outcome) and seen.slack >= 0:
                    whole = [(one, gets[:i], gets[i:], pays[:i], pays[i:]) for one, gets, pays in seen.draws]
                    draws = [Draw(one, (*a, nothing, *b), (*c, 0, *d)) for one, a, b, c, d in whole]
                    self.absent[k, i] = domain.outcome(tuple(draws))

    def afresh(self, places: Sequence[int], bids: Json) -> list[list[Outcome | str]]:
        """What fresh processes, one per hash seed, do at numbered profiles and then at bids off the grid."""
        question = {"subject": self.certificate["subject"], "domain": self.certificate["domain"], "place": self.source}
        return [*map(self._understood, self._fresh({**question, "profiles": places, "bids": bids}, self._seeds))]

    def rerun(self, profile: Sequence[Vector]) -> Outcome | str:
        """Run the subject at a profile that may lie off the grid."""
        (outcome,) = self.rerun_all([profile])
        return outcome

    def rerun_all(self, profiles: Sequence[Sequence[Vector]]) -> list[Outcome | str]:
        """Run one subject at these profiles, in their order."""
        with alone(self.source):
            subject = Subject(self.certificate["subject"], self.domain, self.source)
            return [subject.observe(profile) for profile in profiles]

    def _understood(self, reply: Json) -> list[Outcome | str]:
        outcomes = [self.domain.recorded(draws) for draws in reply["outcomes"]]
        return [one if isinstance(one, str) else outcomes[one] for one in reply["answers"]]

    def _fault(self, seen: Outcome | str) -> str | None:
        if isinstance(seen, str):
            return seen
        return "infeasible" if seen.slack < 0 else None


# --- tables


class Tally:
    """Counts cases, those below the limit, and the least margin."""

    def __init__(self, limit: Number) -> None:
        self.limit, self.cases, self.violations = limit, 0, 0
        self.least: Number | None = None

    def add(self, margin: Number) -> None:
        self.merge(1, int(margin < self.limit), margin)

    def merge(self, cases: int, violations: int, least: Number | None) -> None:
        self.cases += cases
        self.violations += violations
        if least is not None and (self.least is None or least < self.least):
            self.least = least

    def json(self, agent: int | None, scale: int) -> Json:
        """The row as a certificate has it."""
        least = None if self.least is None else str(Fraction(self.least) / scale)
        return {"agent": agent, "cases": self.cases, "violations": self.violations, "least_margin": least}


class Scaled:
    """The grid in whole numbers: types times m, consumption times c, so that money and margins are times m * c."""

    def __init__(self, seen: Observed) -> None:
        self.domain = domain = seen.domain
        outcomes = {id(one): one for one in seen.answers if isinstance(one, Outcome)}
        amounts = [t for types in domain.types for type_ in types for t in type_]
        for one in outcomes.values():
            amounts += [one.slack, *(pays for _, pays in one.deals)]
        m = math.lcm(*(amount.denominator for amount in amounts))
        alternatives = [[domain.consumes(share) for share in shares] for shares in domain.alternatives()]
        vectors = [gets for one in outcomes.values() for gets, _ in one.deals] + [y for ys in alternatives for y in ys]
        c = math.lcm(*(x.denominator for vector in vectors for x in vector))
        self.unit, self.money, self.goods = m, m * c, c
        self.types = [[times(type_, m) for type_ in types] for types in domain.types]
        self.alternatives = [[times(y, c) for y in ys] for ys in alternatives]
        small = {
            key: Outcome(
                one.draws,
                tuple((times(gets, c), int(pays * m * c)) for gets, pays in one.deals),
                int(one.slack * m * c),
            )
            for key, one in outcomes.items()
        }
        self.read = [small.get(id(one)) for one in seen.answers]  # None: no outcome
        self.valid = [None if one is None or one.slack < 0 else one for one in self.read]  # None: or infeasible

    def held(self, outcome: Outcome, one: int, two: int) -> Vector:
        """What somebody has who holds the shares of two agents, times c; not always whole."""
        return tuple(amount * self.goods for amount in self.domain.together(outcome, one, two))

    def lines(self, agent: int) -> Iterator[tuple[Deal | None, ...]]:
        """For all reports of the others: what the agent gets and pays for each of its own reports."""
        deals = [None if one is None else one.deals[agent] for one in self.valid]
        size, stride = self.domain.sizes[agent], self.domain.strides[agent]
        for block in range(0, self.domain.size, size * stride):
            for start in range(block, block + stride):
                yield tuple(deals[start : block + size * stride : stride])


def times(vector: Vector, factor: int) -> Vector:
    """The vector in whole numbers."""
    return tuple(int(entry * factor) for entry in vector)


def image(name: str, profile: Sequence[Vector]) -> tuple[Vector, ...]:
    """The profile with every amount changed as the property says."""
    return tuple(tuple(map(RULES[name], report)) for report in profile)


def staying(domain: Domain, name: str) -> list[int]:
    """For each agent, how many of its types still belong to its grid when they are changed as the property says."""
    return [sum(image(name, [type_])[0] in places for type_ in places) for places in domain.places]


def judged(claim: Json, domain: Domain) -> list[int] | None:
    """The agents about whom alone a claim is; None for all."""
    if "agents" not in claim:
        return None
    names = claim["agents"]
    require(names and len(set(names)) == len(names) and set(names) <= set(domain.names), "agents: not some of them")
    by_agent = LAWS[claim["property"]].over in ("agents", "deviations", "pairs")
    require(by_agent and claim["engine"] == "exhaustive", "agents: the claim is not about one agent at a time")
    return [agent for agent, name in enumerate(domain.names) if name in names]


def expected_cases(domain: Domain, name: str, seeds: int, only: Sequence[int] | None = None) -> int:
    """How many cases the property has on the grid."""
    over = LAWS[name].over
    if only is not None:
        shares = {"agents": 1, "pairs": domain.n - 1}
        return domain.size * sum(shares.get(over, domain.sizes[agent]) for agent in only)
    if over == "transforms":
        return math.prod(staying(domain, name))
    if over == "swaps":
        return sum(not tie for *_, tie in domain.swaps())
    per_profile = {
        "profiles": 1,
        "agents": domain.n,
        "deviations": sum(domain.sizes),
        "replacements": sum(domain.sizes),
        "tapes": sum(domain.sizes),
        "coalitions": sum(one * two for one, two in combinations(domain.sizes, 2)),
        "alternatives": sum(1 for _ in domain.alternatives()),
        "pairs": domain.n * (domain.n - 1),
        "repeats": 1 + seeds,
        "withdrawals": len(domain.zeros()),
        "false-names": sum(domain.sizes[i] for i, k in permutations(range(domain.n), 2) if k in domain.zeros()),
    }
    if over == "absences":
        return sum(domain.size // domain.sizes[agent] for agent in domain.zeros())
    if over == "idlers":
        return sum(domain.size // domain.sizes[agent] * (domain.n - 1) for agent in domain.zeros())
    if over == "objections":
        return domain.size * len(domain.doubts) if isinstance(domain, Ranking) else 0
    if over == "menus":
        return sum(1 for agent in range(domain.n) for _ in domain.menus(agent))
    return domain.size * per_profile[over]


def rivals(domain: Domain, over: str, agent: int) -> list[int]:
    """Of whom one has to be able to report zero: the agent itself, if there are others, or one of the others."""
    others = [other for other in range(domain.n) if other != agent]
    return [agent][: len(others)] if over == "idlers" else others


def row_agents(domain: Domain, name: str, only: Sequence[int] | None = None) -> list[int | None]:
    """Which rows the table has."""
    if only is not None:
        return [agent for agent in row_agents(domain, name) if agent in only]
    over = LAWS[name].over
    if over in ("agents", "deviations", "tapes", "replacements", "menus") or (over == "pairs" and domain.n > 1):
        return list(range(domain.n))
    zeros = domain.zeros()
    if over in ("withdrawals", "absences"):
        return list(zeros)
    if over in ("idlers", "false-names"):
        return [i for i in range(domain.n) if any(one in zeros for one in rivals(domain, over, i))]
    meeting = any(set(a) & set(b) for a, b in combinations(domain.types, 2))
    moves = over == "transforms" and all(staying(domain, name))
    possible = {"pairs": False, "coalitions": domain.n > 1, "swaps": meeting, "transforms": moves}
    return [None] if possible.get(over, True) else []


def table(seen: Observed, scaled: Scaled, name: str, tolerance: Number, only: Sequence[int] | None = None) -> Json:
    """The table of a claim, recomputed, in the form of a certificate."""
    domain, law = seen.domain, LAWS[name]
    scale = 1 if law.over in ("repeats", "menus", "tapes", "absences") else scaled.money
    rows = {agent: Tally(-tolerance * scale) for agent in row_agents(domain, name, only)}
    counts: Json = None
    if law.over == "deviations":
        counts = over_deviations(scaled, law, rows)
    elif law.over == "coalitions":
        over_coalitions(scaled, law, rows)
    elif law.over == "swaps":
        counts = over_swaps(scaled, law, rows)
    elif law.over == "tapes":
        over_tapes(seen, law, rows)
    elif law.over == "replacements":
        for loser, case in over_replacements(scaled):
            rows[loser].add(law.margin(*case, scaled.unit))
    elif law.over == "transforms":
        for k, profile in enumerate(product(*domain.types)):
            moved = image(name, profile)
            here = scaled.valid[k]
            if here and all(report in places for report, places in zip(moved, domain.places, strict=True)):
                number_ = sum(p[r] * s for r, p, s in zip(moved, domain.places, domain.strides, strict=True))
                there = scaled.valid[number_]
                if there:
                    rows[None].add(law.margin(here.deals, there.deals, scaled.unit))
    elif law.over in OVER_REPORTS:
        for agent, case in OVER_REPORTS[law.over](scaled):
            rows[agent].add(law.margin(*case))
    elif law.over == "absences":
        for (k, i), gone in seen.absent.items():
            with_it = seen.answers[k]
            if isinstance(with_it, Outcome) and with_it.slack >= 0:
                rows[i].add(law.margin(with_it.deals[i][0], with_it.deals, gone.deals))
    elif law.over == "repeats":
        for again in seen.repeats:
            for k, one in enumerate(seen.answers):
                two = again[k]
                if isinstance(one, Outcome) and isinstance(two, Outcome):
                    rows[None].add(0 if one is two else law.margin(one.deals, two.deals))
    else:
        outcomes = scaled.read if name == "feasible" else scaled.valid  # it alone looks at infeasible ones
        for types, here in zip(product(*scaled.types), outcomes, strict=True):
            for agent, case in () if here is None else cases(law.over, types, here, scaled.alternatives):
                if agent in rows:
                    rows[agent].add(law.margin(*case))
    return {
        "rows": [row.json(agent, scale) for agent, row in rows.items()],
        "skipped": expected_cases(domain, name, len(seen.repeats) - 1, only) - sum(row.cases for row in rows.values()),
        "truth_best": counts if name == "dsic" else None,
        "unequal_ties": counts if name == "anonymous" else None,
    }


def over_deviations(scaled: Scaled, law: Law, rows: Mapping[Any, Tally]) -> Json:
    """Fill the rows, judging equal lines once; returns at how many (profile, agent) no lie gains, of how many."""
    part = whole = 0
    for agent, row in rows.items():
        judged: dict[Json, tuple[Tally, int, int]] = {}
        for line in scaled.lines(agent):
            if line not in judged:
                tally, best = Tally(row.limit), 0
                options = [(report, deal) for report, deal in zip(scaled.types[agent], line, strict=True) if deal]
                for type_, truthful in options:
                    margins = [law.margin(type_, report, truthful, lying) for report, lying in options]
                    least = min(margins)
                    tally.merge(len(margins), sum(one < row.limit for one in margins), least)
                    best += least >= 0
                judged[line] = tally, best, len(options)
            tally, best, asked = judged[line]
            row.merge(tally.cases, tally.violations, tally.least)
            part, whole = part + best, whole + asked
    return {"part": part, "whole": whole}


def over_tapes(seen: Observed, law: Law, rows: Mapping[Any, Tally]) -> None:
    """Fill the rows: of a truth and a lie, the least margin of two branches that one tape can give."""
    domain = seen.domain
    known: dict[Any, Number] = {}
    for k, profile in enumerate(product(*domain.types)):
        for agent, row in rows.items():
            type_ = profile[agent]
            for other, report in enumerate(domain.types[agent]):
                lying = seen.tapes.get(domain.moved(k, {agent: other}))
                if k not in seen.tapes or lying is None:
                    continue
                margins = []
                for tosses, one in seen.tapes[k]:
                    for twin, two in lying:
                        if one_tape(tosses, twin):
                            case = (agent, type_, one.deals[agent], two.deals[agent])
                            if case not in known:
                                known[case] = law.margin(type_, report, *case[2:])
                            margins.append(known[case])
                row.add(min(margins))


def one_tape(one: Sequence[Toss], two: Sequence[Toss]) -> bool:
    """Whether the draws of two runs can be those of one tape."""
    return all(first[0] != second[0] or first[1] == second[1] for first, second in zip(one, two, strict=False))


def tape_of(run: Json) -> list[Toss]:
    """The draws that a run of a witness records."""
    found = list[Toss]()
    for draw in run["tape"]:
        fit(draw, {"of": [RATIONAL] if isinstance(draw.get("of"), list) else COUNT, "value": COUNT}, "tape")
        of = draw["of"]
        require(isinstance(of, list) or of <= MOST_BRANCHES, "tape: too many options")
        chances = tuple(map(Fraction, of)) if isinstance(of, list) else (Fraction(1, max(of, 1)),) * of
        require(draw["value"] < len(chances), "tape: no such option")
        found.append((chances, draw["value"]))
    return found


def over_coalitions(scaled: Scaled, law: Law, rows: Mapping[Any, Tally]) -> None:
    """Fill the row, judging equal deals of a lie once."""
    domain = scaled.domain
    for pair in combinations(range(domain.n), 2):
        sizes, strides = ([of[agent] for agent in pair] for of in (domain.sizes, domain.strides))
        offsets = [sum(map(mul, places, strides)) for places in product(*map(range, sizes))]
        types = list(product(*(scaled.types[agent] for agent in pair)))
        for base in range(domain.size):
            if any(base // stride % size for stride, size in zip(strides, sizes, strict=True)):
                continue  # not the first report of both
            found = [scaled.valid[base + offset] for offset in offsets]
            deals = [one and tuple(one.deals[agent] for agent in pair) for one in found]
            lies = Counter(lie for lie in deals if lie)
            for own, truthful in zip(types, deals, strict=True):
                for lie, count in lies.items() if truthful else ():
                    margin = law.margin(own, truthful, lie)
                    rows[None].merge(count, count * (margin < rows[None].limit), margin)


def over_withdrawals(scaled: Scaled) -> Iterator[tuple[int, Json]]:
    """The outcomes with each agent and without it."""
    domain = scaled.domain
    for agent, zero in domain.zeros().items():
        for k, present in enumerate(scaled.valid):
            absent = scaled.valid[domain.moved(k, {agent: zero})]
            if present and absent:
                yield agent, (present, absent)


def over_false_names(scaled: Scaled) -> Iterator[tuple[int, Json]]:
    """Each agent with each second name: one honest bid, and any two bids."""
    domain, zeros = scaled.domain, scaled.domain.zeros()
    for agent, name in permutations(range(domain.n), 2):
        known: dict[int, Deal] = {}
        for k, lying in enumerate(scaled.valid if name in zeros else ()):
            if lying is None:
                continue
            if id(lying) not in known:
                known[id(lying)] = scaled.held(lying, agent, name), lying.deals[agent][1] + lying.deals[name][1]
            for place, type_ in enumerate(scaled.types[agent]):
                truthful = scaled.valid[domain.moved(k, {agent: place, name: zeros[name]})]
                if truthful:
                    yield agent, (type_, truthful.deals[agent], known[id(lying)])


def over_idlers(scaled: Scaled) -> Iterator[tuple[int, Json]]:
    """Each agent that reports zero with each other agent, at all reports of the others."""
    domain = scaled.domain
    for agent, zero in domain.zeros().items():
        for k, (types, one) in enumerate(zip(product(*scaled.types), scaled.valid, strict=True)):
            if one and domain.moved(k, {agent: zero}) == k:
                for other in range(domain.n):
                    if other != agent:
                        both = scaled.held(one, agent, other)
                        yield agent, (one.deals[agent][1], types[other], one.deals[other][0], both)


def over_menus(scaled: Scaled) -> Iterator[tuple[int, Json]]:
    """What each agent gets for each of its reports."""
    domain = scaled.domain
    for agent, size in enumerate(domain.sizes):
        for k in domain.menus(agent):
            outcomes = [scaled.valid[domain.moved(k, {agent: place})] for place in range(size)]
            if None not in outcomes:
                yield agent, ([one.deals[agent][0] for one in outcomes if one],)


def over_replacements(scaled: Scaled) -> Iterator[tuple[int, Json]]:
    """Each agent with each other report of its grid, and what happens to everybody."""
    domain = scaled.domain
    for agent, types in enumerate(scaled.types):
        for k, here in enumerate(scaled.valid):
            own = types[k // domain.strides[agent] % domain.sizes[agent]]
            for place, report in enumerate(types) if here else ():
                there = scaled.valid[domain.moved(k, {agent: place})]
                if here and there:
                    yield agent, (own, report, here.deals[agent][0], here.deals, there.deals)


def over_objections(scaled: Scaled) -> Iterator[tuple[None, Json]]:
    """Every objection at every profile."""
    domain: Json = scaled.domain
    for types, outcome in zip(product(*scaled.types), scaled.valid, strict=True):
        for doubt in domain.doubts if outcome else ():
            yield None, objection(domain, doubt, types, outcome)


def objection(domain: Domain, doubt: Doubt, types: Sequence[Vector], outcome: Any) -> tuple[Any, ...]:
    """Types and deals of those who object, what they would have, and whether they can have it."""
    people = list(doubt.wants)
    free = True
    if doubt.seat is not None:
        place, room, ahead = doubt.seat
        free = sum(outcome.deals[agent][0][place] for agent in ahead) < room
    gets = [domain.consumes(share) for share in doubt.wants.values()]
    return [types[agent] for agent in people], [outcome.deals[agent] for agent in people], gets, free


OVER_REPORTS: dict[str, Callable[[Scaled], Iterator[tuple[int | None, Json]]]] = {
    "objections": over_objections,
    "withdrawals": over_withdrawals,
    "false-names": over_false_names,
    "idlers": over_idlers,
    "menus": over_menus,
}


def over_swaps(scaled: Scaled, law: Law, rows: Mapping[Any, Tally]) -> Json:
    """Fill the row; ties are no cases: returns how many of them treat agents unequally, of how many."""
    part = whole = 0
    for here, there, one, two, tie in scaled.domain.swaps():
        run, swapped = scaled.valid[here], scaled.valid[there]
        if run is not None and swapped is not None:
            margin = law.margin(run.deals, exchanged(swapped.deals, one, two), scaled.unit)
            if tie:
                part, whole = part + (margin < 0), whole + 1
            else:
                rows[None].add(margin)
    return {"part": part, "whole": whole}


# --- proofs
# The subject is run on linear forms in place of numbers. Wherever it compares, the walk decides which way to go, along
# the tree that the certificate holds; an option that the tree leaves out must be contradictory, by difference bounds or
# by a Farkas combination. What the subject returns on every path, together with what is known there, is all that can
# happen. A lemma is a contradiction between facts of a first path, facts of a second and "the margin is negative";
# a property is proved if every pair of paths knows the facts of some lemma.
# Where bids are whole numbers, whatever is said about them is rounded: with whole coefficients a sum that is at most
# 5/2, or less than 3, is at most 2.


class Atom(NamedTuple):
    """The half-space  sum of coefficient * variable + constant < 0 (strict) or <= 0; coefficients coprime integers."""

    terms: tuple[tuple[int, int], ...]
    constant: Number
    strict: bool

    def denied(self) -> Atom:
        """The complement."""
        return Atom(tuple((v, -c) for v, c in self.terms), -self.constant, not self.strict)

    def rounded(self, whole: bool) -> Atom:
        """What it says if all variables are whole: then the sum is, and its bound can be the next whole number."""
        if not whole:
            return self
        most = math.ceil(-self.constant) - 1 if self.strict else math.floor(-self.constant)
        return Atom(self.terms, -most, False)

    def moved(self, names: Mapping[int, int]) -> Atom:
        """The same about other variables."""
        return Atom(tuple(sorted((names.get(v, v), c) for v, c in self.terms)), self.constant, self.strict)

    def true_at(self, values: Sequence[Number], unit: int = 1) -> bool:
        """Whether it holds there; the values are multiples of 1 / unit, which makes whole numbers of them."""
        total = self.constant * unit + sum([c * values[v] for v, c in self.terms])
        return total < 0 if self.strict else total <= 0


def half_space(terms: Mapping[int, Number], constant: Number, strict: bool) -> Atom | bool:
    """The atom in its one form, or its truth where it has no variable."""
    left = sorted((v, c) for v, c in terms.items() if c)
    if not left:
        return constant < 0 if strict else constant <= 0
    factor = Fraction(math.lcm(*(c.denominator for _, c in left)), math.gcd(*(c.numerator for _, c in left)))
    if factor == 1:
        return Atom(tuple((v, c.numerator) for v, c in left), simplest(constant), strict)
    return Atom(tuple((v, int(c * factor)) for v, c in left), simplest(constant * factor), strict)


def contradictory(atoms: Sequence[Atom], weights: Sequence[int]) -> bool:
    """Whether the positive multiples of the atoms add up to 0 < 0 or to a positive constant <= 0 (Farkas)."""
    total: dict[int, int] = {}
    for atom, weight in zip(atoms, weights, strict=True):
        for variable, coefficient in atom.terms:
            total[variable] = total.get(variable, 0) + weight * coefficient
    constant = sum(weight * atom.constant for atom, weight in zip(atoms, weights, strict=True))
    strict = any(atom.strict for atom in atoms)
    return min(weights, default=0) > 0 and not any(total.values()) and (constant > 0 or (strict and constant == 0))


Edge: TypeAlias = tuple[int, int]  # (x, y) bounds x - y; -1 is the constant zero
Limit: TypeAlias = tuple[Number, int]  # (c, 0) says < c and (c, 1) says <= c: the smaller pair says more


def edge(atom: Atom) -> tuple[Edge, Limit] | None:
    """What the atom says about one difference of two variables, or of one and zero; None where it is another kind."""
    ends = {c: v for v, c in atom.terms}
    if len(ends) != len(atom.terms) or not set(ends) <= {1, -1}:
        return None
    return (ends.get(1, -1), ends.get(-1, -1)), (-atom.constant, int(not atom.strict))


class Knowledge:
    """What is known about the bids on a path: the tightest bounds of differences, and the other atoms."""

    def __init__(self, limits: Mapping[Edge, Limit], others: frozenset[Atom]) -> None:
        self.limits, self.others = limits, others

    def knows(self, atom: Atom) -> bool:
        """Whether a bound implies the atom, or it is among the others."""
        found = edge(atom)
        known = self.limits.get(found[0]) if found else None
        return atom in self.others or bool(found and known is not None and known <= found[1])

    def point(self, size: int, part: Fraction, room: int, whole: bool) -> list[Number]:
        """Numbers within the bounds, each in turn so far between what the earlier ones allow, rounded down if whole.

        As the bounds are closed under addition, there is always a next one. All are known to be at least zero.
        """
        values: dict[int, Number] = {-1: 0}
        for variable in range(size):
            low = max(values[v] - self.limits[v, variable][0] for v in values if (v, variable) in self.limits)
            above = [values[v] + self.limits[variable, v][0] for v in values if (variable, v) in self.limits]
            found = simplest(low + part * (min(above, default=low + room) - low))
            values[variable] = math.floor(found) if whole else found
        return list(values.values())[1:]

    def learn(self, atoms: Sequence[Atom]) -> Knowledge | None:
        """Add atoms; None where differences add up around a circle to less than nothing."""
        limits, others = dict(self.limits), set(self.others)
        for atom in atoms:
            found = edge(atom)
            if found is None:
                others.add(atom)
                continue
            (high, low), new = found
            back = limits.get((low, high))
            if back is not None and (back[0] + new[0], back[1] & new[1]) < (0, 1):
                return None
            if (high, low) in limits and limits[high, low] <= new:
                continue
            into = [(x, limit) for (x, y), limit in limits.items() if y == high] + [(high, (0, 1))]
            out = [(y, limit) for (x, y), limit in limits.items() if x == low] + [(low, (0, 1))]
            for x, before in into:
                for y, after in out:
                    if x != y:
                        whole = before[0] + new[0] + after[0], before[1] & new[1] & after[1]
                        old = limits.get((x, y))
                        if old is None or whole < old:
                            limits[x, y] = whole
        return Knowledge(limits, frozenset(others))


class Form:
    """A linear form in the bids, standing in for a number; comparisons ask the walk.

    Where it cannot answer as a number would, the whole walk is refused, even if the subject swallows the exception.
    """

    __slots__ = ("constant", "terms", "walk")

    def __init__(self, walk: Walk | None, terms: Mapping[int, Number], constant: Number) -> None:
        self.walk, self.terms, self.constant = walk, terms, constant

    def lift(self, other: Json) -> Form | None:
        """The other operand as a form; None where it is no number, so that Python goes on as it would for a number."""
        if isinstance(other, Form):
            return other
        kind = getattr(getattr(other, "dtype", None), "kind", "") if getattr(other, "shape", None) == () else ""
        if type(other) in (int, bool, float, Fraction, Decimal) or (kind and kind in "iuf"):
            try:
                return Form(self.walk, {}, exact(int(other) if type(other) is bool else other))
            except (ValueError, OverflowError):  # not finite
                self.deny()
        return self.deny() if isinstance(other, int | float | complex | Fraction | Decimal) else None

    def plus(self, other: Json, factor: Number) -> Form:
        """The sum with a multiple of another."""
        right = self.lift(other)
        if right is None:
            return NotImplemented  # type: ignore[no-any-return]
        total = dict(self.terms)
        for variable, coefficient in right.terms.items():
            total[variable] = total.get(variable, 0) + factor * coefficient
        return Form(self.walk, {v: c for v, c in total.items() if c}, self.constant + factor * right.constant)

    def times(self, factor: Number) -> Form:
        """The multiple."""
        return Form(self.walk, {v: c * factor for v, c in self.terms.items() if factor}, self.constant * factor)

    def is_below(self, other: Json, sign: int, strict: bool) -> bool:
        """Whether sign * (self - other) is below zero, or at most zero."""
        if isinstance(other, float) and not math.isfinite(other):
            return sign * other > 0
        right = self.lift(other)
        if right is None:
            return NotImplemented  # type: ignore[no-any-return]
        gap_form = self.plus(right, -1).times(sign)
        atom = half_space(gap_form.terms, gap_form.constant, strict)
        if isinstance(atom, bool):
            return atom
        return self.walk.decide(atom) if self.walk else self.deny()

    def deny(self, *_: Json) -> Any:
        """What only a number can answer. Remembered, because the subject may swallow the exception."""
        if self.walk:
            self.walk.denied = True
        raise Refused("the subject asks a symbolic number for what only a number has")

    __float__ = __int__ = __index__ = __round__ = __floor__ = __ceil__ = __trunc__ = deny
    __floordiv__ = __rfloordiv__ = __mod__ = __rmod__ = __pow__ = __rpow__ = __rtruediv__ = deny
    __divmod__ = __rdivmod__ = __lshift__ = __rlshift__ = __rshift__ = __rrshift__ = __invert__ = deny
    __and__ = __rand__ = __or__ = __ror__ = __xor__ = __rxor__ = __complex__ = deny
    __hash__ = __repr__ = __str__ = __format__ = __reduce__ = __reduce_ex__ = deny

    def __getattr__(self, name: str) -> Any:
        if hasattr(Fraction, name) or hasattr(int, name):
            self.deny()
        raise AttributeError(name)

    def __copy__(self, _: Json = None) -> Form:
        return self

    __deepcopy__ = __copy__

    def __add__(self, other: Json) -> Form:
        return self.plus(other, 1)

    __radd__ = __add__

    def __sub__(self, other: Json) -> Form:
        return self.plus(other, -1)

    def __rsub__(self, other: Json) -> Form:
        return (-self).plus(other, 1)

    def __neg__(self) -> Form:
        return self.times(-1)

    def __pos__(self) -> Form:
        return self

    def __abs__(self) -> Form:
        return self.times(-1) if self < 0 else self

    def __mul__(self, other: Json) -> Form:
        right = self.lift(other)
        if right is None:
            return NotImplemented
        if self.terms and right.terms:
            self.deny()
        return self.times(right.constant) if self.terms else right.times(self.constant)

    __rmul__ = __mul__

    def __truediv__(self, other: Json) -> Form:
        right = self.lift(other)
        if right is None:
            return NotImplemented
        exactly = isinstance(other, Fraction | Decimal)  # an int divided by an int is a double, which rounds
        return self.times(1 / Fraction(right.constant)) if exactly else self.deny()

    def __lt__(self, other: Json) -> bool:
        return self.is_below(other, 1, True)

    def __le__(self, other: Json) -> bool:
        return self.is_below(other, 1, False)

    def __gt__(self, other: Json) -> bool:
        return self.is_below(other, -1, True)

    def __ge__(self, other: Json) -> bool:
        return self.is_below(other, -1, False)

    def __eq__(self, other: object) -> bool:
        below = self.is_below(other, 1, False)
        return below if below is NotImplemented else below and self.is_below(other, -1, False)

    def __bool__(self) -> bool:
        return self != 0


Option: TypeAlias = tuple[Atom, ...]  # a conjunction; the options of a choice exclude each other and one of them holds


class Route(NamedTuple):
    """One way through the subject: every agent's deal, the least slack, what is known, all atoms."""

    deals: tuple[tuple[Vector, Form], ...]
    slack: Number
    draws: tuple[Draw, ...]
    known: Knowledge
    atoms: tuple[Atom, ...]


class Walk:
    """Steers the subject along the tree; everything that the tree leaves out is shown to be impossible."""

    def __init__(self, given: Sequence[Atom], tree: Sequence[Json], whole: bool = False) -> None:
        self.whole = whole
        start = Knowledge({}, frozenset()).learn(given)
        require(start is not None and not start.others, "the admissible types are not given by differences")
        self.given, self.start = tuple(given), start or Knowledge({}, frozenset())
        self.tokens = iter(tree)
        self.turns: list[tuple[list[tuple[Option, Knowledge]], int, Sequence[Option]]] = []
        self.position = 0
        self.root: dict[Option | None, Any] = {}  # by options taken, at the end by None: the number of the path
        self.node, self.found = self.root, 0
        self.atoms: tuple[Atom, ...] = ()
        self.known = self.start
        self.denied = False

    def paths(self, run: Callable[[], Json]) -> Iterator[tuple[Json, Knowledge, tuple[Atom, ...]]]:
        """Every path that the tree does not rule out, in its order."""
        while True:
            self.atoms, self.known, self.position, self.node = (), self.start, 0, self.root
            result = run()
            require(not self.denied, "the subject asks a symbolic number for what only a number has")
            require(self.position == len(self.turns), "the subject did not choose the same way twice")
            self.node[None] = self.found
            self.found += 1
            yield result, self.known, self.atoms
            while self.turns and self.turns[-1][1] + 1 == len(self.turns[-1][0]):
                self.turns.pop()
            if not self.turns:
                require(next(self.tokens, None) is None, "exploration.tree holds more than the subject does")
                return
            alive, taken, options = self.turns[-1]
            self.turns[-1] = alive, taken + 1, options

    def decide(self, atom: Atom) -> bool:
        """Which way a comparison goes on this path."""
        atom = atom.rounded(self.whole)
        if self.known.knows(atom):
            return True
        opposite = atom.denied().rounded(self.whole)
        return not self.known.knows(opposite) and self.choose(((atom,), (opposite,))) == 0

    def choose(self, options: Sequence[Option]) -> int:
        """Which option is taken on this path."""
        before, self.denied = self.denied, True  # should the subject swallow what is raised here
        options = [tuple(dict.fromkeys(atom.rounded(self.whole) for atom in option)) for option in options]
        if self.position == len(self.turns):
            denied = {atom.denied().rounded(self.whole) for atom in self.known.others}
            told = [(option, self.known.learn(option)) for option in options if denied.isdisjoint(option)]
            possible = [(option, known) for option, known in told if known is not None]
            self.turns.append((self._open(possible), 0, options))
        alive, taken, asked = self.turns[self.position]
        require(list(asked) == list(options), "the subject did not choose the same way twice")
        self.position += 1
        option, self.known = alive[taken]
        self.atoms += option
        self.node = self.node.setdefault(option, {})
        self.denied = before
        return list(options).index(option)

    def path_at(self, values: Sequence[Number]) -> int:
        """The number of the one path that these bids take."""
        unit = math.lcm(*(value.denominator for value in values))
        whole, node = [int(value * unit) for value in values], self.root
        while None not in node:
            taken = [option for option in node if all(atom.true_at(whole, unit) for atom in option or ())]
            open_here = [node[option] for option in taken]
            require(len(open_here) == 1, f"{len(open_here)} paths claim the profile {[*map(str, values)]}")
            node = open_here[0]
        return int(node[None])

    def _open(self, possible: list[tuple[Option, Knowledge]]) -> list[tuple[Option, Knowledge]]:
        token = next(self.tokens, None)
        if type(token) is int:
            require(token == len(possible) > 0, "exploration.tree does not fit the subject")
            return possible
        require(type(token) is list and len(token) == len(possible), "exploration.tree does not fit the subject")
        alive = []
        for (option, known), proof in zip(possible, token or (), strict=True):
            if proof is None:
                alive.append((option, known))
                continue
            atoms = (*self.given, *self.atoms, *option)
            inside = all(0 <= place < len(atoms) for place, _ in proof)
            sound = inside and contradictory([atoms[place] for place, _ in proof], [weight for _, weight in proof])
            require(sound, "exploration.tree: a combination does not show that its option is empty")
        require(alive, "exploration.tree rules out every option of a choice")
        return alive


def first_least(walk: Walk, keys: Sequence[Json]) -> int:
    """The place of the first of the least keys: one choice, with an option for every key."""
    options: dict[int, Option] = {}
    for place, least in enumerate(keys):
        atoms: list[Atom | bool] = []
        for other, rival in enumerate(keys):
            if other != place:
                lead = Form(None, {}, 0).plus(least, 1).plus(rival, -1)
                atoms.append(half_space(lead.terms, lead.constant, other < place))
        if False not in atoms:
            options[place] = tuple(dict.fromkeys(atom for atom in atoms if isinstance(atom, Atom)))
    places = list(options)
    return places[0] if len(places) == 1 else places[walk.choose(list(options.values()))]


@contextmanager
def extremes(walk: Walk, stand_ins: Sequence[StandIn] = ()) -> Iterator[None]:
    """While the subject runs, max and min of symbolic keys are one choice, in which the first of equals wins.

    So is what an optimiser under contract returns.
    """
    require_builtins()
    plain_max, plain_min = builtins.max, builtins.min

    def extreme(usual: Callable[..., Any], sign: int) -> Callable[..., Any]:
        def chosen(*given: Any, key: Callable[[Any], Any] | None = None, **more: Any) -> Any:
            items = list(given[0] if len(given) == 1 else given)
            keys = items if key is None else [key(item) for item in items]
            if not items:
                return usual(items, **more)
            if any(isinstance(one, Form) for one in keys) and all(is_finite(one) for one in keys):
                return items[first_least(walk, [one if sign == 1 else -one for one in keys])]
            return items[usual(range(len(items)), key=keys.__getitem__)]

        return chosen

    ours = builtins.max, builtins.min = extreme(plain_max, -1), extreme(plain_min, 1)
    try:
        for one in stand_ins:
            one.walk = walk
        yield
        require((builtins.max, builtins.min) == ours, "the subject replaces max or min")
    finally:
        for one in stand_ins:
            one.walk = None
        builtins.max, builtins.min = plain_max, plain_min


def is_finite(key: Json) -> bool:
    """Whether it is a number, symbolic or not, that a linear form can hold."""
    return isinstance(key, Form | int | Fraction | Decimal) or (isinstance(key, float) and math.isfinite(key))


Block: TypeAlias = tuple[dict[int, int] | None, Callable[[Route, Route], list[Any]], Sequence[int]]


def blocks(domain: Domain, name: str) -> Iterator[Block]:
    """The families of cases of a property: how the second run's variables are named (None: there is one run), margins,
    and whose deals these depend on.

    Margins are given as the ways in which they can be too low, each a tuple of forms that are all below -tolerance
    then: with absolute values one way for every pattern of signs, with the larger of two amounts both of them.
    """
    law, n, d = LAWS[name], domain.n, domain.dimension
    types = [tuple(Form(None, {agent * d + c: 1}, 0) for c in range(d)) for agent in range(n)]
    if law.over == "deviations":
        for agent in range(n):
            names = {agent * d + c: n * d + c for c in range(d)}
            report = tuple(Form(None, {n * d + c: 1}, 0) for c in range(d))
            parts = critical if name == "critical-payment" else lambda *case: [law.margin(*case)]
            yield names, partial(_deviation, parts, agent, types[agent], report, names), (agent,)
    elif law.over == "coalitions":
        for pair in combinations(range(n), 2):
            names = {agent * d + c: (n + place) * d + c for place, agent in enumerate(pair) for c in range(d)}
            yield names, partial(_coalition, pair, [types[agent] for agent in pair], names), pair
    elif law.over == "swaps":
        for one, two in combinations(range(n), 2):
            names = dict(
                zip(
                    [*range(one * d, one * d + d), *range(two * d, two * d + d)],
                    [*range(two * d, two * d + d), *range(one * d, one * d + d)],
                    strict=True,
                )
            )
            yield names, partial(_swap, one, two, names), range(n)
    elif law.over == "alternatives":
        for shares in domain.alternatives():
            gives = [domain.consumes(share) for share in shares]
            yield None, lambda path, _, gives=gives: [(law.margin(types, path, gives),)], range(n)  # type: ignore[misc]
    elif law.over == "agents":
        for agent in range(n):
            yield (
                None,
                lambda path, _, agent=agent: [(law.margin(types[agent], path.deals[agent]),)],  # type: ignore[misc]
                (agent,),
            )
    elif law.over == "pairs":
        for agent, other in permutations(range(n), 2):
            yield (
                None,
                lambda path, _, agent=agent, other=other: [  # type: ignore[misc]
                    (law.margin(types[agent], path.deals[agent], path.deals[other]),)
                ],
                (agent, other),
            )
    else:
        yield None, lambda path, _: [(law.margin(types, path),)], range(n)


def _renamed(deal: tuple[Vector, Form], names: Mapping[int, int]) -> tuple[Vector, Form]:
    gets, pays = deal
    return gets, Form(None, {names.get(v, v): c for v, c in pays.terms.items()}, pays.constant)


def _deviation(
    parts: Callable[..., Sequence[Any]],
    agent: int,
    own: Sequence[Form],
    report: Sequence[Form],
    names: Mapping[int, int],
    one: Route,
    two: Route,
) -> list[Any]:
    return [(part,) for part in parts(own, report, one.deals[agent], _renamed(two.deals[agent], names))]


def _coalition(
    pair: tuple[int, int], types: Sequence[Sequence[Form]], names: Mapping[int, int], one: Route, two: Route
) -> list[Any]:
    truthful: list[Any] = [one.deals[agent] for agent in pair]
    lying: list[Any] = [_renamed(two.deals[agent], names) for agent in pair]
    return [losses(types, truthful, lying)]  # type: ignore[arg-type]


def _swap(one: int, two: int, names: Mapping[int, int], first: Route, second: Route) -> list[tuple[Form]]:
    after = exchanged([_renamed(deal, names) for deal in second.deals], one, two)
    fixed: Number = 0
    open_gaps: list[Form] = []
    for (gets, pays), (gets_too, pays_too) in zip(first.deals, after, strict=True):
        fixed += sum(gap(amount, amount_too) for amount, amount_too in zip(gets, gets_too, strict=True))
        difference = pays - pays_too
        if difference.terms:
            open_gaps.append(difference)
        else:
            fixed += gap(difference.constant, 0)
    margins = []
    for signs in product((1, -1), repeat=len(open_gaps)):
        margin = Form(None, {}, -fixed)
        for sign, difference in zip(signs, open_gaps, strict=True):
            margin = margin.plus(difference, -sign)
        margins.append((margin,))
    return margins


class Lemma(NamedTuple):
    """Facts of a first path, of a second path in its own variables, and what of a goal they contradict."""

    first: tuple[Atom, ...]
    second: tuple[Atom, ...]
    goal: tuple[Atom, ...]


def read_atom(written: Json) -> Atom:
    """An atom of a certificate, in its one form."""
    atom = half_space(dict(written[0]), number(written[1]), written[2])
    require(
        isinstance(atom, Atom) and [[*map(list, atom.terms)], str(atom.constant), atom.strict] == written,
        "an atom of a lemma is not in normal form",
    )
    return atom  # type: ignore[return-value]


def read_lemma(written: Json, names: Mapping[int, int]) -> Lemma:
    """A lemma whose Farkas combination is sound."""
    first, second, goal = (tuple(map(read_atom, written[side])) for side in ("first", "second", "goal"))
    atoms = [*first, *(atom.moved(names) for atom in second), *goal]
    weights = written["multipliers"]
    require(len(weights) == len(atoms) and contradictory(atoms, weights), "a lemma is no contradiction")
    return Lemma(first, second, goal)


class Knowers:
    """Which of all paths know a fact, as the binary digits of a number; remembered, for a fact serves many lemmas."""

    def __init__(self, known: Sequence[Knowledge]) -> None:
        self.known = known
        self._by_fact: dict[Atom, int] = {}

    def of(self, facts: tuple[Atom, ...]) -> int:
        """The paths that know all of them."""
        paths = (1 << len(self.known)) - 1
        for fact in facts:
            if fact not in self._by_fact:
                self._by_fact[fact] = self._ask(fact)
            paths &= self._by_fact[fact]
        return paths

    def _ask(self, fact: Atom) -> int:
        paths = 0
        ends, limit = edge(fact) or (None, None)
        for place, known in enumerate(self.known):
            found = known.limits.get(ends) if ends else None
            if (found is not None and limit is not None and found <= limit) or fact in known.others:
                paths |= 1 << place
        return paths


class Cover:
    """Shows that every pair of paths falls under a lemma. A set of paths is a number, a path a binary digit of it."""

    def __init__(self, knowers: Knowers, lemmas: Sequence[Lemma]) -> None:
        self.knowers = knowers
        self.lemmas: dict[frozenset[Atom], list[Lemma]] = {}
        for lemma in lemmas:
            self.lemmas.setdefault(frozenset(lemma.goal), []).append(lemma)

    def holds(self, first: int, second: int, goal: Sequence[Atom]) -> bool:
        """Whether no pair of the two sets can meet all of the goal."""
        parts = {frozenset(part) for size in range(len(goal), -1, -1) for part in combinations(goal, size)}
        usable = [lemma for part in sorted(parts, key=len, reverse=True) for lemma in self.lemmas.get(part, ())]
        waiting = [(first, second)]
        while waiting:
            first, second = waiting.pop()
            if first and second:
                for lemma in usable:
                    left, right = first & self.knowers.of(lemma.first), second & self.knowers.of(lemma.second)
                    if left and right:
                        waiting += [(first & ~left, second), (left, second & ~right)]
                        break
                else:
                    return False
        return True


def admissible(domain: Domain) -> list[Atom]:
    """What holds of all types: at least 0, at most `upper`, and what the kind of domain adds."""
    found: list[Atom | bool] = []
    d = domain.dimension
    for agent in range(domain.n):
        for c in range(d):
            found.append(half_space({agent * d + c: -1}, 0, False))
            if domain.upper is not None:
                found.append(half_space({agent * d + c: 1}, -domain.upper, False))
        if domain.kind == "multi-unit":  # marginal values do not increase
            found += [half_space({agent * d + c + 1: 1, agent * d + c: -1}, 0, False) for c in range(d - 1)]
        if domain.kind == "combinatorial":  # one good less is worth no more
            for bundle in range(1, 2**domain.goods):
                for good in range(domain.goods):
                    less = bundle & ~(1 << good)
                    if less not in (0, bundle):
                        terms = {agent * d + less - 1: 1, agent * d + bundle - 1: -1}
                        found.append(half_space(terms, 0, False))
    return [atom for atom in found if isinstance(atom, Atom)]


def without_ties(domain: Domain, known: Knowledge) -> Knowledge:
    """What is known if no two agents bid the same amount: between their bids <= means <, and so on from there."""
    d = domain.dimension
    sharper = [
        half_space({high: 1, low: -1}, 0, True)
        for (high, low), limit in known.limits.items()
        if min(high, low) >= 0 and high // d != low // d and limit == (0, 1)
    ]
    atoms = [atom.rounded(domain.whole) for atom in sharper if isinstance(atom, Atom)]
    learnt = known.learn(atoms)
    if learnt is None:  # the path has ties only
        denied = [atom.denied().rounded(domain.whole) for atom in atoms]
        return Knowledge(known.limits, known.others | {*atoms, *denied})
    return without_ties(domain, learnt) if atoms else learnt


# --- judging


def check_witness(certificate: Json, claim: Json, domain: Domain, witness: Json) -> None:
    """The recorded runs must be a case of the property, and their margin the recorded one."""
    law = LAWS[claim["property"]]
    agents, runs = witness["agents"], witness["runs"]
    people = len(agents) if law.over == "objections" else PEOPLE.get(law.over, 0)
    require(len(agents) == people == len(set(agents)), f"a witness over {law.over} is about {people} agents")
    require(all(agent < domain.n for agent in agents), "a witness is about an agent that does not exist")
    only = judged(claim, domain)
    require(only is None or agents[0] in only, "a witness is about an agent of whom nothing is claimed")
    calls = domain.sizes[agents[0]] if law.over == "menus" else CALLS.get(law.over, 1)
    require(len(runs) == calls, f"a witness over {law.over} has {calls} runs")
    on_grid = claim["engine"] in ("exhaustive", "sampling")
    profiles = [domain.profile(domain.place(r["bids"])) if on_grid else domain.reports(r["bids"]) for r in runs]
    outcomes = [domain.recorded(run["draws"]) for run in runs]
    types = profiles[0]
    judged_anyway = claim["property"] in ("feasible", "deterministic")
    require(judged_anyway or all(outcome.slack >= 0 for outcome in outcomes), "a witness has an infeasible outcome")
    require(
        (witness["alternative"] is not None) == (law.over in ("alternatives", "objections")),
        "alternative: only where allocations are compared",
    )
    repetitions = ["second call, in reverse order"]
    repetitions += [f"fresh process, PYTHONHASHSEED={seed}" for seed in certificate["method"]["hash_seeds"]]
    require(witness["repeat"] in (repetitions if law.over == "repeats" else [None]), "repeat: no such repetition")
    taped = law.over == "tapes"
    require(all(("tape" in run) == taped for run in runs), "tape: only where it matters, and there in every run")
    require(not taped or one_tape(*map(tape_of, runs)), "tape: one tape cannot give both runs")
    if law.over in ("deviations", "tapes", "replacements", "coalitions", "withdrawals", "false-names", "menus"):
        same = all(agent in agents or len(set(told)) == 1 for agent, told in enumerate(zip(*profiles, strict=True)))
        require(same, "somebody else's report differs between the runs of a witness")
    if law.over in ("coalitions", "swaps"):
        require(agents[0] < agents[1], f"the agents of {law.over} are not in order")
    if law.over == "swaps":
        require(exchanged(profiles[1], *agents) == types, "the runs of a swap do not exchange the two reports")
        require(not tied(types), "the profile of a swap has a tie")
    require(law.over not in ("repeats", "absences") or profiles[0] == profiles[1], "a repetition of other bids")
    require(law.over != "absences" or not any(types[agents[0]]), "an agent that is left out does not report zero")
    if law.over == "transforms":
        require(profiles[1] == image(claim["property"], types), "the second run of a transform is not at its image")
    shares = tuple(None if share is None else number(share) for share in witness["alternative"] or ())
    known = law.over != "alternatives" or shares in domain.alternatives()
    require(known, "alternative: not among the feasible allocations")
    margin = margin_at(domain, law, agents, profiles, outcomes, shares)
    require(witness["margin"] == str(margin), f"margin {witness['margin']} should be {margin}")
    require(margin < -number(claim["tolerance"]), f"margin {margin} is within the tolerance: nothing is refuted")
    small, to = rounding_of(domain, profiles, outcomes, margin), witness.get("rounded_to")
    if small is None and witness["rounding"] and claim["engine"] == "exhaustive" and law.over != "repeats":
        unit = number(to) if is_rational(to) else 0  # that all payments are multiples of it shows on the whole grid
        require(-margin < unit <= 1, "rounding: larger than what payments would be rounded to")
        return
    told = "no rounding" if not witness["rounding"] else to or "double"
    require(told == (small or "no rounding"), f"rounding: by these runs it would be {small or 'no rounding'}")
    require(to != "double", "rounded_to: not said for doubles")


def rounding_of(domain: Domain, profiles: Sequence[Any], outcomes: Sequence[Outcome], margin: Number) -> str | None:
    """The rounding that is not smaller than a violation: of doubles, of 32-bit floats, or of long decimals."""
    payments = [payment for outcome in outcomes for draw in outcome.draws for payment in draw.payments]
    amounts = [amount for vectors in (*domain.types, *profiles) for vector in vectors for amount in vector]
    most = max(gap(amount, 0) for amount in (*amounts, *payments))
    # a long binary fraction is a double; 2^-46 is what a short sum of products of doubles can be off by
    longest: int = max([1, *(p.denominator for p in payments if p.denominator.bit_count() == 1)])
    if longest >= 2**20 and -margin * 2**46 <= most:
        return "double"
    singles = all(gap(p.numerator, 0) < 2**24 and p.denominator.bit_count() == 1 for p in payments)
    if singles and longest >= 2**10 and -margin * 2**17 <= most:
        return "single"
    for digits in range(41):
        if all(payment * 10**digits % 1 == 0 or (digits < 9 and as_double(payment, digits)) for payment in payments):
            return f"1/10^{digits}" if digits > 8 and -margin * 10**digits <= 64 else None
    return None


def as_double(amount: Number, digits: int) -> bool:
    """Whether it is the double next to a number of so many decimal places."""
    if amount.denominator.bit_count() > 1 or gap(amount, 0) > 2**53:
        return False
    return Fraction(float(Fraction(round(amount * 10**digits), 10**digits))) == amount


def coarse_unit(seen: Observed) -> Number | None:
    """The power of ten, from 1 to 10^-8, of which all payments on the grid are multiples and not all values are."""
    if seen.certificate["subject"]["returns"]["randomised"]:
        return None
    paid = {deal[1] for one in seen.answers if not isinstance(one, str) for deal in one.deals}
    for digits in range(9):
        if all(amount * 10**digits % 1 == 0 or as_double(amount, digits) for amount in paid):
            unit = Fraction(1, 10**digits)
            finer = any(amount % unit for types in seen.domain.types for type_ in types for amount in type_)
            return simplest(unit) if finer and len(paid - {0}) > 1 else None
    return None


def margin_at(
    domain: Domain,
    law: Law,
    agents: Sequence[int],
    profiles: Sequence[tuple[Vector, ...]],
    outcomes: Sequence[Outcome],
    shares: Sequence[Number | None],
) -> Number:
    """The margin of one case: the agents it is about, its runs, and the allocation to compare with."""
    types, one, two = profiles[0], outcomes[0], outcomes[-1]
    if law.over == "coalitions":
        truthful, lying = ([outcome.deals[agent] for agent in agents] for outcome in (one, two))
        return law.margin([types[agent] for agent in agents], truthful, lying)
    if law.over in ("deviations", "tapes"):
        (liar,) = agents
        return law.margin(types[liar], profiles[1][liar], one.deals[liar], two.deals[liar])
    if law.over == "replacements":
        (loser,) = agents
        return law.margin(types[loser], profiles[1][loser], one.deals[loser][0], one.deals, two.deals)
    if law.over == "absences":
        return law.margin(one.deals[agents[0]][0], one.deals, two.deals)
    if law.over == "swaps":
        return law.margin(one.deals, exchanged(two.deals, *agents))
    if law.over in ("repeats", "transforms"):
        return law.margin(one.deals, two.deals)
    if law.over == "objections":
        ranking: Json = domain
        return law.margin(*objection(domain, ranking.doubt(agents, list(shares)), types, one))
    if law.over in OVER_REPORTS:
        return law.margin(*reported(domain, law.over, agents, profiles, outcomes))
    if law.over == "pairs":
        return law.margin(types[agents[0]], one.deals[agents[0]], one.deals[agents[1]])
    instances = dict(cases(law.over, types, one, [[domain.consumes(share) for share in shares]]))
    return law.margin(*instances[agents[0] if agents else None])


PEOPLE = {
    "agents": 1,
    "deviations": 1,
    "tapes": 1,
    "withdrawals": 1,
    "menus": 1,
    "absences": 1,
}  # how many agents a witness is about, and
PEOPLE |= {"replacements": 1, "coalitions": 2, "pairs": 2, "swaps": 2, "false-names": 2, "idlers": 2}
CALLS = {"deviations": 2, "coalitions": 2, "swaps": 2, "repeats": 2, "withdrawals": 2, "false-names": 2}  # its runs
CALLS |= {"transforms": 2, "replacements": 2, "tapes": 2, "absences": 2}


def reported(
    domain: Domain, over: str, agents: Sequence[int], profiles: Sequence[Any], outcomes: Sequence[Outcome]
) -> tuple[Any, ...]:
    """The case of a witness in which somebody reports zero, or everything it can."""
    nothing, one, two = (0,) * domain.dimension, outcomes[0], outcomes[-1]
    agent, other = agents[0], agents[-1]
    if over == "menus":
        told = [profile[agent] for profile in profiles]
        require(told == list(domain.types[agent]), "the runs of a menu are not those at all reports, in their order")
        outbid = sum(max(report) for rival, report in enumerate(profiles[0]) if rival != agent)
        require(outbid < max(map(max, told)), "the others of a menu report as much as the agent can")
        return ([outcome.deals[agent][0] for outcome in outcomes],)
    if over == "withdrawals":
        require(profiles[1][agent] == nothing, "an agent that withdraws does not report zero")
        return one, two
    if over == "idlers":
        require(profiles[0][agent] == nothing, "an idler does not report zero")
        both = domain.together(one, agent, other)
        return one.deals[agent][1], profiles[0][other], one.deals[other][0], both
    require(profiles[0][other] == nothing, "the second name of a witness does not report zero beside the truth")
    held = domain.together(two, agent, other), two.deals[agent][1] + two.deals[other][1]
    return profiles[0][agent], one.deals[agent], held


def check_table(claim: Json, domain: Domain, found: Json, seeds: int, held: str) -> None:
    """The numbers of a table must be possible at all, and give the verdict."""
    name, limit = claim["property"], -number(claim["tolerance"])
    rows, only = found["rows"], judged(claim, domain)
    listed = row_agents(domain, name, only)
    require([row["agent"] for row in rows] == listed, "table.rows: not the rows of this property")
    total = expected_cases(domain, name, seeds, only)
    require(sum(row["cases"] for row in rows) + found["skipped"] == total, f"the table should have {total} cases")
    for row in rows:
        least = None if row["least_margin"] is None else number(row["least_margin"])
        require((least is None) == (row["cases"] == 0), "a least margin without a case, or a case without one")
        broken = least is not None and least < limit
        require(row["violations"] <= row["cases"] and broken == (row["violations"] > 0), "violations: impossible count")
    for key, wanted in (("truth_best", "dsic"), ("unequal_ties", "anonymous")):
        require((found[key] is not None) == (claim["property"] == wanted), f"table.{key}: only for {wanted}")
        require(found[key] is None or found[key]["part"] <= found[key]["whole"], f"table.{key}: part exceeds whole")
    violations, some = violations_of(found), any(row["cases"] for row in rows)
    implied = "REFUTED" if violations else "ERROR" if found["skipped"] else held if some else "UNKNOWN"
    # a violation that did not repeat itself is an ERROR of the subject
    require(claim["verdict"] in (implied, "ERROR" if violations else implied), f"the table says {implied}")


def check_exhaustive(certificate: Json, claim: Json, domain: Domain) -> None:
    """What the entry of a claim must look like, whatever the subject does."""
    judged(claim, domain)
    verdict, recorded, law = claim["verdict"], claim["table"], LAWS[claim["property"]]
    held = "SUPPORTED" if is_sampled(certificate) else "EXHAUSTED"
    require(verdict in (held, "REFUTED", "ERROR", "UNKNOWN"), f"a finite grid cannot give {verdict}")
    require(claim["proof"] is None is claim["regret"], "proof and regret: only of the symbolic engine")
    require((claim["reason"] is not None) == (verdict in ("ERROR", "UNKNOWN")), "reason: only for ERROR and UNKNOWN")
    for key in ("witness", "worst"):
        require((claim[key] is not None) == (verdict == "REFUTED"), f"{key}: only for REFUTED, and always there")
    unstable = any(fault["kind"] == "unstable" for fault in certificate["faults"]["first"])
    if recorded is None:
        legitimate = verdict == "ERROR" and law.over != "repeats" and certificate["faults"]["count"]
        require(legitimate or verdict == "UNKNOWN", f"{verdict} without a table")
        return
    require(certificate["method"]["evaluated"] == domain.size, "a table although the grid was not run")
    require(not unstable or law.over == "repeats", "a table of a subject that does not repeat itself")
    check_table(claim, domain, recorded, len(certificate["method"]["hash_seeds"]), held)
    if verdict == "REFUTED":
        check_witness(certificate, claim, domain, claim["witness"])
        check_witness(certificate, claim, domain, claim["worst"])
        least = min(number(row["least_margin"]) for row in recorded["rows"] if row["least_margin"] is not None)
        require(number(claim["worst"]["margin"]) == least, "the worst witness does not have the table's least margin")


def check_faults(certificate: Json, seen: Observed) -> bool:
    """The recorded faults must be those of the grid. True: a repetition is said to have differed, and one does."""
    faults = certificate["faults"]
    listed = [(seen.domain.place(fault["bids"]), fault["kind"]) for fault in faults["first"]]
    unstable = [k for k, kind in listed if kind == "unstable"]
    if not unstable and faults["count"] <= len(seen.faults):
        same = faults["count"] == len(seen.faults) and listed == seen.faults[:MOST_FAULTS]
        require(same, f"faults: the grid has {len(seen.faults)}, and the first are not those listed")
        return False
    again = seen.unstable.intersection(unstable) if unstable else seen.unstable
    require(again, "faults: no profile that is called unstable gave two outcomes")
    faulty = {k for k, _ in seen.faults} | seen.unstable
    require(all(k in faulty for k, _ in listed), "faults: one is listed where nothing is wrong")
    return True


def judge_exhaustive(certificate: Json, claim: Json, seen: Observed, scaled: Scaled, unstable: bool) -> str | None:
    """Compare a claim with what was observed; returns what should be said beside CONFIRMED."""
    name, verdict = claim["property"], claim["verdict"]
    law = LAWS[name]
    if claim["table"] is None and verdict == "UNKNOWN":
        return "undecided: nothing is claimed, so there is nothing to confirm"
    if law.over != "repeats":
        if unstable:
            require(claim["table"] is None, "a table of a subject that does not repeat itself")
            return "the subject does not repeat itself"
        require(claim["table"] is not None, "an ERROR without a table, of a subject that repeats itself")
        if seen.unstable:
            place = seen.domain.profile(min(seen.unstable))
            bids = [[*map(str, report)] for report in place]
            require(verdict == "ERROR" and violations_of(claim["table"]), f"not said: two outcomes at bids {bids}")
            return "the subject does not repeat itself, nor did the violation"
    found = table(seen, scaled, name, number(claim["tolerance"]), judged(claim, seen.domain))
    if law.over == "repeats" and (verdict == "REFUTED" or (verdict == "ERROR" and unstable)):
        again = violations_of(found) if verdict == "REFUTED" else found["skipped"]
        require(again, "no profile gave two outcomes here" if verdict == "REFUTED" else "every profile gave an outcome")
        return "the subject does not repeat itself; how often it differs need not repeat either"
    hidden = law.over == "repeats" and verdict in ("EXHAUSTED", "SUPPORTED") and seen.apart
    require(not hidden, "the subject does not repeat itself under hash seeds that the certificate leaves out")
    if found != claim["table"]:
        key = next(key for key in found if found[key] != claim["table"][key])
        require(False, f"table.{key} should be {json.dumps(found[key])}")
    require(verdict != "ERROR" or not violations_of(found), "the violation does repeat itself: REFUTED, not ERROR")
    unit = coarse_unit(seen) if verdict == "REFUTED" else None
    for key in ("witness", "worst") if verdict == "REFUTED" else ():
        named = claim[key].get("rounded_to")
        due = unit if unit is not None and -number(claim[key]["margin"]) < unit else None
        known = named == "single" or "^" in str(named) or (claim[key]["rounding"] and named is None)
        require(known or named == (due and str(due)), f"{key}: rounded_to should be {due}")
        for call, run in enumerate(claim[key]["runs"]):
            at, outcome = seen.domain.place(run["bids"]), seen.domain.recorded(run["draws"])
            same = seen.answers[at] == outcome
            if law.over == "tapes":
                same = (tape_of(run), outcome) in seen.tapes.get(at, [])
            if law.over == "absences" and call:
                same = seen.absent.get((at, claim[key]["agents"][0])) == outcome
            require(same, f"{key}: at bids {run['bids']} the subject does something else")
    return "undecided: the grid has no case" if verdict == "UNKNOWN" else None


def is_sampled(certificate: Json) -> bool:
    """Whether a sample of draws stands for all."""
    return "sampled" in (certificate["subject"].get("random") or {})


def check_sample(certificate: Json, domain: Domain, claim: Json) -> None:
    """Of a sample only some properties are claimed, and what averages may be off by is tolerated."""
    name, chance = claim["property"], certificate["subject"]["random"]
    require("payments_within" in chance, "random: a sample needs a range of payments")
    require(0 < chance["sampled"] <= MOST_SAMPLED, "random: no number of runs")
    within = [*map(number, chance["payments_within"])]
    require(len(within) == 2 and within[0] <= within[1], "random: no range of payments")
    require(claim["engine"] == "exhaustive", "sampled draws are judged on the grid")
    require(claim["expect"] not in ("EXHAUSTED", "PROVED"), "expect: more than a sample can give")
    if name in ("feasible", "deterministic"):
        return
    bought = not domain.ordinal and domain.kind not in (*MARKETS, "utilities")
    require(bought and name in ("dsic", "ex-post-ir", "no-deficit"), f"{name}: not decided from a sample of draws")
    low, high = within
    if name == "no-deficit":
        half = Fraction(domain.n * (high - low), 2)
    else:
        given = {(agent, share) for shares in domain.alternatives() for agent, share in enumerate(shares)}
        worths = [worth(type_, domain.consumes(share)) for agent, share in given for type_ in domain.types[agent]]
        half = Fraction(max(0, *worths) - min(0, *worths) + high - low)
    # Hoeffding: exp(-N r^2 / (2 h^2)) is at most 2^-k, that is a millionth over both sides of all cases
    cases = domain.n * domain.size * max(map(len, domain.types))
    k = 0
    while 2**k < 2 * cases * 10**6:
        k += 1
    off = 2 * k * Fraction(6931471806, 10**10) / chance["sampled"]  # of the square; ln 2 from above
    root = Fraction(math.isqrt(math.ceil(off * 10**12)) + 1, 10**6)
    require(number(claim["tolerance"]) >= half * root, "tolerance: averages may be off by more than that")


def violations_of(recorded: Json) -> int:
    """All violations of a table."""
    return sum(row["violations"] for row in recorded["rows"])


def check_symbolic(certificate: Json, claim: Json, domain: Domain) -> None:
    """What the entry of a claim about all admissible bids must look like, whatever the subject does."""
    judged(claim, domain)
    verdict, exploration = claim["verdict"], certificate["exploration"]
    require(verdict != "EXHAUSTED", f"exploring a program cannot give {verdict}")
    undecided = verdict in ("UNKNOWN", "ERROR")
    require(undecided or LAWS[claim["property"]].over != "repeats", "symbolic runs say nothing about repetitions")
    require(undecided or claim["property"] not in ON_GRIDS, f"{claim['property']} is decided on grids only")
    require(claim["table"] is None is claim["worst"], "table and worst: only of the exhaustive engine")
    for key, wanted in (
        ("reason", ("ERROR", "UNKNOWN", "SUPPORTED")),
        ("witness", ("REFUTED",)),
        ("proof", ("PROVED",)),
    ):
        require((claim[key] is not None) == (verdict in wanted), f"{key}: only for {' and '.join(wanted)}")
    explored = exploration is not None and exploration["stopped"] is None
    require(explored or verdict != "PROVED", f"{verdict} without an exploration")
    tested = not explored or all(one["calls"] for one in exploration["contracts"].values())
    require(tested or verdict != "PROVED", f"{verdict} under a contract that was never tested")
    require(not explored or verdict != "SUPPORTED", "SUPPORTED although there is an exploration that could prove it")
    bounded = explored and claim["property"] == "dsic" and verdict == "REFUTED" and domain.upper is not None
    bounded = bounded and not domain.whole
    require(claim["regret"] is None or bounded, "regret: only where truthfulness is refuted on a box")
    agents = claim["regret"] and [regret["agent"] for regret in claim["regret"]]
    require(agents in (None, list(range(domain.n))), "regret: not one for every agent")
    if verdict == "REFUTED":
        check_witness(certificate, claim, domain, claim["witness"])


class Explored:
    """The subject's paths, walked along the tree of the certificate, and compared with what it does on the grid."""

    def __init__(self, certificate: Json, domain: Domain, place: Place, seen: Observed) -> None:
        exploration = certificate["exploration"]
        require(certificate["subject"]["numbers"] == "exact", "only exact numbers can be explored")
        require("absent" not in certificate["subject"], "who stays away cannot be told from a symbolic number")
        d, self.domain, self.given = domain.dimension, domain, admissible(domain)
        self._knowers: dict[bool, Knowers] = {}
        self._groups: dict[tuple[tuple[int, ...], bool], list[tuple[Route, int]]] = {}
        walk = Walk(self.given, exploration["tree"], domain.whole)
        bids = [tuple(Form(walk, {agent * d + c: 1}, 0) for c in range(d)) for agent in range(domain.n)]
        with alone(place):
            subject = Subject(certificate["subject"], domain, place)

            def run() -> tuple[Draw, ...]:
                with extremes(walk, subject.stand_ins):
                    return subject.draws(bids)

            with subject.watched():
                self.paths = [
                    Route(formal(domain.deals(draws)), domain.least_slack(draws), draws, known, atoms)
                    for draws, known, atoms in walk.paths(run)
                ]
                require(len(self.paths) == exploration["paths"], f"exploration.paths should be {len(self.paths)}")
                self._compare(subject, seen, walk)

    def knowers(self, *, without: bool) -> Knowers:
        """What the paths know, or would without ties; and nothing, as the second path of a case with one run."""
        if without not in self._knowers:
            known = [without_ties(self.domain, path.known) if without else path.known for path in self.paths]
            self._knowers[without] = Knowers([*known, Knowledge({}, frozenset())])
        return self._knowers[without]

    def groups(self, seen: tuple[int, ...], *, infeasible_too: bool) -> list[tuple[Route, int]]:
        """Paths that are equal to the margins of these agents: one of them, and all as the digits of a number."""
        if (seen, infeasible_too) not in self._groups:
            groups: dict[str, tuple[Route, int]] = {}
            for place, path in enumerate(self.paths):
                if path.slack >= 0 or infeasible_too:
                    deals = [path.deals[agent] for agent in seen]
                    key = str(
                        [(gets, sorted(pays.terms.items()), pays.constant) for gets, pays in deals] + [path.slack]
                    )
                    one, members = groups.get(key, (path, 0))
                    groups[key] = one, members | 1 << place
            self._groups[seen, infeasible_too] = list(groups.values())
        return self._groups[seen, infeasible_too]

    def _contracts(self, here: Sequence[StandIn], on_grid: Sequence[StandIn]) -> str | None:
        """What was taken for granted, in words; Refused where it is not true, or was not tested."""
        said = []
        for one, other in zip(here, on_grid, strict=True):
            calls = one.compared + other.compared
            require(one.walked, f"the contract of {one.name} is not used: the subject never calls it")
            require(calls, f"the contract of {one.name} was not tested: with numbers the subject does not call it")
            for each in (other, one):
                require(not each.breach, f"the contract of {one.name} is broken: {each.breach}")
            said.append(f"{one.name} returns the first best of {one.listed_by} (compared at {calls:,} calls)")
        return f"under the contract that {', and that '.join(said)}" if said else None

    def _compare(self, subject: Subject, seen: Observed, walk: Walk) -> None:
        """A subject can tell a form from a number: with numbers, it must do what the paths say.

        It is run with numbers on the whole grid, in the middle of paths and between profiles of the grid; off the grid
        also with fractions that are whole, and in fresh processes.
        """
        probes = list(dict.fromkeys((*islice(self._inside_paths(), MOST_PROBES), *self._between_profiles())))
        if subject.stand_ins:
            probes = list(dict.fromkeys((*probes, *self._at_borders(walk))))
        runs = [(profile, [found]) for profile, found in zip(product(*self.domain.types), seen.answers, strict=True)]
        again = [[subject.observe(probe, numbers) for probe in probes] for numbers in ("exact", "fraction")]
        again += seen.afresh([], [[[*map(str, report)] for report in probe] for probe in probes])
        self.contracts = self._contracts(subject.stand_ins, seen.subject.stand_ins)
        for profile, answers in [*runs, *zip(probes, map(list, zip(*again, strict=True)), strict=True)]:
            values = [amount for report in profile for amount in report]
            draws = self.paths[walk.path_at(values)].draws
            told = tuple(Draw(d.probability, d.shares, tuple(at(pays, values) for pays in d.payments)) for d in draws)
            same = all(isinstance(found, Outcome) and found.draws == told for found in answers)
            require(same, f"at {[*map(str, values)]} the subject does something else with numbers")

    def _inside_paths(self) -> Iterator[tuple[Vector, ...]]:
        """Points of the paths, whole, fractional and large ones, as far as differences lead to such points."""
        d, n = self.domain.dimension, self.domain.n
        step = -(-len(self.paths) // MOST_PROBES)
        for part, room in product((Fraction(1, 2), Fraction(1, 8), Fraction(7, 8)), (2, 2**63, 2**70)):
            for path in self.paths[::step]:
                values = path.known.point(n * d, part, room, self.domain.whole)
                if all(atom.true_at(values) for atom in path.atoms):
                    yield tuple(tuple(values[agent * d : agent * d + d]) for agent in range(n))

    def _between_profiles(self) -> Iterator[tuple[Vector, ...]]:
        """Profiles of the grid, and points between two of them, which are admissible too."""
        for k in range(MIXTURES):
            one, two = (self.domain.profile(k * stride % self.domain.size) for stride in (97, 89))
            yield one
            rounded = math.floor if self.domain.whole else simplest
            yield tuple(
                tuple(rounded(Fraction(3 * x + 5 * y, 8)) for x, y in zip(*pair, strict=True))
                for pair in zip(one, two, strict=True)
            )

    def _at_borders(self, walk: Walk) -> Iterator[tuple[Vector, ...]]:
        """Points amid profiles of the grid, and on the way between two of these where a fact of the path ends.

        Who tells alternatives apart by sums of bids errs there, if anywhere, and where amounts are tiny or large.
        """
        d, n, whole = self.domain.dimension, self.domain.n, self.domain.whole
        sizes = [Fraction(1), Fraction(1, 10), *([Fraction(10**20, 7)] if self.domain.upper is None else [])]
        amid: list[list[Number]] = []
        for k in range(MIXTURES):
            drawn = [int(hashlib.sha256(f"{k} {corner}".encode()).hexdigest(), 16) for corner in range(4)]
            corners = [sum(self.domain.profile(one % self.domain.size), ()) for one in drawn]
            weights = [one // self.domain.size % 97 + 1 for one in drawn]
            mixed = [Fraction(sum(map(mul, weights, amounts)), sum(weights)) for amounts in zip(*corners, strict=True)]
            amid.append([math.floor(x) if whole else simplest(x) for x in mixed])
        for k, here in enumerate(amid):
            there = amid[k - 1]
            for share in self._shares(self.paths[walk.path_at(here)], here, there, k):
                found = [sizes[k % len(sizes)] * (x + share * (y - x)) for x, y in zip(here, there, strict=True)]
                values = [math.floor(x) if whole else simplest(x) for x in found]
                yield tuple(tuple(values[agent * d : agent * d + d]) for agent in range(n))

    def _shares(self, path: Route, here: Sequence[Number], there: Sequence[Number], k: int) -> list[Fraction]:
        """No part of the way, and how much of it leads to where one of the path's facts ends, and just around that."""
        ends = {Fraction(1)}
        for atom in path.atoms:
            start, end = (atom.constant + sum(c * point[v] for v, c in atom.terms) for point in (here, there))
            if start <= 0 < end:
                ends.add(Fraction(-start) / (end - start))
        share, little = sorted(ends)[k % len(ends)], Fraction(1, 2**60)
        return [Fraction(0), share, share * (1 - little), min(share * (1 + little), Fraction(1))]


def formal(deals: Sequence[Any]) -> tuple[tuple[Vector, Form], ...]:
    """Deals whose payments are forms, also where they are plain numbers."""
    return tuple((gets, Form(None, {}, 0).plus(pays, 1)) for gets, pays in deals)


def at(pays: Json, values: Sequence[Number]) -> Number:
    """A payment at a point."""
    if not isinstance(pays, Form):
        return pays  # type: ignore[no-any-return]
    return simplest(pays.constant + sum(c * values[v] for v, c in pays.terms.items()))


def prove(explored: Explored, name: str, block: Block, limit: Number, lemmas: Sequence[Json], *, strict: bool) -> bool:
    """Whether the lemmas show that no margin of the block is below -limit (not strict: is as low as that)."""
    names, margins, seen = block
    knowers = explored.knowers(without=LAWS[name].over == "swaps")
    cover = Cover(knowers, [read_lemma(written, names or {}) for written in lemmas])
    groups = explored.groups(tuple(seen), infeasible_too=name == "feasible")
    for first, members in groups:
        for second, partners in groups if names is not None else [(first, 1 << len(explored.paths))]:
            for way in margins(first, second):
                excess = [Form(None, {}, limit).plus(margin, 1) for margin in way]
                goal = [half_space(one.terms, one.constant, strict) for one in excess]
                atoms = [atom.rounded(explored.domain.whole) for atom in goal if isinstance(atom, Atom)]
                if False not in goal and not cover.holds(members, partners, atoms):
                    return False
    return True


def judge_symbolic(certificate: Json, claim: Json, seen: Observed, explored: Explored | None) -> str | None:
    """Repeat a proof, or run a refutation again; returns what should be said beside CONFIRMED."""
    verdict, name = claim["verdict"], claim["property"]
    limit = number(claim["tolerance"])
    if verdict in ("UNKNOWN", "ERROR"):
        return "undecided: nothing is proved or refuted, so there is nothing to confirm"
    require(not seen.unstable, "a claim for all bids about a subject that does not repeat itself")
    if verdict == "REFUTED":
        for run in claim["witness"]["runs"]:
            profile = seen.domain.reports(run["bids"])
            same = seen.rerun(profile) == seen.domain.recorded(run["draws"])
            require(same, f"witness: at bids {run['bids']} the subject does something else")
    elif verdict == "SUPPORTED":
        found = table(seen, Scaled(seen), name, limit)
        require(not violations_of(found) and not found["skipped"], "the grid has a violation, or a fault")
        return TRUSTED
    if explored is None:
        require(claim["proof"] is None is claim["regret"], "a proof without paths")
        return None
    if verdict == "PROVED":
        feasible = name == "feasible" or all(path.slack >= 0 for path in explored.paths)
        require(feasible, "a proof about a subject that gives out what it does not have")
        families = claim["proof"]["families"]
        wanted = list(blocks(seen.domain, name))
        require(len(families) == len(wanted), f"proof.families should be {len(wanted)}")
        for block, lemmas in zip(wanted, families, strict=True):
            require(prove(explored, name, block, limit, lemmas, strict=True), "the lemmas do not cover every case")
    for regret in claim["regret"] or ():
        check_regret(explored, regret)
    return explored.contracts if claim["proof"] is not None or claim["regret"] is not None else None


def check_regret(explored: Explored, regret: Json) -> None:
    """The supremum of the gain: nothing gains more, a limit of points inside a pair of paths gains that much."""
    domain, supremum = explored.domain, number(regret["supremum"])
    require(regret["agent"] < domain.n and supremum >= 0, "regret: no such agent, or negative")
    block = list(blocks(domain, "dsic"))[regret["agent"]]
    names, margins, _ = block
    attained = regret["attained"]
    covered = prove(explored, "dsic", block, supremum, regret["lemmas"], strict=attained)
    require(covered, "regret: the lemmas do not show that nothing gains more")
    if not supremum:
        require(attained and not regret["paths"], "regret: 0 is always attained, by the truth")
        return
    sizes = len(regret["limit"]) == len(regret["inside"]) == (domain.n + 1) * domain.dimension
    within = len(regret["paths"]) == 2 and max(regret["paths"]) < len(explored.paths)
    require(sizes and within, "regret: not a point of two paths")
    first, second = (explored.paths[place] for place in regret["paths"])
    limit, inside = (tuple(map(number, regret[key])) for key in ("limit", "inside"))
    facts = (*explored.given, *first.atoms)
    lies = (*explored.given, *second.atoms)
    atoms = [*facts, *(atom.moved(names or {}) for atom in lies)]
    require(all(atom.true_at(inside) for atom in atoms), "regret: a point is not inside its paths")
    require(all(atom._replace(strict=False).true_at(limit) for atom in atoms), "regret: a limit is not at its paths")
    require(min(first.slack, second.slack) >= 0, "regret: of an infeasible outcome")
    ((margin,),) = margins(first, second)
    require(at(margin, limit) == -supremum, "regret: the limit gains another amount")
    require(not attained or limit == inside, "regret: said to be attained, but not by this point")


# --- searches and samples


def needs_grid(certificate: Json) -> bool:
    """Whether some claim is about the whole grid, or about more than that."""
    return not certificate["claims"] or any(claim["engine"] not in ESTIMATES for claim in certificate["claims"])


def check_volume(certificate: Json, claim: Json, domain: Domain) -> None:
    """What the entry of a claim that was searched or sampled must look like, whatever the subject does."""
    verdict, engine, estimate = claim["verdict"], claim["engine"], claim.get("estimate")
    require(verdict not in ("PROVED", "EXHAUSTED"), f"a part of the cases cannot give {verdict}")
    require(
        all(claim[key] is None for key in ("table", "proof", "regret")), "table, proof and regret: of other engines"
    )
    for key in ("witness", "worst"):
        require((claim[key] is not None) == (verdict == "REFUTED"), f"{key}: only for REFUTED, and always there")
    over = LAWS[claim["property"]].over
    undecided = verdict in ("UNKNOWN", "ERROR")
    decidable = over not in ("repeats", "tapes", "absences", *(["menus"] if engine == "search" else []))
    require(undecided or decidable, f"a {engine} says nothing about {over}")
    cut = verdict == "REFUTED" and certificate["interrupted"]
    held = "estimate" in claim and (cut or (estimate is None) == undecided)
    require(held, "estimate: where something was decided, and only there")
    if estimate is not None:
        fit(estimate, ESTIMATES[engine], "estimate")
        require(estimate["cases"] > 0, "decided without a case")
        require(estimate["seed"] == certificate["seed"], "estimate.seed: not that of the certificate")
        check_share(certificate, claim, estimate) if engine == "sampling" else check_search(certificate, estimate)
    failed = estimate is not None and estimate["failed"] > 0
    reasoned = undecided or (failed and verdict == "SUPPORTED")
    require((claim["reason"] is not None) == reasoned, "reason: where something is undecided or was left out")
    if verdict == "REFUTED":
        check_witness(certificate, claim, domain, claim["witness"])
        check_witness(certificate, claim, domain, claim["worst"])
        less = number(claim["worst"]["margin"]) <= number(claim["witness"]["margin"])
        require(less, "the worst witness is not the worse one")


def check_search(certificate: Json, estimate: Json) -> None:
    """The counts of a search: no more cases than its budget allows."""
    tried, most = estimate["cases"] + estimate["failed"], certificate["budget"].get("examples", 0)
    require(estimate["targeted"] <= tried <= most, "estimate.cases: more than the budget of examples")


def check_share(certificate: Json, claim: Json, estimate: Json) -> None:
    """The counts of a sample, and the bounds that follow from them."""
    drawn, cases_, violations = (estimate[key] for key in ("drawn", "cases", "violations"))
    require(drawn == certificate["budget"].get("samples"), "estimate.drawn: not the budget of samples")
    require(cases_ + estimate["failed"] <= drawn and violations <= cases_, "estimate: impossible counts")
    seen = violations > 0 or (claim["verdict"] == "REFUTED" and certificate["method"]["evaluated"] > 0)
    require(seen == (claim["verdict"] == "REFUTED"), "estimate.violations: not what the verdict says")
    error = Fraction(1 - number(estimate["confidence"]))
    require(0 < error < 1, "estimate.confidence: not between 0 and 1")
    lower, upper, at_most, anytime = (number(estimate[key]) for key in ("lower", "upper", "at_most", "anytime"))
    good = cases_ - violations
    for key, share, counted, level in (
        ("lower", lower, violations, error / 2),
        ("upper", 1 - upper, good, error / 2),
        ("at_most", 1 - at_most, good, error),
    ):
        sharp = excluded(counted, cases_, share, level) and not excluded(counted, cases_, share + ONE_STEP, level)
        require(is_step(share) and sharp, f"estimate.{key}: not the bound that the counts give")
    sharp = outweighed(good, violations, 1 - anytime, error) and not outweighed(
        good, violations, 1 - anytime + ONE_STEP, error
    )
    require(is_step(1 - anytime) and sharp, "estimate.anytime: not the bound that the counts give")


def is_step(share: Number) -> bool:
    """Whether it is a multiple of one over the fineness in [0, 1)."""
    return 0 <= share < 1 and is_whole(share * FINENESS)


def excluded(successes: int, trials: int, share: Number, level: Number) -> bool:
    """Whether so many successes or more have at most this probability if each has that share (Clopper, Pearson)."""
    if share in (0, 1):
        return share == 0
    above, below = share.numerator, share.denominator - share.numerator
    return successes > 0 and upper_weight(successes, trials, above, below) <= level * (above + below) ** trials


def upper_weight(least: int, trials: int, above: int, below: int) -> int:
    """The terms from `least` on of (above + below)^trials by the binomial theorem."""
    short = least > trials - least  # the shorter end is added up
    first, last = (least, trials) if short else (0, least - 1)
    term = math.comb(trials, first) * above**first * below ** (trials - first)
    total = 0
    for j in range(first, last + 1):
        total += term
        term = term * (trials - j) * above // ((j + 1) * below)
    return total if short else (above + below) ** trials - total


def outweighed(good: int, bad: int, share: Number, error: Number) -> bool:
    """Whether the e-value against "at most this share is good" reaches one over the error.

    The mixture of all larger shares is so many times as likely to give these counts.
    """
    if share in (0, 1):
        return share == 0
    trials, above, below = good + bad + 1, share.numerator, share.denominator - share.numerator
    first: int = math.comb(trials, bad + 1) * below ** (bad + 1) * above**good
    mixture = upper_weight(bad + 1, trials, below, above) * error
    return mixture >= (bad + 1) * first


def determined(
    domain: Domain, name: str, profile: tuple[Vector, ...], further: Sequence[Vector]
) -> Iterator[tuple[tuple[int, ...], list[tuple[Vector, ...]], tuple[Number | None, ...]]]:
    """The cases that a profile and a further report of every agent determine: agents, profiles, other allocation."""
    over, agents, zeros, nothing = LAWS[name].over, range(domain.n), domain.zeros(), (0,) * domain.dimension

    def told(reports: Mapping[int, Vector]) -> tuple[Vector, ...]:
        return tuple(reports.get(agent, report) for agent, report in enumerate(profile))

    if over == "profiles":
        yield (), [profile], ()
    elif over == "alternatives":
        yield from (((), [profile], shares) for shares in domain.alternatives())
    elif over == "agents":
        yield from (((agent,), [profile], ()) for agent in agents)
    elif over in ("deviations", "replacements"):
        yield from (((agent,), [profile, told({agent: further[agent]})], ()) for agent in agents)
    elif over == "withdrawals":
        yield from (((agent,), [profile, told({agent: nothing})], ()) for agent in zeros)
    elif over == "transforms":
        moved = image(name, profile)
        if all(report in places for report, places in zip(moved, domain.places, strict=True)):
            yield (), [profile, moved], ()
    elif over == "menus":
        for agent in agents:
            others = sum(max(report) for other, report in enumerate(profile) if other != agent)
            if others < max(map(max, domain.types[agent])):
                yield (agent,), [told({agent: report}) for report in domain.types[agent]], ()
    elif over in ("coalitions", "swaps"):
        for pair in combinations(agents, 2):
            one, two = pair
            fits = profile[two] in domain.places[one] and profile[one] in domain.places[two] and not tied(profile)
            if over == "coalitions":
                yield pair, [profile, told({agent: further[agent] for agent in pair})], ()
            elif fits:
                yield pair, [profile, exchanged(profile, *pair)], ()
    else:
        for pair in permutations(agents, 2):
            one, two = pair
            if over == "pairs":
                yield pair, [profile], ()
            elif over == "idlers" and one in zeros:
                yield pair, [told({one: nothing})], ()
            elif over == "false-names" and two in zeros:
                yield pair, [told({two: nothing}), told({one: further[one], two: further[two]})], ()


def sampled(seen: Observed, name: str, tolerance: Number, seed: int, drawn: int) -> dict[str, int]:
    """The sample drawn again: how many draws are cases, have no valid outcome, are violations."""
    domain, law = seen.domain, LAWS[name]
    counts = {"cases": 0, "failed": 0, "violations": 0}
    chosen = []
    for draw in range(drawn):
        rng = random.Random(int.from_bytes(hashlib.sha256(f"{seed}/{draw}".encode("ascii")).digest(), "big"))
        profile, further = (tuple(types[rng.randrange(len(types))] for types in domain.types) for _ in range(2))
        options = list(determined(domain, name, profile, further))
        if options:
            chosen.append(options[rng.randrange(len(options))])
    wanted = list(dict.fromkeys(profile for _, profiles, _ in chosen for profile in profiles))
    known = dict(zip(wanted, seen.rerun_all(wanted), strict=True))
    for agents, profiles, shares in chosen:
        outcomes = [known[profile] for profile in profiles]
        read = [one for one in outcomes if isinstance(one, Outcome) and (name == "feasible" or one.slack >= 0)]
        if len(read) < len(outcomes):
            counts["failed"] += 1
            continue
        counts["cases"] += 1
        counts["violations"] += margin_at(domain, law, agents, profiles, read, shares) < -tolerance
    return counts


def judge_volume(certificate: Json, claim: Json, seen: Observed, scaled: Scaled | None) -> str | None:
    """Run a refutation again, or draw a sample again; returns what should be said beside CONFIRMED."""
    verdict, name, estimate = claim["verdict"], claim["property"], claim["estimate"]
    if verdict in ("UNKNOWN", "ERROR"):
        return "undecided: nothing is claimed, so there is nothing to confirm"
    require(not seen.unstable, "a claim about a subject that does not repeat itself")
    for key in ("witness", "worst") if verdict == "REFUTED" else ():
        for run in claim[key]["runs"]:
            same = seen.rerun(seen.domain.reports(run["bids"])) == seen.domain.recorded(run["draws"])
            require(same, f"{key}: at bids {run['bids']} the subject does something else")
    tolerance = number(claim["tolerance"])
    if verdict == "SUPPORTED" and scaled is not None:
        found = table(seen, scaled, name, tolerance)
        require(not violations_of(found), "the grid, which other claims are about, has a violation")
    if claim["engine"] == "search" or estimate is None:
        return SEARCHED if verdict == "SUPPORTED" else None
    again = sampled(seen, name, tolerance, estimate["seed"], estimate["drawn"])
    for key, count in again.items():
        require(estimate[key] == count, f"estimate.{key} should be {count}")
    return None


# by engine: without and with the subject at hand
JUDGES: dict[str, tuple[Callable[..., None], Callable[..., str | None]]] = {
    "exhaustive": (check_exhaustive, judge_exhaustive),
    "symbolic": (check_symbolic, judge_symbolic),
    "search": (check_volume, judge_volume),
    "sampling": (check_volume, judge_volume),
}


# --- the whole certificate


def check_seal(certificate: Json) -> None:
    """Refuse a certificate that was changed after it was sealed."""
    body = {key: value for key, value in certificate.items() if key != "sha256"}
    canonical = json.dumps(body, sort_keys=True, separators=(",", ":"), ensure_ascii=True)
    seal = hashlib.sha256(canonical.encode("ascii")).hexdigest()
    require(seal == certificate["sha256"], "the seal is broken: the sha256 does not match the content")


def check_whole(certificate: Json) -> Domain:
    """Form, seal and everything that belongs to no single claim; Refused where it is not sound."""
    isolated = (
        type(certificate) is dict and type(certificate.get("method")) is dict and "isolation" in certificate["method"]
    )
    form = {**CERTIFICATE, "method": {**METHOD, "isolation": ISOLATION}} if isolated else CERTIFICATE
    fit(certificate, form, "certificate")
    check_seal(certificate)
    domain = domain_of(certificate["domain"])
    method, faults = certificate["method"], certificate["faults"]
    require(method["engine"] == "exhaustive", f"method.engine {method['engine']!r} is unknown")
    require(method["profiles"] == domain.size, f"method.profiles should be {domain.size}")
    seeds = method["hash_seeds"]
    require(len({seed for seed in seeds if seed < 2**32}) == len(seeds), "method.hash_seeds: not distinct seeds")
    partial_run = certificate["interrupted"] and method["evaluated"] == 0 and not faults["count"]
    if needs_grid(certificate):
        require(partial_run or method["evaluated"] == domain.size, "method.evaluated: not the whole grid")
    else:
        require(method["evaluated"] == 0 == faults["count"], "method.evaluated: no claim is about the grid")
    require(len(faults["first"]) == min(MOST_FAULTS, faults["count"]), "faults.first: not the first five of the count")
    places = [(fault["kind"] == "unstable", domain.place(fault["bids"])) for fault in faults["first"]]
    found = [place for place in places if not place[0]]
    require(places[: len(found)] == found == sorted(set(found)), "faults.first: not in the order of the grid")
    claims = certificate["claims"]
    require(claims, "there is no claim")
    cut = any(c["verdict"] == "UNKNOWN" and c["table"] is None for c in claims if c["engine"] == "exhaustive")
    symbolic = any(claim["engine"] == "symbolic" for claim in claims)
    others = any(claim["engine"] != "exhaustive" for claim in claims)
    known = certificate["interrupted"] == cut or (certificate["interrupted"] and others)
    require(known, "interrupted: true iff a claim was left undecided")
    exploration = certificate["exploration"]
    require((exploration is not None) == symbolic, "exploration: only where an engine explores")
    empty = exploration is None or exploration["stopped"] is None or not (exploration["paths"] or exploration["tree"])
    require(empty, "exploration: paths although it was stopped")
    require(exploration is None or "random" not in certificate["subject"], "exploration: of a subject that draws")
    same = exploration is None or exploration["contracts"].keys() == certificate["subject"]["contracts"].keys()
    require(same, "exploration.contracts: not those of the subject")
    reached = domain.whole or exploration is None or not exploration["unreached"]
    require(reached, "exploration.unreached: only where bids are whole numbers")
    used: dict[str, int] = {}
    for claim in claims:
        name = claim["property"]
        require(name in LAWS, f"property {name!r} is unknown")
        require_meaning(name, domain, certificate)
        if is_sampled(certificate):
            check_sample(certificate, domain, claim)
        require(name != "critical-payment" or domain.dimension == 1, f"{name}: only where a type is one number")
        used[name] = used.get(name, 0) + 1
        wanted = name if used[name] == 1 else f"{name}-{used[name]}"
        require(claim["id"] == wanted, f"claim id {claim['id']!r} should be {wanted!r}")
    return domain


def require_meaning(name: str, domain: Domain, certificate: Json) -> None:
    """Refuse a property of money where agents only rank, of rankings where there is money, of chances where neither."""
    require(LAWS[name].over != "tapes" or "random" in certificate["subject"], f"{name}: only where draws are scripted")
    ranked = ("stable", "sd-strategyproof", "unanimous", "condorcet")
    alone = LAWS[name].over == "absences" and (domain.n < 2 or not domain.zeros())
    require(not alone, f"{name}: needs two agents, one of whom can report zero")
    if not domain.ordinal:
        require(name not in ranked, f"{name}: only where agents rank")
        known = domain.kind != "utilities" or name in ON_UTILITIES
        require(known, f"{name}: has no meaning where only utilities are told")
        require(name in ON_MARKETS.get(domain.kind, (name,)), f"{name}: has no meaning where agents sell")
        require(domain.kind != "utilities" or certificate["exploration"] is None, "exploration: labels are no numbers")
        return
    lottery = certificate["subject"]["returns"]["randomised"] or "random" in certificate["subject"]
    meant = OF_LOTTERIES if lottery else (*OF_LOTTERIES, *ON_RANKINGS[domain.kind])
    require(name in meant, f"{name}: has no meaning {'for lotteries over rankings' if lottery else 'in this domain'}")
    require(certificate["exploration"] is None, "exploration: rankings are no symbolic numbers")


def check_claim(claim: Json) -> None:
    """What every claim must say about itself, whatever the engine."""
    law = LAWS[claim["property"]]
    whom = f" Claimed for {', '.join(claim['agents'])} alone." if "agents" in claim else ""
    require(claim["statement"] == law.statement + whom, "statement: not that of the property")
    require(claim["formula"] == law.formula, "formula: not that of the property")
    require(number(claim["tolerance"]) >= 0, "tolerance is negative")
    verdict, expect = claim["verdict"], claim["expect"]
    met = verdict == expect != "UNKNOWN"
    if verdict in POSITIVE[1:] and expect in POSITIVE:
        met = POSITIVE.index(verdict) >= POSITIVE.index(expect)
    require(claim["met"] == met, f"met should be {met}: {verdict} where {expect} is expected")
    require(claim["engine"] in JUDGES, f"engine {claim['engine']!r} is unknown")
    require("estimate" not in claim or claim["engine"] in ESTIMATES, "estimate: only of a search or a sample")


def check(
    certificate: dict[str, object], sources: Sequence[str] = (), *, fresh: Fresh = fresh_processes
) -> list[dict[str, object]]:
    """Check every claim of a certificate.

    Parameters
    ----------
    certificate : the parsed JSON
    sources : directories from which the subject is imported, before the import path
    fresh : how fresh processes are asked; another one only in tests

    Returns
    -------
    One report per claim: {"claim": id, "verdict": ..., "status": CONFIRMED, PARTLY or REJECTED, "reasons": [...]}.
    """
    # here, since new processes do without them and start often; and before a subject has a folder on the import path
    import concurrent.futures.thread  # noqa: F401
    import subprocess  # noqa: F401

    body: Json = certificate
    if type(body) is dict and [body.get("format")] == [*AUCTION_CERTIFICATE["format"]]:
        return check_auction(body)
    if type(body) is dict and [body.get("format")] == [*GAME_CERTIFICATE["format"]]:
        return check_game(body)
    if type(body) is dict and [body.get("format")] == [*TREE_CERTIFICATE["format"]]:
        return check_tree(body)
    try:
        domain = check_whole(body)
    except Refused as refusal:
        return report_all(body, REJECTED, str(refusal))
    seen: Observed | None = None
    explored: Explored | None = None
    missing = ""
    try:
        seen = Observed(body, domain, locate(body["subject"], sources), fresh)
        unstable = body["method"]["evaluated"] > 0 and check_faults(body, seen)
        if strange := strange_packages(body["subject"], sources):
            missing = f"the run used other packages than those that were certified: {'; '.join(strange)}"
        if seen.unlisted:
            missing = f"the run loaded {', '.join(seen.unlisted)}, which the certificate does not list"
        scaled = Scaled(seen) if seen.answers else None
        explored_for = any(claim["proof"] is not None or claim["regret"] is not None for claim in body["claims"])
        if explored_for and body["exploration"] is not None and body["exploration"]["stopped"] is None:
            explored = Explored(body, domain, seen.source, seen)
    except Missing as what:
        missing = f"the subject was not run ({what}); only the arithmetic of what is recorded was checked"
    except Refused as refusal:
        return report_all(body, REJECTED, str(refusal))
    reports = []
    for claim in body["claims"]:
        status, said = PARTLY if missing else CONFIRMED, [missing] if missing else []
        try:
            check_claim(claim)
            without_subject, with_subject = JUDGES[claim["engine"]]
            without_subject(body, claim, domain)
            if seen is not None and claim["engine"] == "symbolic":
                said += filter(None, [with_subject(body, claim, seen, explored)])
                status = PARTLY if TRUSTED in said else status
            elif seen is not None and claim["engine"] in ESTIMATES:
                said += filter(None, [with_subject(body, claim, seen, scaled)])
                status = PARTLY if SEARCHED in said else status
            elif seen is not None:
                said += filter(None, [with_subject(body, claim, seen, scaled, unstable)])
        except Refused as refusal:
            status, said = REJECTED, [str(refusal)]
        reports.append(report(claim, status, said))
    return reports


def report(claim: Json, status: str, reasons: list[str]) -> dict[str, object]:
    """What is said about a claim."""
    known = claim if type(claim) is dict else {}
    named, verdict = (known.get(key) if type(known.get(key)) is str else None for key in ("id", "verdict"))
    return {"claim": named, "verdict": verdict, "status": status, "reasons": reasons}


def report_all(certificate: Json, status: str, reason: str) -> list[dict[str, object]]:
    """The same report for every claim; for one nameless claim where not even these can be listed."""
    claims = certificate.get("claims") if type(certificate) is dict else None
    return [report(claim, status, [reason]) for claim in (claims if claims and type(claims) is list else [None])]


def report_each(certificate: Json, judge: Callable[[Json], list[str]]) -> list[dict[str, object]]:
    """A report for every claim: CONFIRMED with the judge's remarks, REJECTED where it refuses."""
    reports = []
    for claim in certificate["claims"]:
        try:
            reports.append(report(claim, CONFIRMED, judge(claim)))
        except Refused as refusal:
            reports.append(report(claim, REJECTED, [str(refusal)]))
    return reports


# --- auctions: the outcome of one auction, and covers that bound what all other choices of bids are worth


class Sale:
    """An auction: `bids` maps (bidder, place) to units and value; all values are multiples of 1 / `parts`."""

    def __init__(self, written: Json) -> None:
        goods, supply, bidders = written["goods"], written["supply"], written["bidders"]
        require(goods and len(set(goods)) == len(goods), "auction.goods: none, or a name twice")
        require(len(supply) == len(goods) and min(supply) > 0, "auction.supply: not a positive count for every good")
        names = [bidder["name"] for bidder in bidders]
        require(len(set(names)) == len(names), "auction.bidders: a name twice")
        self.goods, self.supply = len(goods), supply
        self.exclusive = [bidder["language"] == "xor" for bidder in bidders]
        self.bids: dict[tuple[int, int], tuple[dict[int, int], Number]] = {}
        for index, bidder in enumerate(bidders):
            for place, bid in enumerate(bidder["bids"]):
                units, value = {int(good): count for good, count in bid["units"].items()}, number(bid["value"])
                require(units and max(units) < self.goods and value >= 0, f"auction: no bid at {index}, {place}")
                self.bids[index, place] = units, value
        self.parts = math.lcm(*(value.denominator for _, value in self.bids.values()))

    def lowered(self, gains: Sequence[Number]) -> Sale:
        """The auction with bids lowered by what their bidders gain, but not below nothing."""
        other = object.__new__(Sale)
        other.goods, other.supply, other.exclusive = self.goods, self.supply, self.exclusive
        other.bids = {bid: (units, max(value - gains[bid[0]], 0)) for bid, (units, value) in self.bids.items()}
        other.parts = math.lcm(*(value.denominator for _, value in other.bids.values()))
        return other

    def fits(self, accepted: Sequence[tuple[int, int]]) -> bool:
        """Whether the supply suffices for these bids, and no two of them exclude each other."""
        left = list(self.supply)
        for bid in accepted:
            for good, count in self.bids[bid][0].items():
                left[good] -= count
        several = Counter(bidder for bidder, _ in accepted if self.exclusive[bidder])
        return min(left) >= 0 and max(several.values(), default=0) <= 1

    def accepted(self, choice: Sequence[Sequence[int]]) -> list[tuple[int, int]]:
        """The bids of a choice, which has to be one."""
        require(len(choice) == len(self.exclusive), "a choice has an entry for every bidder")
        found = [(bidder, place) for bidder, places in enumerate(choice) for place in places]
        require(
            all(bid in self.bids for bid in found) and len(set(found)) == len(found), "a choice names no bid, or twice"
        )
        return found

    def worth(self, accepted: Sequence[tuple[int, int]]) -> Number:
        """What is offered for some bids."""
        return sum(self.bids[bid][1] for bid in accepted)

    def optimum(self, found: Json, absent: AbstractSet[int] = frozenset()) -> Number:
        """The welfare that is proved to be the best where some bidders stay away."""
        accepted, welfare = self.accepted(found["choice"]), number(found["welfare"])
        require(self.fits(accepted) and absent.isdisjoint(bidder for bidder, _ in accepted), "a choice is not feasible")
        require(self.worth(accepted) == welfare, "a choice is not worth its welfare")
        self.covered(found["cover"], welfare, absent)
        return welfare

    def covered(self, cover: Json, welfare: Number, absent: AbstractSet[int]) -> None:
        """Refuse a cover that leaves room for a choice worth more than `welfare`, that is by 1 / parts at least."""
        open_bids = [bid for bid in self.bids if bid[0] not in absent and self.fits([bid])]
        known, bounds = frozenset(open_bids), {}
        waiting: list[tuple[tuple[tuple[int, int], ...], tuple[tuple[int, int], ...]]] = [((), ())]
        for token in cover["tree"]:
            require(waiting, "cover: the tree goes on after its last leaf")
            refused, accepted = waiting.pop()
            if type(token) is list:
                bid = (token[0], token[1])
                require(bid in known and bid not in refused + accepted, "cover: a split by no open bid")
                waiting += [(refused, (*accepted, bid)), ((*refused, bid), accepted)]
            elif token == -1:
                require(not self.fits(accepted), "cover: a leaf said to be infeasible is not")
            else:
                require(token < len(cover["prices"]), "cover: a leaf without prices")
                if token not in bounds:
                    bounds[token] = self.bounds(cover["prices"][token], open_bids)
                scale, total, gains = bounds[token]
                total -= sum(max(gains[bid], 0) for bid in refused)
                total += sum(min(gains[bid], 0) for bid in accepted)
                require(total < (welfare + Fraction(1, self.parts)) * scale, "cover: a leaf has room for more welfare")
        require(not waiting, "cover: the tree ends before its last leaf")

    def bounds(self, prices: Json, bids: Sequence[tuple[int, int]]) -> tuple[int, int, dict[tuple[int, int], int]]:
        """In whole numbers (a scale comes first): the bound before any split, and each bid's value less its price."""
        goods, bidders = (
            {int(row): number(price) for row, price in prices[kind].items()} for kind in ("goods", "bidders")
        )
        require(max(goods, default=0) < self.goods, "cover: a price of no good")
        require(
            all(row < len(self.exclusive) and self.exclusive[row] for row in bidders), "cover: a price of no XOR bidder"
        )
        scale = math.lcm(self.parts, *(price.denominator for price in (*goods.values(), *bidders.values())))
        of_good = {good: int(price * scale) for good, price in goods.items()}
        of_bidder = {bidder: int(price * scale) for bidder, price in bidders.items()}
        gains = {}
        for bid in bids:
            units, value = self.bids[bid]
            cost = sum(of_good.get(good, 0) * count for good, count in units.items()) + of_bidder.get(bid[0], 0)
            gains[bid] = int(value * scale) - cost
        total = sum(self.supply[good] * price for good, price in of_good.items()) + sum(of_bidder.values())
        return scale, total + sum(gain for gain in gains.values() if gain > 0), gains


def check_cover(auction: Json, welfare: Json, choice: Json, cover: Json) -> None:
    """Refuse an optimum, in the form that certificates have, that its cover does not prove of this auction."""
    found = {"welfare": welfare, "choice": choice, "cover": cover}
    fit(auction, AUCTION, "auction")
    fit(found, OPTIMUM, "optimum")
    Sale(auction).optimum(found)


class Settlement:
    """The outcome of an auction: which bids are accepted, and what everybody pays."""

    def __init__(self, sale: Sale, outcome: Json) -> None:
        require(len(outcome["payments"]) == len(outcome["choice"]), "outcome: not a payment for every bidder")
        self.sale, self.choice = sale, outcome["choice"]
        self.payments = [number(payment) for payment in outcome["payments"]]
        self.accepted = sale.accepted(self.choice)
        self.feasible = sale.fits(self.accepted)
        self.welfare, self.revenue = sale.worth(self.accepted), sum(self.payments)
        self.values = [sale.worth([(bidder, place) for place in places]) for bidder, places in enumerate(self.choice)]
        self.gains = [value - payment for value, payment in zip(self.values, self.payments, strict=True)]

    def true(self, claim: str, evidence: Json) -> bool:
        """Whether a claim holds, by evidence of its form."""
        if claim == "feasible":
            return self.feasible
        if claim == "individually-rational":
            return min(self.gains, default=0) >= 0
        if claim == "no-deficit":
            return self.revenue >= 0
        if claim == "as-worked":
            worked = [number(payment) for payment in evidence["payments"]]
            return self.welfare == number(evidence["welfare"]) and self.payments == worked and self.feasible
        if claim == "core":
            alone = min(self.gains, default=0) < 0
            require(alone == (evidence["lowered"] is None), "evidence.lowered: there iff nobody does better alone")
            return not alone and self.sale.lowered(self.gains).optimum(evidence["lowered"]) <= self.revenue
        best = self.sale.optimum(evidence["optimum"])
        if claim == "efficient" or best != self.welfare:
            return best == self.welfare
        require(len(evidence["without"]) == len(self.payments), "evidence.without: not an optimum for every bidder")
        return all(
            self.sale.optimum(other, {bidder}) - (best - self.values[bidder]) == self.payments[bidder]
            for bidder, other in enumerate(evidence["without"])
        )


def check_auction(certificate: Json) -> list[dict[str, object]]:
    """Check every claim about the outcome of an auction; one report per claim, as `check` gives them."""
    try:
        fit(certificate, AUCTION_CERTIFICATE, "certificate")
        check_seal(certificate)
        sale, outcome = Sale(certificate["auction"]), certificate["outcome"]
        settled = Settlement(sale, outcome) if outcome is not None else None
        ids = [claim["id"] for claim in certificate["claims"]]
        wanted = [id_ for id_ in EVIDENCE if id_ != "as-worked" or id_ in ids]
        require(sorted(ids) == sorted(wanted), f"claims: not {', '.join(wanted)}")
    except Refused as refusal:
        return report_all(certificate, REJECTED, str(refusal))
    return report_each(certificate, lambda claim: check_outcome_claim(claim, settled))


def check_outcome_claim(claim: Json, settled: Settlement | None) -> list[str]:
    """Refuse a claim about an outcome that is not as it says; remarks where it says nothing."""
    id_, verdict = claim["id"], claim["verdict"]
    expect = None if id_ == "core" else "PROVED"
    require(claim["expect"] == expect, f"expect should be {expect}")
    require(claim["met"] == (expect in (None, verdict)), "met is wrong")
    if verdict == "UNKNOWN" or verdict == "ERROR":
        return ["undecided: nothing is proved or refuted, so there is nothing to confirm"]
    require(verdict in ("PROVED", "REFUTED"), f"{verdict} is no verdict about one outcome")
    fit(claim["evidence"], EVIDENCE[id_], "evidence")
    if settled is None:
        raise Refused("a verdict without an outcome")
    held = settled.feasible or id_ in ("feasible", "as-worked")
    require(held, "a verdict about an outcome that is not feasible")
    true = settled.true(id_, claim["evidence"])
    require(true == (verdict == "PROVED"), f"{verdict}, but the claim is {'true' if true else 'false'}")
    return []


# --- games: equilibria, one by one and all of them


class Play:
    """A finite game: for each player its payoffs at all profiles of actions, the last player's action fastest."""

    def __init__(self, written: Json) -> None:
        self.sizes = [len(names) for names in written["actions"]]
        self.n = len(self.sizes)
        require(len(written["players"]) == self.n == len(written["payoffs"]) > 0, "game: not payoffs for every player")
        require(min(self.sizes) > 0, "game.actions: a player has none")
        self.strides: list[int] = [math.prod(self.sizes[player + 1 :]) for player in range(self.n)]
        self.payoffs: list[list[Number]] = [[number(payoff) for payoff in row] for row in written["payoffs"]]
        whole = math.prod(self.sizes)
        require(all(len(row) == whole for row in self.payoffs), f"game.payoffs: not {whole} for every player")
        revenue = [0] * whole if written["revenue"] is None else [number(amount) for amount in written["revenue"]]
        require(len(revenue) == whole, f"game.revenue: not {whole} amounts")
        self.revenue = None if written["revenue"] is None else revenue
        self.welfare: list[Number] = [sum(column) for column in zip(*self.payoffs, revenue, strict=True)]

    def lines(self, player: int, action: int) -> Iterator[Number]:
        """What a player gets by an action, whatever the others do."""
        size, stride = self.sizes[player], self.strides[player]
        return (payoff for k, payoff in enumerate(self.payoffs[player]) if k // stride % size == action)

    def shared(self, profile: Sequence[Vector]) -> Number:
        """The expected welfare of a mixed profile."""
        supports = [[(action, p) for action, p in enumerate(row) if p] for row in profile]
        total: Number = 0
        for chosen in product(*supports):
            weight: Number = math.prod((p for _, p in chosen), start=Fraction(1))
            total += weight * self.welfare[self.place([action for action, _ in chosen])]
        return total

    def place(self, profile: Sequence[int]) -> int:
        """Where the payoffs of a profile of actions stand."""
        return sum(map(mul, profile, self.strides))

    def actions(self, written: Json) -> list[list[int]]:
        """For each player the actions that are listed, all of them where none are."""
        listed: list[list[int]] = [list(range(size)) for size in self.sizes] if written is None else written
        sound = len(listed) == self.n and all(
            own and own == sorted(set(own)) and own[-1] < size for own, size in zip(listed, self.sizes, strict=True)
        )
        require(sound, "evidence.played: not actions of every player")
        return listed

    def mixed(self, written: Json) -> list[Vector]:
        """A mixed profile: probabilities that are not negative and add up to 1, for every action of every player."""
        profile = [tuple(map(number, row)) for row in written]
        require([len(row) for row in profile] == self.sizes, "a profile is not a probability for every action")
        sound = all(min(row) >= 0 and sum(row) == 1 for row in profile)
        require(sound, "probabilities of a profile are negative or do not add up to 1")
        return profile

    def values(self, player: int, profile: Sequence[Vector]) -> list[Number]:
        """What each action of a player is worth against the others' mixtures."""
        others = [other for other in range(self.n) if other != player]
        supports = [[(action, p) for action, p in enumerate(profile[other]) if p] for other in others]
        found: list[Number] = [0] * self.sizes[player]
        for chosen in product(*supports):
            weight: Number = math.prod((p for _, p in chosen), start=Fraction(1))
            base = sum(self.strides[other] * action for other, (action, _) in zip(others, chosen, strict=True))
            for action in range(self.sizes[player]):
                found[action] += weight * self.payoffs[player][base + action * self.strides[player]]
        return found

    def gains(self, profile: Sequence[Vector]) -> list[Number]:
        """What each player could gain by another strategy."""
        found = []
        for player in range(self.n):
            values = self.values(player, profile)
            found.append(max(values) - sum(map(mul, values, profile[player])))
        return found

    def pure(self) -> list[list[int]]:
        """All pure equilibria, in the order of the profiles."""
        alive = bytearray(b"\1") * math.prod(self.sizes)
        for player, (size, stride) in enumerate(zip(self.sizes, self.strides, strict=True)):
            payoffs = self.payoffs[player]
            for block in range(0, len(payoffs), size * stride):
                for start in range(block, block + stride):
                    line = range(start, start + size * stride, stride)
                    best = max(payoffs[k] for k in line)
                    for k in line:
                        if payoffs[k] < best:
                            alive[k] = 0
        sizes = list(zip(self.sizes, self.strides, strict=True))
        return [[k // stride % size for size, stride in sizes] for k, held in enumerate(alive) if held]

    def dominant(self, profile: Sequence[int]) -> bool:
        """Whether each player's action is a best response whatever the others do."""
        inside = len(profile) == self.n and all(map(int.__lt__, profile, self.sizes))
        require(inside, "evidence.profile: not an action of every player")
        for player, action in enumerate(profile):
            size, stride, payoffs = self.sizes[player], self.strides[player], self.payoffs[player]
            for k, payoff in enumerate(payoffs):
                if payoff > payoffs[k + (action - k // stride % size) * stride]:
                    return False
        return True

    def extreme(self) -> set[tuple[Vector, ...]]:
        """All extreme equilibria of a game of two players: pairs of vertices that together have every label.

        Label i < rows: the first player does not play i, or i is no best response; likewise for columns after the rows.
        """
        require(self.n == 2, "extreme equilibria are those of two players")
        rows, columns = self.sizes
        ours, theirs = ([[row[i * columns + j] for j in range(columns)] for i in range(rows)] for row in self.payoffs)
        firsts = vertices(list(zip(*theirs, strict=True)))  # mixtures of rows, against which columns are compared
        seconds = vertices(ours)
        mine = [*range(rows, rows + columns), *range(rows)]  # the second player's labels in the order of the first's
        swapped = {point: frozenset(mine[label] for label in labels) for point, labels in seconds.items()}
        every = frozenset(range(rows + columns))
        return {(x, y) for x, own in firsts.items() for y, other in swapped.items() if own | other == every}


class Box:
    """Mixed profiles around a centre: the probabilities of each support's actions but the first, give or take a radius.

    Krawczyk's operator: with F what each such action is worth more than the first, and Y any matrix, there is just one
    zero of F in the box if every component of |Y F(centre)| + |I - Y F'(box)| radius is below the radius.
    """

    def __init__(self, play: Play, written: Json) -> None:
        self.play, self.supports = play, written["supports"]
        self.centre, self.radius = [number(share) for share in written["centre"]], number(written["radius"])
        self.matrix = [[number(entry) for entry in row] for row in written["preconditioner"]]
        sound = len(self.supports) == play.n and all(
            own and own == sorted(set(own)) and own[-1] < size
            for own, size in zip(self.supports, play.sizes, strict=True)
        )
        require(sound, "a box has supports that are none of this game")
        self.rows = [(player, action) for player, own in enumerate(self.supports) for action in own[1:]]
        square = [len(self.rows)] * len(self.rows)
        right = len(self.centre) == len(self.rows) and [len(row) for row in self.matrix] == square and self.radius > 0
        require(right, "a box has a centre or a matrix of another size, or no radius")

    def spans(self, radius: Number) -> list[dict[int, Span]]:
        """For each player the least and the largest that the probability of each played action can be."""
        around = {row: (share - radius, share + radius) for row, share in zip(self.rows, self.centre, strict=True)}
        found = []
        for player, own in enumerate(self.supports):
            rest = [around[player, action] for action in own[1:]]
            first = (1 - sum(high for _, high in rest), 1 - sum(low for low, _ in rest))
            found.append({own[0]: first, **{action: around[player, action] for action in own[1:]}})
        return found

    def lead(self, player: int, action: int, spans: list[dict[int, Span]], by: tuple[int, int] | None = None) -> Span:
        """What an action is worth more than the first that is played; or its derivative by another's probability."""
        play, first = self.play, self.supports[player][0]
        signed = {player: [(action, 1), (first, -1)]}
        if by is not None:
            signed[by[0]] = [(by[1], 1), (self.supports[by[0]][0], -1)]
        free = [other for other in range(play.n) if other not in signed]
        low: Number = 0
        high: Number = 0
        for chosen in product(*(spans[other].items() for other in free)):
            weight: Span = (1, 1)
            base = 0
            for other, (taken, span) in zip(free, chosen, strict=True):
                weight = spread(weight, span)
                base += play.strides[other] * taken
            worth_: Number = 0
            for choice in product(*signed.values()):
                place = base + sum(play.strides[who] * what for who, (what, _) in zip(signed, choice, strict=True))
                worth_ += math.prod(sign for _, sign in choice) * play.payoffs[player][place]
            ends = spread(weight, (worth_, worth_))
            low, high = low + ends[0], high + ends[1]
        return low, high

    def holds_one(self) -> bool:
        """Whether just one profile in the box makes everybody indifferent, and it is an equilibrium."""
        at, over = self.spans(0), self.spans(self.radius)
        values = [self.lead(player, action, at)[0] for player, action in self.rows]
        slopes = [
            [(0, 0) if row[0] == column[0] else self.lead(*row, over, column) for column in self.rows]
            for row in self.rows
        ]
        for k, weights in enumerate(self.matrix):
            moved = gap(sum(map(mul, weights, values)), 0)
            for j in range(len(self.rows)):
                low: Number = int(j == k)
                high: Number = low
                for weight, row in zip(weights, slopes, strict=True):
                    ends = spread((-weight, -weight), row[j])
                    low, high = low + ends[0], high + ends[1]
                moved += max(-low, high) * self.radius
            if moved >= self.radius:
                return False
        played = all(low > 0 for player in over for low, _ in player.values())
        return played and all(
            self.lead(player, action, over)[1] <= 0
            for player, own in enumerate(self.supports)
            for action in range(self.play.sizes[player])
            if action not in own
        )


class Correlated:
    """The least or the greatest welfare of correlated equilibria, a distribution that has it, and why none has more.

    Whoever is advised an action gains nothing by a deviation; coarse: by one that is chosen before the advice. With
    prices of these constraints, the welfare of every equilibrium is at most the largest that the welfare of a profile,
    less the priced gains there, can be.
    """

    def __init__(self, play: Play, written: Json, played: Sequence[Sequence[int]] | None = None) -> None:
        self.played = [range(size) for size in play.sizes] if played is None else played
        self.play, self.coarse, self.sign = play, written["concept"] != "correlated", 1
        if written["sense"] == "least":
            self.sign = -1
        self.value = number(written["value"])
        self.chances = {tuple(one["profile"]): number(one["probability"]) for one in written["distribution"]}
        self.prices = {
            (one["player"], one["action"], one["deviation"]): number(one["price"]) for one in written["prices"]
        }
        listed = len(self.chances) == len(written["distribution"]) and len(self.prices) == len(written["prices"])
        require(listed, "a profile or a constraint is named twice")
        inside = all(
            len(one) == play.n and all(action in own for action, own in zip(one, self.played, strict=True))
            for one in self.chances
        )
        require(inside, "a distribution names a profile that is none of this game")
        require(set(self.prices) <= set(self.constraints()), "prices: of a constraint that there is not")

    def constraints(self) -> Iterator[tuple[int, int | None, int]]:
        """A player, the action that it is advised (null: any), and what it does instead."""
        for player, size in enumerate(self.play.sizes):
            for deviation in range(size):
                for action in [None] if self.coarse else range(size):
                    if action != deviation:
                        yield player, action, deviation

    def gain(self, profile: Sequence[int], player: int, action: int | None, deviation: int) -> Number:
        """What a deviation gains at a profile."""
        if action not in (None, profile[player]):
            return 0
        play = self.play
        payoffs, k = play.payoffs[player], play.place(profile)
        return payoffs[k + (deviation - profile[player]) * play.strides[player]] - payoffs[k]

    def holds(self) -> bool:
        """Whether the distribution is an equilibrium of that welfare, and the prices show that none goes further."""
        chances = self.chances.items()
        sound = sum(p for _, p in chances) == 1 and all(p > 0 for _, p in chances)
        obeyed = sound and all(
            sum(p * self.gain(profile, *constraint) for profile, p in chances) <= 0 for constraint in self.constraints()
        )
        reached = sum(p * self.welfare(profile) for profile, p in chances) == self.value
        prices = self.prices.items()
        return (
            obeyed
            and reached
            and all(price >= 0 for _, price in prices)
            and all(
                self.sign * self.value
                >= self.sign * self.welfare(profile)
                - sum(price * self.gain(profile, *constraint) for constraint, price in prices)
                for profile in product(*self.played)
            )
        )

    def welfare(self, profile: Sequence[int]) -> Number:
        """What all players and the seller get together at a profile."""
        return self.play.welfare[self.play.place(profile)]


Span: TypeAlias = tuple[Number, Number]  # the least and the largest that a number can be


def spread(one: Span, two: Span) -> Span:
    """What a product can be."""
    ends = [a * b for a in one for b in two]
    return min(ends), max(ends)


def vertices(payoffs: Sequence[Sequence[Number]]) -> dict[Vector, frozenset[int]]:
    """Vertices, but the origin, of {x >= 0, P x <= 1} for payoffs P made positive; as mixtures, with their labels.

    Label j < columns of P: x_j = 0. Label columns + i: row i is tight. The right sides are raised a little, each by an
    infinitely smaller amount than the one before: then every basis has just one neighbour for each variable that
    enters it, all of them are connected, and each vertex is that of a basis.
    """
    low = min(map(min, payoffs))
    scale = math.lcm(*(entry.denominator for row in payoffs for entry in row))
    table = [[int((entry - low + 1) * scale) for entry in row] for row in payoffs]
    rows, columns = len(table), len(table[0])
    # a row: its multiple of the basic variable, then the columns of x, of the slacks, and the right side
    start = [[*row, *(int(i == k) for k in range(rows)), 1] for i, row in enumerate(table)]
    first = tuple(range(columns, columns + rows))
    known, waiting = {frozenset(first)}, [(first, start, 1)]
    found: dict[Vector, set[int]] = {}
    while waiting:
        basis, tableau, unit = waiting.pop()
        point: list[Number] = [0] * columns
        labels = set(range(rows + columns)) - {basic for basic, row in zip(basis, tableau, strict=True) if row[-1]}
        for basic, row in zip(basis, tableau, strict=True):
            if basic < columns:
                point[basic] = Fraction(row[-1], unit)
        if total := sum(point):
            found.setdefault(tuple(simplest(Fraction(share) / total) for share in point), set()).update(labels)
        for entering in set(range(rows + columns)) - set(basis):
            leaving = least_ratio(tableau, entering, columns)
            after = tuple(entering if place == leaving else basic for place, basic in enumerate(basis))
            if frozenset(after) not in known:
                known.add(frozenset(after))
                waiting.append((after, *pivoted(tableau, leaving, entering, unit)))
    return {point: frozenset(labels) for point, labels in found.items()}


def least_ratio(tableau: Sequence[Sequence[int]], entering: int, columns: int) -> int:
    """The row that limits the entering variable; among equal ones what the raised right sides decide."""
    best = None
    for place, row in enumerate(tableau):
        if row[entering] > 0:
            rival = row if best is None else tableau[best]
            leads = (row[k] * rival[entering] - rival[k] * row[entering] for k in (-1, *range(columns, len(row) - 1)))
            if best is None or next(filter(None, leads)) < 0:
                best = place
    require(best is not None, "a game's polytope is not bounded")
    return best  # type: ignore[return-value]


def pivoted(tableau: Sequence[Sequence[int]], leaving: int, entering: int, unit: int) -> tuple[list[list[int]], int]:
    """The tableau for the next basis, in whole numbers, all rows being multiplied by the same unit."""
    chosen = tableau[leaving]
    pivot = chosen[entering]
    made = [
        list(chosen)
        if row is chosen
        else [(pivot * entry - row[entering] * other) // unit for entry, other in zip(row, chosen, strict=True)]
        for row in tableau
    ]
    return made, pivot


class Anarchy:
    """How far the welfare of equilibria stays below the optimum: a price of anarchy and of stability.

    Equilibria are those that play actions of `played` alone, null allows all; everybody may deviate to any action.
    """

    def __init__(self, play: Play, written: Json) -> None:
        self.play, self.concept = play, written["line"]
        self.played = play.actions(written["played"])
        self.whole = written["played"] is None
        ours = self.concept == written["concept"]
        mixed = written["concept"] == "mixed" and self.concept in ("witness", "correlated", "coarse correlated")
        require(ours or (mixed and written["gate"] is not None), "evidence.line: not one for this concept")
        sizes = play.sizes
        optimum = written["optimum"]
        inside = len(optimum) == play.n and all(map(int.__lt__, optimum, sizes))
        require(inside, "evidence.optimum: no profile of this game")
        self.most = play.welfare[play.place(optimum)]
        require(self.most == max(play.welfare), "evidence.optimum: not the largest welfare")
        require(any(play.welfare), "all profiles have welfare 0, so that there is no ratio")
        self.ends = [None if written[key] is None else play.mixed(written[key]) for key in ("worst", "best")]
        self.bounds = written["bounds"]

    def welfares(self) -> list[Number]:
        """The welfare of every equilibrium that has to be looked at; of correlated ones the least and the greatest."""
        play = self.play
        if self.concept in ("correlated", "coarse correlated"):
            named = [(bound["concept"], bound["sense"]) for bound in self.bounds]
            both = [(self.concept, "least"), (self.concept, "greatest")]
            proved = named == both and all(Correlated(play, one, self.played).holds() for one in self.bounds)
            require(proved, "evidence.bounds: not the least and the greatest")
            return [number(bound["value"]) for bound in self.bounds]
        require(not self.bounds, "evidence.bounds: only of correlated equilibria")
        if self.concept == "witness":
            found = [play.shared(end) for end in self.ends if end is not None]
            require(len(found) == 2, "evidence: a witness is an equilibrium")
            return found
        if self.concept == "mixed":
            return [play.shared(profile) for profile in play.extreme() if self.only_played(profile)]
        if self.concept == "truthful":
            truth, again = map(self.chosen, self.ends)
            require(truth == again, "evidence: the truth is a single profile")
            require(play.dominant(truth), "evidence: the truth is not an equilibrium in dominant strategies")
            return [play.welfare[play.place(truth)]]
        return [play.welfare[play.place(profile)] for profile in play.pure() if self.counts(profile)]

    def decides(self, held: bool) -> bool:
        """Whether the line decides the gate: a wider concept can only meet it, a single equilibrium can only miss it.

        To meet it there has to be an equilibrium that counts: without one there is no price.
        """
        if self.concept == "witness":
            return not held
        return held and (self.whole or any(self.counts(profile) for profile in self.play.pure()))

    def counts(self, profile: Sequence[int]) -> bool:
        """Whether a profile of actions plays actions of `played` alone."""
        return all(action in own for action, own in zip(profile, self.played, strict=True))

    def only_played(self, profile: Sequence[Vector]) -> bool:
        """Whether a mixed profile plays actions of `played` alone."""
        return all(
            not share or action in own
            for row, own in zip(profile, self.played, strict=True)
            for action, share in enumerate(row)
        )

    def chosen(self, profile: Sequence[Vector] | None) -> tuple[int, ...]:
        """The actions of a profile in pure strategies."""
        if profile is None or any(max(row) < 1 for row in profile):
            raise Refused("evidence: the truth is a profile of actions")
        return tuple(row.index(1) for row in profile)

    def prices(self) -> list[Number | str | None]:
        """Of anarchy and of stability; null where there is no equilibrium, infinite where the welfare of one is 0."""
        found = self.welfares()
        if not found:
            require(self.ends == [None, None], "evidence: an equilibrium, though there is none")
            return [None, None]
        ends = [min(found), max(found)]
        require(ends[0] >= 0 or self.most <= 0, "an equilibrium has negative welfare, so that there is no ratio")
        for end, welfare in zip(self.ends, ends, strict=True):
            if self.bounds:
                require(end is None, "evidence: of correlated equilibria the bounds are the witnesses")
            elif end is None or max(self.play.gains(end)) > 0 or not self.only_played(end):
                raise Refused("evidence: worst and best are not equilibria")
            else:
                require(self.play.shared(end) == welfare, "evidence: worst and best have another welfare")
        return [self.price(welfare) for welfare in ends]

    def price(self, welfare: Number) -> Number | str:
        """The optimum to the welfare of an equilibrium; where all welfare is cost, the other way around."""
        above, below = (self.most, welfare) if self.most > 0 else (welfare, self.most)
        if below == 0:
            return 1 if above == 0 else "infinite"
        return simplest(Fraction(above) / below)


class Smoothness:
    """An inequality over all profiles that bounds the welfare of coarse correlated equilibria.

    With L(s) what everybody would get by its own deviation, W* the largest welfare: A, of costs: L >= l W* + m W.
    B: L >= l W* - m W. C: L >= l W* - m R, with R the revenue. D: L >= l W* - m R - w B, with charges B that are at
    most welfare wherever only actions of `played` are played, and only for equilibria that play these.
    """

    def __init__(self, play: Play, written: Json) -> None:
        self.play, self.form = play, written["form"]
        count = 3 if self.form == "D" else 2
        require(len(written["parameters"]) == count, f"evidence.parameters: not {count}")
        self.first, self.second, self.third = [*map(number, written["parameters"]), 0][:3]
        require(min(self.first, self.second, self.third) >= 0, "evidence.parameters: negative")
        self.deviations = play.mixed(written["deviations"])
        most = max(play.welfare)
        if self.form == "A":
            require(most <= 0 and play.revenue is None, "form A is for costs, with nobody outside the game")
        else:
            require(most > 0 and min(play.revenue or [0]) >= 0, "forms B to D need welfare, and no negative revenue")
        self.charges = [number(charge) for charge in written["charges"] or ()]
        whole = len(play.welfare) if self.form == "D" else 0
        require(len(self.charges) == whole and min(self.charges, default=0) >= 0, "evidence.charges: of form D alone")
        require((written["charges"] is None) == (self.form != "D"), "evidence.charges: of form D alone")
        require(self.form == "D" or written["played"] is None, "evidence.played: of form D alone")
        if self.form == "D":
            covered = (play.place(profile) for profile in product(*play.actions(written["played"])))
            require(all(self.charges[k] <= play.welfare[k] for k in covered), "evidence.charges: above welfare")
        if self.form in ("C", "D"):
            out = [
                any(min(play.lines(player, action)) >= 0 for action in range(size))
                for player, size in enumerate(play.sizes)
            ]
            sound = play.revenue is not None and all(out)
            require(sound, "forms C and D are for auctions in which everybody may stay out")

    def slack(self, profile: Sequence[int]) -> Number:
        """What the left side is above the right one at a profile."""
        play, k = self.play, self.play.place(profile)
        left: Number = 0
        for player, mixed in enumerate(self.deviations):
            for action, share in enumerate(mixed):
                left += share * play.payoffs[player][k + (action - profile[player]) * play.strides[player]]
        tolerated = (play.revenue or [])[k] if self.form in ("C", "D") else play.welfare[k]
        sign = 1 if self.form != "A" else -1
        charged = self.third * self.charges[k] if self.form == "D" else 0
        return left - self.first * max(play.welfare) + sign * self.second * tolerated + charged

    def bound(self) -> Number | None:
        """What the price of anarchy of coarse correlated equilibria is at most."""
        if self.form == "A":
            return simplest(max(Fraction(1), Fraction(self.first) / (1 - self.second))) if self.second < 1 else None
        above = self.third + (1 + self.second if self.form == "B" else max(1, self.second))
        return simplest(max(Fraction(1), Fraction(above) / self.first)) if self.first else None


class ClassBound:
    """A bound for all games of a class, and the game that attains it.

    A resource is used by k players: in a game of costs each pays f(k), in one of welfare each gets f(k) and it is worth
    w(k). With a players only in the equilibrium, b only in the optimum and x in both, E and O are what the resource
    costs or is worth there, and D >= 0 in total says that nobody gains by going to its part of the optimum: of costs
    D = b f(a+x+1) - a f(a+x), of welfare a f(a+x) - b f(a+x+1). Where O - r E - m D, of welfare E - r O - m D, is not
    negative at any load for some m >= 0, the price is at most 1 / r.
    """

    def __init__(self, play: Play, written: Json) -> None:
        self.play, self.n, self.cost = play, written["players"], written["objective"] == "cost"
        require((written["worth"] is None) == self.cost, "evidence.worth: of welfare alone")
        self.each = [[0, *map(number, row), 0] for row in written["functions"]]
        worth = [[0, *map(number, row)] for row in written["worth"] or ()]
        if self.cost:
            worth = [[users * amount for users, amount in enumerate(row[:-1])] for row in self.each]
        self.whole: list[list[Number]] = worth
        sizes = {*(len(row) - 2 for row in self.each), *(len(row) - 1 for row in worth)}
        require(sizes == {self.n} and len(worth) == len(self.each), "evidence.functions: not values at 1 to n users")
        require(min(map(min, [*self.each, *worth])) >= 0, "evidence.functions: negative")
        self.share, self.multiplier = number(written["share"]), number(written["multiplier"])
        require(self.share > 0 <= self.multiplier, "evidence.share: not positive, or evidence.multiplier negative")
        self.loads = written["loads"]

    def holds(self) -> bool:
        """Whether the inequality holds at all loads."""
        counts = product(range(self.n + 1), repeat=3)
        return all(
            self.slack(each, whole, only, both, other) >= 0
            for only, both, other in counts
            if only + both + other <= self.n
            for each, whole in zip(self.each, self.whole, strict=True)
        )

    def slack(self, each: Vector | list[Number], whole: list[Number], only: int, both: int, other: int) -> Number:
        """What the inequality leaves at a load."""
        now, best = whole[only + both], whole[both + other]
        gained = other * each[only + both + 1] - only * each[only + both]
        if self.cost:
            return best - self.share * now - self.multiplier * gained
        return now - self.share * best + self.multiplier * gained

    def attained(self) -> bool:
        """Whether the game is the worst case of the loads, and the first actions are an equilibrium of that price."""
        play, n = self.play, self.n
        if play.sizes != [2] * n:
            return False
        for profile in product(range(2), repeat=n):
            payoffs, worth = self.worst_case(profile)
            k = play.place(profile)
            if [row[k] for row in play.payoffs] != payoffs or play.welfare[k] != worth:
                return False
        first, last = play.welfare[0], play.welfare[-1]
        now, best = (first, last) if self.cost else (last, first)
        stable = max(play.gains([(1, 0)] * n)) <= 0
        return stable and best != 0 and Fraction(now) / best == 1 / Fraction(self.share)

    def worst_case(self, profile: Sequence[int]) -> tuple[list[Number], Number]:
        """What everybody gets where each load is a ring of n resources, and player i's part of it begins at i."""
        payoffs: list[Number] = [0] * self.n
        welfare: Number = 0
        for load in self.loads:
            weight, place = number(load["weight"]), load["function"]
            require(place < len(self.each), "evidence.loads: of a function that there is not")
            sizes = [load["both"] + load[key] for key in ("equilibrium", "optimum")]
            used = [
                {(player + load["equilibrium"] * action + step) % self.n for step in range(sizes[action])}
                for player, action in enumerate(profile)
            ]
            counts = [sum(resource in own for own in used) for resource in range(self.n)]
            for player, own in enumerate(used):
                paid = sum(self.each[place][counts[resource]] for resource in own)
                payoffs[player] += -weight * paid if self.cost else weight * paid
            welfare += weight * sum(self.whole[place][count] for count in counts)
        return payoffs, -welfare if self.cost else welfare


def written_price(price: Number | str | None) -> str | None:
    """A price as a certificate has it."""
    return None if price is None else str(price)


def check_game(certificate: Json) -> list[dict[str, object]]:
    """Check every claim about a game; one report per claim, as `check` gives them."""
    try:
        fit(certificate, GAME_CERTIFICATE, "certificate")
        check_seal(certificate)
        play = Play(certificate["game"])
        ids = [claim["id"] for claim in certificate["claims"]]
        require(ids and len(set(ids)) == len(ids), "claims: none, or two of one id")
    except Refused as refusal:
        return report_all(certificate, REJECTED, str(refusal))

    def true(kind: str, evidence: Json) -> bool:
        return holds(kind, evidence, play)

    return report_each(certificate, lambda claim: check_solved(claim, PLAY_EVIDENCE, play_statement, true))


def check_solved(
    claim: Json, forms: Json, statement: Callable[[str, Json], str], true: Callable[[str, Json], bool]
) -> list[str]:
    """Refuse a claim about a game that is not as it says; remarks where it says nothing."""
    kind, verdict = claim["kind"], claim["verdict"]
    require(kind in forms, f"kind {kind!r} is unknown")
    least = claim["expect"] == "SUPPORTED" and verdict == "PROVED"
    require(claim["met"] == (least or claim["expect"] in (None, verdict)), "met is wrong")
    if verdict in ("UNKNOWN", "ERROR", "SUPPORTED"):
        return ["undecided: nothing is proved or refuted, so there is nothing to confirm"]
    require(verdict in ("PROVED", "REFUTED"), f"{verdict} is no verdict about a game")
    fit(claim["evidence"], forms[kind], "evidence")
    require(claim["statement"] == statement(kind, claim["evidence"]), "statement: not that of the claim")
    held = true(kind, claim["evidence"])
    require(held == (verdict == "PROVED"), f"{verdict}, but the claim is {'true' if held else 'false'}")
    return []


def play_statement(kind: str, evidence: Json) -> str:
    """What a claim about a game asserts."""
    if kind == "class-bound":
        told = f"is at most {evidence['price']}, which this game attains"
        said = told if evidence["gate"] is None else f"is below {evidence['gate']}"
        return f"The price of anarchy over coarse correlated equilibria of every game of the class {said}."
    if kind == "smooth":
        parameters = ", ".join(evidence["parameters"])
        given = "deviations and charges" if evidence["form"] == "D" else "deviations"
        return f"The game is ({parameters})-smooth in form {evidence['form']} with these {given}."
    if kind == "price-of-anarchy":
        within = "" if evidence["played"] is None else " that play only the actions listed"
        over = f"over {evidence['concept']} equilibria{within}"
        if evidence["gate"] is not None:
            return f"The price of anarchy {over} is below {evidence['gate']}."
        anarchy, stability = (evidence[key] or "undefined" for key in ("anarchy", "stability"))
        return f"The price of anarchy {over} is {anarchy}, and that of stability {stability}."
    return {
        "pure-equilibria": "These are all equilibria in pure strategies.",
        "extreme-equilibria": "These are all extreme equilibria; every other one mixes some of them.",
        "mixed-equilibria": "Each profile is an equilibrium, and in each box is just one; nothing is said of others.",
        "nash": "No player can gain by another strategy.",
        "dominant": "No player can gain by another action, whatever the others do.",
        "correlated-welfare": "No correlated or coarse correlated equilibrium has less or more welfare than these.",
        "pure-count": f"The game has exactly {evidence.get('count')} equilibria in pure strategies.",
        "extreme-count": f"The game has exactly {evidence.get('count')} extreme equilibria.",
    }[kind]


def holds(kind: str, evidence: Json, play: Play) -> bool:
    """Whether a claim about a game is true, its evidence being what it has to be."""
    if kind == "class-bound":
        bound = ClassBound(play, evidence)
        require(bound.holds(), "evidence: share and multiplier do not fit at all loads")
        require(bound.attained(), "evidence.loads: this game does not attain the bound")
        price = 1 / Fraction(bound.share)
        require(number(evidence["price"]) == price, f"evidence.price should be {price}")
        return evidence["gate"] is None or price < number(evidence["gate"])
    if kind == "smooth":
        smooth = Smoothness(play, evidence)
        found = {profile: smooth.slack(profile) for profile in product(*map(range, play.sizes))}
        least = min(found.values())
        profile = tuple(evidence["profile"])
        require(profile in found and found[profile] == least, "evidence.profile: not where the inequality is tightest")
        require(number(evidence["slack"]) == least, f"evidence.slack should be {least}")
        most = smooth.bound()
        require(evidence["bound"] == (None if most is None else str(most)), f"evidence.bound should be {most}")
        return least >= 0
    if kind == "price-of-anarchy":
        line = Anarchy(play, evidence)
        anarchy, stability = prices = line.prices()
        stated = [evidence["anarchy"], evidence["stability"]]
        require(stated == list(map(written_price, prices)), f"evidence: the prices are {anarchy} and {stability}")
        gate = evidence["gate"]
        held = gate is None or (isinstance(anarchy, int | Fraction) and anarchy < number(gate))
        require(line.concept == evidence["concept"] or line.decides(held), "evidence.line: it does not decide the gate")
        return held
    if kind == "nash":
        gains = play.gains(play.mixed(evidence["profile"]))
        told = list(map(str, gains))
        require(evidence["gains"] == told, f"evidence.gains should be {', '.join(told)}")
        return max(gains) == 0
    if kind == "mixed-equilibria":
        exact = all(max(play.gains(play.mixed(one))) == 0 for one in evidence["profiles"])
        return exact and all(Box(play, one).holds_one() for one in evidence["boxes"])
    if kind == "correlated-welfare":
        named: list[tuple[str, ...]] = [(bound["concept"], bound["sense"]) for bound in evidence["bounds"]]
        every = list(product(("correlated", "coarse correlated"), ("least", "greatest")))
        return named == every and all(Correlated(play, bound).holds() for bound in evidence["bounds"])
    if kind == "dominant":
        return play.dominant(evidence["profile"])
    if kind == "extreme-equilibria":
        listed = [tuple(play.mixed(one)) for one in evidence["equilibria"]]
        return len(set(listed)) == len(listed) and set(listed) == play.extreme()
    counted: int
    if kind == "extreme-count":
        counted = evidence["count"]
        return len(play.extreme()) == counted
    pure = play.pure()
    complete: bool = evidence["profiles"] == pure
    if kind == "pure-equilibria":
        return complete
    require(complete, "evidence.profiles: not all pure equilibria, in their order")
    counted = evidence["count"]
    return len(pure) == counted


# --- extensive games: equilibria of trees


class InformationSet:
    """What a player knows when it decides: its nodes, and its own set and move before, as a pair."""

    def __init__(self, player: int, moves: list[str], before: tuple[str, int] | None) -> None:
        self.player, self.moves, self.before = player, moves, before
        self.members: list[int] = []


class Tree:
    """A finite extensive game in which nobody forgets; nodes are numbered in prefix order, as they are written."""

    def __init__(self, written: Json) -> None:
        self.n, self.nodes = len(written["players"]), written["nodes"]
        require(self.n > 0 and len(set(written["players"])) == self.n, "tree.players: none, or two of one name")
        self.payoffs = [[number(payoff) for payoff in node["payoffs"]] for node in self.nodes]
        self.chances = [[number(chance) for chance in node["chances"]] for node in self.nodes]
        self.parents: list[int] = []
        self.children: list[list[int]] = [[] for _ in self.nodes]
        self.sets: dict[str, InformationSet] = {}
        lasts: list[list[tuple[str, int] | None]] = []
        due: list[tuple[int, int]] = [(-1, 0)]  # the node before, and which of its moves leads on
        for at, node in enumerate(self.nodes):
            require(due, "tree.nodes: more than the moves lead to")
            parent, move = due.pop()
            self.parents.append(parent)
            last: list[tuple[str, int] | None] = list(lasts[parent]) if parent >= 0 else [None] * self.n
            if parent >= 0:
                self.children[parent].append(at)
                before = self.nodes[parent]
                if before["player"] is not None:
                    last[before["player"]] = (before["infoset"], move)
            lasts.append(last)
            self.enter(at, node, last)
            due.extend((at, place) for place in reversed(range(len(node["moves"]))))
        require(not due, "tree.nodes: fewer than the moves lead to")
        self.lasts = lasts
        self.ends = [end for end, node in enumerate(self.nodes) if not node["moves"]]

    def enter(self, at: int, node: Json, last: Sequence[tuple[str, int] | None]) -> None:
        """Take a node in: an end, a move of chance, or a decision in its information set."""
        where, player, moves = f"tree.nodes[{at}]", node["player"], node["moves"]
        require(len(set(moves)) == len(moves), f"{where}: two moves of one name")
        require(len(self.payoffs[at]) == (0 if moves else self.n), f"{where}: not payoffs for every player, at ends")
        if player is None:
            chances = self.chances[at]
            sound = len(chances) == len(moves) and min(chances, default=1) > 0 and (not moves or sum(chances) == 1)
            require(sound, f"{where}: no probabilities of its moves")
            return
        require(player < self.n and moves and not self.chances[at], f"{where}: no decision of a player")
        own = self.sets.setdefault(node["infoset"], InformationSet(player, moves, last[player]))
        require((own.player, own.moves) == (player, moves), f"{where}: other moves or another player in its set")
        require(own.before == last[player], f"{where}: its player forgets what it knew or did")
        own.members.append(at)

    def behaviour(self, written: Json) -> dict[str, Vector]:
        """Probabilities of the moves at every information set, in the order of the tree."""
        rows = [tuple(map(number, row)) for row in written]
        fits = [len(row) for row in rows] == [len(own.moves) for own in self.sets.values()]
        require(fits, "a behaviour is not a probability for every move of every information set")
        sound = all(min(row) >= 0 and sum(row) == 1 for row in rows)
        require(sound, "probabilities of a behaviour are negative or do not add up to 1")
        return dict(zip(self.sets, rows, strict=True))

    def weights(self, at: int, behaviour: dict[str, Vector]) -> Sequence[Number]:
        """Probabilities of the moves at a node."""
        return self.chances[at] if self.nodes[at]["player"] is None else behaviour[self.nodes[at]["infoset"]]

    def values(self, behaviour: dict[str, Vector]) -> list[list[Number]]:
        """What everybody expects at each node, if play goes on from there."""
        found: list[list[Number]] = [[] for _ in self.nodes]
        for at in reversed(range(len(self.nodes))):
            below = [found[child] for child in self.children[at]]
            weights = self.weights(at, behaviour) if below else []
            columns = zip(*below, strict=True) if below else []
            found[at] = [sum(map(mul, weights, column)) for column in columns] or self.payoffs[at]
        return found

    def roots(self) -> list[int]:
        """Nodes where a subgame starts: no information set lies on both sides of the node."""
        cut = [not children for children in self.children]
        for own in self.sets.values():
            while len(tops := {self.top(at, cut) for at in own.members}) > 1:
                cut[max(tops)] = True  # a later node is never above an earlier one
        return [at for at, inside in enumerate(cut) if not inside]

    def top(self, at: int, cut: Sequence[bool]) -> int:
        """The nearest node on the way up, or here, that may be the start of a subgame."""
        while cut[at]:
            at = self.parents[at]
        return at

    def gains(self, behaviour: dict[str, Vector], roots: Sequence[int]) -> list[list[Number]]:
        """What each player could gain in each subgame, by a best response to the others.

        From the ends on: a set's move is worth what the ends and the later own sets that come next after it bring,
        weighted by what chance and the others do. A subgame inside counts as an end worth the best response in it.
        """
        values = self.values(behaviour)
        found: dict[int, list[Number]] = {root: [] for root in roots}
        for player in range(self.n):
            best: dict[int, Number] = {}
            for root in reversed(roots):
                gathered: dict[tuple[str, int] | None, Number] = {}
                met: list[str] = []
                waiting: list[tuple[int, Number]] = [(root, 1)]
                while waiting:
                    at, weight = waiting.pop()
                    if at in best or not self.children[at]:
                        worth_ = best[at] if at in best else self.payoffs[at][player]
                        last = self.lasts[at][player]
                        gathered[last] = gathered.get(last, 0) + weight * worth_
                        continue
                    own = self.nodes[at]["player"] == player
                    if own and self.nodes[at]["infoset"] not in met:
                        met.append(self.nodes[at]["infoset"])
                    chances = [1] * len(self.children[at]) if own else self.weights(at, behaviour)
                    waiting.extend((child, weight * p) for child, p in zip(self.children[at], chances, strict=True))
                for name in sorted(met, key=lambda name: -self.sets[name].members[0]):  # later own sets first
                    worths = [gathered.get((name, move), 0) for move in range(len(self.sets[name].moves))]
                    before = self.sets[name].before
                    gathered[before] = gathered.get(before, 0) + max(worths)
                best[root] = gathered[self.lasts[root][player]]
                found[root].append(best[root] - values[root][player])
        return [found[root] for root in roots]

    def perfect(self, plan: Sequence[int]) -> bool:
        """Whether no single change of a move pays anywhere: with perfect information that is subgame perfection."""
        sizes = [len(own.moves) for own in self.sets.values()]
        require(len(plan) == len(sizes) and all(map(int.__lt__, plan, sizes)), "a plan is not a move for every set")
        behaviour: dict[str, Vector] = {
            name: tuple(int(move == chosen) for move in range(size))
            for name, chosen, size in zip(self.sets, plan, sizes, strict=True)
        }
        values = self.values(behaviour)
        for own in self.sets.values():
            (at,) = own.members
            if values[at][own.player] < max(values[child][own.player] for child in self.children[at]):
                return False
        return True

    def count_perfect(self) -> int:
        """How many subgame perfect equilibria in pure strategies there are: from the ends on, by what they pay."""
        require(all(len(own.members) == 1 for own in self.sets.values()), "somebody does not know where it is")
        found: list[dict[Vector, int]] = [{} for _ in self.nodes]
        for at in reversed(range(len(self.nodes))):
            if not self.children[at]:
                found[at] = {tuple(self.payoffs[at]): 1}
            player = self.nodes[at]["player"]
            for chosen in product(*(found[child].items() for child in self.children[at])) if self.children[at] else ():
                ways = math.prod(count for _, count in chosen)
                paid = [payoffs for payoffs, _ in chosen]
                if player is None:
                    reached = [tuple(sum(map(mul, self.chances[at], column)) for column in zip(*paid, strict=True))]
                else:
                    most = max(payoffs[player] for payoffs in paid)
                    reached = [payoffs for payoffs in paid if payoffs[player] == most]
                for payoffs in reached:
                    found[at][payoffs] = found[at].get(payoffs, 0) + ways
        return sum(found[0].values())

    def zero_sum(self) -> bool:
        """Whether two players play for what the other loses."""
        return self.n == 2 and not any(sum(self.payoffs[end]) for end in self.ends)

    def reduced(self, strategies: Json) -> Play:
        """The game in which everybody chooses one of these strategies, which are all of the reduced normal form."""
        require(len(strategies) == self.n, "strategies: not those of every player")
        for player, listed in enumerate(strategies):
            own = {name: set_ for name, set_ in self.sets.items() if set_.player == player}
            every = [dict(zip(own, plan, strict=False)) for plan in listed]
            fits = all(
                len(plan) == len(own) and self.fits(plan_, own) for plan, plan_ in zip(listed, every, strict=True)
            )
            require(fits, "strategies: not a move at just those sets that the own moves lead to")
            distinct = len({tuple(plan) for plan in listed}) == len(listed) == self.count_strategies(player)
            require(distinct, "strategies: not every strategy of the reduced normal form once")
        met = [self.meeting(player, listed) for player, listed in enumerate(strategies)]
        sizes = [len(listed) for listed in strategies]
        reach = self.reach()
        payoffs: list[list[Number]] = [[0] * math.prod(sizes) for _ in range(self.n)]
        strides = [math.prod(sizes[player + 1 :]) for player in range(self.n)]
        for end in self.ends:
            for profile in product(*(own[end] for own in met)):
                k = sum(map(mul, profile, strides))
                for player, payoff in enumerate(self.payoffs[end]):
                    payoffs[player][k] += reach[end] * payoff
        names = [list(map(str, range(size))) for size in sizes]
        rows = [list(map(str, row)) for row in payoffs]
        return Play({"players": list(map(str, range(self.n))), "actions": names, "payoffs": rows, "revenue": None})

    def fits(self, plan: Json, own: dict[str, InformationSet]) -> bool:
        """Whether a strategy says a move at just those sets that its own moves lead to."""
        for name, set_ in own.items():
            due = set_.before is None or plan[set_.before[0]] == set_.before[1]
            if due != (plan[name] is not None) or (due and plan[name] >= len(set_.moves)):
                return False
        return True

    def count_strategies(self, player: int) -> int:
        """How many strategies of the reduced normal form a player has."""
        after: dict[tuple[str, int] | None, int] = {}
        for name, own in reversed(self.sets.items()):
            if own.player == player:
                ways = sum(after.get((name, move), 1) for move in range(len(own.moves)))
                after[own.before] = after.get(own.before, 1) * ways
        return after.get(None, 1)

    def meeting(self, player: int, listed: Json) -> dict[int, list[int]]:
        """For every end the player's strategies that do not keep from it."""
        places = {name: k for k, name in enumerate(name for name, own in self.sets.items() if own.player == player)}
        found = {}
        for end in self.ends:
            last = self.lasts[end][player]
            # a strategy has a move at a set only if its moves lead there: the last one decides
            found[end] = [k for k, plan in enumerate(listed) if last is None or plan[places[last[0]]] == last[1]]
        return found

    def reach(self) -> list[Number]:
        """The probability of what chance does on the way to each node."""
        found: list[Number] = [1] * len(self.nodes)
        for at, children in enumerate(self.children):
            for child, p in zip(children, self.chances[at] or [1] * len(children), strict=True):
                found[child] = found[at] * p
        return found


def check_tree(certificate: Json) -> list[dict[str, object]]:
    """Check every claim about an extensive game; one report per claim, as `check` gives them."""
    try:
        fit(certificate, TREE_CERTIFICATE, "certificate")
        check_seal(certificate)
        tree = Tree(certificate["tree"])
        play = None if certificate["strategies"] is None else tree.reduced(certificate["strategies"])
        ids = [claim["id"] for claim in certificate["claims"]]
        require(ids and len(set(ids)) == len(ids), "claims: none, or two of one id")
    except Refused as refusal:
        return report_all(certificate, REJECTED, str(refusal))

    def true(kind: str, evidence: Json) -> bool:
        return holds_in_tree(kind, evidence, tree, play)

    return report_each(certificate, lambda claim: check_solved(claim, TREE_EVIDENCE, tree_statement, true))


def tree_statement(kind: str, evidence: Json) -> str:
    """What a claim about an extensive game asserts."""
    return {
        "subgame-perfect-equilibria": "These are all subgame perfect equilibria in pure strategies.",
        "value": "This is what the game is worth to the first player, and what guarantees it.",
        "pure-equilibria": "These are all equilibria in pure strategies of the reduced normal form.",
        "extreme-equilibria": "These are all extreme equilibria of the reduced normal form; every other one mixes some "
        "of them.",
        "nash": "No player can gain by another strategy in the whole game.",
        "subgame-perfect": "No player can gain by another strategy in any subgame.",
        "pure-count": f"The reduced normal form has exactly {evidence.get('count')} equilibria in pure strategies.",
    }[kind]


def holds_in_tree(kind: str, evidence: Json, tree: Tree, play: Play | None) -> bool:
    """Whether a claim about an extensive game is true, its evidence being what it has to be."""
    if kind == "subgame-perfect-equilibria":
        plans = {tuple(plan) for plan in evidence["plans"]}
        listed = len(plans) == len(evidence["plans"]) == tree.count_perfect()
        return listed and all(map(tree.perfect, plans))
    if kind in ("nash", "subgame-perfect", "value"):
        behaviour = tree.behaviour(evidence["behaviour"])
        roots = tree.roots() or [0]
        gains = tree.gains(behaviour, roots)
        if kind == "value":
            require(tree.zero_sum(), "the game is not zero-sum")
            require(max(gains[0]) == 0, "evidence.behaviour: somebody gains by another strategy")
            return tree.values(behaviour)[0][0] == number(evidence["value"])
        told: Json = [list(map(str, row)) for row in gains]
        told = told[0] if kind == "nash" else told
        require(evidence["gains"] == told, f"evidence.gains should be {told}")
        return max(map(max, gains[:1] if kind == "nash" else gains)) == 0
    if play is None:
        raise Refused("strategies: none, though a claim is about them")
    return holds(kind, evidence, play)


# --- the command


def unambiguous(pairs: list[tuple[str, Json]]) -> Json:
    """A JSON object; ValueError where it names a key twice, since readers differ in which one they take."""
    if len(dict(pairs)) < len(pairs):
        raise ValueError("an object names a key twice")
    return dict(pairs)


@contextmanager
def clean_stdout() -> Iterator[None]:
    """Whatever anybody writes to the standard output goes to stderr, also past Python; only the report may go there."""
    sys.stdout.flush()
    kept = os.dup(1)
    os.dup2(2, 1)
    try:
        with redirect_stdout(sys.stderr):
            yield
    finally:
        os.dup2(kept, 1)
        os.close(kept)


def main(argv: Sequence[str] | None = None) -> int:
    """The command; returns the exit code. The lone argument --answer is how `fresh_processes` asks."""
    if list(sys.argv[1:] if argv is None else argv) == ["--answer"]:
        with clean_stdout():
            reply = json.dumps(answer(json.load(sys.stdin)))
        print(reply)
        return 0
    import argparse

    parser = argparse.ArgumentParser(prog="checker.py", description="Check a certificate by running its subject again.")
    parser.add_argument("certificate", metavar="CERT.json")
    parser.add_argument("--source", metavar="DIR", action="append", default=[], help="where to import the subject from")
    parser.add_argument("--claim", metavar="ID", help="report on this claim alone")
    parser.add_argument("--json", action="store_true", help="print the reports as one JSON document")
    try:
        options = parser.parse_args(argv)
        for directory in options.source:
            if not Path(directory).is_dir():
                parser.error(f"--source {directory}: no such directory")
        try:
            written = Path(options.certificate).read_text(encoding="utf-8")
            certificate = json.loads(written, object_pairs_hook=unambiguous)
        except (OSError, ValueError, RecursionError) as error:
            parser.error(f"{options.certificate} cannot be read: {error}")
        with clean_stdout():
            reports = check(certificate, options.source)
        if options.claim is not None:
            reports = [one for one in reports if one["claim"] in (options.claim, None)]
            if not reports:
                parser.error(f"--claim {options.claim}: no such claim")
    except SystemExit as ending:
        return int(ending.code or 0)
    statuses = {str(one["status"]) for one in reports}
    overall = REJECTED if REJECTED in statuses else PARTLY if PARTLY in statuses else CONFIRMED
    if options.json:
        print(json.dumps({"certificate": options.certificate, "status": overall, "claims": reports}, indent=1))
    else:
        every: list[Any] = [one["reasons"] for one in reports]
        shared = len(every) > 1 and every.count(every[0]) == len(every)  # then once is enough
        for one, own in zip(reports, every, strict=True):
            print(f"{one['status']:<9}  {one['claim'] or 'certificate'}  {one['verdict'] or ''}".rstrip())
            for reason in () if shared else own:
                print(f"           {reason}")
        for reason in every[0] if shared else ():
            print(reason)
    return {CONFIRMED: 0, PARTLY: 3, REJECTED: 4}[overall]


if __name__ == "__main__":
    sys.exit(main())
