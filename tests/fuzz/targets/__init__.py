"""Every reader of strangers' input, in one table: add a reader here and it is fuzzed.

In 20,000 inputs each has its share; the test in continuous integration makes just these.
"""

from __future__ import annotations

from tests.fuzz.fuzzing import Target
from tests.fuzz.targets.models import MODELS
from tests.fuzz.targets.requests import REQUESTS
from tests.fuzz.targets.results import RESULTS
from tests.fuzz.targets.songs import SONGS
from tests.fuzz.targets.tables import TABLES

TARGETS: dict[str, Target] = {**SONGS, **TABLES, **RESULTS, **MODELS, **REQUESTS}
