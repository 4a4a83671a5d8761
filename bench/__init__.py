"""How fast the platform is, as ratios to the plain tools, both measured in the same run on the same machine.

``python -m bench [ONLY]`` prints a table and writes ``build/bench.json``. What is measured and how: ``docs/reference/benchmarks.md``.
"""
