"""The site's words: gathered from templates, Python and the rooms' labels; kept with their English in one file (see ``__main__``)."""
