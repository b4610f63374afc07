"""What shows a lead sheet: a music21 score, staff pictures and chord diagrams.

From words with chords to a page: `engine.arrangement.rhythm` gives every word and chord a time,
`staves` cuts that into note values, `engine.arrangement.accompaniment` plays the piano, `score`
writes it with music21, `document` turns that into MusicXML, and `engraving` draws it with verovio.
"""
