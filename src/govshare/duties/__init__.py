"""What must be done by when: work calendar, parameters in force, stored due dates (CD2016-17, 19, 22; 42)."""
