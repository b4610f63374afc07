"""Which words of a line carry its chords: candidates ranked by what the words and the song say."""
