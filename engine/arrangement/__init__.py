"""What is played: words on beats, bars, voicing, styles, performance, sound."""
