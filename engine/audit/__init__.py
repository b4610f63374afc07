"""Where models meet data: songs beside what several models said of them.

`answers` are joined to a store of songs by their words (`comparison`); on that table stand the
groups of songs where a model errs or models differ (`slices`), the words that go with errors
(`error_words`), and the labels that look wrong (`suspects`).
"""
