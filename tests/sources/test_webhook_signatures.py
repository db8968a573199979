"""Signatures of the form services: known answers, everything else refused."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from advocacy_monitor.sources.webhook_signatures import Kind, problem_with_secret, refusal
from tests.sources.webhook_deliveries import SECRETS, signed

NOW = datetime(2026, 11, 1, 12, 0, tzinfo=UTC)
BODY = '{"said": "Bücher"}'.encode()


@pytest.mark.parametrize("kind", list(Kind))
def test_a_delivery_with_its_signature_is_taken_in(kind: Kind) -> None:
    headers = signed(kind, BODY, now=NOW)
    assert refusal(kind, secret=SECRETS[kind], headers=headers, body=BODY, now=NOW) is None
    for changed in (BODY + b" ", b"", BODY.replace(b"said", b"sait")):
        assert refusal(kind, secret=SECRETS[kind], headers=headers, body=changed, now=NOW)
    foreign = signed(kind, BODY, now=NOW, secret="whsec_Zm9yZWlnbg==")
    assert "is wrong" in str(refusal(kind, secret=SECRETS[kind], headers=foreign, body=BODY, now=NOW))


@pytest.mark.parametrize("kind", list(Kind))
def test_a_missing_header_is_named(kind: Kind) -> None:
    headers = signed(kind, BODY, now=NOW)
    for name in headers:
        less = {key: value for key, value in headers.items() if key != name}
        reason = refusal(kind, secret=SECRETS[kind], headers=less, body=BODY, now=NOW)
        assert reason == f"the header {name} is missing"


def test_the_published_examples() -> None:
    """GitHub's own test values, and those of the Standard Webhooks specification."""
    github = "sha256=757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17"
    given = {"x-signature-256": github}
    secret = "It's a Secret to Everybody"
    assert refusal(Kind.JSON, secret=secret, headers=given, body=b"Hello, World!", now=NOW) is None
    headers = {
        "webhook-id": "msg_p5jXN8AQM9LWM0D4loKWxJek",
        "webhook-timestamp": "1614265330",
        "webhook-signature": "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=",
    }
    then = datetime.fromtimestamp(1614265330, UTC)
    key = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
    assert refusal(Kind.FORMBRICKS, secret=key, headers=headers, body=b'{"test": 2432232314}', now=then) is None


@pytest.mark.parametrize("minutes", [-6, 6, 60 * 24])
def test_a_delivery_of_another_time_is_refused(minutes: int) -> None:
    headers = signed(Kind.FORMBRICKS, BODY, now=NOW + timedelta(minutes=minutes))
    secret = SECRETS[Kind.FORMBRICKS]
    reason = refusal(Kind.FORMBRICKS, secret=secret, headers=headers, body=BODY, now=NOW)
    assert reason == "the time in webhook-timestamp is more than 5 minutes from now"
    for late in (-4, 4):
        headers = signed(Kind.FORMBRICKS, BODY, now=NOW + timedelta(minutes=late))
        assert refusal(Kind.FORMBRICKS, secret=secret, headers=headers, body=BODY, now=NOW) is None
    for stamp in ("now", "1e9", "-5", "٣", "9" * 400):
        odd = refusal(
            Kind.FORMBRICKS, secret=secret, headers={**headers, "webhook-timestamp": stamp}, body=b"", now=NOW
        )
        assert odd == "the header webhook-timestamp is no time"


@given(st.sampled_from(list(Kind)), st.text(max_size=80), st.text(max_size=20), st.binary(max_size=40))
def test_no_other_signature_is_taken(kind: Kind, signature: str, stamp: str, body: bytes) -> None:
    headers = dict.fromkeys(
        ("typeform-signature", "tally-signature", "x-signature-256", "webhook-signature"), signature
    )
    headers |= {"webhook-id": signature, "webhook-timestamp": stamp}
    assert refusal(kind, secret=SECRETS[kind], headers=headers, body=body, now=NOW)


def test_secrets_that_protect_nothing() -> None:
    for kind in Kind:
        assert problem_with_secret(kind, SECRETS[kind]) is None
        assert problem_with_secret(kind, "  ") == "is empty: then everybody could sign"
    for secret in ("whsec_", "whsec_!!", "ü"):
        problem = problem_with_secret(Kind.FORMBRICKS, secret)
        assert problem == "is not one of Formbricks: they are whsec_ and a text in base64"
