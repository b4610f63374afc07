"""The Chords page."""
