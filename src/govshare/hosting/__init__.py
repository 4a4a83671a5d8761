"""Tables kept on the platform for a department that has no front-end database of its own 「托管库」 (CD2016-27)."""
