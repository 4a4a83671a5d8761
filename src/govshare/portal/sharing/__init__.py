"""Demands 「共享需求」 and grants 「授权」: asked for, checked, accepted, answered item by item, used, ended (CD2016-22, 24, 25, 29)."""
