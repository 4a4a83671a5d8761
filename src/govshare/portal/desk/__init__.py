"""What lies on one person's own desk: favourites, saved searches, notices seen, preferences, forms kept while being filled in.

Nothing here is an act under the regulation, and nobody else sees it; so nothing here is written into evidence.
"""
