"""What the pages share: cached resources, session state, widgets, queues and the theme.

The only home of ``st.cache_*`` and of hand-made HTML; no domain logic lives here.
"""
