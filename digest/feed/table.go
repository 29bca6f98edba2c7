package feed

import (
	"strings"

	"postbag/digest"
	"postbag/digest/field"
	"postbag/digest/lazyregexp"
)

// platforms are tried in this order; the last one takes every feed, and reads it by
// RFC 4287, RSS, RFC 4685 (threads) and what addresses commonly look like.
var platforms = []platform{
	{ // Atom, and RSS, which does not tell replies from other comments
		name: digest.Blogger, begins: []string{"blogger"}, made: []string{"www.blogger.com"},
		is:   func(p *page) bool { return field.BloggerBlog(p.id) != "" },
		kind: bloggerKind, document: bloggerDocument, body: bloggerBody, comment: bloggerComment,
	},
	{ // RSS, and Atom, whose comments name their parents
		name: digest.WordPress, begins: []string{"wordpress"}, made: []string{"wordpress.org", "wordpress.com"}, is: hasWordPressIDs,
		kind: wordPressKind, document: wordPressDocument, skip: wordPressNotice, post: wordPressPost, comment: wordPressComment,
	},
	{ // the latest comments of a forum, which have no ids: the permalink holds the number
		name: digest.Disqus, hosts: []string{"disqus.com"},
		lists: digest.CommentsFeed, onePost: lazyregexp.New(`^/[^/]+/latest\.rss$`),
		urlNumber: numbering{"comment-", commentMark}, paged: true,
	},
	{ // the comments of one page; only replies say what they reply to
		name: digest.Isso, ids: issoID, is: func(p *page) bool { return issoFeed.MatchString(p.id) },
		lists: digest.CommentsFeed, onePost: lazyregexp.New(``),
		idNumber: numbering{"isso-", issoID}, paged: true, comment: issoComment,
	},
	{ // the comments of a site or a page; only titles tell replies, and whom they answer
		name: digest.Remark42, urls: remarkPlace, is: func(p *page) bool { return strings.HasPrefix(p.title, "Remark42") },
		lists: digest.CommentsFeed, onePost: lazyregexp.New(`/rss/post$`),
		urlNumber: numbering{"comment-", remarkPlace}, paged: true, body: remarkBody, comment: remarkComment,
	},
	{ // the comments of a site or a page
		name: digest.Comentario, urls: comentarioMark, is: func(p *page) bool { return strings.HasPrefix(p.title, "Comentario comments on ") },
		lists: digest.CommentsFeed, document: comentarioDocument,
		urlNumber: numbering{"comentario-", comentarioMark}, paged: true,
	},
	{ // its feeds of comments have the name of their writer for a title
		name: digest.Typecho, begins: []string{"typecho"}, is: hasTypechoNames,
		isComment: isTypechoComment, noComments: lazyregexp.New(`/feed/(?:(?:rss|atom)/)?comments/?$`), document: typechoDocument, skip: typechoSkip, comment: typechoComment,
	},
	{ // a forum: topics are posts; the number of a post and of its topic are in the query
		name: digest.PhpBB, made: []string{"phpbb"}, urls: phpBBPlace,
		kind: phpBBKind, document: phpBBDocument, body: phpBBBody, post: phpBBPostEntry, comment: phpBBComment,
	},
	{ // a forum: posts name their topic by its title
		name: digest.NodeBB, made: []string{"nodebb"}, is: hasNodeBBNames,
		isComment: isNodeBBPost, noComments: nodeBBEmpty, document: nodeBBDocument, post: nodeBBPostEntry, comment: nodeBBComment,
	},
	{ // films, and the comments on them
		name: digest.PeerTube, begins: []string{"peertube", "toraif"}, is: hasPeerTubeNames,
		isComment: isPeerTubeComment, noComments: peerTubeEmpty, document: peerTubeDocument, comment: peerTubeComment,
	},
	{ // questions, or one of them with its answers
		name: digest.StackExchange, hosts: stackHosts, is: hasStackNames,
		kind: stackKind, document: stackDocument, topic: stackTopic, post: stackPost, comment: stackComment,
	},
	{ // posts or comments, each in a frame
		name: digest.ForumMagnum, hosts: []string{"lesswrong.com", "alignmentforum.org", "forum.effectivealtruism.org"}, is: hasMagnumNames,
		isComment: isMagnumComment, noComments: magnumEmpty, document: magnumDocument, body: magnumBody, post: magnumPostEntry, comment: magnumComment,
	},
	{ // a community's posts, each in a frame of points and counts
		name: digest.Lemmy, is: hasLemmyNames, lists: digest.PostsFeed, silent: "Lemmy", body: lemmyBody, post: lemmyPost,
	},
	{ // a forum: topics are posts, and the posts in them comments
		name: digest.Discourse, made: []string{"discourse"}, is: hasDiscourseNames,
		isComment: isDiscourseComment, noComments: discourseEmpty, document: discourseDocument, body: discourseBody, skip: discourseNote, topic: discourseTopic,
		post: discoursePost, comment: discourseComment,
	},
	{ // the posts (t3) and comments (t1) of a subreddit or a thread, whose first entry is its post
		name: digest.Reddit, hosts: []string{"reddit.com"}, ids: redditID,
		kind: redditKind, document: redditDocument, topic: func(_ *page, e *entry) bool { return strings.HasPrefix(e.id, "t3_") },
		post: redditPost, comment: redditComment,
	},
	{ // the site's own list of stories, and hnrss, which lists either
		name: digest.HackerNews, made: []string{"hnrss"}, hosts: []string{"news.ycombinator.com", "hnrss.org"},
		isComment: isHackerNewsComment, noComments: hackerNewsEmpty, topic: func(_ *page, e *entry) bool { return !isHackerNewsComment(e) },
		post: hackerNewsPost, comment: hackerNewsComment,
	},
	{ // any site made with the software
		name: digest.Lobsters, hosts: []string{"lobste.rs"}, is: hasLobstersNames,
		isComment: isLobstersComment, noComments: commentsAddress, topic: func(_ *page, e *entry) bool { return !isLobstersComment(e) },
		post: lobstersPost, comment: lobstersComment,
	},
	{ // a repository's discussions, or one of them with its comments; giscus keeps a page's there
		name: digest.GitHub, is: hasGitHubNames,
		kind: gitHubKind, document: gitHubDocument, topic: func(_ *page, e *entry) bool { return !isGitHubComment(e) },
		urlNumber: numbering{"discussioncomment-", gitHubMark}, post: gitHubPost, comment: gitHubComment,
	},
	{ // the statuses of an account or a tag
		name: digest.Mastodon, begins: []string{"mastodon"}, is: hasMastodonNames,
		lists: digest.PostsFeed, silent: "Mastodon", post: mastodonPost,
	},
	{name: digest.Ghost, begins: []string{"ghost"}, lists: digest.PostsFeed, silent: "Ghost"},
	{name: digest.Substack, made: []string{"substack"}, hosts: []string{"substack.com"}, lists: digest.PostsFeed, silent: "Substack"},
	{ // what Views makes: a comment's post is known only where its permalink is the post's
		name: digest.Drupal, made: []string{"drupal"}, ids: drupalID,
		kind: drupalKind, onePost: drupalThread, body: drupalBody,
		urlNumber: numbering{"comment-", drupalFragment}, post: drupalPost, comment: drupalComment,
	},
	{ // its own feeds list entries; a template for comments follows RFC 4685
		name: digest.MovableType, made: []string{"movable type", "movabletype", "typepad"}, hosts: []string{"typepad.com"},
		topic: topic, comment: reply,
	},
	{name: digest.Generic, is: func(*page) bool { return true }, topic: topic, comment: plainComment},
}
