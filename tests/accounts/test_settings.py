"""The settings pages: profile, picture, display, privacy."""

from datetime import timedelta

import pytest
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from accounts.avatars import path_of
from accounts.models import Audience, FormerHandle, User
from accounts.selectors import find_former
from accounts.services import HandleTakenError, update_profile
from tests.accounts.test_avatars import picture
from tests.factories import make_market, make_member, make_user

pytestmark = pytest.mark.django_db
PAGES = ["profile", "display", "privacy"]
POSTED = ["avatar", "theme"]
GOOD = {
    "profile": {"handle": "dora", "name": "Dora", "bio": "Rain."},
    "display": {"odds_format": "decimal", "theme": "dark", "time_zone": "Europe/Paris"},
    "privacy": dict.fromkeys(
        ("trades_audience", "positions_audience", "profit_audience", "follows_audience"),
        "followers",
    ),
}


@pytest.fixture(autouse=True)
def _own_media(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path


@pytest.fixture
def dora():
    return make_member("dora")


@pytest.fixture
def page(client, dora):
    client.force_login(dora)
    return client


def path(name):
    return f"/accounts/settings/{name}/"


def upload(client, content=None, **fields):
    content = picture().getvalue() if content is None else content
    fields.setdefault("picture", SimpleUploadedFile("../../x.svg", content, "image/svg+xml"))
    return client.post(path("avatar"), fields)


def errors(response):
    return {
        name: [str(one) for one in found] for name, found in response.context["form"].errors.items()
    }


@pytest.mark.parametrize("name", [*PAGES, *POSTED])
def test_settings_are_for_members(client, dora, name):
    assert client.post(path(name), {}).url == f"/accounts/login/?next={path(name)}"


@pytest.mark.parametrize("name", [*PAGES, *POSTED])
@pytest.mark.parametrize("method", ["put", "patch", "delete"])
def test_settings_refuse_other_methods(page, name, method):
    assert getattr(page, method)(path(name)).status_code == 405


@pytest.mark.parametrize("name", POSTED)
def test_what_is_only_posted_has_no_page(page, name):
    assert page.get(path(name)).status_code == 405


@pytest.mark.parametrize("name", [*PAGES, *POSTED])
def test_settings_ask_for_the_csrf_token(dora, name):
    careful = Client(enforce_csrf_checks=True)
    careful.force_login(dora)
    assert careful.post(path(name), GOOD.get(name, {})).status_code == 403


@pytest.mark.parametrize("name", PAGES)
def test_good_form_is_saved_and_leads_back(page, dora, name):
    response = page.post(path(name), GOOD[name])
    assert (response.status_code, response.url) == (302, path(name))
    dora.refresh_from_db()
    assert {field: getattr(dora, field) for field in GOOD[name]} == GOOD[name]


@pytest.mark.parametrize(
    ("name", "field", "value"),
    [
        ("profile", "handle", ""),
        ("profile", "handle", "x"),
        ("profile", "handle", "admin"),
        ("profile", "handle", "Erik"),
        ("profile", "handle", "a b c"),
        ("profile", "name", "n" * 81),
        ("profile", "name", "a\0b"),
        ("profile", "bio", "b" * 301),
        ("display", "odds_format", "moneyline"),
        ("display", "theme", "pink"),
        ("display", "time_zone", "Mars/Olympus"),
        ("display", "time_zone", "../../etc/passwd"),
        ("privacy", "trades_audience", ""),
        ("privacy", "profit_audience", "friends"),
    ],
)
def test_bad_form_is_told_and_changes_nothing(page, dora, name, field, value):
    make_user("erik")
    before = User.objects.values().get(pk=dora.pk)
    response = page.post(path(name), GOOD[name] | {field: value})
    assert response.status_code == 200
    assert set(errors(response)) == {field}
    assert User.objects.values().get(pk=dora.pk) == before


def test_what_was_refused_is_not_shown_as_ones_name(page):
    response = page.post(path("profile"), GOOD["profile"] | {"handle": "x"})
    assert '<span class="handle">dora</span>' in response.content.decode()


def test_handle_that_is_left_leads_on_and_stays_taken(page, dora, client):
    page.post(path("profile"), GOOD["profile"] | {"handle": "theodora"})
    assert page.get("/members/DORA/trades/").url == "/members/theodora/trades/"
    assert find_former("Dora") == dora
    stranger = Client()
    taken = stranger.post(
        "/accounts/signup/",
        {"username": "Dora", "email": "new@example.com", "password1": "a long enough phrase 7"},
    )
    assert "This handle is taken." in taken.content.decode()


def test_handle_changes_once_in_thirty_days(page, dora):
    page.post(path("profile"), GOOD["profile"] | {"handle": "theodora"})
    again = page.post(path("profile"), GOOD["profile"] | {"handle": "thea"})
    assert errors(again) == {"handle": ["You changed it less than 30 days ago."]}
    row = FormerHandle.objects.get()
    FormerHandle.objects.update(left_at=row.left_at - timedelta(days=31))
    assert page.post(path("profile"), GOOD["profile"] | {"handle": "dora"}).status_code == 302
    assert list(FormerHandle.objects.values_list("handle", flat=True)) == ["theodora"]


def test_handle_may_change_its_case_at_any_time(page, dora):
    for handle in ("Dora", "DORA", "dora"):
        assert page.post(path("profile"), GOOD["profile"] | {"handle": handle}).status_code == 302
    assert not FormerHandle.objects.exists()


def test_lost_race_for_a_handle_changes_nothing(dora):
    make_user("erik")
    with pytest.raises(HandleTakenError):
        update_profile(user=dora, handle="ERIK", name="x", bio="x")
    assert dora.handle == "dora"
    assert not FormerHandle.objects.exists()


def test_picture_is_stored_anew_and_served_with_strict_headers(page, dora):
    assert upload(page).status_code == 302
    dora.refresh_from_db()
    response = page.get(dora.get_avatar_url(256))
    assert response["Content-Type"] == "image/webp"
    assert response["X-Content-Type-Options"] == "nosniff"
    assert response["Content-Security-Policy"] == "default-src 'none'; sandbox"
    assert "immutable" in response["Cache-Control"]
    assert b"".join(response.streaming_content)[8:12] == b"WEBP"
    assert dora.get_avatar_url(64) in page.get("/members/dora/followers/").content.decode()


def test_new_picture_takes_the_old_ones_place(page, dora, django_capture_on_commit_callbacks):
    upload(page)
    dora.refresh_from_db()
    old = dora.avatar
    with django_capture_on_commit_callbacks(execute=True):
        upload(page, picture(colour="blue").getvalue())
    dora.refresh_from_db()
    assert dora.avatar not in {"", old}
    assert not default_storage.exists(path_of(old, 64))
    assert default_storage.exists(path_of(dora.avatar, 64))


def test_picture_can_be_taken_away(page, dora, django_capture_on_commit_callbacks):
    upload(page)
    dora.refresh_from_db()
    old = dora.avatar
    with django_capture_on_commit_callbacks(execute=True):
        page.post(path("avatar"), {"remove": ""})
    dora.refresh_from_db()
    assert dora.get_avatar_url(64) == ""
    assert not default_storage.exists(path_of(old, 256))
    assert "avatar-hue-" in page.get(path("profile")).content.decode()


@pytest.mark.parametrize("content", [b"", b"nonsense", b"<svg/>"])
def test_bad_picture_is_told(page, dora, content):
    response = upload(page, content)
    assert response.status_code == 200
    assert response.context["avatar_form"].errors["picture"]
    dora.refresh_from_db()
    assert dora.avatar == ""


def test_form_without_a_picture_is_told(page):
    response = page.post(path("avatar"), {})
    assert response.context["avatar_form"].errors["picture"] == ["This field is required."]


def test_switch_of_the_header_is_kept(page, dora):
    assert page.post(path("theme"), {"theme": "dark"}).status_code == 204
    assert page.post(path("theme"), {"theme": "pink"}).status_code == 400
    html = page.get("/").content.decode()
    assert 'data-choice="dark" data-theme="dark"' in html


def test_chances_are_written_in_the_members_notation(page, dora, client):
    market = make_market(title="Will it rain?")
    market.contracts.update(last_price_ticks=4_500)
    User.objects.filter(pk=dora.pk).update(odds_format="american")
    html = page.get(f"/markets/{market.slug}/").content.decode()
    assert "data-book-chance>+122<" in html
    assert 'data-odds="american"' in html
    stranger = Client().get(f"/markets/{market.slug}/").content.decode()
    assert "data-book-chance>45%<" in stranger
    assert "data-odds" not in stranger


def test_times_are_in_the_members_zone(page, dora):
    User.objects.filter(pk=dora.pk).update(time_zone="Asia/Kolkata")
    html = page.get("/portfolio/ledger/").content.decode()
    assert 'data-zone="Asia/Kolkata"' in html
    assert "+05:30" in html
    assert " IST</time>" in html


def test_zone_ends_with_the_request(page, dora):
    User.objects.filter(pk=dora.pk).update(time_zone="Asia/Kolkata")
    page.get("/")
    from django.utils import timezone

    assert timezone.get_current_timezone_name() == "UTC"


def test_privacy_starts_open_and_says_what_each_kind_is(page):
    html = page.get(path("privacy")).content.decode()
    assert html.count("<legend>") == 4
    assert html.count(f'value="{Audience.PUBLIC}"') == html.count("checked") == 4


def test_settings_lead_to_the_profile(page):
    assert page.get("/accounts/settings/").url == path("profile")


def test_display_is_saved_without_a_query_for_each_zone(page, django_assert_max_num_queries):
    with django_assert_max_num_queries(10):
        page.post(path("display"), GOOD["display"])
