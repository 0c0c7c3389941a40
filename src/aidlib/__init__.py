"""Turn public announcements of aid into numbers that walk back to their sentence."""
