"""Mail kept as files."""

import threading

import pytest
from django.core.mail import EmailMultiAlternatives, get_connection, send_mail

from notifications import devmail
from notifications.devmail_reading import LIST_MAX, list_headings, read_letter


@pytest.fixture(autouse=True)
def mailbox(settings, tmp_path):
    settings.DEV_MAIL_DIR = tmp_path / "mail"
    settings.EMAIL_BACKEND = "notifications.devmail.EmailBackend"
    return settings.DEV_MAIL_DIR


def post(subject="Hello", to="anna@example.com", html=""):
    message = EmailMultiAlternatives(subject, "The text.", "likely@localhost", [to])
    if html:
        message.attach_alternative(html, "text/html")
    return message.send()


def test_message_is_kept_as_one_file_with_both_parts(mailbox):
    assert post("Grüße, 世界", html="<p>The <b>HTML</b>.</p>") == 1
    (path,) = mailbox.iterdir()
    letter = read_letter(path.stem)
    assert letter.heading.subject == "Grüße, 世界"
    assert (letter.heading.to, letter.heading.sender) == ("anna@example.com", "likely@localhost")
    assert letter.text.strip() == "The text."
    assert letter.html.strip() == "<p>The <b>HTML</b>.</p>"


def test_message_without_html_has_an_empty_part(mailbox):
    post()
    assert read_letter(list_headings()[0].name).html == ""


def test_message_to_nobody_is_not_kept(mailbox):
    assert send_mail("Hello", "text", None, []) == 0
    assert list_headings() == []


def test_names_sort_by_time_and_the_list_is_newest_first():
    for number in range(5):
        post(f"Mail {number}")
    assert [heading.subject for heading in list_headings()] == [
        f"Mail {number}" for number in (4, 3, 2, 1, 0)
    ]


def test_no_folder_is_an_empty_mailbox():
    assert list_headings() == []
    assert read_letter("0" * 20 + "-00000000") is None


@pytest.mark.parametrize("to", ["berta", "BERTA@example.com", " berta@ "])
def test_filter_looks_for_a_part_of_the_recipient_in_any_case(to):
    post("For Anna")
    post("For Berta", to="Berta@example.com")
    assert [heading.subject for heading in list_headings(to=to)] == ["For Berta"]


def test_oldest_beyond_the_limit_are_dropped(mailbox, monkeypatch):
    monkeypatch.setattr(devmail, "FILES_MAX", 3)
    for number in range(5):
        post(f"Mail {number}")
    assert [heading.subject for heading in list_headings()] == ["Mail 4", "Mail 3", "Mail 2"]
    assert len(list(mailbox.iterdir())) == 3


def test_list_ends_at_its_limit():
    for number in range(LIST_MAX + 2):
        devmail.keep(b"To: anna@example.com\nSubject: %d\n\ntext" % number)
    assert len(list_headings()) == LIST_MAX


def test_unfinished_and_foreign_files_are_not_shown(mailbox):
    post()
    (mailbox / "notes.eml").write_text("Subject: mine\n\n")
    (mailbox / "00000000000000000001-aaaaaaaa.part").write_text("Subject: half")
    assert [heading.subject for heading in list_headings()] == ["Hello"]


def test_many_senders_at_once_lose_nothing(mailbox):
    threads = [threading.Thread(target=post, args=(f"Mail {n}",)) for n in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert {heading.subject for heading in list_headings()} == {f"Mail {n}" for n in range(20)}


@pytest.mark.parametrize("silently", [True, False])
def test_disk_that_refuses_is_an_error_unless_told_to_be_silent(mailbox, silently):
    mailbox.parent.joinpath("mail").write_text("a file where the folder should be")
    connection = get_connection(fail_silently=silently)
    message = EmailMultiAlternatives("Hello", "text", None, ["anna@example.com"])
    if silently:
        assert connection.send_messages([message]) == 0
    else:
        with pytest.raises(OSError, match="mail"):
            connection.send_messages([message])
