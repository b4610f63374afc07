"""What music is: pitch, chord, key, metre, lead sheet. Pure: no library, no file."""
