"""What speaks for an article being of a story: numbers, of which ``score`` makes one."""

from __future__ import annotations

import math

from backstory.group.stories.nopython import nopython
from backstory.group.stories.records import Floats, Integers
from backstory.group.stories.window import NORM, Live, sum_of
from backstory.model.vector import NAME, NUMBER

FEATURES = (
    "cosine",  # to the story's sum
    "mean_link",  # mean cosine to its articles
    "best_link",  # to the closest article
    "top_links",  # mean of the three closest
    "contained",  # share of the article that the story has words for
    "link_contained",  # share of the closest article that this one has words for
    "numbers",  # share of the numbers that could be shared and are, -1 without
    "shared",  # terms shared with the closest article
    "size",  # log of the story's articles
    "cohesion",  # mean cosine among the story's articles, -1 for one
    "relative",  # mean link over cohesion, -1 for one
    "length",  # log of words, from 20 (headlines) to 60 (texts): how alike to expect them
    "story_length",  # the same of the mean words of its articles
    "own_words",  # share of the article in words, each counted as far as it is the story's own
    "surprise",  # how unlikely the words shared with the closest article are by chance
    "lift",  # log of mean link over that to any article of the window
    "rise",  # log of mean link less part of that to any article: how alike for such articles
    "name_link",  # mean cosine to its articles in names alone
    "other_link",  # and in all other words
    "ties",  # log of the first over the second: how far names bear out what other words say
    "alive",  # log of how many times FEW stories are alive: how many it could be by chance
    "heavy_link",  # cosine to the closest article where names and rare words count fully
    "clash",  # share of names that each of the two has and the other has not, of the lesser
    "strange",  # the same of all words, weighted fully
    "common_name",  # share of the story's articles with the article's name that is most usual there
    "crowd",  # mean best link of the other candidates, of as many as there may be
    "crowd_gap",  # best link less that
    "margin",  # cosine less that of the next candidate
    "link_margin",  # best link less that of the next candidate
)
(
    COSINE,
    MEAN_LINK,
    BEST_LINK,
    TOP_LINKS,
    CONTAINED,
    LINK_CONTAINED,
    NUMBERS,
    SHARED,
    SIZE,
    COHESION,
    RELATIVE,
    LENGTH,
    STORY_LENGTH,
    OWN_WORDS,
    SURPRISE,
    LIFT,
    RISE,
    NAME_LINK,
    OTHER_LINK,
    TIES,
    ALIVE,
    HEAVY_LINK,
    CLASH,
    STRANGE,
    COMMON_NAME,
    CROWD,
    CROWD_GAP,
    MARGIN,
    LINK_MARGIN,
) = range(len(FEATURES))
USUAL = 0.6  # power of how like an article is to any other, by which its links are measured
UNRELATED = 50  # unrelated articles that are thought into every window
FEWEST_WORDS, MOST_WORDS = 20, 60  # of headlines and of texts, as ``length`` tells them
FEW = 40.0  # stories that are always alive
MOST_ALIVE = 3.2  # of ``alive``: beyond, rarer words tell more
# The sign of what more of it may do to the answer (0: any).
_ANY = {"size", "cohesion", "length", "story_length", "alive", "crowd", "other_link"}
_AGAINST = {"clash", "strange"}
MONOTONE = tuple(0 if name in _ANY else -1 if name in _AGAINST else 1 for name in FEATURES)


@nopython
def ask(live: Live, row: int) -> None:
    """Lay out the article's weights by term, for ``features``; ``unask`` wipes them."""
    vector, asked = live.vectors[row], live.scratch.asked
    for i in range(vector.filled):
        asked[vector.terms[i]].weight = vector.weights[i]
        asked[vector.terms[i]].heavy = vector.heavy[i]


@nopython
def unask(live: Live, row: int) -> None:
    vector, asked = live.vectors[row], live.scratch.asked
    for i in range(vector.filled):
        asked[vector.terms[i]].weight = 0
        asked[vector.terms[i]].heavy = 0


@nopython
def dot(live: Live, other: int) -> int:
    """The product of the article asked about with another."""
    vector, asked = live.vectors[other], live.scratch.asked
    total = 0
    for i in range(vector.filled):
        total += asked[vector.terms[i]].weight * int(vector.weights[i])
    return total


@nopython
def ties(named: bool, name_link: float, other_link: float) -> float:
    """How far names bear out what other words say; 0 where one side is without names."""
    return math.log((name_link + 0.03) / (other_link + 0.03)) if named else 0.0


@nopython
def alive(live: Live) -> float:
    """Log of how many times FEW stories are alive."""
    return math.log(max(1.0, live.counts.stories / FEW))


@nopython
def length_of(words: float) -> float:
    """Log of so many words, from those of headlines to those of texts."""
    return math.log(max(FEWEST_WORDS, min(words, MOST_WORDS)))


@nopython
def as_text(length: float) -> float:
    """How far an article of this ``length`` is a text: 0 for headlines, 1 for texts."""
    return (length - math.log(FEWEST_WORDS)) / math.log(MOST_WORDS / FEWEST_WORDS)


@nopython
def everything(live: Live) -> int:
    """How many articles of the window there are beside one, at least one."""
    return max(1, min(live.counts.articles, live.articles.shape[0]) - 1)


@nopython
def features(live: Live, row: int, slot: int, links: Integers, out: Floats) -> None:
    """Fill ``out`` but for margins; the article itself does not count as a member. ``links``: the
    story's closest articles, as ``choose`` fills them in."""
    of_story(live, row, slot, out)
    closest = of_links(live, row, links, out)
    of_closest(live, row, closest, out)
    out[ALIVE] = min(MOST_ALIVE, alive(live))
    out[LENGTH] = length_of(float(live.articles[row].length))


@nopython
def of_story(live: Live, row: int, slot: int, out: Floats) -> None:
    """What the story as a whole says: how like the sum of its articles the article is, in all
    words and in names, and how like the window at large; how large the story is, how close its
    own articles are."""
    vector, story = live.vectors[row], live.stories[slot]
    member = live.articles[row].story == slot
    listed = live.articles[row].story >= 0
    n = story.count - member
    square = vector.square
    product = named = named_most = 0
    covered = own_words = anywhere = 0.0
    for i in range(vector.filled):
        weight = int(vector.weights[i])
        term = vector.terms[i]
        summed, times = sum_of(live, slot, term)
        frequency, mass = live.terms[term].frequency, live.terms[term].mass
        if listed:
            frequency -= 1
            mass -= weight
        if member:
            summed -= weight
            times -= 1
        anywhere += float(weight * mass)
        product += weight * summed
        heavy = float(weight * weight)
        if summed > 0:
            covered += heavy
            own_words += heavy * times / (frequency + 1.0)
        if vector.marks[i] & NAME:
            named += weight * summed
            named_most = max(named_most, times)
    norm, own, own_named, words = story.norm, story.own, story.own_named, story.words
    if member:
        norm -= 2 * product + square
        own -= square
        own_named -= vector.named
        words -= live.articles[row].length
    size = math.sqrt(float(square))
    mean_link = product / (n * size * math.sqrt(own / n) + 1e-9)
    at_large = anywhere / (everything(live) + UNRELATED)
    out[COSINE] = product / (size * math.sqrt(float(norm)) + 1e-9)
    out[MEAN_LINK] = mean_link
    out[RISE] = math.log(mean_link + 0.01) - USUAL * math.log(at_large / (size * NORM) + 0.003)
    out[LIFT] = math.log(product / n + 1.0) - math.log(at_large + 1000.0)
    out[CONTAINED] = covered / square
    out[OWN_WORDS] = own_words / square
    name_link = other_link = 0.0
    both = vector.named > 0 and own_named > 0
    if both:
        name_link = named / (n * math.sqrt(float(vector.named) * own_named / n))
    if square > vector.named and own > own_named:
        other = float(square - vector.named) * (own - own_named) / n
        other_link = (product - named) / (n * math.sqrt(other))
    out[NAME_LINK] = name_link
    out[OTHER_LINK] = other_link
    out[TIES] = ties(both, name_link, other_link)
    # The share as estimated of so many articles (Krichevsky and Trofimov 1981).
    out[COMMON_NAME] = (named_most + 0.5) / (n + 1.0) if both else -1.0
    out[SIZE] = math.log(n)
    cohesion = (norm - own) / (n - 1.0) / max(1, own) if n > 1 else -1.0
    out[COHESION] = cohesion
    out[RELATIVE] = mean_link / max(cohesion, 0.02) if n > 1 else -1.0
    out[STORY_LENGTH] = length_of(words / n)


@nopython
def of_links(live: Live, row: int, links: Integers, out: Floats) -> int:
    """What the story's closest articles say: how close they are; the closest of them."""
    size = math.sqrt(float(live.vectors[row].square))
    closest = int(links[0])
    total = top = 0.0
    count = 0
    for k in range(links.shape[0]):
        other = int(links[k])
        if other >= 0:
            cosine = dot(live, other) / (size * math.sqrt(float(live.vectors[other].square)) + 1e-9)
            total += cosine
            count += 1
            if cosine > top:
                top = cosine
                closest = other
    out[BEST_LINK] = top
    out[TOP_LINKS] = total / max(1, count)
    return closest


@nopython
def of_closest(live: Live, row: int, closest: int, out: Floats) -> None:
    """What the closest article of the story says, word by word: what the two share, how unlikely
    that is by chance, and what each has alone."""
    mine, theirs = live.vectors[row], live.vectors[closest]
    there = everything(live)
    shared = numbers = same_numbers = same_heavy = 0
    covered = surprise = 0.0
    my_heavy = their_heavy = my_names = their_names = 0.0
    for i in range(theirs.filled):
        term = theirs.terms[i]
        weight = int(live.scratch.asked[term].weight)
        square = float(theirs.weights[i]) ** 2
        if weight > 0:
            heavy = int(live.scratch.asked[term].heavy)
            covered += square
            shared += 1
            same_heavy += heavy * theirs.heavy[i]
            my_heavy += float(heavy * heavy)
            their_heavy += float(theirs.heavy[i]) ** 2
            if theirs.marks[i] & NAME:
                my_names += float(weight * weight)
                their_names += square
            surprise += math.log((there + 2.0) / (live.terms[term].frequency + 1.0))
        if theirs.marks[i] & NUMBER:
            numbers += 1
            same_numbers += weight > 0
    out[SHARED] = shared
    out[LINK_CONTAINED] = covered / max(1, theirs.square)
    # Less the log of how many articles there are to share them by chance.
    out[SURPRISE] = surprise - math.log(there + 1.0)
    norms = math.sqrt(float(mine.heavy_square) * float(theirs.heavy_square))
    out[HEAVY_LINK] = same_heavy / (norms + 1e-9)
    mine_alone = max(0.0, mine.named - my_names) / mine.square
    theirs_alone = (theirs.named - their_names) / max(1, theirs.square)
    out[CLASH] = min(mine_alone, theirs_alone)
    out[STRANGE] = min(
        1.0 - my_heavy / max(1, mine.heavy_square),
        1.0 - their_heavy / max(1, theirs.heavy_square),
    )
    my_numbers = 0
    for i in range(mine.filled):
        my_numbers += (mine.marks[i] & NUMBER) > 0
    fewer = min(my_numbers, numbers)
    out[NUMBERS] = same_numbers / fewer if fewer > 0 else -1.0


@nopython
def margins(table: Floats, found: int) -> None:
    """Fill in how each candidate stands to the best of the others."""
    for i in range(found):
        cosine = 0.0
        link = 0.0
        crowd = 0.0
        for j in range(found):
            if j != i:
                cosine = max(cosine, table[j, COSINE])
                link = max(link, table[j, BEST_LINK])
                crowd += table[j, BEST_LINK]
        crowd /= max(1, table.shape[0] - 1)
        table[i, CROWD] = crowd
        table[i, CROWD_GAP] = table[i, BEST_LINK] - crowd
        table[i, MARGIN] = table[i, COSINE] - cosine
        table[i, LINK_MARGIN] = table[i, BEST_LINK] - link
