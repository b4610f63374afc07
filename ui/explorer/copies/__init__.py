"""The Explorer page's part on songs that are there twice, and on what parts share."""
