"""Papers 「文书」: printable forms with their numbers, the sealed scans that come back, and the shelf that files lie on."""
