"""Running the command: what it printed, and how it ended."""

import io
import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from oauth_provider.management.commands import oauth_quickstart
from tests.factories import UserFactory


@dataclass(frozen=True)
class Outcome:
    """``error`` is what the command failed with; empty where its exit status is 0."""

    out: str
    err: str
    error: str

    @property
    def json(self) -> dict[str, Any]:
        """What was printed, for programs."""
        result: dict[str, Any] = json.loads(self.out)
        return result

    @property
    def problems(self) -> dict[str, str]:
        """The level of each problem, by its id."""
        return {one["id"]: one["level"] for one in self.json["problems"]}


def quickstart(*arguments: str) -> Outcome:
    """Run the command."""
    out, err = io.StringIO(), io.StringIO()
    try:
        call_command("oauth_quickstart", *arguments, stdout=out, stderr=err, no_color=True)
    except CommandError as error:
        return Outcome(out.getvalue(), err.getvalue(), str(error))
    return Outcome(out.getvalue(), err.getvalue(), "")


def text_of(outcome: Outcome, language: str, word: str = "") -> str:
    """The example in this language."""
    (text,) = [one["text"] for one in outcome.json["examples"] if one["language"] == language and word in one["text"]]
    return str(text)


@pytest.fixture
def user(db: None) -> Any:
    """Somebody who could log in."""
    return UserFactory()


@pytest.fixture
def ask(monkeypatch: pytest.MonkeyPatch) -> Callable[..., tuple[Outcome, list[str]]]:
    """Runs the command at a terminal, where a person gives these answers; returns the questions, too."""

    def run(*answers: str | type[BaseException], options: tuple[str, ...] = ()) -> tuple[Outcome, list[str]]:
        waiting, questions = list(answers), list[str]()

        def read(question: str) -> str:
            questions.append(question)
            answer = waiting.pop(0)
            if not isinstance(answer, str):
                raise answer
            return answer

        monkeypatch.setattr(oauth_quickstart, "is_at_terminal", lambda: True)
        monkeypatch.setattr("builtins.input", read)
        outcome = quickstart(*options)
        assert waiting == []
        return outcome, questions

    return run
