"""首次启用: what is still missing on a new platform or for a new department, computed from what stands there now."""
