"""The govshare command."""
