"""The Lyric Lab engine: genre from lyrics, chords on words, formats, evaluation.

Importing this package imports nothing heavy; the public names are found in their modules. It only
settles how OpenMP's threads wait, which has to be said before a library loads OpenMP.
"""

from engine.models.threads import let_workers_sleep

let_workers_sleep()
