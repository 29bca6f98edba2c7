package pull

import (
	"time"

	"postbag/digest"
)

// habits are what a platform does that its documents do not say.
type habits struct {
	// numbered: its posts feed gives older pages when asked for ?paged=N, and has no
	// link to them.
	numbered bool
	// hidesEdits: its validators follow the newest entry only, so that "not
	// modified" may hide edits and removals.
	hidesEdits bool
	// rest: all comments can be had from WordPress's REST API.
	rest bool
	// ownPages: each comment has a page of its own, and so an address without a
	// fragment.
	ownPages bool
	// wholeListing: the comments feed of one post is whole when it was read to its
	// last page.
	wholeListing bool
	// listing is where a post's own comments feed is, as [digest.Source] writes a
	// pattern; {feeds} is the folder of the source's feeds.
	listing string
	// bigger is the page size asked for on the way to the beginning. It may give
	// fewer: pages are never computed from it.
	bigger map[digest.FeedKind]string
	// emptyTTL is what every feed of the platform asks for, which says nothing
	// about this one.
	emptyTTL time.Duration
}

var platforms = map[digest.Platform]habits{
	digest.Blogger: {
		wholeListing: true,
		listing:      "{feeds}{id}/comments/default?max-results=500",
		bigger:       map[digest.FeedKind]string{digest.PostsFeed: "150", digest.CommentsFeed: "500"},
	},
	digest.WordPress: {
		numbered: true, hidesEdits: true, rest: true,
		listing:  "{url}/feed/",
		emptyTTL: time.Hour,
	},
	digest.Isso:       {hidesEdits: true},
	digest.Discourse:  {ownPages: true},
	digest.Reddit:     {ownPages: true},
	digest.HackerNews: {ownPages: true},
	digest.Lobsters:   {ownPages: true},
}

func habitsOf(p digest.Platform) habits { return platforms[p] }
