"""Whether a sentence can stand alone: whole, quotations closed, pointing at nothing left out."""

from __future__ import annotations

import re
from functools import cache

from backstory.enrich.tags.gazetteer import read


@cache
def lists() -> dict[str, frozenset[str]]:
    """Words of several languages by what they do in a sentence: "stop", "anaphoric", "people"."""
    return {key: frozenset(words.split()) for key, words in read("summary_words.json").items()}


_PAIRS = {"”": "“", "»": "«", "」": "「", "』": "『", ")": "(", "]": "["}


def balanced(text: str) -> bool:
    """Whether every quotation and bracket that opens in a text closes in it, and the reverse."""
    if _ANY_MARK.isdisjoint(text):
        return True
    stack: list[str] = []
    for match in _MARKS.finditer(text):
        mark = match[0]
        before = text[match.start() - 1 : match.start()]
        after = text[match.end() : match.end() + 1]
        if mark == '"':
            opening = (not before or before in " \n(—–-[“‘'/\u00a0") and after.strip() != ""
            if stack and stack[-1] == "“" and not opening:
                stack.pop()  # publishers mix the kinds
            elif '"' in stack:
                if stack[-1] != '"' or (opening and before == " " and after.isalnum()):
                    return False
                stack.pop()
            elif opening or (before and not before.isspace() and after.isalnum()):
                stack.append('"')
            else:
                return False
        elif mark in "“„":
            # German closes with the mark that English opens with.
            if mark == "“" and stack and stack[-1] == "„":
                stack.pop()
            else:
                stack.append("„" if mark == "„" else "“")
        elif mark in "«「『([":
            stack.append(mark)
        elif mark == "”" and stack and stack[-1] in '„"':
            stack.pop()
        elif mark in _PAIRS:
            if not stack or stack[-1] != _PAIRS[mark]:
                if mark in ")]" and before.isdigit():
                    continue
                return False
            stack.pop()
        elif mark == "‘" or (mark == "'" and (not before or before in ' (—–“"')):
            if not after.isalpha() or _ELIDED.match(text, match.end()):
                continue
            stack.append("‘")
        elif before.isalnum() and after.isalnum():
            continue  # an apostrophe
        elif "‘" in stack:
            if stack[-1] == "‘":
                stack.pop()
        elif before in ".,!?…":
            return False
    return not stack


_MARKS = re.compile(r"[\"“”„«»「」『』()\[\]‘’']")
_ANY_MARK = frozenset("\"“”„«»「」『』()[]‘’'")
_ELIDED = re.compile(r"(?:\d\ds?|em|til|tis|twas|cause|n|round)\b", re.IGNORECASE)


def starts(sentence: str) -> bool:
    """Whether a sentence begins as sentences do, and is more than a number or a word."""
    first = next((c for c in sentence if c.isalnum()), "")
    if first.islower() and not sentence.lstrip("\"“‘'(«„")[1:2].isupper():
        return False
    return sentence.count(" ") > 1 or not sentence.isascii()


_END = re.compile(r"[.!?।॥؟。！？…](?:[\"”’'»)\]」』]|\s)*$")
CUT = re.compile(r"(?:\.\.\.|…|\[…\]|\[\.\.\.\]|\[&hellip;\])[\"”’')\]]*\s*$")


def cut_off(text: str) -> bool:
    """Whether a text ends with the dots of one that was cut at a limit."""
    return CUT.search(text[-12:]) is not None


def complete(sentence: str) -> bool:
    """Whether a sentence ends as sentences do, and was not cut at a limit."""
    return _END.search(sentence[-12:]) is not None and not cut_off(sentence)


_FIRST_WORDS = re.compile(r"[^\w]*([\w’'-]+)(?:[^\w]+([\w’'-]+))?(?:[^\w]+([\w’'-]+))?")
_THIRD = re.compile(
    r"\b(?:he|she|him|her|his|hers|himself|herself|they|them|theirs)\b", re.IGNORECASE
)
_NAMED = re.compile(r"(?<=\w)[\s,“\"‘(—–-]+[“\"‘]?[A-ZÀ-Þ][\w’'.-]*|\b[A-ZÀ-Þ]\w+ [A-ZÀ-Þ]\w+")
_POINTING = frozenset(["this", "these", "diese", "dieser", "esta", "este", "cette", "ce"])
_TIMES = frozenset(
    ["days", "week", "weekend", "year", "month", "morning", "evening", "summer", "winter", "spring"]
)
_AHEAD = frozenset(
    ["in", "after", "before", "during", "with", "despite", "on", "as", "while", "when", "since"]
)


def is_anaphoric(sentence: str) -> bool:
    """Whether a sentence points at what stands before it: a pronoun or connective of which the
    sentence itself does not say what it stands for."""
    match = _FIRST_WORDS.match(sentence)
    if match is None:
        return False
    words = lists()
    first = match[1].casefold().replace("’", "'")
    if first in words["anaphoric"] or first.split("'")[0] in words["anaphoric"]:
        return not (first in _POINTING and match[2] and match[2].casefold() in _TIMES)
    if match[2]:
        opening = f"{first} {match[2].casefold()}".replace("’", "'")
        phrases = _phrases()
        if opening in phrases:
            return True
        if match[3] and f"{opening} {match[3].casefold()}" in phrases:
            return True
    pronoun = _THIRD.search(sentence)
    if pronoun is None:
        return False
    before = sentence[: pronoun.start()]
    if _NAMED.search(before) or any(
        word in words["people"] or word.rstrip("s") in words["people"]
        for word in re.findall(r"\w+", before.casefold())
    ):
        return False
    if pronoun[0].casefold() in {"they", "them", "theirs"}:
        # Any plural before it will do.
        return re.search(r"\w{3,}s\b|\bpeople\b|\bmen\b|\bwomen\b|\bchildren\b", before) is None
    if re.match(r"[A-ZÀ-Þ]\w+", before) and first not in words["stop"] and len(before.split()) > 1:
        return False
    if first in _AHEAD:
        return _NAMED.search(sentence[pronoun.end() :]) is None
    return True


@cache
def _phrases() -> frozenset[str]:
    return frozenset(read("summary_words.json")["phrases"].split("|"))
