"""The Genre page: asking, the answers, why, line by line, what if, compare, this visit, limits."""

from __future__ import annotations
