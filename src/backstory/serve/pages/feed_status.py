"""The page that tells how it stands with each feed."""

from __future__ import annotations

from collections import Counter
from datetime import datetime

from babel.dates import format_timedelta
from fastapi import APIRouter, Request, Response
from markupsafe import Markup

from backstory.model.problems import Problem
from backstory.model.views import FeedCondition
from backstory.serve.formatting import number
from backstory.serve.language import gettext as _
from backstory.serve.language import locale_name, ngettext
from backstory.serve.pages.rendering import Shell
from backstory.serve.problems import advice, sentence
from backstory.serve.site import site_of

_STATES: tuple[FeedCondition, ...] = ("fine", "pushed", "waiting", "failing", "ended")
_AILING = ("failing", "ended")


def distance(at: datetime, now: datetime) -> Markup:
    """``3 minutes ago`` or ``in 2 hours``."""
    words = format_timedelta(at - now, add_direction=True, locale=locale_name())
    return Markup('<time datetime="{}" title="{} UTC">{}</time>').format(
        at.isoformat(timespec="seconds"), f"{at:%Y-%m-%d %H:%M}", words
    )


def begun(problem: Problem) -> str:
    """What is wrong, as it stands at the beginning of a sentence."""
    said = sentence(problem)
    return said[:1].upper() + said[1:]


def counted(state: FeedCondition, times: int) -> str:
    """``3 fine``, ``1 not polled yet``"""
    text = {
        "fine": ngettext("%(num)s fine", "%(num)s fine", times),
        "pushed": ngettext("%(num)s pushed by its hub", "%(num)s pushed by their hubs", times),
        "waiting": ngettext("%(num)s not polled yet", "%(num)s not polled yet", times),
        "failing": ngettext("%(num)s failing", "%(num)s failing", times),
        "ended": ngettext("%(num)s ended", "%(num)s ended", times),
    }[state]
    return text % {"num": number(times)}


router = APIRouter(include_in_schema=False)


@router.get("/feeds")
@router.get("/feeds/")
def feeds(request: Request) -> Response:
    site = site_of(request)
    found = site.archive.feeds(site.clock())
    counts = Counter(feed.state for feed in found)
    shell = Shell(
        title=_("Feeds"),
        view=site.renderer.home(),
        active="feeds",
        description=_("The status of every feed."),
    )
    return site.renderer.page(
        request,
        "feeds.html",
        shell,
        feeds=found,
        ailing=sorted(
            (feed for feed in found if feed.state in _AILING), key=lambda feed: -feed.failures
        ),
        well=[feed for feed in found if feed.state not in _AILING],
        counts=[counted(state, counts[state]) for state in _STATES if counts[state]],
        told=distance,
        begun=begun,
        advice=advice,
    )
