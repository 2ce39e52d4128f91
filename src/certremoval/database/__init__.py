"""What the two databases do differently, in one place: dialect, time, bulk filling of tables."""
