"""管理员备案: resource administrators filed with the authority of the tier, and kept current (CD2016-29.2)."""
