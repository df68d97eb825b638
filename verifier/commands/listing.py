"""`verify list`: packaged claims, auctions and games, properties, kinds of domains and engines."""

from __future__ import annotations

import json
import tomllib
from collections.abc import Mapping

import click

_EPILOG = """\b
Examples:
  verify list
  verify list --json | jq '.properties[].name'
"""


@click.command("list", epilog=_EPILOG)
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document.")
def listing(as_json: bool) -> None:
    """List what there is: packaged claims, auctions and games, properties, kinds of domains, engines."""
    everything = contents()
    if as_json:
        click.echo(json.dumps(everything, indent=1))
        return
    width = max(len(item["name"]) for items in everything.values() for item in items)
    for heading, items in everything.items():
        click.echo(f"{heading}:")
        for item in items:
            click.echo(f"  {item['name']:<{width}}  {item['about']}".rstrip())
        click.echo()
    click.echo("verify run NAME runs a packaged claim or auction, verify game NAME solves a packaged game;")
    click.echo("verify explain NAME prints what a property means.")


def contents() -> Mapping[str, list[dict[str, str]]]:
    """Everything by heading, each with its name and what it is about."""
    from verifier.audit import ENGINES
    from verifier.commands.game_files import packaged_games
    from verifier.commands.selecting import packaged
    from verifier.domains import KINDS
    from verifier.domains.instances import catalogue
    from verifier.properties import PROPERTIES

    files = packaged("claims", "trusted")
    worked = {name: tomllib.loads(path.read_text(encoding="utf-8"))["title"] for name, path in catalogue().items()}
    games = {name: tomllib.loads(path.read_text(encoding="utf-8"))["title"] for name, path in packaged_games().items()}
    titles = {name: tomllib.loads(path.read_text(encoding="utf-8"))["title"] for name, path in files.items()}
    about = {name: (engine.__doc__ or "").strip().partition("\n")[0] for name, engine in ENGINES.items()}
    kinds = {name: (kind.__doc__ or "").strip().partition("\n")[0] for name, kind in KINDS.items()}
    return {
        "claims": [{"name": name, "about": title} for name, title in titles.items()],
        "auctions": [{"name": name, "about": title} for name, title in worked.items()],
        "games": [{"name": name, "about": title} for name, title in games.items()],
        "properties": [{"name": name, "about": item.statement} for name, item in PROPERTIES.items()],
        "domains": [{"name": name, "about": text} for name, text in kinds.items()],
        "engines": [{"name": name, "about": text} for name, text in about.items()],
    }
