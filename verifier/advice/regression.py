"""A pytest that fails now and passes once the mechanism is mended. It depends on the mechanism and on nothing else.

Written for the properties of `PROPERTIES`, in domains with money, for mechanisms in Python that give one outcome. What
the claims file says of the mechanism, how it is made and called and how its results are read, becomes plain code.
"""

from __future__ import annotations

import os
import re
from collections.abc import Mapping, Sequence
from pathlib import Path

from verifier.adapters.executable import is_program
from verifier.calling import PLAIN
from verifier.domains import Domain, Share, Slots, Type, value
from verifier.errors import SpecError
from verifier.evidence import Witness
from verifier.exact import Money, show
from verifier.scope import setting_of
from verifier.spec import SubjectSpec

PROPERTIES = ("dsic", "ex-post-ir", "no-deficit", "no-positive-transfers", "feasible")
_READ = {  # from what lies at the declared place to shares
    "shares": "list(found)",
    "winner": "[int(found in (agent, name)) for agent, name in enumerate(NAMES)]",
    "winners": "[sum(one in (agent, name) for one in found) for agent, name in enumerate(NAMES)]",
    "by-agent": "[found.get(name, {nothing}) for name in NAMES]",
    "order": "[next((slot for slot, holder in enumerate(found) if holder in (agent, name)), None) "
    "for agent, name in enumerate(NAMES)]",
}
_PAID = {
    "per-agent": "list(paid)",
    "by-agent": "[paid.get(name, 0) for name in NAMES]",
    "winner-pays": "[paid if share else 0 for share in shares]",
    "unit-price": "[paid * share for share in shares]",
}
_AT = """\
def at(holder, step):
    return holder[step] if isinstance(holder, dict) else getattr(holder, step)
"""


def write_test(
    found: Sequence[tuple[str, str, Witness, Domain]], subject: SubjectSpec, folder: Path | None = None
) -> str:
    """The text of a test file.

    Parameters
    ----------
    found : property, a sentence on its violation, the witness and the domain of it, for each test
    subject : how the mechanism is made, called and read
    folder : where the file will lie; the mechanism's directory is written as seen from there

    Raises
    ------
    SpecError : no such test can be written, and why.
    """
    _refuse(found, subject)
    names = max((domain.agents for *_, domain in found), key=len)
    module, _, path = subject.call.partition(":")
    top = path.partition(".")[0]
    tests = [_test(*one, subject) for one in found]
    called = _run(subject, path, slots=isinstance(found[0][3], Slots))
    body = "\n\n\n".join([*([_AT.rstrip()] if " at(" in called else []), called, *tests])
    names_line = "" if "NAMES" not in body else f"NAMES = {list(names)!r}\n"
    needs = [text for text in ("Decimal", "Fraction") if f"{text}(" in body]
    imports = {"Decimal": "from decimal import Decimal\n", "Fraction": "from fractions import Fraction\n"}
    if subject.root is not None:
        away = os.path.relpath(subject.root, folder or Path())
        where = f"import sys\nfrom pathlib import Path\n\nsys.path.append(str(Path(__file__).parent / {away!r}))\n\n"
    else:
        where = ""
    numpy = "import numpy as np\n" if subject.bids == "numpy" else ""
    head = f'"""Properties that {subject.call} violates: each test fails until that is mended."""\n\n'
    return (
        head
        + "from __future__ import annotations\n\n"
        + "".join(imports[text] for text in needs)
        + numpy
        + where
        + f"from {module} import {top}{'  # noqa: E402' if where else ''}\n\n"
        + (f"{names_line}\n\n" if names_line else "\n")
        + body
        + "\n"
    )


def _refuse(found: Sequence[tuple[str, str, Witness, Domain]], subject: SubjectSpec) -> None:
    """Say why no test can be written, where that is so."""
    why = None
    returns = subject.returns
    domains = [domain for *_, domain in found]
    if not found:
        why = "nothing is refuted that a test could show"
    elif unknown := [name for name, *_ in found if name not in PROPERTIES]:
        why = f"{', '.join(unknown)} is not among {', '.join(PROPERTIES)}"
    elif is_program(subject.call):
        why = "it is a program in another language"
    elif subject.calling != PLAIN and (subject.calling.result != "direct" or subject.calling.step is not None):
        why = "it is called in several steps"
    elif any(domain.ordinal for domain in domains):
        why = "reports are rankings"
    elif any(domain.kind == "divisible" or setting_of(domain) != "money" for domain in domains):
        why = "shares are not among a few"
    elif returns.randomised:
        why = "its outcomes are lotteries"
    elif returns.allocation_as not in _READ or returns.payments_as not in _PAID:
        why = f"results are read as {returns.allocation_as} and {returns.payments_as}"
    elif subject.bids not in _OFFERED or subject.numbers not in _NUMBERS:
        why = f"bids are offered as {subject.bids}"
    elif any(domain.kind == "combinatorial" and name == "feasible" for name, _, _, domain in found):
        why = "feasibility of bundles has no test of a few lines"
    if why is not None:
        raise SpecError(f"no test is written: {why}")


def _run(subject: SubjectSpec, path: str, *, slots: bool) -> str:
    """The function from bids to shares and payments."""
    returns, calling = subject.returns, subject.calling
    arguments = "".join(f", {name}={_literal(written)}" for name, written in subject.arguments.items())
    lines = ["def outcome(bids):"]
    if subject.create:
        lines.append(f"    mechanism = {path}({arguments.removeprefix(', ')})")
        arguments = ""
    else:
        lines.append(f"    mechanism = {path}")
    if calling.reset is not None:
        lines.append(f"    mechanism.{calling.reset}()")
    if calling.each is not None:
        lines += ["    for name, bid in bids.items():", f"        mechanism.{calling.each}(name, bid)"]
        lines.append(f"    result = mechanism.{calling.then}({arguments.removeprefix(', ')})")
    else:
        called = "mechanism" if subject.method is None else f"mechanism.{subject.method}"
        spread = "*bids" if subject.bids == "arguments" else "bids"
        lines.append(f"    result = {called}({spread}{arguments})")
        if calling.then is not None:
            lines.append(f"    result = mechanism.{calling.then}()")
    nothing = "None" if slots else "0"
    lines.append(f"    found = {_step('result', returns.allocation)}")
    lines.append(f"    shares = {_READ[returns.allocation_as].format(nothing=nothing)}")
    lines.append(f"    paid = {_step('result', returns.payments)}")
    lines.append(f"    payments = {_PAID[returns.payments_as]}")
    lines.append("    return shares, [Fraction(one) for one in payments]  # exactly, whatever kind of number it is")
    return "\n".join(lines)


def _step(holder: str, path: str) -> str:
    """The walk along a path; a word may be a key or an attribute."""
    for step in [] if path == "." else path.split("."):
        holder = f"{holder}[{step}]" if step.isdecimal() else f"at({holder}, {step!r})"
    return holder


def _test(name: str, said: str, witness: Witness, domain: Domain, subject: SubjectSpec) -> str:
    """A test function."""
    title = "test_" + re.sub(r"\W+", "_", _TITLES[name].format(who=_who(witness, domain))).strip("_").lower()
    bids = [_bids(subject, domain, run.reports) for run in witness.runs]
    lines = [f"def {title}():", f'    """{said}"""'.replace(". ", ".\n    ")]
    if name in ("dsic", "ex-post-ir"):
        (agent,) = witness.agents
        lines.append(f"    worth = {_worths(domain, witness.runs[0].reports[agent])}  # of each share, to this agent")
        lines.append(f"    shares, payments = outcome({bids[0]})")
        lines.append(f"    truthful = worth[shares[{agent}]] - payments[{agent}]")
        if name == "ex-post-ir":
            lines.append("    assert truthful >= 0")
        else:
            lines.append(f"    shares, payments = outcome({bids[1]})")
            lines.append(f"    lying = worth[shares[{agent}]] - payments[{agent}]")
            lines.append("    assert truthful >= lying")
    else:
        lines.append(f"    shares, payments = outcome({bids[0]})")
        lines.append(f"    assert {_ASSERTED[name].format(supply=_supply(domain))}")
    return "\n".join(lines)


_TITLES = {
    "dsic": "{who} gains nothing by this lie",
    "ex-post-ir": "{who} loses nothing by taking part",
    "no-deficit": "the payments cover what is paid out",
    "no-positive-transfers": "nobody is paid",
    "feasible": "no more is given out than there is",
}
_ASSERTED = {
    "no-deficit": "sum(payments) >= 0",
    "no-positive-transfers": "min(payments) >= 0",
    "feasible": "{supply}",
}


def _who(witness: Witness, domain: Domain) -> str:
    return domain.agents[witness.agents[0]] if witness.agents else ""


def _supply(domain: Domain) -> str:
    """What feasibility says, in code."""
    if isinstance(domain, Slots):
        return "len({slot for slot in shares if slot is not None}) == sum(slot is not None for slot in shares)"
    units = domain.extra().get("items", 1)
    each = "" if domain.kind == "multi-unit" else " and all(share in (0, 1) for share in shares)"
    return f"min(shares) >= 0 and sum(shares) <= {units}{each}"


def _worths(domain: Domain, type_: Type) -> str:
    """What each share is worth to the agent, as a literal."""
    extra = domain.extra()
    shares: list[Share] = [0, 1]
    if isinstance(domain, Slots):
        shares = [None, *range(len(domain.click_rates))]
    elif isinstance(goods := extra.get("goods"), int):
        shares = list(range(2**goods))
    elif domain.kind == "multi-unit":
        shares = list(range(domain.dimension + 1))
    worths = (f"{share!r}: {_literal_money(value(type_, domain.consumption(share)))}" for share in shares)
    return "{" + ", ".join(worths) + "}"


def _bids(subject: SubjectSpec, domain: Domain, reports: Sequence[Type]) -> str:
    """The bids of a profile as the mechanism wants them, as a literal."""
    number = _NUMBERS[subject.numbers]
    bids = domain.bids(tuple(reports))
    told = [f"({', '.join(map(number, bid))},)" if isinstance(bid, tuple) else number(bid) for bid in bids]
    return _OFFERED[subject.bids](told, domain.agents)


_OFFERED = {
    "list": lambda told, names: f"[{', '.join(told)}]",
    "tuple": lambda told, names: f"({', '.join(told)},)",
    "arguments": lambda told, names: f"({', '.join(told)},)",
    "numpy": lambda told, names: f"np.array([{', '.join(told)}])",
    "dict": lambda told, names: (
        "{" + ", ".join(f"{name!r}: {bid}" for name, bid in zip(names, told, strict=True)) + "}"
    ),
}


def _literal_money(amount: Money) -> str:
    return str(amount.numerator) if amount.denominator == 1 else f'Fraction("{show(amount)}")'


def _decimal(amount: Money) -> str:
    from verifier.adapters.executable import decimal_text

    return f'Decimal("{decimal_text(amount)}")'


_NUMBERS = {"exact": _literal_money, "float": lambda amount: repr(float(amount)), "decimal": _decimal}


def _literal(written: object) -> str:
    """An argument of the claims file as a literal."""
    if isinstance(written, Mapping):
        if set(written) == {"money"}:
            return f'Fraction("{written["money"]}")'
        return "{" + ", ".join(f"{name!r}: {_literal(inner)}" for name, inner in written.items()) + "}"
    if isinstance(written, list | tuple):
        return "[" + ", ".join(map(_literal, written)) + "]"
    return repr(written)
