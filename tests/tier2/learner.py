"""A player of a repeated game in a process of its own: JSON lines in, one action per line out. Standard library alone.

The first line gives {"payoffs": rows by own action, columns by the other's, "seed": number, "rule": name}. Every other
line is the action that the other played last, null at first; the answer is the action that is played next.

Rules   regret     regret matching: actions in proportion to what they would have earned more so far (Hart and
                   Mas-Colell 2000)
        reply      the best reply to all that the other has played (fictitious play, Brown 1951)
        stubborn   always the first action
"""

from __future__ import annotations

import json
import random
import sys


def main() -> None:
    told = json.loads(sys.stdin.readline())
    payoffs, dice = told["payoffs"], random.Random(told["seed"])
    actions = range(len(payoffs))
    regrets, earned, mine = [0] * len(payoffs), [0] * len(payoffs), 0
    for line in sys.stdin:
        other = json.loads(line)
        if other is not None:
            for action in actions:
                earned[action] += payoffs[action][other]
                regrets[action] += payoffs[action][other] - payoffs[mine][other]
        if told["rule"] == "regret":
            weights = [max(regret, 0) for regret in regrets]
            mine = dice.choices(actions, weights if any(weights) else None)[0]
        elif told["rule"] == "reply":
            mine = earned.index(max(earned))
        print(mine, flush=True)


if __name__ == "__main__":
    main()
