"""Game files: a game, and what is claimed of it.

A file is TOML: `title`, `source` (a citation) and `equilibria_from` ("the source" where the equilibria are printed
there, "computed" where only the game is), which may be left out, `[game]` with `file` (a game in another format beside
this one) or with `players`, `actions` (names, a list for each player) and `payoffs` (nested lists, one level for each
player, the payoffs of all players innermost), or with `values` (what is for sale is worth to each agent) beside the
`[subject]` and `[domain]` of a claims file: then it is the game that this mechanism induces, and actions are the bids
of the domain's grid; with `types`, a list of values for each agent, in place of `values` (and `chances` of these, equal
where left out), the game of incomplete information, in which every type is a player: its equilibria are Bayes-Nash; or,
with a `[subject]` and no `[domain]`, the game tree that the subject returns when it is called with its `arguments`. In
place of `[game]`, a `[class]` (see `class_bound`) gives the worst game of a class.
And `[[claim]]`s, each with one of

    nash = ["defect", "defect"]         a profile: the name of an action, or probabilities ["1/2", "1/2"], per player
    dominant = ["defect", "defect"]     an equilibrium in dominant strategies
    truth = "dominant"                  in the game of a mechanism: that truthful bids are one, or a "nash" equilibrium
    pure = 1                            the number of equilibria in pure strategies
    extreme = [[["1/2", "1/2"], ["1/3", "2/3"]]]   all extreme equilibria of a game of two players, or their number

or, of an extensive game,

    nash = { "Ann: ace" = "bet", Bob = { call = "1/3", fold = "2/3" } }   a move, or chances, per information set
    subgame_perfect = { ... }           the same, an equilibrium of every subgame
    value = "-1/18"                     what a zero-sum game of two players is worth to the first
    pure = 1                            the number of pure equilibria of the reduced normal form

and, where it is not PROVED, `expect`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from pathlib import Path
from typing import TypeAlias, TypeVar, cast

from verifier.domains import Domain, Type, parse_domain
from verifier.errors import DomainError, MoneyError, SpecError, SubjectError, nearest
from verifier.evidence import Verdict
from verifier.exact import Money, money
from verifier.games.claimed import read_profile
from verifier.games.extensive import ExtensiveGame
from verifier.games.gates import Gate, Honest, Smoothness, read_gate, read_smoothness
from verifier.games.normal_form import Actions, Game, check_names, from_table, player_names, refuse_large
from verifier.games.tree_claims import TREE_KINDS, check_count, check_tree_claim
from verifier.spec import subject_from_json
from verifier.toml_lines import Fault, Keys, read_toml

KINDS = {"nash": "nash", "dominant": "dominant", "pure": "pure-count", "extreme": "extreme-equilibria"}
ORIGINS = ("the source", "computed")
TRUTH = ("dominant", "nash")
_TABLES = ("title", "source", "equilibria_from", "game", "subject", "domain", "claim", "gate", "smooth")

AnyGame: TypeAlias = Game | ExtensiveGame

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Asked:
    """What is claimed of a game, and the verdict that is expected.

    Attributes
    ----------
    kind : "nash", "dominant", "pure-count", "extreme-equilibria", "extreme-count" or, of the class of which this is
        the worst game, "class-bound"; of a tree "nash", "subgame-perfect", "value" or "pure-count"
    content : a profile (one strategy for each player; of a tree one mixture of moves for each information set), an
        amount, a count, a list of profiles, or the claim about a class
    """

    kind: str
    content: object
    expect: Verdict = Verdict.PROVED


Worst: TypeAlias = Callable[[Mapping[str, object], Fault], tuple[Game, Asked]]


@dataclass(frozen=True, slots=True)
class GameFile:
    """A game with its heading, its source, and what is claimed of it."""

    title: str
    source: str
    game: AnyGame
    asked: tuple[Asked, ...]
    gates: tuple[Gate, ...] = ()
    smooth: tuple[Smoothness, ...] = ()
    honest: Honest | None = None


def read_game_file(text: str, path: str, load: Callable[[Path], AnyGame], worst: Worst | None = None) -> GameFile:
    """The game that a TOML text describes, and the claims about it.

    Parameters
    ----------
    load : reads a game in another format, for `file`
    worst : makes the worst game of a [class], and the claim about the class; without it such a file is refused

    Raises
    ------
    SpecError : with file and line: text that is no TOML, an unknown or missing key, payoffs that do not fit the actions
        or are no exact numbers, a claim that cannot be one of this game.
    """
    table, fault = read_toml(text, path)
    _only(table, (*_TABLES, "class") if worst else _TABLES, (), fault)
    if table.get("equilibria_from", ORIGINS[0]) not in ORIGINS:
        raise fault(("equilibria_from",), f"equilibria_from must be one of {', '.join(map(repr, ORIGINS))}")
    written = table.get("class" if "class" in table and worst else "game")
    if not isinstance(written, dict) or {"class", "game"} <= table.keys():
        raise fault((), "a game file needs a [game] table, or a [class] in its place")
    truth: Sequence[object] = ()  # of the game of a mechanism: the truthful bids
    honest: Honest | None = None
    bound: Asked | None = None  # of the class
    game: AnyGame
    if worst and "class" in table:
        game, bound = worst(written, fault)
    elif "domain" in table or "values" in written or "types" in written:
        game, truth, honest = _induced(table, written, fault)
    elif "subject" in table:
        game = _returned(table, written, fault)
    else:
        game = _game(written, Path(path).parent, load, fault)
    claims = table.get("claim", [])
    if not isinstance(claims, list) or not all(isinstance(claim, dict) for claim in claims):
        raise fault(("claim",), "claims are written as [[claim]] tables")
    asked = tuple(_asked(game, claim, truth, ("claim", place), fault) for place, claim in enumerate(claims))
    asked = (*asked, bound) if bound else asked
    title, source = table.get("title", game.title), table.get("source", "")
    if not isinstance(title, str) or not isinstance(source, str):
        raise fault(("source",) if isinstance(title, str) else ("title",), "title and source must be texts")
    if source and table.get("equilibria_from") == "computed":
        source += "; the equilibria are computed, not quoted"
    gates = _each("gate", table, game, lambda written, _: read_gate(written, honest), fault)
    smooth = _each("smooth", table, game, lambda written, of: read_smoothness(written, of, honest), fault)
    return GameFile(title, source, game, asked, gates, smooth, honest)


def check_claim(game: AnyGame, claim: Asked) -> None:
    """Refuse a claim that cannot be one of this game: DomainError or MoneyError says why."""
    if isinstance(game, ExtensiveGame):
        check_tree_claim(game, claim.kind, claim.content)
        return
    if claim.kind == "class-bound":
        return
    if claim.kind.startswith("extreme") and len(game.players) != 2:
        raise DomainError(f"extreme equilibria are those of two players; the game has {len(game.players)}")
    if claim.kind in ("pure-count", "extreme-count"):
        check_count(claim.content)
        return
    if not isinstance(claim.content, Sequence) or isinstance(claim.content, str):
        raise DomainError(f"{claim.content!r} is no list of strategies")
    if claim.kind == "extreme-equilibria":
        for profile in claim.content:
            check_claim(game, Asked("nash", profile))
        return
    mixed = read_profile(game, claim.content)
    if claim.kind == "dominant" and any(max(row) < 1 for row in mixed):
        raise DomainError("dominant: name one action for each player")


def _game(table: dict[str, object], folder: Path, load: Callable[[Path], AnyGame], fault: Fault) -> AnyGame:
    if "file" in table:
        _only(table, ("file",), ("game",), fault)
        if not isinstance(table["file"], str):
            raise fault(("game", "file"), f"file must be a text, not {table['file']!r}")
        return load(folder / table["file"])
    _only(table, ("players", "actions", "payoffs"), ("game",), fault)
    actions, players = table.get("actions"), table.get("players")
    if not isinstance(actions, list) or not all(isinstance(of, list) for of in actions):
        raise fault(("game", "actions"), "actions must be a list of names for each player")
    try:
        names = tuple(tuple(map(_name, of)) for of in actions)
        people = tuple(map(_name, players)) if isinstance(players, list) else player_names(len(names))
        check_names(people, names)
        refuse_large(tuple(map(len, names)))
        found: dict[Actions, list[Money]] = {}
        _payoffs(table.get("payoffs"), tuple(map(len, names)), (), found)
        return from_table(found, names, people)
    except (DomainError, MoneyError) as error:
        raise fault(("game", "payoffs" if "payoffs" in table else "actions"), str(error)) from error


def _induced(
    table: dict[str, object], written: dict[str, object], fault: Fault
) -> tuple[Game, Sequence[object], Honest]:
    """The game of a mechanism, which runs once at every profile of bids, the truthful bids, and who is honest."""
    from verifier.adapters import load as load_subject
    from verifier.games.induced import NoOutcome, bid_name, read_values, run_outcomes

    named = "types" if "types" in written else "values"
    _only(written, ("types", "chances") if named == "types" else ("values",), ("game",), fault)
    tables = table.get("subject"), table.get("domain"), written.get(named)
    for key, one, kind in zip(("subject", "domain", "game"), tables, (dict, dict, list), strict=True):
        if not isinstance(one, kind):
            raise fault((key,), "the game of a mechanism needs [subject], [domain] and a list of values in [game]")
    subject, domain, values = tables
    key = "subject"
    try:
        spec = subject_from_json(cast("dict[str, object]", subject))
        key = "domain"
        setting = parse_domain(cast("dict[str, object]", domain))
        key = "game"
        if named == "types":
            types, chances = read_types(cast("list[object]", values), written.get("chances"))
            outcomes = run_outcomes(load_subject(spec, setting), importable=True)
            game = outcomes.agent_form(types, chances, spec.call)
            agents = [(agent, one) for agent, own in enumerate(types) for one in own]
            return game, [bid_name(one) for _, one in agents], honest_play(setting, agents)
        true = [tuple(map(money, one)) if isinstance(one, list) else money(one) for one in cast("list[object]", values)]
        truth = read_values(setting, true)
        key = "subject"
        outcomes = run_outcomes(load_subject(spec, setting), importable=True)
        game = outcomes.game(true, spec.call)
    except (DomainError, MoneyError, NoOutcome, SpecError, SubjectError) as error:
        raise fault((key,), str(error)) from error
    honest = replace(honest_play(setting, list(enumerate(truth))), charges=outcomes.charges())
    return game, [bid_name(worth) for worth in truth], honest


def read_types(written: Sequence[object], chances: object) -> tuple[list[list[Type]], list[list[Money]]]:
    """Types of each agent with their probabilities, equal ones where none are given; DomainError or MoneyError."""
    types: list[list[Type]] = []
    for own in written:
        if not isinstance(own, list) or not own:
            raise DomainError(f"types are a list of values for each agent, not {own!r}")
        types.append([tuple(map(money, one)) if isinstance(one, list) else (money(one),) for one in own])
    if chances is None:
        return types, [[Fraction(1, len(own))] * len(own) for own in types]
    if not isinstance(chances, list) or not all(isinstance(row, list) for row in chances):
        raise DomainError(f"chances are a list of probabilities for each agent, not {chances!r}")
    return types, [[money(chance) for chance in row] for row in chances]


def honest_play(setting: Domain, truth: Sequence[tuple[int, Type]]) -> Honest:
    """Who is honest, and which bids are not above a value in any coordinate; for agents with their true types."""
    both = [(setting.types[agent], worth) for agent, worth in truth]
    modest = tuple(
        tuple(place for place, bid in enumerate(types) if all(b <= v for b, v in zip(bid, worth, strict=True)))
        for types, worth in both
    )
    listed = all(worth in types for types, worth in both)
    return Honest(tuple(types.index(worth) for types, worth in both) if listed else None, modest)


def _each(
    name: str, table: dict[str, object], game: AnyGame, read: Callable[[dict[str, object], Game], T], fault: Fault
) -> tuple[T, ...]:
    """The tables of one name, each read."""
    written = table.get(name, [])
    tables = [written] if isinstance(written, dict) else written
    if not isinstance(tables, list) or not all(isinstance(one, dict) for one in tables):
        raise fault((name,), f"write [[{name}]] tables")
    if not tables:
        return ()
    if isinstance(game, ExtensiveGame):
        raise fault((name,), f"[[{name}]] is about a game in normal form, not about a tree")
    found: list[T] = []
    for place, one in enumerate(tables):
        try:
            found.append(read(one, game))
        except (DomainError, MoneyError) as error:
            raise fault((name, place) if tables is written else (name,), str(error)) from error
    return tuple(found)


def _returned(table: dict[str, object], written: dict[str, object], fault: Fault) -> ExtensiveGame:
    """The game tree that a subject returns."""
    from verifier.adapters.faults import worded
    from verifier.adapters.loading import load_target
    from verifier.games.foreign_tree import read_tree

    _only(written, ("players",), ("game",), fault)
    players, subject = written.get("players", []), table["subject"]
    if not isinstance(players, list) or not all(isinstance(name, str) for name in players):
        raise fault(("game", "players"), "players must be a list of names")
    if not isinstance(subject, dict):
        raise fault(("subject",), "the subject is written as a [subject] table")
    try:
        spec = subject_from_json(subject)
        build = load_target(spec)
        try:
            root = build()
        except Exception as error:
            raise SubjectError(f"{spec.call} does not return a tree: {worded(error)}") from error
        return read_tree(root, players, spec.call)
    except (SpecError, SubjectError) as error:
        raise fault(("subject",), str(error)) from error


def _name(written: object) -> str:
    if not isinstance(written, str):
        raise DomainError(f"{written!r} is no name; write names as texts")
    return written


def _payoffs(written: object, shape: Actions, place: Actions, found: dict[Actions, list[Money]]) -> None:
    """Collect the payoffs below a place; DomainError where a level has another length than the player has actions."""
    where = f"payoffs{''.join(f'[{index}]' for index in place)}"
    if not isinstance(written, list):
        raise DomainError(f"{where} is {written!r}, not a list")
    wanted = shape[len(place)] if len(place) < len(shape) else len(shape)
    if len(written) != wanted:
        what = f"{wanted} actions" if len(place) < len(shape) else f"payoffs for {wanted} players"
        raise DomainError(f"{where} has {len(written)} entries; there should be {what}")
    if len(place) == len(shape):
        found[place] = [money(payoff) for payoff in written]
        return
    for index, inner in enumerate(written):
        _payoffs(inner, shape, (*place, index), found)


def _asked(game: AnyGame, table: dict[str, object], truth: Sequence[object], keys: Keys, fault: Fault) -> Asked:
    kinds = TREE_KINDS if isinstance(game, ExtensiveGame) else {**KINDS, **({"truth": ""} if truth else {})}
    _only(table, (*kinds, "expect"), keys, fault)
    named = [key for key in kinds if key in table]
    if len(named) != 1:
        raise fault(keys, f"a claim says one of {', '.join(kinds)}")
    expect = table.get("expect", "PROVED")
    if expect not in ("PROVED", "REFUTED"):
        raise fault((*keys, "expect"), f"expect must be PROVED or REFUTED, not {expect!r}")
    kind, content = kinds[named[0]], table[named[0]]
    if kind == "extreme-equilibria" and isinstance(content, int):
        kind = "extreme-count"
    if named[0] == "truth":
        if content not in TRUTH:
            raise fault((*keys, "truth"), f"truth must be one of {', '.join(map(repr, TRUTH))}, not {content!r}")
        kind, content = str(content), truth
    claim = Asked(kind, content, Verdict(str(expect)))
    try:
        check_claim(game, claim)
    except (DomainError, MoneyError) as error:
        raise fault((*keys, named[0]), str(error)) from error
    return claim


def _only(table: dict[str, object], known: Sequence[str], keys: Keys, fault: Fault) -> None:
    for key in table:
        if key not in known:
            raise fault((*keys, key), f"unknown key {key!r}{nearest(key, list(known))}")
