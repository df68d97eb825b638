"""Live play, verified: learners in processes of their own, what they played on average judged in exact numbers.

In a zero-sum game the two gains at the average play add up to the two average regrets, exactly: what was earned
cancels. Regret matching keeps the expected regret of T rounds below D sqrt(A T), where payoffs differ by D at most and
there are A actions (Blackwell 1956; Cesa-Bianchi and Lugosi 2006, Section 2.1); Azuma adds less than 5.3 D sqrt(T) with
a chance of a millionth to be wrong, and the seeds are fixed.
"""

from __future__ import annotations

import json
import math
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from fractions import Fraction
from pathlib import Path
from queue import Empty, Queue
from threading import Thread

import pytest

from verifier.adapters import load
from verifier.domains import parse_domain
from verifier.games.claimed import Verification, verify_profile
from verifier.games.induced import induced_game
from verifier.games.normal_form import Game, from_matrices
from verifier.spec import SubjectSpec

PATIENCE = 20.0  # seconds for one answer
ROUNDS = 3000
ROSHAMBO = from_matrices([[0, -1, 1], [1, 0, -1], [-1, 1, 0]], title="rock, paper, scissors")
MEETING = from_matrices([[2, 0], [0, 1]], [[2, 0], [0, 1]], title="meeting")


class LearnerLost(Exception):
    """A learner ended, or said nothing for too long."""


class Learner:
    """One process."""

    def __init__(self, game: Game, player: int, rule: str, seed: int) -> None:
        self.name = game.players[player]
        program = str(Path(__file__).with_name("learner.py"))
        self.process = subprocess.Popen(
            [sys.executable, program], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, bufsize=1
        )
        self.answers: Queue[str] = Queue()
        Thread(target=self._listen, daemon=True).start()
        sizes = game.shape if player == 0 else game.shape[::-1]
        rows = [
            [int(game.payoff(player, (a, b) if player == 0 else (b, a))) for b in range(sizes[1])]
            for a in range(sizes[0])
        ]
        self._say(json.dumps({"payoffs": rows, "seed": seed, "rule": rule}))

    def _listen(self) -> None:
        assert self.process.stdout is not None
        for line in self.process.stdout:
            self.answers.put(line)
        self.answers.put("")

    def _say(self, line: str) -> None:
        assert self.process.stdin is not None
        try:
            self.process.stdin.write(line + "\n")
        except OSError as error:
            raise LearnerLost(f"{self.name} has ended") from error

    def ask(self, other: int | None) -> None:
        self._say(json.dumps(other))

    def answer(self) -> int:
        try:
            line = self.answers.get(timeout=PATIENCE)
        except Empty:
            raise LearnerLost(f"{self.name} said nothing for {PATIENCE:g} s") from None
        if not line:
            raise LearnerLost(f"{self.name} has ended")
        return int(line)

    def end(self) -> None:
        self.process.kill()
        self.process.wait()
        for stream in (self.process.stdin, self.process.stdout):
            assert stream is not None
            with suppress(BrokenPipeError):  # what was still to be said to a process that has ended
                stream.close()


@contextmanager
def learners(game: Game, rules: Sequence[str]) -> Iterator[list[Learner]]:
    """Two processes, which are gone afterwards whatever happens."""
    started: list[Learner] = []
    try:
        for player, rule in enumerate(rules):
            started.append(Learner(game, player, rule, seed=player))
        yield started
    finally:
        for learner in started:
            learner.end()


def play(both: Sequence[Learner], rounds: int) -> list[tuple[int, ...]]:
    """What was played, round by round; each is told the other's action only when both have chosen."""
    history: list[tuple[int, ...]] = []
    for _ in range(rounds):
        for me, learner in enumerate(both):
            learner.ask(history[-1][1 - me] if history else None)
        history.append(tuple(learner.answer() for learner in both))
    return history


def average(game: Game, history: Sequence[tuple[int, ...]]) -> list[list[Fraction]]:
    """How often each player played each action, exactly."""
    return [
        [Fraction(sum(profile[player] == action for profile in history), len(history)) for action in range(size)]
        for player, size in enumerate(game.shape)
    ]


def regret(game: Game, player: int, history: Sequence[tuple[int, ...]]) -> Fraction:
    """What the best fixed action would have earned more in each round, on average."""

    def total(action: int | None) -> Fraction:
        paid = Fraction(0)
        for profile in history:
            mine = profile[player] if action is None else action
            paid += game.payoff(player, (mine, profile[1]) if player == 0 else (profile[0], mine))
        return paid / len(history)

    return max(map(total, range(game.shape[player]))) - total(None)


def judged(game: Game, rules: Sequence[str], rounds: int = ROUNDS) -> tuple[Verification, list[tuple[int, ...]]]:
    with learners(game, rules) as both:
        history = play(both, rounds)
    return verify_profile(game, average(game, history)), history


def gains(found: Verification) -> list[Fraction]:
    return [Fraction(response.gain) for response in found.responses]


@pytest.mark.parametrize("rules", [("regret", "regret"), ("regret", "reply"), ("reply", "reply")])
def test_nash_verified_live(rules):
    found, history = judged(ROSHAMBO, rules)
    assert sum(gains(found)) == sum(regret(ROSHAMBO, player, history) for player in range(2))
    assert found.epsilon == max(gains(found))
    if rules == ("regret", "regret"):
        assert float(sum(gains(found))) <= 2 * 2 * (math.sqrt(3) + 5.3) / math.sqrt(ROUNDS)
    assert found.epsilon < Fraction(1, 10)


def test_nash_live_deviator_detected():
    """Who always plays rock meets paper, and would gain 2 a round, nearly, by scissors."""
    found, history = judged(ROSHAMBO, ("stubborn", "regret"))
    assert found.deviation == (0, 2)
    papers = Fraction(sum(second == 1 for _, second in history), len(history))
    scissors = Fraction(sum(second == 2 for _, second in history), len(history))
    rocks = 1 - papers - scissors
    assert found.epsilon == (papers - rocks) - (scissors - papers)
    assert found.epsilon > Fraction(19, 10)


def test_players_who_meet_stay_where_they_met():
    _, history = judged(MEETING, ("reply", "reply"), 50)
    last = verify_profile(MEETING, history[-1])
    assert last.epsilon == 0
    assert last.kind == "strict"


def test_bidders_in_an_auction_are_judged_by_what_they_bid_on_average():
    domain = parse_domain({"kind": "single-item", "agents": 2, "values": "0..4"})
    game = induced_game(load(SubjectSpec("mechanisms.auctions.single_item:first_price"), domain), (4, 2))
    found, history = judged(game, ("regret", "regret"), 1500)
    marginals = average(game, history)
    for player in range(2):
        other = marginals[1 - player]
        worth = [
            sum(
                (
                    p * game.payoff(player, (mine, theirs) if player == 0 else (theirs, mine))
                    for theirs, p in enumerate(other)
                ),
                Fraction(0),
            )
            for mine in range(game.shape[player])
        ]
        earned = sum((p * u for p, u in zip(marginals[player], worth, strict=True)), Fraction(0))
        assert gains(found)[player] == max(worth) - earned
    assert found.epsilon < Fraction(1, 2)


def test_a_learner_that_is_killed_is_named_at_once_and_nothing_is_left_running():
    with learners(ROSHAMBO, ("regret", "regret")) as both:
        play(both, 10)
        both[1].process.kill()
        both[1].process.wait()
        with pytest.raises(LearnerLost, match="player 2 has ended"):
            play(both, 10)
    assert all(learner.process.poll() is not None for learner in both)
