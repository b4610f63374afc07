"""The Explorer page's part where models meet data."""
