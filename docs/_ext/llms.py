"""Sphinx extension: ``llms.txt``, ``llms-full.txt`` and each page as Markdown, for programs that read (llmstxt.org)."""

import re
from pathlib import Path
from typing import Any

INTRODUCTION = """# {title}

> A Django app that makes a project an OAuth 2.1 authorization server and OpenID Provider, and guards its APIs by scope.
> It stands on django-oauth-toolkit. `pip install django-oauth-authority`; the app is `oauth_provider`, its settings are
> the dictionary `OAUTH_PROVIDER`.

All pages in one file: [llms-full.txt](llms-full.txt). Every page of the site is there as Markdown, too.
"""
SUMMARY = re.compile(r"\A(?:<!--.*?-->\s*)*# [^\n]+\n+(?P<words>[^\n#<`|!\-*][^\n]*(?:\n[^\n]+)*)", re.DOTALL)
# Set-ups of tests and the like, which no reader sees.
COMMENT = re.compile(r"^<!--.*?-->\n*", re.DOTALL | re.MULTILINE)
LINK = re.compile(r"\[([^\]]*)\]\([^)]*\)")


def keep_source(app: Any, docname: str, source: list[str]) -> None:
    """Keep the page as it is after all other extensions have seen it."""
    if not hasattr(app.env, "markdown"):
        app.env.markdown = {}
    app.env.markdown[docname] = COMMENT.sub("", source[0])


def merge(app: Any, env: Any, docnames: set[str], other: Any) -> None:
    """Take over what another process kept."""
    env.markdown = {**getattr(env, "markdown", {}), **getattr(other, "markdown", {})}


def in_order(env: Any) -> list[tuple[str, list[str]]]:
    """Return the sections in the order of the table of contents: the page that opens one, with the pages below it."""
    root = env.config.root_doc
    return [(door, _below(env, door, {root})) for door in env.toctree_includes.get(root, [])]


def _below(env: Any, docname: str, seen: set[str]) -> list[str]:
    found: list[str] = []
    for child in env.toctree_includes.get(docname, []):
        if child not in seen:
            seen.add(child)
            found += [child, *_below(env, child, seen)]
    return found


def summary(markdown: str) -> str:
    """Return the first sentence below the title, without links and markup; empty where a page begins otherwise."""
    found = SUMMARY.match(markdown)
    if found is None:
        return ""
    words = LINK.sub(r"\1", " ".join(found["words"].split()))
    return re.split(r"(?<=[.:])\s", words, maxsplit=1)[0].rstrip(":")


def write(app: Any, exception: Exception | None) -> None:
    """Write the files beside the pages, once the site is built."""
    if exception is not None or app.builder.format != "html":
        return
    env, out = app.env, Path(app.outdir)
    lines = [INTRODUCTION.format(title=app.config.html_title)]
    pages = [env.config.root_doc]
    for door, below in in_order(env):
        lines.append(f"\n## {env.titles[door].astext()}\n")
        lines += [_entry(env, page) for page in (door, *below)]
        pages += [door, *below]
    (out / "llms.txt").write_text("\n".join(lines) + "\n")
    for page in pages:
        (out / f"{page}.md").write_text(env.markdown[page])
    (out / "llms-full.txt").write_text("\n\n".join(env.markdown[page].strip() for page in pages) + "\n")


def _entry(env: Any, page: str) -> str:
    words = summary(env.markdown[page])
    return f"- [{env.titles[page].astext()}]({page}.md)" + (f": {words}" if words else "")


def setup(app: Any) -> dict[str, Any]:
    """Register the extension with Sphinx."""
    app.connect("source-read", keep_source, priority=900)
    app.connect("env-merge-info", merge)
    app.connect("build-finished", write)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
