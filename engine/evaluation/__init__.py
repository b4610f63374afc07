"""Measuring models: metrics/, tasks/, baselines/, the runner, and the board/ that compares.

Each room is imported by its own name, so that nothing is loaded that is not used.
"""
