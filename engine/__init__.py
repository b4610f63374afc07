"""The Lyric Lab engine: genre from lyrics, chords on words, formats, evaluation.

Importing this package imports nothing heavy; the public names are found in their modules.
"""
