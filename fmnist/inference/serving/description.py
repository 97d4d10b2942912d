"""What the server offers, as an OpenAPI 3.1 description and as a page that needs no other server.

https://spec.openapis.org/oas/v3.1.1.html
"""

import html
import inspect
import string
from collections.abc import Mapping, Sequence
from importlib import resources
from typing import TYPE_CHECKING, Any

import msgspec

from fmnist import machine

from .messages import ModelAnswer, ModelQuery, Problem

if TYPE_CHECKING:
    from .application import Path

Schema = dict[str, Any]
REFERENCE = "#/components/schemas/{name}"


def openapi(paths: "Sequence[Path]", refused: Mapping[int, str]) -> Schema:
    """The description.

    Args:
        paths: all that are described.
        refused: what each status means that a request may be refused with.
    """
    answers = [Problem, *dict.fromkeys(path.answer for path in paths)]
    _, schemas = msgspec.json.schema_components(answers, ref_template=REFERENCE)
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "fmnist",
            "version": machine.version(),
            "summary": "Predictions of trained models for photos, drawings and images.",
        },
        "paths": {path.path: {path.method.lower(): _operation(path, refused)} for path in paths},
        "components": {"schemas": schemas},
    }


def _operation(path: "Path", refused: Mapping[int, str]) -> Schema:
    found: Schema = {
        "summary": path.title,
        "operationId": path.handler.__name__,
        "description": inspect.getdoc(path.handler),
        "parameters": [*_in_path(path.path), *(_in_query(path.query) if path.query else ())],
        "responses": {"200": _response("The answer.", path.answer)}
        | {str(status): _response(refused[status], Problem) for status in path.refused},
    }
    if path.path == "/health":
        found["responses"]["503"] = _response("It takes no more requests now.", path.answer)
    if path.body:
        content = {kind: {"schema": schema} for kind, schema in path.body.items()}
        found["requestBody"] = {"required": True, "content": content}
    return found


def _response(text: str, answer: type[msgspec.Struct]) -> Schema:
    schema = {"$ref": REFERENCE.format(name=answer.__name__)}
    return {"description": text, "content": {"application/json": {"schema": schema}}}


def _in_path(path: str) -> list[Schema]:
    names = [name for _, name, _, _ in string.Formatter().parse(path) if name]
    schema = {"type": "string"}
    return [
        {
            "name": name,
            "in": "path",
            "description": "A model's.",
            "required": True,
            "schema": schema,
        }
        for name in names
    ]


def _in_query(query: type[ModelQuery]) -> list[Schema]:
    _, schemas = msgspec.json.schema_components([query])
    found = []
    for name, schema in schemas[query.__name__]["properties"].items():
        rest = {key: value for key, value in schema.items() if key != "description"}
        about = schema.get("description", "")
        found.append({"name": name, "in": "query", "description": about, "schema": rest})
    return found


def page(spec: Schema, model: ModelAnswer, address: str) -> str:
    """The description as a page, with a form to try it.

    Args:
        spec: the OpenAPI description.
        model: the one that predicts by default.
        address: of the server, as the browser knows it.
    """
    template = resources.files(__package__).joinpath("page.html").read_text(encoding="utf-8")
    sections = [
        _section(method.upper(), path, operation)
        for path, operations in spec["paths"].items()
        for method, operation in operations.items()
    ]
    return string.Template(template).substitute(
        address=html.escape(address),
        version=html.escape(spec["info"]["version"]),
        model=html.escape(model.name),
        classes=html.escape(", ".join(model.classes)),
        sections="\n".join(sections),
    )


def _section(method: str, path: str, operation: Schema) -> str:
    bodies = operation.get("requestBody", {}).get("content", {})
    rows = [(each["name"], each.get("description", "")) for each in operation["parameters"]]
    rows += [("body", f"{', '.join(bodies)}")] if bodies else []
    rows += [(status, each["description"]) for status, each in operation["responses"].items()]
    cells = "".join(
        f"<tr><th scope=row>{html.escape(name)}</th><td>{html.escape(text)}</td></tr>"
        for name, text in rows
    )
    return (
        f"<section><h2><code>{method} {html.escape(path)}</code></h2>"
        f"<p>{html.escape(operation['summary'])}</p><table>{cells}</table></section>"
    )
