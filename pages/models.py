from __future__ import annotations

import streamlit as st

from ui import glossary, navigation
from ui.models import view

navigation.through_home()
st.title("Models", anchor=False)
st.markdown(
    "What answers here. A model is a set of weights trained for this app, most of them on an open "
    "base; its card says what it learned from, how it did on songs that it never saw, and what its "
    "limits are. A model that is not needed can be unloaded."
)

view.show_all()
glossary.show("Macro F1", "Accuracy", "Calibration", "95% interval", "Logit", "TF-IDF", "Seed")
st.subheader("Presets", anchor=False)
view.presets_table()
