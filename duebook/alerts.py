"""Telling people who don't look: by a webhook, in the form Slack and its like take, and by e-mail.

Here: sending. Not here: what is told and when (orchestration/defs/alerts.py), the settings that say to whom.
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
# What can go wrong on the way, whatever is at its other end.
FAILURES = (OSError, smtplib.SMTPException, HTTPException, ValueError)


@dataclass(frozen=True)
class Sent:
    """What became of an alert.

    Attributes:
        told: the ways it was told by, `webhook`, `e-mail`; none where nobody is named.
        failed: a line for each way that doesn't work, with why; no address and no password is in it.
    """

    told: tuple[str, ...]
    failed: tuple[str, ...]

    def __str__(self) -> str:
        """Say both in a line."""
        told = f"told by {' and '.join(self.told)}" if self.told else "nobody was told"
        return "; ".join([told, *self.failed])


def send_alert(settings: Settings, subject: str, text: str) -> Sent:
    """Tell whoever the settings name; a way that fails keeps nobody from the others.

    Args:
        settings: to whom: `alert_webhook`, `alert_email`.
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
    told, failed = [], []
    for way, tell in ways.items():
        try:
            tell(settings, subject, text)
        except FAILURES as error:
            failed.append(f"{way}: {_reason(error)}")
        else:
            told.append(way)
    return Sent(tuple(told), tuple(failed))


def _post(settings: Settings, subject: str, text: str) -> None:
    # In Slack's form these three begin a link or a mention.
    plain = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    body = json.dumps({"text": f"*{subject}*\n{plain}"}).encode()
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
    """What went wrong, without the address it went wrong at."""
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
