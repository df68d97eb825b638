"""`verify run`: claims files in, certificates and pages out."""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from verifier import certificate
from verifier.adapters import load
from verifier.audit import ENGINES, Finished, audit
from verifier.commands.progress import Talk
from verifier.errors import SpecError, SubjectError, nearest
from verifier.properties import PROPERTIES
from verifier.reporting import console, html, junit
from verifier.resources import specs_dir
from verifier.spec import Spec, load_spec

MET, MISSED, INCONCLUSIVE, NOTHING, INTERRUPTED = 0, 1, 3, 5, 130


@dataclass(frozen=True, slots=True)
class Settings:
    """The options of `verify run`."""

    output: Path
    as_json: bool
    junit: Path | None
    quiet: bool
    seed: int
    tiers: frozenset[int]
    fail_on: str
    budget: int


def run_claims(names: Sequence[str], settings: Settings) -> int:
    """Check every claim and write what was found; the exit code."""
    specs = [spec for path in _paths(names) if (spec := _loaded(path, settings.budget)).tier in _tiers(settings)]
    talk = Talk(quiet=settings.quiet)
    certificates: list[dict[str, object]] = []
    for spec in specs:
        finished = _audited(spec, settings, talk)
        certificates.append(finished.certificate)
        _write(finished, settings.output)
        if finished.certificate["interrupted"]:
            break
    if not certificates:
        talk.say("nothing to check: no claims file matches")
        return NOTHING
    _report(certificates, settings, talk)
    if certificates[-1]["interrupted"]:
        talk.say(f"interrupted; what was decided so far lies in {settings.output}")
        return INTERRUPTED
    return exit_code(certificates, settings.fail_on)


def exit_code(certificates: Sequence[Mapping[str, object]], fail_on: str) -> int:
    """The worst of all claims: met, inconclusive (weaker than required), or refuted and missed."""
    missed = [claim["verdict"] for one in certificates for claim in _claims(one) if not claim["met"]]
    if fail_on == "never" or not missed:
        return MET
    if all(verdict == "UNKNOWN" for verdict in missed):
        return MET if fail_on == "refuted" else INCONCLUSIVE
    return MISSED


def _claims(one: Mapping[str, object]) -> list[Mapping[str, object]]:
    claims = one["claims"]
    return claims if isinstance(claims, list) else []


def _tiers(settings: Settings) -> frozenset[int]:
    return settings.tiers or frozenset((0, 1, 2))


def _paths(names: Sequence[str]) -> list[Path]:
    """The claims files that the arguments name, in order, each once."""
    packaged = specs_dir() / "claims"
    if not names:
        return sorted(packaged.glob("*.toml"))
    found: dict[Path, None] = {}
    for name in names:
        path = Path(name)
        if path.is_dir():
            inside = sorted(path.glob("*.toml"))
            if not inside:
                raise SpecError("the directory holds no claims file (*.toml)", name)
            found.update(dict.fromkeys(inside))
        elif path.exists() or path.suffix == ".toml":
            found[path] = None
        elif (packaged / f"{name}.toml").is_file():
            found[packaged / f"{name}.toml"] = None
        else:
            known = [file.stem for file in packaged.glob("*.toml")]
            raise SpecError(f"{name!r} is neither a file nor a packaged claims file{nearest(name, known)}")
    return list(found)


def _loaded(path: Path, budget: int) -> Spec:
    """The spec, its subject importable: every mistake shows before anything runs."""
    spec = load_spec(path, properties=PROPERTIES, engines=ENGINES, budget=budget)
    try:
        load(spec.subject, spec.domain)
    except SubjectError as error:
        from verifier.toml_lines import line_of

        line = line_of(path.read_text(encoding="utf-8"), ("subject", "call"))
        raise SpecError(str(error), str(path), line) from error
    return spec


def _audited(spec: Spec, settings: Settings, talk: Talk) -> Finished:
    """The end of one audit, its events shown on the way."""
    with talk.about(spec) as show:
        for event in audit(spec, budget=settings.budget, seed=settings.seed):
            show(event)
            if isinstance(event, Finished):
                return event
    raise AssertionError("an audit ends with a certificate")


def _write(finished: Finished, output: Path) -> None:
    name = str(finished.certificate["name"])
    certificate.write(finished.certificate, output / f"{name}.json")
    (output / f"{name}.html").write_text(html.page(finished.certificate, finished.curves), encoding="utf-8")


def _report(certificates: list[dict[str, object]], settings: Settings, talk: Talk) -> None:
    index = settings.output / "index.html"
    index.write_text(html.index(certificates), encoding="utf-8")
    if settings.junit is not None:
        settings.junit.parent.mkdir(parents=True, exist_ok=True)
        places = {str(one["name"]): str(settings.output / f"{one['name']}.json") for one in certificates}
        settings.junit.write_text(junit.document(certificates, places), encoding="utf-8")
    if settings.as_json:
        json.dump({"certificates": certificates}, sys.stdout, sort_keys=True, indent=1)
        sys.stdout.write("\n")
    elif not settings.quiet:
        console.summary(certificates, sys.stdout)
        for one in certificates:
            for claim in _claims(one):
                if claim["witness"] is not None and not claim["met"]:
                    talk.say(f"replay: verify replay {settings.output / str(one['name'])}.json#{claim['id']}")
        sys.stdout.write(f"HTML index: {index}\n")
