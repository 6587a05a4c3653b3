"""manage.py variables: every variable, no secret, and what a file would change."""

from io import StringIO

import pytest
from django.conf import settings as site
from django.core.management import CommandError, call_command

from config.variables import Env, shown
from tests.architecture.settings_names import environment_variables


@pytest.fixture
def env(settings, monkeypatch):
    """An environment of three variables: one set, one unset, one secret."""
    monkeypatch.setattr(Env, "ENVIRON", {"SITE_URL": "https://old.example", "SECRET_KEY": "s3cret"})
    settings.ENVIRONMENT = env = Env()
    env.str("SITE_URL", default="http://localhost:8000")
    env.int("SIGN_UP_CREDITS", default=1_000)
    env.str("SECRET_KEY", default="")
    return env


def run(*arguments):
    out = StringIO()
    call_command("variables", *arguments, stdout=out)
    return out.getvalue().splitlines()


def test_variables_are_all_that_the_settings_read():
    names = {one.name for one in site.ENVIRONMENT.variables()}
    assert names <= environment_variables()
    assert {"DATABASE_URL", "REDIS_URL", "SITE_URL", "BOOK_SHARDS"} <= names


@pytest.mark.usefixtures("env")
def test_variables_are_listed_without_secrets():
    assert run() == [
        "SECRET_KEY                (hidden)",
        "SIGN_UP_CREDITS           unset: 1000",
        "SITE_URL                  https://old.example",
    ]


@pytest.mark.usefixtures("env")
def test_plan_says_what_a_file_would_change(tmp_path):
    path = tmp_path / "new.env"
    path.write_text(
        "# the new machine\nSITE_URL=https://new.example\nSIGN_UP_CREDITS=50\nSECRET_KEY=other\n"
        "SITE_ULR=typo\n"
    )
    assert run("--against", str(path)) == [
        "SECRET_KEY                (hidden) -> (hidden)",
        "SIGN_UP_CREDITS           unset: 1000 -> 50",
        "SITE_URL                  https://old.example -> https://new.example",
        "SITE_ULR                   -> no setting reads it",
    ]


@pytest.mark.usefixtures("env")
def test_plan_of_the_same_variables_changes_nothing(tmp_path):
    path = tmp_path / "same.env"
    path.write_text("SITE_URL=https://old.example\nSECRET_KEY=s3cret\n")
    assert run("--against", str(path)) == ["Nothing would change."]


@pytest.mark.usefixtures("env")
def test_plan_names_what_a_file_leaves_out(tmp_path):
    path = tmp_path / "less.env"
    path.write_text("SECRET_KEY=s3cret\n")
    line = "SITE_URL                  https://old.example -> unset: http://localhost:8000"
    assert run("--against", str(path)) == [line]


def test_plan_of_a_file_that_is_not_there_is_refused(tmp_path):
    with pytest.raises(CommandError, match="No such file"):
        run("--against", str(tmp_path / "none.env"))


@pytest.mark.parametrize(
    ("name", "value", "text"),
    [
        ("SECRET_KEY", "", ""),
        ("SECRET_KEY", "abc", "(hidden)"),
        ("JOURNAL_STORAGE", '{"OPTIONS": {"access_key": "abc"}}', "(hidden)"),
        ("DATABASE_URL", "postgres://me:pw@host/name", "postgres://me:***@host/name"),
        ("DATABASE_URL", "postgres://me@host/name", "postgres://me@host/name"),
        ("EMAIL_URL", "smtp+tls://a@b.c:p@w@host:587", "smtp+tls://a@b.c:***@host:587"),
        ("EMAIL_URL", "smtp://[bad", "(hidden)"),
        ("SITE_URL", "https://likely.example", "https://likely.example"),
    ],
)
def test_values_are_shown_without_passwords(name, value, text):
    assert shown(name, value) == text
