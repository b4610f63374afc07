"""Which songs are like which: by what an encoder makes of their words.

`encoder` reads a song as a vector (`reading` cuts it, `network` is fast), `vectors` keeps those of
a store of songs, `embedding` makes what is missing. On them stand `neighbours` (songs like this
one), `layout` (a map: PCA, then UMAP), `clusters` (groups on it, named by their words) and `maps`,
which is all of these together.

UMAP is an optional group of dependencies (``requirements-map.txt``); without it a map is drawn by
PCA alone, and says so.
"""
