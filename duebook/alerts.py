"""Telling people who don't look: by a webhook, in the form Slack and its like take, and by e-mail.

Here: sending. Not here: what is told and when (orchestration/defs/alerts.py), the settings that say to whom.
"""

import json
import smtplib
from collections.abc import Callable
from email.message import EmailMessage
from urllib.error import URLError
from urllib.parse import parse_qs, unquote, urlsplit
from urllib.request import Request, urlopen

from duebook.settings import Settings

SECONDS = 20
SMTP_PORTS = {"smtp": 587, "smtps": 465}


class AlertError(RuntimeError):
    """Somebody couldn't be told; the message says by what, and why. It holds no address and no password."""


def send_alert(settings: Settings, subject: str, text: str) -> list[str]:
    """Tell whoever the settings name.

    Args:
        settings: to whom: `alert_webhook`, `alert_email`.
        subject: one line.
        text: what happened and what to do, in plain words.

    Returns:
        The ways it was told by: `webhook`, `e-mail`; none where nobody is named.

    Raises:
        AlertError: a way doesn't work. Every way is tried first.
    """
    ways: dict[str, Callable[[Settings, str, str], None]] = {}
    if settings.alert_webhook:
        ways["webhook"] = _post
    if settings.alert_email:
        ways["e-mail"] = _mail
    failed = []
    for way, tell in ways.items():
        try:
            tell(settings, subject, text)
        except (OSError, smtplib.SMTPException) as error:
            failed.append(f"{way}: {_reason(error)}")
    if failed:
        raise AlertError("; ".join(failed))
    return list(ways)


def _post(settings: Settings, subject: str, text: str) -> None:
    body = json.dumps({"text": f"*{subject}*\n{text}"}).encode()
    # The setting takes http and https only.
    request = Request(settings.alert_webhook.get_secret_value(), body, {"Content-Type": "application/json"})
    with urlopen(request, timeout=SECONDS):
        pass


def _mail(settings: Settings, subject: str, text: str) -> None:
    server = urlsplit(settings.smtp_url.get_secret_value())
    message = EmailMessage()
    message["Subject"], message["To"] = subject, settings.alert_email
    message["From"] = parse_qs(server.query).get("from", [settings.alert_email.split(",")[0].strip()])[0]
    message.set_content(text)
    connect = smtplib.SMTP_SSL if server.scheme == "smtps" else smtplib.SMTP
    with connect(server.hostname, server.port or SMTP_PORTS[server.scheme], timeout=SECONDS) as connection:
        if server.scheme == "smtp" and connection.has_extn("starttls"):
            connection.starttls()
        if server.username:
            connection.login(unquote(server.username), unquote(server.password or ""))
        connection.send_message(message)


def _reason(error: Exception) -> str:
    """What went wrong, without the address it went wrong at."""
    if isinstance(error, smtplib.SMTPResponseException):
        return f"the server answered {error.smtp_code}"
    inner = error.reason if isinstance(error, URLError) else error
    return str(getattr(inner, "strerror", None) or type(inner).__name__)
