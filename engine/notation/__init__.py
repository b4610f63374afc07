"""What shows a lead sheet: MusicXML, staff pictures and chord diagrams.

From words with chords to a page: `engine.arrangement.rhythm` gives every word and chord a time,
`staves` cuts that into note values, `engine.arrangement.accompaniment` plays the piano, `document`
writes it as MusicXML, bar by bar with `notes`, and `engraving` draws that with verovio.
"""
