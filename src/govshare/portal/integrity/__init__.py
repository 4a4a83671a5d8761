"""完整性校验: the tree head as it stands, any entry proved step by step, any two checkpoints compared, the checks of everything."""
