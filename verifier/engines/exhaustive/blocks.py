"""The cases of each quantifier as tensors: a block is one case object whose numbers are arrays over the grid.

The margin of a property broadcasts over a block at once; `Site` translates one place of that array back into the
profiles that the case compares.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from itertools import combinations, permutations, product
from typing import Any, TypeAlias

import numpy as np

from verifier.domains import Domain, Ordinal, Share, Type, zeros
from verifier.engines.exhaustive.grid import OutcomeGrid
from verifier.properties import Property
from verifier.properties.cases import (
    AgentCase,
    AlternativeCase,
    Case,
    CoalitionCase,
    DeviationCase,
    FalseNameCase,
    IdlerCase,
    MenuCase,
    ObjectionCase,
    Over,
    PairCase,
    ProfileCase,
    RepeatCase,
    ReplacementCase,
    SwapCase,
    TransformCase,
    Vector,
    WithdrawalCase,
)
from verifier.tensor import Array, Tensor

Place: TypeAlias = tuple[int, ...]  # (n,) index of each agent's report
Select: TypeAlias = Callable[[Array], Array]


@dataclass(frozen=True, slots=True)
class GridRun:
    """The runs at many profiles: `select` picks or moves entries of a tensor over the grid."""

    grid: OutcomeGrid
    select: Select

    def consumption(self, agent: int) -> Vector:
        """(d,) tensors of what the agent gets."""
        return tuple(tensor.view(self.select(tensor.numerators)) for tensor in self.grid.consumptions[agent])

    def together(self, agent: int, other: int) -> Vector:
        """(d,) tensors of what somebody has who holds the shares of both."""
        return tuple(tensor.view(self.select(tensor.numerators)) for tensor in self.grid.together(agent, other))

    def payment(self, agent: int) -> Tensor:
        """Tensor of what the agent pays."""
        tensor = self.grid.payments[agent]
        return tensor.view(self.select(tensor.numerators))

    def slack(self) -> Tensor:
        """Tensor of the least feasibility slack."""
        return self.grid.slack.view(self.select(self.grid.slack.numerators))

    def valid(self) -> Array | None:
        """Where there is a feasible outcome; None for everywhere."""
        return None if self.grid.valid is None else self.select(self.grid.valid)


@dataclass(frozen=True, slots=True)
class Site:
    """One concrete case: agents, the profiles it compares as report indices, and what else it needs."""

    agents: tuple[int, ...]
    profiles: tuple[Place, ...]
    alternative: tuple[Share, ...] | None = None


@dataclass(frozen=True, slots=True)
class Block:
    """Cases of one row of the table, as one tensor-valued case.

    Attributes
    ----------
    row : agent that the row is about, None for no agent in particular
    case : runs and types are tensors that broadcast to the shape of the margin
    valid : which entries are cases with valid outcomes; None for all
    counted : which entries are cases at all; None for all
    rank : complexity added to every entry, for choosing the simplest witness
    site : from a place in the margin to the concrete case
    """

    row: int | None
    case: Case
    valid: Array | None
    site: Callable[[Place], Site]
    counted: Array | None = None
    rank: int = 0


def blocks(prop: Property, grid: OutcomeGrid) -> Iterator[Block]:
    """All cases of a property except repeats, which need a second grid."""
    return _BLOCKS[prop.over](grid) if prop.transform is None else _transforms(prop.transform, grid)


def _whole(array: Array) -> Array:
    return array


def _type_tensors(domain: Domain) -> tuple[tuple[Tensor, ...], ...]:
    """[agent][coordinate]: the agent's type along its own axis of the grid."""
    count = len(domain.agents)
    made = []
    for agent, types in enumerate(domain.types):
        shape = tuple(len(types) if axis == agent else 1 for axis in range(count))
        made.append(tuple(Tensor.of([type_[c] for type_ in types], shape) for c in range(domain.dimension)))
    return tuple(made)


def _profiles(grid: OutcomeGrid) -> Iterator[Block]:
    case = ProfileCase(_type_tensors(grid.domain), GridRun(grid, _whole))
    yield Block(None, case, grid.valid, lambda place: Site((), (place,)))


def _outcomes(grid: OutcomeGrid) -> Iterator[Block]:
    """As profiles, the infeasible ones included."""
    for block in _profiles(grid):
        yield replace(block, valid=grid.read)


def _agents(grid: OutcomeGrid) -> Iterator[Block]:
    types = _type_tensors(grid.domain)
    for agent in range(len(grid.domain.agents)):
        case = AgentCase(agent, types, GridRun(grid, _whole))
        yield Block(agent, case, grid.valid, lambda place, agent=agent: Site((agent,), (place,)))  # type: ignore[misc]


def _deviations(grid: OutcomeGrid) -> Iterator[Block]:
    """One block per agent and true type; along the agent's own axis the margin holds the deviations."""
    reports = _type_tensors(grid.domain)
    lie = GridRun(grid, _whole)
    for agent, types in enumerate(grid.domain.types):
        for index, type_ in enumerate(types):
            truth = _run_at(grid, {agent: index})
            case = DeviationCase(agent, type_, reports[agent], truth, lie)
            yield Block(agent, case, both(truth.valid(), grid.valid), _lie_site((agent,), {agent: index}), rank=index)


def _replacements(grid: OutcomeGrid) -> Iterator[Block]:
    """As deviations, with what happens to everybody."""
    reports, count, moved = _type_tensors(grid.domain), len(grid.shape), GridRun(grid, _whole)
    for agent, types in enumerate(grid.domain.types):
        for index, type_ in enumerate(types):
            run = _run_at(grid, {agent: index})
            case = ReplacementCase(agent, count, type_, reports[agent], run, moved)
            yield Block(agent, case, both(run.valid(), grid.valid), _lie_site((agent,), {agent: index}), rank=index)


def _coalitions(grid: OutcomeGrid) -> Iterator[Block]:
    """One block per pair of agents and their true types; along their axes the margin holds what they report."""
    domain, lie = grid.domain, GridRun(grid, _whole)
    for pair in combinations(range(len(domain.agents)), 2):
        for places in product(*(range(grid.shape[agent]) for agent in pair)):
            at = dict(zip(pair, places, strict=True))
            truth = _run_at(grid, at)
            first, second = (domain.types[agent][index] for agent, index in at.items())
            case = CoalitionCase(pair, (first, second), truth, lie)
            yield Block(None, case, both(truth.valid(), grid.valid), _lie_site(pair, at), rank=sum(places))


def _run_at(grid: OutcomeGrid, places: Mapping[int, int]) -> GridRun:
    """The runs at one place along some axes, which stay, and everything along the others."""
    axes = range(len(grid.shape))
    cut = tuple(slice(places[axis], places[axis] + 1) if axis in places else slice(None) for axis in axes)
    return GridRun(grid, lambda array: array[cut])


def _lie_site(agents: tuple[int, ...], truth: Mapping[int, int]) -> Callable[[Place], Site]:
    """The truth with its indices put into a place, and the place itself."""
    honest = _moved(truth)
    return lambda place: Site(agents, (honest(place), place))


def _moved(places: Mapping[int, int]) -> Callable[[Place], Place]:
    """Puts the given indices into a place."""
    return lambda place: tuple(places.get(axis, index) for axis, index in enumerate(place))


def _withdrawals(grid: OutcomeGrid) -> Iterator[Block]:
    """One block per agent that can report zero for everything; along its own axis lies what it reports otherwise."""
    types, count = _type_tensors(grid.domain), len(grid.shape)
    for agent, zero in zeros(grid.domain).items():
        absent = _run_at(grid, {agent: zero})
        case = WithdrawalCase(agent, count, types[agent], GridRun(grid, _whole), absent)
        yield Block(agent, case, both(grid.valid, absent.valid()), _withdrawal_site(agent, _moved({agent: zero})))


def _withdrawal_site(agent: int, gone: Callable[[Place], Place]) -> Callable[[Place], Site]:
    return lambda place: Site((agent,), (place, gone(place)))


def _false_names(grid: OutcomeGrid) -> Iterator[Block]:
    """One block per agent, second name and true type; the margin holds what is reported under the two names."""
    able, count, lie = zeros(grid.domain), len(grid.shape), GridRun(grid, _whole)
    for agent, name in permutations(range(count), 2):
        if name not in able:
            continue
        for index, type_ in enumerate(grid.domain.types[agent]):
            at = {agent: index, name: able[name]}
            truth = _run_at(grid, at)
            case = FalseNameCase(agent, name, type_, truth, lie)
            yield Block(agent, case, both(truth.valid(), grid.valid), _lie_site((agent, name), at), rank=index)


def _idlers(grid: OutcomeGrid) -> Iterator[Block]:
    """One block per agent that can report zero for everything and agent who might want what it gets for that."""
    types, count = _type_tensors(grid.domain), len(grid.shape)
    for agent, zero in zeros(grid.domain).items():
        run = _run_at(grid, {agent: zero})
        for other in [other for other in range(count) if other != agent]:
            case = IdlerCase(agent, other, types[other], run)
            yield Block(agent, case, run.valid(), _idler_site((agent, other), _moved({agent: zero})))


def _idler_site(agents: tuple[int, int], idle: Callable[[Place], Place]) -> Callable[[Place], Site]:
    return lambda place: Site(agents, (idle(place),))


def _menus(grid: OutcomeGrid) -> Iterator[Block]:
    """One block per agent, whose own axis has one place: all that it can report is compared there."""
    for agent, size in enumerate(grid.shape):
        runs = tuple(_run_at(grid, {agent: index}) for index in range(size))
        valid = functools.reduce(both, (run.valid() for run in runs))
        yield Block(agent, MenuCase(agent, runs), valid, _menu_site(agent, size), counted=_outbid(grid.domain, agent))


def _menu_site(agent: int, size: int) -> Callable[[Place], Site]:
    reports = [_moved({agent: index}) for index in range(size)]
    return lambda place: Site((agent,), tuple(put(place) for put in reports))


def _outbid(domain: Domain, agent: int) -> Array:
    """Where the largest amounts that the others report add up to less than the largest the agent can report."""
    own = max(max(type_) for type_ in domain.types[agent])
    total: Any = 0
    for axis, tensors in enumerate(_type_tensors(domain)):
        total = total + (functools.reduce(Tensor.larger, tensors) if axis != agent else 0)
    shape = tuple(1 if axis == agent else len(types) for axis, types in enumerate(domain.types))
    below: Array = np.broadcast_to((total - own + Tensor.of([0], (1,) * len(shape))).below(0), shape)
    return below


def _alternatives(grid: OutcomeGrid) -> Iterator[Block]:
    types, run = _type_tensors(grid.domain), GridRun(grid, _whole)
    for shares in grid.domain.alternatives():
        case = AlternativeCase(types, run, tuple(grid.domain.consumption(share) for share in shares))
        yield Block(None, case, grid.valid, lambda place, shares=shares: Site((), (place,), shares))  # type: ignore[misc]


def _objections(grid: OutcomeGrid) -> Iterator[Block]:
    """One block per objection that the domain knows."""
    domain, types, run = grid.domain, _type_tensors(grid.domain), GridRun(grid, _whole)
    for one in domain.objections() if isinstance(domain, Ordinal) else ():
        gets = tuple(domain.consumption(one.shares[agent]) for agent in one.agents)
        case = ObjectionCase(one.agents, tuple(types[agent] for agent in one.agents), run, gets, one.seat)
        yield Block(None, case, grid.valid, _objection_site(one.agents, one.shares))


def _objection_site(agents: tuple[int, ...], shares: tuple[Share, ...]) -> Callable[[Place], Site]:
    return lambda place: Site(agents, (place,), shares)


def _pairs(grid: OutcomeGrid) -> Iterator[Block]:
    types, run = _type_tensors(grid.domain), GridRun(grid, _whole)
    for pair in permutations(range(len(grid.domain.agents)), 2):
        case = PairCase(*pair, types, run)
        yield Block(pair[0], case, grid.valid, lambda place, pair=pair: Site(pair, (place,)))  # type: ignore[misc]


def _swaps(grid: OutcomeGrid) -> Iterator[Block]:
    """Exchanging the reports of two agents is exchanging their axes, on the types that both of them have."""
    count = len(grid.domain.agents)
    for first, second in combinations(range(count), 2):
        ours, theirs = grid.domain.types[first], grid.domain.types[second]
        shared = [(ours.index(type_), theirs.index(type_)) for type_ in ours if type_ in theirs]
        if not shared:
            continue
        places = [np.arange(size) for size in grid.shape]
        places[first], places[second] = np.array([a for a, _ in shared]), np.array([b for _, b in shared])
        corner = np.ix_(*places)
        run = GridRun(grid, lambda array, corner=corner: array[corner])  # type: ignore[misc]
        swapped = GridRun(grid, _exchange(corner, first, second))
        case = SwapCase(first, second, count, run, swapped)
        untied = ~tied(grid.domain)[corner]
        site = _swap_site(first, second, shared)
        yield Block(None, case, both(run.valid(), swapped.valid()), site, counted=untied)


def _exchange(corner: tuple[Array, ...], first: int, second: int) -> Select:
    return lambda array: array[corner].swapaxes(first, second)


def _swap_site(first: int, second: int, shared: list[tuple[int, int]]) -> Callable[[Place], Site]:
    def site(place: Place) -> Site:
        before, after = list(place), list(place)
        before[first], before[second] = shared[place[first]][0], shared[place[second]][1]
        after[first], after[second] = shared[place[second]][0], shared[place[first]][1]
        return Site((first, second), (tuple(before), tuple(after)))

    return site


def _transforms(transform: Callable[[Type], Type], grid: OutcomeGrid) -> Iterator[Block]:
    """One block: the part of the grid whose image lies on the grid, and that image."""
    befores, afters = [], []
    for types in grid.domain.types:
        kept = [(place, types.index(moved)) for place, moved in enumerate(map(transform, types)) if moved in types]
        if not kept:
            return
        befores.append(np.array([before for before, _ in kept]))
        afters.append(np.array([after for _, after in kept]))
    first, second = np.ix_(*befores), np.ix_(*afters)
    run, moved = GridRun(grid, lambda array: array[first]), GridRun(grid, lambda array: array[second])

    def site(place: Place) -> Site:
        pairs = [zip(indices, place, strict=True) for indices in (befores, afters)]
        before, after = (tuple(int(index[at]) for index, at in pair) for pair in pairs)
        return Site((), (before, after))

    case = TransformCase(len(grid.shape), run, moved)
    yield Block(None, case, both(run.valid(), moved.valid()), site)


def tied(domain: Domain) -> Array:
    """Boolean array over the grid: profiles at which two agents report an equal amount in some coordinate."""
    shape = tuple(len(types) for types in domain.types)
    result = np.zeros(shape, dtype=bool)
    for first, second in combinations(range(len(shape)), 2):
        meets = np.array([[bool(set(a) & set(b)) for b in domain.types[second]] for a in domain.types[first]])
        axes = [axis for axis in range(len(shape)) if axis not in (first, second)]
        result |= np.expand_dims(meets, tuple(axes))
    return result


def repeat_block(grid: OutcomeGrid, again: OutcomeGrid) -> Block:
    """The same profiles run a second time."""
    case = RepeatCase(len(grid.domain.agents), GridRun(grid, _whole), GridRun(again, _whole))
    return Block(None, case, both(grid.read, again.read), lambda place: Site((), (place, place)))


def both(first: Array | None, second: Array | None) -> Array | None:
    """The conjunction of two masks, None standing for "everywhere"."""
    if first is None or second is None:
        return first if second is None else second
    return first & second


_BLOCKS: dict[Over, Callable[[OutcomeGrid], Iterator[Block]]] = {
    Over.PROFILES: _profiles,
    Over.OUTCOMES: _outcomes,
    Over.AGENTS: _agents,
    Over.DEVIATIONS: _deviations,
    Over.COALITIONS: _coalitions,
    Over.WITHDRAWALS: _withdrawals,
    Over.FALSE_NAMES: _false_names,
    Over.IDLERS: _idlers,
    Over.MENUS: _menus,
    Over.ALTERNATIVES: _alternatives,
    Over.OBJECTIONS: _objections,
    Over.PAIRS: _pairs,
    Over.SWAPS: _swaps,
    Over.REPLACEMENTS: _replacements,
}
