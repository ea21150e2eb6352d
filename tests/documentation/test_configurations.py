"""Blocks that are no Python and no commands are at least what their programs take: nginx, Node.js, systemd, Docker."""

import configparser
import json
import re
import shlex
import shutil
import subprocess
from html.parser import HTMLParser
from pathlib import Path

import pytest
from django.core.management import get_commands, load_command_class

from tests.documentation.blocks import Block, blocks, other_blocks, pages

DIRECTIVES = {
    "ARG",
    "CMD",
    "COPY",
    "ENTRYPOINT",
    "ENV",
    "EXPOSE",
    "FROM",
    "HEALTHCHECK",
    "LABEL",
    "RUN",
    "USER",
    "WORKDIR",
}
NGINX = """daemon off; pid {folder}/pid; error_log stderr;
events {{}}
http {{
    {temporary}
    {block}
}}
"""
TEMPORARY = ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
# A block that stands inside of a server, as the text around it says.
SERVER = "upstream provider {{ server 127.0.0.1:8000; }} server {{ listen 127.0.0.1:8; {block} }}"
COMMAND = re.compile(r"^(?:\$ )?(?:\w+=\S+ )*(?:python )?manage\.py (?P<name>\w+)(?P<options>.*)$", re.MULTILINE)


def of(*languages: str) -> list[Block]:
    return [block for page in pages() for block in other_blocks(page) if block.language in languages]


def place(block: Block) -> str:
    return block.place


def needs(program: str) -> str:
    path = shutil.which(program) or shutil.which(program, path="/usr/sbin:/sbin")
    if path is None:
        pytest.skip(f"{program} is not installed")
    return path


@pytest.mark.parametrize("block", of("nginx"), ids=place)
def test_nginx_takes_its_configuration(block: Block, tmp_path: Path) -> None:
    nginx = needs("nginx")
    _certificate(tmp_path)
    text = re.sub(r"/etc/letsencrypt/\S+/", f"{tmp_path}/", block.source)
    text = re.sub(r"/var/log/nginx/", f"{tmp_path}/", text)
    text = re.sub(r"listen (443|80)\b", r"listen 127.0.0.1:18\1", text)  # a port of one's own takes no rights to test
    if not re.search(r"^server \{", text, re.MULTILINE):
        text = SERVER.format(block=text)
    temporary = " ".join(f"{name}_temp_path {tmp_path}/{name};" for name in TEMPORARY)
    (tmp_path / "nginx.conf").write_text(NGINX.format(folder=tmp_path, temporary=temporary, block=text))
    command = [nginx, "-t", "-q", "-p", str(tmp_path), "-c", str(tmp_path / "nginx.conf")]
    said = subprocess.run(command, check=False, capture_output=True, text=True)
    assert (said.returncode, "[warn]" in said.stderr.replace("could not open error log", "")) == (0, False), said.stderr


def _certificate(folder: Path) -> None:
    names = ["-keyout", "privkey.pem", "-out", "fullchain.pem", "-subj", "/CN=auth.example.com"]
    command = [
        needs("openssl"),
        "req",
        "-x509",
        "-newkey",
        "ec",
        "-pkeyopt",
        "ec_paramgen_curve:P-256",
        "-nodes",
        *names,
    ]
    subprocess.run(command, cwd=folder, check=True, capture_output=True)


@pytest.mark.parametrize("block", of("js"), ids=place)
def test_node_parses_what_a_page_would(block: Block, tmp_path: Path) -> None:
    (tmp_path / "block.mjs").write_text(block.source)
    said = subprocess.run(
        [needs("node"), "--check", "block.mjs"], cwd=tmp_path, check=False, capture_output=True, text=True
    )
    assert said.returncode == 0, said.stderr


@pytest.mark.parametrize("block", of("ini"), ids=place)
def test_units_and_ini_files_have_sections_and_run_what_there_is(block: Block) -> None:
    parser = configparser.ConfigParser(interpolation=None, strict=False)
    parser.optionxform = str  # type: ignore[assignment,method-assign]  # systemd tells capitals apart
    parser.read_string(block.source)
    assert parser.sections()
    for _name, value in parser.items("Service") if parser.has_section("Service") else ():
        for command in COMMAND.finditer(value.partition("python ")[2]):
            parse(command["name"], command["options"])


@pytest.mark.parametrize("block", of("dockerfile"), ids=place)
def test_a_dockerfile_consists_of_its_directives(block: Block) -> None:
    lines = [line for line in re.sub(r"\\\n", " ", block.source).splitlines() if line and not line.startswith("#")]
    assert lines[0].startswith("FROM ")
    for line in lines:
        directive, _, rest = line.partition(" ")
        assert directive in DIRECTIVES
        assert isinstance(json.loads(rest), list) if rest.startswith("[") else rest
    assert {line.partition(" ")[0] for line in lines} >= {"USER", "CMD"}


@pytest.mark.parametrize("block", of("html", "css"), ids=place)
def test_what_is_opened_in_pages_and_styles_is_closed(block: Block) -> None:
    if block.language == "css":
        bare = re.sub(r"/\*.*?\*/", "", block.source, flags=re.DOTALL)
        assert bare.count("{") == bare.count("}") > 0
        return
    parser = Elements()
    parser.feed(block.source)
    parser.close()
    assert parser.open == []


class Elements(HTMLParser):
    """The elements that are open; raises ``ValueError`` where another is closed."""

    VOID = frozenset({"br", "hr", "img", "input", "link", "meta"})

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []

    def handle_starttag(self, tag: str, attrs: object) -> None:
        """Open it, if it has an end."""
        if tag not in self.VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        """Close the last."""
        if self.open.pop() != tag:
            raise ValueError(tag)


# -- commands, those included that are run nowhere -----------------------------------------------------------


SKIPPED = [block for page in pages() for block in blocks(page) if block.skipped and block.language == "console"]


@pytest.mark.parametrize("block", SKIPPED, ids=place)
def test_a_command_that_is_skipped_is_there_and_takes_its_options(block: Block) -> None:
    joined = block.source.replace("\\\n", " ")
    found = list(COMMAND.finditer(joined))
    assert found, "only commands of manage.py can be skipped"
    for one in found:
        parse(one["name"], one["options"])


def parse(name: str, options: str) -> None:
    """Have the parser of a command read its options. An option that it does not know raises ``CommandError``."""
    command = load_command_class(get_commands()[name], name)
    words = shlex.split(options.partition(" > ")[0].partition(" | ")[0])
    command._called_from_command_line = False
    command.create_parser("manage.py", name).parse_args(words)


def test_other_languages_are_read() -> None:
    assert {block.language for block in of("nginx", "js", "ini", "dockerfile", "html", "css")} == {
        "nginx", "js", "ini", "dockerfile", "html", "css",
    }  # fmt: skip
