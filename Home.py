"""Entry point of the app: `streamlit run Home.py`."""

from __future__ import annotations

from ui import navigation

navigation.run(navigation.enter())
