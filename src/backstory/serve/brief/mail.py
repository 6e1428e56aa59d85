"""Hands a message to a mail server (SMTP, RFC 5321; with TLS where there is a password)."""

from __future__ import annotations

import smtplib
import ssl
from email.message import EmailMessage
from urllib.parse import unquote, urlsplit

from backstory.serve.brief.record import NotDelivered

SMTP_SECONDS = 30.0


def send(message: EmailMessage, address: str) -> None:
    """``address``: of the server, such as ``smtp://user:password@host:port`` or ``smtps://``.

    NotDelivered: the server did not take it.
    """
    server = urlsplit(address if "://" in address else f"smtp://{address}")
    if server.scheme not in ("smtp", "smtps") or not server.hostname:
        raise NotDelivered("BACKSTORY_SMTP must look like smtp://user:password@host:port")
    try:
        port = server.port
    except ValueError:
        raise NotDelivered("BACKSTORY_SMTP has an invalid port") from None
    secure = ssl.create_default_context()
    try:
        with (
            smtplib.SMTP_SSL(server.hostname, port or 465, timeout=SMTP_SECONDS, context=secure)
            if server.scheme == "smtps"
            else smtplib.SMTP(server.hostname, port or 25, timeout=SMTP_SECONDS)
        ) as connection:
            connection.ehlo()
            if server.scheme == "smtp" and connection.has_extn("starttls"):
                connection.starttls(context=secure)
                connection.ehlo()
            if server.username:
                # A password never travels in the clear.
                if server.scheme == "smtp" and not isinstance(connection.sock, ssl.SSLSocket):
                    raise NotDelivered(f"{server.hostname} offers no TLS; not logging in")
                connection.login(unquote(server.username), unquote(server.password or ""))
            connection.send_message(message)
    except (smtplib.SMTPException, OSError) as error:
        raise NotDelivered(f"the mail was not sent: {server.hostname}: {error}") from None
