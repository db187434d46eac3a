"""The docstrings of message fields, read from the source by those who write documents, and by nobody else.

pydantic could read them too, while every program starts: a quarter of the time to import the messages.
"""

import ast
import inspect
import sys
from collections.abc import Iterable
from functools import cache
from inspect import cleandoc
from typing import Any

from pydantic import BaseModel


def field_docs(model: type[BaseModel]) -> dict[str, str]:
    """Return the docstring of each field that has one, those of base classes included."""
    found: dict[str, str] = {}
    for kind in reversed(model.__mro__):
        if issubclass(kind, BaseModel) and kind is not BaseModel:
            found |= _docs_in(kind.__module__).get(kind.__qualname__, {})
    return {name: text for name, text in found.items() if name in model.model_fields}


def describe(schema: dict[str, Any], models: Iterable[type[BaseModel]]) -> None:
    """Write the fields' docstrings into an object's JSON Schema, and into the definitions of its parts.

    `models` are the classes that may occur in it. The classes themselves are left as they are: what they
    were used for before must not show.
    """
    names: dict[str, type[BaseModel]] = {}
    for model in models:
        names[model.__name__] = model
        names[f"{model.__module__}.{model.__qualname__}".replace(".", "__")] = model
    for name, definition in [*schema.get("$defs", {}).items(), (schema.get("title", ""), schema)]:
        if name in names:
            for field, text in field_docs(names[name]).items():
                if field in definition.get("properties", {}):
                    definition["properties"][field]["description"] = text


@cache
def _docs_in(module: str) -> dict[str, dict[str, str]]:
    """Return the field docstrings of a module by class."""
    tree = ast.parse(inspect.getsource(sys.modules[module]))
    return {node.name: _docs_of(node) for node in tree.body if isinstance(node, ast.ClassDef)}


def _docs_of(kind: ast.ClassDef) -> dict[str, str]:
    found: dict[str, str] = {}
    for statement, after in zip(kind.body, kind.body[1:], strict=False):
        match statement, after:
            case (
                ast.AnnAssign(target=ast.Name(id=name)),
                ast.Expr(value=ast.Constant(value=str(text))),
            ):
                found[name] = cleandoc(text)
    return found
