"""Sends alerts: by a webhook, in the format of Slack and similar services, and by e-mail.

Here: sending. Not here: which alerts there are and when (orchestration/defs/alerts.py), the settings that say to whom.
"""

import json
import smtplib
import ssl
from collections.abc import Callable
from dataclasses import dataclass
from email.message import EmailMessage
from http.client import HTTPException
from urllib.error import HTTPError, URLError
from urllib.parse import parse_qs, unquote, urlsplit
from urllib.request import Request, urlopen

from duebook.settings import Settings

SECONDS = 20
MOST_CHARACTERS = 3000
SMTP_PORTS = {"smtp": 587, "smtps": 465}
THIS_MACHINE = {"localhost", "127.0.0.1", "::1"}
# Errors while sending that are reported, not raised.
FAILURES = (OSError, smtplib.SMTPException, HTTPException, ValueError)


@dataclass(frozen=True)
class Sent:
    """How an alert was sent.

    Attributes:
        sent_by: the ways it was sent by, `webhook`, `e-mail`; empty if no receiver is set.
        failed: a line for each way that failed, with the reason, but without address and password.
    """

    sent_by: tuple[str, ...]
    failed: tuple[str, ...]

    def __str__(self) -> str:
        """Return both in one line."""
        sent = f"alert sent by {' and '.join(self.sent_by)}" if self.sent_by else "no alert was sent"
        return "; ".join([sent, *self.failed])


def send_alert(settings: Settings, subject: str, text: str) -> Sent:
    """Send an alert by every way that is set; if one way fails, the other is still used.

    Args:
        settings: say where to: `alert_webhook`, `alert_email`.
        subject: one line.
        text: what happened and what to do, in plain words; cut when it is long.
    """
    ways: dict[str, Callable[[Settings, str, str], None]] = {}
    if settings.alert_webhook:
        ways["webhook"] = _post
    if settings.alert_email:
        ways["e-mail"] = _mail
    if len(text) > MOST_CHARACTERS:
        text = text[:MOST_CHARACTERS].rstrip() + " ..."
    sent_by, failed = [], []
    for way, send in ways.items():
        try:
            send(settings, subject, text)
        except FAILURES as error:
            failed.append(f"{way}: {_reason(error)}")
        else:
            sent_by.append(way)
    return Sent(tuple(sent_by), tuple(failed))


def _post(settings: Settings, subject: str, text: str) -> None:
    # In Slack's format these three characters begin a link or a mention.
    plain = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    body = json.dumps({"text": f"*{subject}*\n{plain}"}).encode()
    # Safe: the setting allows http and https only.
    request = Request(settings.alert_webhook.get_secret_value(), body, {"Content-Type": "application/json"})  # noqa: S310
    with urlopen(request, timeout=SECONDS):  # noqa: S310
        pass


def _mail(settings: Settings, subject: str, text: str) -> None:
    server = urlsplit(settings.smtp_url.get_secret_value())
    message = EmailMessage()
    message["Subject"], message["To"] = subject, settings.alert_email
    message["From"] = parse_qs(server.query).get("from", [settings.alert_email.split(",")[0].strip()])[0]
    message.set_content(text)
    place = {"host": server.hostname, "port": server.port or SMTP_PORTS[server.scheme], "timeout": SECONDS}
    if server.scheme == "smtps":
        connecting = smtplib.SMTP_SSL(**place, context=ssl.create_default_context())
    else:
        connecting = smtplib.SMTP(**place)
    with connecting as connection:
        connection.ehlo()
        is_private = server.scheme == "smtps" or server.hostname in THIS_MACHINE
        if server.scheme == "smtp" and connection.has_extn("starttls"):
            connection.starttls(context=ssl.create_default_context())
            connection.ehlo()
            is_private = True
        if server.username:
            if not is_private:
                raise smtplib.SMTPNotSupportedError("the server offers no encryption (STARTTLS), and a password is set")
            connection.login(unquote(server.username), unquote(server.password or ""))
        connection.send_message(message)


def _reason(error: Exception) -> str:
    """Return what went wrong, without the address."""
    match error:
        case HTTPError():
            return f"the server answered {error.code}"
        case smtplib.SMTPResponseException():
            return f"the server answered {error.smtp_code}"
        case smtplib.SMTPNotSupportedError():
            return str(error)
        case ssl.SSLCertVerificationError():
            return f"the server's certificate isn't trusted: {error.verify_message}"
        case URLError() if isinstance(error.reason, Exception):
            return _reason(error.reason)
        case OSError() if error.strerror:
            return error.strerror
    return type(error).__name__
