"""Records of evaluations, and what the leaderboard makes of them."""
