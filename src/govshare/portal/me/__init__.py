"""个人设置: one's own posts, certificate, sessions, language, favourites, saved searches, unfinished forms."""
