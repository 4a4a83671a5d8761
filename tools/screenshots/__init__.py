"""Pictures of every page of the site, at both sizes, as every role sees it (see ``__main__``)."""
