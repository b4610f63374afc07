"""The words of the trade on these pages, in plain words, each with where it is from."""

from __future__ import annotations

from dataclasses import dataclass

import streamlit as st

from ui.plain_text import plain


@dataclass(frozen=True)
class Term:
    """One word: what it means here, and who says so."""

    meaning: str
    source: str


TERMS = {
    "Accuracy": Term(
        "The share of songs whose genre a model tells right. A model that always says the "
        "commonest genre has one too, so read it beside macro F1.",
        "scikit-learn user guide, section 3.4 (Metrics and scoring)",
    ),
    "Macro F1": Term(
        "For each genre: how many of its songs are found, and how many of the songs called so are "
        "of it, in one number from 0 to 1 (their harmonic mean). Then the plain mean over all "
        "genres, so that a rare genre counts as much as a common one.",
        "van Rijsbergen 1979, Information Retrieval, chapter 7; the mean: Lewis 1991",
    ),
    "Logit": Term(
        "A model's raw score for a genre, before scores are turned into probabilities that add up "
        "to 100%.",
        "Bishop 2006, Pattern Recognition and Machine Learning, section 4.2",
    ),
    "Log odds": Term(
        "Another scale for a probability: the logarithm of p / (1 \u2212 p). 50% is 0, 88% is +2, "
        "12% is \u22122. On it what words add can be added up; +0.7 doubles the odds.",
        "Berkson 1944, Application of the logistic function to bio-assay",
    ),
    "Calibration": Term(
        "Whether a model is right as often as it says: of a hundred answers that are \u201c70% "
        "sure\u201d some seventy should be right. It is set on songs kept aside for it.",
        "Guo and others 2017, On calibration of modern neural networks",
    ),
    "In doubt": Term(
        "A model may leave a question open: below a certain probability its answers were wrong too "
        "often on songs kept aside, and it names the two likeliest genres instead of one.",
        "Chow 1970, On optimum recognition error and reject tradeoff",
    ),
    "Evidence": Term(
        "What in the words a model's answer rests on: each word's share of the change in log odds "
        "when all words are faded a little (integrated gradients). It tells what the model used, "
        "not what makes a genre.",
        "Sundararajan, Taly and Yan 2017, Axiomatic attribution for deep networks",
    ),
    "Form": Term(
        "What can be told of a song without understanding a word: how long it is, how much it "
        "repeats, how it rhymes.",
        "Mayer, Neumayer and Rauber 2008, Rhyme and style features for genre classification",
    ),
    "TF-IDF": Term(
        "A weight for a word in a song: higher the more often it stands there, lower the more "
        "songs have it at all.",
        "Sp\u00e4rck Jones 1972, A statistical interpretation of term specificity",
    ),
    "Seed": Term(
        "The number that a series of chance begins with: the same seed gives the same series, so a "
        "training, a resampling or a set of chords can be made again.",
        "Python library reference, random",
    ),
    "95% interval": Term(
        "Where a figure would lie if other artists had been in the test: the test is drawn again "
        "and again from its own artists, and the middle 95% of the results are kept.",
        "Efron and Tibshirani 1993, An introduction to the bootstrap",
    ),
}
"""In the order in which they are shown."""


def show(*names: str) -> None:
    """A folded list of these words."""
    with st.expander("Words of the trade", icon=":material/dictionary:"):
        for name in names:
            term = TERMS[name]
            st.markdown(f"**{plain(name)}.** {plain(term.meaning, longest=600)}")
            st.caption(plain(term.source))
