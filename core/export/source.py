"""The code of a class of our own, bare enough to be read in somebody's program."""

from __future__ import annotations

import ast
from functools import cache
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).resolve().parents[2]


class Source(NamedTuple):
    """A class as code, without docstrings and annotations; the imports that it needs beside torch and nn."""

    code: str
    imports: tuple[str, ...]
    imports_from: tuple[str, ...]


@cache
def source_of(path: str) -> Source:
    """The class at the dotted `path` in this program; its file is read, and nothing of it is run."""
    module, _dot, name = path.rpartition(".")
    tree = ast.parse(ROOT.joinpath(*module.split(".")).with_suffix(".py").read_text("utf-8"))
    (found,) = (node for node in tree.body if isinstance(node, ast.ClassDef) and node.name == name)
    bare = _Bare().visit(found)
    used = {node.id for node in ast.walk(bare) if isinstance(node, ast.Name)} - {"torch", "nn"}
    plain = [_needed(node, used) for node in tree.body if isinstance(node, ast.Import)]
    parts = [_needed(node, used) for node in tree.body if isinstance(node, ast.ImportFrom)]
    return Source(ast.unparse(bare), tuple(filter(None, plain)), tuple(filter(None, parts)))


@cache
def functions_of(module: str, names: tuple[str, ...]) -> str:
    """Functions of a module of this program as code, bare in the same way."""
    tree = ast.parse(ROOT.joinpath(*module.split(".")).with_suffix(".py").read_text("utf-8"))
    found = {node.name: node for node in tree.body if isinstance(node, ast.FunctionDef)}
    return "\n\n\n".join(ast.unparse(_Bare().visit(found[name])) for name in names)


def _needed(node: ast.Import | ast.ImportFrom, used: set[str]) -> str:
    """The import of those names alone that are used; empty for none."""
    node.names = [alias for alias in node.names if (alias.asname or alias.name) in used]
    return ast.unparse(node) if node.names else ""


class _Bare(ast.NodeTransformer):
    """Takes away what helps a type checker and a reader of our own code."""

    def visit_ClassDef(self, node: ast.ClassDef) -> ast.AST:  # ast's own name
        node.body = _without_docstring(node.body)
        return self.generic_visit(node)

    def visit_FunctionDef(self, node: ast.FunctionDef) -> ast.AST:
        node.returns = None
        node.body = _without_docstring(node.body)
        return self.generic_visit(node)

    def visit_AnnAssign(self, node: ast.AnnAssign) -> ast.AST:
        assert node.value is not None
        return ast.copy_location(ast.Assign([node.target], node.value), node)

    def visit_arg(self, node: ast.arg) -> ast.AST:
        node.annotation = None
        return node


def _without_docstring(body: list[ast.stmt]) -> list[ast.stmt]:
    first = body[0]
    documented = isinstance(first, ast.Expr) and isinstance(first.value, ast.Constant)
    return body[1:] if documented else body
