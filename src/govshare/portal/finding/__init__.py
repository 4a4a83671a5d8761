"""找数据: the sharing catalog, one resource, the base databases, favourites, the search over everything."""
