"""Each check of a single setting: what it takes, what it refuses, in which words."""

from __future__ import annotations

import math
from collections.abc import Callable
from enum import Enum
from typing import Any

import pytest

from flask_app_inbox.config import validators as checks
from flask_app_inbox.config.rate import rate_limit

SECRET = "hunter2-in-the-wrong-place"


@pytest.mark.parametrize(
    ("value", "result"),
    [
        ("https://esputnik.com/api", "https://esputnik.com/api"),
        ("https://esputnik.com/api/", "https://esputnik.com/api"),
        ("https://esputnik.com//", "https://esputnik.com"),
        ("HTTPS://Host:8443", "HTTPS://Host:8443"),
        ("https://xn--80ak6aa92e.com", "https://xn--80ak6aa92e.com"),
        (
            "https://my_vendor.internal./a-b/%7Ec",
            "https://my_vendor.internal./a-b/%7Ec",
        ),
        ("http://127.0.0.1:5001", "http://127.0.0.1:5001"),
        ("http://127.8.8.8", "http://127.8.8.8"),
        ("http://localhost:5001/api/", "http://localhost:5001/api"),
        ("http://[::1]:5001", "http://[::1]:5001"),
        ("https://1.2.3.4", "https://1.2.3.4"),
        ("https://4.3-2.1a", "https://4.3-2.1a"),
    ],
)
def test_a_url_is_taken_without_its_last_slash(value: str, result: str) -> None:
    assert checks.url(value) == result


@pytest.mark.parametrize(
    "value",
    [
        "http://esputnik.com",
        "http://127.0.0.1.evil.example",
        "http://localhost.evil.example",
        "http://0.0.0.0",
        "http://2130706433",
        "http://[::ffff:7f00:1]",
        "http://[::ffff:127.0.0.1]",
        "http://169.254.169.254",
    ],
)
def test_plain_http_to_a_host_that_is_not_this_machine_is_refused(value: str) -> None:
    with pytest.raises(ValueError, match="plain http only for a loopback host"):
        checks.url(value)


@pytest.mark.parametrize(
    "value",
    [
        5,
        b"https://x",
        "",
        "esputnik.com/api",
        "//esputnik.com",
        "ftp://esputnik.com",
        "javascript:alert(1)",
        "https://",
        "https://:443",
        "https://x:",
        "https://x:0",
        "https://x:99999",
        "https://x:port",
        "https://[::1",
        "https://.x",
        "https://-x.com",
        "https://x..com",
        "https://" + "a" * 64 + ".com",
        "https://" + "a.b" * 100,
        "https://*.esputnik.com",
        "https://a<b>",
        "https://a℀b.com",
        "https://x/?a=b",
        "https://x?",
        "https://x/#",
        "https://user@x",
        f"https://user:{SECRET}@x",
        "https://x/a b",
        "https://x\\y",
        "https://x/\n",
        "https://x/a/../b",
        'https://x/"><script>',
        "https://x//a",
        "https://999.1.1.1",
        "https://1.2.3",
        "https://1.2.3.4.",
        "https://2130706433",
        "https://host.0x7f",
        "https://[fe80::1%25eth0]",
        "https://[1.2.3.4]",
        "https://x.y/%2e%2e/z",
        "https://x.y/a%2Fb",
        "https://x.y/a%5cb",
        "https://x.y/50%",
        "https://x/\ud800",
    ],
)
def test_a_url_that_makes_no_sense_is_refused_without_being_repeated(
    value: object,
) -> None:
    with pytest.raises(ValueError, match=r"^a URL like https://host/path") as caught:
        checks.url(value)
    assert SECRET not in str(caught.value)


@pytest.mark.parametrize("value", ["/v1/auth/contact/token", "/a", "/a.b/~c/%20"])
def test_a_path_is_taken(value: str) -> None:
    assert checks.path(value) == value


@pytest.mark.parametrize(
    "value",
    [
        None,
        1,
        "",
        "/",
        "a",
        "a/b",
        "/a/",
        "//a",
        "/a?b",
        "/a#b",
        "/..",
        "/a/./b",
        "/a\n",
        "/%2e%2e/x",
        "/a%2E",
        "/a%2fb",
        "/a%5Cb",
        "/%zz",
        "/%2",
        "/\ud800",
        "/\0",
    ],
)
def test_another_path_is_refused(value: object) -> None:
    with pytest.raises(ValueError, match="a path like /v1/auth"):
        checks.path(value)


@pytest.mark.parametrize(
    "value",
    [
        *(None, "", "/", "inbox", "/inbox/", "/a b", "/..", "/%2e", "/a\n"),
        *("/<>", "/<x", "/x>", "/<<x>>", "/<1x>", "/<x y>", "/<a/b>", "/<int:>"),
        *("/<any(a):x", "/<x>/", "/<x>?", "/<string(length=(2)):x>"),
    ],
)
def test_a_url_prefix_that_routes_cannot_have_is_refused(value: object) -> None:
    with pytest.raises(ValueError, match="a path like /app-inbox"):
        checks.url_prefix(value)


def test_a_url_prefix_of_several_parts_is_taken() -> None:
    assert checks.url_prefix("/my/app-inbox") == "/my/app-inbox"


@pytest.mark.parametrize(
    "value", ["/<tenant>/x", "/x/<int:id>", "/t-<any(a, b):kind>/x", "/<a>/<b>"]
)
def test_a_url_prefix_may_have_variables(value: str) -> None:
    assert checks.url_prefix(value) == value


@pytest.mark.parametrize("value", ["true", "", 0, 1, None, []])
def test_a_flag_is_a_bool_and_nothing_like_one(value: object) -> None:
    assert checks.flag(False) is False
    with pytest.raises(ValueError, match="True or False"):
        checks.flag(value)


@pytest.mark.parametrize("value", ["", "  ", 5, None, b"x"])
def test_a_text_is_a_string_that_is_not_blank(value: object) -> None:
    assert checks.text(" a ") == "a"
    with pytest.raises(ValueError, match="a string that is not empty"):
        checks.text(value)


def test_a_secret_is_taken_without_the_blanks_around_it() -> None:
    assert checks.secret(f" {SECRET}\n") == SECRET


@pytest.mark.parametrize(
    ("value", "reason"),
    [
        (123456, "copied whole"),
        (None, "copied whole"),
        ("", "copied whole"),
        (" \n", "copied whole"),
        (f"{SECRET}\n{SECRET}", "copied whole"),
        (f"{SECRET}…", "copied whole"),
        (f"{SECRET}\x00", "copied whole"),
        (f"{SECRET}\ud800", "copied whole"),
    ],
)
def test_a_broken_secret_is_refused_without_being_repeated(
    value: object, reason: str
) -> None:
    with pytest.raises(ValueError, match=reason) as caught:
        checks.secret(value)
    assert SECRET not in str(caught.value)


@pytest.mark.parametrize("value", [123456, 5e10, math.inf, True, ["1"], {}])
def test_what_the_environment_makes_of_digits_is_told_about_its_quotes(
    value: object,
) -> None:
    check = checks.quoted("APP_INBOX_SCRIPT_ID", checks.text)
    assert check(" 1 ") == "1"
    with pytest.raises(ValueError, match=r"FLASK_APP_INBOX_SCRIPT_ID='\"…\"'$"):
        check(value)


@pytest.mark.parametrize("value", ["", "a b", "1a", "user.email", 5, "get()", None])
def test_an_attribute_has_a_plain_name(value: object) -> None:
    assert checks.identifier("email_verified") == "email_verified"
    with pytest.raises(ValueError, match="name of an attribute"):
        checks.identifier(value)


@pytest.mark.parametrize(
    "value",
    [-1, 0, 0.09, 60.1, math.nan, math.inf, -math.inf, "3", True, None, 10**400],
)
def test_a_number_of_seconds_lies_in_its_range(value: object) -> None:
    check = checks.number(0.1, 60)
    assert (check(3), check(0.1)) == (3.0, 0.1)
    with pytest.raises(ValueError, match=r"seconds from 0\.1 to 60"):
        check(value)


@pytest.mark.parametrize("value", [0, 1001, -1, 8.0, "8", True, None, 10**400])
def test_a_whole_number_lies_in_its_range(value: object) -> None:
    check = checks.integer(1, 1000)
    assert (check(1), check(1000)) == (1, 1000)
    with pytest.raises(ValueError, match="whole number from 1 to 1000"):
        check(value)


@pytest.mark.parametrize("value", ["Reteno", "", None, 5, ["a"]])
def test_one_of_a_few_words_is_written_exactly_so(value: object) -> None:
    check = checks.one_of("reteno", "yespo")
    assert check("yespo") == "yespo"
    with pytest.raises(ValueError, match="one of 'reteno', 'yespo'"):
        check(value)


@pytest.mark.parametrize("value", ['"><script>', "a/b", "../a", "", "a" * 65, "a\n", 5])
def test_a_string_of_one_form_is_matched_whole(value: object) -> None:
    check = checks.matching(r"[A-Za-z0-9_-]{1,64}", "a script id")
    assert check("5329D46F") == "5329D46F"
    with pytest.raises(ValueError, match="a script id: a string of the form"):
        check(value)


def test_a_language_is_cut_to_two_letters() -> None:
    assert checks.language("pt-BR") == "pt"


@pytest.mark.parametrize(
    ("value", "reason"),
    [
        ("ua", "Ukrainian is uk"),
        ("UA", "Ukrainian is uk"),
        ("klingon", "ISO 639-1 such as en"),
        (None, "ISO 639-1"),
    ],
)
def test_nonsense_is_no_language(value: object, reason: str) -> None:
    with pytest.raises(ValueError, match=reason):
        checks.language(value)


class Named(str, Enum):
    """Strings that an f-string shows by their names in some versions of Python."""

    PATH = "/inbox"
    WORD = "yespo"
    RATE = "30/minute"
    URL = "https://x.example"


@pytest.mark.parametrize(
    ("check", "value"),
    [
        (checks.path, Named.PATH),
        (checks.url_prefix, Named.PATH),
        (checks.text, Named.WORD),
        (checks.secret, Named.WORD),
        (checks.identifier, Named.WORD),
        (checks.matching("[a-z]+", "a word"), Named.WORD),
        (checks.one_of("yespo"), Named.WORD),
        (rate_limit, Named.RATE),
        (checks.url, Named.URL),
    ],
)
def test_what_is_taken_is_a_string_and_no_subclass_of_it(
    check: Callable[[Any], str], value: Named
) -> None:
    result = check(value)
    assert (type(result), result) == (str, value.value)
