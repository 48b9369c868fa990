"""MkDocs calls these: they fill the pages of the reference, and turn links to the code into plain names."""

from __future__ import annotations

import re
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
if str(ROOT) not in sys.path:
    sys.path.insert(0, str(ROOT))

from docs_site.pages import changelog, commands, dictionary, functions  # noqa: E402

PAGES: Mapping[str, Callable[[], str]] = {
    "commands": commands,
    "dictionary": dictionary,
    "functions": functions,
    "changelog": changelog,
}
SHIM = "https://unpkg.com/iframe-worker/shim"
"""What the theme's offline plugin loads from elsewhere; ours lies in the site."""
OWN_SHIM = "assets/iframe-worker.js"
_MARK = re.compile(r"^<!-- built: (\w+) -->$", re.MULTILINE)
_LINK = re.compile(r"\[([^\]]*)\]\(((?:\.\./)+)([^)#]+)(#[^)]*)?\)")


def on_page_markdown(markdown: str, page: Any, **_: Any) -> str:
    """The text of a page, with its built part, and without links to files that the site does not hold."""
    filled = _MARK.sub(lambda mark: PAGES[mark[1]](), markdown)
    folder = (ROOT / "docs" / page.file.src_uri).parent
    return _LINK.sub(lambda link: _inside(link, folder), filled)


def on_files(files: Any, config: Any, **_: Any) -> Any:
    """The script of the search from file://, among the site's files."""
    from mkdocs.structure.files import File

    content = (ROOT / "docs_site" / "iframe-worker.js").read_text(encoding="utf-8")
    files.append(File.generated(config, OWN_SHIM, content=content))
    return files


def on_post_page(output: str, page: Any, **_: Any) -> str:
    """A page that loads nothing from elsewhere."""
    up = "../" * page.file.dest_uri.count("/")
    return output.replace(SHIM, f"{up}{OWN_SHIM}")


def on_post_template(output_content: str, **_: Any) -> str:
    """The same for the page that is shown where a page is missing."""
    return output_content.replace(SHIM, OWN_SHIM)


def _inside(link: re.Match[str], folder: Path) -> str:
    """A link within docs as it is; one to a file of the repository as the file's name."""
    target = (folder / link[2] / link[3]).resolve()
    docs = ROOT / "docs"
    if target.is_relative_to(docs):
        return link[0]
    if target == ROOT / "CHANGELOG.md":
        up = "../" * len(folder.relative_to(docs).parts)
        return f"[{link[1]}]({up}reference/changelog.md)"
    return (
        f"{link[1]} (`{target.relative_to(ROOT)}`)" if link[1] != str(link[3]) else f"`{link[1]}`"
    )
