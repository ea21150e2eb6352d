"""``python -m tests.fuzz``: ask every rule of ``protocol/`` that takes text, guided by coverage (atheris).

Ends with 0 after so many inputs, or with the input that broke a rule. ``make fuzz`` installs what it needs.
"""

import argparse
import sys
import tempfile
from pathlib import Path

import atheris

with atheris.instrument_imports(include=["oauth_provider.protocol"]):
    from tests.fuzz.rules import NAMES, drive
    from tests.fuzz.seeds import FOUND, texts, written


def main(arguments: list[str]) -> None:
    """Fuzz; atheris ends the process."""
    parser = argparse.ArgumentParser(prog="tests.fuzz", description=__doc__)
    parser.add_argument("--runs", type=int, default=1_000_000, help="inputs; one million unless told otherwise")
    parser.add_argument("--seed", type=int, default=0, help="of the random numbers; 0 is another one each time")
    parser.add_argument("--rule", default="", help="only the rules whose names begin so")
    parser.add_argument("input", nargs="?", help="a file that broke a rule, to be tried again")
    options = parser.parse_args(arguments)
    if options.input:
        return drive(Path(options.input).read_bytes())
    folder = Path(tempfile.mkdtemp(prefix="fuzz"))
    sow(folder)
    libfuzzer = [
        f"-runs={options.runs}",
        f"-seed={options.seed}",
        "-max_len=2048",
        "-timeout=10",
        "-print_final_stats=1",
    ]
    atheris.Setup([sys.argv[0], *libfuzzer, f"-artifact_prefix={folder}/", str(folder)], drive)
    atheris.Fuzz()
    return None


def sow(folder: Path) -> None:
    """Write every text for every rule, as an input to begin with."""
    for number, name in enumerate(NAMES):
        begun = number.to_bytes(2, "big") + bytes(4)
        known = [text for rule, text in FOUND if rule == name]
        for place, text in enumerate((*texts(), *known)):
            (folder / f"{name}.{place}").write_bytes(begun + written(text))


main(sys.argv[1:])
