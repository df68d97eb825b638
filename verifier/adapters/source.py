"""The source that a verdict is about: sha256 of the subject's module and of the modules of its package that it imports.

Found by reading import statements, without running anything, so that the list does not depend on what else the process
has loaded. The functions of its contracts count as the subject's, with their packages. A file outside these top-level
packages is not part of it (the versions block names libraries).
"""

from __future__ import annotations

import ast
import hashlib
import sys
from collections.abc import Collection, Iterable, Iterator
from pathlib import Path

from verifier.adapters.executable import is_program, program_digests
from verifier.spec import SubjectSpec


def source_digests(spec: SubjectSpec) -> dict[str, str]:
    """Relative path to sha256 for every file of the subject; empty where its module has no file (a REPL).

    Of a program in another language, the files that its command names.
    """
    if is_program(spec.call):
        return program_digests(spec.call, spec.root)
    named = [spec.call, *filter(None, [spec.hook]), *(function for pair in spec.contracts.items() for function in pair)]
    modules = list(dict.fromkeys(function.partition(":")[0] for function in named))
    root = root_of(modules[0]) or root_on_path(modules[0], spec.root)
    if root is None:
        return {}
    tops = {name.partition(".")[0] for name in modules}
    found = closure(modules, root, tops)
    return {path.relative_to(root).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest() for path in sorted(found)}


def closure(modules: Iterable[str], root: Path, tops: Collection[str], most: int | None = None) -> list[Path]:
    """Files of the modules and of those below `tops` that they import, by reading; it stops past `most` of them."""
    found: dict[Path, None] = {}
    waiting = [file for name in modules for file in (_file_of(name, root), *_parents(name, root))]
    while waiting and (most is None or len(found) <= most):
        path = waiting.pop()
        if path is None or path in found:
            continue
        found[path] = None
        for name in imported(path, root):
            if name.partition(".")[0] in tops:
                waiting += [_file_of(name, root), *_parents(name, root)]
    return list(found)


def module_file(spec: SubjectSpec) -> Path | None:
    """The file of the module that the subject is named in, loaded or not; None of a program and without a file."""
    if is_program(spec.call):
        return None
    module = spec.call.partition(":")[0]
    root = root_of(module) or root_on_path(module, spec.root)
    return None if root is None else _file_of(module, root)


def definition(call: str) -> tuple[Path, int | None] | None:
    """File and line of a loaded "module:attribute"; no line where its text does not define it, None without a file."""
    module, _, attribute = call.partition(":")
    root = root_of(module)
    path = root and _file_of(module, root)
    if path is None:
        return None
    line = None
    try:
        body = ast.parse(path.read_bytes()).body
    except (SyntaxError, ValueError, OSError):  # changed since it was loaded
        return path, None
    for name in attribute.split("."):
        node = next((one for one in reversed(body) if name in _defined(one)), None)
        if node is None:
            break
        line, body = node.lineno, getattr(node, "body", [])
    return path, line


def _defined(node: ast.stmt) -> list[str]:
    """The names that a statement gives a meaning to."""
    if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
        return [node.name]
    targets = node.targets if isinstance(node, ast.Assign) else [node.target] if isinstance(node, ast.AnnAssign) else []
    return [target.id for target in targets if isinstance(target, ast.Name)]


def root_of(module_name: str) -> Path | None:
    """The directory from which a loaded module was imported; None where it has no source file."""
    file = getattr(sys.modules.get(module_name), "__file__", None)
    return package_root(Path(file), module_name) if file and file.endswith(".py") else None


def root_on_path(module_name: str, root: str | None) -> Path | None:
    """The directory from which a module would be imported that only an isolated process has imported."""
    if module_name in sys.modules:
        return None
    for entry in (*sys.path, root or "."):
        folder = Path(entry).resolve()
        if _file_of(module_name, folder) is not None:
            return folder
    return None


def package_root(file: Path, module_name: str) -> Path:
    """The directory from which `module_name` was imported."""
    depth = module_name.count(".") + (1 if file.name == "__init__.py" else 0)
    return file.resolve().parents[depth]


def _file_of(name: str, root: Path) -> Path | None:
    path = root.joinpath(*name.split("."))
    for candidate in (path.with_suffix(".py"), path / "__init__.py"):
        if candidate.is_file():
            return candidate
    return None


def _parents(name: str, root: Path) -> Iterator[Path | None]:
    while "." in name:
        name = name.rpartition(".")[0]
        yield _file_of(name, root)


def imported(path: Path, root: Path) -> Iterator[str]:
    """Names of the modules that a file may import: `from a import b` may mean the module a.b."""
    relative = path.relative_to(root).with_suffix("")
    package = relative.parts[:-1]
    try:
        tree = ast.parse(path.read_bytes())
    except (SyntaxError, ValueError):  # imported by nobody, at least not in this Python
        return
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            base = package[: len(package) - node.level + 1] if node.level else ()
            prefix = ".".join((*base, *([node.module] if node.module else [])))
            yield prefix
            yield from (f"{prefix}.{alias.name}" for alias in node.names)
