"""`matching` 1.4.3, hospitals and residents: values become lists of those worth more than nothing, best first."""

from __future__ import annotations

from matching.games import HospitalResident

FIXED = {"0": {0: [1, 0], 1: [0, 1]}, "1": {0: [0, 1], 1: [1, 0]}}  # two rankings of those who do not report


def ranked(value):
    return [place for place in sorted((0, 1), key=lambda place: -value[place]) if value[place]]


def doctors_report(bids):
    return _matched({d: ranked(v) for d, v in enumerate(bids)}, FIXED["0"], of_clinics=False)


def clinics_report(bids):
    return _matched(FIXED["1"], {c: ranked(v) for c, v in enumerate(bids)}, of_clinics=True)


def _matched(doctors, clinics, *, of_clinics):
    doctors = {f"d{d}": [f"c{c}" for c in places if d in clinics[c]] for d, places in doctors.items()}
    clinics = {f"c{c}": [f"d{d}" for d in places if f"c{c}" in doctors[f"d{d}"]] for c, places in clinics.items()}
    doctors, clinics = ({name: list_ for name, list_ in one.items() if list_} for one in (doctors, clinics))
    game = HospitalResident.create_from_dictionaries(doctors, clinics, dict.fromkeys(clinics, 1))
    pairs = [(int(d.name[1]), int(c.name[1])) for c, matched in game.solve().items() for d in matched]
    gets = dict((c, d) if of_clinics else (d, c) for d, c in pairs)
    return [1 << gets[agent] if agent in gets else 0 for agent in (0, 1)], [0, 0]
