"""托管库: tables that a department keeps on the platform."""
