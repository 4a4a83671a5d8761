"""管数据 and what the authority makes of it: own entries, registering, review, notices of change, filing, verification, registers."""
