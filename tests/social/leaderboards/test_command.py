"""manage.py build_leaderboards."""

from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from social.leaderboards.models import LeaderboardBuild, Standing
from social.leaderboards.services import build_leaderboards
from tests.factories import make_user

pytestmark = pytest.mark.django_db


def run(*flags):
    out = StringIO()
    call_command("build_leaderboards", *flags, stdout=out, stderr=out)
    return out.getvalue()


def test_command_builds_each_period():
    assert run() == "week: 0 members\nmonth: 0 members\nall: 0 members\n"


def test_check_is_green_or_fails():
    build_leaderboards()
    assert "are what trades and ledger say" in run("--check")
    Standing.objects.create(build=LeaderboardBuild.objects.first(), member=make_user(), volume=1)
    with pytest.raises(CommandError, match="1 standings"):
        run("--check")
