"""dbt in this process: build the models of one selector, and say what came of it."""

from __future__ import annotations

import hashlib
import json
import os
import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field, replace
from graphlib import TopologicalSorter
from pathlib import Path
from typing import Any

from warehouse.database import connect, count_rows, memory_limit
from warehouse.dbt_log import DbtLog
from warehouse.errors import UserFacingError
from warehouse.home import WorkingFile
from warehouse.meta import Check
from warehouse.parsed_project import borrow, lend

REPOSITORY = Path(__file__).resolve().parent.parent
PROJECT_FOLDER = REPOSITORY / "dbt_project"

# What a console shows is ours to say; dbt's own words go to a log file that we keep (DbtLog).
_QUIET = ("--quiet", "--no-use-colors", "--log-level", "none", "--log-level-file", "none")
# What of a node's yml decides how it is built or tested.
_DECIDING = ("config", "columns", "description", "test_metadata")
COMPUTED_FROM = "computed_from"  # tells dbt's documentation what computations read; makes no table
# dbt would write its whole project as JSON with every command; only its documentation reads that.
_NO_ARTIFACTS = "--no-write-json"
# A unit test brings its rows with it: no data can change what it finds. It runs when code is tested (`try_rules`).
_NO_UNIT_TESTS = ("--exclude-resource-type", "unit_test")
_PARSING_MEMORY = "1GB"  # asked for, never used
_USED = re.compile(r"""\bvar\(\s*["'](\w+)["']""")
_COMMENT_OR_TEXT = re.compile(
    r"""'(?:[^']|'')*'|"(?:[^"]|"")*"|--[^\n]*|/\*.*?\*/|\{#.*?#\}""", re.DOTALL
)
_TELEMETRY_OFF = {"DBT_SEND_ANONYMOUS_USAGE_STATS": "false", "DO_NOT_TRACK": "1"}


@dataclass(frozen=True)
class NodeError:
    """A model, seed or test that could not be run: its name, the database's words, its SQL."""

    name: str
    message: str
    compiled_path: Path | None

    def as_error(self, log: Path) -> UserFacingError:
        """The error as the user sees it."""
        lines = [line.strip() for line in self.message.splitlines() if line.strip()]
        where = [f"SQL as run: {self.compiled_path}"] if self.compiled_path else []
        return UserFacingError(
            "\n".join([f"dbt could not build {self.name}:", *lines[:6], *where]),
            remedy=f"Correct the model or its input and run again; dbt's own log is {log}.",
        )


@dataclass(frozen=True)
class DbtReport:
    """What one build made: rows by relation (``schema.name``), test results, errors."""

    selector: str
    rows: Mapping[str, int]
    checks: tuple[Check, ...]
    errors: tuple[NodeError, ...]


@dataclass(frozen=True)
class Node:
    """A model, seed or data test that a selector builds.

    name: dbt's unique id.  label: its short name.  table: what it makes, with schema (a test: nothing).
    reads: tables, with schema.  parts: checksums of its code, its settings and the variables it takes.
    """

    name: str
    label: str
    table: str
    reads: tuple[str, ...]
    parts: Mapping[str, str]

    @classmethod
    def of(cls, known: Mapping[str, Any]) -> Node:
        """As JSON keeps it."""
        return cls(
            known["name"],
            known["label"],
            known["table"],
            tuple(known["reads"]),
            dict(known["parts"]),
        )


@dataclass
class DbtProject:
    """The dbt project bound to one working file, its edition and year.

    variables: dbt vars.  target: folder of dbt's compiled SQL and logs.  own: folder of the user's models.
    The parsed manifest and the checksum of its files are kept, so only the first build of a process pays for them.
    """

    working: WorkingFile
    variables: Mapping[str, Any]
    target: Path
    folder: Path = PROJECT_FOLDER
    own: Path | None = None
    _manifest: Any = field(default=None, init=False, repr=False)
    _tree: str | None = field(default=None, init=False, repr=False)

    @property
    def log(self) -> Path:
        """dbt's own log file."""
        return self.target / "dbt.log"

    def build(self, selector: str, nodes: Collection[str] | None = None) -> DbtReport:
        """Build the seeds, models and data tests of a selector, or those of its nodes that are named.

        nodes: unique ids, tests among them (None: all).  Test failures and database errors are in the report.
        Raises UserFacingError when dbt cannot start, or when there is nothing to build.
        """
        every = {node.name: node.label for node in self.outline([selector])[selector]}
        chosen = set(every) if nodes is None else set(every) & set(nodes)
        if len(chosen) == len(every):
            asked = ["--selector", selector, *_NO_UNIT_TESTS]
        else:
            # Names of nodes are unique; what hangs on them is named, too.
            names = sorted(every[name] for name in chosen)
            asked = ["--select", *names, "--indirect-selection", "empty"]
        outcome = self._invoke("build", *asked)
        results = list(outcome.result.results) if outcome.result else []
        if outcome.exception or not results:
            raise self._unstarted(selector, outcome)
        checks = tuple(
            _check(selector, result, self._examples(result))
            for result in results
            if _is_test(result.node)
        )
        errors = tuple(
            self._error(result)
            for result in results
            if str(result.status) in ("error", "runtime error")
        )
        return DbtReport(selector, self._rows(results), checks, errors)

    def try_rules(self, selectors: Sequence[str]) -> tuple[Check, ...]:
        """Run the unit tests of the models of some selectors, which must have been built.

        Raises UserFacingError when dbt cannot start, or when they have no unit test.
        """
        built = {node.name for nodes in self.outline(selectors).values() for node in nodes}
        tests = self._parsed().unit_tests.values()
        chosen = sorted(test.name for test in tests if _parents(test) & built)
        outcome = self._invoke("test", "--select", *(chosen or ["test_type:unit"]))
        results = list(outcome.result.results) if outcome.result else []
        if outcome.exception or not results:
            raise self._unstarted("test_type:unit", outcome)
        return tuple(_check("unit tests", result, "") for result in results)

    def outline(self, selectors: Sequence[str]) -> dict[str, tuple[Node, ...]]:
        """What each selector builds, parents first: what every node is made from and which table it makes.

        Remembered beside dbt's target as long as no file of the project changes, since asking
        dbt takes seconds.
        """
        memory = self.target / "outline.json"
        if self._tree is None:
            self._tree = self._tree_checksum()
        key = self._tree
        known = _load_json(memory)
        if known.get("key") != key:
            known = {"key": key, "selectors": {}}
        for selector in selectors:
            if selector not in known["selectors"]:
                nodes = [asdict(node) for node in self._outline(selector)]
                known["selectors"][selector] = nodes
                self.target.mkdir(parents=True, exist_ok=True)
                memory.write_text(json.dumps(known, indent=1, sort_keys=True))
        return {
            selector: tuple(Node.of(node) for node in known["selectors"][selector])
            for selector in selectors
        }

    @contextmanager
    def being_read(self, selectors: Sequence[str]) -> Iterator[None]:
        """Read the project, and the outline of some selectors, while the block does something else.

        Raises what reading raises, when the block has ended.
        """
        with ThreadPoolExecutor(1) as pool:
            reading = pool.submit(self.outline, selectors)
            yield
            reading.result()

    def document(self) -> Path:
        """Write dbt's documentation of the project and the working file as one page; returns its path.

        Raises UserFacingError when dbt cannot write it.
        """
        whole = replace(self, variables={**self.variables, "whole": True})
        outcome = whole._run(None, "docs", "generate", "--static")
        page = self.target / "target" / "static_index.html"
        if not outcome.success or not page.exists():
            raise self._unstarted("docs", outcome)
        return page

    def nodes_of(self, selector: str) -> list[str]:
        """The unique ids of what a selector builds. Raises UserFacingError when it is nothing."""
        asked = ("--selector", selector, "--output", "json", "--output-keys", "unique_id")
        outcome = self._invoke("ls", *asked, *_NO_UNIT_TESTS)
        listed = [str(json.loads(line)["unique_id"]) for line in outcome.result or []]
        if outcome.exception or not listed:
            raise self._unstarted(selector, outcome)
        return sorted(listed)

    def all_nodes(self) -> list[str]:
        """The unique ids of all models, seeds and data tests of the project."""
        return sorted(self._parsed().nodes)

    def _outline(self, selector: str) -> list[Node]:
        known = self._parsed().nodes
        chosen = {name: known[name] for name in self.nodes_of(selector)}
        parents = {name: _parents(node) & set(chosen) for name, node in chosen.items()}
        order = TopologicalSorter(dict(sorted(parents.items()))).static_order()
        return [self._node(chosen[name]) for name in order]

    def _node(self, node: Any) -> Node:
        manifest = self._parsed()
        tables = {**manifest.nodes, **manifest.sources}
        reads = {_table(tables[name]) for name in _parents(node) if name in tables}
        is_made = node.resource_type in ("model", "seed")
        return Node(
            name=node.unique_id,
            label=node.name,
            table=_table(node) if is_made else "",
            reads=tuple(sorted(reads)),
            parts=self._parts_of(node),
        )

    def _parts_of(self, node: Any) -> dict[str, str]:
        """Checksums of a node's own: its code without comments, its settings, the variables it takes."""
        code = [node.raw_code] if getattr(node, "raw_code", None) else []
        code += [macro.macro_sql for macro in self._macros(node.depends_on.macros)]
        text = "\n".join(without_comments(part) for part in code)
        used = set(_USED.findall(text)) & set(self.variables) - {COMPUTED_FROM}
        described = node.to_dict(omit_none=True)
        kept = {key: described.get(key) for key in _DECIDING}
        if node.resource_type != "test" and not _keeps_words(node):
            kept = _without_words(kept)
        parts = {"SQL": _digest(text), "configuration": _digest(kept)}
        if node.resource_type == "seed":
            path = Path(node.root_path or self.folder) / node.original_file_path
            parts["file"] = hashlib.sha256(path.read_bytes()).hexdigest()
        return parts | {f"variable {name}": _digest(self.variables[name]) for name in sorted(used)}

    def _macros(self, names: Iterable[str]) -> list[Any]:
        """The project's own macros that are used, and those they use."""
        found: dict[str, Any] = {}
        waiting = list(names)
        while waiting:
            macro = self._parsed().macros.get(waiting.pop())
            if macro is None or macro.package_name.startswith("dbt") or macro.unique_id in found:
                continue
            found[macro.unique_id] = macro
            waiting += macro.depends_on.macros
        return [found[name] for name in sorted(found)]

    def _tree_checksum(self) -> str:
        """Names and contents of all files dbt reads, the vars, and dbt's version."""
        from importlib.metadata import version

        folders = [self.folder, self.folder.parent / "models", self.folder.parent / "seeds"]
        folders += [self.own] if self.own else []
        files = sorted(
            path
            for folder in folders
            for path in folder.rglob("*")
            if path.is_file() and path.suffix in {".sql", ".yml", ".yaml", ".csv", ".md"}
        )
        contents = [(str(path), hashlib.sha256(path.read_bytes()).hexdigest()) for path in files]
        versions = [version("dbt-core"), version("dbt-duckdb")]
        return _digest([contents, dict(self.variables), *versions, _NO_UNIT_TESTS])

    def _parsed(self) -> Any:
        if self._manifest is None:
            key = self._parse_key()
            borrow(key, self.target / "target")
            outcome = self._run(None, "parse")
            # What dbt remembers may not fit its files: a checkout elsewhere, an entry moved to another yml file.
            if outcome.result is None or self._is_of_another_place(outcome.result):
                outcome = self._run(None, "parse", "--no-partial-parse")
            if outcome.exception or outcome.result is None:
                raise self._unstarted("", outcome)
            lend(key, self.target / "target")
            self._manifest = outcome.result
        return self._manifest

    def _parse_key(self) -> str:
        """What dbt's parsed project depends on beside its files, whose changes dbt sees for itself."""
        from importlib.metadata import version

        place, name = str(self.folder.resolve()), self.working.path.name
        versions = [version("dbt-core"), version("dbt-duckdb")]
        return _digest([place, name, dict(self.variables), versions])

    def _is_of_another_place(self, manifest: Any) -> bool:
        """Whether dbt remembers the project where it no longer lies: a home outlives a checkout."""
        seeds = [node for node in manifest.nodes.values() if node.resource_type == "seed"]
        return any(seed.root_path not in (None, str(self.folder)) for seed in seeds)

    def _invoke(self, *arguments: str) -> Any:
        return self._run(self._parsed(), *arguments)

    def _run(self, manifest: Any, *arguments: str) -> Any:
        # dbt takes seconds to import: only those who build pay.
        from dbt.adapters.duckdb.connections import DuckDBConnectionManager
        from dbt.cli.main import dbtRunner

        folder = str(self.folder)
        command = [*_QUIET, *arguments, "--project-dir", folder, "--profiles-dir", folder]
        command += ["--vars", json.dumps(dict(self.variables))]
        command += [] if arguments[0] == "docs" else [_NO_ARTIFACTS]
        self.target.mkdir(parents=True, exist_ok=True)
        variables = self._variables_of_environment()
        if arguments[0] == "parse":
            # Parsing opens no file: with the same connection in every home, dbt need not parse anew in each.
            variables |= {
                "TRADEPLUME_WORK_FILE": str(Path("/", self.working.path.name)),
                "TRADEPLUME_MEMORY_LIMIT": _PARSING_MEMORY,
            }
        with _environment(variables), DbtLog(self.log) as log:
            try:
                return dbtRunner(manifest=manifest, callbacks=[log]).invoke(command)
            finally:
                # dbt keeps the file open, and with it DuckDB's lock, until told otherwise.
                DuckDBConnectionManager.close_all_connections()

    def _variables_of_environment(self) -> dict[str, str]:
        return {
            "TRADEPLUME_WORK_FILE": str(self.working.path),
            "TRADEPLUME_MEMORY_LIMIT": memory_limit(),
            "DBT_TARGET_PATH": str(self.target / "target"),
            "DBT_LOG_PATH": str(self.target),
            **_TELEMETRY_OFF,
        }

    def _rows(self, results: Iterable[Any]) -> dict[str, int]:
        made = [
            result.node
            for result in results
            if str(result.status) == "success"
            and (result.node.resource_type == "seed" or result.node.config.materialized == "table")
        ]
        with connect(self.working.path) as connection:
            return {
                f"{node.schema}.{node.name}": count_rows(connection, node.schema, node.identifier)
                for node in made
            }

    def _examples(self, result: Any) -> str:
        """The first rows that a failed test found, so that its message names what is wrong."""
        compiled = getattr(result.node, "compiled_code", None)
        if str(result.status) != "fail" or not compiled:
            return ""
        with connect(self.working.path, read_only=True) as connection:
            found = connection.execute(f"select * from ({compiled}) as failing limit 5")
            names = [column[0] for column in found.description]
            rows = found.fetchall()
        return "; ".join(
            ", ".join(f"{name} {value}" for name, value in zip(names, row, strict=True))
            for row in rows
        )

    def _error(self, result: Any) -> NodeError:
        compiled = getattr(result.node, "compiled_path", None)
        path = self.folder / compiled if compiled else None
        return NodeError(result.node.name, str(result.message), path)

    def _unstarted(self, selector: str, outcome: Any) -> UserFacingError:
        if outcome.exception is None:
            return UserFacingError(
                f"The dbt selector `{selector}` selects nothing.",
                remedy=f"Give models that tag, or correct {self.folder / 'selectors.yml'}.",
            )
        lines = [line.strip() for line in str(outcome.exception).splitlines() if line.strip()]
        return UserFacingError(
            "\n".join(["dbt could not read its project:", *lines[:8]]),
            remedy=f"Correct the named file; dbt's own log is {self.log}.",
        )


def without_comments(code: str) -> str:
    """SQL or a macro without comments and with single blanks: what dbt would run all the same."""
    kept = _COMMENT_OR_TEXT.sub(lambda found: found[0] if found[0][0] in "'\"" else " ", code)
    return " ".join(kept.split())


def _table(node: Any) -> str:
    """A relation with its schema; sources and models name it alike."""
    return f"{node.schema}.{node.identifier if node.resource_type == 'source' else node.alias}"


def _parents(node: Any) -> set[str]:
    """Unique ids of what a node reads; a seed reads nothing."""
    return set(getattr(node.depends_on, "nodes", ()))


def _keeps_words(node: Any) -> bool:
    """Whether descriptions are written into the database as comments."""
    persisted = getattr(node.config, "persist_docs", None) or {}
    return any(persisted.values())


def _without_words(value: Any) -> Any:
    """Without descriptions and meta, which change nothing that is built."""
    if isinstance(value, Mapping):
        return {
            key: _without_words(each)
            for key, each in value.items()
            if key not in ("description", "meta", "docs")
        }
    return [_without_words(each) for each in value] if isinstance(value, list) else value


def _is_test(node: Any) -> bool:
    return str(node.resource_type) in ("test", "unit_test")


def _check(selector: str, result: Any, examples: str) -> Check:
    """A dbt test as a check: what it measures is its number of failing rows."""
    node, status = result.node, str(result.status)
    severity = str(getattr(node.config, "severity", "error")).lower()
    owner = getattr(node, "attached_node", None) or _subject(node)
    scope = ".".join(
        part for part in (owner.rsplit(".", 1)[-1], getattr(node, "column_name", None)) if part
    )
    return Check(
        gate="dbt",
        suite=selector,
        check_name=node.name,
        scope=scope,
        measured=None if result.failures is None else float(result.failures),
        tolerance=0.0,
        passed=status == "pass",
        severity=severity,
        detail=node.description or "" if status == "pass" else examples or result.message or status,
    )


def _subject(node: Any) -> str:
    """What a test without its own model is about: the computed table it names, otherwise what it reads first."""
    reads = list(node.depends_on.nodes)
    # The macro `computed` names what the computation reads before the computed table itself.
    computed = [name for name in reads if name.startswith("source.") and ".computed." in name]
    return str((computed[-1:] or reads[:1] or [""])[0])


def _digest(content: object) -> str:
    text = json.dumps(content, sort_keys=True, default=str)
    return hashlib.sha256(text.encode()).hexdigest()


def _load_json(path: Path) -> dict[str, Any]:
    try:
        loaded = json.loads(path.read_text())
    except (OSError, ValueError):
        return {}
    return loaded if isinstance(loaded, dict) else {}


@contextmanager
def _environment(variables: Mapping[str, str]) -> Iterator[None]:
    before = {name: os.environ.get(name) for name in variables}
    os.environ.update(variables)
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                os.environ.pop(name, None)
            else:
                os.environ[name] = value
