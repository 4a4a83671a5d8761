"""规则与约定: on what the platform works, its conventions with their numbers in force, and how these change."""
