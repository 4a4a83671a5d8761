"""Components of the site's templates."""
