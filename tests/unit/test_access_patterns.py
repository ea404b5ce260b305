"""The tables of items and access patterns in docs/architecture.md are what the code does.

The stores are read as syntax trees: which calls of DynamoDB each public function makes, with which
consistency, and of which words their keys are made.
"""

import ast
import re
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

import pytest

from tests.template.stack import Template, load

ROOT = Path(__file__).parents[2]
DOCUMENT = (ROOT / "docs" / "architecture.md").read_text(encoding="utf-8")
PACKAGE = ROOT / "layers" / "assent" / "python" / "assent"
STORES = {
    ".".join(path.relative_to(PACKAGE).with_suffix("").parts): path
    for path in sorted(PACKAGE.rglob("store.py"))
}

_ON_RECORDS = {
    "save": "PutItem",
    "update": "UpdateItem",
    "delete": "DeleteItem",
    "query": "Query",
    "count": "Query",
    "batch_get": "BatchGetItem",
    "batch_write": "BatchWriteItem",
    "scan": "Scan",
    "rate_limited_scan": "Scan",
}
_HELPERS = {
    "get": "GetItem",
    "get_parts": "GetItem",
    "count": "Query",
    "query_parts": "Query",
    "along": "Query",
    "batch_get_parts": "BatchGetItem",
    "changed": "UpdateItem",
    "insert_all": "BatchExecuteStatement",
}
_IN_TRANSACTIONS = {"put", "update", "delete", "check", "commit", "insist"}
_READS = {"GetItem", "Query", "BatchGetItem", "Scan"}
# "2 W", "0.5 R per 4 KB", "1 W; 2 R when …"
_UNITS = re.compile(r"\d+(?:\.\d)? [RW](?: [^;]+)?(?:; \d+(?:\.\d)? [RW](?: [^;]+)?)*")


@dataclass(frozen=True)
class Use:
    """What a function does with DynamoDB."""

    operations: frozenset[str] = frozenset()
    consistency: frozenset[str] = frozenset()

    def __or__(self, other: "Use") -> "Use":
        return Use(self.operations | other.operations, self.consistency | other.consistency)


@dataclass
class Store:
    """One store module: its functions with their use of DynamoDB, and the words in its strings."""

    tree: ast.Module
    uses: dict[str, Use] = field(init=False)

    def __post_init__(self) -> None:
        functions = {one.name: one for one in self.tree.body if isinstance(one, ast.FunctionDef)}
        own = {name: _own_use(function) for name, function in functions.items()}
        calls = {name: _called(function) & own.keys() for name, function in functions.items()}
        self.uses = {name: _whole_use(name, own, calls) for name in functions}

    def public(self) -> dict[str, Use]:
        """Return the functions that others call and that reach DynamoDB."""
        return {n: use for n, use in self.uses.items() if use.operations and n[0] != "_"}

    def records(self) -> Iterator[tuple[str, str, str]]:
        """Yield each record class: its name, its table, and the keys that its docstring gives."""
        for one in self.tree.body:
            if isinstance(one, ast.ClassDef) and [ast.unparse(b) for b in one.bases] == ["Record"]:
                text = ast.unparse(one)
                table = re.search(r"table_name = '(\w+)_table'", text)
                yield one.name, table[1] if table else "", ast.get_docstring(one) or ""

    def words(self) -> set[str]:
        """Return the words of all strings that are no docstrings."""
        strings = {
            id(node): node.value
            for node in ast.walk(self.tree)
            if isinstance(node, ast.Constant) and isinstance(node.value, str)
        }
        for node in ast.walk(self.tree):
            if isinstance(node, ast.Expr):  # a docstring stands alone
                strings.pop(id(node.value), None)
        return {word for text in strings.values() for word in _words(text)}


def _words(text: str) -> list[str]:
    return re.findall(r"[a-z][a-z-]*[a-z]|[a-z]", text)


def _whole_use(name: str, own: Mapping[str, Use], calls: Mapping[str, set[str]]) -> Use:
    reached, waiting = set[str](), {name}
    while waiting:
        reached |= waiting
        waiting = {callee for one in waiting for callee in calls[one]} - reached
    use = Use()
    for one in reached:
        use |= own[one]
    return use


def _called(function: ast.FunctionDef) -> set[str]:
    return {
        node.func.id
        for node in ast.walk(function)
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name)
    }


def _own_use(function: ast.FunctionDef) -> Use:
    use = Use()
    for node in ast.walk(function):
        operation = _operation(node) if isinstance(node, ast.Call) else ""
        if isinstance(node, ast.Call) and operation:
            read = {_consistency(node)} if operation in _READS else set[str]()
            use |= Use(frozenset({operation}), frozenset(read))
    return use


def _operation(call: ast.Call) -> str:
    """Name the DynamoDB operation of a call, or nothing."""
    if isinstance(call.func, ast.Name):
        return _HELPERS.get(call.func.id, "")
    if not isinstance(call.func, ast.Attribute):
        return ""
    receiver = ast.unparse(call.func.value)
    if receiver == "transaction":
        return "TransactWriteItems" if call.func.attr in _IN_TRANSACTIONS else ""
    if receiver == "batch" or re.fullmatch(r"\w+Record\.\w+", receiver):
        return ""  # part of a batch that is counted already; an action on an attribute
    return _ON_RECORDS.get(call.func.attr, "")


def _consistency(call: ast.Call) -> str:
    for keyword in call.keywords:
        if keyword.arg in ("consistent", "consistent_read"):
            constant = isinstance(keyword.value, ast.Constant)
            return "strong" if constant else "either"
    return "eventual"


@cache
def stores() -> dict[str, Store]:
    return {name: Store(ast.parse(path.read_text("utf-8"))) for name, path in STORES.items()}


def rows(document: str, heading: str) -> list[dict[str, str]]:
    """Read the Markdown table below a heading; cells lose their back quotes."""
    section = document.partition(f"\n## {heading}\n")[2].partition("\n## ")[0]
    lines = [line for line in section.splitlines() if line.startswith("|")]
    cells = [[cell.strip() for cell in line.strip("|").split("|")] for line in lines]
    if len(cells) < 3:
        return []
    return [dict(zip(cells[0], row, strict=True)) for row in cells[2:]]


def items(document: str = DOCUMENT) -> list[dict[str, str]]:
    return rows(document, "Tables and items")


def patterns(document: str = DOCUMENT) -> list[dict[str, str]]:
    return rows(document, "Access patterns")


def tables(template: Template) -> dict[str, set[str]]:
    """Return the tables of the template with the indexes of each."""
    found = {}
    for resource in template["Resources"].values():
        if resource["Type"] == "AWS::DynamoDB::Table":
            held = resource["Properties"]
            indexes = (
                *held.get("GlobalSecondaryIndexes", ()),
                *held.get("LocalSecondaryIndexes", ()),
            )
            name = held["TableName"]["Fn::Sub"].rpartition("-")[2]
            found[name] = {index["IndexName"] for index in indexes}
    return found


def complaints(document: str, template: Template) -> list[str]:
    """Say everything in which the document, the template and the code differ."""
    return [
        *_about_tables(document, tables(template)),
        *_about_items(document),
        *_about_functions(document),
        *_about_cells(document, tables(template)),
    ]


def _about_tables(document: str, known: Mapping[str, set[str]]) -> Iterator[str]:
    for heading, found in (("items", items(document)), ("patterns", patterns(document))):
        named = {row["table"].strip("`") for row in found}
        yield from (f"{heading}: no row for table {name}" for name in sorted(known.keys() - named))
        yield from (f"{heading}: no such table {name}" for name in sorted(named - known.keys()))


def _about_items(document: str) -> Iterator[str]:
    documented = Counter(row["record"].strip("`") for row in items(document))
    by_name = {row["record"].strip("`"): row for row in items(document)}
    for slice_name, store in stores().items():
        for record, table, keys in store.records():
            if documented[record] != 1:
                yield f"items: {slice_name}.{record} has {documented[record]} rows"
                continue
            row = by_name.pop(record)
            if row["table"].strip("`") != table:
                yield f"items: {record} is in {table}, not in {row['table']}"
            shapes = re.findall(r"`([^`]+)`", f"{row['pk']} {row['sk']}")
            yield from (f"items: {record} has no key {s}" for s in shapes if f"`{s}`" not in keys)
            literal = {word for shape in shapes for word in _words(re.sub(r"<[^>]*>", " ", shape))}
            unknown = sorted(literal - store.words())
            yield from (f"items: no key of {record} holds {word!r}" for word in unknown)
    yield from (f"items: there is no {record}" for record in sorted(by_name))


def _about_functions(document: str) -> Iterator[str]:
    documented = Counter(row["code"].strip("`") for row in patterns(document))
    used = {
        f"{module}.{name}": use
        for module, store in stores().items()
        for name, use in store.public().items()
    }
    for name in sorted(used.keys() | documented.keys()):
        if name not in used:
            yield f"patterns: {name} does nothing with DynamoDB, or is not there"
        elif documented[name] != 1:
            yield f"patterns: {name} has {documented[name]} rows"
    for row in patterns(document):
        use = used.get(row["code"].strip("`"), Use())
        wanted = " + ".join(sorted(use.operations))
        if row["operation"] != wanted:
            yield f"patterns: {row['code']} does {wanted}"
        reads = " + ".join(sorted(use.consistency)) or "—"
        if row["consistency"] != reads:
            yield f"patterns: {row['code']} reads {reads}"


def _about_cells(document: str, known: Mapping[str, set[str]]) -> Iterator[str]:
    shapes = {re.sub(r"[`\s]", "", row["pk"]) for row in items(document)}
    for row in patterns(document):
        code = row["code"]
        if "Scan" in row["operation"]:
            yield f"patterns: {code} scans"
        index = row["index"].strip("`")
        if index != "none" and index not in known.get(row["table"].strip("`"), set()):
            yield f"patterns: {code} names an index that is not there"
        if not _UNITS.fullmatch(row["units"]):
            yield f"patterns: the units of {code} cannot be read"
        used = re.findall(r"`([^`]+)`", row["key"])
        if not used or not shapes.issuperset(used):
            yield f"patterns: {code} uses a key that no item has"


@pytest.fixture(scope="module")
def template() -> Template:
    return load()


def test_every_item_and_every_access_pattern_is_documented(template: Template) -> None:
    assert complaints(DOCUMENT, template) == []


def test_nothing_is_scanned() -> None:
    found = [
        path for path in PACKAGE.rglob("*.py") if re.search(r"scan\(", path.read_text("utf-8"))
    ]
    assert found == []


def test_only_stores_speak_to_dynamodb() -> None:
    allowed = {
        *STORES.values(),
        PACKAGE / "platform" / "tables.py",
        PACKAGE / "platform" / "inserts.py",
        PACKAGE / "platform" / "parts.py",
    }
    speaking = re.compile(r"\bpynamodb\b|[\"']dynamodb[\"']")
    found = {path for path in PACKAGE.rglob("*.py") if speaking.search(path.read_text("utf-8"))}
    assert found <= allowed


_A_ROW = next(line for line in DOCUMENT.splitlines() if "`consent.store.opt_out`" in line)
_AN_ITEM = next(line for line in DOCUMENT.splitlines() if "| `OptOutRecord` |" in line)


@pytest.mark.parametrize(
    ("line", "written", "complaint"),
    [
        (_A_ROW, "", "patterns: consent.store.opt_out has 0 rows"),
        (_A_ROW, f"{_A_ROW}\n{_A_ROW}", "patterns: consent.store.opt_out has 2 rows"),
        (_A_ROW, _A_ROW.replace("strong", "eventual"), "opt_out` reads strong"),
        (_A_ROW, _A_ROW.replace("GetItem", "Scan"), "opt_out` scans"),
        (_A_ROW, _A_ROW.replace("none", "by_time"), "names an index that is not there"),
        (_A_ROW, _A_ROW.replace("store.opt_out", "store.opted"), "opted does nothing"),
        (_A_ROW, _A_ROW.replace("1 R", "cheap"), "cannot be read"),
        (_AN_ITEM, "", "OptOutRecord has 0 rows"),
        (_AN_ITEM, _AN_ITEM.replace("`optout`", "`quit`"), "no key of OptOutRecord holds 'quit'"),
        (_AN_ITEM, _AN_ITEM.replace("| `consent` |", "| `ledger` |"), "is in consent, not in"),
    ],
)
def test_a_mistake_in_the_document_is_found(
    line: str, written: str, complaint: str, template: Template
) -> None:
    spoiled = DOCUMENT.replace(line + "\n", written + "\n" if written else "")
    assert spoiled != DOCUMENT
    assert any(complaint in found for found in complaints(spoiled, template))


def test_a_table_without_a_pattern_is_found(template: Template) -> None:
    late = {"Type": "AWS::DynamoDB::Table", "Properties": {"TableName": {"Fn::Sub": "a-late"}}}
    added: Template = {"Resources": {**template["Resources"], "Late": late}}
    assert "patterns: no row for table late" in complaints(DOCUMENT, added)


def test_a_scan_in_a_store_is_found() -> None:
    store = Store(ast.parse("def all() -> None:\n    ThingRecord.scan()\n"))
    assert store.public()["all"].operations == {"Scan"}


def test_what_a_private_helper_does_counts_for_its_callers() -> None:
    code = (
        "def one():\n    return _read()\ndef _read():\n    return get(A, 1, 2, consistent=True)\n"
    )
    assert Store(ast.parse(code)).public() == {
        "one": Use(frozenset({"GetItem"}), frozenset({"strong"}))
    }
