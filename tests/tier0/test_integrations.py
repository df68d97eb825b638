"""Files for services: they parse, and call commands and options that exist."""

from __future__ import annotations

import shlex

import click
import pytest
import yaml
from click.testing import CliRunner

from verifier.cli import main
from verifier.commands.ci import FILES
from verifier.resources import specs_dir


def printed(service):
    result = CliRunner().invoke(main, ["ci", service])
    assert result.exit_code == 0, result.output
    return result.stdout


def commands(node):
    """The shell commands in a tree of YAML."""
    if isinstance(node, dict):
        for key, value in node.items():
            if key in ("run", "entry") and isinstance(value, str):
                yield shlex.split(value)
            elif key == "script":
                yield from map(shlex.split, value)
            else:
                yield from commands(value)
    elif isinstance(node, list):
        for value in node:
            yield from commands(value)


@pytest.mark.parametrize("service", FILES)
def test_a_file_calls_commands_and_options_that_exist(service):
    called = [words for words in commands(yaml.safe_load(printed(service))) if words[0] == "verify"]
    assert called
    for _, name, *words in called:
        command = main.commands[name]
        known = {option for each in command.params if isinstance(each, click.Option) for option in each.opts}
        assert {word for word in words if word.startswith("--")} <= known
        assert command.make_context(name, [word.replace("$FAIL_ON", "refuted") for word in words])


def test_what_is_called_besides_is_pip_alone():
    others = [
        words for service in FILES for words in commands(yaml.safe_load(printed(service))) if words[0] != "verify"
    ]
    assert others == [["python", "-m", "pip", "install", "$INSTALL"]]


def test_every_packaged_file_can_be_printed():
    folder = specs_dir() / "integrations"
    packaged = {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()}
    assert packaged == set(FILES.values())


def test_the_action_puts_inputs_into_no_script():
    """`${{ }}` inside a script would run what an input says."""
    action = yaml.safe_load(printed("github"))
    assert action["runs"]["using"] == "composite"
    assert all("${{" not in step["run"] and step["shell"] == "bash" for step in action["runs"]["steps"])


def test_the_hook_has_what_pre_commit_needs():
    (repo,) = yaml.safe_load(printed("pre-commit"))["repos"]
    (hook,) = repo["hooks"]
    assert repo["repo"] == "local"
    assert {"id", "name", "entry", "language"} <= hook.keys()


def test_another_service_is_refused_by_name():
    result = CliRunner().invoke(main, ["ci", "jenkins"])
    assert result.exit_code == 2
    assert "'github'" in result.stderr
