package digest

// Platforms lists every platform whose feeds Postbag knows.
func Platforms() []Platform {
	return []Platform{Blogger, WordPress, Ghost, Substack, Disqus, Discourse, Reddit, HackerNews, Lobsters, Mastodon,
		Drupal, MovableType, GitHub, Isso, Remark42, PhpBB, NodeBB, PeerTube, StackExchange, ForumMagnum, Lemmy, Typecho, Comentario, Generic}
}
