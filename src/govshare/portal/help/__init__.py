"""帮助与条文对照: each article with what it asks, how it is kept and how things stand; how to begin; keys."""
