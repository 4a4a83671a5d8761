"""Direct data exchange 「直接数据交换」: ordered after a look at both sides, run, watched live, mended, proved."""
