"""人员与任职: people on file, their posts, stand-ins, handover, import from a workbook (CD2016-15, 35; PC-11, PC-12)."""
