"""Receipts 「回执」: found by number, said in plain words, printed with a QR code, verified from a file."""
