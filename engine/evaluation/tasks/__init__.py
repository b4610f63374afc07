"""What is asked of a model in an evaluation, and the songs it is asked about."""
