"""数字证书: certificates on file and whom they let in; whom the platform trusts (CD2016-35, PC-13, PC-16)."""
