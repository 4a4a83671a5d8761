"""The made-up city's tables: seeded, always the same, clearly fictitious where they speak of persons and firms.

Nobody in here exists: family names are characters that are none (虚 拟 例 测 样), identity numbers lie in regions that do
not exist (99xxxx) with valid check digits (GB 11643), firms carry organization codes that were never issued (XN…) with
valid check characters (GB 11714, GB 32100), telephone numbers begin where none begin. One table is real: the
administrative-division codes 「行政区划代码」 (GB/T 2260), from the python-stdnum package.
"""
