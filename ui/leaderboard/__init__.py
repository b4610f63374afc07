"""The Leaderboard page: what is compared, the standings, one view at a time, and what joins."""
