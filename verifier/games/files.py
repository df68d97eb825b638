"""Game files: a game, and what is claimed of it.

A file is TOML: `title`, `source` (a citation) and `equilibria_from` ("the source" where the equilibria are printed
there, "computed" where only the game is), which may be left out, `[game]` with `file` (a game in another format beside
this one) or with `players`, `actions` (names, a list for each player) and `payoffs` (nested lists, one level for each
player, the payoffs of all players innermost), or with `values` (what is for sale is worth to each agent) beside the
`[subject]` and `[domain]` of a claims file: then it is the game that this mechanism induces, and actions are the bids
of the domain's grid; and `[[claim]]`s, each with one of

    nash = ["defect", "defect"]         a profile: the name of an action, or probabilities ["1/2", "1/2"], per player
    dominant = ["defect", "defect"]     an equilibrium in dominant strategies
    pure = 1                            the number of equilibria in pure strategies
    extreme = [[["1/2", "1/2"], ["1/3", "2/3"]]]   all extreme equilibria of a game of two players

and, where it is not PROVED, `expect`.
"""

from __future__ import annotations

import tomllib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TypeAlias, cast

from verifier.domains import parse_domain
from verifier.errors import DomainError, MoneyError, SpecError, SubjectError, nearest
from verifier.evidence import Verdict
from verifier.exact import Money, money
from verifier.games.claimed import read_profile
from verifier.games.normal_form import Actions, Game, check_names, from_table, player_names, refuse_large
from verifier.spec import subject_from_json
from verifier.toml_lines import Keys, complaint, keep_text, line_of

KINDS = {"nash": "nash", "dominant": "dominant", "pure": "pure-count", "extreme": "extreme-equilibria"}
ORIGINS = ("the source", "computed")
_CLAIM = (*KINDS, "expect")

Fault: TypeAlias = Callable[[Keys, str], SpecError]


@dataclass(frozen=True, slots=True)
class Asked:
    """What is claimed of a game, and the verdict that is expected.

    Attributes
    ----------
    kind : "nash", "dominant", "pure-count" or "extreme-equilibria"
    content : a profile (one strategy for each player), a count, or a list of profiles
    """

    kind: str
    content: object
    expect: Verdict = Verdict.PROVED


@dataclass(frozen=True, slots=True)
class GameFile:
    """A game with its heading, its source, and what is claimed of it."""

    title: str
    source: str
    game: Game
    asked: tuple[Asked, ...]


def read_game_file(text: str, path: str, load: Callable[[Path], Game]) -> GameFile:
    """The game that a TOML text describes, and the claims about it.

    Parameters
    ----------
    load : reads a game in another format, for `file`

    Raises
    ------
    SpecError : with file and line: text that is no TOML, an unknown or missing key, payoffs that do not fit the actions
        or are no exact numbers, a claim that cannot be one of this game.
    """
    try:
        table = tomllib.loads(text, parse_float=keep_text)
    except (ValueError, RecursionError) as error:
        message, line = complaint(str(error), text)
        raise SpecError(message, path, line) from error

    def fault(keys: Keys, message: str) -> SpecError:
        return SpecError(message, path, max(1, line_of(text, keys)))

    _only(table, ("title", "source", "equilibria_from", "game", "subject", "domain", "claim"), (), fault)
    if table.get("equilibria_from", ORIGINS[0]) not in ORIGINS:
        raise fault(("equilibria_from",), f"equilibria_from must be one of {', '.join(map(repr, ORIGINS))}")
    written = table.get("game")
    if not isinstance(written, dict):
        raise fault((), "a game file needs a [game] table")
    induced = "subject" in table or "domain" in table
    game = _induced(table, written, fault) if induced else _game(written, Path(path).parent, load, fault)
    claims = table.get("claim", [])
    if not isinstance(claims, list) or not all(isinstance(claim, dict) for claim in claims):
        raise fault(("claim",), "claims are written as [[claim]] tables")
    asked = tuple(_asked(game, claim, ("claim", place), fault) for place, claim in enumerate(claims))
    title, source = table.get("title", game.title), table.get("source", "")
    if not isinstance(title, str) or not isinstance(source, str):
        raise fault(("source",) if isinstance(title, str) else ("title",), "title and source must be texts")
    if source and table.get("equilibria_from") == "computed":
        source += "; the equilibria are computed, not quoted"
    return GameFile(title, source, game, asked)


def check_claim(game: Game, claim: Asked) -> None:
    """Refuse a claim that cannot be one of this game: DomainError or MoneyError says why."""
    if claim.kind == "pure-count":
        if not isinstance(claim.content, int) or isinstance(claim.content, bool) or claim.content < 0:
            raise DomainError(f"a number of equilibria is a whole number of at least 0, not {claim.content!r}")
        return
    if not isinstance(claim.content, Sequence) or isinstance(claim.content, str):
        raise DomainError(f"{claim.content!r} is no list of strategies")
    if claim.kind == "extreme-equilibria":
        if len(game.players) != 2:
            raise DomainError(f"extreme equilibria are those of two players; the game has {len(game.players)}")
        for profile in claim.content:
            check_claim(game, Asked("nash", profile))
        return
    mixed = read_profile(game, claim.content)
    if claim.kind == "dominant" and any(max(row) < 1 for row in mixed):
        raise DomainError("dominant: name one action for each player")


def _game(table: dict[str, object], folder: Path, load: Callable[[Path], Game], fault: Fault) -> Game:
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


def _induced(table: dict[str, object], written: dict[str, object], fault: Fault) -> Game:
    """The game of a mechanism: it runs once at every profile of bids."""
    from verifier.adapters import load as load_subject
    from verifier.games.induced import NoOutcome, induced_game, read_values

    _only(written, ("values",), ("game",), fault)
    tables = table.get("subject"), table.get("domain"), written.get("values")
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
        true = [tuple(map(money, one)) if isinstance(one, list) else money(one) for one in cast("list[object]", values)]
        read_values(setting, true)
        key = "subject"
        return induced_game(load_subject(spec, setting), true, title=spec.call, importable=True)
    except (DomainError, MoneyError, NoOutcome, SpecError, SubjectError) as error:
        raise fault((key,), str(error)) from error


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


def _asked(game: Game, table: dict[str, object], keys: Keys, fault: Fault) -> Asked:
    _only(table, _CLAIM, keys, fault)
    named = [key for key in KINDS if key in table]
    if len(named) != 1:
        raise fault(keys, f"a claim says one of {', '.join(KINDS)}")
    expect = table.get("expect", "PROVED")
    if expect not in ("PROVED", "REFUTED"):
        raise fault((*keys, "expect"), f"expect must be PROVED or REFUTED, not {expect!r}")
    claim = Asked(KINDS[named[0]], table[named[0]], Verdict(str(expect)))
    try:
        check_claim(game, claim)
    except (DomainError, MoneyError) as error:
        raise fault((*keys, named[0]), str(error)) from error
    return claim


def _only(table: dict[str, object], known: Sequence[str], keys: Keys, fault: Fault) -> None:
    for key in table:
        if key not in known:
            raise fault((*keys, key), f"unknown key {key!r}{nearest(key, list(known))}")
