"""The Explorer's map of songs, and songs like one."""
