"""What belongs to an article's topic, and how strongly: the ranking under every history.

A walk along stored links gives candidates; the nearest of them, together with the article, give
a profile (Rocchio's relevance feedback, 1971) and the start of a second walk; what is near the
profile, near in time and often come by on that walk belongs. One shared name is not enough (a
country, an office): what words other than names and what all but the heaviest shared term make
up counts beside the whole, and so does how much of an article's links stay within the topic. The
work is bounded, however large the archive.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from backstory.group.index.kernels import MISSING
from backstory.group.index.links import gaps_in_days
from backstory.group.index.postings import Floats, Ints
from backstory.group.index.similar import Fading, Index
from backstory.group.index.walk import inside, walk
from backstory.model.vector import NAME

CANDIDATES, WIDE_CANDIDATES = 250, 400  # taken from the walk
FEEDBACK = 16  # nearest articles that shape the profile
OWN = 0.15  # the article's own part in the profile
PROFILE = 40  # terms of the profile
ASKED = 14  # of them, asked of the index
FOUND, WIDE_FOUND = 400, 1000  # articles taken from those answers
UNWALKED = 0.03  # what an article counts that the walk never came by
AGAIN = 8  # of those nearest, where the second walk starts beside the article
HOME = 0.4  # how often it starts from the article
CLOSELY, WIDE_CLOSELY = 150, 1000  # articles whose own links and words are looked at
CORE = 30  # strongest articles that links should lead to
FEW_WORDS = 0.003  # what an article counts as sharing that shares one name alone
OUTSIDE = 0.3  # what one counts whose links all lead elsewhere
NEARNESS, WITHIN, SHARED = 0.75, 1.5, 1 / 6  # exponents of what counts
HALF = 0.012  # the strength that makes a score of a half
FADING, FLOOR = 120.0, 0.13  # days until belonging falls half-way to its floor; the floor

Doubles = NDArray[np.float64]
Numbers = NDArray[np.floating] | NDArray[np.signedinteger]


@dataclass(frozen=True, slots=True)
class Belonging:
    """Articles of a topic, the strongest first; the one asked about is not among them.

    ``scores``, from 0 to 1, rank; ``bearing`` says how near each is to the topic whenever it
    was, with nothing for time: recent weeks must not crowd out the years before.
    """

    seqs: Ints
    scores: Doubles
    bearing: Doubles
    minutes: Ints

    def strengths(self) -> Doubles:
        """What the scores were made of: strengths compare as ratios, scores do not."""
        found: Doubles = HALF * self.scores / np.maximum(1.0 - self.scores, 1e-9)
        return found


def strongest(seqs: Ints, values: Numbers, most: int) -> Ints:
    """Positions of the ``most`` largest values, the largest first, ties by seq."""
    if len(seqs) <= most:
        return np.lexsort((seqs, -values)).astype(np.int32)
    edge = np.partition(values, len(values) - most)[len(values) - most]
    chosen = np.flatnonzero(values >= edge)
    order = np.lexsort((seqs[chosen], -values[chosen]))[:most]
    return chosen[order].astype(np.int32)


def fading(minutes: Ints, minute: int) -> Doubles:
    """How belonging fades over a gap: slowly, and never to nothing."""
    faded: Doubles = FLOOR + (1.0 - FLOOR) / (1.0 + gaps_in_days(minutes, minute) / FADING)
    return faded


def unit(weights: Numbers) -> Floats:
    wide = weights.astype(np.float64)
    norm = float(np.sqrt(wide @ wide))
    scaled: Floats = (wide / norm if norm else wide).astype(np.float32)
    return scaled


def blend(index: Index, seqs: Ints, shares: Doubles, most: int) -> tuple[Ints, Floats]:
    """The weighted mean of some articles' unit vectors: its ``most`` heaviest terms, norm 1."""
    keys, sums = index.blend(seqs, shares)
    order = strongest(keys, sums, most)
    return keys[order], unit(sums[order])


def _shared_beside_names(
    index: Index, flags: Ints, terms: Ints, weights: Floats, seqs: Ints
) -> Doubles:
    """The part of each cosine that words other than names make up."""
    plain = np.flatnonzero(flags & NAME == 0)
    cosines = index.dots(terms[plain], weights[plain], seqs).astype(np.float64)
    return np.maximum(cosines, FEW_WORDS)


def _found_at(nodes: Ints, mass: Doubles, seqs: Ints) -> Doubles:
    """The mass of each of ``seqs``: 0 where the walk never came by."""
    came = np.zeros(len(seqs))
    if len(nodes):
        order = np.argsort(nodes, kind="stable")
        at = np.searchsorted(nodes[order], seqs)
        at[at == len(nodes)] = 0
        hit = nodes[order][at] == seqs
        came[hit] = mass[order][at[hit]]
    return came


def known(index: Index, seqs: Ints, until: int | None) -> NDArray[np.bool_]:
    """Which of these articles were published by a minute; all where none is given."""
    if until is None:
        return np.ones(len(seqs), dtype=np.bool_)
    minutes = index.minutes(seqs)
    found: NDArray[np.bool_] = (minutes != MISSING) & (minutes <= until)
    return found


def belonging(index: Index, seq: int, wide: bool = False, until: int | None = None) -> Belonging:
    """What belongs to the topic of an article; ``wide``: with more care for what is far down;
    ``until``: of other articles only those that were published by this minute."""
    candidates, most, closely = CANDIDATES, FOUND, CLOSELY
    if wide:
        candidates, most, closely = WIDE_CANDIDATES, WIDE_FOUND, WIDE_CLOSELY
    line = index.terms.line(seq)
    terms, own = line.keys, unit(line.packed & 0xFFFF)
    itself = np.array([seq], dtype=np.int32)
    nodes, mass = walk(index, itself, np.ones(1))
    seen = known(index, nodes, until) | (nodes == seq)
    nodes, mass = nodes[seen], mass[seen]
    near = strongest(nodes, mass, candidates)
    nodes, mass = nodes[near], mass[near]
    cosines = index.dots(terms, own, nodes).astype(np.float64)
    first = cosines * fading(index.minutes(nodes), line.minute) * np.sqrt(mass)
    first[nodes == seq] = -1.0
    best = strongest(nodes, first, FEEDBACK)
    best = best[first[best] > 0]
    shares = np.full(len(best) + 1, (1.0 - OWN) / max(len(best), 1))
    shares[0] = OWN
    profile, weights = blend(index, np.concatenate([itself, nodes[best]]), shares, PROFILE)
    again = best[:AGAIN]
    if len(again):
        starts = (1.0 - HOME) * first[again] / first[again].sum()
        nodes, mass = walk(
            index, np.concatenate([itself, nodes[again]]), np.concatenate([[HOME], starts])
        )
        seen = known(index, nodes, until) | (nodes == seq)
        nodes, mass = nodes[seen], mass[seen]
        near = strongest(nodes, mass, candidates)
        nodes, mass = nodes[near], mass[near]
    found, rough = index.gather(
        profile[:ASKED], weights[:ASKED], fading=Fading(line.minute, FADING, FLOOR)
    )
    seen = known(index, found, until)
    found, rough = found[seen], rough[seen]
    found = found[strongest(found, rough, most)]
    seqs = np.union1d(nodes, found).astype(np.int32)
    seqs = seqs[seqs != seq]
    nearness = index.dots(profile, weights, seqs).astype(np.float64)
    minutes = index.minutes(seqs)
    strengths = (
        nearness**NEARNESS
        * fading(minutes, line.minute)
        * (UNWALKED + np.sqrt(_found_at(nodes, mass, seqs)))
    )
    ranks = strongest(seqs, strengths, len(seqs))
    # Only what may come to stand at the top is looked at closely.
    close, rest = ranks[:closely], ranks[closely:]
    core = np.sort(np.append(seqs[ranks[:CORE]], seq)).astype(np.int32)
    within = OUTSIDE + inside(index, seqs[close], core)
    shared = _shared_beside_names(index, line.packed >> 16, terms, own, seqs[close])
    for question in ((terms, own), (profile, weights)):
        whole, largest = index.parts(*question, seqs[close])
        shared *= np.maximum(whole - largest, FEW_WORDS)
    strengths[close] *= shared**SHARED * within**WITHIN
    strengths[rest] *= FEW_WORDS ** (3 * SHARED) * OUTSIDE**WITHIN
    bearing = np.sqrt(nearness) * OUTSIDE**0.25
    bearing[close] = np.sqrt(nearness[close]) * within**0.25
    ranks = strongest(seqs, strengths, len(seqs))
    scores = strengths / (strengths + HALF)
    return Belonging(seqs[ranks], scores[ranks], bearing[ranks], minutes[ranks])
