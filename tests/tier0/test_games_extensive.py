"""Extensive games: textbook trees with known answers, brute force over normal forms, and trees that make no sense."""

from __future__ import annotations

import random
from fractions import Fraction
from itertools import permutations, product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from verifier.errors import DomainError, MoneyError, TooLarge, TreeError
from verifier.games import extensive
from verifier.games.claimed import verify_profile
from verifier.games.extensive import Chance, Decision, ExtensiveGame, chance, decision, terminal
from verifier.games.extensive_equilibrium import (
    all_subgame_perfect,
    backward_induction,
    best_response,
    verify_behaviour,
)
from verifier.games.pure import pure_equilibria
from verifier.games.sequence_form import normal_form, sequence_form
from verifier.oracles.linear import LinearProgram, Optimal, solve

THIRD = Fraction(1, 3)
TWO = ("ann", "bob")


def entry():
    """Osborne 2004, Example 154.1: who stays out leaves 2 to the incumbent; a fight hurts both."""
    answer = decision(1, "entered", {"acquiesce": terminal(2, 1), "fight": terminal(0, 0)})
    return ExtensiveGame(("challenger", "incumbent"), decision(0, "start", {"in": answer, "out": terminal(1, 2)}))


def centipede(legs):
    """Rosenthal 1981: who stops at leg k has k + 2 and leaves k."""
    node = terminal(legs + 1, legs + 1)
    for leg in reversed(range(legs)):
        stop = (leg + 2, leg) if leg % 2 == 0 else (leg, leg + 2)
        node = decision(leg % 2, f"leg {leg}", {"stop": terminal(*stop), "go": node})
    return ExtensiveGame(TWO, node)


def horse():
    """Selten 1975, Figure 1."""
    blind = lambda left, right: decision(2, "three", {"L": terminal(*left), "R": terminal(*right)})  # noqa: E731
    two = decision(1, "two", {"c": terminal(1, 1, 1), "d": blind((4, 4, 0), (0, 0, 1))})
    return ExtensiveGame(("one", "two", "three"), decision(0, "one", {"C": two, "D": blind((3, 3, 2), (0, 0, 0))}))


def kuhn():
    """Kuhn 1950: three cards, an ante of 1, a bet of 1."""
    deals = {}
    for own, other in permutations("JQK", 2):
        sign = 1 if "JQK".index(own) > "JQK".index(other) else -1
        end = lambda amount: terminal(amount, -amount)  # noqa: E731
        after = decision(0, f"{own} checked", {"fold": end(-1), "call": end(2 * sign)})
        checked = decision(1, f"{other} after check", {"check": end(sign), "bet": after})
        bet = decision(1, f"{other} after bet", {"fold": end(1), "call": end(2 * sign)})
        deals[own + other] = (Fraction(1, 6), decision(0, own, {"check": checked, "bet": bet}))
    return ExtensiveGame(TWO, chance(deals))


def kuhn_equilibrium(bluff):
    """Kuhn's family: the first player bets a jack with probability `bluff` of at most 1/3."""
    first = {"J": bluff, "Q": 0, "K": 3 * bluff, "J checked": 0, "Q checked": bluff + THIRD, "K checked": 1}
    second = {"J after check": THIRD, "Q after check": 0, "K after check": 1}
    second |= {"J after bet": 0, "Q after bet": THIRD, "K after bet": 1}
    return {name: (1 - Fraction(p), Fraction(p)) for name, p in (first | second).items()}


def beer_quiche():
    """Cho and Kreps 1987: the weak like quiche, the strong beer, and neither a duel; only the weak are worth one."""

    def meal(kind, which):
        taste = int((kind == "strong") == (which == "beer"))
        ends = {"duel": terminal(taste, int(kind == "weak")), "leave": terminal(taste + 2, int(kind == "strong"))}
        return decision(1, which, ends)

    kinds = {"strong": "9/10", "weak": "1/10"}
    sender = lambda kind: decision(0, kind, {which: meal(kind, which) for which in ("beer", "quiche")})  # noqa: E731
    return ExtensiveGame(("sender", "receiver"), chance({kind: (p, sender(kind)) for kind, p in kinds.items()}))


def random_game(seed, perfect=False):
    """Two players with perfect recall: what a player is told is its last own move, and a bit that may say little."""
    rng = random.Random(seed)
    names = iter(range(10**6))

    def grow(depth, last):
        if depth == 4 or rng.random() < 0.15 * depth:
            return terminal(rng.randint(-3, 3), rng.randint(-3, 3))
        if rng.random() < 0.2:
            p = Fraction(rng.randint(1, 5), 6)
            return chance(
                {"a": (p, grow(depth + 1, last)), "b": (1 - p, grow(depth + 1, last))}
                if p < 1
                else {"a": (1, grow(depth + 1, last))}
            )
        player = rng.randrange(2)
        name = f"{player} {last[player]} {rng.randrange(2)}" if not perfect else f"set {next(names)}"
        then = {}
        for move in ("l", "r"):
            known = list(last)
            known[player] = f"({name} {move})"
            then[move] = grow(depth + 1, tuple(known))
        return decision(player, name, then)

    return ExtensiveGame(TWO, grow(0, ("", "")))


def random_behaviour(game, seed):
    rng = random.Random(seed)
    found = {}
    for name, infoset in game.infosets.items():
        parts = [rng.randint(0, 3) for _ in infoset.moves]
        parts[0] += not any(parts)
        found[name] = tuple(Fraction(part, sum(parts)) for part in parts)
    return found


def as_mixed(game, form, behaviour):
    """The mixed profile of the normal form that plays independently at every information set."""
    mixed = []
    for player in range(len(game.players)):
        sets = game.of_player(player)
        plans = product(*(range(len(infoset.moves)) for infoset in sets))
        weights = []
        for plan in plans:
            weight = Fraction(1)
            for infoset, move in zip(sets, plan, strict=True):
                weight *= behaviour[infoset.name][move]
            weights.append(weight)
        mixed.append(weights)
    return mixed


def test_entry_is_not_deterred_by_a_threat_that_is_not_credible():
    game = entry()
    solution = backward_induction(game)
    assert solution.plan == {"start": "in", "entered": "acquiesce"}
    assert (solution.values, solution.ties) == ((2, 1), {})
    judged = verify_behaviour(game, {"start": "out", "entered": "fight"})
    assert judged.is_nash
    assert not judged.is_subgame_perfect
    assert (judged.worst.path, judged.worst.player, judged.worst.gain) == (("in",), 1, 1)
    assert judged.worst.plan == {"entered": "acquiesce"}


@pytest.mark.parametrize("legs", [1, 2, 7, 3000])
def test_the_centipede_stops_at_once(legs):
    game = centipede(legs)
    solution = backward_induction(game)
    assert set(solution.plan.values()) == {"stop"}
    assert solution.values == (2, 0)
    assert verify_behaviour(game, solution.plan).is_subgame_perfect


def test_in_the_centipede_going_on_forever_loses_to_stopping_at_the_last_leg():
    judged = verify_behaviour(centipede(7), {f"leg {leg}": "go" for leg in range(7)})
    assert judged.values == (8, 8)
    assert [response.gain for response in judged.responses] == [0, 0]
    judged = verify_behaviour(centipede(6), {f"leg {leg}": {"go": 1} for leg in range(6)} | {"leg 0": "stop"})
    assert judged.values == (2, 0)
    assert judged.responses[0].gain == 5


def test_seltens_horse_has_its_two_pure_equilibria_and_no_proper_subgame():
    game = horse()
    assert game.subgames() == [0]
    assert not game.perfect_information
    assert entry().perfect_information
    found = [
        profile
        for profile in product("CD", "cd", "LR")
        if verify_behaviour(game, dict(zip(("one", "two", "three"), profile, strict=True))).is_subgame_perfect
    ]
    assert found == [("C", "c", "R"), ("D", "c", "L")]
    with pytest.raises(TreeError, match="'three' has 2 nodes; backward induction needs one"):
        backward_induction(game)


@pytest.mark.parametrize("bluff", [0, Fraction(1, 7), THIRD])
def test_kuhn_poker_is_worth_minus_one_eighteenth_in_the_whole_family_of_equilibria(bluff):
    judged = verify_behaviour(kuhn(), kuhn_equilibrium(bluff))
    assert judged.values == (Fraction(-1, 18), Fraction(1, 18))
    assert judged.is_nash


def test_a_bluff_that_is_off_by_a_millionth_is_refuted_with_the_exact_gain():
    """One more millionth of bluffs with a jack: a queen that calls earns as much more as the calls are worth."""
    game = kuhn()
    claim = kuhn_equilibrium(THIRD)
    step = Fraction(1, 10**6)
    claim["J"] = (1 - THIRD - step, THIRD + step)
    judged = verify_behaviour(game, claim)
    assert not judged.is_nash
    assert judged.responses[0].gain == 0
    # against a bet, a queen that calls wins 3 more from jacks (1/6 of the deals) than one that folds
    assert judged.responses[1].gain == step * Fraction(1, 6) * 3 * Fraction(2, 3)


def test_the_linear_program_on_the_sequence_form_finds_the_value_of_kuhn_poker():
    """Koller, Megiddo and von Stengel: maximise what the second player's constraints allow the first one at least."""
    form = sequence_form(kuhn())
    assert [len(own) for own in form.sequences] == [13, 13]
    rows_of_second = form.constraints(1)
    width, prices = len(form.sequences[0]), len(rows_of_second)
    rows = []
    for column in range(len(form.sequences[1])):  # F' q <= A' x, with q = up - down
        row = {}
        for k, constraint in enumerate(rows_of_second):
            if column in constraint:
                row[width + k], row[width + prices + k] = constraint[column], -constraint[column]
        for (own, other), payoffs in form.payoffs.items():
            if other == column:
                row[own] = -payoffs[0]
        rows.append(row)
    program = LinearProgram(
        width + 2 * prices,
        {width: 1, width + prices: -1},
        tuple(rows),
        (0,) * len(rows),
        tuple(form.constraints(0)),
        (1,) + (0,) * (len(form.constraints(0)) - 1),
    )
    result = solve(program)
    assert isinstance(result, Optimal)
    assert result.value == Fraction(-1, 18)
    behaviour = form.behaviour(0, result.primal[:width])
    reply = verify_behaviour(kuhn(), behaviour | {k: v for k, v in kuhn_equilibrium(0).items() if k not in behaviour})
    assert reply.responses[1].best_value == Fraction(1, 18)


def test_both_meals_are_pooling_equilibria_of_beer_and_quiche_and_telling_the_type_is_none():
    game = beer_quiche()
    for meal, other, value in [("beer", "quiche", "29/10"), ("quiche", "beer", "21/10")]:
        judged = verify_behaviour(game, {"strong": meal, "weak": meal, meal: "leave", other: "duel"})
        assert judged.is_nash
        assert judged.values == (Fraction(value), Fraction(9, 10))
    honest = verify_behaviour(game, {"strong": "beer", "weak": "quiche", "beer": "leave", "quiche": "duel"})
    assert (honest.responses[0].gain, honest.responses[0].plan["weak"]) == (Fraction(1, 10), "beer")


def test_all_equilibria_are_listed_where_moves_tie_and_the_ties_are_named():
    last = decision(1, "b", {"x": terminal(0, 1), "y": terminal(2, 1)})
    game = ExtensiveGame(TWO, decision(0, "a", {"stop": terminal(1, 0), "go": last}))
    found = all_subgame_perfect(game)
    assert [(s.plan["a"], s.plan["b"], s.values) for s in found] == [("stop", "x", (1, 0)), ("go", "y", (2, 1))]
    assert all(s.ties == {"b": ("x", "y")} for s in found)
    assert backward_induction(game) == found[0]
    with pytest.raises(TooLarge) as caught:
        all_subgame_perfect(game, most=1)
    assert caught.value.profiles == 2
    alike = ExtensiveGame(TWO, decision(0, "a", {name: terminal(1, 1) for name in "xyz"}))
    assert len(all_subgame_perfect(alike, most=3)) == 3
    with pytest.raises(TooLarge) as caught:
        all_subgame_perfect(alike, most=2)
    assert caught.value.profiles == 3


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 10**9))
def test_backward_induction_lists_what_brute_force_over_all_plans_finds(seed):
    game = random_game(seed, perfect=True)
    if len(game.infosets) > 7:
        return
    found = {tuple(solution.plan.items()) for solution in all_subgame_perfect(game)}
    names = list(game.infosets)
    plans = (dict(zip(names, moves, strict=True)) for moves in product("lr", repeat=len(names)))
    assert found == {tuple(plan.items()) for plan in plans if verify_behaviour(game, plan).is_subgame_perfect}
    assert tuple(backward_induction(game).plan.items()) in found


@settings(max_examples=80, deadline=None)
@given(st.integers(0, 10**9), st.integers(0, 10**9))
def test_gains_and_values_are_those_of_the_normal_form_and_of_the_sequence_form(seed, other):
    game = random_game(seed)
    assert game.forgotten() is None
    behaviour = random_behaviour(game, other)
    judged = verify_behaviour(game, behaviour)
    form = normal_form(game)
    reference = verify_profile(form, as_mixed(game, form, behaviour))
    assert list(judged.values) == [response.value for response in reference.responses]
    assert [r.best_value for r in judged.responses] == [r.best_value for r in reference.responses]
    assert judged.worst.gain >= judged.epsilon >= 0
    sequences = sequence_form(game)
    plans = [sequences.plan(player, behaviour) for player in range(2)]
    assert sequences.expected(plans) == judged.values
    again = {k: v for player in range(2) for k, v in sequences.behaviour(player, plans[player]).items()}
    assert game.expected(again) == judged.values
    for player in range(2):
        assert game.expected(behaviour | best_response(game, behaviour, player).plan)[player] == (
            judged.responses[player].best_value
        )


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 10**9), st.integers(0, 10**9))
def test_the_gain_in_every_subgame_is_that_of_the_subgame_as_a_game_of_its_own(seed, other):
    game = random_game(seed)
    behaviour = random_behaviour(game, other)
    gains = [Fraction(0)]
    for root in game.subgames():
        inner = ExtensiveGame(TWO, game.places[root].node)
        gains.append(verify_behaviour(inner, {name: behaviour[name] for name in inner.infosets}).epsilon)
    assert verify_behaviour(game, behaviour).worst.gain == max(gains)


@settings(max_examples=50, deadline=None)
@given(st.integers(0, 10**9))
def test_the_reduced_form_has_the_same_payoffs_once_each_and_no_two_strategies_alike_by_construction(seed):
    game = random_game(seed)
    full, small = normal_form(game), normal_form(game, reduced=True)
    values = lambda form: {tuple(form.payoff(i, p) for i in range(2)) for p in form.profiles()}  # noqa: E731
    assert values(full) == values(small)
    assert bool(pure_equilibria(full)) == bool(pure_equilibria(small))
    assert all(a <= b for a, b in zip(small.shape, full.shape, strict=True))


def test_normal_forms_have_the_sizes_of_the_literature():
    assert normal_form(kuhn(), reduced=True).shape == (27, 64)
    assert normal_form(kuhn(), most=4096).shape == (64, 64)
    small = normal_form(entry())
    assert small.actions == (("start: in", "start: out"), ("entered: acquiesce", "entered: fight"))
    assert pure_equilibria(small) == [(0, 0), (1, 1)]
    legs = centipede(5)
    assert normal_form(legs, reduced=True).shape == (4, 3)
    assert normal_form(legs).shape == (8, 4)
    with pytest.raises(TooLarge) as caught:
        normal_form(centipede(200))
    assert caught.value.profiles == 2**200


def test_players_without_moves_keep_one_strategy():
    form = normal_form(ExtensiveGame(TWO, decision(0, "a", {"l": terminal(1, 2), "r": terminal(3, 4)})))
    assert form.actions[1] == ("no move",)
    assert form.payoff(1, (1, 0)) == 4
    only = ExtensiveGame(TWO, terminal(5, 6))
    assert verify_behaviour(only, {}).values == backward_induction(only).values == (5, 6)
    assert verify_behaviour(only, {}).is_subgame_perfect


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 10**9), st.integers(1, 9), st.integers(-5, 5))
def test_gains_scale_with_a_players_payoffs_and_ignore_what_is_added(seed, factor, shift):
    game = random_game(seed)
    behaviour = random_behaviour(game, seed)

    def scaled(node):
        if isinstance(node, Decision):
            return decision(node.player, node.infoset, {name: scaled(then) for name, then in node.moves})
        if isinstance(node, Chance):
            return chance({name: (p, scaled(then)) for name, p, then in node.moves})
        return terminal(node.payoffs[0] * factor + shift, node.payoffs[1])

    one, other = verify_behaviour(game, behaviour), verify_behaviour(ExtensiveGame(TWO, scaled(game.root)), behaviour)
    assert other.responses[0].gain == factor * one.responses[0].gain
    assert other.responses[1].gain == one.responses[1].gain


def test_absent_minded_players_have_a_normal_form_but_no_best_behaviour():
    """Piccione and Rubinstein 1997: a driver cannot tell two exits apart, and the second is worth 4."""
    second = decision(0, "exit", {"leave": terminal(4), "stay": terminal(1)})
    game = ExtensiveGame(("driver",), decision(0, "exit", {"leave": terminal(0), "stay": second}))
    assert game.expected({"exit": (THIRD, 2 * THIRD)}) == (Fraction(4, 3),)  # the best behaviour
    assert [normal_form(game).payoff(0, (k,)) for k in range(2)] == [0, 1]
    for refused in (verify_behaviour, lambda g, _: sequence_form(g), lambda g, _: normal_form(g, reduced=True)):
        with pytest.raises(TreeError, match="after stay: driver forgets in 'exit'") as caught:
            refused(game, {"exit": "stay"})
        assert caught.value.path == ("stay",)


END = terminal(0, 0)
WRONG = {
    "adds up to too little": (chance({"a": ("1/3", END), "b": ("1/2", END)}), "add up to 5/6, 1/6 too little"),
    "adds up to too much": (chance({"a": ("2/3", END), "b": ("1/2", END)}), "add up to 7/6, 1/6 too much"),
    "negative": (chance({"a": ("3/2", END), "b": ("-1/2", END)}), "'b' has the negative probability -1/2"),
    "never reached": (chance({"a": (1, END), "b": (0, END)}), "'b' has probability 0, and nothing after it"),
    "no moves": (decision(0, "x", {}), "there are no moves"),
    "no chances": (chance({}), "there are no moves"),
    "stranger": (decision(2, "x", {"l": END}), "there is no player 2; players are 0 to 1"),
    "negative player": (decision(-1, "x", {"l": END}), "there is no player -1"),
    "one payoff": (terminal(1), "1 payoffs; the game has 2 players"),
    "twice": (Decision(0, "x", (("l", END), ("l", END))), "moves repeat a name: ['l', 'l']"),
    "two owners": (decision(1, "top", {"l": END, "r": END}), "'top' is an information set of ann, and here bob moves"),
    "other moves": (decision(0, "top", {"l": END}), "the moves ['l'] differ from ['deep', 'r'] elsewhere"),
}


@pytest.mark.parametrize(("node", "reason"), WRONG.values(), ids=WRONG)
def test_trees_that_make_no_sense_are_refused_with_the_path_of_the_node(node, reason):
    with pytest.raises(TreeError) as caught:
        ExtensiveGame(TWO, decision(0, "top", {"deep": chance({"sun": (1, node)}), "r": END}))
    assert caught.value.path == ("deep", "sun")
    assert str(caught.value).startswith("after deep / sun: ")
    assert reason in str(caught.value)


def test_what_is_wrong_at_the_root_says_so_and_large_trees_and_bad_players_are_refused(monkeypatch):
    with pytest.raises(TreeError, match="at the root: 3 payoffs"):
        ExtensiveGame(TWO, terminal(1, 2, 3))
    for players in ((), ("ann", "ann")):
        with pytest.raises(DomainError, match="must be distinct"):
            ExtensiveGame(players, END)
    with pytest.raises(MoneyError):
        terminal(0.1, 0)
    monkeypatch.setattr(extensive, "MOST_NODES", 50)
    with pytest.raises(TreeError, match="more than 50 nodes"):
        centipede(60)
    shared = END
    for depth in range(200):  # 2^200 nodes if it were unfolded
        shared = decision(0, f"d{depth}", {"l": shared, "r": shared})
    with pytest.raises(TreeError, match="more than 50 nodes"):
        ExtensiveGame(TWO, shared)


@pytest.mark.parametrize(
    ("claimed", "reason"),
    [
        ({"start": "in"}, r"nothing is said about the information sets \['entered'\]"),
        ({"start": "in", "enterd": "fight"}, "no information set 'enterd'; did you mean 'entered'"),
        ({"start": "in", "entered": "figth"}, "no move 'figth'; did you mean 'fight'"),
        ({"start": (1,), "entered": "fight"}, "'start' needs a probability for each of its moves"),
        ({"start": ("1/2", "1/3"), "entered": "fight"}, "in 'start': probabilities add up to 5/6, 1/6 too little"),
        ({"start": {"in": "3/2", "out": "-1/2"}, "entered": "fight"}, "negative probability -1/2"),
    ],
)
def test_behaviour_that_makes_no_sense_is_refused(claimed, reason):
    with pytest.raises(DomainError, match=reason):
        verify_behaviour(entry(), claimed)


def test_realisation_plans_that_make_no_sense_are_refused():
    form = sequence_form(entry())
    assert form.behaviour(0, (1, THIRD, 1 - THIRD)) == {"start": (THIRD, 1 - THIRD)}
    for plan, reason in [
        ((1, 1), "2 weights; challenger has 3 sequences"),
        ((2, 1, 1), "the empty sequence has the weight 2"),
        ((1, 2, -1), "has a negative weight"),
        ((1, "1/2", "1/3"), "the weights at 'start' add up to 1/6 less than"),
    ]:
        with pytest.raises(DomainError, match=reason):
            form.behaviour(0, plan)
    away = sequence_form(centipede(3))
    assert away.behaviour(0, away.plan(0, {"leg 0": (1, 0), "leg 2": (1, 0)}))["leg 2"] == (Fraction(1, 2),) * 2
    with pytest.raises(TreeError, match="nobody decides here"):
        form.game.decision(len(form.game.places) - 1)
