"""One set of models for many visitors: bounded queues, a fair order, and an end in good order.

The app's pages and the HTTP interface both ask through here.
"""
